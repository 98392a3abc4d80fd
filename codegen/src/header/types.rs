//! The integer types that user ABIs are made of.

use super::tokens::{Kind, Token};
use crate::layout::Int;

/// Words before a type that do not change its layout.
const QUALIFIERS: [&str; 7] =
    ["const", "volatile", "__user", "__extension__", "__restrict", "__force", "__bitwise"];

/// Whether a word does not affect the layout of the following type.
pub(super) fn is_qualifier(token: &Token<'_>) -> bool {
    QUALIFIERS.contains(&token.text)
}

/// The integer type at the front of a declaration, and how many tokens spell
/// it.
pub(super) fn int(tokens: &[Token<'_>]) -> Option<(Int, usize)> {
    let words = tokens.iter().take_while(|token| token.kind == Kind::Word);
    let words: Vec<_> = words.take(4).map(|token| token.text).collect();
    let found = |int| Some((int, 1));
    match words.first().copied()? {
        "__u8" | "u8" | "uint8_t" => found(Int::U8),
        "__u16" | "__le16" | "__be16" | "u16" | "uint16_t" => found(Int::U16),
        "__u32" | "__le32" | "__be32" | "u32" | "uint32_t" | "__poll_t" => found(Int::U32),
        "__u64" | "__le64" | "__be64" | "u64" | "uint64_t" => found(Int::U64),
        "__s8" | "s8" | "int8_t" => found(Int::S8),
        "__s16" | "s16" | "int16_t" => found(Int::S16),
        "__s32" | "s32" | "int32_t" => found(Int::S32),
        "__s64" | "s64" | "int64_t" => found(Int::S64),
        "__aligned_u64" | "aligned_u64" | "__aligned_le64" | "__aligned_be64" => {
            found(Int::AlignedU64)
        }
        // A tagged enum is as wide as an int, and unsigned if no value is negative.
        "enum" => Some((Int::U32, 2)),
        _ => plain(&words),
    }
}

/// The types that C has itself. A `long` is of another width on each target,
/// and so is none of them.
fn plain(words: &[&str]) -> Option<(Int, usize)> {
    Some(match words {
        ["unsigned", "char", ..] => (Int::U8, 2),
        ["signed", "char", ..] => (Int::S8, 2),
        ["char", ..] => (Int::U8, 1),
        ["unsigned", "short", "int", ..] => (Int::U16, 3),
        ["unsigned", "short", ..] => (Int::U16, 2),
        ["short", "int", ..] => (Int::S16, 2),
        ["short", ..] => (Int::S16, 1),
        ["unsigned", "long", "long", "int", ..] => (Int::U64, 4),
        ["unsigned", "long", "long", ..] => (Int::U64, 3),
        ["long", "long", "int", ..] => (Int::S64, 3),
        ["long", "long", ..] => (Int::S64, 2),
        ["unsigned" | "signed", "long", ..] | ["long", ..] => return None,
        ["unsigned", "int", ..] => (Int::U32, 2),
        ["unsigned", ..] => (Int::U32, 1),
        ["signed", "int", ..] => (Int::S32, 2),
        ["int" | "signed", ..] => (Int::S32, 1),
        _ => return None,
    })
}
