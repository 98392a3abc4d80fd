//! Pairs the members of one struct: members that both sides have, and members of one side.

use super::same_item;
use crate::ir::{Abi, Member, Role, Struct};
use crate::layout::Model;

/// The members of a struct, by the sides that have them.
#[derive(Clone, Debug)]
pub(in crate::compat) struct Members<'a> {
    /// Members of both sides.
    pub(in crate::compat) both: Vec<(Member<'a>, Member<'a>)>,
    /// Members of the old side only.
    pub(in crate::compat) removed: Vec<Member<'a>>,
    /// Reserved bytes of the old side that are no longer the same member.
    pub(in crate::compat) reused: Vec<Member<'a>>,
    /// Members of the new side only.
    pub(in crate::compat) added: Vec<Member<'a>>,
}

impl<'a> Members<'a> {
    pub(super) fn new((was, old): (&'a Abi, &'a Struct), (is, new): (&'a Abi, &'a Struct)) -> Self {
        let mut added = is.members(new);
        let (mut kept, mut removed) = (Vec::new(), Vec::new());
        for member in was.members(old) {
            let same = |new: &Member<'_>| new.name == member.name;
            let renamed =
                |new: &Member<'_>| same_item((member.name, member.meta), (new.name, new.meta));
            let known = added.iter().position(same).or_else(|| added.iter().position(renamed));
            match known {
                Some(at) => kept.push((member, added.remove(at))),
                None => removed.push(member),
            }
        }
        let (reserved, both) = kept.into_iter().partition::<Vec<_>, _>(|(old, new)| {
            old.role == Role::Reserved && old.spans != new.spans
        });
        // Reserved bytes may be divided into other fields, which are compared one by one.
        let (reused, rest) = reserved.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
        added.extend(rest);
        let mut members = Self { both, removed: Vec::new(), reused, added };
        // A member that only the old side has was renamed if another one has its bytes now.
        for member in removed {
            let successor = |new: &Member<'_>| new.spans == member.spans && new.union.is_none();
            match members.added.iter().position(successor) {
                Some(at) => members.both.push((member, members.added.remove(at))),
                None if member.role == Role::Reserved => members.reused.push(member),
                None => members.removed.push(member),
            }
        }
        members
    }

    /// Whether a new member is before the end of the old ones.
    pub(in crate::compat) fn is_inserted(&self, model: Model) -> bool {
        let at = model.index();
        let moved =
            self.both.iter().filter(|(old, new)| old.spans[at].offset < new.spans[at].offset);
        let end = moved.map(|(_, new)| new.spans[at].offset).max();
        let before = |new: &Member<'_>| Some(new.spans[at].offset) < end;
        self.added.iter().any(|new| before(new) && new.union.is_none())
    }
}
