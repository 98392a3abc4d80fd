//! Names the places of pieces for a reader.

use super::Import;
use crate::amend::pieces::{Addition, ItemAt};
use crate::spec::ItemSpec;

impl Import<'_> {
    /// The place of a piece: file, list, and the entry before it.
    pub(super) fn place(&self, piece: &Addition) -> String {
        match piece {
            Addition::Item { after, .. } => {
                let before =
                    self.item_before(*after).map(|item| [", after ", &words(item)].concat());
                [&self.file(*after), ", items", &before.unwrap_or_default()].concat()
            }
            Addition::Values { group, after, .. } => {
                let owner = words(self.item(*group));
                [&self.file(*group), ", ", &owner, ", values", &after_item(after)].concat()
            }
            Addition::Held { owner, field, arm, flags, after, .. } => {
                let struct_ = self.struct_name(*owner);
                let arm = arm.as_ref().map(|arm| [".", arm].concat()).unwrap_or_default();
                let list = if *flags { ", bits" } else { ", values" };
                let place = [&self.file(*owner), ", ", struct_, ".", field, &arm, list].concat();
                place + &after_item(after)
            }
            Addition::Fields { owner, after, .. } => {
                let struct_ = self.struct_name(*owner);
                [&self.file(*owner), ", ", struct_, ", fields", &after_item(after)].concat()
            }
        }
    }

    pub(super) fn item(&self, at: ItemAt) -> &ItemSpec {
        &self.spec.files[at.file].items[at.item]
    }

    /// The item after which another one comes; `None` in a file without items.
    pub(super) fn item_before(&self, at: ItemAt) -> Option<&ItemSpec> {
        self.spec.files[at.file].items.get(at.item)
    }

    pub(super) fn struct_name(&self, at: ItemAt) -> &str {
        let item = self.item(at);
        item.declared_struct().unwrap_or(item.name())
    }

    fn file(&self, at: ItemAt) -> String {
        [self.folder.trim_end_matches('/'), "/", &self.spec.files[at.file].name, ".yaml"].concat()
    }
}

fn after_item(after: &Option<String>) -> String {
    match after {
        Some(name) => [", after ", name].concat(),
        None => ", at the front".to_owned(),
    }
}

/// The kind and the name of an item.
pub(super) fn words(item: &ItemSpec) -> String {
    let kind = match item {
        ItemSpec::Constants(_) => "constants ",
        ItemSpec::Enum(_) => "enum ",
        ItemSpec::IdSpace(_) => "id_space ",
        ItemSpec::Macro(_) => "macro ",
        ItemSpec::Struct(_) => "struct ",
        ItemSpec::Ioctl(_) => "ioctl ",
        ItemSpec::Chain(_) => "chain ",
        ItemSpec::Capability(_) => "capability ",
    };
    [kind, item.name()].concat()
}
