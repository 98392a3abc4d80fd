//! The view of a capability: the checks of its body, and its getters.

use proc_macro2::TokenStream;
use quote::quote;

use super::fields::{picked, typed};
use crate::emit::rust::comment::{Docs, marked};
use crate::emit::rust::tokens::{decimal, ident, int_type};
use crate::ir::protocol::{ArrayPlan, CapPlan, ElementPlan, IntField};
use crate::ir::{Abi, Capability, CapabilityId, Chain, Struct};
use crate::layout::Int;
use crate::names;

/// A capability with its plan.
#[derive(Clone, Copy)]
pub(super) struct PlannedCap<'a> {
    pub(super) abi: &'a Abi,
    pub(super) chain: &'a Chain,
    pub(super) item: &'a Capability,
    pub(super) plan: &'a CapPlan,
    pub(super) struct_: Option<&'a Struct>,
}

impl<'a> PlannedCap<'a> {
    pub(super) fn new(abi: &'a Abi, chain: &'a Chain, id: CapabilityId) -> Self {
        let plan = &abi.protocol.capabilities[id.0];
        let struct_ = plan.struct_.map(|id| abi.struct_(id));
        Self { abi, chain, item: abi.capability(id), plan, struct_ }
    }

    /// The name of the view: chain and capability in camel case.
    pub(super) fn view_name(self) -> String {
        names::group_type(&[&self.chain.name, "_", &self.item.short].concat())
    }

    /// One line of documentation; the constant has the whole paragraph.
    pub(super) fn summary(self) -> TokenStream {
        let name = &self.item.name;
        let line = format!(" The capability [`{name}`](crate::uapi::{name}).");
        marked(quote!(#[doc = #line]), &self.item.meta)
    }

    /// Whether the view has an array of elements, and not of bytes.
    pub(super) fn has_array(self) -> bool {
        self.plan.array.as_ref().is_some_and(|array| !is_bytes(array))
    }

    /// The view.
    pub(super) fn view(self, docs: &Docs<'_>) -> TokenStream {
        let name = ident(&self.view_name());
        let doc = self.summary();
        let newest = decimal(u64::from(self.plan.newest));
        let check = self.check();
        let getters = self.struct_.map(|struct_| self.getters(docs, struct_));
        let getters = getters.map(|getters| {
            quote! {
                impl<'a> #name<'a> {
                    #getters
                }
            }
        });
        quote! {
            #doc
            #[derive(Clone, Copy, Debug)]
            pub struct #name<'a> {
                cap: RawCap<'a>,
            }

            capability!(#name, #newest, |cap| #check);

            #getters
        }
    }

    /// The checks that a body passes before its getters can be called.
    fn check(self) -> TokenStream {
        let required = self.plan.required_size.iter();
        let required: Vec<_> = required.map(|size| picked(*size, quote!(cap.wire))).collect();
        let Some((newest, older)) = required.split_last() else { return quote!(Ok(())) };
        let required = match older {
            [] => quote!(#newest),
            older => {
                let arms = (1_u64..).zip(older).map(|(version, size)| {
                    let version = decimal(version);
                    quote!(#version => #size)
                });
                quote!(match cap.version { #(#arms,)* _ => #newest })
            }
        };
        match self.plan.array.as_ref().and_then(|array| Some((array, array.count.as_ref()?))) {
            None => quote!(cap.body(#required)),
            Some((array, count)) => {
                let start = picked(array.offset, quote!(cap.wire));
                let stride = picked(array.stride, quote!(cap.wire));
                let count = number(quote!(cap), count);
                quote! {{
                    cap.body(#required)?;
                    cap.array(#start, #count, #stride)
                }}
            }
        }
    }

    fn getters(self, docs: &Docs<'_>, struct_: &Struct) -> TokenStream {
        let fields = self.plan.fields.iter().map(|plan| self.getter(docs, struct_, plan));
        let array = self.plan.array.as_ref().map(|array| self.array(docs, struct_, array));
        quote!(#(#fields)* #array)
    }

    fn getter(self, docs: &Docs<'_>, struct_: &Struct, plan: &IntField) -> TokenStream {
        let field = &struct_.fields[plan.field];
        let doc = docs.part(&field.meta, &struct_.meta);
        let name = ident(&names::view_getter(&field.name));
        let (type_, value) = typed(self.abi, field.group, plan.int, number(quote!(self.cap), plan));
        match plan.version {
            0 | 1 => quote!(#doc #[inline] pub fn #name(&self) -> #type_ { #value }),
            version => {
                let version = decimal(u64::from(version));
                quote! {
                    #doc
                    #[inline]
                    pub fn #name(&self) -> Option<#type_> {
                        (self.cap.version >= #version).then(|| #value)
                    }
                }
            }
        }
    }

    /// The getter of the array after the body.
    fn array(self, docs: &Docs<'_>, struct_: &Struct, plan: &ArrayPlan) -> TokenStream {
        let field = &struct_.fields[plan.field];
        let doc = docs.part(&field.meta, &struct_.meta);
        let name = ident(&names::view_getter(&field.name));
        let start = picked(plan.offset, quote!(self.cap.wire));
        let bytes = match &plan.count {
            Some(count) => {
                let stride = picked(plan.stride, quote!(self.cap.wire));
                let count = number(quote!(self.cap), count);
                quote!(self.cap.counted(#start, #count, #stride))
            }
            None => quote!(self.cap.tail_from(#start)),
        };
        match is_bytes(plan) {
            true => quote!(#doc #[inline] pub fn #name(&self) -> &'a [u8] { #bytes }),
            false => {
                let element = element_type(self.abi, &plan.element);
                quote! {
                    #doc
                    #[inline]
                    pub fn #name(&self) -> Array<'a, #element> {
                        Array::new(#bytes, self.cap.wire)
                    }
                }
            }
        }
    }
}

/// Whether an array is read as a slice of bytes.
pub(super) fn is_bytes(array: &ArrayPlan) -> bool {
    matches!(array.element, ElementPlan::Int(Int::U8))
}

/// The Rust type of an element.
pub(super) fn element_type(abi: &Abi, element: &ElementPlan) -> TokenStream {
    match element {
        ElementPlan::Int(int) => {
            let int = int_type(*int);
            quote!(#int)
        }
        ElementPlan::Struct(id, _) => {
            let name = ident(&abi.struct_(*id).name);
            quote!(uapi::#name)
        }
    }
}

/// The integer at a field of `cap`.
fn number(cap: TokenStream, field: &IntField) -> TokenStream {
    let offset = picked(field.offset, quote!(#cap.wire));
    let width = decimal(field.int.size());
    quote!(#cap.number(#offset, #width))
}
