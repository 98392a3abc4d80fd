//! The declarations that the passes check: groups of numbers, structs with their
//! members, chains and capabilities, each with the releases that have it.

use super::intervals::{difference, first, intersection, split_at_changes};
use crate::layout::Int;
use crate::release::Release;
use crate::spec::history::Validity;
use crate::spec::types::{Base, Shape, TypeExpr, int};
use crate::spec::wrappers::{LineOrMap, Map, OneOrMany, Placed};
use crate::spec::{
    CapabilitySpec, ChainSpec, FieldSpec, QuantitySpec, ReservedSpec, SpaceSpec, ValueSpec, Values,
};

/// The kind of a group of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberGroupKind {
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

impl NumberGroupKind {
    /// The word for the numbers in messages.
    pub(crate) fn plural(self) -> &'static str {
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
pub(crate) struct NumberGroup<'a> {
    pub(crate) kind: NumberGroupKind,
    /// The group's name, or that of the field.
    pub(crate) name: &'a Placed<String>,
    /// The struct that contains the field.
    pub(crate) owner: Option<&'a str>,
    pub(crate) validity: Validity,
    pub(crate) prefixes: &'a [Placed<String>],
    pub(crate) suffix: Option<&'a Placed<String>>,
    /// The integer that holds the numbers; for a field, the narrowest type that it ever had.
    pub(crate) int: Int,
    /// Whether the field holds other numbers too, in bits of which one is the mask.
    pub(crate) holds_others: bool,
    pub(crate) values: &'a Map<LineOrMap<ValueSpec>>,
    pub(crate) reserved: Option<&'a Map<OneOrMany<LineOrMap<ReservedSpec>>>>,
}

impl<'a> NumberGroup<'a> {
    /// Numbers of the file level.
    pub(crate) fn of(item: &'a Values, kind: NumberGroupKind, validity: Validity) -> Self {
        Self {
            kind,
            name: &item.name,
            owner: None,
            validity,
            prefixes: &item.prefix,
            suffix: item.suffix.as_ref(),
            int: item.type_.as_ref().and_then(|name| int(name)).unwrap_or(Int::U32),
            holds_others: false,
            values: &item.values,
            reserved: Some(&item.reserved),
        }
    }

    /// The starts of names that short names leave out.
    pub(crate) fn short_prefixes(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.prefixes.iter().map(|prefix| prefix.as_str())
    }

    /// Whether it is the group of this space.
    pub(crate) fn is(&self, space: &SpaceSpec) -> bool {
        let SpaceSpec::Numbers(name) = space else { return false };
        match self.owner {
            None => *name == self.name.value,
            Some(owner) => name.split_once('.') == Some((owner, self.name.as_str())),
        }
    }

    /// The numbers of a field, if it lists any.
    pub(crate) fn of_field(
        owner: &'a str,
        member: &DeclaredMember<'a>,
    ) -> impl Iterator<Item = Self> {
        let DeclaredMember { name, field, validity, .. } = *member;
        let lists =
            [(NumberGroupKind::Flags, &field.bits), (NumberGroupKind::FieldValues, &field.values)];
        let filled = lists.into_iter().filter(|(_, values)| !values.is_empty());
        let ints = member.types().filter_map(|(_, expr)| plain_int(expr));
        let int = ints.min_by_key(|int| int.size()).unwrap_or(Int::U64);
        filled.map(move |(kind, values)| Self {
            kind,
            name,
            owner: Some(owner),
            validity,
            prefixes: field.prefix.as_slice(),
            suffix: None,
            int,
            holds_others: field.holds.is_some(),
            values,
            reserved: None,
        })
    }
}

/// The number of the bit, if a value is a single bit.
pub(crate) fn bit(value: &ValueSpec) -> Option<i128> {
    value.bit.map(|bit| bit.value.value)
}

/// The integer, if a type is a plain integer.
pub(crate) fn plain_int(expr: &TypeExpr) -> Option<Int> {
    match (&expr.base, &expr.shape) {
        (Base::Int(int), Shape::One) => Some(*int),
        _ => None,
    }
}

/// A struct as it is declared, on its own or inside a capability.
#[derive(Debug)]
pub(crate) struct StructDeclaration<'a> {
    pub(crate) name: &'a Placed<String>,
    pub(crate) validity: Validity,
    /// Its place in the order of declarations.
    pub(crate) order: usize,
    pub(crate) packed: bool,
    pub(crate) compact: bool,
    pub(crate) length: Option<&'a QuantitySpec>,
    pub(crate) minsz: Option<&'a Placed<String>>,
    /// Its fields, each followed by the members of its union.
    pub(crate) members: Vec<DeclaredMember<'a>>,
    /// The capability that declares it, and adds the header.
    pub(crate) capability: Option<OfChain<'a>>,
}

impl<'a> StructDeclaration<'a> {
    /// Its fields, each followed by the members of its union.
    pub(crate) fn members(&self) -> impl Iterator<Item = DeclaredMember<'a>> + use<'_, 'a> {
        self.members.iter().copied()
    }

    /// Its fields without the members of unions.
    pub(crate) fn fields(&self) -> impl Iterator<Item = DeclaredMember<'a>> + use<'_, 'a> {
        self.members().filter(|member| member.union.is_none())
    }

    /// The releases in which the struct has a field of this name. Before a union
    /// was added, its members were fields.
    pub(crate) fn validities_of<'b>(
        &self,
        name: &'b str,
    ) -> impl Iterator<Item = Validity> + use<'_, 'a, 'b> {
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
pub(crate) struct DeclaredMember<'a> {
    pub(crate) name: &'a Placed<String>,
    pub(crate) field: &'a FieldSpec,
    pub(crate) validity: Validity,
    /// The releases of the enclosing union.
    pub(crate) union: Option<Validity>,
}

impl<'a> DeclaredMember<'a> {
    /// The fields of a struct, each followed by the members of its union.
    pub(crate) fn of(fields: &'a Map<LineOrMap<FieldSpec>>, around: Validity) -> Vec<Self> {
        let fields = fields.iter().map(|(name, field)| {
            let validity = field.validity(around);
            DeclaredMember { name, field, validity, union: None }
        });
        fields.flat_map(|field| std::iter::once(field).chain(field.arms())).collect()
    }

    /// The members of the union that it is.
    pub(crate) fn arms(&self) -> impl Iterator<Item = Self> + use<'a> {
        let around = self.validity;
        self.field.union.iter().map(move |(name, field)| {
            let validity = field.validity(around);
            DeclaredMember { name, field, validity, union: Some(around) }
        })
    }

    /// Its names, each with its validity.
    pub(crate) fn names(&self) -> impl Iterator<Item = (Validity, &'a str)> + use<'a> {
        let (name, field) = (self.name, self.field);
        let eras = split_at_changes(self.validity, &field.before);
        eras.map(move |era| (era, field.before.name_at(first(era), name)))
    }

    /// Whether this is the only name that it ever had.
    pub(crate) fn is_always(&self, name: &str) -> bool {
        self.name.value == name && self.field.before.iter().all(|(_, before)| before.name.is_none())
    }

    /// Its types, each with its validity; none while it is a union.
    pub(crate) fn types(&self) -> impl Iterator<Item = (Validity, &'a TypeExpr)> + use<'a> {
        let field = self.field;
        let eras = split_at_changes(self.validity, &field.before);
        eras.filter_map(move |era| Some((era, type_at(field, first(era))?)))
    }

    /// The releases in which it is a field of the struct itself.
    fn alone(&self, time: Validity) -> impl Iterator<Item = Validity> + use<> {
        let field = self.union.is_none().then(|| intersection(self.validity, time)).flatten();
        let arm = self.union.map(|union| difference(time, union));
        field.into_iter().chain(arm.into_iter().flatten())
    }
}

/// The type of a field in a release; none while it is a union.
pub(crate) fn type_at(field: &FieldSpec, release: Release) -> Option<&TypeExpr> {
    field.before.type_at(release).or(field.type_.as_ref())
}

/// A chain and its releases.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChainItem<'a> {
    pub(crate) item: &'a ChainSpec,
    pub(crate) validity: Validity,
    /// Its place in the order of declarations.
    pub(crate) order: usize,
}

/// A capability and the chain that it belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfChain<'a> {
    pub(crate) item: &'a CapabilitySpec,
    pub(crate) validity: Validity,
    /// The chain's name, given by the capability, or that of the only chain of the file.
    pub(crate) chain: Option<&'a Placed<String>>,
}
