//! The names of an ABI as the compatibility part of the header sees them: which
//! kernel header declares each, which macro detects it, and its stable name.

use std::collections::HashSet;

use super::detecting_macros::{DetectingMacros, inner_struct};
use super::literal;
use crate::ir::{Abi, Entry, EntryKind, Header, StructId};
use crate::names;

/// The names of an ABI and the macros that detect them.
pub(super) struct CompatContext<'a> {
    pub(super) abi: &'a Abi,
    /// All declarations, in the order of the specification.
    pub(super) entries: Vec<Entry<'a>>,
    /// The indexes of the declarations of each kernel header.
    by_header: Vec<Vec<usize>>,
    pub(super) detecting: DetectingMacros<'a>,
    /// The structs that structs of another kernel header contain, with those that they contain.
    needed_elsewhere: HashSet<StructId>,
    /// The start of the header's own macros.
    pub(super) prefix: String,
}

impl<'a> CompatContext<'a> {
    pub(super) fn new(abi: &'a Abi) -> Self {
        let entries = abi.declarations();
        let mut by_header = vec![Vec::new(); abi.headers.len()];
        for (at, entry) in entries.iter().enumerate() {
            by_header[abi.sections[entry.section].header].push(at);
        }
        Self {
            abi,
            by_header,
            detecting: DetectingMacros::new(abi, &entries),
            needed_elsewhere: needed_elsewhere(abi),
            prefix: names::c_macros(&abi.name),
            entries,
        }
    }

    /// The names that a kernel header declares, by its index.
    pub(super) fn of_header(&self, header: usize) -> impl Iterator<Item = &Entry<'a>> {
        self.by_header[header].iter().map(|at| &self.entries[*at])
    }

    /// Whether declarations of other kernel headers need a struct.
    pub(super) fn is_needed_elsewhere(&self, entry: &Entry<'_>) -> bool {
        matches!(entry.kind, EntryKind::Struct(id) if self.needed_elsewhere.contains(&id))
    }

    /// Whether no macro shows that a kernel header declares a struct or an enum with a tag, so
    /// that it is not declared after such a header.
    pub(super) fn is_undetected(&self, entry: &Entry<'_>) -> bool {
        let header = &self.abi.headers[self.abi.sections[entry.section].header];
        let is_type = matches!(entry.kind, EntryKind::Struct(_) | EntryKind::Enum(_));
        let may_lack = header.structs && !header.guards.is_empty();
        let late = is_type && may_lack && !self.detecting.is_first(entry);
        late && self.detecting.of_type(entry).is_none()
    }

    /// The structs that are not declared after a kernel header which may lack them.
    pub(super) fn undetected_structs(&self) -> Vec<StructId> {
        let undetected = self.entries.iter().filter(|entry| self.is_undetected(entry));
        let structs = undetected.filter_map(|entry| match entry.kind {
            EntryKind::Struct(id) => Some(id),
            _ => None,
        });
        structs.collect()
    }

    /// The stable name of a value; its number does not depend on the kernel header.
    pub(super) fn stable_name(&self, name: &str) -> String {
        names::c_stable(&self.abi.name, &self.abi.prefix, name)
    }

    /// The number of a name, cast to its enum if that has a tag and can hold the number in
    /// every kernel header: in C++ an enum has only the bits of its enumerators.
    pub(super) fn number(&self, entry: &Entry<'_>) -> Option<String> {
        let number = literal::decimal(entry.number()?);
        Some(match entry.tag() {
            Some(tag) if fits_oldest(entry) => {
                format!("{}_CAST(enum {tag}, {number})", self.prefix)
            }
            _ => number,
        })
    }
}

/// The structs that structs of another kernel header contain, with those of their own kernel
/// header that they contain.
fn needed_elsewhere(abi: &Abi) -> HashSet<StructId> {
    let header_of = |id: StructId| abi.sections[abi.struct_(id).section].header;
    let inner = |id: StructId| {
        let fields = abi.struct_(id).fields.iter();
        fields.filter_map(|field| inner_struct(&field.type_))
    };
    let mut needed = HashSet::new();
    for id in (0..abi.structs.len()).map(StructId) {
        needed.extend(inner(id).filter(|inner| header_of(*inner) != header_of(id)));
    }
    let mut open = Vec::from_iter(needed.iter().copied());
    while let Some(id) = open.pop() {
        for inner in inner(id).filter(|inner| header_of(*inner) == header_of(id)) {
            if needed.insert(inner) {
                open.push(inner);
            }
        }
    }
    needed
}

/// Whether the bits of an enum's first enumerators can hold the number of an enumerator.
fn fits_oldest(entry: &Entry<'_>) -> bool {
    let EntryKind::Enumerator(group, value) = entry.kind else { return true };
    let first = group.meta.since.first();
    let oldest = group.values.iter().filter(|one| one.meta.since.first() <= first);
    let bits = |number: i128| i128::BITS - number.leading_zeros();
    let most = oldest.map(|one| bits(one.number)).max().unwrap_or(0);
    bits(value.number) <= most
}

/// The macro that is defined if a kernel header was included before this
/// header; none if it has no include guard.
pub(super) fn after_macro(header: &Header, prefix: &str) -> Option<String> {
    let file = header.path.rsplit('/').next().unwrap_or(&header.path);
    let after = || format!("{prefix}_AFTER_{}", names::screaming(file));
    (!header.guards.is_empty()).then(after)
}
