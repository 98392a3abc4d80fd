//! Companions: the macro that came with a struct, an enum or a field, in the
//! same commit as far as the specification can tell. The preprocessor sees
//! macros only, so a kernel header that has the one is taken to have the other.

use std::collections::HashMap;

use crate::emit::named::{Named, What, name_since};
use crate::ir::{Abi, Arg, Field, Role, StructId, Type};
use crate::release::{Release, Since};

/// Where to look for companions.
pub(super) struct Companions<'a> {
    abi: &'a Abi,
    /// The macros that never were anything else, in order.
    macros: Vec<Named<'a>>,
    /// The release in which each kernel header came.
    first: Vec<Option<Release>>,
    /// The structs by their index.
    structs: HashMap<StructId, Named<'a>>,
}

impl<'a> Companions<'a> {
    /// Those of an ABI with these names.
    pub(super) fn new(abi: &'a Abi, names: &[Named<'a>]) -> Self {
        let is_macro = |named: &&Named<'_>| {
            matches!(
                named.what,
                What::Constant(_) | What::Macro(_) | What::Ioctl(_) | What::Capability(_)
            )
        };
        let structs = names.iter().filter_map(|named| match named.what {
            What::Struct(id) => Some((id, *named)),
            _ => None,
        });
        let first = (0..abi.headers.len()).map(|header| {
            let named = names.iter().filter(|named| named.section.header == header);
            named.map(|named| named.since().first()).min()
        });
        Self {
            abi,
            first: first.collect(),
            macros: names.iter().filter(is_macro).copied().collect(),
            structs: structs.collect(),
        }
    }

    /// Whether a kernel header had it from its own first release on.
    pub(super) fn is_first(&self, named: &Named<'_>) -> bool {
        self.first[named.section.header].is_none_or(|first| named.since().first() <= first)
    }

    /// The companion of a struct or of an enum with a tag.
    pub(super) fn of(&self, named: &Named<'_>) -> Option<&'a str> {
        let since = named.since();
        if let What::Struct(id) = named.what {
            let direct = self.with(since, |other| self.belongs(other, id));
            let direct = direct.or_else(|| self.of_user(id, since));
            if direct.is_some() {
                return direct;
            }
        }
        self.near(named, since)
    }

    /// The companion of a field that came later than its struct, or was called
    /// otherwise.
    pub(super) fn of_field(&self, owner: &Named<'_>, field: &Field) -> Option<&'a str> {
        let since = name_since(&field.meta);
        let gate = field.when.as_deref().or_else(|| self.flag_of_chain(owner, field));
        let gate = gate.and_then(|gate| self.with(since, |other| other.name == gate));
        gate.or_else(|| self.near(owner, since))
    }

    /// The flag that says that the offset of a chain counts.
    fn flag_of_chain(&self, owner: &Named<'_>, field: &Field) -> Option<&'a str> {
        let What::Struct(id) = owner.what else { return None };
        let mut hosts = self.abi.chains.iter().filter_map(|chain| chain.host.as_ref());
        let host = hosts.find(|host| host.struct_ == id)?;
        (field.role == Role::CapOffset).then_some(host.flag.0.as_str())
    }

    /// The first macro of these that came when it should have.
    fn with(&self, since: Since, is: impl Fn(&Named<'a>) -> bool) -> Option<&'a str> {
        let mut fitting = self.macros.iter().filter(|other| other.since() == since);
        fitting.find(|other| is(other)).map(|other| other.name)
    }

    /// One of the same subject or, if there is none, of the same kernel header.
    fn near(&self, named: &Named<'_>, since: Since) -> Option<&'a str> {
        let beside = self.with(since, |other| other.section.name == named.section.name);
        beside.or_else(|| self.with(since, |other| other.section.header == named.section.header))
    }

    /// Whether a macro is about a struct: its ioctl, its id, or held by it.
    fn belongs(&self, other: &Named<'_>, id: StructId) -> bool {
        match other.what {
            What::Ioctl(ioctl) => matches!(ioctl.arg, Arg::Struct(arg) if arg == id),
            What::Capability(capability) => capability.struct_ == Some(id),
            What::Constant(value) => {
                let held = |group: &crate::ir::Group| {
                    group.values.iter().any(|held| std::ptr::eq(held, value))
                };
                value.payload == Some(id) || self.abi.held_groups(id).any(held)
            }
            _ => false,
        }
    }

    /// The companion of a struct of the same time that has this one inside.
    fn of_user(&self, id: StructId, since: Since) -> Option<&'a str> {
        let users = self.abi.structs.iter().enumerate();
        let mut users = users.filter(|(_, user)| {
            name_since(&user.meta) == since
                && user.fields.iter().any(|field| contains(&field.type_, id))
        });
        users.find_map(|(user, _)| {
            let user = StructId(user);
            self.structs.get(&user).filter(|_| user != id).and_then(|named| self.of(named))
        })
    }
}

/// Whether a type has a struct inside.
fn contains(type_: &Type, id: StructId) -> bool {
    match type_ {
        Type::Struct(inner) => *inner == id,
        Type::Array(element, ..) | Type::Flexible(element, _) => contains(element, id),
        Type::Union(arms) => arms.iter().any(|arm| contains(&arm.type_, id)),
        Type::Int(_) | Type::Pointer(_) => false,
    }
}
