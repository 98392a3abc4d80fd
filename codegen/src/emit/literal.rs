//! Numbers and strings as literals that Go and Python have in common.

use super::document::numbers::{GroupJson, ValueJson};
use super::escape;

/// A value as the integer of its group: a single bit as a shift, a negative number modulo
/// the size of the integer.
pub(super) fn of(group: &GroupJson<'_>, value: &ValueJson<'_>) -> String {
    if let Some(text) = value.string {
        return escape::string_literal(text);
    }
    if let Some(bit) = value.bit {
        return format!("1 << {bit}");
    }
    let number = value.number.as_deref().and_then(|number| number.parse::<i128>().ok());
    let number = number.unwrap_or_default();
    match number {
        ..0 => format!("{:#x}", number + (1 << bits(group.int))),
        10.. if group.flags => format!("{number:#x}"),
        _ => number.to_string(),
    }
}

/// The width of an integer by its name in the document.
fn bits(int: &str) -> u32 {
    match int {
        "u8" | "s8" => 8,
        "u16" | "s16" => 16,
        "u32" | "s32" => 32,
        _ => 64,
    }
}
