//! The members of an argument that a handler checks before it acts. The model refuses by them,
//! pages list their errors, and `compat` finds by them the fields that an old kernel refuses.

use super::{Abi, ArgumentErrors, Group, GroupId, Handler, Member, Role, Struct, TailCheck};

/// A member that a handler checks.
#[derive(Clone, Copy, Debug)]
pub struct CheckedMember<'a> {
    /// The member. If it has a condition, it is checked under this condition only.
    pub member: Member<'a>,
    /// What it must be.
    pub demand: Demand,
    /// The error if it is not.
    pub error: &'a str,
}

/// What a handler demands of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// Every byte is zero, since the member has no meaning.
    Zero,
    /// No other bits than these are set.
    Bits(u64),
    /// The number is one of a group.
    Number(GroupId),
}

impl Demand {
    /// The error of a handler with these errors.
    fn error(self, errors: &ArgumentErrors) -> &str {
        let ArgumentErrors { short: _, tail: _, flag, value, reserved } = errors;
        match self {
            Self::Zero => reserved,
            Self::Bits(_) => flag,
            Self::Number(_) => value,
        }
    }

    /// Its place in the order in which a kernel checks.
    fn rank(self) -> u8 {
        match self {
            Self::Zero => 0,
            Self::Bits(_) => 1,
            Self::Number(_) => 2,
        }
    }
}

impl Abi {
    /// The members of an argument that a handler checks, in the order of the kernel. A handler
    /// that does not compare the tail checks few members, which its rules do not list.
    pub fn checked_members<'a>(
        &'a self,
        struct_: &'a Struct,
        handler: &'a Handler,
    ) -> Vec<CheckedMember<'a>> {
        if handler.tail == TailCheck::Ignored {
            return Vec::new();
        }
        let left_out = |member: &Member<'_>| {
            let mut unchecked = handler.unchecked.iter().map(|at| &struct_.fields[*at]);
            unchecked.any(|field| std::ptr::eq(field, member.field))
        };
        let members = self.members(struct_).into_iter();
        let inputs = members.filter(|one| one.is_input() || one.direction.is_none());
        let checked = inputs.filter(|member| !left_out(member)).filter_map(|member| {
            let demand = self.demand(&member)?;
            Some(CheckedMember { member, demand, error: demand.error(&handler.errors) })
        });
        let mut checked: Vec<_> = checked.collect();
        checked.sort_by_key(|one| one.demand.rank());
        checked
    }

    /// What a kernel that checks a member demands of it.
    fn demand(&self, member: &Member<'_>) -> Option<Demand> {
        match (member.role, member.group) {
            (Role::Reserved, _) => Some(Demand::Zero),
            (_, Some(id)) if self.group(id).is_flags() => {
                Some(Demand::Bits(self.group(id).known_bits()))
            }
            (_, Some(id)) => Some(Demand::Number(id)),
            (Role::Flags, None) => Some(Demand::Bits(0)),
            (_, None) => None,
        }
    }
}

impl Group {
    /// The bits that its numbers have.
    fn known_bits(&self) -> u64 {
        self.values.iter().fold(0, |bits, value| bits | value.number as u64)
    }
}
