//! Compares groups, named numbers, and what the outputs derive from the whole ABI: names of
//! headers, former names, profiles and hand-written files.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::SideNames;
use super::{Collector, Datum, Fact, IrKey, Of, key};
use crate::compat::matching::{Matched, Matching, Numbered, Renames};
use crate::ir::{Abi, Entry, EntryKind, Section, former_names, renumbered};
use crate::output::CodeFile;

/// Numbers with the names under which others use them.
type ReservedNumbers<'a> = BTreeSet<(i128, &'a str)>;

impl<'a> Collector<'_, 'a> {
    pub(super) fn groups(&mut self) {
        let matching = self.matching;
        let unchanged = Renames::default();
        let was = SideNames { abi: &matching.old.abi, renames: &matching.renames };
        let is = SideNames { abi: &matching.new.abi, renames: &unchanged };
        for (index, pair) in matching.groups.iter().enumerate() {
            let Some(name) = pair.new.or(pair.old).map(|group| &group.name) else { continue };
            self.listed(key!(Abi.groups), Of::Group(index), name, *pair);
            if let Some((old, new)) = pair.both() {
                let facts = (was.group_facts(old), is.group_facts(new));
                self.facts(Of::Group(index), || name.clone(), facts);
                let lists = (
                    old.reserved.iter().map(|one| was.reserved(one)).collect(),
                    new.reserved.iter().map(|one| is.reserved(one)).collect(),
                );
                self.reserved(key!(Group.reserved), Of::Group(index), name, lists);
            }
        }
    }

    /// Numbers that belong to others.
    pub(super) fn reserved(
        &mut self,
        key: IrKey,
        of: Of,
        name: &str,
        (old, new): (ReservedNumbers<'a>, ReservedNumbers<'a>),
    ) {
        for one in old.union(&new) {
            let side = |set: &BTreeSet<_>| {
                set.contains(one).then(|| Datum::Text(format!("{} {}", one.0, one.1).into()))
            };
            let pair = Matched { old: side(&old), new: side(&new) };
            self.listed_as(key, of, name, pair);
        }
    }

    pub(super) fn constants(&mut self) {
        let matching = self.matching;
        let unchanged = Renames::default();
        let was = SideNames { abi: &matching.old.abi, renames: &matching.renames };
        let is = SideNames { abi: &matching.new.abi, renames: &unchanged };
        for (index, pair) in matching.constants.iter().enumerate() {
            let of = Of::Constant(index);
            let Some(one) = pair.new.or(pair.old) else { continue };
            let key = match one.item {
                Numbered::Value(..) => key!(Group.values),
                Numbered::Capability(..) => key!(Abi.capabilities),
            };
            self.listed(key, of, one.name, *pair);
            let Some((old, new)) = pair.both() else { continue };
            let subject = || new.name.to_owned();
            match (old.item, new.item) {
                (Numbered::Value(group, before), Numbered::Value(now_group, now)) => {
                    self.facts(of, subject, (was.value(group, before), is.value(now_group, now)));
                }
                (Numbered::Capability(chain, before), Numbered::Capability(now_chain, now)) => {
                    let facts = (was.capability(chain, before), is.capability(now_chain, now));
                    self.facts(of, subject, facts);
                }
                (Numbered::Value(..), Numbered::Capability(..))
                | (Numbered::Capability(..), Numbered::Value(..)) => {
                    let kinds = (Datum::Text(old.group.into()), Datum::Text(new.group.into()));
                    let facts = (
                        [Fact(key!(Capability.chain), kinds.0)],
                        [Fact(key!(Capability.chain), kinds.1)],
                    );
                    self.facts(of, subject, facts);
                }
            }
        }
    }

    /// Names that follow from the whole ABI.
    pub(super) fn names(&mut self) {
        let (old, new) = self.matching.abis();
        let entries = (old.entries(), new.entries());
        if old.headers.len().max(new.headers.len()) > 1 {
            self.section_headers((old, &entries.0), (new, &entries.1));
        }
        self.sets(key!(History.names), (former(&entries.0), former(&entries.1)));
        self.sets(key!(History.numbers), (moved(&entries.0), moved(&entries.1)));
        self.sets(key!(Handler.profile), (profiles(old), profiles(new)));
    }

    fn sets(&mut self, key: IrKey, (old, new): (BTreeSet<String>, BTreeSet<String>)) {
        for name in old.symmetric_difference(&new) {
            let side = |set: &BTreeSet<String>| set.contains(name).then_some(());
            self.listed(key, Of::Abi, name, Matched { old: side(&old), new: side(&new) });
        }
    }

    /// The header that declares each name.
    fn section_headers(
        &mut self,
        (old, was): (&'a Abi, &[Entry<'a>]),
        (new, is): (&'a Abi, &[Entry<'a>]),
    ) {
        let before = paths(old, was);
        for (name, path) in paths(new, is) {
            let Some(was) = before.get(name) else { continue };
            let was = Matching::renamed(&self.matching.renames.headers, was);
            self.value(
                key!(Section.header),
                name,
                Datum::Text(was.into()),
                Datum::Text(path.into()),
            );
        }
    }

    /// Hand-written files that are copied into the crate.
    pub(super) fn code(&mut self, old: &'a [CodeFile], new: &'a [CodeFile]) {
        let unchanged = Renames::default();
        let names = SideNames { abi: &self.matching.new.abi, renames: &unchanged };
        let mut files: BTreeMap<&str, Matched<&'a CodeFile>> = BTreeMap::new();
        for file in old {
            files.entry(&file.path).or_insert(Matched { old: None, new: None }).old = Some(file);
        }
        for file in new {
            files.entry(&file.path).or_insert(Matched { old: None, new: None }).new = Some(file);
        }
        for (path, pair) in files {
            self.listed(key!(Abi.code), Of::Abi, path, pair);
            if let Some((before, now)) = pair.both() {
                let ((_, before), (_, now)) = (names.code(before), names.code(now));
                self.facts(Of::Abi, || path.to_owned(), (before, now));
            }
        }
    }
}

/// The header of each name that C code can use.
fn paths<'a>(abi: &'a Abi, entries: &[Entry<'a>]) -> BTreeMap<&'a str, &'a str> {
    let items = entries
        .iter()
        .filter(|entry| entry.is_declaration() && !matches!(entry.kind, EntryKind::Enumerator(..)));
    items
        .map(|entry| {
            let Section { name: _, title: _, doc: _, header, items: _ } =
                &abi.sections[entry.section];
            (entry.name, abi.headers[*header].path.as_str())
        })
        .collect()
}

/// The former names that the outputs still offer.
fn former(entries: &[Entry<'_>]) -> BTreeSet<String> {
    former_names(entries).into_iter().map(|former| former.name.to_owned()).collect()
}

/// The names that have a stable second name in the header, as their number changed.
fn moved(entries: &[Entry<'_>]) -> BTreeSet<String> {
    let counted = renumbered(entries).into_iter().filter(|entry| !entry.is_count());
    counted.map(|entry| entry.name.to_owned()).collect()
}

/// The profiles of each chain.
fn profiles(abi: &Abi) -> BTreeSet<String> {
    let chains = abi.protocol.chains.iter();
    let names = chains.flat_map(|plan| plan.profiles.iter().map(|profile| profile.name.clone()));
    names.collect()
}
