//! Named numbers: a constant for each under the kernel's name and, if the group is
//! a type, the type with its short names.

use proc_macro2::TokenStream;
use quote::quote;

use super::comment::Docs;
use super::tokens::{ident, int_type, value_expr};
use super::{derives, examples};
use crate::ir::{Abi, Group, Literal, Value};
use crate::layout::Int;

/// Whether any group of the ABI is a type.
pub(super) fn has_types(abi: &Abi) -> bool {
    abi.groups.iter().any(|group| group.rust.is_some())
}

/// A group's constants, then its type.
pub(super) fn items(abi: &Abi, docs: &Docs<'_>, group: &Group) -> TokenStream {
    let int = int(group);
    let constants = group.values.iter().map(|value| constant(docs, group, value, int));
    let type_ = group.rust.as_ref().map(|name| newtype(abi, docs, group, name, int));
    quote!(#(#constants)* #type_)
}

/// The integer type of a group; plain numbers are unsigned.
pub(super) fn int(group: &Group) -> Int {
    group.int.value()
}

/// The Rust type of one of a group's constants.
pub(super) fn type_of(group: &Group, value: &Value) -> TokenStream {
    match &value.literal {
        Literal::Text(_) => quote!(&str),
        _ => {
            let type_ = int_type(int(group));
            quote!(#type_)
        }
    }
}

fn constant(docs: &Docs<'_>, group: &Group, value: &Value, int: Int) -> TokenStream {
    let doc = docs.part(&value.meta, &group.meta);
    let name = ident(&value.name);
    let expr = value_expr(value, int);
    let type_ = type_of(group, value);
    quote!(#doc pub const #name: #type_ = #expr;)
}

fn newtype(abi: &Abi, docs: &Docs<'_>, group: &Group, name: &str, int: Int) -> TokenStream {
    let doc = match group.field {
        Some(_) => docs.part(&group.meta, &group.meta),
        None => docs.item(&group.meta),
    };
    let example = examples::group(abi, group, name);
    let example = example.map(|example| examples::block("", &example));
    let (name, type_) = (ident(name), int_type(int));
    let shorts = group.values.iter().map(|value| {
        let doc = docs.alias(&value.name, &value.meta);
        let (short, constant) = (ident(&value.short), ident(&value.name));
        let same = group.aliased(value).map(|same| ident(&same.short));
        let number = same.map_or(quote!(Self(#constant)), |same| quote!(Self::#same));
        quote!(#doc pub const #short: Self = #number;)
    });
    let named = group.named().map(|value| {
        let (text, short) = (&value.short, ident(&value.short));
        quote!((#text, Self::#short))
    });
    let (what, operations) = match group.is_flags() {
        true => ("Every single flag with its name.", quote!(flags)),
        false => ("Every number with its name.", quote!(numbers)),
    };
    let what = [" ", what].concat();
    let derives = derives::of_newtype();
    quote! {
        #doc
        #example
        #[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
        #derives
        #[repr(transparent)]
        pub struct #name(pub #type_);

        impl #name {
            #(#shorts)*

            #[doc = #what]
            pub const NAMED: &[(&'static str, Self)] = &[#(#named),*];
        }

        #operations!(#name, #type_);
    }
}
