//! The model of the passes: groups of numbers, and structs with their members.

use super::intervals::{difference, first, intersection, split_at_changes};
use crate::layout::Int;
use crate::release::Release;
use crate::spec::history::Validity;
use crate::spec::types::{Base, Shape, TypeExpr, int};
use crate::spec::wrappers::{LineOrMap, Map, OneOrMany, Placed};
use crate::spec::{Capability, Chain, Field, Reserved, Space, Value, Values};

/// The kind of a group of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GroupKind {
    /// Plain constants.
    Constants,
    /// A C enum, with or without tag.
    Enum,
    /// Ids that stay unique.
    IdSpace,
    /// The flags of a field.
    Flags,
    /// The numbers that a field holds.
    FieldValues,
}

impl GroupKind {
    /// The word for the numbers in messages.
    pub(super) fn plural(self) -> &'static str {
        match self {
            Self::Constants => "constants",
            Self::Enum => "enumerators",
            Self::IdSpace => "ids",
            Self::Flags => "flags",
            Self::FieldValues => "values of a field",
        }
    }
}

/// A group of numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group<'a> {
    pub(super) kind: GroupKind,
    /// The group's name, or that of the field.
    pub(super) name: &'a Placed<String>,
    /// The struct around the field.
    pub(super) owner: Option<&'a str>,
    pub(super) validity: Validity,
    pub(super) prefix: Option<&'a Placed<String>>,
    pub(super) suffix: Option<&'a Placed<String>>,
    /// The integer that holds the numbers; of a field the narrowest it ever was.
    pub(super) int: Int,
    pub(super) values: &'a Map<LineOrMap<Value>>,
    pub(super) reserved: Option<&'a Map<OneOrMany<LineOrMap<Reserved>>>>,
}

impl<'a> Group<'a> {
    /// Numbers of the file level.
    pub(super) fn of(item: &'a Values, kind: GroupKind, validity: Validity) -> Self {
        Self {
            kind,
            name: &item.name,
            owner: None,
            validity,
            prefix: item.prefix.as_ref(),
            suffix: item.suffix.as_ref(),
            int: item.type_.as_ref().and_then(|name| int(name)).unwrap_or(Int::U32),
            values: &item.values,
            reserved: Some(&item.reserved),
        }
    }

    /// Whether it is the group of this space.
    pub(super) fn is(&self, space: &Space) -> bool {
        let Space::Numbers(name) = space else { return false };
        match self.owner {
            None => *name == self.name.value,
            Some(owner) => name.split_once('.') == Some((owner, self.name.as_str())),
        }
    }

    /// The numbers of a field, if it lists any.
    pub(super) fn of_field(owner: &'a str, member: &Member<'a>) -> impl Iterator<Item = Self> {
        let Member { name, field, validity, .. } = *member;
        let lists = [(GroupKind::Flags, &field.bits), (GroupKind::FieldValues, &field.values)];
        let filled = lists.into_iter().filter(|(_, values)| !values.is_empty());
        let ints = member.types().filter_map(|(_, expr)| plain_int(expr));
        let int = ints.min_by_key(|int| int.size()).unwrap_or(Int::U64);
        filled.map(move |(kind, values)| Self {
            kind,
            name,
            owner: Some(owner),
            validity,
            prefix: field.prefix.as_ref(),
            suffix: None,
            int,
            values,
            reserved: None,
        })
    }
}

/// The number of the bit, if a value is a single bit.
pub(super) fn bit(value: &Value) -> Option<i128> {
    value.bit.map(|bit| bit.value.value)
}

/// The integer, if a type is a plain integer.
pub(super) fn plain_int(expr: &TypeExpr) -> Option<Int> {
    match (&expr.base, &expr.shape) {
        (Base::Int(int), Shape::One) => Some(*int),
        _ => None,
    }
}

/// A struct as it is declared, on its own or inside a capability.
#[derive(Clone, Copy, Debug)]
pub(super) struct Struct<'a> {
    pub(super) name: &'a Placed<String>,
    pub(super) validity: Validity,
    /// Its place in the order of declarations.
    pub(super) order: usize,
    pub(super) packed: bool,
    pub(super) minsz: Option<&'a Placed<String>>,
    pub(super) fields: &'a Map<LineOrMap<Field>>,
    /// The capability that declares it, and adds the header.
    pub(super) capability: Option<OfChain<'a>>,
}

impl<'a> Struct<'a> {
    /// Its fields, each followed by the members of its union.
    pub(super) fn members(&self) -> impl Iterator<Item = Member<'a>> + use<'a> {
        self.fields().flat_map(|field| std::iter::once(field).chain(field.arms()))
    }

    /// Its fields without the members of unions.
    pub(super) fn fields(&self) -> impl Iterator<Item = Member<'a>> + use<'a> {
        let around = self.validity;
        self.fields.iter().map(move |(name, field)| {
            let validity = field.validity(around);
            Member { name, field, validity, union: None }
        })
    }

    /// When a field can be found in the struct by this name. Before a union
    /// came, its members stood in its place.
    pub(super) fn validities_of<'b>(
        &self,
        name: &'b str,
    ) -> impl Iterator<Item = Validity> + use<'a, 'b> {
        self.members().flat_map(move |member| {
            let known = member.name.value == name || !member.field.before.is_empty();
            let names = known.then(|| member.names()).into_iter().flatten();
            let named = names.filter(move |(_, at_the_time)| *at_the_time == name);
            named.flat_map(move |(validity, _)| member.alone(validity))
        })
    }
}

/// A field, or a member of an anonymous union.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member<'a> {
    pub(super) name: &'a Placed<String>,
    pub(super) field: &'a Field,
    pub(super) validity: Validity,
    /// When the union around it is there.
    pub(super) union: Option<Validity>,
}

impl<'a> Member<'a> {
    /// The members of the union that it is.
    pub(super) fn arms(&self) -> impl Iterator<Item = Self> + use<'a> {
        let around = self.validity;
        self.field.union.iter().map(move |(name, field)| {
            let validity = field.validity(around);
            Member { name, field, validity, union: Some(around) }
        })
    }

    /// Its names, each with its time.
    pub(super) fn names(&self) -> impl Iterator<Item = (Validity, &'a str)> + use<'a> {
        let (name, field) = (self.name, self.field);
        let eras = split_at_changes(self.validity, &field.before);
        eras.map(move |era| (era, field.before.name_at(first(era), name)))
    }

    /// Whether it has this name and never had another.
    pub(super) fn is_always(&self, name: &str) -> bool {
        self.name.value == name && self.field.before.iter().all(|(_, before)| before.name.is_none())
    }

    /// Its types, each with its time; none while it is a union.
    pub(super) fn types(&self) -> impl Iterator<Item = (Validity, &'a TypeExpr)> + use<'a> {
        let field = self.field;
        let eras = split_at_changes(self.validity, &field.before);
        eras.filter_map(move |era| Some((era, type_at(field, first(era))?)))
    }

    /// The part of a time in which it is a field of the struct itself.
    fn alone(&self, time: Validity) -> impl Iterator<Item = Validity> + use<> {
        let field = self.union.is_none().then(|| intersection(self.validity, time)).flatten();
        let arm = self.union.map(|union| difference(time, union));
        field.into_iter().chain(arm.into_iter().flatten())
    }
}

/// The type of a field in a release; none while it is a union.
pub(super) fn type_at(field: &Field, release: Release) -> Option<&TypeExpr> {
    field.before.type_at(release).or(field.type_.as_ref())
}

/// A chain and its releases.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChainItem<'a> {
    pub(super) item: &'a Chain,
    pub(super) validity: Validity,
    /// Its place in the order of declarations.
    pub(super) order: usize,
}

/// A capability and the chain that it belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct OfChain<'a> {
    pub(super) item: &'a Capability,
    pub(super) validity: Validity,
    /// The chain's name, said by the capability or by being the only one of the file.
    pub(super) chain: Option<&'a Placed<String>>,
}
