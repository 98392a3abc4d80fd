//! C literals of numbers and strings: those of the specification in its form, and those of the
//! protocol plan.

use crate::ir::{Literal, Value};
use crate::layout::LiteralType;

/// The value for a `#define`; a mask has a line for each of its names.
pub(super) fn value(value: &Value) -> Vec<String> {
    match &value.literal {
        Literal::Decimal | Literal::Next => match value.c_type {
            Some(type_) => vec![format!("{}{}", value.number, type_.suffix())],
            None => vec![decimal(value.number)],
        },
        Literal::Hex => match value.c_type {
            Some(type_) => vec![typed_hex(value.number, type_)],
            None => vec![hex(value.number)],
        },
        Literal::Bit { bit, signed: true } => vec![format!("(1 << {bit})")],
        Literal::Bit { bit, signed: false } => vec![single_bit(*bit, value.c_type)],
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

/// A number of this type. A `long` is written as the complement of a number that it has on
/// every target.
fn typed_hex(number: i128, type_: LiteralType) -> String {
    match type_ {
        LiteralType::UnsignedLong if number > i128::from(u32::MAX) => {
            format!("(~{:#x}UL)", !(number as u64))
        }
        _ => format!("{number:#x}{}", type_.suffix()),
    }
}

/// The suffix that makes a literal valid on every target.
fn suffix(number: i128) -> &'static str {
    match number > i128::from(u32::MAX) {
        true => "ULL",
        false => "",
    }
}

fn single_bit(bit: u32, type_: Option<LiteralType>) -> String {
    let type_ = type_.or(LiteralType::needed(Some(bit), 1 << bit.min(63)));
    format!("(1{} << {bit})", type_.map_or("", LiteralType::suffix))
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
        assert_eq!(single_bit(16, None), "(1 << 16)");
        assert_eq!(single_bit(31, None), "(1U << 31)");
        assert_eq!(single_bit(32, None), "(1ULL << 32)");
        assert_eq!(single_bit(3, Some(LiteralType::UnsignedLong)), "(1UL << 3)");
    }

    #[test]
    fn numbers_have_the_type_of_the_specification() {
        assert_eq!(typed_hex(0xfee0_0000, LiteralType::UnsignedLongLong), "0xfee00000ULL");
        assert_eq!(typed_hex(0xf, LiteralType::UnsignedLong), "0xfUL");
        assert_eq!(typed_hex(0xffff_ffff_ffff_fff0, LiteralType::UnsignedLong), "(~0xfUL)");
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
