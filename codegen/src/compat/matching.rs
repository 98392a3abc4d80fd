//! Matches items of both sides, by name or former name; and finds the handlers of
//! one side that emit a chain.

use std::collections::HashMap;

use super::Side;
use crate::ir::{Abi, Arg, Chain, Handler, Ioctl, Meta, Struct, StructId};

/// The two sides, with the structs that are the same on both.
pub(super) struct Matching<'a> {
    pub(super) old: &'a Side,
    pub(super) new: &'a Side,
    structs: HashMap<&'a str, StructId>,
}

impl<'a> Matching<'a> {
    pub(super) fn new(old: &'a Side, new: &'a Side) -> Self {
        let mut structs = HashMap::new();
        for (index, struct_) in new.abi.structs.iter().enumerate() {
            structs.insert(struct_.name.as_str(), StructId(index));
        }
        for old in &old.abi.structs {
            let successor =
                |new: &Struct| same_item((&old.name, &old.meta), (&new.name, &new.meta));
            let successor = || new.abi.structs.iter().position(successor).map(StructId);
            if let (false, Some(successor)) = (structs.contains_key(old.name.as_str()), successor())
            {
                structs.insert(&old.name, successor);
            }
        }
        Self { old, new, structs }
    }

    /// Both ABIs.
    pub(super) fn abis(&self) -> (&'a Abi, &'a Abi) {
        (&self.old.abi, &self.new.abi)
    }

    /// The struct on the new side that matches an old one.
    pub(super) fn struct_(&self, old: &Struct) -> Option<(StructId, &'a Struct)> {
        let id = *self.structs.get(old.name.as_str())?;
        Some((id, self.new.abi.struct_(id)))
    }

    /// The ioctl on the new side that matches an old one.
    pub(super) fn ioctl(&self, old: &Ioctl) -> Option<&'a Ioctl> {
        let mut ioctls = self.new.abi.ioctls.iter();
        ioctls.find(|new| same_item((&old.name, &old.meta), (&new.name, &new.meta)))
    }
}

/// The names that an item has or had.
fn names<'a>(name: &'a str, meta: &'a Meta) -> impl Iterator<Item = &'a str> {
    std::iter::once(name).chain(meta.history.names.iter().map(|(name, _)| name.as_str()))
}

/// Whether two items are one, under the name of either or one that it had.
pub(super) fn same_item(one: (&str, &Meta), other: (&str, &Meta)) -> bool {
    names(one.0, one.1).any(|name| name == other.0)
        || names(other.0, other.1).any(|name| name == one.0)
}

/// A handler that emits a chain.
pub(super) fn handler_returning<'a>(
    abi: &'a Abi,
    chain: &Chain,
) -> Option<(&'a Ioctl, &'a Handler)> {
    let chain = abi.chains.iter().find(|one| one.name == chain.name)?;
    handlers_returning(abi, chain).into_iter().next()
}

/// Every handler that emits a chain.
pub(super) fn handlers_returning<'a>(abi: &'a Abi, chain: &Chain) -> Vec<(&'a Ioctl, &'a Handler)> {
    let host = chain.host().map(|host| &abi.struct_(host.struct_).name);
    let asked = abi.ioctls.iter().filter(|ioctl| match ioctl.arg {
        Arg::Struct(id) => Some(&abi.struct_(id).name) == host,
        _ => false,
    });
    let served = asked.flat_map(|ioctl| ioctl.served_at(abi.release).map(move |one| (ioctl, one)));
    served.filter(|(_, handler)| handler.chain.is_some()).collect()
}
