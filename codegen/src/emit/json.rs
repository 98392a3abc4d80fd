//! The document of an ABI, `abi.json`: everything that the specification says about one
//! release, resolved, for programs in any language. `docs/abi-json.md` describes it; its
//! JSON Schema is an output too.

mod chains;
mod head;
mod ioctls;
mod items;
mod numbers;
mod structs;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use crate::ir::Abi;
use crate::output::{self, MARK, OutputFile};
use chains::{CapHeaderJson, CapabilityJson, ChainJson};
use head::{FdKindJson, IoctlNumbersJson, PackageJson, SectionJson};
use ioctls::IoctlJson;
use items::MacroJson;
use numbers::{GroupJson, ProposalJson};
use structs::StructJson;

/// The version of the format. Another key does not change it; a key that is removed,
/// renamed or given another meaning does.
const FORMAT: u32 = 1;

/// The name of the schema's file, without its ending.
const SCHEMA: &str = "document";

/// One release of an ABI.
#[derive(Serialize, JsonSchema)]
struct AbiDocument<'a> {
    /// The version of this format.
    format: u32,
    /// The program that wrote the document.
    comment: String,
    /// Short name, in lower case.
    name: &'a str,
    /// Name for a reader.
    title: &'a str,
    /// Its purpose: paragraphs of plain text; names are in backticks, here and below.
    doc: &'a [String],
    /// The release of the kernel that is described.
    release: String,
    /// Every release that can be described, in order.
    releases: Vec<String>,
    /// The names of the overlays that are included.
    overlays: &'a [String],
    /// The generated crate and header.
    package: PackageJson,
    /// The kernel headers, as paths for `#include`.
    headers: Vec<&'a str>,
    /// How ioctl numbers are built; null for an ABI without ioctls.
    ioctl_numbers: Option<IoctlNumbersJson<'a>>,
    /// Kinds of file descriptors.
    descriptors: Vec<FdKindJson<'a>>,
    /// The files of the specification, each with its items in order.
    sections: Vec<SectionJson<'a>>,
    /// Structs.
    structs: Vec<StructJson<'a>>,
    /// Groups of numbers: flags, enums, ids, constants.
    groups: Vec<GroupJson<'a>>,
    /// Function-like macros.
    macros: Vec<MacroJson<'a>>,
    /// Ioctls.
    ioctls: Vec<IoctlJson<'a>>,
    /// Headers of capabilities.
    capability_headers: Vec<CapHeaderJson<'a>>,
    /// Chains.
    chains: Vec<ChainJson<'a>>,
    /// Capabilities.
    capabilities: Vec<CapabilityJson<'a>>,
    /// What is proposed for the ABI; only of the newest release.
    proposals: Vec<ProposalJson<'a>>,
}

impl<'a> AbiDocument<'a> {
    fn of(abi: &'a Abi) -> Self {
        Self {
            format: FORMAT,
            comment: format!("{MARK} from spec/{}; do not edit.", abi.name),
            name: &abi.name,
            title: &abi.title,
            doc: &abi.doc,
            release: abi.release.to_string(),
            releases: abi.releases.iter().map(ToString::to_string).collect(),
            overlays: &abi.overlays,
            package: PackageJson::of(abi),
            headers: abi.headers.iter().map(|header| header.path.as_str()).collect(),
            ioctl_numbers: abi.ioctl_numbers.as_ref().map(IoctlNumbersJson::of),
            descriptors: abi.fds.iter().map(FdKindJson::of).collect(),
            sections: abi.sections.iter().map(|one| SectionJson::of(abi, one)).collect(),
            structs: abi.structs.iter().map(|one| StructJson::of(abi, one)).collect(),
            groups: abi.groups.iter().map(|one| GroupJson::of(abi, one)).collect(),
            macros: abi.macros.iter().map(MacroJson::of).collect(),
            ioctls: abi.ioctls.iter().map(|one| IoctlJson::of(abi, one)).collect(),
            capability_headers: abi
                .cap_headers
                .iter()
                .map(|one| CapHeaderJson::of(abi, one))
                .collect(),
            chains: abi.chains.iter().map(|one| ChainJson::of(abi, one)).collect(),
            capabilities: abi.capabilities.iter().map(|one| CapabilityJson::of(abi, one)).collect(),
            proposals: abi.proposals.iter().map(ProposalJson::of).collect(),
        }
    }
}

/// `abi.json`.
pub(super) fn emit(abi: &Abi) -> Vec<OutputFile> {
    // Strings and integers can always be printed.
    let text = serde_json::to_string_pretty(&AbiDocument::of(abi)).unwrap_or_default();
    vec![OutputFile { path: "abi.json".to_owned(), contents: text + "\n" }]
}

/// The schema of the document.
pub(super) fn schema() -> OutputFile {
    let generator = SchemaSettings::draft07().for_serialize().into_generator();
    let mut schema = Schema::into(generator.into_root_schema_for::<AbiDocument<'_>>());
    output::title(&mut schema, "abi.json", "codegen/src/emit/json.rs");
    output::schema(SCHEMA, schema)
}
