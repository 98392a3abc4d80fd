//! Lowers named numbers: constants, enums, id spaces, and the flags and values of a field.

use super::{Lowering, parts, resolved};
use crate::ir::{
    Descriptor, Group, GroupId, GroupKind, IoctlNumbers, Literal, Reserved, StructId, Type, Value,
};
use crate::layout::Int;
use crate::names;
use crate::spec::history::Validity;
use crate::spec::types::{Amount, Base, Shape, TypeExpr};
use crate::spec::wrappers::{LineOrMap, Map, OneOrMany, Placed};
use crate::spec::{self, SpecFile};

impl<'a> Lowering<'a> {
    /// Lowers all groups of the file level; structs refer to their numbers.
    pub(super) fn constants(&mut self) {
        for file in &self.spec.files {
            for item in self.alive(file) {
                let (values, kind) = match item {
                    spec::ItemSpec::Constants(values) => (values, GroupKind::Constants),
                    spec::ItemSpec::Enum(item) if item.anonymous => {
                        (item, GroupKind::AnonymousEnum)
                    }
                    spec::ItemSpec::Enum(item) => (item, GroupKind::Enum),
                    spec::ItemSpec::IdSpace(values) => (values, GroupKind::IdSpace),
                    _ => continue,
                };
                let id = GroupId(self.abi.groups.len());
                let group = self.group(file, values, kind);
                self.groups.insert(values.name.as_str(), id);
                self.abi.groups.push(group);
            }
        }
        // Before the ABI existed there were neither these numbers nor ioctls.
        let exists = |name: &str| self.numbers.contains_key(name);
        let numbers = self.spec.abi.ioctls.as_ref();
        let numbers = numbers.filter(|one| exists(&one.type_) && exists(&one.base));
        self.abi.ioctl_numbers = numbers.map(|numbers| IoctlNumbers {
            type_name: self.spelt(&numbers.type_),
            type_value: self.number(&numbers.type_),
            base_name: self.spelt(&numbers.base),
            base_value: self.number(&numbers.base),
        });
    }

    /// The number of a constant; `validate` has checked that it fits.
    pub(super) fn number<T: TryFrom<i128>>(&self, name: &str) -> T {
        let number = resolved(self.numbers.get(name).copied());
        resolved(T::try_from(number).ok())
    }

    fn group(&mut self, file: &'a SpecFile, item: &'a spec::Values, kind: GroupKind) -> Group {
        let validity = item.validity(file.validity());
        let meta = self.meta(parts!(item, &item.name), validity, &file.source);
        let int = item.type_.as_ref().and_then(|name| crate::spec::types::int(name));
        let suffix = item.suffix.as_ref().map_or("", |suffix| &suffix.value);
        let affixes = (&item.prefix[..], suffix);
        let values = self.values(&item.values, validity, &meta.source, affixes);
        let spelt = item.before.name_at(self.release, &item.name);
        let rust = match kind {
            GroupKind::Enum => Some(spelt.to_owned()),
            GroupKind::AnonymousEnum => Some(names::rust_type(&item.name)),
            _ => None,
        };
        let transitions = transitions(item, &values);
        Group {
            name: spelt.to_owned(),
            rust,
            meta,
            kind,
            int: int.unwrap_or(Int::U32),
            values,
            transitions,
            reserved: reserved(&item.reserved),
            field: None,
        }
    }

    /// Lowers the flags or values inside a field.
    pub(super) fn field_group(
        &mut self,
        owner: (StructId, usize, &str),
        (name, field): (&str, &'a spec::FieldSpec),
        (validity, meta): (Validity, &crate::ir::Meta),
        int: Int,
    ) -> Option<GroupId> {
        let (kind, values) = match (field.bits.is_empty(), field.values.is_empty()) {
            (false, _) => (GroupKind::Flags, &field.bits),
            (_, false) => (GroupKind::FieldValues, &field.values),
            _ => return None,
        };
        let values = self.values(values, validity, &meta.source, (field.prefix.as_slice(), ""));
        let (struct_, index, struct_name) = owner;
        let id = GroupId(self.abi.groups.len());
        self.abi.groups.push(Group {
            name: format!("{struct_name}.{name}"),
            rust: Some(names::field_type(&self.abi.prefix, struct_name, name)),
            meta: meta.clone(),
            kind,
            int,
            values,
            transitions: Vec::new(),
            reserved: Vec::new(),
            field: Some((struct_, index)),
        });
        Some(id)
    }

    fn values(
        &mut self,
        values: &'a Map<LineOrMap<spec::ValueSpec>>,
        validity: Validity,
        source: &str,
        (prefixes, suffix): (&'a [Placed<String>], &str),
    ) -> Vec<Value> {
        let starts = || prefixes.iter().map(|prefix| prefix.as_str());
        let mut lowered = Vec::<Value>::new();
        for (name, value) in values.iter() {
            let validity = value.validity(validity);
            if !validity.covers(self.release) {
                continue;
            }
            let number = self.value_number(value, &lowered);
            let spelt = value.before.name_at(self.release, name);
            self.numbers.insert(name.as_str(), number);
            self.names.insert(name.as_str(), spelt);
            lowered.push(Value {
                name: spelt.to_owned(),
                short: names::short(name, starts(), suffix).to_owned(),
                meta: self.meta(parts!(value, name), validity, source),
                literal: self.literal(value),
                number,
                c_type: value.c_type.map(|type_| type_.value),
                count: value.count,
                payload: self.payload(value),
                payload_fds: payload_fds(value),
                mask: value.mask.as_ref().map(|mask| self.spelt(mask)),
                in_place: value.in_place,
                counted_by: counted_by(value),
                without_payload: value.without_payload,
                shorter: value.shorter.map(|word| word.value),
                longer: value.longer.map(|word| word.value),
                reads: value.reads,
                returns_fd: self.new_fd(value.returns_fd.as_ref()),
                gates: value.gates.iter().map(|gate| gate.value.clone()).collect(),
                absent: value.absent.as_ref().map(|error| error.0.clone()),
            });
        }
        lowered
    }

    /// The type of the data that is passed together with an id or a flag, if the
    /// release has it.
    fn payload(&self, value: &spec::ValueSpec) -> Option<Type> {
        let TypeExpr { base, shape, .. } = &value.payload.as_ref()?.value;
        let base = match base {
            Base::Int(int) => Type::Int(*int),
            Base::Struct(name) => Type::Struct(self.structs.get(name.as_str()).copied()?),
        };
        Some(match shape {
            Shape::Fixed(length) => Type::Array(Box::new(base), *length, None),
            Shape::Named(name) => {
                Type::Array(Box::new(base), self.number(name), Some(self.spelt(name)))
            }
            Shape::Flexible(_) => Type::Flexible(Box::new(base), None),
            Shape::One | Shape::Pointer => base,
        })
    }

    fn amount(&self, value: &spec::ValueSpec) -> Option<Amount> {
        value.before.value_at(self.release).or(value.value)
    }

    fn value_number(&self, value: &spec::ValueSpec, earlier: &[Value]) -> i128 {
        if let Some(bit) = bit(value) {
            let number = 1_i128 << bit.min(63);
            return if value.signed && bit == 31 { -number } else { number };
        }
        if let Some(target) = &value.alias {
            return self.number(target);
        }
        let flags = value.of.iter().filter_map(|flag| self.numbers.get(flag.as_str()));
        match self.amount(value) {
            Some(Amount::Number(number)) => number.value,
            Some(Amount::Next) => earlier.last().map_or(0, |before| before.number + 1),
            None => flags.fold(0, |mask, flag| mask | flag),
        }
    }

    /// The name, in this release, of an entry with this current name.
    pub(super) fn spelt(&self, name: &str) -> String {
        self.names.get(name).map_or(name, |spelt| *spelt).to_owned()
    }

    fn literal(&self, value: &spec::ValueSpec) -> Literal {
        if let Some(bit) = bit(value) {
            return Literal::Bit { bit, signed: value.signed };
        }
        if let Some(string) = &value.string {
            return Literal::Text(string.value.clone());
        }
        if let Some(target) = &value.alias {
            return Literal::Alias(self.spelt(target));
        }
        match self.amount(value) {
            Some(Amount::Next) => Literal::Next,
            Some(Amount::Number(number)) if number.hex => Literal::Hex,
            Some(Amount::Number(_)) => Literal::Decimal,
            None => Literal::Or(value.of.iter().map(|flag| self.spelt(flag)).collect()),
        }
    }
}

/// The number of the bit, if a value is a single bit.
fn bit(value: &spec::ValueSpec) -> Option<u32> {
    u32::try_from(value.bit?.value.value).ok()
}

/// Numbers that are used elsewhere.
pub(super) fn reserved(names: &Map<OneOrMany<LineOrMap<spec::ReservedSpec>>>) -> Vec<Reserved> {
    let lowered = names.flat().map(|(name, _, reserved)| Reserved {
        value: reserved.value.value.value,
        name: name.value.clone(),
        doc: reserved.doc.paragraphs.clone(),
    });
    lowered.collect()
}

/// Whether the elements of a payload are file descriptors.
fn payload_fds(value: &spec::ValueSpec) -> Option<Descriptor> {
    super::structs::role(value.payload.as_ref()?.value.role).descriptor()
}

/// The field that counts the elements of a payload.
fn counted_by(value: &spec::ValueSpec) -> Option<String> {
    match &value.payload.as_ref()?.value.shape {
        Shape::Flexible(count) => count.clone(),
        _ => None,
    }
}

/// The transitions between states that the release has.
fn transitions(item: &spec::Values, values: &[Value]) -> Vec<(String, String)> {
    let exists = |name: &str| values.iter().any(|value| value.name == name);
    let from = item.transitions.iter().filter(|(from, _)| exists(from));
    let pairs = from.flat_map(|(from, to)| {
        let to = to.iter().filter(|to| exists(to));
        to.map(|to| (from.value.clone(), to.value.clone()))
    });
    pairs.collect()
}
