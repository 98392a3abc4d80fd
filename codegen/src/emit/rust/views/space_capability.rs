//! The view of a capability in a space, and of its kinds.

use proc_macro2::TokenStream;
use quote::quote;

use super::body::ChainBytes;
use super::capability::PlannedCap;
use super::{bits, space_body};
use crate::emit::rust::comment::Docs;
use crate::emit::rust::debug;
use crate::emit::rust::tokens::{decimal, hex, ident, int_type};
use crate::ir::protocol::{ArrayPlan, BitField, BodyPlan, ElementPlan, KindPlan};
use crate::ir::{CapabilityId, Struct};
use crate::names;

/// The view of a capability.
pub(super) fn view(docs: &Docs<'_>, cap: PlannedCap<'_>) -> TokenStream {
    let name = ident(&cap.view_name());
    let doc = cap.summary();
    let newest = decimal(u64::from(cap.plan.newest));
    let check = ChainBytes::Space.check(cap.plan);
    let getters = cap.struct_.map(|struct_| getters(docs, cap, struct_));
    let tables = space_body::tables(cap.plan);
    let kinds = (!cap.plan.kinds.is_empty()).then(|| kinds(cap));
    let (kind, kind_type) = kinds.unzip();
    let methods = (getters.is_some() || kind.is_some()).then(|| {
        quote! {
            impl<'a, S: Space + ?Sized> #name<'a, S> {
                #tables
                #getters
                #kind
            }
        }
    });
    let debug = debug::of_space_view(&name, cap.names_of_getters());
    quote! {
        #doc
        pub struct #name<'a, S: ?Sized = [u8]> {
            cap: SpaceCap<'a, S>,
        }

        space_capability!(#name, #newest, |cap| #check);

        #debug

        #methods
        #kind_type
    }
}

/// The method that returns the kind of a capability, and the enum of its kinds.
fn kinds(cap: PlannedCap<'_>) -> (TokenStream, TokenStream) {
    let enum_ = ident(&names::cap_kinds(&cap.chain.name, &cap.item.short));
    let of = |id: CapabilityId| PlannedCap::new(cap.abi, cap.chain, id);
    let kinds: Vec<_> = cap.plan.kinds.iter().map(|kind| (kind, of(kind.capability))).collect();
    let tests = kinds.iter().map(|(plan, kind)| {
        let (condition, view, variant) =
            (condition(plan), ident(&kind.view_name()), kind.variant());
        quote! {
            #condition
            if is {
                return #view::read(cap).map(#enum_::#variant);
            }
        }
    });
    let method = quote! {
        /// The kind of the capability.
        #[inline]
        pub fn kind(&self) -> Result<#enum_<'a, S>, SpaceError> {
            let cap = self.cap;
            #(#tests)*
            Ok(#enum_::Unknown)
        }
    };
    let variants = kinds.iter().map(|(_, kind)| {
        let (doc, variant, view) = (kind.summary(), kind.variant(), ident(&kind.view_name()));
        quote!(#doc #variant(#view<'a, S>))
    });
    let doc = [" The kinds of [`", &cap.view_name(), "`]."].concat();
    let type_ = quote! {
        #[doc = #doc]
        #[non_exhaustive]
        pub enum #enum_<'a, S: ?Sized = [u8]> {
            #(#variants,)*
            /// Another kind.
            Unknown,
        }
    };
    (method, type_)
}

/// The test of a kind: statements that end with `is`.
fn condition(plan: &KindPlan) -> TokenStream {
    let body = plan.body.iter().map(|one| (one, quote!(has)));
    let space = plan.space.iter().map(|one| (one, quote!(start_has)));
    let tests = body.chain(space).enumerate().map(|(nth, ((place, value), has))| {
        let (place, value) = (bits(*place), hex(*value));
        let before = (nth > 0).then(|| quote!(is &&));
        quote! {
            let place = #place;
            let is = #before cap.#has(place, #value);
        }
    });
    quote!(#(#tests)*)
}

fn getters(docs: &Docs<'_>, cap: PlannedCap<'_>, struct_: &Struct) -> TokenStream {
    let fields = ChainBytes::Space.getters(docs, cap.abi, struct_, cap.plan);
    let body = &cap.plan.body;
    let fixed = cap.plan.fixed_arrays.iter();
    let fixed = fixed.map(|array| space_body::fixed_array(docs, struct_, body, array));
    let array = cap.plan.array.as_ref().map(|array| numbers(docs, struct_, body, array));
    let structs = space_body::structs(docs, cap.abi, cap.chain, (struct_, cap.plan));
    quote!(#fields #(#fixed)* #array #structs)
}

/// The getter of the array after the body.
fn numbers(docs: &Docs<'_>, struct_: &Struct, body: &BodyPlan, plan: &ArrayPlan) -> TokenStream {
    let field = &struct_.fields[plan.field];
    let ElementPlan::Int(int) = plan.element else { return TokenStream::new() };
    let doc = docs.part(&field.meta, &struct_.meta);
    let (name, type_) = (ident(&names::view_getter(&field.name)), int_type(int));
    let cap = quote!(self.cap);
    let start = space_body::place(body, &cap, plan.offset.kernel());
    let stride = ChainBytes::Space.size(&cap, plan.stride);
    let (before, count) = space_body::counted(body, plan);
    quote! {
        #doc
        #[inline]
        pub fn #name(&self) -> SpaceNumbers<'a, S, #type_> {
            #before
            self.cap.numbers(#start, #count, #stride)
        }
    }
}

/// Ends each capability that has a length at its length, those with the same bits together.
pub(super) fn ends(caps: &[PlannedCap<'_>]) -> Option<TokenStream> {
    let mut lengths: Vec<(BitField, Vec<proc_macro2::Ident>)> = Vec::new();
    for cap in caps {
        let Some(length) = cap.plan.length else { continue };
        let constant = ident(&cap.item.name);
        match lengths.iter_mut().find(|(bits, _)| *bits == length) {
            Some((_, constants)) => constants.push(constant),
            None => lengths.push((length, vec![constant])),
        }
    }
    let arms = lengths.iter().map(|(length, constants)| {
        let length = bits(*length);
        quote!((#(uapi::#constants)|*, 1..) => cap.until(#length))
    });
    let arms: Vec<_> = arms.collect();
    (!arms.is_empty()).then(|| {
        quote! {
            let cap = match known {
                #(#arms,)*
                _ => cap,
            };
        }
    })
}
