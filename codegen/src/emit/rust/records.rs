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
    let named = |used| if used { quote!(wire) } else { quote!(_) };
    let (size_wire, read_wire) = (named(!plan.size.is_uniform()), named(reads_by_wire(plan)));
    let reads = plan.fields.iter().map(|plan| {
        let field = &struct_.fields[plan.field];
        let (name, width) = (ident(field.stored_name()), decimal(plan.int.size()));
        let (order, offset) = (order(plan.int), picked(plan.offset, quote!(wire)));
        let number = quote!(#order.number(bytes, #offset, #width).unwrap_or(0));
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
            fn size(#size_wire: Wire) -> u32 {
                #size
            }

            #[inline]
            fn read(#read_wire: Wire, bytes: &[u8]) -> Self {
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

/// What gives the byte order of an integer. One that is little-endian on every target keeps its
/// bytes, as the kernel's `__le32` does, so it has the order of the host.
fn order(int: Int) -> TokenStream {
    match int.little_endian() {
        true => quote!(Wire::HOST),
        false => quote!(wire),
    }
}

/// Whether the byte order or the layout of the bytes decides how the struct is read.
fn reads_by_wire(plan: &RecordPlan) -> bool {
    let ints = plan.fields.iter().map(|field| (field.int, field.offset));
    let mut ints = ints.chain(plan.aggregates.iter().filter_map(|field| match field.element {
        RequestElement::Int(int) => Some((int, field.offset)),
        RequestElement::Struct(..) => None,
    }));
    let has_structs = plan.aggregates.iter().any(|field| field.struct_().is_some());
    has_structs || ints.any(|(int, offset)| !int.little_endian() || !offset.is_uniform())
}

/// Reads an array of integers.
fn numbers_read(struct_: &Struct, plan: &Aggregate, int: Int) -> TokenStream {
    let name = ident(&struct_.fields[plan.field].name);
    let (width, type_) = (decimal(int.size()), int_type(int));
    let (order, offset) = (order(int), picked(plan.offset, quote!(wire)));
    let at = quote!((nth as u32).saturating_mul(#width).saturating_add(#offset));
    let cast = (int.size() < 8 || int.signed()).then(|| quote!(as #type_));
    quote! {
        for (nth, item) in element.#name.iter_mut().enumerate() {
            *item = #order.number(bytes, #at, #width).unwrap_or(0) #cast;
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
