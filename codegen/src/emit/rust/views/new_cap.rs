//! Capabilities that a server appends to a reply, with their types.

use proc_macro2::TokenStream;
use quote::quote;

use super::capability::{PlannedCap, element_type};
use crate::emit::rust::aggregates;
use crate::emit::rust::examples;
use crate::emit::rust::integers::put;
use crate::emit::rust::tokens::{decimal, ident, int_type};
use crate::ir::protocol::{BitField, HostPlan, ProfilePlan};
use crate::ir::{Abi, Chain};
use crate::names;

/// The enum of a chain's capabilities, and how each is written.
pub(super) fn item(
    abi: &Abi,
    chain: &Chain,
    host: &HostPlan,
    caps: &[PlannedCap<'_>],
    profile: Option<&ProfilePlan>,
) -> TokenStream {
    let name = ident(&names::new_cap(&chain.name));
    let host = ident(&abi.struct_(host.struct_).name);
    let doc = [" A capability of the `", &chain.name, "` chain, to append to a reply."].concat();
    let variants = caps.iter().map(|cap| variant(*cap));
    let shapes = caps.iter().map(|cap| shape(*cap));
    let (fields, no_fields) = arms(caps, fields);
    let (elements, no_elements) = arms(caps, elements);
    let example = profile.map(|profile| {
        let profile = names::screaming(&profile.name);
        let example = examples::reply(abi, &host.to_string(), &name.to_string(), &profile);
        examples::block("", &example)
    });
    quote! {
        #[doc = #doc]
        #example
        #[derive(Clone, Copy, Debug)]
        #[non_exhaustive]
        pub enum #name<'a> {
            #(#variants)*
            /// Any other capability.
            Other(NewCap<'a>),
        }

        impl<'a> From<NewCap<'a>> for #name<'a> {
            fn from(cap: NewCap<'a>) -> Self {
                Self::Other(cap)
            }
        }

        impl Append<uapi::#host> for #name<'_> {
            fn shape(&self, header: u32, arrays: &[(u16, u32, u32)]) -> CapShape {
                match *self {
                    #(#shapes)*
                    Self::Other(cap) => Append::<uapi::#host>::shape(&cap, header, arrays),
                }
            }

            fn fields(&self, shape: &CapShape, put: &mut dyn FnMut(u32, &[u8])) {
                match *self {
                    #(#fields)*
                    Self::Other(cap) => Append::<uapi::#host>::fields(&cap, shape, put),
                    #no_fields
                }
            }

            fn element(&self, shape: &CapShape, index: usize, put: &mut dyn FnMut(u32, &[u8])) {
                match *self {
                    #(#elements)*
                    Self::Other(cap) => Append::<uapi::#host>::element(&cap, shape, index, put),
                    #no_elements
                }
            }
        }
    }
}

fn variant(cap: PlannedCap<'_>) -> TokenStream {
    let name = cap.variant();
    let link = format!(" [`uapi::{}`]", cap.item.name);
    let array = cap.plan.array.as_ref().map(|array| element_type(cap.abi, &array.element));
    let struct_ = cap.struct_.map(|struct_| ident(&struct_.name));
    match (struct_, array) {
        (Some(struct_), Some(element)) => {
            let doc = [&link, "; the length of the slice is the count."].concat();
            quote!(#[doc = #doc] #name(&'a uapi::#struct_, &'a [#element]),)
        }
        (Some(struct_), None) => {
            let doc = [&link, "."].concat();
            quote!(#[doc = #doc] #name(&'a uapi::#struct_),)
        }
        (None, _) => {
            let doc = [&link, "."].concat();
            quote!(#[doc = #doc] #name,)
        }
    }
}

/// The arm for the shape of a capability.
fn shape(cap: PlannedCap<'_>) -> TokenStream {
    let (name, id) = (cap.variant(), ident(&cap.item.name));
    let newest = decimal(u64::from(cap.plan.newest));
    let size = size(&cap.plan.fixed_size);
    let Some(struct_) = cap.struct_ else {
        return quote!(Self::#name => CapShape::fixed(uapi::#id as u16, #newest, #size),);
    };
    let (pattern, version) = match version(cap, &struct_.fields[0].name) {
        Some(version) => (quote!(cap), quote!(CapShape::version(#version, #newest))),
        None => (quote!(_), quote!(#newest)),
    };
    let (elements, array) = match &cap.plan.array {
        Some(array) => {
            let stride = decimal(array.stride.kernel());
            (quote!(, elements), quote!(.with_array(#stride, elements.len())))
        }
        None => (quote!(), quote!()),
    };
    quote! {
        Self::#name(#pattern #elements) => {
            let id = uapi::#id as u16;
            let version = #version;
            let fixed = #size;
            CapShape::fixed(id, version, fixed) #array
        }
    }
}

/// The size of the body of `version`.
fn size(sizes: &[u64]) -> TokenStream {
    let Some((newest, older)) = sizes.split_last() else { return quote!(0) };
    let last = older.iter().rposition(|size| size != newest);
    let older = &older[..last.map_or(0, |last| last + 1)];
    let arms = (1_u64..).zip(older).map(|(version, size)| {
        let (version, size) = (decimal(version), decimal(*size));
        quote!(#version => #size,)
    });
    let newest = decimal(*newest);
    match older.is_empty() {
        true => quote!(#newest),
        false => quote!(match version { #(#arms)* _ => #newest }),
    }
}

/// The version in the header of `cap`.
fn version(cap: PlannedCap<'_>, field: &str) -> Option<TokenStream> {
    let header = &cap.abi.cap_headers[cap.chain.header];
    let BitField { low, mask, width, .. } = cap.abi.protocol.headers[cap.chain.header].version?;
    let bits = header.version?;
    let (field, word) = (ident(field), &cap.abi.struct_(header.struct_).fields[bits.field]);
    let word = ident(&word.name);
    let whole = u64::from(bits.count) == width * 8;
    Some(match whole {
        true if width == 2 => quote!(cap.#field.#word),
        _ => {
            let (low, mask) = (decimal(u64::from(low)), decimal(mask));
            quote!((u64::from(cap.#field.#word) >> #low & #mask) as u16)
        }
    })
}

/// The arm that writes the fields of a capability, if it has any.
fn fields(cap: PlannedCap<'_>) -> Option<TokenStream> {
    let (name, struct_) = (cap.variant(), cap.struct_?);
    let count = cap.plan.array.as_ref().and_then(|array| array.count.as_ref());
    let own =
        cap.plan.fields.iter().filter(|plan| count.is_none_or(|count| count.field != plan.field));
    let own = own.map(|plan| (put(cap.abi, struct_, plan, quote!(cap)), plan.version));
    let aggregates = cap.plan.aggregates.iter();
    let aggregates =
        aggregates.map(|plan| (aggregates::put(struct_, plan, quote!(cap)), plan.version));
    let puts: Vec<_> = own
        .chain(aggregates)
        .map(|(put, version)| match version {
            0 | 1 => put,
            version => {
                let version = decimal(u64::from(version));
                quote!(if shape.version >= #version { #put })
            }
        })
        .collect();
    let pattern = if puts.is_empty() { quote!(_) } else { quote!(cap) };
    let count = count.map(|count| {
        let (offset, int) = (decimal(count.offset.kernel()), int_type(count.int));
        quote!(put(#offset, &(shape.count as #int).to_ne_bytes());)
    });
    if puts.is_empty() && count.is_none() {
        return None;
    }
    let elements = cap.plan.array.as_ref().map(|_| quote!(, _));
    Some(quote!(Self::#name(#pattern #elements) => { #(#puts)* #count }))
}

/// The arm that writes an element of the array of a capability, if it has one.
fn elements(cap: PlannedCap<'_>) -> Option<TokenStream> {
    let name = cap.variant();
    cap.struct_.zip(cap.plan.array.as_ref()).map(|_| {
        quote! {
            Self::#name(_, elements) => {
                if let Some(element) = elements.get(index) {
                    element.write(put);
                }
            }
        }
    })
}

/// The arms of the capabilities that have one, and one for all others.
fn arms(
    caps: &[PlannedCap<'_>],
    arm: fn(PlannedCap<'_>) -> Option<TokenStream>,
) -> (Vec<TokenStream>, Option<TokenStream>) {
    let arms: Vec<_> = caps.iter().filter_map(|cap| arm(*cap)).collect();
    let rest = (arms.len() < caps.len()).then(|| quote!(_ => {}));
    (arms, rest)
}
