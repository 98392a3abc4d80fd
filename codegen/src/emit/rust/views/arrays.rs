//! The structs in arrays: reading one from bytes and writing one to bytes.

use proc_macro2::TokenStream;
use quote::quote;

use super::fields::{picked, put, typed};
use crate::emit::rust::format;
use crate::emit::rust::tokens::{decimal, ident};
use crate::ir::protocol::{ByModel, ElementPlan, IntField};
use crate::ir::{Abi, StructId};

/// The file with all structs that are elements, if there are any.
pub(super) fn module(abi: &Abi) -> Option<String> {
    let elements = elements(abi);
    if elements.is_empty() {
        return None;
    }
    let impls = elements.iter().map(|(id, stride, fields)| element(abi, *id, *stride, fields));
    Some(format::file(quote! {
        //! Structs that are elements of arrays.

        use crate::array::Element;
        use crate::uapi;
        use crate::wire::Wire;

        #(#impls)*
    }))
}

/// Each struct that is an element, once.
fn elements(abi: &Abi) -> Vec<(StructId, ByModel, &[IntField])> {
    let arrays = abi.protocol.capabilities.iter().filter_map(|cap| cap.array.as_ref());
    let structs = arrays.filter_map(|array| match &array.element {
        ElementPlan::Struct(id, fields) => Some((*id, array.stride, fields.as_slice())),
        ElementPlan::Int(_) => None,
    });
    let mut elements: Vec<_> = structs.collect();
    elements.sort_by_key(|(id, ..)| *id);
    elements.dedup_by_key(|(id, ..)| *id);
    elements
}

fn element(abi: &Abi, id: StructId, stride: ByModel, fields: &[IntField]) -> TokenStream {
    let struct_ = abi.struct_(id);
    let name = ident(&struct_.name);
    let size = picked(stride, quote!(wire));
    let wire = if stride.is_uniform() { quote!(_) } else { quote!(wire) };
    let reads = fields.iter().map(|plan| {
        let field = &struct_.fields[plan.field];
        let (name, width) = (ident(&field.name), decimal(plan.int.size()));
        let offset = picked(plan.offset, quote!(wire));
        let number = quote!(wire.number(bytes, #offset, #width).unwrap_or(0));
        let (_, value) = typed(abi, field, plan.int, number);
        quote!(element.#name = #value;)
    });
    let puts = fields.iter().map(|plan| put(abi, struct_, plan, quote!(self)));
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
                element
            }

            fn write(&self, put: &mut dyn FnMut(u32, &[u8])) {
                #(#puts)*
            }
        }
    }
}
