//! Naming conventions for items without a description: the roles of fields, the
//! count of an array, and the direction of a field.

use super::facts::{FieldFact, StructFact, TypeFact};
use crate::ir::{Abi, Role};
use crate::layout::Int;
use crate::reply::{ArgumentStart, Direction};

/// The role of a field by its name and type.
pub fn role(abi: &Abi, fields: &[FieldFact], index: usize) -> Role {
    let field = &fields[index];
    let name = field.name.trim_start_matches('_');
    let counts = |other: &FieldFact| count(fields, other) == Some(index);
    match (&field.type_, field.name.as_str()) {
        (TypeFact::Int(Int::U32), name) if index == 0 && name == size_field(abi) => Role::Argsz,
        (TypeFact::Int(Int::U32 | Int::U64 | Int::AlignedU64), "flags") => Role::Flags,
        (TypeFact::Int(Int::U32), "cap_offset") => Role::CapOffset,
        (TypeFact::Struct(header), _) if index == 0 && heads(abi, header) => Role::Header,
        _ if is_reserved(name) => Role::Reserved,
        _ if fields.iter().any(counts) => Role::Count,
        _ => Role::Data,
    }
}

/// The name of the field with the size of an argument, which is its first.
pub fn size_field(abi: &Abi) -> &'static str {
    match abi.argument_rules.start {
        ArgumentStart::ArgszFlags => "argsz",
        ArgumentStart::Size => "size",
    }
}

/// Whether a struct starts with the size of the caller's buffer.
pub fn is_sized(abi: &Abi, fact: &StructFact) -> bool {
    fact.fields.first().is_some_and(|field| field.name == size_field(abi))
}

/// Whether a field is reserved by its name.
pub fn is_reserved(name: &str) -> bool {
    let words = ["reserved", "resv", "rsvd", "pad", "unused"];
    words.iter().any(|word| name.trim_start_matches('_').starts_with(word))
}

/// Whether a struct is the header of the capabilities of a chain.
pub fn heads(abi: &Abi, name: &str) -> bool {
    abi.cap_headers.iter().any(|header| abi.struct_(header.struct_).name == name)
}

/// Whether a struct is the body of a capability.
pub fn is_capability(abi: &Abi, fact: &StructFact) -> bool {
    !fact.fields.is_empty() && role(abi, &fact.fields, 0) == Role::Header
}

/// The field that counts the elements of a flexible array: the one that the
/// header names, the one that is named after the array, or the last that is
/// named like a count.
pub fn count(fields: &[FieldFact], array: &FieldFact) -> Option<usize> {
    let TypeFact::Flexible(_, counted_by) = &array.type_ else { return None };
    let end = fields.iter().position(|field| field.name == array.name)?;
    let int = |field: &FieldFact| {
        matches!(field.type_, TypeFact::Int(int) if !int.signed()) && field.name != "argsz"
    };
    let named =
        |name: &str| fields[..end].iter().position(|field| field.name == name && int(field));
    if let Some(counted_by) = counted_by {
        return named(counted_by);
    }
    let own =
        ["nr_", "num_", "n_"].iter().find_map(|word| named(&[*word, array.name.as_str()].concat()));
    own.or_else(|| {
        fields[..end].iter().rposition(|field| {
            let name = field.name.as_str();
            let front = ["nr_", "num_"].iter().any(|word| name.starts_with(word));
            int(field) && (front || matches!(name, "count" | "size" | "length" | "nr" | "num"))
        })
    })
}

/// The direction of the argument of an ioctl as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the caller to the kernel.
    In,
    /// To the caller; the caller only states the size of its buffer and the subject of the request.
    Info,
    /// Both ways.
    Both,
}

/// The argument of an ioctl by its name and its comment.
pub fn way(name: &str, comment: &str) -> Way {
    let asks = ["GET", "INFO", "QUERY"].iter().any(|word| name.split('_').any(|one| one == *word));
    match comment.split('(').next() {
        Some("_IOR") => Way::Info,
        Some("_IOW") => Way::In,
        _ if asks => Way::Info,
        Some("_IOWR") => Way::Both,
        _ => Way::In,
    }
}

/// The direction of a field of an argument.
pub fn direction(abi: &Abi, way: Way, role: Role, name: &str) -> Direction {
    match (way, role) {
        (_, Role::Argsz) if abi.argument_rules.start == ArgumentStart::Size => Direction::In,
        (Way::In, _) => Direction::In,
        (_, Role::Argsz) => Direction::InOut,
        (Way::Info, _) if name == "index" => Direction::In,
        (Way::Info, _) => Direction::Out,
        (Way::Both, Role::Flags) => Direction::In,
        (Way::Both, _) => Direction::InOut,
    }
}
