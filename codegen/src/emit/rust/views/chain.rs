//! A chain: the iterator over its capabilities, and the enum of those that
//! are known.

use proc_macro2::TokenStream;
use quote::quote;

use super::capability::PlannedCap;
use super::{format_name, host, new_cap, owned, profiles, type_names};
use crate::emit::rust::comment::{Docs, Names};
use crate::emit::rust::format;
use crate::emit::rust::tokens::{decimal, ident};
use crate::ir::protocol::{ChainPlan, FirstPlan};
use crate::ir::{Abi, Chain};

/// The file of a chain.
pub(super) fn module(abi: &Abi, names: &Names<'_>, plan: &ChainPlan) -> String {
    let chain = abi.chain(plan.chain);
    let docs = Docs::new(names, "crate::uapi::");
    let title = [" The chain of `", &chain.name, "` capabilities."].concat();
    let caps: Vec<_> =
        plan.capabilities.iter().map(|id| PlannedCap::new(abi, chain, *id)).collect();
    let host = plan.host.as_ref();
    let replies = host.map(|host| host::view(abi, &docs, chain, host));
    let writers = host.map(|host| {
        let new_caps = new_cap::item(abi, chain, host, &caps, plan.profiles.first());
        let arrays = (!plan.profiles.is_empty()).then(|| profiles::arrays(abi, plan));
        let profiles = profiles::items(abi, plan, host);
        let owned = owned::item(abi, chain, host, &caps);
        quote!(#new_caps #owned #arrays #profiles)
    });
    let start = start(abi, chain, plan);
    let iterator = iterator(abi, chain);
    let enumeration = enumeration(&docs, chain, &caps);
    let views = caps.iter().map(|cap| cap.view(&docs));
    let imports = imports(abi, plan, &caps);
    format::file(quote! {
        #![doc = #title]
        #imports
        #replies
        #start
        #iterator
        #enumeration
        #(#views)*
        #writers
    })
}

fn iterator(abi: &Abi, chain: &Chain) -> TokenStream {
    let (caps, cap) = type_names(chain);
    let format = format_name(&abi.cap_headers[chain.header]);
    let doc =
        [" Walks the `", &chain.name, "` chain of a reply; ends after the first error."].concat();
    quote! {
        #[doc = #doc]
        #[derive(Clone)]
        pub struct #caps<'a> {
            walk: Walk<'a>,
        }

        impl core::fmt::Debug for #caps<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_list().entries(self.clone()).finish()
            }
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

fn enumeration(docs: &Docs<'_>, chain: &Chain, caps: &[PlannedCap<'_>]) -> TokenStream {
    let (_, name) = type_names(chain);
    let doc = docs.item(&chain.meta);
    let variants = caps.iter().map(|cap| {
        let (doc, variant, view) = (cap.summary(), cap.variant(), ident(&cap.view_name()));
        quote!(#doc #variant(#view<'a>))
    });
    let arms = caps.iter().map(|cap| {
        let constant = ident(&cap.item.name);
        let (variant, view) = (cap.variant(), ident(&cap.view_name()));
        quote!((uapi::#constant, 1..) => #view::read(cap).map(Self::#variant))
    });
    let places = caps.iter().map(|cap| {
        let variant = cap.variant();
        quote!(Self::#variant(view) => UnknownCap::new(view.cap))
    });
    let id_name = id_name(chain, caps);
    quote! {
        #doc
        #[derive(Clone, Copy, Debug)]
        #[non_exhaustive]
        pub enum #name<'a> {
            #(#variants,)*
            /// A capability with an unknown id, or with version 0.
            Unknown(UnknownCap<'a>),
        }

        impl<'a> #name<'a> {
            /// The capability without the meaning of its body.
            #[inline]
            pub fn cap(&self) -> UnknownCap<'a> {
                match self {
                    #(#places,)*
                    Self::Unknown(cap) => *cap,
                }
            }

            #id_name

            #[inline]
            fn read(cap: RawCap<'a>) -> Result<Self, ChainError> {
                match (u32::from(cap.id), cap.version) {
                    #(#arms,)*
                    _ => Ok(Self::Unknown(UnknownCap::new(cap))),
                }
            }
        }
    }
}

/// The function that names ids, for logs: errors and unknown capabilities have the number only.
pub(super) fn id_name(chain: &Chain, caps: &[PlannedCap<'_>]) -> Option<TokenStream> {
    let doc = format!(" The short name of the id of a capability in the `{}` chain.", chain.name);
    let arms = caps.iter().map(|cap| {
        let (constant, short) = (ident(&cap.item.name), &cap.item.short);
        quote!(uapi::#constant => Some(#short))
    });
    (!caps.is_empty()).then(|| {
        quote! {
            #[doc = #doc]
            pub fn id_name(id: u16) -> Option<&'static str> {
                match u32::from(id) {
                    #(#arms,)*
                    _ => None,
                }
            }
        }
    })
}

/// The start of a chain without a host.
fn start(abi: &Abi, chain: &Chain, plan: &ChainPlan) -> TokenStream {
    let (offset, held) = match &plan.first {
        Some(FirstPlan::At(offset)) => (*offset, None),
        Some(FirstPlan::In(offset, held)) => (*offset, Some(held)),
        Some(FirstPlan::Chosen { .. }) | None => return TokenStream::new(),
    };
    let (caps, _) = type_names(chain);
    let format = format_name(&abi.cap_headers[chain.header]);
    let (offset, bound) = (decimal(offset), decimal(plan.bound));
    let first = match held {
        None => quote!(Some(#offset)),
        Some(held) => {
            let (width, end) = (decimal(held.width), decimal(held.end));
            quote! {
                wire.number(bytes, #offset, #width)
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

            /// Walks the chain in bytes with another byte order or layout.
            #[inline]
            pub fn parse_as(bytes: &'a [u8], wire: Wire) -> Self {
                let first = #first;
                let walk = match first {
                    Some(first) => Walk::from(&#format, bytes, wire, #bound, first),
                    None => Walk::empty(wire),
                };
                Self { walk }
            }
        }
    }
}

/// The imports of the file, sorted.
fn imports(abi: &Abi, plan: &ChainPlan, caps: &[PlannedCap<'_>]) -> TokenStream {
    let format = format_name(&abi.cap_headers[plan.header]);
    let hosted = plan.host.is_some();
    let has_profiles = !plan.profiles.is_empty();
    let phantom = has_profiles.then(|| {
        quote!(
            use core::marker::PhantomData;
        )
    });
    let array = caps.iter().any(|cap| cap.has_array()).then(|| {
        quote!(
            use crate::array::Array;
        )
    });
    let writes_elements = hosted && caps.iter().any(|cap| cap.plan.array.is_some());
    let has_aggregates = caps.iter().any(|cap| !cap.plan.aggregates.is_empty())
        || plan.host.as_ref().is_some_and(|host| !host.aggregates.is_empty());
    let element = (writes_elements || has_aggregates).then(|| {
        quote!(
            use crate::array::Element as _;
        )
    });
    let array = match (array.is_some(), element.is_some()) {
        (true, true) => Some(quote!(
            use crate::array::{Array, Element as _};
        )),
        _ => array.or(element),
    };
    let chain = match caps.is_empty() {
        true => quote!(
            use crate::chain::{ChainError, RawCap, UnknownCap, Walk};
        ),
        false => quote!(
            use crate::chain::{ChainError, RawCap, UnknownCap, Walk, capability};
        ),
    };
    let debug = (!caps.is_empty() || hosted).then(|| {
        quote!(
            use crate::debug::debug_by_getters;
        )
    });
    let profile = match (hosted, has_profiles) {
        (false, _) => quote!(),
        (true, false) => quote!(
            use crate::profile::{Append, CapShape, FixedPart, NewCap};
        ),
        (true, true) => quote!(
            use crate::profile::{Append, CapShape, FixedPart, NewCap, Profile, Rules, WhenTooSmall};
        ),
    };
    let reply = hosted.then(|| {
        quote! {
            use crate::reply::{Host, Reply};
            use crate::reply_error::ReplyError;
            use crate::request::{Buffer, RequestError, request};
        }
    });
    let uapi = (!caps.is_empty() || hosted).then(|| {
        quote!(
            use crate::uapi;
        )
    });
    quote! {
        #phantom
        use super::#format;
        #array
        #chain
        #debug
        #profile
        #reply
        #uapi
        use crate::wire::Wire;
    }
}
