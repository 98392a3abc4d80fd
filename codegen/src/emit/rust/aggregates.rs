//! Fields that are structs or arrays of fixed length: their type, and the expressions that read
//! and write them.

use proc_macro2::TokenStream;
use quote::quote;

use super::integers::picked;
use super::requests::types::element_type;
use super::tokens::{decimal, ident};
use crate::ir::protocol::Aggregate;
use crate::ir::requests::RequestElement;
use crate::ir::{Abi, Struct};
use crate::layout::Int;

/// Whether arrays are read or written as a whole. Those of integers in records are not.
pub(super) fn has_arrays(abi: &Abi) -> bool {
    let plan = &abi.protocol;
    let records = plan.records.iter().flat_map(|record| &record.aggregates);
    let structs = records.filter(|field| field.struct_().is_some());
    let results = plan.results.iter().flat_map(|results| &results.aggregates);
    let results = results.map(|one| &one.value);
    structs.chain(results).chain(in_replies(abi)).any(|field| field.count.is_some())
}

/// Those of the fixed parts of replies and of the capabilities in them.
pub(super) fn in_replies(abi: &Abi) -> impl Iterator<Item = &Aggregate> {
    let plan = &abi.protocol;
    let hosts = plan.chains.iter().filter_map(|chain| chain.host.as_ref());
    let hosts = hosts.flat_map(|host| &host.aggregates).map(|one| &one.value);
    let counted = plan.counted.iter().flat_map(|reply| &reply.aggregates);
    let caps = plan.capabilities.iter().flat_map(|cap| &cap.aggregates);
    hosts.chain(counted).chain(caps)
}

/// The type of a field.
pub(super) fn type_(abi: &Abi, field: &Aggregate) -> TokenStream {
    let element = element_type(abi, field.element);
    match field.count.map(decimal) {
        Some(count) => quote!([#element; #count]),
        None => element,
    }
}

/// The value of a field of the struct in `bytes`.
pub(super) fn read(
    abi: &Abi,
    field: &Aggregate,
    (wire, bytes): (TokenStream, TokenStream),
) -> TokenStream {
    let start = picked(field.offset, wire.clone());
    let cast = (!field.offset.is_uniform()).then(|| quote!(as usize));
    let bytes = quote!(#bytes.get(#start #cast ..).unwrap_or_default());
    read_start(abi, field, wire, bytes)
}

/// The value of a field, which starts `bytes`.
pub(super) fn read_start(
    abi: &Abi,
    field: &Aggregate,
    wire: TokenStream,
    bytes: TokenStream,
) -> TokenStream {
    let type_ = type_(abi, field);
    match field.count {
        Some(_) => quote!(<#type_>::read(#wire, #bytes)),
        None => quote!(#type_::read(#wire, #bytes)),
    }
}

/// Passes the bytes of a field of `value` to `put`.
pub(super) fn put(struct_: &Struct, field: &Aggregate, value: TokenStream) -> TokenStream {
    let name = ident(struct_.fields[field.field].stored_name());
    let offset = decimal(field.offset.kernel());
    match (field.element, field.count) {
        (RequestElement::Int(Int::U8), Some(_)) => quote!(put(#offset, &#value.#name);),
        _ => quote! {
            #value.#name.write(&mut |at, field| put(at.saturating_add(#offset), field));
        },
    }
}
