//! Integers of structs: the type that a getter returns, the expressions that read and write it,
//! and numbers that differ between data models.

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::rust::tokens::{decimal, ident, int_type};
use crate::ir::protocol::{ByModel, IntField};
use crate::ir::{Abi, Field, GroupId, Meta, Struct};
use crate::layout::Int;

/// The type that the getter of a field with numbers of a group returns, and the expression that makes it from `number`.
pub(super) fn typed(
    abi: &Abi,
    group: Option<GroupId>,
    int: Int,
    number: TokenStream,
) -> (TokenStream, TokenStream) {
    let int_name = int_type(int);
    let plain = match int.size() {
        8 if !int.signed() => number,
        _ => quote!(#number as #int_name),
    };
    match group_type(abi, group, int) {
        Some(group) => {
            let group = ident(group);
            (quote!(uapi::#group), quote!(uapi::#group(#plain)))
        }
        None => (quote!(#int_name), plain),
    }
}

/// The getters of an integer field, each with its documentation: one, or that of each member of a
/// union.
pub(super) fn getters(field: &Field) -> Vec<(&str, &Meta)> {
    match field.arms() {
        [] => vec![(&field.name, &field.meta)],
        arms => arms.iter().map(|arm| (arm.name.as_str(), &arm.meta)).collect(),
    }
}

/// The type of the numbers of a group, if a field of this integer has this type.
fn group_type(abi: &Abi, group: Option<GroupId>, int: Int) -> Option<&str> {
    let group = group.map(|id| abi.group(id))?;
    group.rust.as_deref().filter(|_| group.int.size() == int.size())
}

/// The bytes of `value`, which has the type of a field.
pub(super) fn bytes_of(abi: &Abi, field: &Field, int: Int, value: TokenStream) -> TokenStream {
    match group_type(abi, field.group, int) {
        Some(_) => quote!(&#value.0.to_ne_bytes()),
        None => quote!(&#value.to_ne_bytes()),
    }
}

/// Passes the bytes of a field of `value` to `put`.
pub(super) fn put(abi: &Abi, struct_: &Struct, plan: &IntField, value: TokenStream) -> TokenStream {
    let field = &struct_.fields[plan.field];
    let (offset, name) = (decimal(plan.offset.kernel()), ident(field.stored_name()));
    let bytes = bytes_of(abi, field, plan.int, quote!(#value.#name));
    quote!(put(#offset, #bytes);)
}

/// A size or an offset: a literal, or one picked by the data model of `wire`.
pub(super) fn picked(bytes: ByModel, wire: TokenStream) -> TokenStream {
    let [lp64, ilp32, ilp32_aligned] = bytes.0.map(decimal);
    match bytes.is_uniform() {
        true => quote!(#lp64),
        false => quote!(#wire.pick(#lp64, #ilp32, #ilp32_aligned)),
    }
}
