//! Numbers and names as tokens: identifiers, literals in the form in which
//! the specification writes them, types of integers.

use proc_macro2::{Ident, Literal as Token, Span, TokenStream};
use quote::quote;

use crate::ir::{Literal, Value};
use crate::layout::Int;
use crate::names;

/// A name as an identifier, raw if Rust reserves it.
pub(super) fn ident(name: &str) -> Ident {
    match names::is_rust_identifier(name) {
        true => Ident::new(name, Span::call_site()),
        false => Ident::new_raw(name, Span::call_site()),
    }
}

/// The Rust type of an integer.
pub(super) fn int_type(int: Int) -> Ident {
    let name = match (int.size(), int.signed()) {
        (1, false) => "u8",
        (2, false) => "u16",
        (4, false) => "u32",
        (_, false) => "u64",
        (1, true) => "i8",
        (2, true) => "i16",
        (4, true) => "i32",
        (_, true) => "i64",
    };
    ident(name)
}

/// A number in decimal, without a suffix.
pub(super) fn decimal(number: u64) -> Token {
    Token::u64_unsuffixed(number)
}

/// A number in hexadecimal, in groups of four digits if it is long.
pub(super) fn hex(number: u64) -> TokenStream {
    let digits = format!("{number:x}");
    let mut text = "0x".to_owned();
    for (index, digit) in digits.chars().enumerate() {
        let left = digits.len() - index;
        if index > 0 && left % 4 == 0 && digits.len() > 4 {
            text.push('_');
        }
        text.push(digit);
    }
    text.parse().expect("hexadecimal digits are a literal")
}

/// A value as an expression of its type. Negative numbers for unsigned fields are
/// converted to the bits of the field.
pub(super) fn value_expr(value: &Value, int: Int) -> TokenStream {
    let bits = if int.size() == 8 { 64 } else { 32 };
    let number = match (value.number < 0, bits) {
        (true, 32) => (value.number & 0xffff_ffff) as u64,
        _ => value.number as u64,
    };
    match &value.literal {
        Literal::Bit { bit, .. } => {
            let bit = Token::u32_unsuffixed(*bit);
            quote!(1 << #bit)
        }
        Literal::Or(names) => {
            let names = names.iter().map(|name| ident(name));
            quote!(#(#names)|*)
        }
        Literal::Alias(name) => {
            let name = ident(name);
            quote!(#name)
        }
        Literal::Hex => hex(number),
        Literal::Text(text) => quote!(#text),
        _ if value.number < 0 => hex(number),
        Literal::Decimal | Literal::Next => {
            let number = decimal(number);
            quote!(#number)
        }
    }
}
