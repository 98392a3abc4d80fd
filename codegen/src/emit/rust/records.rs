//! The structs that are read or written as they are in memory: elements of arrays, and
//! the results of requests.

use proc_macro2::TokenStream;
use quote::quote;

use super::format;
use super::integers::{picked, put, typed};
use super::tokens::{decimal, ident, int_type};
use crate::ir::Abi;
use crate::ir::protocol::RecordPlan;

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
    let inner_reads = plan.structs.iter().map(|(field, id, offset)| {
        let name = ident(&struct_.fields[*field].name);
        let (type_, place) = (ident(&abi.struct_(*id).name), picked(*offset, quote!(wire)));
        let cast = (!offset.is_uniform()).then(|| quote!(as usize));
        quote! {
            let inner = bytes.get(#place #cast ..).unwrap_or_default();
            element.#name = uapi::#type_::read(wire, inner);
        }
    });
    let inner_puts = plan.structs.iter().map(|(field, _, offset)| {
        let (name, offset) = (ident(&struct_.fields[*field].name), decimal(offset.kernel()));
        quote!(self.#name.write(&mut |at, field| put(at.saturating_add(#offset), field));)
    });
    let array_reads = plan.arrays.iter().map(|plan| {
        let name = ident(&struct_.fields[plan.field].name);
        let (width, int) = (decimal(plan.int.size()), int_type(plan.int));
        let offset = picked(plan.offset, quote!(wire));
        let at = quote!((nth as u32).saturating_mul(#width).saturating_add(#offset));
        let cast = (plan.int.size() < 8 || plan.int.signed()).then(|| quote!(as #int));
        quote! {
            for (nth, item) in element.#name.iter_mut().enumerate() {
                *item = wire.number(bytes, #at, #width).unwrap_or(0) #cast;
            }
        }
    });
    let array_puts = plan.arrays.iter().map(|plan| {
        let name = ident(&struct_.fields[plan.field].name);
        let (width, offset) = (decimal(plan.int.size()), decimal(plan.offset.kernel()));
        let at = quote!((nth as u32).saturating_mul(#width).saturating_add(#offset));
        quote! {
            for (nth, item) in self.#name.iter().enumerate() {
                put(#at, &item.to_ne_bytes());
            }
        }
    });
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
