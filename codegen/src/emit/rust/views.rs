//! Safe views of replies and their chains: one file per chain, and one with the
//! code that all chains of the ABI share.

mod body;
mod capability;
mod chain;
mod host;
mod new_cap;
mod owned;
mod profiles;
mod space;
mod space_body;
mod space_capability;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::comment::Names;
use super::file_emitter::FileEmitter;
use super::format;
use super::tokens::{decimal, hex, ident};
use crate::ir::protocol::{BitField, ChainPlan, HeaderFormat, HostPlan};
use crate::ir::{Abi, CapHeader, Chain};
use crate::names;

/// Whether the ABI has chains at all.
pub(super) fn has_chains(abi: &Abi) -> bool {
    abi.chains.iter().any(|chain| chain.space.is_none())
}

/// Whether the ABI has chains in a space.
pub(super) fn has_spaces(abi: &Abi) -> bool {
    abi.chains.iter().any(|chain| chain.space.is_some())
}

/// Whether a chain has a host.
pub(super) fn has_hosts(abi: &Abi) -> bool {
    abi.chains.iter().any(|chain| chain.cap_offset().is_some())
}

/// Whether a capability of a reply ends in an array.
fn has_arrays(abi: &Abi) -> bool {
    arrays(abi).any(|in_space| !in_space)
}

/// Whether a capability in a space ends in an array.
fn has_numbers(abi: &Abi) -> bool {
    arrays(abi).any(|in_space| in_space)
}

/// Whether the layout of a capability in a space depends on its bits, or it ends in an array of
/// structs.
pub(super) fn has_bodies(abi: &Abi) -> bool {
    let mut plans = abi.capabilities.iter().zip(&abi.protocol.capabilities);
    plans.any(|(one, plan)| {
        let structs = plan.elements().is_some();
        let counted = plan.array.as_ref().is_some_and(|array| array.counted.is_some());
        let bits = !plan.body.parts.is_empty() || !plan.fixed_arrays.is_empty();
        abi.chain(one.chain).space.is_some() && (structs || counted || bits)
    })
}

/// Whether a capability in a space ends in an array of structs.
fn has_items(abi: &Abi) -> bool {
    let mut plans = abi.capabilities.iter().zip(&abi.protocol.capabilities);
    plans.any(|(one, plan)| abi.chain(one.chain).space.is_some() && plan.elements().is_some())
}

/// Whether fields in a space exist by bits of a capability of another chain.
fn has_companions(abi: &Abi) -> bool {
    abi.protocol.capabilities.iter().any(space_body::has_companion)
}

/// For each capability with an array, whether it is in a space.
fn arrays(abi: &Abi) -> impl Iterator<Item = bool> {
    let plans = abi.capabilities.iter().zip(&abi.protocol.capabilities);
    let with_array = plans.filter(|(_, plan)| plan.array.is_some());
    let in_space = with_array.map(|(one, plan)| (abi.chain(one.chain).space.is_some(), plan));
    // An array of structs in a space has an iterator of its own.
    let other = in_space.filter(|(in_space, plan)| !in_space || plan.elements().is_none());
    other.map(|(in_space, _)| in_space)
}

/// Whether elements are read or written.
pub(super) fn has_records(abi: &Abi) -> bool {
    has_arrays(abi)
        || super::aggregates::in_replies(abi).next().is_some()
        || super::requests::present(abi)
        || super::streams::present(abi)
}

/// The root of the views: the files, and the formats of headers.
pub(super) fn root(abi: &Abi) -> String {
    let chains: Vec<_> = abi.chains.iter().map(|chain| ident(&chain.name)).collect();
    let array = has_arrays(abi).then(|| {
        quote!(
            pub use crate::array::{Array, Element};
        )
    });
    let hosts = has_hosts(abi).then(|| {
        quote! {
            pub use crate::profile::{Append, BuildError, CapShape, FixedPart, NewCap, Profile};
            pub use crate::reply_error::ReplyError;
            pub use crate::request::{Buffer, RequestError};
        }
    });
    let replies = has_chains(abi).then(|| {
        quote! {
            pub use crate::chain::{ChainError, UnknownCap};
            pub use crate::wire::{CLayout, Wire};
        }
    });
    let numbers = has_numbers(abi).then(|| {
        quote!(
            pub use crate::space_cap::SpaceNumbers;
        )
    });
    let items = has_items(abi).then(|| {
        quote!(
            pub use crate::space_body::SpaceItems;
        )
    });
    let presence = has_companions(abi).then(|| {
        quote!(
            pub use crate::space_body::SpacePresence;
        )
    });
    let spaces = has_spaces(abi).then(|| {
        quote! {
            pub use crate::space::Space;
            pub use crate::space_cap::SpaceCap;
            #items
            #presence
            #numbers
            pub use crate::space_walk::SpaceError;
        }
    });
    let used = |index: usize| {
        let chains = &abi.chains;
        chains.iter().any(|chain| chain.header == index && chain.space.is_none())
    };
    let imports = has_chains(abi).then(|| {
        quote!(
            use crate::bits::BitField;
            use crate::chain::HeaderFormat;
        )
    });
    let formats = abi.cap_headers.iter().zip(&abi.protocol.headers).enumerate();
    let formats = formats.filter(|(index, _)| used(*index)).map(|(_, pair)| pair);
    let formats = formats.map(|(header, format)| header_format(header, format));
    let doc = root_doc(abi);
    format::file(quote! {
        #doc

        #(mod #chains;)*

        #array
        #hosts
        #replies
        #spaces
        #(pub use #chains::*;)*
        #imports

        #(#formats)*
    })
}

/// The description of the module.
fn root_doc(abi: &Abi) -> TokenStream {
    let replies = has_chains(abi).then(|| {
        quote! {
            //! Replies and their capability chains, read in place.
            //!
            //! A view borrows the bytes of a reply, at any alignment, and never reads
            //! outside them. `parse` takes the whole buffer of the call; an `argsz`
            //! larger than the buffer counts as its size. `caps` walks the chain and
            //! ends after the first error. An unknown capability is returned with its
            //! id, its version and its bytes.
        }
    });
    let spaces = has_spaces(abi).then(|| {
        quote! {
            //! Capability chains of a space, from bytes in memory or through accessors.
            //!
            //! `parse` takes the bytes of a space, `of` any [`Space`], such as a device. Both walk
            //! the chain. The walk reads nothing outside of the space and ends on every input:
            //! after an error, or after the last capability. Only a capability that is too
            //! short for its fields ([`SpaceError::BodyLimited`]) does not end it. An unknown
            //! capability is returned with its offset, its id and its version.
        }
    });
    let between = (replies.is_some() && spaces.is_some()).then(|| {
        quote! {
            //!
        }
    });
    quote!(#replies #between #spaces)
}

/// The files below `views/`, one for each chain.
pub(super) fn files<'a>(abi: &'a Abi, names: &'a Names<'_>) -> Vec<FileEmitter<'a>> {
    let file = |plan: &'a ChainPlan| {
        let path = ["views/", &abi.chain(plan.chain).name, ".rs"].concat();
        match &plan.space {
            None => FileEmitter::new(&path, move || chain::module(abi, names, plan)),
            Some(space) => FileEmitter::new(&path, move || space::module(abi, names, plan, space)),
        }
    };
    abi.protocol.chains.iter().map(file).collect()
}

/// The constant with the format of a header.
fn header_format(header: &CapHeader, format: &HeaderFormat) -> TokenStream {
    let name = format_name(header);
    let [size, min_size, end] = [format.size, format.min_size, format.end].map(decimal);
    let (id, next, from_reply) = (bits(format.id), bits(format.next), format.from_reply);
    let version = optional_bits(format.version);
    let doc = [" The header `", &header.name, "`."].concat();
    quote! {
        #[doc = #doc]
        pub(crate) const #name: HeaderFormat = HeaderFormat {
            size: #size,
            id: #id,
            version: #version,
            next: #next,
            end: #end,
            from_reply: #from_reply,
            min_size: #min_size,
        };
    }
}

/// Some bits of an integer.
fn bits(bits: BitField) -> TokenStream {
    let (offset, width) = (decimal(bits.offset), decimal(bits.width));
    let (low, mask) = (decimal(u64::from(bits.low)), hex(bits.mask));
    quote!(BitField { offset: #offset, width: #width, low: #low, mask: #mask })
}

/// Some bits of an integer, if there are any.
fn optional_bits(of: Option<BitField>) -> TokenStream {
    match of.map(bits) {
        Some(bits) => quote!(Some(#bits)),
        None => quote!(None),
    }
}

/// The names of a chain's iterator and enum.
fn type_names(chain: &Chain) -> (Ident, Ident) {
    (ident(&names::caps(&chain.name)), ident(&names::cap(&chain.name)))
}

/// The constant's name.
fn format_name(header: &CapHeader) -> Ident {
    ident(&names::screaming(&header.name))
}

/// The view of a host: `RegionInfo` of `vfio_region_info`.
pub(super) fn host_name(abi: &Abi, host: &HostPlan) -> String {
    names::reply_view(&abi.prefix, &abi.struct_(host.struct_).name)
}
