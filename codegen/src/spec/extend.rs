//! Extensions: additions of overlays to items of other files. They become part of
//! those items, with the release, the source and the places of the overlay, so that
//! no later stage needs to know overlays.

mod fields;
mod handlers;
mod merge;
mod numbers;
mod target;

use super::codes::BAD_EXTENSION;
use schemars::JsonSchema;
use serde::Deserialize;

use super::wrappers::{LineOrMap, List, Map, OneOrMany, Placed};
use super::{FieldSpec, HandlerSpec, ReservedSpec, SpecFile, ValueSpec};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::release::Since;
use merge::Merge;

/// An addition to an item of another file; only in overlays.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub(super) struct Extension {
    /// The item; `struct.field` for the numbers of a field, `ioctl.handler` for the capabilities of a handler.
    pub(super) extend: Placed<String>,
    /// The first release that has it; by default that of the file.
    since: Option<Placed<Since>>,
    /// The kernel file or commit that it is taken from; by default that of the file.
    source: Option<Placed<String>>,
    /// The field, flag, number or capability after which the new ones come; by default the last one.
    after: Option<Placed<String>>,
    /// The field, flag, number or capability before which the new ones come.
    before: Option<Placed<String>>,
    /// Fields of a struct or a capability.
    #[serde(default)]
    pub(super) fields: Map<LineOrMap<FieldSpec>>,
    /// Flags of a field.
    #[serde(default)]
    pub(super) bits: Map<LineOrMap<ValueSpec>>,
    /// Numbers of a group or a field.
    #[serde(default)]
    pub(super) values: Map<LineOrMap<ValueSpec>>,
    /// Numbers of a group or a chain that others use.
    #[serde(default)]
    reserved: Map<OneOrMany<LineOrMap<ReservedSpec>>>,
    /// Handlers of an ioctl; they replace those of the same name.
    #[serde(default)]
    handlers: Map<OneOrMany<LineOrMap<HandlerSpec>>>,
    /// Capabilities that a handler can append.
    #[serde(default)]
    capabilities: List<Placed<String>>,
}

/// The extensions of one overlay.
pub(super) struct Extensions {
    since: Placed<Since>,
    source: Placed<String>,
    list: Vec<Extension>,
}

impl Extensions {
    /// The extensions of a file; its release and source are their defaults.
    pub(super) fn of(file: &SpecFile, list: Vec<Extension>) -> Self {
        Self { since: file.since, source: file.source.clone(), list }
    }
}

impl Extension {
    /// The keys of its additions.
    fn given(&self) -> Vec<&'static str> {
        let keys = [
            ("fields", !self.fields.is_empty()),
            ("bits", !self.bits.is_empty()),
            ("values", !self.values.is_empty()),
            ("reserved", !self.reserved.is_empty()),
            ("handlers", !self.handlers.is_empty()),
            ("capabilities", !self.capabilities.is_empty()),
        ];
        keys.into_iter().filter(|(_, given)| *given).map(|(key, _)| key).collect()
    }

    /// Whether none of its additions has a position among others.
    fn is_unordered(&self) -> bool {
        let unordered = |key: &&str| ["reserved", "handlers"].contains(key);
        self.given().iter().all(unordered)
    }
}

/// Puts all extensions into their items.
pub(super) fn apply(files: &mut [SpecFile], all: Vec<Extensions>, problems: &mut Diagnostics) {
    // The item of an extension may be missing because it could not be read.
    let incomplete = problems.has_errors();
    let mut merge = Merge::new(files, incomplete, problems);
    for Extensions { since, source, list } in all {
        for extension in list {
            merge.extend(Extension {
                since: extension.since.or(Some(since)),
                source: extension.source.or(Some(source.clone())),
                ..extension
            });
        }
    }
}

/// Extensions in a file that is no overlay.
pub(super) fn refuse_all(extensions: &[Extension], problems: &mut Diagnostics) {
    for extension in extensions {
        let problem = Diagnostic::error(BAD_EXTENSION, "only an overlay extends items")
            .at(extension.extend.place, "in a file that abi.yaml lists")
            .help("change the item itself, or use the file with `--overlay`");
        problems.push(problem);
    }
}
