//! A file of items, as written. Its additions to items of other files are merged
//! after all files are read, so that every later stage sees one specification.

use schemars::JsonSchema;
use serde::Deserialize;

use super::extend::Extension;
use super::items::{
    CapabilitySpec, ChainSpec, IoctlSpec, MacroSpec, StructSpec, Values, item_kinds,
};
use super::regions::RegionSpec;
use super::text::DocText;
use super::types::Day;
use super::wrappers::{List, Map, Placed};
use super::{ItemSpec, SpecFile};
use crate::diagnostic::Place;
use crate::release::Since;

/// One file of items: one subject, at most one id space.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct ItemFile {
    /// The subject of the file, for readers.
    pub(super) title: Placed<String>,
    /// A few sentences that open its part of the header and its page.
    doc: Placed<DocText>,
    /// The kernel header that its items come from.
    header: Placed<String>,
    /// The default `since` of its items; required, except in overlays, where it is the described release by default.
    since: Option<Placed<Since>>,
    /// The default `source` of its items: a kernel file or commit.
    source: Placed<String>,
    /// The day on which this version of a proposal was posted; only in overlays.
    posted: Option<Placed<Day>>,
    /// The proposal that replaced this one; only in overlays.
    replaced_by: Option<Placed<String>>,
    /// The items, in the order of the outputs.
    items: List<FileEntry>,
    /// The regions that contain a space of another ABI, by the constants of their indexes.
    #[serde(default)]
    regions: Map<RegionSpec>,
}

/// Declares the entries of the list of items: an item or an extension.
macro_rules! entry_enum {
    ($($(#[doc = $doc:literal])* $kind:ident($body:ident),)+) => {
        /// An item; the first of these keys that it has determines its kind.
        #[derive(Clone, Debug, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        #[schemars(untagged)]
        enum FileEntry {
            $($(#[doc = $doc])* $kind($body),)+
            /// An addition to an item of another file; only in overlays.
            Extend(Extension),
        }

        impl FileEntry {
            fn add_to(self, items: &mut Vec<ItemSpec>, extensions: &mut Vec<Extension>) {
                match self {
                    $(Self::$kind(item) => items.push(ItemSpec::$kind(item)),)+
                    Self::Extend(extension) => extensions.push(extension),
                }
            }
        }
    };
}
item_kinds!(entry_enum);

impl ItemFile {
    /// The places of keys that only proposals have.
    pub(super) fn proposal_keys(&self) -> impl Iterator<Item = Place> {
        let posted = self.posted.as_ref().map(|day| day.place);
        posted.into_iter().chain(self.replaced_by.as_ref().map(|name| name.place))
    }

    /// The file with its own items, and its additions to those of other files.
    /// `None` if neither the file nor `default` gives a release.
    pub(super) fn split(self, default: Option<Since>) -> Option<(SpecFile, Vec<Extension>)> {
        let default = default.map(|value| Placed { value, place: self.header.place });
        let (mut items, mut extensions) = (Vec::new(), Vec::new());
        for entry in self.items.0 {
            entry.add_to(&mut items, &mut extensions);
        }
        let file = SpecFile {
            name: String::new(),
            overlay: false,
            title: self.title,
            doc: self.doc,
            header: self.header,
            since: self.since.or(default)?,
            source: self.source,
            posted: self.posted.map(|day| day.value.0),
            replaced_by: self.replaced_by,
            items: List(items),
            regions: self.regions,
        };
        Some((file, extensions))
    }
}
