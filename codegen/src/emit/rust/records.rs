//! The structs that are read or written as they are in memory: elements of arrays, and
//! the results of requests.

use proc_macro2::TokenStream;
use quote::quote;

use super::integers::{picked, put, typed};
use super::tokens::{decimal, ident, int_type};
use super::{aggregates, format};
use crate::ir::protocol::{Aggregate, RecordPlan};
use crate::ir::requests::RequestElement;
use crate::ir::{Abi, Struct};
use crate::layout::Int;

/// The file with all of them, if there are any.
pub(super) fn module(abi: &Abi) -> Option<String> {
    let records = &abi.protocol.records;
    if records.is_empty() {
        return None;
    }
    let impls = records.iter().map(|plan| record(abi, plan));
    Some(format::file(quote! {
        //! Structs that are read from bytes and written to bytes.

        use crate::array::Element;
        use crate::uapi;
        use crate::wire::Wire;

        #(#impls)*
    }))
}

fn record(abi: &Abi, plan: &RecordPlan) -> TokenStream {
    let struct_ = abi.struct_(plan.struct_);
    let name = ident(&struct_.name);
    let size = picked(plan.size, quote!(wire));
    let wire = if plan.size.is_uniform() { quote!(_) } else { quote!(wire) };
    let reads = plan.fields.iter().map(|plan| {
        let field = &struct_.fields[plan.field];
        let (name, width) = (ident(field.stored_name()), decimal(plan.int.size()));
        let offset = picked(plan.offset, quote!(wire));
        let number = quote!(wire.number(bytes, #offset, #width).unwrap_or(0));
        let (_, value) = typed(abi, field.group, plan.int, number);
        quote!(element.#name = #value;)
    });
    let puts = plan.fields.iter().map(|plan| put(abi, struct_, plan, quote!(self)));
    let structs = plan.aggregates.iter().filter(|field| field.struct_().is_some());
    let inner_reads = structs.clone().map(|plan| {
        let name = ident(struct_.fields[plan.field].stored_name());
        let cast = (!plan.offset.is_uniform()).then(|| quote!(as usize));
        let place = picked(plan.offset, quote!(wire));
        let value = aggregates::read_start(abi, plan, quote!(wire), quote!(inner));
        quote! {
            let inner = bytes.get(#place #cast ..).unwrap_or_default();
            element.#name = #value;
        }
    });
    let inner_puts = structs.map(|plan| aggregates::put(struct_, plan, quote!(self)));
    let arrays = plan.aggregates.iter().filter_map(|plan| match plan.element {
        RequestElement::Int(int) => Some((plan, int)),
        RequestElement::Struct(..) => None,
    });
    let array_reads = arrays.clone().map(|(plan, int)| numbers_read(struct_, plan, int));
    let array_puts = arrays.map(|(plan, int)| numbers_put(struct_, plan, int));
    quote! {
        impl Element for uapi::#name {
            #[inline]
            fn size(#wire: Wire) -> u32 {
                #size
            }

            #[inline]
            fn read(wire: Wire, bytes: &[u8]) -> Self {
                let mut element = Self::new();
                #(#reads)*
                #(#inner_reads)*
                #(#array_reads)*
                element
            }

            fn write(&self, put: &mut dyn FnMut(u32, &[u8])) {
                #(#puts)*
                #(#inner_puts)*
                #(#array_puts)*
            }
        }
    }
}

/// Reads an array of integers.
fn numbers_read(struct_: &Struct, plan: &Aggregate, int: Int) -> TokenStream {
    let name = ident(&struct_.fields[plan.field].name);
    let (width, type_) = (decimal(int.size()), int_type(int));
    let offset = picked(plan.offset, quote!(wire));
    let at = quote!((nth as u32).saturating_mul(#width).saturating_add(#offset));
    let cast = (int.size() < 8 || int.signed()).then(|| quote!(as #type_));
    quote! {
        for (nth, item) in element.#name.iter_mut().enumerate() {
            *item = wire.number(bytes, #at, #width).unwrap_or(0) #cast;
        }
    }
}

/// Writes an array of integers.
fn numbers_put(struct_: &Struct, plan: &Aggregate, int: Int) -> TokenStream {
    let name = ident(&struct_.fields[plan.field].name);
    let (width, offset) = (decimal(int.size()), decimal(plan.offset.kernel()));
    let at = quote!((nth as u32).saturating_mul(#width).saturating_add(#offset));
    quote! {
        for (nth, item) in self.#name.iter().enumerate() {
            put(#at, &item.to_ne_bytes());
        }
    }
}
