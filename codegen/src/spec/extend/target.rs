//! What an extension is for: the item that it names, and the keys that items
//! of its kind can get.

use super::super::text::{Named, Placed, Short};
use super::super::{Field, Item, SpecFile, Values};
use super::Extension;

/// An item by its file and its number there.
pub(super) type At = (usize, usize);

/// The items of a name.
pub(super) fn named(files: &[SpecFile], name: &str) -> Vec<At> {
    let items = files.iter().enumerate().flat_map(|(file, spec)| {
        spec.items.iter().enumerate().map(move |(item, one)| ((file, item), one))
    });
    let named = items.filter(|(_, item)| {
        let declared = item.declared_struct().map(|name| name.as_str());
        item.name().as_str() == name || declared == Some(name)
    });
    named.map(|(at, _)| at).collect()
}

/// Every name that can be extended.
pub(super) fn names(files: &[SpecFile]) -> impl Iterator<Item = &str> {
    let items = files.iter().flat_map(|file| file.items.iter());
    items.filter(|item| !keys(item, false).is_empty()).flat_map(|item| {
        let declared = item.declared_struct().map(|name| name.as_str());
        [item.name().as_str()].into_iter().chain(declared)
    })
}

/// The keys that an item, or a field of it, can get.
pub(super) fn keys(item: &Item, of_field: bool) -> &'static [&'static str] {
    match item {
        Item::Struct(_) | Item::Capability(_) if of_field => &["bits", "values"],
        _ if of_field => &[],
        Item::Struct(_) => &["fields"],
        Item::Capability(item) if !item.fields.is_empty() => &["fields"],
        Item::Constants(_) | Item::Enum(_) | Item::IdSpace(_) => &["values", "reserved"],
        Item::Chain(_) => &["reserved"],
        Item::Ioctl(_) => &["handlers"],
        Item::Macro(_) | Item::Capability(_) => &[],
    }
}

/// Whether the item can get all that the extension has.
pub(super) fn takes(item: &Item, of_field: bool, extension: &Extension) -> bool {
    let (keys, given) = (keys(item, of_field), extension.given());
    !given.is_empty() && given.iter().all(|key| keys.contains(key))
}

/// What the item is, for a message.
pub(super) fn kind(item: &Item) -> &'static str {
    match item {
        Item::Constants(_) => "a group of constants",
        Item::Enum(_) => "an enum",
        Item::IdSpace(_) => "a space",
        Item::Macro(_) => "a macro",
        Item::Struct(_) => "a struct",
        Item::Ioctl(_) => "an ioctl",
        Item::Chain(_) => "a chain",
        Item::Capability(item) if item.fields.is_empty() => {
            "a capability without fields of its own"
        }
        Item::Capability(_) => "a capability",
    }
}

/// The fields that an item declares.
pub(super) fn fields(item: &mut Item) -> Option<&mut Named<Short<Field>>> {
    match item {
        Item::Struct(item) => Some(&mut item.fields),
        Item::Capability(item) => Some(&mut item.fields),
        _ => None,
    }
}

/// The group of numbers that an item is.
pub(super) fn group(item: &mut Item) -> Option<&mut Values> {
    match item {
        Item::Constants(item) | Item::Enum(item) | Item::IdSpace(item) => Some(item),
        _ => None,
    }
}

/// A field, or a member of a union.
pub(super) fn field<'a>(fields: &'a mut Named<Short<Field>>, name: &str) -> Option<&'a mut Field> {
    fields.0.iter_mut().find_map(|(own, field)| match own.value == name {
        true => Some(&mut field.0),
        false => {
            let members = field.0.union.0.iter_mut();
            members
                .map(|(own, field)| (own, field))
                .find_map(|(own, field)| (own.value == name).then_some(&mut field.0))
        }
    })
}

/// The names of fields and of members of unions.
pub(super) fn field_names(fields: &Named<Short<Field>>) -> Vec<String> {
    let names = |named: &(Placed<String>, Short<Field>)| named.0.value.clone();
    let with_members = |one: &(Placed<String>, Short<Field>)| {
        let members: Vec<_> = one.1.union.iter().map(names).collect();
        std::iter::once(names(one)).chain(members).collect::<Vec<_>>()
    };
    fields.iter().flat_map(with_members).collect()
}
