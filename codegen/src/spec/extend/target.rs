//! The item that an extension names, and the keys with which items of its kind
//! can be extended.

use super::super::wrappers::{LineOrMap, Map, Placed};
use super::super::{FieldSpec, ItemSpec, SpecFile, Values};
use super::Extension;

/// An item by its file and its index in the file.
pub(super) type At = (usize, usize);

/// The items with a name.
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

/// The keys that an item, or a field or handler of it, can get.
pub(super) fn keys(item: &ItemSpec, of_part: bool) -> &'static [&'static str] {
    match item {
        ItemSpec::Struct(_) | ItemSpec::Capability(_) if of_part => &["bits", "values"],
        ItemSpec::Ioctl(_) if of_part => &["capabilities"],
        _ if of_part => &[],
        ItemSpec::Struct(_) => &["fields"],
        ItemSpec::Capability(item) if !item.fields.is_empty() => &["fields"],
        ItemSpec::Constants(_) | ItemSpec::Enum(_) | ItemSpec::IdSpace(_) => {
            &["values", "reserved"]
        }
        ItemSpec::Chain(_) => &["reserved"],
        ItemSpec::Ioctl(_) => &["handlers"],
        ItemSpec::Macro(_) | ItemSpec::Capability(_) => &[],
    }
}

/// Whether the item can get all that the extension has.
pub(super) fn takes(item: &ItemSpec, of_part: bool, extension: &Extension) -> bool {
    let (keys, given) = (keys(item, of_part), extension.given());
    !given.is_empty() && given.iter().all(|key| keys.contains(key))
}

/// The kind of an item, for a message.
pub(super) fn kind(item: &ItemSpec) -> &'static str {
    match item {
        ItemSpec::Constants(_) => "a group of constants",
        ItemSpec::Enum(_) => "an enum",
        ItemSpec::IdSpace(_) => "an id space",
        ItemSpec::Macro(_) => "a macro",
        ItemSpec::Struct(_) => "a struct",
        ItemSpec::Ioctl(_) => "an ioctl",
        ItemSpec::Chain(_) => "a chain",
        ItemSpec::Capability(item) if item.fields.is_empty() => {
            "a capability without fields of its own"
        }
        ItemSpec::Capability(_) => "a capability",
    }
}

/// The fields that an item declares.
pub(super) fn fields(item: &mut ItemSpec) -> Option<&mut Map<LineOrMap<FieldSpec>>> {
    match item {
        ItemSpec::Struct(item) => Some(&mut item.fields),
        ItemSpec::Capability(item) => Some(&mut item.fields),
        _ => None,
    }
}

/// The group of numbers that an item declares.
pub(super) fn group(item: &mut ItemSpec) -> Option<&mut Values> {
    match item {
        ItemSpec::Constants(item) | ItemSpec::Enum(item) | ItemSpec::IdSpace(item) => Some(item),
        _ => None,
    }
}

/// A field, or a member of a union.
pub(super) fn field<'a>(
    fields: &'a mut Map<LineOrMap<FieldSpec>>,
    name: &str,
) -> Option<&'a mut FieldSpec> {
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
pub(super) fn field_names(fields: &Map<LineOrMap<FieldSpec>>) -> Vec<String> {
    let names = |named: &(Placed<String>, LineOrMap<FieldSpec>)| named.0.value.clone();
    let with_members = |one: &(Placed<String>, LineOrMap<FieldSpec>)| {
        let members: Vec<_> = one.1.union.iter().map(names).collect();
        std::iter::once(names(one)).chain(members).collect::<Vec<_>>()
    };
    fields.iter().flat_map(with_members).collect()
}
