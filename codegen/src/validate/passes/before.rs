//! The key `before`: a change has only keys that its kind of item can have.

use crate::spec::history::HistorySpec;
use crate::spec::{Before, ItemSpec};
use crate::validate::Check;
use crate::validate::codes::KEY_CONFLICT;
use crate::validate::model::declarations::bit;

/// The properties of an item that can have been different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Name,
    Type,
    Value,
    C,
}

impl Key {
    fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Type => "type",
            Self::Value => "value",
            Self::C => "c",
        }
    }

    fn is_said(self, before: &Before) -> bool {
        match self {
            Self::Name => before.name.is_some(),
            Self::Type => before.type_.is_some(),
            Self::Value => before.value.is_some(),
            Self::C => before.c.is_some(),
        }
    }
}

pub(super) fn check(check: &mut Check<'_>) {
    for item in check.spec.files.iter().flat_map(|file| file.items.iter()) {
        let (before, keys): (_, &[Key]) = match item {
            ItemSpec::Enum(item) if !item.anonymous => (&item.before, &[Key::Name]),
            ItemSpec::Constants(item) | ItemSpec::Enum(item) | ItemSpec::IdSpace(item) => {
                (&item.before, &[])
            }
            ItemSpec::Macro(item) => (&item.before, &[Key::Name, Key::C]),
            ItemSpec::Struct(item) => (&item.before, &[Key::Name]),
            ItemSpec::Ioctl(item) => (&item.before, &[Key::Name]),
            ItemSpec::Chain(item) => (&item.before, &[]),
            ItemSpec::Capability(item) => (&item.before, &[Key::Name, Key::Value]),
        };
        changes(check, before, keys);
    }
    let index = check.index;
    for group in &index.groups {
        for (_, value) in group.values.iter() {
            let fixed = bit(value).is_some() || value.string.is_some();
            let keys: &[Key] = if fixed { &[Key::Name] } else { &[Key::Name, Key::Value] };
            changes(check, &value.before, keys);
        }
    }
    for struct_ in &index.structs {
        for member in struct_.members() {
            changes(check, &member.field.before, &[Key::Name, Key::Type]);
        }
    }
}

fn changes(check: &mut Check<'_>, before: &HistorySpec, allowed: &[Key]) {
    for (end, before) in before.iter() {
        let said = [Key::Name, Key::Type, Key::Value, Key::C];
        let said: Vec<_> = said.into_iter().filter(|key| key.is_said(before)).collect();
        let place = end.place;
        if before.type_.as_ref().is_some_and(|type_| type_.direction.is_some()) {
            check.refuse(KEY_CONFLICT, place, "the direction cannot change and is not repeated");
        }
        if said.is_empty() {
            check.refuse(KEY_CONFLICT, place, "the change is empty");
        }
        for key in said.into_iter().filter(|key| !allowed.contains(key)) {
            let message = format!("this kind of item has no `{}` that can change", key.word());
            check.refuse(KEY_CONFLICT, place, message);
        }
    }
}
