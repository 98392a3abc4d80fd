//! A chain in a space: the iterator over its capabilities, and the enum of those that are
//! known. They read through the trait `Space`.

use proc_macro2::TokenStream;
use quote::quote;

use super::capability::PlannedCap;
use super::chain::id_name;
use super::space_capability::{ends, view};
use super::{bits, optional_bits, space_body, type_names};
use crate::emit::rust::comment::{Docs, Names};
use crate::emit::rust::tokens::{decimal, hex, ident};
use crate::emit::rust::{examples, format};
use crate::ir::protocol::{CapPlan, ChainPlan, FirstPlan, HeaderFormat, HeldOffset, SpacePlan};
use crate::ir::{Abi, Chain, ChainId};

/// The file of a chain in a space.
pub(super) fn module(abi: &Abi, names: &Names<'_>, plan: &ChainPlan, space: &SpacePlan) -> String {
    let chain = abi.chain(plan.chain);
    let docs = Docs::new(names, "crate::uapi::");
    let title = [" The chain of `", &chain.name, "` capabilities."].concat();
    let caps: Vec<_> =
        plan.capabilities.iter().map(|id| PlannedCap::new(abi, chain, *id)).collect();
    let format = chain_format(&abi.protocol.headers[plan.header], chain, space);
    let iterator = iterator(abi, plan, space);
    let enumeration = enumeration(&docs, chain, &caps);
    let views = caps.iter().map(|cap| view(&docs, *cap));
    let kinds = caps.iter().flat_map(|cap| {
        cap.plan.kinds.iter().map(|kind| view(&docs, PlannedCap::new(abi, chain, kind.capability)))
    });
    let macros = (!caps.is_empty()).then(|| {
        quote!(
            use crate::space_cap::space_capability;
        )
    });
    let debug = (!caps.is_empty()).then(|| {
        quote!(
            use crate::debug::debug_by_getters;
        )
    });
    let arrays = has_numbers(abi, plan).then(|| {
        quote!(
            use crate::space_cap::SpaceNumbers;
        )
    });
    let all = caps.iter().flat_map(|cap| {
        let kinds = cap.plan.kinds.iter().map(|kind| PlannedCap::new(abi, chain, kind.capability));
        std::iter::once(*cap).chain(kinds)
    });
    let all: Vec<_> = all.collect();
    let plans = space.elements.iter().map(|id| &abi.protocol.capabilities[id.0]);
    let elements: Vec<_> = plans.filter_map(CapPlan::elements).collect();
    let body = space_body::imports(&all, &elements);
    let elements =
        elements.into_iter().map(|element| space_body::element(&docs, abi, chain, element));
    let uapi = (!caps.is_empty()).then(|| {
        quote!(
            use crate::uapi;
        )
    });
    format::file(quote! {
        #![doc = #title]
        use crate::bits::BitField;
        #debug
        use crate::space::Space;
        use crate::space_cap::SpaceCap;
        use crate::space_walk::{SpaceError, SpaceFormat, SpaceWalk};
        #body
        #macros
        #arrays
        #uapi
        #format
        #iterator
        #enumeration
        #(#views)*
        #(#kinds)*
        #(#elements)*
    })
}

fn has_numbers(abi: &Abi, plan: &ChainPlan) -> bool {
    let plans = plan.capabilities.iter().map(|id| &abi.protocol.capabilities[id.0]);
    let kinds = plans.clone().flat_map(|plan| &plan.kinds);
    let kinds = kinds.map(|kind| &abi.protocol.capabilities[kind.capability.0]);
    let numbers = |plan: &CapPlan| plan.array.is_some() && plan.elements().is_none();
    plans.chain(kinds).any(numbers)
}

fn chain_format(format: &HeaderFormat, chain: &Chain, space: &SpacePlan) -> TokenStream {
    let [size, end] = [format.size, format.end].map(decimal);
    let [first, limit, align] = [chain.bound, space.end, space.align].map(decimal);
    let (id, next, from_space) = (bits(format.id), bits(format.next), format.from_reply);
    let version = optional_bits(format.version);
    let empty = format.empty.iter().map(|(place, value)| {
        let (place, value) = (bits(*place), hex(*value));
        quote!((#place, #value))
    });
    quote! {
        /// The rules of the chain.
        const FORMAT: SpaceFormat = SpaceFormat {
            size: #size,
            id: #id,
            version: #version,
            next: #next,
            end: #end,
            from_space: #from_space,
            empty: &[#(#empty),*],
            first: #first,
            limit: #limit,
            align: #align,
        };
    }
}

fn iterator(abi: &Abi, plan: &ChainPlan, space: &SpacePlan) -> TokenStream {
    let chain = abi.chain(plan.chain);
    let (caps, cap) = type_names(chain);
    let searches = searches(abi, plan.chain);
    let slots = decimal(space.slots);
    let first = first(abi, plan, space);
    let start = start(abi, space);
    let doc = [" Walks the `", &chain.name, "` chain of a space."].concat();
    let example = examples::block("", &examples::space(abi, &caps.to_string()));
    quote! {
        #[doc = #doc]
        ///
        /// A capability with a short body is an error, after which the walk continues. It
        /// ends after every other error.
        #example
        pub struct #caps<'a, S: ?Sized = [u8]> {
            walk: SpaceWalk<'a, S, #slots>,
        }

        impl<S: ?Sized> Clone for #caps<'_, S> {
            fn clone(&self) -> Self {
                Self { walk: self.walk.clone() }
            }
        }

        impl<S: ?Sized> core::fmt::Debug for #caps<'_, S> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!(#caps)).finish_non_exhaustive()
            }
        }

        impl<'a> #caps<'a> {
            /// Walks the chain in these bytes.
            #[inline]
            pub fn parse(bytes: &'a [u8]) -> Self {
                Self::of(bytes)
            }
        }

        impl<'a, S: Space + ?Sized> #caps<'a, S> {
            /// Walks the chain in a space.
            #[inline]
            pub fn of(space: &'a S) -> Self {
                #start
            }

            #searches
        }

        /// The offset of the first capability.
        #[inline]
        fn first<S: Space + ?Sized>(space: &S) -> Option<u64> {
            #first
        }

        impl<'a, S: Space + ?Sized> Iterator for #caps<'a, S> {
            type Item = Result<#cap<'a, S>, SpaceError>;

            #[inline]
            fn next(&mut self) -> Option<Self::Item> {
                Some(self.walk.visit(&FORMAT)?.and_then(#cap::read))
            }
        }

        impl<S: Space + ?Sized> core::iter::FusedIterator for #caps<'_, S> {}
    }
}

/// The searches by which other chains depend on a chain.
fn searches(abi: &Abi, chain: ChainId) -> TokenStream {
    let spaces = || abi.protocol.chains.iter().filter_map(|plan| plan.space.as_ref());
    let required = spaces().any(|space| {
        let requires = space.requires.as_ref().filter(|_| !space.requires_its_companion());
        requires.is_some_and(|(other, _)| *other == chain)
    });
    let has = required.then(|| {
        quote! {
            /// Whether a capability with one of these ids comes before the end or an error.
            pub(super) fn has(mut self, ids: &[u16]) -> bool {
                while let Some(Ok(cap)) = self.walk.visit(&FORMAT) {
                    if ids.contains(&cap.id()) {
                        return true;
                    }
                }
                false
            }
        }
    });
    let companion = spaces().any(|space| space.companion.is_some_and(|one| one.chain == chain));
    let find = companion.then(|| {
        quote! {
            /// The first capability with an id.
            pub(super) fn find(mut self, id: u16) -> Option<SpaceCap<'a, S>> {
                while let Some(Ok(cap)) = self.walk.visit(&FORMAT) {
                    if cap.id() == id {
                        return Some(cap);
                    }
                }
                None
            }
        }
    });
    quote!(#has #find)
}

/// The body of the function that starts a walk.
fn start(abi: &Abi, space: &SpacePlan) -> TokenStream {
    let Some(companion) = &space.companion else {
        return quote!(Self { walk: SpaceWalk::new(&FORMAT, space, first(space)) });
    };
    let (caps, _) = type_names(abi.chain(companion.chain));
    let id = decimal(companion.id);
    let until = companion.length.map(|length| {
        let length = bits(length);
        quote!(.until(#length))
    });
    let first = match space.requires_its_companion() {
        true => quote!(first.filter(|_| companion.is_some())),
        false => quote!(first),
    };
    quote! {
        let first = first(space);
        let companion = first.and_then(|_| super::#caps::of(space).find(#id));
        let companion = companion.map(|cap| cap #until.as_companion());
        let walk = SpaceWalk::new(&FORMAT, space, #first);
        Self { walk: walk.beside(companion) }
    }
}

/// The body of the function that finds the first capability.
fn first(abi: &Abi, plan: &ChainPlan, space: &SpacePlan) -> TokenStream {
    let flag = space.flag.map(|flag| {
        let flag = bits(flag);
        quote! {
            let flag = #flag;
            if flag.at_start(space)? == 0 {
                return None;
            }
        }
    });
    // Where one search finds both, the companion is searched.
    let requires = space.requires.as_ref().filter(|_| !space.requires_its_companion());
    let requires = requires.map(|(other, ids)| {
        let (caps, _) = type_names(abi.chain(*other));
        let ids = ids.iter().map(|id| decimal(*id));
        quote! {
            if !super::#caps::of(space).has(&[#(#ids),*]) {
                return None;
            }
        }
    });
    let held = |place: TokenStream, held: &HeldOffset| {
        let (width, mask, end) = (decimal(held.width), hex(held.mask), decimal(held.end));
        quote! {
            let place = BitField { offset: #place, width: #width, low: 0, mask: #mask };
            place.at_start(space).filter(|first| *first != #end)
        }
    };
    let found = match &plan.first {
        None => quote!(None),
        Some(FirstPlan::At(at)) => {
            let at = decimal(*at);
            quote!(Some(#at))
        }
        Some(FirstPlan::In(at, one)) => {
            let at = decimal(*at);
            held(quote!(#at), one)
        }
        Some(FirstPlan::Chosen { by, offsets, held: one }) => {
            let by = bits(*by);
            let arms = offsets.iter().map(|(number, offset)| {
                let (number, offset) = (decimal(*number), decimal(*offset));
                quote!(#number => #offset)
            });
            let held = held(quote!(at), one);
            quote! {
                let by = #by;
                let at = match by.at_start(space)? {
                    #(#arms,)*
                    _ => return None,
                };
                #held
            }
        }
    };
    let unused =
        (flag.is_none() && requires.is_none() && matches!(plan.first, Some(FirstPlan::At(_))))
            .then(|| quote!(let _ = space;));
    quote!(#unused #flag #requires #found)
}

fn enumeration(docs: &Docs<'_>, chain: &Chain, caps: &[PlannedCap<'_>]) -> TokenStream {
    let (_, name) = type_names(chain);
    let doc = docs.item(&chain.meta);
    let variants = caps.iter().map(|cap| {
        let (doc, variant, view) = (cap.summary(), cap.variant(), ident(&cap.view_name()));
        quote!(#doc #variant(#view<'a, S>))
    });
    let arms = caps.iter().map(|cap| {
        let constant = ident(&cap.item.name);
        let (variant, view) = (cap.variant(), ident(&cap.view_name()));
        quote!((uapi::#constant, 1..) => #view::read(cap).map(Self::#variant))
    });
    let ends = ends(caps);
    let places = caps.iter().map(|cap| {
        let variant = cap.variant();
        quote!(Self::#variant(view) => view.cap())
    });
    let debugs = caps.iter().map(|cap| {
        let variant = cap.variant();
        quote!(Self::#variant(view) => view.fmt(f))
    });
    let id_name = id_name(chain, caps).map(|id_name| quote!(impl #name<'_> { #id_name }));
    quote! {
        #doc
        #[non_exhaustive]
        pub enum #name<'a, S: ?Sized = [u8]> {
            #(#variants,)*
            /// A capability with an unknown id, or with version 0.
            Unknown(SpaceCap<'a, S>),
        }

        impl<S: ?Sized> Clone for #name<'_, S> {
            #[inline]
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<S: ?Sized> Copy for #name<'_, S> {}

        impl<S: Space + ?Sized> core::fmt::Debug for #name<'_, S> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self {
                    #(#debugs,)*
                    Self::Unknown(cap) => f.debug_tuple("Unknown").field(cap).finish(),
                }
            }
        }

        #id_name

        impl<'a, S: Space + ?Sized> #name<'a, S> {
            /// The capability without the meaning of its body.
            #[inline]
            pub fn cap(&self) -> SpaceCap<'a, S> {
                match self {
                    #(#places,)*
                    Self::Unknown(cap) => *cap,
                }
            }

            #[inline]
            fn read(cap: SpaceCap<'a, S>) -> Result<Self, SpaceError> {
                let known = (u32::from(cap.id()), cap.version());
                #ends
                match known {
                    #(#arms,)*
                    _ => Ok(Self::Unknown(cap)),
                }
            }
        }
    }
}
