//! Getters: how a number, a struct or bytes are read out of a view.

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::rust::tokens::{decimal, ident, int_type};
use crate::ir::{Abi, Field, Struct, Type};
use crate::layout::PerModel;

/// The type that a getter returns, and how it is made of the number `number`.
pub(super) fn typed(
    abi: &Abi,
    field: &Field,
    number: TokenStream,
) -> Option<(TokenStream, TokenStream)> {
    let Type::Int(int) = &field.type_ else {
        return None;
    };
    let int_name = int_type(*int);
    let plain = match int.size() {
        8 if !int.signed() => number,
        _ => quote!(#number as #int_name),
    };
    match held(abi, field) {
        Some(group) => {
            let group = ident(group);
            Some((quote!(uapi::#group), quote!(uapi::#group(#plain))))
        }
        None => Some((quote!(#int_name), plain)),
    }
}

/// The type of the numbers that a field holds, if that is its own type too.
pub(super) fn held<'a>(abi: &'a Abi, field: &Field) -> Option<&'a str> {
    let Type::Int(int) = &field.type_ else {
        return None;
    };
    let group = field.group.map(|id| abi.group(id))?;
    group.rust.as_deref().filter(|_| group.int.size() == int.size())
}

/// A number that is the same on every model, or picked by the view's layout.
pub(super) fn picked(numbers: PerModel<u64>, wire: TokenStream) -> TokenStream {
    let [lp64, ilp32, ilp32_aligned] = numbers.map(decimal);
    match numbers.iter().all(|number| *number == numbers[0]) {
        true => quote!(#lp64),
        false => quote!(#wire.pick(#lp64, #ilp32, #ilp32_aligned)),
    }
}

/// Where a field starts on each model.
pub(super) fn offsets(struct_: &Struct, field: usize) -> PerModel<u64> {
    struct_.spans(field).map(|span| span.offset)
}

/// Where a field ends on each model.
pub(super) fn ends(struct_: &Struct, field: usize) -> PerModel<u64> {
    struct_.spans(field).map(|span| span.end())
}
