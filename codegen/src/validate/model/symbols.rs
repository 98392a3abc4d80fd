//! The symbol table: every name with its kind and its validity, and lists of the
//! groups, structs, chains and capabilities for the passes.

use std::collections::HashMap;

use super::declarations::{
    ChainItem, DeclaredMember, NumberGroup, NumberGroupKind, OfChain, StructDeclaration,
};
use super::intervals::{first, split_at_changes};
use super::numbers::{Stretch, stretches};
use crate::diagnostic::Place;
use crate::spec::history::{HistorySpec, Validity};
use crate::spec::wrappers::Placed;
use crate::spec::{ItemSpec, Spec, SpecFile, Values};

/// The target of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SymbolKind {
    Struct,
    Number,
    Text,
    Enum,
    /// A C enum without a tag; only the specification names it.
    Anonymous,
    IdSpace,
    Constants,
    Chain,
    Ioctl,
    Macro,
    Capability,
}

/// A target of a name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Symbol {
    pub(crate) kind: SymbolKind,
    pub(crate) validity: Validity,
    pub(crate) place: Place,
    /// Its place in the order of declarations.
    pub(crate) order: usize,
    /// For a number: its group and its index in the group.
    pub(crate) number: Option<(usize, usize)>,
}

/// A former name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Former<'a> {
    pub(crate) name: &'a Placed<String>,
    pub(crate) kind: SymbolKind,
    pub(crate) validity: Validity,
    pub(crate) order: usize,
}

/// The targets of each name; a name can have several targets in different releases.
#[derive(Debug, Default)]
pub(crate) struct Symbols<'a> {
    /// Names in the order of the specification.
    names: Vec<(&'a str, Vec<Symbol>)>,
    /// The index of each name in the list.
    by_name: HashMap<&'a str, usize>,
    order: usize,
    pub(crate) former: Vec<Former<'a>>,
    pub(crate) groups: Vec<NumberGroup<'a>>,
    /// The numbers of each group.
    pub(crate) stretches: Vec<Vec<Stretch>>,
    /// In the order of declarations.
    pub(crate) structs: Vec<StructDeclaration<'a>>,
    /// In the order of declarations.
    pub(crate) chains: Vec<ChainItem<'a>>,
    pub(crate) capabilities: Vec<OfChain<'a>>,
}

impl<'a> Symbols<'a> {
    pub(crate) fn of(spec: &'a Spec) -> Self {
        let mut index = Self::default();
        for file in &spec.files {
            let chain = only_chain(file);
            for item in file.items.iter() {
                index.add_item(item, item.validity(file.validity()), chain);
            }
        }
        index
    }

    /// All targets of a name.
    pub(crate) fn targets(&self, name: &str) -> &[Symbol] {
        self.by_name.get(name).map_or(&[], |index| &self.names[*index].1)
    }

    /// All names of these kinds.
    pub(crate) fn names(&self, kinds: &'static [SymbolKind]) -> impl Iterator<Item = &'a str> {
        let of_kind = |targets: &[Symbol]| targets.iter().any(|one| kinds.contains(&one.kind));
        self.all().filter(move |(_, targets)| of_kind(targets)).map(|(name, _)| name)
    }

    /// All names with all their targets.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'a str, &[Symbol])> {
        self.names.iter().map(|(name, targets)| (*name, targets.as_slice()))
    }

    /// All numbers of the constants of this name.
    pub(crate) fn numbers_of(&self, name: &str) -> impl Iterator<Item = Stretch> {
        let at = self.targets(name).iter().filter_map(|target| target.number);
        at.flat_map(|(group, value)| {
            // The numbers are in the order of the values.
            let all = &self.stretches[group];
            let start = all.partition_point(|stretch| stretch.value < value);
            all[start..].iter().copied().take_while(move |stretch| stretch.value == value)
        })
    }

    /// The structs of this name.
    pub(crate) fn structs_named(&self, name: &str) -> impl Iterator<Item = &StructDeclaration<'a>> {
        self.structs_at(name).map(|at| &self.structs[at])
    }

    /// The indexes of the structs of this name in the list.
    pub(crate) fn structs_at(&self, name: &str) -> impl Iterator<Item = usize> {
        let orders = self.orders(name, SymbolKind::Struct);
        orders.filter_map(|order| self.structs.binary_search_by_key(&order, |one| one.order).ok())
    }

    /// The chains of this name.
    pub(crate) fn chains_named(&self, name: &str) -> impl Iterator<Item = &ChainItem<'a>> {
        let position = |order| self.chains.binary_search_by_key(&order, |one| one.order).ok();
        let positions = self.orders(name, SymbolKind::Chain).filter_map(position);
        positions.map(|at| &self.chains[at])
    }

    fn orders(&self, name: &str, kind: SymbolKind) -> impl Iterator<Item = usize> {
        let targets = self.targets(name).iter().filter(move |target| target.kind == kind);
        targets.map(|target| target.order)
    }

    fn add(
        &mut self,
        name: &'a Placed<String>,
        kind: SymbolKind,
        validity: Validity,
        before: Option<&'a HistorySpec>,
    ) {
        self.add_numbered(name, (kind, None), validity, before);
    }

    fn add_numbered(
        &mut self,
        name: &'a Placed<String>,
        (kind, number): (SymbolKind, Option<(usize, usize)>),
        validity: Validity,
        before: Option<&'a HistorySpec>,
    ) {
        self.order += 1;
        let order = self.order;
        let target = Symbol { kind, validity, place: name.place, order, number };
        let index = *self.by_name.entry(&name.value).or_insert(self.names.len());
        match self.names.get_mut(index) {
            Some((_, targets)) => targets.push(target),
            None => self.names.push((&name.value, vec![target])),
        }
        let Some(before) = before.filter(|before| !before.is_empty()) else { return };
        for era in split_at_changes(validity, before) {
            let name = before.iter().filter(|(end, _)| first(era) < end.value.opening());
            let name = name.filter_map(|(_, before)| before.name.as_ref()).next();
            self.former.extend(name.map(|name| Former { name, kind, validity: era, order }));
        }
    }

    fn add_item(
        &mut self,
        item: &'a ItemSpec,
        validity: Validity,
        chain: Option<&'a Placed<String>>,
    ) {
        match item {
            ItemSpec::Constants(values) => {
                self.add_values(values, NumberGroupKind::Constants, validity)
            }
            ItemSpec::Enum(values) => self.add_values(values, NumberGroupKind::Enum, validity),
            ItemSpec::IdSpace(values) => {
                self.add_values(values, NumberGroupKind::IdSpace, validity)
            }
            ItemSpec::Macro(item) => {
                self.add(&item.macro_, SymbolKind::Macro, validity, Some(&item.before))
            }
            ItemSpec::Struct(item) => {
                self.add(&item.struct_, SymbolKind::Struct, validity, Some(&item.before))
            }
            ItemSpec::Ioctl(item) => {
                self.add(&item.ioctl, SymbolKind::Ioctl, validity, Some(&item.before))
            }
            ItemSpec::Chain(item) => {
                self.add(&item.chain, SymbolKind::Chain, validity, None);
                self.chains.push(ChainItem { item, validity, order: self.order });
            }
            ItemSpec::Capability(capability) => {
                let before = Some(&capability.before);
                self.add(&capability.capability, SymbolKind::Capability, validity, before);
                if let Some(name) = item.declared_struct() {
                    self.add(name, SymbolKind::Struct, validity, None);
                }
                let chain = capability.chain.as_ref().or(chain);
                self.capabilities.push(OfChain { item: capability, validity, chain });
            }
        }
        self.add_struct(item, validity);
    }

    fn add_values(&mut self, values: &'a Values, kind: NumberGroupKind, validity: Validity) {
        let (name_kind, before) = match kind {
            NumberGroupKind::IdSpace => (SymbolKind::IdSpace, None),
            NumberGroupKind::Enum if values.anonymous => (SymbolKind::Anonymous, None),
            NumberGroupKind::Enum => (SymbolKind::Enum, Some(&values.before)),
            _ => (SymbolKind::Constants, None),
        };
        self.add(&values.name, name_kind, validity, before);
        self.add_group(NumberGroup::of(values, kind, validity));
    }

    fn add_group(&mut self, group: NumberGroup<'a>) {
        let at = self.groups.len();
        for (index, (name, value)) in group.values.iter().enumerate() {
            let kind = if value.string.is_some() { SymbolKind::Text } else { SymbolKind::Number };
            let validity = value.validity(group.validity);
            self.add_numbered(name, (kind, Some((at, index))), validity, Some(&value.before));
        }
        self.stretches.push(stretches(&group));
        self.groups.push(group);
    }

    fn add_struct(&mut self, item: &'a ItemSpec, validity: Validity) {
        let order = self.order;
        let declared = match item {
            ItemSpec::Struct(item) => StructDeclaration {
                name: &item.struct_,
                validity,
                order,
                packed: item.packed,
                compact: item.compact,
                length: item.length.as_deref(),
                minsz: item.minsz.as_ref(),
                members: DeclaredMember::of(&item.fields, validity),
                capability: None,
            },
            // Another pass refuses fields without a name.
            ItemSpec::Capability(item) if !item.fields.is_empty() => StructDeclaration {
                name: item.struct_.as_ref().unwrap_or(&item.capability),
                validity,
                order,
                packed: item.packed,
                compact: item.compact,
                length: None,
                minsz: None,
                members: DeclaredMember::of(&item.fields, validity),
                capability: self.capabilities.last().copied(),
            },
            _ => return,
        };
        for member in declared.members() {
            for group in NumberGroup::of_field(&declared.name.value, &member) {
                self.add_group(group);
            }
        }
        self.structs.push(declared);
    }
}

/// The chain of a file that has one; its capabilities need not name it.
fn only_chain(file: &SpecFile) -> Option<&Placed<String>> {
    let mut chains = file.items.iter().filter_map(|item| match item {
        ItemSpec::Chain(chain) => Some(&chain.chain),
        _ => None,
    });
    chains.next().filter(|_| chains.next().is_none())
}

impl<'a> OfChain<'a> {
    /// The name of the capability in its chain.
    pub(crate) fn short(&self, index: &Symbols<'a>) -> &'a str {
        let chain = self.chain.and_then(|chain| index.chains_named(chain).next());
        self.item.name_in_chain(chain.map_or("", |chain| &chain.item.prefix.value))
    }
}
