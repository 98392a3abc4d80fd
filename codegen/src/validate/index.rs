//! Every name that can be referred to, with its kind and the releases that
//! have it.

use std::collections::HashMap;

use crate::diagnostic::Place;
use crate::lower::declared_struct;
use crate::spec::history::Life;
use crate::spec::text::{Named, Placed, Short};
use crate::spec::{self, Field, Item, Spec, SpecFile, Value};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Struct,
    Number,
    Text,
    Enum,
    Space,
    Constants,
    Chain,
    Ioctl,
    Macro,
    Capability,
}

/// Something that a name stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub(super) kind: Kind,
    pub(super) life: Life,
    pub(super) place: Place,
    /// Its place in the order of declarations.
    pub(super) order: usize,
}

/// Names to what they stand for; a name can have had several lives.
#[derive(Debug, Default)]
pub(super) struct Index<'a> {
    targets: HashMap<&'a str, Vec<Target>>,
    /// Names in the order of the specification.
    names: Vec<&'a str>,
    order: usize,
}

impl<'a> Index<'a> {
    pub(super) fn of(spec: &'a Spec) -> Self {
        let mut index = Self::default();
        for file in &spec.files {
            for item in file.items.iter() {
                index.add_item(file, item);
            }
        }
        index
    }

    /// Everything that a name has stood for.
    pub(super) fn targets(&self, name: &str) -> &[Target] {
        self.targets.get(name).map_or(&[], Vec::as_slice)
    }

    /// All names of a kind.
    pub(super) fn names(&self, kinds: &'a [Kind]) -> impl Iterator<Item = &'a str> + '_ {
        let of_kind =
            move |name: &&str| self.targets(name).iter().any(|target| kinds.contains(&target.kind));
        self.names.iter().copied().filter(of_kind)
    }

    /// All names with all that they have stood for.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'a str, &[Target])> {
        self.names.iter().map(|name| (*name, self.targets(name)))
    }

    fn add(&mut self, name: &'a Placed<String>, kind: Kind, life: Life) {
        self.order += 1;
        let target = Target { kind, life, place: name.place, order: self.order };
        let targets = self.targets.entry(&name.value).or_default();
        if targets.is_empty() {
            self.names.push(&name.value);
        }
        targets.push(target);
    }

    fn add_item(&mut self, file: &'a SpecFile, item: &'a Item) {
        let life = item.life(file.life());
        match item {
            Item::Constants(values) => self.add_values(values, Kind::Constants, life),
            Item::Enum(values) => self.add_values(values, Kind::Enum, life),
            Item::Space(values) => self.add_values(values, Kind::Space, life),
            Item::Macro(item) => self.add(&item.macro_, Kind::Macro, life),
            Item::Struct(item) => self.add(&item.struct_, Kind::Struct, life),
            Item::Ioctl(item) => self.add(&item.ioctl, Kind::Ioctl, life),
            Item::Chain(item) => self.add(&item.chain, Kind::Chain, life),
            Item::Capability(capability) => {
                self.add(&capability.capability, Kind::Capability, life);
                if let (Some(_), Some(name)) = (declared_struct(item), &capability.struct_) {
                    self.add(name, Kind::Struct, life);
                }
            }
        }
        if let Some(fields) = fields(item) {
            self.add_fields(fields, life);
        }
    }

    fn add_values(&mut self, values: &'a spec::Values, kind: Kind, life: Life) {
        self.add(&values.name, kind, life);
        self.add_numbers(&values.values, life);
    }

    fn add_numbers(&mut self, values: &'a Named<Short<Value>>, life: Life) {
        for (name, value) in values.iter() {
            let kind = if value.string.is_some() { Kind::Text } else { Kind::Number };
            self.add(name, kind, value.life(life));
        }
    }

    fn add_fields(&mut self, fields: &'a Named<Short<Field>>, life: Life) {
        for (_, field) in fields.iter() {
            let life = field.life(life);
            self.add_numbers(&field.bits, life);
            self.add_numbers(&field.values, life);
            self.add_fields(&field.union, life);
        }
    }
}

/// The fields that an item declares.
pub(super) fn fields(item: &Item) -> Option<&Named<Short<Field>>> {
    match item {
        Item::Struct(item) => Some(&item.fields),
        Item::Capability(item) => Some(&item.fields),
        _ => None,
    }
}
