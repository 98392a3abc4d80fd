//! Additions to a specification, each with its place.

use crate::spec::wrappers::{LineOrMap, List, Placed};
use crate::spec::{FieldSpec, ItemSpec, Spec, ValueSpec};

/// The position of an item in a specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemAt {
    /// The index of its file.
    pub file: usize,
    /// Its index in the file.
    pub item: usize,
}

/// Named numbers to add.
pub type NewValues = Vec<(Placed<String>, LineOrMap<ValueSpec>)>;

/// NewFields to add.
pub type NewFields = Vec<(Placed<String>, LineOrMap<FieldSpec>)>;

/// An addition.
#[derive(Clone, Debug)]
pub enum Addition {
    /// An item, after another one.
    Item {
        /// The item before it.
        after: ItemAt,
        /// The item.
        item: Box<ItemSpec>,
    },
    /// Numbers of a group of the file level.
    Values {
        /// The group.
        group: ItemAt,
        /// The number before them; none for the front.
        after: Option<String>,
        /// The numbers.
        values: NewValues,
    },
    /// Flags or numbers of a field.
    Held {
        /// The struct or capability.
        owner: ItemAt,
        /// The field.
        field: String,
        /// The member, if the field is a union.
        arm: Option<String>,
        /// Whether they are flags.
        flags: bool,
        /// The number before them; none for the front.
        after: Option<String>,
        /// The numbers.
        values: NewValues,
    },
    /// NewFields of a struct.
    Fields {
        /// The struct or capability.
        owner: ItemAt,
        /// The field before them; none for the front.
        after: Option<String>,
        /// The fields.
        fields: NewFields,
    },
}

/// Puts additions into a specification.
pub fn apply(pieces: Vec<Addition>, spec: &mut Spec) {
    let mut items = Vec::new();
    for piece in pieces {
        match piece {
            Addition::Item { after, item } => items.push((after, *item)),
            Addition::Values { group, after, values } => {
                let item = &mut spec.files[group.file].items.0[group.item];
                if let ItemSpec::Constants(group)
                | ItemSpec::Enum(group)
                | ItemSpec::IdSpace(group) = item
                {
                    insert(&mut group.values.0, after.as_deref(), values);
                }
            }
            Addition::Held { owner, field, arm, flags, after, values } => {
                let item = &mut spec.files[owner.file].items.0[owner.item];
                let Some(field) = field_mut(item, &field, arm.as_deref()) else { continue };
                let list = if flags { &mut field.bits } else { &mut field.values };
                insert(&mut list.0, after.as_deref(), values);
            }
            Addition::Fields { owner, after, fields } => {
                let item = &mut spec.files[owner.file].items.0[owner.item];
                if let Some(list) = fields_mut(item) {
                    insert(list, after.as_deref(), fields);
                }
            }
        }
    }
    // From the last place to the first, so that the other places stay what they are.
    items.sort_by_key(|(after, _)| *after);
    while let Some((after, item)) = items.pop() {
        let list: &mut List<ItemSpec> = &mut spec.files[after.file].items;
        list.0.insert((after.item + 1).min(list.0.len()), item);
    }
}

/// Inserts entries after the entry of a name.
fn insert<T>(
    list: &mut Vec<(Placed<String>, T)>,
    after: Option<&str>,
    new: Vec<(Placed<String>, T)>,
) {
    let at = after.map_or(0, |after| {
        let found = list.iter().position(|(name, _)| name.value == after);
        found.map_or(list.len(), |at| at + 1)
    });
    list.splice(at..at, new);
}

/// The fields that an item declares.
pub(super) fn fields_mut(item: &mut ItemSpec) -> Option<&mut NewFields> {
    match item {
        ItemSpec::Struct(item) => Some(&mut item.fields.0),
        ItemSpec::Capability(item) => Some(&mut item.fields.0),
        _ => None,
    }
}

fn field_mut<'a>(
    item: &'a mut ItemSpec,
    field: &str,
    arm: Option<&str>,
) -> Option<&'a mut FieldSpec> {
    let fields = fields_mut(item)?;
    let (_, field) = fields.iter_mut().find(|(name, _)| name.value == field)?;
    match arm {
        None => Some(&mut field.0),
        Some(arm) => field.0.union.get_mut(arm).map(|arm| &mut arm.0),
    }
}
