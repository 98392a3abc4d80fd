//! The inputs of requests as parameters of methods. File descriptors are borrowed, so that they
//! are open during the call; requests have their numbers.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::emit::rust::requests::types;
use crate::emit::rust::tokens::{decimal, ident, int_type};
use crate::ir::requests::{InlineCount, InputKind, RequestInput, RequestPlan};
use crate::ir::{Abi, Descriptor};
use crate::layout::Int;

/// An input as a parameter of a method.
pub(in crate::emit::rust) struct MethodArgument {
    /// Its name.
    pub(in crate::emit::rust) name: Ident,
    /// Its type.
    pub(in crate::emit::rust) type_: TokenStream,
    /// A statement before the request is made.
    pub(super) prepare: Option<TokenStream>,
    /// The value in the request.
    pub(super) value: TokenStream,
}

impl MethodArgument {
    pub(in crate::emit::rust) fn new(abi: &Abi, input: &RequestInput) -> Self {
        let name = ident(&input.name);
        match input.descriptor() {
            Some(fd) => descriptor(input, fd, name),
            None => Self {
                type_: types::parameter_type(abi, input, true),
                prepare: None,
                value: quote!(#name),
                name,
            },
        }
    }
}

/// Whether a method takes a slice of file descriptors.
pub(super) fn takes_several(plan: &RequestPlan) -> bool {
    plan.inputs.iter().any(|input| input.descriptor().is_some() && is_slice(input))
}

fn is_slice(input: &RequestInput) -> bool {
    matches!(input.kind, InputKind::Inline { count, .. } if count.is_any())
}

fn descriptor(input: &RequestInput, fd: Descriptor, name: Ident) -> MethodArgument {
    let (one, number) = match fd {
        Descriptor::Required => (quote!(BorrowedFd<'_>), quote!(fd.as_raw_fd())),
        Descriptor::Optional => {
            (quote!(Option<BorrowedFd<'_>>), quote!(fd.map_or(-1, |fd| fd.as_raw_fd())))
        }
    };
    let (type_, prepare, value) = match input.kind {
        _ if is_slice(input) => {
            let numbers = quote!(#name.iter().map(|fd| #number).collect());
            (quote!(&[#one]), Some(quote!(let #name: Vec<c_int> = #numbers;)), quote!(&#name))
        }
        InputKind::Inline { count: InlineCount::Fixed(length), .. } if length != 1 => {
            let length = decimal(length);
            (quote!([#one; #length]), None, quote!(#name.map(|fd| #number)))
        }
        _ if input.present.is_some() => {
            let value = quote!(#name.map(|fd| fd.as_raw_fd()));
            (quote!(Option<BorrowedFd<'_>>), None, value)
        }
        InputKind::Number { int, .. } => {
            let cast = (int.value() != Int::S32).then(|| {
                let int = int_type(int);
                quote!(as #int)
            });
            single(&name, fd, cast)
        }
        _ => single(&name, fd, None),
    };
    MethodArgument { name, type_, prepare, value }
}

type Parts = (TokenStream, Option<TokenStream>, TokenStream);

fn single(name: &Ident, fd: Descriptor, cast: Option<TokenStream>) -> Parts {
    let (type_, value) = match fd {
        Descriptor::Required => (quote!(impl AsFd), quote!(#name.as_fd().as_raw_fd() #cast)),
        Descriptor::Optional => {
            let value = quote!(#name.map_or(-1, |fd| fd.as_raw_fd()) #cast);
            (quote!(Option<BorrowedFd<'_>>), value)
        }
    };
    (type_, None, value)
}
