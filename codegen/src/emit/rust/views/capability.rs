//! The view of a capability in a reply.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::body::ChainBytes;
use crate::emit::rust::aggregates;
use crate::emit::rust::comment::{Docs, marked};
use crate::emit::rust::debug::{self, Getter};
use crate::emit::rust::tokens::{decimal, ident, int_type};
use crate::ir::protocol::{Aggregate, ArrayPlan, CapPlan, ElementPlan};
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
        names::cap_type(&self.chain.name, &self.item.short)
    }

    /// The variant in the enum of the chain, or of a kind in that of its parent.
    pub(super) fn variant(self) -> Ident {
        ident(&names::rust_type(&self.item.short))
    }

    /// One line of documentation; the constant has the whole paragraph.
    pub(super) fn summary(self) -> TokenStream {
        let line = format!(" The capability [`uapi::{}`].", self.item.name);
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
        let check = ChainBytes::Reply.check(self.plan);
        let getters = self.struct_.map(|struct_| self.getters(docs, struct_));
        let getters = getters.map(|getters| {
            quote! {
                impl<'a> #name<'a> {
                    #getters
                }
            }
        });
        let debug = debug::of_view(&name, self.names_of_getters());
        quote! {
            #doc
            #[derive(Clone, Copy)]
            pub struct #name<'a> {
                cap: RawCap<'a>,
            }

            capability!(#name, #newest, |cap| #check);

            #debug

            #getters
        }
    }

    fn getters(self, docs: &Docs<'_>, struct_: &Struct) -> TokenStream {
        let fields = ChainBytes::Reply.getters(docs, self.abi, struct_, self.plan);
        let aggregates = self.plan.aggregates.iter();
        let aggregates = aggregates.map(|field| self.aggregate(docs, struct_, field));
        let array = self.plan.array.as_ref().map(|array| self.array(docs, struct_, array));
        quote!(#fields #(#aggregates)* #array)
    }

    /// The names of all getters.
    pub(super) fn names_of_getters(self) -> Vec<Getter> {
        let Some(struct_) = self.struct_ else { return Vec::new() };
        let plan = self.plan;
        let fixed = plan.fixed_arrays.iter().map(|array| array.first.field);
        let others = plan.aggregates.iter().map(|field| field.field).chain(fixed);
        let others = others.chain(plan.array.iter().map(|array| array.field));
        let all = debug::integers(struct_, &plan.fields).chain(debug::others(struct_, others));
        all.map(|(field, name)| (field, names::view_getter(&name))).collect()
    }

    /// The getter of a struct or of an array of fixed length.
    fn aggregate(self, docs: &Docs<'_>, struct_: &Struct, plan: &Aggregate) -> TokenStream {
        let field = &struct_.fields[plan.field];
        let start = ChainBytes::Reply.size(&quote!(self.cap), plan.offset);
        let (wire, bytes) = (quote!(self.cap.wire), quote!(self.cap.tail_from(#start)));
        let value = aggregates::read_start(self.abi, plan, wire, bytes);
        let value = (aggregates::type_(self.abi, plan), value);
        let doc = docs.part(&field.meta, &struct_.meta);
        ChainBytes::Reply.value(doc, field.stored_name(), value, plan.version)
    }

    /// The getter of the array after the body.
    fn array(self, docs: &Docs<'_>, struct_: &Struct, plan: &ArrayPlan) -> TokenStream {
        let field = &struct_.fields[plan.field];
        let doc = docs.part(&field.meta, &struct_.meta);
        let name = ident(&names::view_getter(&field.name));
        let (cap, reply) = (quote!(self.cap), ChainBytes::Reply);
        let start = reply.size(&cap, plan.offset);
        let bytes = match &plan.count {
            Some(count) => {
                let stride = reply.size(&cap, plan.stride);
                let count = reply.number(&cap, count);
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
