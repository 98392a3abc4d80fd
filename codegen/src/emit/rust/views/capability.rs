//! The view of one capability: its version, its fields, its array.

use proc_macro2::TokenStream;
use quote::quote;

use super::fields::{ends, offsets, picked, typed};
use crate::emit::rust::comment::Docs;
use crate::emit::rust::tokens::{decimal, ident};
use crate::ir::{Abi, Capability, Chain, Field, Role, Struct, Type};
use crate::layout::Int;
use crate::names;

/// What a capability's view is called: chain and capability in camel case.
pub(super) fn view_name(chain: &Chain, cap: &Capability) -> String {
    names::group_type(&[&chain.name, "_", &cap.short].concat())
}

/// Whether a capability ends in an array of structs.
pub(super) fn has_array(abi: &Abi, cap: &Capability) -> bool {
    let fields = cap.struct_.map(|id| &abi.struct_(id).fields);
    let last = fields.and_then(|fields| fields.last()).map(|field| &field.type_);
    matches!(last, Some(Type::Flexible(element, _)) if matches!(**element, Type::Struct(_)))
}

/// The view.
pub(super) fn view(abi: &Abi, docs: &Docs<'_>, chain: &Chain, cap: &Capability) -> TokenStream {
    let name = ident(&view_name(chain, cap));
    let doc = docs.item(&cap.meta);
    let struct_ = cap.struct_.map(|id| abi.struct_(id));
    let getters = struct_.map(|struct_| getters(abi, docs, struct_)).unwrap_or_default();
    let check = check(abi, chain, cap, struct_);
    let newest = decimal(u64::from(cap.version));
    quote! {
        #doc
        #[derive(Clone, Copy, Debug)]
        pub struct #name<'a> {
            cap: RawCap<'a>,
        }

        impl<'a> #name<'a> {
            /// The newest version that is known here. Of a newer one, what is known is read.
            pub const NEWEST: u16 = #newest;

            #[inline]
            fn read(cap: RawCap<'a>) -> Result<Self, ChainError> {
                #check
                Ok(Self { cap })
            }

            /// The version of the body.
            #[inline]
            pub fn version(&self) -> u16 {
                self.cap.version
            }

            /// Where the capability starts in the reply.
            #[inline]
            pub fn offset(&self) -> u32 {
                self.cap.at
            }

            /// All bytes that can belong to the capability, its header first: up to the next
            /// capability, or to the end of the reply.
            #[inline]
            pub fn bytes(&self) -> &'a [u8] {
                self.cap.bytes()
            }

            #getters
        }
    }
}

/// The checks that a body passes before its getters can be called.
fn check(abi: &Abi, chain: &Chain, cap: &Capability, struct_: Option<&Struct>) -> TokenStream {
    let header = &abi.cap_headers[chain.header];
    let Some(struct_) = struct_ else {
        let size = decimal(abi.struct_(header.struct_).layouts[0].size);
        return quote!(cap.body(#size)?;);
    };
    let needs = (1..=cap.version).map(|version| {
        let last =
            struct_.fields.iter().rposition(|field| is_fixed(field) && field.version <= version);
        let need = picked(ends(struct_, last.unwrap_or(0)), quote!(cap.wire));
        (version, need)
    });
    let mut arms: Vec<_> = needs.collect();
    let newest = arms.pop().map(|(_, need)| need);
    let need = match arms.is_empty() {
        true => quote!(#newest),
        false => {
            let arms = arms.iter().map(|(version, need)| {
                let version = decimal(u64::from(*version));
                quote!(#version => #need)
            });
            quote!(match cap.version { #(#arms,)* _ => #newest })
        }
    };
    let array = array_check(abi, struct_);
    quote!(cap.body(#need)?; #array)
}

/// Whether a field has a size of its own.
fn is_fixed(field: &Field) -> bool {
    !matches!(field.type_, Type::Flexible(..))
}

/// The check of a counted array.
fn array_check(abi: &Abi, struct_: &Struct) -> TokenStream {
    let array = struct_.fields.iter().enumerate().find_map(|(index, field)| match &field.type_ {
        Type::Flexible(element, Some(count)) => Some((index, element, *count)),
        _ => None,
    });
    let Some((index, element, count)) = array else {
        return TokenStream::new();
    };
    let start = picked(offsets(struct_, index), quote!(cap.wire));
    let each = picked(element_sizes(abi, element), quote!(cap.wire));
    let count_at = picked(offsets(struct_, count), quote!(cap.wire));
    let width = decimal(struct_.layouts[0].fields[count].size);
    quote!(cap.array(#start, cap.number(#count_at, #width), #each)?;)
}

/// The size of an element on each model.
fn element_sizes(abi: &Abi, element: &Type) -> [u64; 3] {
    match element {
        Type::Struct(id) => abi.struct_(*id).layouts.each_ref().map(|layout| layout.size),
        Type::Int(int) => [int.size(); 3],
        _ => [1; 3],
    }
}

fn getters(abi: &Abi, docs: &Docs<'_>, struct_: &Struct) -> TokenStream {
    let getters = struct_.fields.iter().enumerate();
    let getters = getters.map(|(index, field)| getter(abi, docs, struct_, index, field));
    quote!(#(#getters)*)
}

fn getter(
    abi: &Abi,
    docs: &Docs<'_>,
    struct_: &Struct,
    index: usize,
    field: &Field,
) -> TokenStream {
    if matches!(field.role, Role::Header | Role::Reserved) {
        return TokenStream::new();
    }
    let doc = docs.part(&field.meta, &struct_.meta);
    let name = ident(&names::view_getter(&field.name));
    let at = picked(offsets(struct_, index), quote!(self.cap.wire));
    let width = decimal(struct_.layouts[0].fields[index].size);
    match &field.type_ {
        Type::Flexible(element, count) => array(abi, doc, struct_, (index, element, *count), &name),
        _ => {
            let number = quote!(self.cap.number(#at, #width));
            let Some((type_, value)) = typed(abi, field, number) else {
                return TokenStream::new();
            };
            match field.version {
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
    }
}

/// The getter of the array behind a body.
fn array(
    abi: &Abi,
    doc: TokenStream,
    struct_: &Struct,
    (index, element, count): (usize, &Type, Option<usize>),
    name: &proc_macro2::Ident,
) -> TokenStream {
    let start = picked(offsets(struct_, index), quote!(self.cap.wire));
    let each = picked(element_sizes(abi, element), quote!(self.cap.wire));
    let size = match count {
        Some(count) => {
            let at = picked(offsets(struct_, count), quote!(self.cap.wire));
            let width = decimal(struct_.layouts[0].fields[count].size);
            quote!(self.cap.tail(#start, self.cap.number(#at, #width), #each))
        }
        None => quote!(self.cap.rest(#start)),
    };
    match element {
        Type::Int(Int::U8) => quote!(#doc #[inline] pub fn #name(&self) -> &'a [u8] { #size }),
        Type::Struct(id) => {
            let element = ident(&abi.struct_(*id).name);
            quote! {
                #doc
                #[inline]
                pub fn #name(&self) -> Array<'a, uapi::#element> {
                    Array::new(#size, self.cap.wire)
                }
            }
        }
        _ => TokenStream::new(),
    }
}
