//! The view of a reply: the fixed part, whether it fitted, and its chain.

use proc_macro2::TokenStream;
use quote::quote;

use super::fields::{held, offsets, picked, typed};
use super::{format_name, host_name, int_size};
use crate::emit::rust::comment::Docs;
use crate::emit::rust::tokens::{decimal, ident};
use crate::ir::{Abi, Chain, Field, Host, Role, Struct};
use crate::reply::Direction;

/// The view of a chain's host.
pub(super) fn view(
    abi: &Abi,
    docs: &Docs<'_>,
    chain: &Chain,
    (host, cap_offset): (&Host, usize),
) -> TokenStream {
    let struct_ = abi.struct_(host.struct_);
    let name = host_name(abi, chain).map(|name| ident(&name));
    let doc = docs.item(&struct_.meta);
    let caps = ident(&[&crate::names::group_type(&chain.name), "Caps"].concat());
    let format = format_name(&abi.cap_headers[chain.header]);
    let table = table(struct_, host, cap_offset);
    let request = request(abi, struct_);
    let fixed = fixed(abi, struct_);
    let getters = struct_.fields.iter().enumerate();
    let getters = getters.map(|(index, field)| getter(abi, docs, struct_, index, field));
    quote! {
        #table

        #doc
        #[derive(Clone, Copy, Debug)]
        pub struct #name<'a> {
            reply: Reply<'a>,
        }

        impl<'a> #name<'a> {
            /// Reads the reply in a buffer, as a 64-bit kernel of this machine writes it.
            #[inline]
            pub fn parse(buffer: &'a [u8]) -> Result<Self, ReplyError> {
                Self::parse_as(buffer, Wire::HOST)
            }

            /// Reads the reply in a buffer of another byte order or layout.
            #[inline]
            pub fn parse_as(buffer: &'a [u8], wire: Wire) -> Result<Self, ReplyError> {
                Ok(Self { reply: Reply::parse(&HOST, buffer, buffer.len(), wire)? })
            }

            #request

            /// The size of the buffer to come back with, where this one was too small for
            /// the chain. Such a reply shows no capability.
            #[inline]
            pub fn need(&self) -> Option<u32> {
                self.reply.need()
            }

            /// The capabilities in the order of the chain; none where the reply was short.
            #[inline]
            pub fn caps(&self) -> #caps<'a> {
                #caps { walk: self.reply.walk(&HOST, &#format) }
            }

            #(#getters)*
        }

        #fixed
    }
}

/// Where the protocol's fields lie; they lie alike on every model.
fn table(struct_: &Struct, host: &Host, cap_offset: usize) -> TokenStream {
    let layout = &struct_.layouts[0];
    let offset = |field: usize| decimal(layout.fields[field].offset);
    let minsz = struct_.minsz.map_or(layout.size, |field| layout.fields[field].end());
    let minsz = decimal(minsz);
    let argsz = offset(struct_.argsz.unwrap_or(0));
    let (flags, cap_offset) = (offset(host.flags), offset(cap_offset));
    let caps = decimal(host.flag.1);
    let inputs = inputs(struct_).map(|(index, _)| {
        let span = layout.fields[index];
        let (at, size) = (decimal(span.offset), decimal(span.size));
        quote!((#at, #size))
    });
    quote! {
        const HOST: Host = Host {
            minsz: #minsz,
            argsz: #argsz,
            flags: #flags,
            caps: #caps,
            cap_offset: #cap_offset,
            inputs: &[#(#inputs),*],
        };
    }
}

/// The request's fields but for argsz: numbers that travel to the kernel.
fn inputs(struct_: &Struct) -> impl Iterator<Item = (usize, &Field)> {
    let travels = |field: &Field| {
        let there = matches!(field.direction, Some(Direction::In | Direction::InOut));
        there && field.role != Role::Argsz && int_size(&field.type_).is_some()
    };
    struct_.fields.iter().enumerate().filter(move |(_, field)| travels(field))
}

/// The call: a parameter for each of the request's fields.
fn request(abi: &Abi, struct_: &Struct) -> TokenStream {
    let parameters = inputs(struct_).map(|(_, field)| {
        let name = ident(&field.name);
        let type_ = typed(abi, field, quote!()).map(|(type_, _)| type_);
        quote!(#name: #type_)
    });
    let bytes = inputs(struct_).map(|(index, field)| {
        let at = decimal(struct_.layouts[0].fields[index].offset);
        let name = ident(&field.name);
        let number = match held(abi, field) {
            Some(_) => quote!(#name.0),
            None => quote!(#name),
        };
        quote!((#at, &#number.to_ne_bytes()))
    });
    quote! {
        /// Asks by `call`, and again with a larger buffer where the reply did not fit and
        /// the buffer can grow. `call` gets the request in the buffer, leaves the reply
        /// there and tells how many bytes it wrote: all of them, for an ioctl. Every call
        /// starts from a cleared buffer with argsz set.
        pub fn request<B: Buffer + ?Sized, E>(
            buffer: &'a mut B,
            #(#parameters,)*
            call: impl FnMut(&mut [u8]) -> Result<usize, E>,
        ) -> Result<Self, RequestError<E>> {
            let written = request(&HOST, buffer, &[#(#bytes),*], call)?;
            let reply = Reply::parse(&HOST, buffer.bytes(), written, Wire::HOST);
            Ok(Self { reply: reply.map_err(RequestError::Reply)? })
        }
    }
}

/// What a server writes of the fixed part: the fields that travel back.
pub(super) fn fixed(abi: &Abi, struct_: &Struct) -> TokenStream {
    let name = ident(&struct_.name);
    let puts = struct_.fields.iter().enumerate().filter_map(|(index, field)| {
        let back = matches!(field.direction, Some(Direction::Out | Direction::InOut));
        let ours = matches!(field.role, Role::Argsz | Role::CapOffset | Role::Reserved);
        int_size(&field.type_).filter(|_| back && !ours)?;
        let at = decimal(struct_.layouts[0].fields[index].offset);
        let field_name = ident(&field.name);
        Some(match held(abi, field) {
            Some(_) => quote!(put(#at, &self.#field_name.0.to_ne_bytes());),
            None => quote!(put(#at, &self.#field_name.to_ne_bytes());),
        })
    });
    quote! {
        impl Fixed for uapi::#name {
            fn fields(&self, put: &mut dyn FnMut(u32, &[u8])) {
                #(#puts)*
            }
        }
    }
}

/// The getter of a field that tells something: not padding, and not what the
/// view itself takes care of.
fn getter(
    abi: &Abi,
    docs: &Docs<'_>,
    struct_: &Struct,
    index: usize,
    field: &Field,
) -> TokenStream {
    if matches!(field.role, Role::Reserved | Role::CapOffset) {
        return TokenStream::new();
    }
    let at = picked(offsets(struct_, index), quote!(self.reply.wire));
    let width = decimal(struct_.layouts[0].fields[index].size);
    let doc = docs.part(&field.meta, &struct_.meta);
    let name = ident(&field.name);
    let appended = struct_.minsz.is_some_and(|minsz| index > minsz);
    let number = match appended {
        false => quote!(self.reply.fixed(#at, #width)),
        true => quote!(number),
    };
    let Some((type_, value)) = typed(abi, field, number) else {
        return TokenStream::new();
    };
    match appended {
        false => quote! {
            #doc
            #[inline]
            pub fn #name(&self) -> #type_ {
                #value
            }
        },
        true => quote! {
            #doc
            #[inline]
            pub fn #name(&self) -> Option<#type_> {
                self.reply.appended(#at, #width).map(|number| #value)
            }
        },
    }
}
