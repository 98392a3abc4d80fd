//! Naming conventions for items without a description: the roles of fields, the
//! count of an array, and the direction of a field.

use super::facts::{ConstantFact, FieldFact, Spelt, StructFact, TypeFact};
use crate::ir::{Abi, Role};
use crate::layout::Int;
use crate::reply::{ArgumentStart, Direction};

/// The role of a field by its name and type.
pub fn role(abi: &Abi, fields: &[FieldFact], index: usize) -> Role {
    let field = &fields[index];
    let name = field.name.trim_start_matches('_');
    let counts = |other: &FieldFact| count(fields, other) == Some(index);
    match (&field.type_, field.name.as_str()) {
        (TypeFact::Int(Int::U32), name) if index == 0 && is_size(abi, name) => Role::Argsz,
        (TypeFact::Int(Int::U32 | Int::U64 | Int::AlignedU64), "flags") => Role::Flags,
        (TypeFact::Int(Int::U32), "cap_offset") => Role::CapOffset,
        (TypeFact::Struct(header), _) if index == 0 && heads(abi, header) => Role::Header,
        _ if is_reserved(name) => Role::Reserved,
        _ if fields.iter().any(counts) => Role::Count,
        _ => Role::Data,
    }
}

/// The name of the first field of an argument that starts with its size alone.
const SIZE: &str = "size";

/// Whether the first field of a struct with this name has the size of the argument. Where
/// arguments can start with their size alone, some can start with `argsz` all the same.
fn is_size(abi: &Abi, name: &str) -> bool {
    name == "argsz" || name == SIZE && abi.argument_rules.start == ArgumentStart::Size
}

/// Whether a struct starts with the size of the caller's buffer.
pub fn is_sized(abi: &Abi, fact: &StructFact) -> bool {
    fact.fields.first().is_some_and(|field| is_size(abi, &field.name))
}

/// Whether a struct starts with a number that is called `size`.
pub fn starts_with_size(fact: &StructFact) -> bool {
    let first = fact.fields.first();
    first.is_some_and(|first| first.name == SIZE && first.type_ == TypeFact::Int(Int::U32))
}

/// Whether a number by its name says where the bits of a field start, as `GEN_SHIFT` next to
/// `GEN_MASK`. A single bit that is written as one is a flag of this name.
pub fn is_shift(constant: &ConstantFact) -> bool {
    constant.name.ends_with("_SHIFT") && !matches!(constant.spelt, Spelt::Bit { .. })
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

/// The direction of a field of an argument, and what it is guessed by.
pub fn direction(way: Way, role: Role, name: &str, comment: &str) -> (Direction, &'static str) {
    let said = match role {
        Role::Argsz | Role::Reserved | Role::CapOffset => None,
        _ => said(name, comment),
    };
    said.unwrap_or_else(|| {
        let direction = match (way, role) {
            (_, Role::Argsz) if name == SIZE => Direction::In,
            (Way::In, _) => Direction::In,
            (_, Role::Argsz) => Direction::InOut,
            (Way::Info, _) if name == "index" => Direction::In,
            (Way::Info, _) => Direction::Out,
            (Way::Both, Role::Flags) => Direction::In,
            (Way::Both, _) => Direction::InOut,
        };
        (direction, "the ioctl")
    })
}

/// The direction that the name or the comment of a field says.
fn said(name: &str, comment: &str) -> Option<(Direction, &'static str)> {
    if name.starts_with("out_") {
        return Some((Direction::Out, "its name"));
    }
    let comment = comment.trim().to_ascii_lowercase();
    let words = [
        (Direction::InOut, ["in/out", "inout", "input/output"].as_slice()),
        (Direction::Out, ["out", "output"].as_slice()),
        (Direction::In, ["in", "input"].as_slice()),
    ];
    let says = |word: &&str| {
        // `in bytes` is no direction.
        let all = comment.strip_prefix(*word).is_some_and(|rest| {
            let both = word.contains('/') && rest.starts_with(' ');
            both || rest.is_empty() || rest.starts_with([':', ';', ',']) || rest.starts_with(" -")
        });
        let bracketed = ["(", "["].iter().zip([")", "]"]);
        let mut bracketed = bracketed.map(|(open, close)| [open, word, close].concat());
        all || bracketed.any(|part| comment.contains(&part))
    };
    let found = words.iter().find(|(_, words)| words.iter().any(says));
    found.map(|(direction, _)| (*direction, "its comment"))
}
