//! Data whose type a number of the argument determines: one enum for each request, with
//! the struct of each number.

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::rust::comment::Docs;
use crate::emit::rust::data_forms::{constant, form_doc, number_type, variant};
use crate::emit::rust::tokens::{decimal, ident};
use crate::ir::Abi;
use crate::ir::requests::{
    InputKind, IntPlace, RequestPlan, ResultsPlan, ReturnedData, TypedData, TypedLength,
};

/// The data of a request, if it has any.
pub(super) fn of_request(plan: &RequestPlan) -> Option<&TypedData> {
    plan.inputs.iter().find_map(|input| match &input.kind {
        InputKind::Typed(data) => Some(data),
        _ => None,
    })
}

/// The enum of the data that the caller passes.
pub(super) fn passed(abi: &Abi, docs: &Docs<'_>, plan: &RequestPlan) -> Option<TokenStream> {
    let data = of_request(plan)?;
    let name = ident(&data.type_name);
    let doc = format!(" Data of `{}`, with their type.", abi.ioctl(plan.ioctl).name);
    let mutable = is_mutable(data).then(|| quote!(mut));
    let copy = match is_mutable(data) {
        true => quote!(#[derive(Debug)]),
        false => quote!(#[derive(Clone, Copy, Debug)]),
    };
    let is_strided = matches!(data.length, TypedLength::Strided { .. });
    let variants = data.forms.iter().map(|form| {
        let (doc, variant) = (form_doc(abi, docs, form), variant(form));
        let body = form.struct_().map(|id| {
            let struct_ = ident(&abi.struct_(id).name);
            match is_strided {
                true => quote!((&'a [uapi::#struct_])),
                false => quote!((&'a #mutable uapi::#struct_)),
            }
        });
        quote!(#doc #variant #body)
    });
    let number = number_type(abi, data.group);
    let other = match is_strided {
        true => quote! {
            /// Elements of another type: its number, the size of each element, and their bytes.
            Other(#number, u32, &'a [u8])
        },
        false => quote! {
            /// Data of another type: its number, and their bytes.
            Other(#number, &'a #mutable [u8])
        },
    };
    Some(quote! {
        #[doc = #doc]
        #copy
        #[non_exhaustive]
        pub enum #name<'a> {
            #(#variants,)*
            #other
        }
    })
}

/// Whether the kernel writes to the data.
pub(super) fn is_mutable(data: &TypedData) -> bool {
    data.direction.is_written()
}

/// The type of a parameter with the data.
pub(super) fn parameter_type(data: &TypedData, elided: bool) -> TokenStream {
    let name = ident(&data.type_name);
    match elided {
        true => quote!(requests::#name<'_>),
        false => quote!(#name<'a>),
    }
}

/// The code that puts the number, the length and the address of data.
pub(super) fn fill(abi: &Abi, data: &TypedData, place: &TokenStream) -> TokenStream {
    let name = ident(&data.type_name);
    let (at, address) = (decimal(data.number.offset), decimal(data.address));
    let arms = data.forms.iter().map(|form| {
        let (variant, number) = (variant(form), constant(abi, form));
        let number = quote!(argument.put(#at, &#number.0.to_ne_bytes()););
        match form.body {
            None => quote!(#name::#variant => { #number }),
            Some(body) => {
                let put = put_struct(data, body.minsz, &abi.struct_(body.struct_).name);
                quote!(#name::#variant(data) => {
                    #number
                    #put
                    argument.put_u64(#address, pointer as usize);
                })
            }
        }
    });
    let other = put_other(data);
    let pattern = match data.length {
        TypedLength::Strided { .. } => quote!(#name::Other(number, size, data)),
        TypedLength::Bytes(..) => quote!(#name::Other(number, data)),
    };
    quote! {
        match &mut #place {
            #(#arms)*
            #pattern => {
                argument.put(#at, &number.0.to_ne_bytes());
                #other
                argument.put_u64(#address, pointer as usize);
            }
        }
    }
}

/// The length of a struct, and its address as `pointer`.
fn put_struct(data: &TypedData, minsz: u64, struct_: &str) -> TokenStream {
    match data.length {
        TypedLength::Bytes(at) if is_mutable(data) => {
            let length = put_length(at, quote!(size_of_val(&**data)));
            quote! {
                #length
                let pointer = core::ptr::from_mut(&mut **data);
            }
        }
        TypedLength::Bytes(at) => {
            let minsz = decimal(minsz);
            let length = put_length(at, quote!(used_size(*data, #minsz)));
            quote! {
                #length
                let pointer = core::ptr::from_ref(*data);
            }
        }
        TypedLength::Strided { count, stride } => {
            let struct_ = ident(struct_);
            let count = put_length(count, quote!(data.len()));
            let stride = put_length(stride, quote!(size_of::<uapi::#struct_>()));
            quote! {
                #count
                #stride
                let pointer = data.as_ptr();
            }
        }
    }
}

/// The length of bytes, and their address as `pointer`.
fn put_other(data: &TypedData) -> TokenStream {
    let pointer = match is_mutable(data) {
        true => quote!(data.as_mut_ptr()),
        false => quote!(data.as_ptr()),
    };
    let lengths = match data.length {
        TypedLength::Bytes(at) => put_length(at, quote!(data.len())),
        TypedLength::Strided { count, stride } => {
            let count = put_length(count, quote!(whole_elements(data.len(), each)?));
            let stride = put_length(stride, quote!(each));
            quote! {
                let each = usize::try_from(*size).unwrap_or(usize::MAX);
                #count
                #stride
            }
        }
    };
    quote!(#lengths let pointer = #pointer;)
}

/// The code that puts a number of elements or bytes.
pub(super) fn put_length(at: IntPlace, value: TokenStream) -> TokenStream {
    let (at, width) = (decimal(at.offset), at.int.size());
    match width {
        8 => quote!(argument.put_u64(#at, #value);),
        _ => quote!(argument.put_u32(#at, #value)?;),
    }
}

/// The enum of the data that the kernel returns, and the functions that read them.
pub(super) fn returned(abi: &Abi, docs: &Docs<'_>, plan: &ResultsPlan) -> Option<TokenStream> {
    let data = plan.data.as_ref()?;
    let name = ident(&data.type_name);
    let ioctl = &abi.ioctl(plan.ioctl).name;
    let doc = format!(" Data that `{ioctl}` returns, with their type.");
    let variants = data.forms.iter().map(|form| {
        let (doc, variant) = (form_doc(abi, docs, form), variant(form));
        let body = form.struct_().map(|id| {
            let struct_ = ident(&abi.struct_(id).name);
            quote!((uapi::#struct_))
        });
        quote!(#doc #variant #body)
    });
    let numbers = number_type(abi, data.group);
    let record = ident(&abi.struct_(plan.reply.struct_).name);
    let arms = data.forms.iter().map(|form| {
        let (variant, number) = (variant(form), constant(abi, form));
        let body = form.struct_().map(|id| {
            let struct_ = ident(&abi.struct_(id).name);
            quote!((uapi::#struct_::read(Wire::HOST, bytes)))
        });
        quote!(#number => Self::#variant #body)
    });
    let number = number_of(abi, data);
    let (length, memory) = (ident(&data.length), ident(&data.memory));
    let read = docs.paragraphs(&[format!(
        "Reads the data from `{}`, the memory of the request, after the call. Bytes that the \
         kernel has not written are read as 0.",
        data.memory
    )]);
    Some(quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug)]
        #[non_exhaustive]
        pub enum #name<'a> {
            #(#variants,)*
            /// Data of another type: its number, and their bytes.
            Other(#numbers, &'a [u8])
        }

        impl<'a> #name<'a> {
            #read
            pub fn read(reply: &uapi::#record, #memory: &'a [u8]) -> Self {
                let length = usize::try_from(reply.#length).unwrap_or(usize::MAX);
                let bytes = #memory.get(..length).unwrap_or(#memory);
                match #number {
                    #(#arms,)*
                    number => Self::Other(number, bytes),
                }
            }

            /// The length of the kernel's data, if they did not fit.
            pub fn cut(reply: &uapi::#record, #memory: &[u8]) -> Option<usize> {
                let length = usize::try_from(reply.#length).unwrap_or(usize::MAX);
                (length > #memory.len()).then_some(length)
            }
        }
    })
}

/// The number of the type in a reply.
fn number_of(abi: &Abi, data: &ReturnedData) -> TokenStream {
    let name = ident(&data.number);
    match data.is_member {
        true => {
            let numbers = number_type(abi, data.group);
            quote!(#numbers(reply.#name()))
        }
        false => quote!(reply.#name),
    }
}
