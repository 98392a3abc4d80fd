//! Stage 1, reading: the specification as it is written, in types that mirror
//! the YAML. References are names and types are expressions; nothing here knows
//! the names in Rust or C, or an offset.
//!
//! The name of a type ends in `Spec` if `ir` has the resolved form of the same thing.
//! `docs/spec-format.md` explains every key. The JSON Schema that editors use
//! comes from these same types.

mod as_of;
mod code;
mod codes;
mod de;
mod extend;
mod file;
pub mod handlers;
pub mod history;
pub mod items;
pub mod load;
mod node;
pub mod proposals;
pub mod protocol;
mod ranges;
pub mod regions;
pub mod schema;
pub mod streams;
pub mod text;
pub mod types;
pub mod wrappers;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Place;
use crate::output::CodeFile;
use crate::release::Since;
pub use handlers::{
    CopiedSpec, HandlerSpec, ReplyArraySpec, ReplyChainSpec, ReplyRules, Rules, TooSmallArray,
};
use history::Validity;
pub use items::{
    Before, BitsOfRange, CapabilitySpec, ChainSpec, Common, DeprecatedSpec, Exception, FieldSpec,
    First, IoctlSpec, ItemSpec, MacroSpec, PayloadSpec, QuantitySpec, ReservedSpec, StructSpec,
    ValueSpec, Values,
};
pub use proposals::{ClaimSpec, ProposalSpec, SpaceSpec};
pub use protocol::{ErrorsSpec, ProtocolSpec};
pub use regions::RegionSpec;
pub use streams::StreamSpec;
use text::{DocText, Number};
use types::{BitsExpr, ErrorName, Version};
use wrappers::{FromLine, LineOrMap, List, Map, OneOrMany, Placed};

/// A specification: `abi.yaml` and its files.
#[derive(Clone, Debug)]
pub struct Spec {
    /// `abi.yaml`.
    pub abi: AbiFile,
    /// The files that it lists, in its order, then the overlays.
    pub files: Vec<SpecFile>,
    /// What is proposed: overlays that are not laid over it.
    pub proposals: Vec<ProposalSpec>,
    /// Hand-written files that are copied into the crate.
    pub code: Vec<CodeFile>,
}

/// `abi.yaml`: facts about the ABI as a whole.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct AbiFile {
    /// Short name of the ABI, in lower case.
    pub abi: Placed<String>,
    /// Its name for readers.
    pub title: Placed<String>,
    /// The purpose of the ABI.
    pub doc: Placed<DocText>,
    /// The words that all names start with; the first is left out of short names in Rust.
    pub prefix: OneOrMany<String>,
    /// The version of the generated crate and header; 0.0.0 if absent.
    #[serde(default)]
    pub version: Version,
    /// Whether outputs are generated; otherwise the ABI can only be checked and compared.
    #[serde(default = "yes")]
    pub publish: bool,
    /// Every release that can be described, in order; `v3.6..v3.19` means all minor
    /// releases from the first to the last.
    pub releases: List<Placed<String>>,
    /// The other files, in the order in which their items are emitted.
    pub files: List<Placed<String>>,
    /// The kernel headers that the items come from.
    pub headers: Map<HeaderSpec>,
    /// How ioctl numbers are built.
    #[serde(default)]
    pub ioctls: Option<IoctlNumbersSpec>,
    /// How arguments start, and the errors for those that are not accepted.
    #[serde(default)]
    pub protocol: ProtocolSpec,
    /// Kinds of file descriptors; each is a name space of ioctl numbers.
    #[serde(default)]
    pub fds: Map<LineOrMap<FdKindSpec>>,
    /// The headers that capabilities start with.
    #[serde(default)]
    pub cap_headers: Map<CapHeaderSpec>,
}

impl AbiFile {
    /// The word that short names leave out. `validate` has checked that there is one.
    pub fn short_prefix(&self) -> &str {
        self.prefix.first().map_or("", |prefix| prefix.as_str())
    }
}

/// The default of `publish`, `structs` and `complete`.
fn yes() -> bool {
    true
}

/// A kernel header.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct HeaderSpec {
    /// Its path in `#include`.
    pub path: Placed<String>,
    /// Its include guards, as installed and as in the kernel's tree.
    pub guards: List<Placed<String>>,
    /// Whether it declares the structs of its files; otherwise only the generated header does.
    #[serde(default = "yes")]
    pub structs: bool,
    /// Whether the specification has all of its items; otherwise `drift` reports none that it lacks.
    #[serde(default = "yes")]
    pub complete: bool,
}

/// How ioctl numbers are built: `_IO(type, base + number)`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct IoctlNumbersSpec {
    /// The constant of the type.
    #[serde(rename = "type")]
    pub type_: Placed<String>,
    /// The constant to which the numbers are added.
    pub base: Placed<String>,
}

/// A kind of file descriptor.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct FdKindSpec {
    /// Its meaning, and how it is opened.
    pub doc: Placed<DocText>,
    /// Backends that give the same number different meanings.
    #[serde(default)]
    pub backends: Map<DocText>,
    /// The error for the number of an ioctl that does not exist; by default that of `protocol`.
    pub unknown_command: Option<ErrorName>,
    /// The records that a program reads from it, and their answers.
    pub stream: Option<StreamSpec>,
}

impl FromLine for FdKindSpec {
    const FORM: &'static str = "doc";
    const PATTERN: &'static str = "^.+$";

    fn from_line(line: &str, place: Place) -> Result<Self, String> {
        let doc = Placed { value: DocText::from(line), place };
        Ok(Self { doc, backends: Map::default(), unknown_command: None, stream: None })
    }
}

/// A header with which every capability of a chain starts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct CapHeaderSpec {
    /// Its contents.
    pub doc: Placed<DocText>,
    /// Its struct.
    #[serde(rename = "struct")]
    pub struct_: Placed<String>,
    /// The field that holds the id; `field[low..high]` names some of its bits, `high` excluded.
    pub id: Placed<BitsExpr>,
    /// The field that holds the version, if capabilities have one.
    pub version: Option<Placed<BitsExpr>>,
    /// The field with the offset of the next capability.
    pub next: Placed<BitsExpr>,
    /// The start of the offset in `next`.
    pub relative_to: RelativeTo,
    /// The bits of `next` that count, and of a field with the first offset; by default all.
    pub mask: Option<Placed<Number>>,
    /// Bits of the header, each with the values that mean that there is no capability.
    #[serde(default)]
    pub empty: Map<List<Placed<Number>>, BitsExpr>,
    /// The value of `next` that ends the chain.
    pub end: Placed<Number>,
    /// The alignment of every capability, if the writer obeys the rules.
    pub align: Placed<Number>,
}

/// The start of the offset in a capability's `next`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RelativeTo {
    /// The first byte of the reply or buffer that holds the chain.
    Reply,
    /// The capability's own first byte.
    Capability,
}

/// One file of items: one subject, at most one id space.
#[derive(Clone, Debug)]
pub struct SpecFile {
    /// The file's name without folder and ending.
    pub name: String,
    /// Whether the file is an overlay.
    pub overlay: bool,
    /// The subject of the file, for readers.
    pub title: Placed<String>,
    /// A few sentences that open its part of the header and its page.
    pub doc: Placed<DocText>,
    /// The kernel header that its items come from.
    pub header: Placed<String>,
    /// The default `since` of its items.
    pub since: Placed<Since>,
    /// The default `source` of its items: a kernel file or commit.
    pub source: Placed<String>,
    /// The day on which a proposal was posted.
    pub posted: Option<String>,
    /// The proposal that replaced this one.
    pub replaced_by: Option<Placed<String>>,
    /// The items in the order of the outputs, with everything that overlays add to them.
    pub items: List<ItemSpec>,
    /// The regions that contain a space of another ABI, by the constants of their indexes.
    pub regions: Map<RegionSpec>,
}

impl SpecFile {
    /// The releases that have the file's items by default.
    pub fn validity(&self) -> Validity {
        Validity { since: self.since.value, until: None }
    }
}

impl Spec {
    /// Every item with its file.
    pub fn items(&self) -> impl Iterator<Item = (&SpecFile, &ItemSpec)> {
        self.files.iter().flat_map(|file| file.items.iter().map(move |item| (file, item)))
    }

    /// Every ioctl, with the releases that have it.
    pub fn ioctls(&self) -> impl Iterator<Item = (&IoctlSpec, Validity)> {
        self.items().filter_map(|(file, item)| match item {
            ItemSpec::Ioctl(ioctl) => Some((ioctl, item.validity(file.validity()))),
            _ => None,
        })
    }
}
