//! A file of items as it is written. What it says of items that other files
//! declare is put there once all files are read, so that every later stage
//! sees one specification.

use schemars::JsonSchema;
use serde::Deserialize;

use super::extend::Extension;
use super::text::{Doc, List, Placed};
use super::{Capability, Chain, Ioctl, Item, Macro, SpecFile, Struct, Values};
use crate::release::Since;

/// One file of items: one subject, at most one id space.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct File {
    /// What the file is about, for a reader.
    pub(super) title: Placed<String>,
    /// A few sentences that open its part of the header and its page.
    doc: Placed<Doc>,
    /// The kernel header that its items come from.
    header: Placed<String>,
    /// The release of items that do not say otherwise; of an overlay the newest, where nothing is said.
    since: Option<Placed<Since>>,
    /// The source of items that do not say otherwise: a kernel file or commit.
    source: Placed<String>,
    /// The items, in the order in which they are emitted.
    items: List<Entry>,
}

/// An item; the key that names it tells its kind.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(untagged)]
enum Entry {
    /// Constants without a type of their own.
    Constants(Values),
    /// A C enum.
    Enum(Values),
    /// Numbers that must stay unique: feature ids, region types.
    #[serde(rename = "space")]
    IdSpace(Values),
    /// A function-like macro.
    Macro(Macro),
    /// A struct.
    Struct(Struct),
    /// An ioctl.
    Ioctl(Ioctl),
    /// A chain of capabilities: where it hangs, and its id space.
    Chain(Chain),
    /// A capability of a chain.
    Capability(Capability),
    /// More for an item of another file; only overlays have it.
    Extend(Extension),
}

impl File {
    /// The file with its own items, and what it adds to those of others. None
    /// where it says no release and `newest` is none.
    pub(super) fn split(self, newest: Option<Since>) -> Option<(SpecFile, Vec<Extension>)> {
        let newest = newest.map(|value| Placed { value, place: self.header.place });
        let (mut items, mut extensions) = (Vec::new(), Vec::new());
        for entry in self.items.0 {
            items.push(match entry {
                Entry::Constants(item) => Item::Constants(item),
                Entry::Enum(item) => Item::Enum(item),
                Entry::IdSpace(item) => Item::IdSpace(item),
                Entry::Macro(item) => Item::Macro(item),
                Entry::Struct(item) => Item::Struct(item),
                Entry::Ioctl(item) => Item::Ioctl(item),
                Entry::Chain(item) => Item::Chain(item),
                Entry::Capability(item) => Item::Capability(item),
                Entry::Extend(extension) => {
                    extensions.push(extension);
                    continue;
                }
            });
        }
        let file = SpecFile {
            name: String::new(),
            overlay: false,
            title: self.title,
            doc: self.doc,
            header: self.header,
            since: self.since.or(newest)?,
            source: self.source,
            items: List(items),
        };
        Some((file, extensions))
    }
}
