//! Safe views of replies and their chains: one file per chain, and one with
//! what all chains of the ABI share.

mod arrays;
mod capability;
mod chain;
mod fields;
mod host;
mod profiles;

use proc_macro2::TokenStream;
use quote::quote;

use super::comment::Names;
use super::format;
use super::tokens::{decimal, ident};
use crate::ir::{Abi, Bits, CapHeader, Chain, ChainId, Type};
use crate::names;

/// Whether the ABI has chains at all.
pub(super) fn has_chains(abi: &Abi) -> bool {
    !abi.chains.is_empty()
}

/// Whether some chain hangs on a reply.
pub(super) fn has_hosts(abi: &Abi) -> bool {
    abi.chains.iter().any(|chain| chain.cap_offset().is_some())
}

/// Whether some capability ends in an array of structs.
pub(super) fn has_arrays(abi: &Abi) -> bool {
    abi.capabilities.iter().any(|cap| capability::has_array(abi, cap))
}

/// The root of the views: the files, and the formats of headers.
pub(super) fn root(abi: &Abi) -> String {
    let chains: Vec<_> = abi.chains.iter().map(|chain| ident(&chain.name)).collect();
    let arrays = has_arrays(abi).then(|| {
        quote!(
            mod arrays;
        )
    });
    let array = has_arrays(abi).then(|| {
        quote!(
            pub use crate::array::{Array, Element};
        )
    });
    let hosts = has_hosts(abi).then(|| {
        quote! {
            pub use crate::profile::{BuildError, Fixed, NewCap, Profile};
            pub use crate::reply::ReplyError;
            pub use crate::request::{Buffer, RequestError};
        }
    });
    let formats = abi.cap_headers.iter().map(|header| header_format(abi, header));
    format::file(quote! {
        //! Replies and their capability chains, read in place.
        //!
        //! A view borrows the bytes of a reply, at any alignment, and reads nothing outside
        //! of them, whatever they say. `parse` takes the whole buffer that the call was given;
        //! what its `argsz` tells beyond that is not believed. `caps` walks the chain and ends
        //! behind the first thing that is wrong with it. A capability that is not known here
        //! is handed on with its id, its version and its bytes.

        #arrays
        #(mod #chains;)*

        #array
        pub use crate::chain::{ChainError, UnknownCap};
        #hosts
        pub use crate::wire::{CLayout, Wire};
        #(pub use #chains::*;)*

        use crate::chain::{Bits, Format};

        #(#formats)*
    })
}

/// The files below `views/`: those of the chains, and the elements of arrays.
pub(super) fn files(abi: &Abi, names: &Names<'_>) -> Vec<(String, String)> {
    let mut files = Vec::new();
    if has_arrays(abi) {
        files.push(("views/arrays.rs".to_owned(), arrays::module(abi)));
    }
    for index in 0..abi.chains.len() {
        let path = ["views/", &abi.chains[index].name, ".rs"].concat();
        let text = chain::module(abi, names, ChainId(index));
        files.push((path, text));
    }
    files
}

/// The constant that describes a header.
fn header_format(abi: &Abi, header: &CapHeader) -> TokenStream {
    let name = format_name(header);
    let layout = &abi.struct_(header.struct_).layouts[0];
    let size = decimal(layout.size);
    let least = decimal(header.align.max(layout.size));
    let (id, next) = (bits(abi, header, header.id), bits(abi, header, header.next));
    let version = match header.version {
        Some(version) => {
            let version = bits(abi, header, version);
            quote!(Some(#version))
        }
        None => quote!(None),
    };
    let (end, from_reply) = (decimal(header.end), header.from_reply);
    let doc = [" The header `", &header.name, "`."].concat();
    quote! {
        #[doc = #doc]
        pub(crate) const #name: Format = Format {
            header: #size,
            id: #id,
            version: #version,
            next: #next,
            end: #end,
            from_reply: #from_reply,
            least: #least,
        };
    }
}

fn bits(abi: &Abi, header: &CapHeader, bits: Bits) -> TokenStream {
    let struct_ = abi.struct_(header.struct_);
    let span = struct_.layouts[0].fields[bits.field];
    let (at, width, low) = (decimal(span.offset), decimal(span.size), decimal(u64::from(bits.low)));
    let mask = match bits.count {
        64.. => u64::MAX,
        count => (1 << count) - 1,
    };
    let mask: TokenStream = format!("{mask:#x}").parse().unwrap_or_default();
    quote!(Bits { at: #at, width: #width, low: #low, mask: #mask })
}

/// The constant's name.
fn format_name(header: &CapHeader) -> proc_macro2::Ident {
    ident(&names::screaming(&header.name))
}

/// `region_info` of the host of a chain, as a type: `RegionInfo`.
fn host_name(abi: &Abi, chain: &Chain) -> Option<String> {
    let host = chain.offset_host()?;
    let name = names::without_prefix(&abi.prefix, &abi.struct_(host.struct_).name);
    Some(names::group_type(name))
}

/// The size of an integer that a field is, if it is one.
fn int_size(type_: &Type) -> Option<u64> {
    match type_ {
        Type::Int(int) => Some(int.size()),
        _ => None,
    }
}
