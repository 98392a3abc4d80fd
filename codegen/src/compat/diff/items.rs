//! Walks the pairs of items and compares their facts.

use super::facts::SideNames;
use super::{Collector, Datum, MemberOf, Of, key};
use crate::compat::matching::{Matched, Matching, Renames};
use crate::ir::Abi;

/// The names of both sides.
fn sides<'m, 'a>(
    matching: &'m Matching<'a>,
    unchanged: &'m Renames<'a>,
) -> (SideNames<'m, 'a>, SideNames<'m, 'a>) {
    let (old, new) = matching.abis();
    (SideNames { abi: old, renames: &matching.renames }, SideNames { abi: new, renames: unchanged })
}

impl<'a> Collector<'_, 'a> {
    /// The keys of the ABI as a whole, its headers, file descriptors and formats.
    pub(super) fn whole(&mut self) {
        let matching = self.matching;
        let unchanged = Renames::default();
        let (was, is) = sides(matching, &unchanged);
        self.abi(matching.abis());
        for (index, pair) in matching.headers.iter().enumerate() {
            let Some(name) = pair.new.or(pair.old).map(|header| header.path.as_str()) else {
                continue;
            };
            self.listed(key!(Abi.headers), Of::Header(index), name, *pair);
            if let Some((old, new)) = pair.both() {
                let facts = (was.header(old), is.header(new));
                self.facts(Of::Header(index), || name.to_owned(), facts);
            }
        }
        for (index, pair) in matching.fds.iter().enumerate() {
            let Some(name) = pair.new.or(pair.old).map(|fd| fd.name.as_str()) else { continue };
            self.listed(key!(Abi.fds), Of::Fd(index), name, *pair);
            if let Some((old, new)) = pair.both() {
                self.facts(Of::Fd(index), || name.to_owned(), (was.fd(old), is.fd(new)));
                let facts = (was.stream(old), is.stream(new));
                self.facts(Of::Fd(index), || name.to_owned(), facts);
            }
        }
        for (index, pair) in matching.cap_headers.iter().enumerate() {
            let Some(name) = pair.new.or(pair.old).map(|one| one.name.as_str()) else { continue };
            self.listed(key!(Abi.cap_headers), Of::CapHeader(index), name, *pair);
            if let Some((old, new)) = pair.both() {
                let facts = (was.cap_header(old), is.cap_header(new));
                self.facts(Of::CapHeader(index), || name.to_owned(), facts);
            }
        }
        let numbers = (&was.abi.ioctl_numbers, &is.abi.ioctl_numbers);
        match numbers {
            (Some(old), Some(new)) => {
                let facts = (SideNames::numbers(old), SideNames::numbers(new));
                self.facts(Of::Abi, || "ioctls".to_owned(), facts);
            }
            (old, new) => {
                let listed = |there: bool| if there { Datum::Listed } else { Datum::Unset };
                let (old, new) = (listed(old.is_some()), listed(new.is_some()));
                self.value(key!(Abi.ioctl_numbers), "ioctls", old, new);
            }
        }
    }

    fn abi(&mut self, (old, new): (&'a Abi, &'a Abi)) {
        let Abi {
            name,
            title: _,
            doc: _,
            prefix,
            other_prefixes: _,
            version: _,
            publish,
            code,
            release: _,
            releases: _,
            overlays: _,
            headers: _,
            ioctl_numbers: _,
            argument_rules: _,
            fds: _,
            cap_headers: _,
            sections: _,
            structs: _,
            groups: _,
            macros: _,
            ioctls: _,
            chains: _,
            capabilities: _,
            proposals: _,
            regions: _,
            protocol: _,
        } = new;
        let text = |text: &'a str| Datum::Text(text.into());
        self.value(key!(Abi.name), name, text(&old.name), text(name));
        self.value(key!(Abi.prefix), name, text(&old.prefix), text(prefix));
        self.value(key!(Abi.publish), name, Datum::Flag(old.publish), Datum::Flag(*publish));
        self.code(&old.code, code);
    }

    pub(super) fn structs(&mut self) {
        let matching = self.matching;
        let unchanged = Renames::default();
        let (was, is) = sides(matching, &unchanged);
        for (index, pair) in matching.structs.iter().enumerate() {
            let Some(name) = pair.structs.new.or(pair.structs.old).map(|one| &one.name) else {
                continue;
            };
            self.listed(key!(Abi.structs), Of::Struct(index), name, pair.structs);
            let (Some((old, new)), Some(members)) = (pair.structs.both(), &pair.members) else {
                continue;
            };
            let facts = (was.struct_facts(old), is.struct_facts(new));
            self.facts(Of::Struct(index), || name.clone(), facts);
            for (at, (before, now)) in members.both.iter().enumerate() {
                let (was_member, was_memory) = was.member_facts(old, before);
                let (is_member, is_memory) = is.member_facts(new, now);
                let of = Of::Member(index, MemberOf::Both(at));
                self.facts(of, || now.path(new), (was_member, is_member));
                self.facts(of, || now.path(new), (was_memory, is_memory));
            }
            let lists = [
                (&members.removed, MemberOf::Removed as fn(usize) -> MemberOf),
                (&members.reused, MemberOf::Reused),
                (&members.added, MemberOf::Added),
            ];
            for (list, of) in lists {
                for (at, member) in list.iter().enumerate() {
                    let pair = match of(at) {
                        MemberOf::Added(_) => Matched { old: None, new: Some(member) },
                        _ => Matched { old: Some(member), new: None },
                    };
                    let struct_ = if pair.new.is_some() { new } else { old };
                    let of = Of::Member(index, of(at));
                    self.listed(key!(Struct.fields), of, member.path(struct_), pair);
                }
            }
        }
    }

    pub(super) fn macros(&mut self) {
        let matching = self.matching;
        let unchanged = Renames::default();
        let (was, is) = sides(matching, &unchanged);
        for (index, pair) in matching.macros.iter().enumerate() {
            let Some(name) = pair.new.or(pair.old).map(|one| &one.name) else { continue };
            self.listed(key!(Abi.macros), Of::Macro(index), name, *pair);
            if let Some((old, new)) = pair.both() {
                self.facts(Of::Macro(index), || name.clone(), (was.macro_(old), is.macro_(new)));
            }
        }
    }

    pub(super) fn ioctls(&mut self) {
        let matching = self.matching;
        let unchanged = Renames::default();
        let (was, is) = sides(matching, &unchanged);
        for (index, pair) in matching.ioctls.iter().enumerate() {
            let Some(name) = pair.ioctls.new.or(pair.ioctls.old).map(|one| &one.name) else {
                continue;
            };
            self.listed(key!(Abi.ioctls), Of::Ioctl(index), name, pair.ioctls);
            let Some((old, new)) = pair.ioctls.both() else { continue };
            self.facts(Of::Ioctl(index), || name.clone(), (was.ioctl(old), is.ioctl(new)));
            for (at, handlers) in pair.handlers.iter().enumerate() {
                let of = Of::Handler(index, at);
                self.listed(key!(Ioctl.handlers), of, name, *handlers);
                if let Some((before, now)) = handlers.both() {
                    let facts = (was.handler(old, before), is.handler(new, now));
                    self.facts(of, || name.clone(), facts);
                }
            }
        }
    }

    pub(super) fn chains(&mut self) {
        let matching = self.matching;
        let unchanged = Renames::default();
        let (was, is) = sides(matching, &unchanged);
        for (index, pair) in matching.chains.iter().enumerate() {
            let Some(name) = pair.new.or(pair.old).map(|one| &one.name) else { continue };
            self.listed(key!(Abi.chains), Of::Chain(index), name, *pair);
            if let Some((old, new)) = pair.both() {
                self.facts(Of::Chain(index), || name.clone(), (was.chain(old), is.chain(new)));
                let lists = (
                    old.reserved.iter().map(|one| was.reserved(one)).collect(),
                    new.reserved.iter().map(|one| is.reserved(one)).collect(),
                );
                self.reserved(key!(Chain.reserved), Of::Chain(index), name, lists);
            }
        }
    }
}
