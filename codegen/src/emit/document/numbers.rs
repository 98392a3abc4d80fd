//! Groups of numbers, and proposals that claim some.

use schemars::JsonSchema;
use serde::Serialize;

use super::items::MetaJson;
use super::structs::TypeJson;
use crate::ir::{
    Abi, Claim, ClaimedSpace, Group, GroupKind, Literal, NewFd, Proposal, Reserved, Value,
};
use crate::layout::LiteralType;
use crate::reply::{Count, WhenLonger, WhenShorter};

/// Named numbers that belong together.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Group")]
pub(in crate::emit) struct GroupJson<'a> {
    /// The tag of a C enum; the specification's name of another group; `struct.field` of
    /// numbers that belong to a field.
    pub(in crate::emit) name: &'a str,
    /// The type of the numbers in the crate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) rust: Option<&'a str>,
    #[serde(flatten)]
    pub(in crate::emit) meta: MetaJson<'a>,
    /// The kind of the numbers.
    pub(in crate::emit) kind: GroupKind,
    /// Whether the numbers are bits that can be set together.
    #[serde(skip)]
    pub(in crate::emit) flags: bool,
    /// The integer that holds them.
    pub(in crate::emit) int: &'static str,
    /// The numbers in order.
    pub(in crate::emit) values: Vec<ValueJson<'a>>,
    /// For states: pairs of states, the second of which can follow the first directly.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transitions: Vec<[&'a str; 2]>,
    /// Numbers that other trees use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::emit) reserved: Vec<ReservedJson<'a>>,
}

impl<'a> GroupJson<'a> {
    pub(in crate::emit) fn of(abi: &'a Abi, group: &'a Group) -> Self {
        let transitions = group.transitions.iter();
        let transitions = transitions.map(|(from, to)| [from.as_str(), to.as_str()]);
        Self {
            name: &group.name,
            rust: group.rust.as_deref(),
            meta: MetaJson::of(&group.meta),
            kind: group.kind,
            flags: group.is_flags(),
            int: group.int.name(),
            values: group.values.iter().map(|value| ValueJson::of(abi, value)).collect(),
            transitions: transitions.collect(),
            reserved: group.reserved.iter().map(ReservedJson::of).collect(),
        }
    }
}

impl GroupJson<'_> {
    /// The values by whose names a number is printed: single bits of flags, and all numbers
    /// but the one that only counts the others and second names.
    pub(in crate::emit) fn named(&self) -> impl Iterator<Item = &ValueJson<'_>> {
        self.values.iter().filter(|value| match self.flags {
            true => value.bit.is_some(),
            false => value.counts.is_none() && value.alias.is_none(),
        })
    }
}

/// A named number or string.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Value")]
pub(in crate::emit) struct ValueJson<'a> {
    /// The kernel's name.
    pub(in crate::emit) name: &'a str,
    /// Its name within the type of the crate.
    pub(in crate::emit) short: &'a str,
    #[serde(flatten)]
    pub(in crate::emit) meta: MetaJson<'a>,
    /// The number, in decimal: 64-bit numbers do not survive every reader of JSON. Absent
    /// for a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) number: Option<String>,
    /// The string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) string: Option<&'a str>,
    /// The number of the bit, if it is a single bit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) bit: Option<u32>,
    /// Of a mask: whether its bits are read in their place; the number in others is shifted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::emit) in_place: bool,
    /// The type of the macro in C, if it is not the one that its literal has by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) c_type: Option<LiteralType>,
    /// The name of which it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) alias: Option<&'a str>,
    /// Of an enumerator that counts the others, whether it grows with them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) counts: Option<Count>,
    /// The data that is passed together with this id or flag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) payload: Option<TypeJson<'a>>,
    /// Whether no data are passed with it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::emit) without_payload: bool,
    /// The effect of data that are shorter than the payload, if not that of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) shorter: Option<WhenShorter>,
    /// The effect of data that are longer than the payload, if not that of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) longer: Option<WhenLonger>,
    /// The flags with which the payload is passed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::emit) gates: Vec<&'a str>,
    /// The kind of file descriptor that the call returns for this id; `other` for any other
    /// kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) returns_fd: Option<&'a str>,
    /// The error of a device that does not have this id, if not that of the handler.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) absent: Option<&'a str>,
}

impl<'a> ValueJson<'a> {
    fn of(abi: &'a Abi, value: &'a Value) -> Self {
        let string = match &value.literal {
            Literal::Text(text) => Some(text.as_str()),
            _ => None,
        };
        let bit = match value.literal {
            Literal::Bit { bit, .. } => Some(bit),
            _ => None,
        };
        Self {
            name: &value.name,
            short: &value.short,
            meta: MetaJson::of(&value.meta),
            number: string.is_none().then(|| value.number.to_string()),
            string,
            bit,
            in_place: value.in_place,
            c_type: value.c_type,
            alias: match &value.literal {
                Literal::Alias(name) => Some(name),
                _ => None,
            },
            counts: value.count,
            payload: value.payload.as_ref().map(|type_| TypeJson::of(abi, None, type_)),
            without_payload: value.without_payload,
            shorter: value.shorter,
            longer: value.longer,
            gates: value.gates.iter().map(String::as_str).collect(),
            returns_fd: value.returns_fd.map(|fd| new_fd(abi, fd)),
            absent: value.absent.as_deref(),
        }
    }
}

/// The name of a kind of new file descriptor.
pub(in crate::emit) fn new_fd(abi: &Abi, fd: NewFd) -> &str {
    match fd {
        NewFd::Kind(index) => &abi.fds[index].name,
        NewFd::Other => "other",
    }
}

/// A number that another tree uses.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Reserved")]
pub(in crate::emit) struct ReservedJson<'a> {
    /// The number, in decimal.
    pub(in crate::emit) number: String,
    /// The name under which it is used.
    pub(in crate::emit) name: &'a str,
    /// Its user.
    pub(in crate::emit) doc: &'a [String],
}

impl<'a> ReservedJson<'a> {
    pub(in crate::emit) fn of(one: &'a Reserved) -> Self {
        Self { number: one.value.to_string(), name: &one.name, doc: &one.doc }
    }
}

/// A proposal, which is not part of the ABI.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Proposal")]
pub(in crate::emit) struct ProposalJson<'a> {
    /// The name of its file.
    pub(in crate::emit) name: &'a str,
    /// Title for a reader.
    pub(in crate::emit) title: &'a str,
    /// Where it was posted.
    pub(in crate::emit) source: &'a str,
    /// The day on which it was posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) posted: Option<&'a str>,
    /// The proposal that replaced it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) replaced_by: Option<&'a str>,
    /// The numbers that it claims.
    pub(in crate::emit) claims: Vec<ClaimJson<'a>>,
}

/// A number that a proposal claims.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Claim")]
pub(in crate::emit) struct ClaimJson<'a> {
    /// The space of the number, which need not exist.
    pub(in crate::emit) space: ClaimedSpaceJson<'a>,
    /// The number, in decimal; of a flag, that of its bit.
    pub(in crate::emit) number: String,
    /// The name of the number.
    pub(in crate::emit) name: &'a str,
    /// Its meaning.
    pub(in crate::emit) doc: &'a [String],
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ClaimedSpace")]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(in crate::emit) enum ClaimedSpaceJson<'a> {
    /// The ids of a chain.
    Chain { name: &'a str },
    /// The numbers of a group.
    Group { name: &'a str },
    /// The ioctls of a kind of file descriptor, with the backends.
    Ioctls { descriptor: &'a str, backends: &'a [String] },
}

impl<'a> ProposalJson<'a> {
    pub(in crate::emit) fn of(one: &'a Proposal) -> Self {
        Self {
            name: &one.name,
            title: &one.title,
            source: &one.source,
            posted: one.posted.as_deref(),
            replaced_by: one.replaced_by.as_deref(),
            claims: one.claims.iter().map(claim).collect(),
        }
    }
}

fn claim(claim: &Claim) -> ClaimJson<'_> {
    let space = match &claim.space {
        ClaimedSpace::Chain(name) => ClaimedSpaceJson::Chain { name },
        ClaimedSpace::Numbers(name) => ClaimedSpaceJson::Group { name },
        ClaimedSpace::Ioctls(descriptor, backends) => {
            ClaimedSpaceJson::Ioctls { descriptor, backends }
        }
    };
    ClaimJson { space, number: claim.number.to_string(), name: &claim.name, doc: &claim.doc }
}
