//! The `Debug` of views, by the names of their getters.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::integers::getters;
use super::tokens::ident;
use crate::ir::Struct;
use crate::ir::protocol::IntField;

/// The index of a field and the name of a getter of it.
pub(super) type Getter = (usize, String);

/// The getters of integers.
pub(super) fn integers<'a>(
    struct_: &'a Struct,
    fields: impl IntoIterator<Item = &'a IntField>,
) -> impl Iterator<Item = Getter> {
    fields.into_iter().flat_map(|plan| {
        let names = getters(&struct_.fields[plan.field]).into_iter();
        names.map(|(name, _)| (plan.field, name.to_owned()))
    })
}

/// The getters of structs and arrays.
pub(super) fn others(
    struct_: &Struct,
    fields: impl IntoIterator<Item = usize>,
) -> impl Iterator<Item = Getter> {
    fields.into_iter().map(|field| (field, struct_.fields[field].stored_name().to_owned()))
}

/// The `Debug` of a view of bytes.
pub(super) fn of_view(name: &Ident, getters: impl IntoIterator<Item = Getter>) -> TokenStream {
    let getters = in_order(getters);
    quote!(debug_by_getters! { #name: #(#getters),* })
}

/// The `Debug` of a view in a space of the type `S`.
pub(super) fn of_space_view(
    name: &Ident,
    getters: impl IntoIterator<Item = Getter>,
) -> TokenStream {
    let getters = in_order(getters);
    quote!(debug_by_getters! { #name in S: #(#getters),* })
}

/// The getters in the order of the fields.
fn in_order(getters: impl IntoIterator<Item = Getter>) -> Vec<Ident> {
    let mut getters: Vec<_> = getters.into_iter().collect();
    getters.sort_by_key(|(field, _)| *field);
    getters.iter().map(|(_, name)| ident(name)).collect()
}
