//! Structs, their fields and the types of these.

use schemars::JsonSchema;
use serde::Serialize;

use super::bodies::{PresenceJson, QuantityJson};
use super::items::{MetaJson, ModelsJson};
use super::numbers::new_fd;
use crate::ir::{
    Abi, Field, GroupId, Payload, PayloadLength, Role, Struct, StructId, StructRole, Type, UnionArm,
};
use crate::layout::Layout;
use crate::reply::{Direction, ReturnedLength, WhenLonger, WhenShorter};

/// A struct.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Struct")]
pub(in crate::emit) struct StructJson<'a> {
    /// The kernel's name.
    pub(in crate::emit) name: &'a str,
    #[serde(flatten)]
    pub(in crate::emit) meta: MetaJson<'a>,
    /// The section that declares it.
    pub(in crate::emit) section: &'a str,
    /// Its role in the protocol.
    pub(in crate::emit) role: StructRoleJson,
    /// The capability whose body it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) capability: Option<&'a str>,
    /// Whether fields follow each other without padding.
    pub(in crate::emit) packed: bool,
    /// Whether fields that do not exist take no room, so that those after them move.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::emit) compact: bool,
    /// The length of each element of this type, if they have different lengths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) length: Option<QuantityJson<'a>>,
    /// Its size in bytes.
    pub(in crate::emit) size: ModelsJson<u64>,
    /// Its alignment in bytes.
    pub(in crate::emit) align: ModelsJson<u64>,
    /// The field that is the size of the caller's buffer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) argsz: Option<&'a str>,
    /// The last field that argsz must cover.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) minsz: Option<&'a str>,
    /// Its fields in order.
    pub(in crate::emit) fields: Vec<FieldJson<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StructRole")]
#[serde(rename_all = "snake_case")]
pub(in crate::emit) enum StructRoleJson {
    /// The argument of an ioctl.
    Argument,
    /// The body of a capability, which starts with the header.
    Capability,
    /// An element, a payload, or the contents of a region.
    Plain,
}

impl<'a> StructJson<'a> {
    /// The field of this name.
    pub(in crate::emit) fn field(&self, name: &str) -> Option<&FieldJson<'a>> {
        self.fields.iter().find(|field| field.name == name)
    }

    pub(in crate::emit) fn of(abi: &'a Abi, one: &'a Struct) -> Self {
        let field = |index: usize| one.fields[index].name.as_str();
        Self {
            name: &one.name,
            meta: MetaJson::of(&one.meta),
            section: &abi.sections[one.section].name,
            role: match one.role {
                StructRole::Argument => StructRoleJson::Argument,
                StructRole::Capability(_) => StructRoleJson::Capability,
                StructRole::Plain => StructRoleJson::Plain,
            },
            capability: match one.role {
                StructRole::Capability(id) => Some(abi.capability(id).name.as_str()),
                _ => None,
            },
            packed: one.packed,
            compact: one.compact,
            length: one.length.as_ref().map(|length| QuantityJson::of(abi, one, length)),
            size: ModelsJson::of(&one.layouts, |layout| layout.size),
            align: ModelsJson::of(&one.layouts, |layout| layout.align),
            argsz: one.argsz.map(field),
            minsz: one.minsz.map(field),
            fields: (0..one.fields.len()).map(|index| FieldJson::of(abi, one, index)).collect(),
        }
    }
}

/// A field of a struct.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Field")]
pub(in crate::emit) struct FieldJson<'a> {
    /// The kernel's name; of an anonymous union, the specification's.
    pub(in crate::emit) name: &'a str,
    #[serde(flatten)]
    pub(in crate::emit) meta: MetaJson<'a>,
    /// Its type.
    #[serde(rename = "type")]
    pub(in crate::emit) type_: TypeJson<'a>,
    /// Its offset in bytes.
    pub(in crate::emit) offset: ModelsJson<u64>,
    /// Its size in bytes; 0 for a flexible array.
    pub(in crate::emit) size: ModelsJson<u64>,
    /// Who sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) direction: Option<Direction>,
    /// Its role in the protocol.
    pub(in crate::emit) role: Role,
    /// The group of the numbers that it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) group: Option<&'a str>,
    /// The group of the ids that some of its bits hold together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) ids: Option<&'a str>,
    /// The enums whose numbers it can have, one for each kind of device.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::emit) indexes: Vec<&'a str>,
    /// The flag, op, feature or index under which it is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) valid_if: Option<&'a str>,
    /// The conditions, all of which hold if it exists; without any, it always exists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::emit) exists_if: Vec<PresenceJson<'a>>,
    /// The same after the conditions of the fields that have the bits, for the emitters.
    #[serde(skip)]
    pub(in crate::emit) conditions: Vec<PresenceJson<'a>>,
    /// The number of elements, if bits have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) count: Option<QuantityJson<'a>>,
    /// The version of the capability that added it.
    pub(in crate::emit) version: u16,
    /// The memory that it has the address of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) payload: Option<PayloadJson<'a>>,
    /// The kind of the new file descriptor that it returns, or `other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) returns_fd: Option<&'a str>,
}

impl<'a> FieldJson<'a> {
    fn of(abi: &'a Abi, owner: &'a Struct, index: usize) -> Self {
        let field = &owner.fields[index];
        let span = |layout: &Layout| layout.fields[index];
        Self {
            name: &field.name,
            meta: MetaJson::of(&field.meta),
            type_: TypeJson::of(abi, Some(owner), &field.type_),
            offset: ModelsJson::of(&owner.layouts, |layout| span(layout).offset),
            size: ModelsJson::of(&owner.layouts, |layout| span(layout).size),
            direction: field.direction,
            role: field.role,
            group: group(abi, field.group),
            ids: group(abi, field.ids),
            indexes: field.indexes.iter().map(|id| abi.group(*id).name.as_str()).collect(),
            valid_if: field.valid_if.as_deref(),
            exists_if: PresenceJson::own(abi, owner, field),
            conditions: PresenceJson::all(abi, owner, field),
            count: field.count.as_ref().map(|count| QuantityJson::of(abi, owner, count)),
            version: field.version,
            payload: PayloadJson::of(abi, owner, field),
            returns_fd: field.returns_fd.map(|fd| new_fd(abi, fd)),
        }
    }
}

fn group(abi: &Abi, id: Option<GroupId>) -> Option<&str> {
    id.map(|id| abi.group(id).name.as_str())
}

/// The type of a field.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Type")]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(in crate::emit) enum TypeJson<'a> {
    /// An integer.
    Int {
        /// Its name: `u8` to `u64`, `s8` to `s64`, `le16` to `le64`, `aligned_u64` or
        /// `aligned_le64`.
        int: &'static str,
    },
    /// A struct.
    Struct {
        /// Its name.
        #[serde(rename = "struct")]
        struct_: &'a str,
    },
    /// A pointer to integers.
    Pointer {
        /// The integer's name.
        int: &'static str,
    },
    /// An array of fixed length.
    Array {
        /// The type of an element.
        element: Box<TypeJson<'a>>,
        /// How many elements it has.
        length: u64,
        /// The constant that names the length.
        #[serde(skip_serializing_if = "Option::is_none")]
        length_name: Option<&'a str>,
    },
    /// A flexible array.
    Flexible {
        /// The type of an element.
        element: Box<TypeJson<'a>>,
        /// The field that counts the elements.
        #[serde(skip_serializing_if = "Option::is_none")]
        counted_by: Option<&'a str>,
    },
    /// An anonymous union.
    Union {
        /// Its members.
        members: Vec<UnionMemberJson<'a>>,
    },
}

impl<'a> TypeJson<'a> {
    /// A type of a field of `owner`, or a type that no field has.
    pub(in crate::emit) fn of(abi: &'a Abi, owner: Option<&'a Struct>, type_: &'a Type) -> Self {
        let element = |one| Box::new(Self::of(abi, owner, one));
        match type_ {
            Type::Flexible(one, count) => Self::Flexible {
                element: element(one),
                counted_by: owner.zip(*count).map(|(owner, at)| owner.fields[at].name.as_str()),
            },
            Type::Union(arms) => Self::Union {
                members: arms.iter().map(|arm| UnionMemberJson::of(abi, owner, arm)).collect(),
            },
            Type::Array(one, length, name) => {
                Self::Array { element: element(one), length: *length, length_name: name.as_deref() }
            }
            Type::Int(int) => Self::Int { int: int.name() },
            Type::Pointer(int) => Self::Pointer { int: int.name() },
            Type::Struct(id) => Self::Struct { struct_: &abi.struct_(*id).name },
        }
    }
}

/// A member of an anonymous union.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UnionMember")]
pub(in crate::emit) struct UnionMemberJson<'a> {
    /// The kernel's name.
    pub(in crate::emit) name: &'a str,
    #[serde(flatten)]
    pub(in crate::emit) meta: MetaJson<'a>,
    /// Its type.
    #[serde(rename = "type")]
    pub(in crate::emit) type_: TypeJson<'a>,
    /// Its direction, if specified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) direction: Option<Direction>,
    /// The group of the numbers that it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) group: Option<&'a str>,
    /// The condition under which it is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) valid_if: Option<&'a str>,
}

impl<'a> UnionMemberJson<'a> {
    fn of(abi: &'a Abi, owner: Option<&'a Struct>, arm: &'a UnionArm) -> Self {
        Self {
            name: &arm.name,
            meta: MetaJson::of(&arm.meta),
            type_: TypeJson::of(abi, owner, &arm.type_),
            direction: arm.direction,
            group: group(abi, arm.group),
            valid_if: arm.valid_if.as_deref(),
        }
    }
}

/// The memory that a field has the address of.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Payload")]
pub(in crate::emit) struct PayloadJson<'a> {
    /// Who writes the memory.
    pub(in crate::emit) direction: Direction,
    /// The type of an element.
    pub(in crate::emit) element: TypeJson<'a>,
    /// The field with the number that determines its type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) type_by: Option<FieldPathJson<'a>>,
    /// Its length.
    pub(in crate::emit) length: PayloadLengthJson<'a>,
    /// The effect of memory that is shorter than the kernel's data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) shorter: Option<WhenShorter>,
    /// The effect of memory that is longer than the kernel's data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) longer: Option<WhenLonger>,
    /// What the field with the length, or with the number of elements, returns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) returns: Option<ReturnedLength>,
    /// The error if the memory is too small.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) too_small: Option<&'a str>,
    /// Whether the memory is accessed after the call, too.
    pub(in crate::emit) lasting: bool,
}

/// The length of memory that a field has the address of.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PayloadLength")]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(in crate::emit) enum PayloadLengthJson<'a> {
    /// A number of elements.
    Fixed { elements: u64 },
    /// The field with the number of elements.
    Elements { field: FieldPathJson<'a> },
    /// The field with the length in bytes.
    Bytes { field: FieldPathJson<'a> },
    /// The fields with the number of elements and with the size of each in bytes.
    Strided { elements: FieldPathJson<'a>, stride: FieldPathJson<'a> },
    /// That of a bitmap.
    Bitmap {
        /// The fields with the length of the range, of which one applies.
        range: Vec<FieldPathJson<'a>>,
        /// The field with the bytes of the range for each bit.
        page: FieldPathJson<'a>,
        /// The field with the length of the bitmap in bytes.
        #[serde(skip_serializing_if = "Option::is_none")]
        bytes: Option<FieldPathJson<'a>>,
    },
}

/// A field of a struct.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FieldPath")]
pub(in crate::emit) struct FieldPathJson<'a> {
    /// The struct.
    #[serde(rename = "struct")]
    pub(in crate::emit) struct_: &'a str,
    /// The field.
    pub(in crate::emit) field: &'a str,
}

impl<'a> PayloadJson<'a> {
    fn of(abi: &'a Abi, owner: &'a Struct, field: &'a Field) -> Option<Self> {
        let Payload {
            direction,
            element,
            type_by,
            length,
            shorter,
            longer,
            returns,
            too_small,
            lasting,
        } = field.payload.as_deref()?;
        let path = |struct_: Option<StructId>, field: &'a str| FieldPathJson {
            struct_: struct_.map_or(owner.name.as_str(), |id| abi.struct_(id).name.as_str()),
            field,
        };
        let length = match length {
            PayloadLength::Fixed(elements) => PayloadLengthJson::Fixed { elements: *elements },
            PayloadLength::Elements(field) => {
                PayloadLengthJson::Elements { field: path(None, field) }
            }
            PayloadLength::Bytes(struct_, field) => {
                PayloadLengthJson::Bytes { field: path(*struct_, field) }
            }
            PayloadLength::Strided { count, stride } => PayloadLengthJson::Strided {
                elements: path(None, count),
                stride: path(None, stride),
            },
            PayloadLength::Bits(bitmap) => PayloadLengthJson::Bitmap {
                range: bitmap.range.iter().map(|(struct_, field)| path(*struct_, field)).collect(),
                page: path(None, &bitmap.page),
                bytes: bitmap.bytes.as_deref().map(|field| path(None, field)),
            },
        };
        let element = TypeJson::of(abi, Some(owner), element);
        Some(Self {
            direction: *direction,
            element,
            type_by: type_by.as_ref().map(|by| path(by.struct_, &by.field)),
            length,
            shorter: *shorter,
            longer: *longer,
            returns: *returns,
            too_small: too_small.as_deref(),
            lasting: *lasting,
        })
    }
}
