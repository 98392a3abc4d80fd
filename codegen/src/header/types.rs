//! The integer types that user ABIs are made of.

use super::facts::TypeFact;
use super::members::BaseType;
use super::tokens::{Kind, Token};
use crate::layout::Int;

/// Words before a type that do not change its layout.
const QUALIFIERS: [&str; 8] = [
    "const",
    "volatile",
    "__user",
    "__extension__",
    "__restrict",
    "__force",
    "__bitwise",
    "__iomem",
];

/// Whether a word does not affect the layout of the following type.
pub(super) fn is_qualifier(token: &Token<'_>) -> bool {
    QUALIFIERS.contains(&token.text)
}

/// An integer type at the start of a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IntType {
    /// One of fixed width.
    Fixed(Int),
    /// One of fixed width that is big-endian on every target.
    BigEndian(Int),
    /// A signed 64-bit integer that is aligned to 8 on every target.
    AlignedS64,
    /// `long`, which is as wide as a pointer, and whether it is signed.
    Long(bool),
}

impl IntType {
    /// The type as a specification writes it.
    pub(super) fn text(self) -> String {
        match self {
            Self::Fixed(int) => int.name().to_owned(),
            Self::BigEndian(int) => TypeFact::BigEndian(int).text(),
            Self::AlignedS64 => "aligned_s64".to_owned(),
            Self::Long(signed) => TypeFact::Long(signed).text(),
        }
    }
}

impl BaseType<'_> {
    /// The type in one word: its integer or its name.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Int(int) => int.text(),
            Self::Struct(name) => name.clone(),
            Self::Enum(name) | Self::Named(name) => name.text.to_owned(),
            Self::Union(_) => "union".to_owned(),
        }
    }
}

/// The integer type at the start of a declaration, and the number of its tokens.
pub(super) fn int(tokens: &[Token<'_>]) -> Option<(IntType, usize)> {
    let words = tokens.iter().take_while(|token| token.kind == Kind::Word);
    let words: Vec<_> = words.take(4).map(|token| token.text).collect();
    let found = |int| Some((IntType::Fixed(int), 1));
    let big_endian = |int| Some((IntType::BigEndian(int), 1));
    match words.first().copied()? {
        "__u8" | "u8" | "uint8_t" | "_Bool" | "bool" => found(Int::U8),
        "__le16" => found(Int::Le16),
        "__le32" => found(Int::Le32),
        "__le64" => found(Int::Le64),
        "__be16" => big_endian(Int::U16),
        "__be32" => big_endian(Int::U32),
        "__be64" => big_endian(Int::U64),
        "__aligned_be64" => big_endian(Int::AlignedU64),
        "__u16" | "u16" | "uint16_t" | "__sum16" => found(Int::U16),
        "__u32" | "u32" | "uint32_t" | "__poll_t" | "__wsum" => found(Int::U32),
        "__u64" | "u64" | "uint64_t" => found(Int::U64),
        "__s8" | "s8" | "int8_t" => found(Int::S8),
        "__s16" | "s16" | "int16_t" => found(Int::S16),
        "__s32" | "s32" | "int32_t" | "__kernel_pid_t" | "pid_t" => found(Int::S32),
        "__s64" | "s64" | "int64_t" | "__kernel_time64_t" | "__kernel_loff_t" => found(Int::S64),
        "__aligned_u64" | "aligned_u64" => found(Int::AlignedU64),
        "__aligned_le64" => found(Int::AlignedLe64),
        "__aligned_s64" | "aligned_s64" => Some((IntType::AlignedS64, 1)),
        "size_t" | "uintptr_t" | "__kernel_size_t" | "__kernel_ulong_t" => {
            Some((IntType::Long(false), 1))
        }
        "ssize_t" | "intptr_t" | "__kernel_ssize_t" | "__kernel_long_t" => {
            Some((IntType::Long(true), 1))
        }
        _ => plain(&words),
    }
}

/// The integer types of C itself, whose words can come in any order.
fn plain(words: &[&str]) -> Option<(IntType, usize)> {
    let of_c = ["unsigned", "signed", "__signed__", "char", "short", "int", "long"];
    let words: Vec<_> = words.iter().copied().take_while(|word| of_c.contains(word)).collect();
    let count = |word: &str| words.iter().filter(|one| **one == word).count();
    let unsigned = count("unsigned") > 0;
    let signed = count("signed") + count("__signed__") > 0;
    let of = |plain: Int, other: Int| {
        Some((IntType::Fixed(if unsigned { other } else { plain }), words.len()))
    };
    match (count("char"), count("short"), count("long")) {
        _ if words.is_empty() => None,
        (1, 0, 0) if signed => of(Int::S8, Int::U8),
        // Whether a plain char is signed depends on the target; in a user ABI it is a byte.
        (1, 0, 0) => of(Int::U8, Int::U8),
        (0, 1, 0) => of(Int::S16, Int::U16),
        (0, 0, 2) => of(Int::S64, Int::U64),
        (0, 0, 1) => Some((IntType::Long(!unsigned), words.len())),
        (0, 0, 0) => of(Int::S32, Int::U32),
        _ => None,
    }
}

/// Whether a type keeps its alignment in a packed struct: `__aligned_u64`, whose
/// alignment is an attribute, and arrays of it, but no struct that contains it.
pub(super) fn has_explicit_alignment(type_: &TypeFact) -> bool {
    match type_ {
        TypeFact::Int(int) | TypeFact::BigEndian(int) => int.explicitly_aligned(),
        TypeFact::Array(element, ..) | TypeFact::Flexible(element, _) => {
            has_explicit_alignment(element)
        }
        TypeFact::Long(_) | TypeFact::Struct(_) | TypeFact::Pointer(_) | TypeFact::Union(_) => {
            false
        }
    }
}
