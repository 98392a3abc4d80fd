//! What the views of capabilities have in common, in replies and in spaces: the checks of a body
//! and its getters.

use proc_macro2::TokenStream;
use quote::quote;

use super::space_body;
use crate::emit::rust::comment::Docs;
use crate::emit::rust::integers::{self, picked, typed};
use crate::emit::rust::tokens::{decimal, ident};
use crate::ir::protocol::{ByModel, CapPlan, IntField};
use crate::ir::{Abi, Struct};
use crate::names;

/// The bytes in which a chain is.
#[derive(Clone, Copy)]
pub(super) enum ChainBytes {
    /// A reply, in the layout of its machine.
    Reply,
    /// A space, whose layout is the same everywhere.
    Space,
}

impl ChainBytes {
    /// The version of `cap`.
    fn version(self, cap: &TokenStream) -> TokenStream {
        match self {
            Self::Reply => quote!(#cap.version),
            Self::Space => quote!(#cap.version()),
        }
    }

    /// A size or an offset in `cap`.
    pub(super) fn size(self, cap: &TokenStream, size: ByModel) -> TokenStream {
        match self {
            Self::Reply => picked(size, quote!(#cap.wire)),
            Self::Space => {
                let size = decimal(size.kernel());
                quote!(#size)
            }
        }
    }

    /// The integer at a field of `cap`.
    pub(super) fn number(self, cap: &TokenStream, field: &IntField) -> TokenStream {
        let (offset, width) = (self.size(cap, field.offset), decimal(field.int.size()));
        quote!(#cap.number(#offset, #width))
    }

    /// The checks that a body passes before its getters can be called.
    pub(super) fn check(self, plan: &CapPlan) -> TokenStream {
        let cap = quote!(cap);
        let required = plan.required_size.iter().map(|size| self.size(&cap, *size));
        let required: Vec<_> = required.collect();
        let Some((newest, older)) = required.split_last() else { return quote!(Ok(())) };
        let required = match older {
            [] => quote!(#newest),
            older => {
                let arms = (1_u64..).zip(older).map(|(version, size)| {
                    let version = decimal(version);
                    quote!(#version => #size)
                });
                let version = self.version(&cap);
                quote!(match #version { #(#arms,)* _ => #newest })
            }
        };
        if let Some(checks) = space_body::checks(plan) {
            return quote! {{
                cap.body(#required)?;
                #checks
            }};
        }
        match plan.array.as_ref().and_then(|array| Some((array, array.count.as_ref()?))) {
            None => quote!(cap.body(#required)),
            Some((array, count)) => {
                let [start, stride] =
                    [array.offset, array.stride].map(|size| self.size(&cap, size));
                let count = self.number(&cap, count);
                quote! {{
                    cap.body(#required)?;
                    cap.array(#start, #count, #stride)
                }}
            }
        }
    }

    /// The getters of all integers.
    pub(super) fn getters(
        self,
        docs: &Docs<'_>,
        abi: &Abi,
        struct_: &Struct,
        plan: &CapPlan,
    ) -> TokenStream {
        let body = &plan.body;
        let fields = plan.fields.iter().map(|field| {
            let moved = body.part(field.field).is_some() || body.moves(field.offset.kernel());
            match moved {
                true => space_body::getter(docs, abi, struct_, body, field),
                false => self.getter(docs, abi, struct_, field),
            }
        });
        quote!(#(#fields)*)
    }

    fn getter(self, docs: &Docs<'_>, abi: &Abi, struct_: &Struct, plan: &IntField) -> TokenStream {
        let field = &struct_.fields[plan.field];
        let number = self.number(&quote!(self.cap), plan);
        let getters = integers::getters(field).into_iter().map(|(name, meta)| {
            let value = typed(abi, field.group, plan.int, number.clone());
            self.value(docs.part(meta, &struct_.meta), name, value, plan.version)
        });
        quote!(#(#getters)*)
    }

    /// The getter of a field that has `version` and later ones.
    pub(super) fn value(
        self,
        doc: TokenStream,
        field: &str,
        (type_, value): (TokenStream, TokenStream),
        version: u16,
    ) -> TokenStream {
        let name = ident(&names::view_getter(field));
        let is_len = (name == "len").then(|| {
            quote! {
                #[allow(clippy::len_without_is_empty, reason = "the length is a field")]
            }
        });
        let doc = quote!(#doc #is_len);
        match version {
            0 | 1 => quote!(#doc #[inline] pub fn #name(&self) -> #type_ { #value }),
            since => {
                let cap = quote!(self.cap);
                let (version, since) = (self.version(&cap), decimal(u64::from(since)));
                quote! {
                    #doc
                    #[inline]
                    pub fn #name(&self) -> Option<#type_> {
                        (#version >= #since).then(|| #value)
                    }
                }
            }
        }
    }
}
