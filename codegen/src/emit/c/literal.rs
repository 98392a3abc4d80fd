//! C literals of numbers and strings: those of the specification in its form, and those of the
//! protocol plan.

use crate::ir::{Literal, Value};

/// The value for a `#define`; a mask has a line for each of its names.
pub(super) fn value(value: &Value) -> Vec<String> {
    match &value.literal {
        Literal::Decimal | Literal::Next => vec![decimal(value.number)],
        Literal::Hex => vec![hex(value.number)],
        Literal::Bit { bit, signed } => vec![single_bit(*bit, *signed)],
        Literal::Or(names) => any_of(names),
        Literal::Alias(name) => vec![name.clone()],
        Literal::Text(text) => vec![string(text)],
    }
}

/// A decimal number, in parentheses if it is negative.
pub(super) fn decimal(number: i128) -> String {
    match number < 0 {
        true => format!("({number})"),
        false => format!("{number}{}", suffix(number)),
    }
}

/// A hexadecimal number.
pub(super) fn hex(number: i128) -> String {
    format!("{number:#x}{}", suffix(number))
}

/// The suffix that makes a literal valid on every target.
fn suffix(number: i128) -> &'static str {
    match number > i128::from(u32::MAX) {
        true => "ULL",
        false => "",
    }
}

fn single_bit(bit: u32, signed: bool) -> String {
    let one = match bit {
        31 if !signed => "1U",
        32.. => "1ULL",
        _ => "1",
    };
    format!("({one} << {bit})")
}

/// `(A | B)` with a line break after every operator; 0 without names.
fn any_of(names: &[String]) -> Vec<String> {
    if names.is_empty() {
        return vec![decimal(0)];
    }
    let last = names.len().saturating_sub(1);
    let lines = names.iter().enumerate().map(|(index, name)| {
        let open = if index == 0 { "(" } else { "" };
        let close = if index == last { ")" } else { " |" };
        format!("{open}{name}{close}")
    });
    lines.collect()
}

/// A string literal. Octal escapes end after three digits, whatever follows;
/// a question mark could start a trigraph.
pub(super) fn string(text: &str) -> String {
    let mut literal = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' | b'?' => literal.extend(['\\', char::from(byte)]),
            b' '..=b'~' => literal.push(char::from(byte)),
            _ => literal += &format!("\\{byte:03o}"),
        }
    }
    literal.push('"');
    literal
}

/// A number of the protocol plan: in hexadecimal unless it has one digit.
pub(super) fn literal(number: u64) -> String {
    match number {
        0..=9 => number.to_string(),
        10..=0xffff_ffff => format!("{number:#x}"),
        _ => format!("{number:#x}ULL"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_form_of_the_specification() {
        assert_eq!(decimal(12), "12");
        assert_eq!(decimal(-1), "(-1)");
        assert_eq!(hex(0xffff), "0xffff");
        assert_eq!(hex(1 << 32), "0x100000000ULL");
        assert_eq!(single_bit(16, false), "(1 << 16)");
        assert_eq!(single_bit(31, false), "(1U << 31)");
        assert_eq!(single_bit(31, true), "(1 << 31)");
        assert_eq!(single_bit(32, false), "(1ULL << 32)");
    }

    #[test]
    fn a_mask_is_broken_after_its_operators() {
        let names = ["A", "B", "C"].map(str::to_owned);
        assert_eq!(any_of(&names), ["(A |", "B |", "C)"]);
        assert_eq!(any_of(&names[..1]), ["(A)"]);
        assert_eq!(any_of(&[]), ["0"]);
    }

    #[test]
    fn a_string_cannot_end_itself() {
        assert_eq!(string("vfio-pci"), r#""vfio-pci""#);
        assert_eq!(string("a\"b\\?\n1"), r#""a\"b\\\?\0121""#);
        assert_eq!(string("é"), r#""\303\251""#);
    }
}
