//! Named numbers: a constant for each under the kernel's name and, if the group is
//! a type, the type with its short names.

use proc_macro2::TokenStream;
use quote::quote;

use super::comment::Docs;
use super::tokens::{decimal, ident, int_type, value_expr};
use super::{derives, examples};
use crate::ir::{Abi, Group, Literal, Value};
use crate::layout::Int;
use crate::names;
use crate::runtime::NUMBER_ITEMS;

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
    let getters = group.masks().filter_map(|mask| mask_getter(docs, group, mask));
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

            #(#getters)*
        }

        #operations!(#name, #type_);
    }
}

/// The method that reads the bits of a mask: as a number, where they are if they are read in place,
/// and as a value of the type if these have names.
fn mask_getter(docs: &Docs<'_>, group: &Group, mask: &Value) -> Option<TokenStream> {
    let name = names::mask_getter(&mask.short, &NUMBER_ITEMS)?;
    let is_free = group.values.iter().all(|value| value.short != name);
    let name = is_free.then(|| ident(&name))?;
    let has_names = group.values.iter().any(|value| value.mask.as_ref() == Some(&mask.name));
    let (int, constant) = (int_type(int(group)), ident(&mask.name));
    let bits = quote!(self.0 & #constant);
    let shift = group.bits_of(mask).trailing_zeros();
    let (what, type_, value) = match (has_names, mask.in_place, shift) {
        (true, ..) => {
            (format!("The value of `{}`.", mask.short), quote!(Self), quote!(Self(#bits)))
        }
        (false, true, _) => {
            (format!("The bits of `{}`, where they are.", mask.short), quote!(#int), bits)
        }
        (false, false, 0) => (format!("The number in `{}`.", mask.short), quote!(#int), bits),
        (false, false, shift) => {
            let shift = decimal(shift.into());
            let what = format!("The number in `{}`, shifted to its lowest bit.", mask.short);
            (what, quote!(#int), quote!((#bits) >> #shift))
        }
    };
    let doc = docs.paragraphs(&[what]);
    Some(quote!(#doc pub const fn #name(self) -> #type_ { #value }))
}
