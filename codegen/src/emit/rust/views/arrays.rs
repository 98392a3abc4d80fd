//! The structs that arrays hold: how one is read from its bytes.

use proc_macro2::TokenStream;
use quote::quote;

use super::fields::{offsets, picked, typed};
use super::int_size;
use crate::emit::rust::format;
use crate::emit::rust::tokens::{decimal, ident};
use crate::ir::{Abi, StructId, Type};

/// The file with the elements of every array in a chain.
pub(super) fn module(abi: &Abi) -> String {
    let elements = elements(abi);
    let impls = elements.iter().map(|id| element(abi, *id));
    format::file(quote! {
        //! How the elements of arrays are read.

        use crate::array::Element;
        use crate::uapi;
        use crate::wire::Wire;

        #(#impls)*
    })
}

/// The structs that arrays of capabilities hold, each once.
fn elements(abi: &Abi) -> Vec<StructId> {
    let mut elements = Vec::new();
    for capability in &abi.capabilities {
        let fields = capability.struct_.iter().flat_map(|id| &abi.struct_(*id).fields);
        for field in fields {
            if let Type::Flexible(element, _) = &field.type_ {
                if let Type::Struct(id) = **element {
                    elements.push(id);
                }
            }
        }
    }
    elements.sort();
    elements.dedup();
    elements
}

fn element(abi: &Abi, id: StructId) -> TokenStream {
    let struct_ = abi.struct_(id);
    let name = ident(&struct_.name);
    let size = picked(struct_.layouts.each_ref().map(|layout| layout.size), quote!(wire));
    let wire = match struct_.layouts.iter().all(|layout| layout.size == struct_.layouts[0].size) {
        true => quote!(_),
        false => quote!(wire),
    };
    let fields = struct_.fields.iter().enumerate().filter_map(|(index, field)| {
        let width = decimal(int_size(&field.type_)?);
        let name = ident(&field.name);
        let at = picked(offsets(struct_, index), quote!(wire));
        let number = quote!(wire.number(bytes, #at, #width).unwrap_or(0));
        let (_, value) = typed(abi, field, number)?;
        Some(quote!(element.#name = #value;))
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
                #(#fields)*
                element
            }
        }
    }
}
