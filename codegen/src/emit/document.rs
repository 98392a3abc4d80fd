//! The document of an ABI: everything that the specification states about one release,
//! resolved. `abi.json` is this document, printed; the emitters of further languages read
//! the same types, so a program that reads `abi.json` can know whatever they know.

pub(super) mod bodies;
pub(super) mod capabilities;
pub(super) mod chains;
pub(super) mod head;
pub(super) mod ioctls;
pub(super) mod items;
pub(super) mod numbers;
mod streams;
pub(super) mod structs;

use schemars::JsonSchema;
use serde::Serialize;

use crate::ir::{Abi, CapabilityId, ChainId};
use crate::output::MARK;
use capabilities::CapabilityJson;
use chains::{CapHeaderJson, ChainJson};
use head::{FdKindJson, IoctlNumbersJson, PackageJson, SectionJson};
use ioctls::IoctlJson;
use items::MacroJson;
use numbers::{GroupJson, ProposalJson};
use structs::StructJson;

/// The version of the format. Another key does not change it; a key that is removed,
/// renamed or given another meaning does.
const FORMAT: u32 = 1;

/// One release of an ABI.
#[derive(Serialize, JsonSchema)]
pub(super) struct AbiDocument<'a> {
    /// The version of this format.
    pub(super) format: u32,
    /// The program that wrote the document.
    pub(super) comment: String,
    /// Short name, in lower case.
    pub(super) name: &'a str,
    /// The word that names of the kernel start with.
    pub(super) prefix: &'a str,
    /// Name for a reader.
    pub(super) title: &'a str,
    /// Its purpose: paragraphs of plain text; names are in backticks, here and below.
    pub(super) doc: &'a [String],
    /// The release of the kernel that is described.
    pub(super) release: String,
    /// Every release that can be described, in order.
    pub(super) releases: Vec<String>,
    /// The names of the overlays that are included.
    pub(super) overlays: &'a [String],
    /// The generated crate and header.
    pub(super) package: PackageJson,
    /// The kernel headers, as paths for `#include`.
    pub(super) headers: Vec<&'a str>,
    /// How ioctl numbers are built; null for an ABI without ioctls.
    pub(super) ioctl_numbers: Option<IoctlNumbersJson<'a>>,
    /// Kinds of file descriptors.
    pub(super) descriptors: Vec<FdKindJson<'a>>,
    /// The files of the specification, each with its items in order.
    pub(super) sections: Vec<SectionJson<'a>>,
    /// Structs.
    pub(super) structs: Vec<StructJson<'a>>,
    /// Groups of numbers: flags, enums, ids, constants.
    pub(super) groups: Vec<GroupJson<'a>>,
    /// Function-like macros.
    pub(super) macros: Vec<MacroJson<'a>>,
    /// Ioctls.
    pub(super) ioctls: Vec<IoctlJson<'a>>,
    /// Headers of capabilities.
    pub(super) capability_headers: Vec<CapHeaderJson<'a>>,
    /// Chains.
    pub(super) chains: Vec<ChainJson<'a>>,
    /// Capabilities.
    pub(super) capabilities: Vec<CapabilityJson<'a>>,
    /// What is proposed for the ABI; only of the newest release.
    pub(super) proposals: Vec<ProposalJson<'a>>,
}

impl<'a> AbiDocument<'a> {
    /// The struct of this name.
    pub(super) fn struct_(&self, name: &str) -> Option<&StructJson<'a>> {
        self.structs.iter().find(|one| one.name == name)
    }

    /// The capabilities of a chain, each id once: of two that share an id in a release
    /// candidate, the first.
    pub(super) fn capabilities_of(&self, chain: &str) -> Vec<&CapabilityJson<'a>> {
        let mut found: Vec<&CapabilityJson<'a>> = Vec::new();
        for one in self.capabilities.iter().filter(|one| one.chain == chain) {
            if found.iter().all(|other| other.id != one.id) {
                found.push(one);
            }
        }
        found
    }

    pub(super) fn of(abi: &'a Abi) -> Self {
        let cap_headers = abi.cap_headers.iter().zip(&abi.protocol.headers);
        let cap_headers = cap_headers.map(|(one, format)| CapHeaderJson::of(abi, one, format));
        Self {
            format: FORMAT,
            comment: format!("{MARK} from spec/{}; do not edit.", abi.name),
            name: &abi.name,
            prefix: &abi.prefix,
            title: &abi.title,
            doc: &abi.doc,
            release: abi.release.to_string(),
            releases: abi.releases.iter().map(ToString::to_string).collect(),
            overlays: &abi.overlays,
            package: PackageJson::of(abi),
            headers: abi.headers.iter().map(|header| header.path.as_str()).collect(),
            ioctl_numbers: abi.ioctl_numbers.as_ref().map(IoctlNumbersJson::of),
            descriptors: abi.fds.iter().map(|kind| FdKindJson::of(abi, kind)).collect(),
            sections: abi.sections.iter().map(|one| SectionJson::of(abi, one)).collect(),
            structs: abi.structs.iter().map(|one| StructJson::of(abi, one)).collect(),
            groups: abi.groups.iter().map(|one| GroupJson::of(abi, one)).collect(),
            macros: abi.macros.iter().map(MacroJson::of).collect(),
            ioctls: abi.ioctls.iter().map(|one| IoctlJson::of(abi, one)).collect(),
            capability_headers: cap_headers.collect(),
            chains: (0..abi.chains.len()).map(|index| ChainJson::of(abi, ChainId(index))).collect(),
            capabilities: (0..abi.capabilities.len())
                .map(|index| CapabilityJson::of(abi, CapabilityId(index)))
                .collect(),
            proposals: abi.proposals.iter().map(ProposalJson::of).collect(),
        }
    }
}
