//! Pairs the items of both sides: by name, by a former name, or by their contents. Computed
//! once for a comparison; the difference and the rules read it.

mod constants;
mod items;
mod members;

use std::collections::HashMap;

use super::side::Side;
use crate::ir::{
    Abi, Arg, CapHeader, Chain, FdKind, Group, Handler, Header, Ioctl, Macro, Meta, Struct,
    StructId, StructRole,
};
pub(super) use constants::{Constant, Numbered};
pub(super) use members::Members;

/// A thing on both sides, or on one of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Matched<T> {
    pub(super) old: Option<T>,
    pub(super) new: Option<T>,
}

impl<T: Copy> Matched<T> {
    /// Both, if both sides have it.
    pub(super) fn both(self) -> Option<(T, T)> {
        self.old.zip(self.new)
    }

    /// The new one, if the old side lacks it.
    pub(super) fn added(self) -> Option<T> {
        self.new.filter(|_| self.old.is_none())
    }
}

/// A struct on both sides, or on one of them.
#[derive(Clone, Debug)]
pub(super) struct StructPair<'a> {
    pub(super) structs: Matched<&'a Struct>,
    /// Its index in the new ABI.
    pub(super) id: Option<StructId>,
    /// Its members, if both sides have it.
    pub(super) members: Option<Members<'a>>,
}

/// An ioctl on both sides, or on one of them.
#[derive(Clone, Debug)]
pub(super) struct IoctlPair<'a> {
    pub(super) ioctls: Matched<&'a Ioctl>,
    /// The handlers that serve it in the two releases. A handler without a successor of its
    /// name is paired with each handler that is new.
    pub(super) handlers: Vec<Matched<&'a Handler>>,
}

/// The two sides and the pairs of their items, in the order of the old side; items that only
/// the new side has follow.
pub(super) struct Matching<'a> {
    pub(super) old: &'a Side,
    pub(super) new: &'a Side,
    pub(super) headers: Vec<Matched<&'a Header>>,
    pub(super) fds: Vec<Matched<&'a FdKind>>,
    pub(super) cap_headers: Vec<Matched<&'a CapHeader>>,
    pub(super) structs: Vec<StructPair<'a>>,
    pub(super) groups: Vec<Matched<&'a Group>>,
    pub(super) chains: Vec<Matched<&'a Chain>>,
    pub(super) constants: Vec<Matched<Constant<'a>>>,
    pub(super) macros: Vec<Matched<&'a Macro>>,
    pub(super) ioctls: Vec<IoctlPair<'a>>,
    /// The names on the new side of items that have another name on the old side.
    pub(super) renames: Renames<'a>,
}

/// Names of the old side, with the names of the same items on the new side.
#[derive(Clone, Debug, Default)]
pub(super) struct Renames<'a> {
    pub(super) structs: HashMap<&'a str, &'a str>,
    pub(super) groups: HashMap<&'a str, &'a str>,
    pub(super) chains: HashMap<&'a str, &'a str>,
    pub(super) fds: HashMap<&'a str, &'a str>,
    pub(super) cap_headers: HashMap<&'a str, &'a str>,
    pub(super) constants: HashMap<&'a str, &'a str>,
    pub(super) headers: HashMap<&'a str, &'a str>,
    /// By the new name of the struct and the old name of the member.
    pub(super) members: HashMap<(&'a str, &'a str), &'a str>,
}

impl<'a> Matching<'a> {
    pub(super) fn new(old: &'a Side, new: &'a Side) -> Self {
        items::matching(old, new)
    }

    /// Both ABIs.
    pub(super) fn abis(&self) -> (&'a Abi, &'a Abi) {
        (&self.old.abi, &self.new.abi)
    }

    /// Whether a side is a header, which states neither short names nor inputs.
    pub(super) fn has_header(&self) -> bool {
        [self.old, self.new].iter().any(|side| side.knowledge.headers.is_some())
    }

    /// The pair of a struct of the new side.
    pub(super) fn struct_named(&self, new: &str) -> Option<&StructPair<'a>> {
        self.structs.iter().find(|pair| pair.structs.new.is_some_and(|one| one.name == new))
    }

    /// The name on the new side of an item of the old side.
    pub(super) fn renamed<'b>(names: &HashMap<&'b str, &'b str>, old: &'b str) -> &'b str {
        names.get(old).copied().unwrap_or(old)
    }
}

impl<'a> StructPair<'a> {
    /// The version that the capability whose body it is has on the old side.
    pub(super) fn old_version(&self, old: &Abi) -> Option<u16> {
        match self.structs.old?.role {
            StructRole::Capability(id) => Some(old.capability(id).version),
            _ => None,
        }
    }
}

/// The names that an item has or had.
fn names<'a>(name: &'a str, meta: &'a Meta) -> impl Iterator<Item = &'a str> {
    std::iter::once(name).chain(meta.history.names.iter().map(|(name, _)| name.as_str()))
}

/// Whether two items are one, under the name of either or a former name.
pub(super) fn same_item(one: (&str, &Meta), other: (&str, &Meta)) -> bool {
    names(one.0, one.1).any(|name| name == other.0)
        || names(other.0, other.1).any(|name| name == one.0)
}

/// The first handler that appends a chain of the ABI.
pub(super) fn handler_appending<'a>(
    abi: &'a Abi,
    chain: &Chain,
) -> Option<(&'a Ioctl, &'a Handler)> {
    handlers_appending(abi, chain).into_iter().next()
}

/// Every handler that appends a chain of the ABI.
pub(super) fn handlers_appending<'a>(abi: &'a Abi, chain: &Chain) -> Vec<(&'a Ioctl, &'a Handler)> {
    let Some(host) = chain.host() else { return Vec::new() };
    let asked = abi.ioctls.iter().filter(|ioctl| ioctl.arg == Arg::Struct(host.struct_));
    let served = asked.flat_map(|ioctl| ioctl.served_at(abi.release).map(move |one| (ioctl, one)));
    served.filter(|(_, handler)| handler.chain.is_some()).collect()
}
