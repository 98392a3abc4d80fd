//! A chain: the iterator over its capabilities, and the enum of those that
//! are known.

use proc_macro2::TokenStream;
use quote::quote;

use super::{capability, format_name, host, profiles};
use crate::emit::rust::comment::{Docs, Names};
use crate::emit::rust::format;
use crate::emit::rust::tokens::{decimal, ident};
use crate::ir::{Abi, Capability, Chain, ChainId, ChainStart};
use crate::names;

/// The file of a chain.
pub(super) fn module(abi: &Abi, names: &Names<'_>, id: ChainId) -> String {
    let chain = abi.chain(id);
    let docs = Docs::new(names, "crate::uapi::");
    let title = [" The chain of `", &chain.name, "` capabilities."].concat();
    let host = chain.offset_host().zip(chain.cap_offset());
    let host = host.map(|host| host::view(abi, &docs, chain, host));
    let start = start(abi, chain);
    let profiles = chain.offset_host().map(|host| profiles::items(abi, chain, host));
    let caps = known(abi, chain);
    let iterator = iterator(abi, chain);
    let enumeration = enumeration(abi, &docs, chain, &caps);
    let bodies = caps.iter().map(|cap| capability::view(abi, &docs, chain, cap));
    let uses = uses(abi, chain, &caps);
    format::file(quote! {
        #![doc = #title]
        #uses
        #host
        #start
        #iterator
        #enumeration
        #(#bodies)*
        #profiles
    })
}

/// The capabilities of a chain, each id once: where two share one, as in a
/// release candidate, the first keeps it.
fn known<'a>(abi: &'a Abi, chain: &Chain) -> Vec<&'a Capability> {
    let mut known = Vec::<&Capability>::new();
    for index in &chain.capabilities {
        let capability = abi.capability(*index);
        if known.iter().all(|other| other.id != capability.id) {
            known.push(capability);
        }
    }
    known
}

/// The names of a chain's iterator and enum.
fn type_names(chain: &Chain) -> (proc_macro2::Ident, proc_macro2::Ident) {
    let name = names::group_type(&chain.name);
    (ident(&[&name, "Caps"].concat()), ident(&[&name, "Cap"].concat()))
}

fn iterator(abi: &Abi, chain: &Chain) -> TokenStream {
    let (caps, cap) = type_names(chain);
    let format = format_name(&abi.cap_headers[chain.header]);
    let doc =
        [" Walks the `", &chain.name, "` chain of a reply; ends behind the first error."].concat();
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug)]
        pub struct #caps<'a> {
            walk: Walk<'a>,
        }

        impl<'a> Iterator for #caps<'a> {
            type Item = Result<#cap<'a>, ChainError>;

            #[inline]
            fn next(&mut self) -> Option<Self::Item> {
                let cap = self.walk.advance(&#format)?.and_then(#cap::read);
                if cap.is_err() {
                    self.walk.stop();
                }
                Some(cap)
            }
        }

        impl core::iter::FusedIterator for #caps<'_> {}
    }
}

fn enumeration(abi: &Abi, docs: &Docs<'_>, chain: &Chain, caps: &[&Capability]) -> TokenStream {
    let (_, name) = type_names(chain);
    let doc = docs.item(&chain.meta);
    let variants = caps.iter().map(|cap| {
        let doc = docs.item(&cap.meta);
        let (variant, view) = (variant(cap), ident(&capability::view_name(chain, cap)));
        quote!(#doc #variant(#view<'a>))
    });
    let arms = caps.iter().map(|cap| {
        let constant = ident(&cap.name);
        let (variant, view) = (variant(cap), ident(&capability::view_name(chain, cap)));
        quote!((uapi::#constant, 1..) => #view::read(cap).map(Self::#variant))
    });
    let uapi = match caps.is_empty() {
        true => quote!(),
        false => quote!(#(#arms,)*),
    };
    let _ = abi;
    quote! {
        #doc
        #[derive(Clone, Copy, Debug)]
        #[non_exhaustive]
        pub enum #name<'a> {
            #(#variants,)*
            /// A capability that is not known here, or of a version before its first.
            Unknown(UnknownCap<'a>),
        }

        impl<'a> #name<'a> {
            #[inline]
            fn read(cap: RawCap<'a>) -> Result<Self, ChainError> {
                match (u32::from(cap.id), cap.version) {
                    #uapi
                    _ => Ok(Self::Unknown(UnknownCap::new(cap))),
                }
            }
        }
    }
}

/// What a capability is called in the enum of its chain.
fn variant(cap: &Capability) -> proc_macro2::Ident {
    ident(&names::group_type(&cap.short))
}

/// Where a chain without a host starts.
fn start(abi: &Abi, chain: &Chain) -> TokenStream {
    let (at, type_) = match chain.start {
        ChainStart::Fixed { offset } | ChainStart::After { offset, .. } => (offset, None),
        ChainStart::FieldAt { offset, int } => (offset, Some(int)),
        ChainStart::AtOffsetField { .. } | ChainStart::Unknown => return TokenStream::new(),
    };
    let (caps, _) = type_names(chain);
    let format = format_name(&abi.cap_headers[chain.header]);
    let (at, bound) = (decimal(at), decimal(chain.bound));
    let first = match type_ {
        None => quote!(Some(#at)),
        Some(int) => {
            let width = decimal(int.size());
            let end = decimal(abi.cap_headers[chain.header].end);
            quote! {
                wire.number(bytes, #at, #width)
                    .filter(|first| *first != #end)
                    .map(|first| first as u32)
            }
        }
    };
    quote! {
        impl<'a> #caps<'a> {
            /// Walks the chain in these bytes.
            #[inline]
            pub fn parse(bytes: &'a [u8]) -> Self {
                Self::parse_as(bytes, Wire::HOST)
            }

            /// Walks the chain in bytes of another byte order or layout.
            #[inline]
            pub fn parse_as(bytes: &'a [u8], wire: Wire) -> Self {
                let first = #first;
                let walk = match first {
                    Some(first) => Walk::from(&#format, bytes, wire, #bound, first),
                    None => Walk::none(wire),
                };
                Self { walk }
            }
        }
    }
}

fn uses(abi: &Abi, chain: &Chain, caps: &[&Capability]) -> TokenStream {
    let format = format_name(&abi.cap_headers[chain.header]);
    let host = match chain.offset_host() {
        Some(_) => quote! {
            use crate::profile::Fixed;
            use crate::reply::{Host, Reply, ReplyError};
            use crate::request::{Buffer, RequestError, request};
        },
        None => quote!(),
    };
    let profiles = chain.offset_host().filter(|host| profiles::of(abi, host).next().is_some());
    let profiles = profiles.map(|_| {
        quote! {
            use core::marker::PhantomData;
            use crate::profile::{Profile, Rules, Short};
        }
    });
    let array = caps.iter().any(|cap| capability::has_array(abi, cap));
    let array = array.then(|| {
        quote!(
            use crate::array::Array;
        )
    });
    let uapi = (!caps.is_empty() || chain.offset_host().is_some()).then(|| {
        quote!(
            use crate::uapi;
        )
    });
    quote! {
        #profiles
        use super::#format;
        #array
        use crate::chain::{ChainError, RawCap, UnknownCap, Walk};
        #host
        #uapi
        use crate::wire::Wire;
    }
}
