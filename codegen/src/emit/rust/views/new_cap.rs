//! Capabilities that a server appends to a reply, with their types.

use proc_macro2::TokenStream;
use quote::quote;

use super::capability::{PlannedCap, element_type};
use super::fields::put;
use crate::emit::rust::examples;
use crate::emit::rust::tokens::{decimal, ident, int_type};
use crate::ir::protocol::{BitField, HostPlan, ProfilePlan};
use crate::ir::{Abi, CapHeader, Chain};
use crate::names;

/// The enum of a chain's capabilities, and how each is written.
pub(super) fn item(
    abi: &Abi,
    chain: &Chain,
    host: &HostPlan,
    caps: &[PlannedCap<'_>],
    profile: Option<&ProfilePlan>,
) -> TokenStream {
    let name = ident(&["New", &names::group_type(&chain.name), "Cap"].concat());
    let host = ident(&abi.struct_(host.struct_).name);
    let doc = [" A capability of the `", &chain.name, "` chain, to append to a reply."].concat();
    let variants = caps.iter().map(|cap| variant(*cap));
    let shapes = caps.iter().map(|cap| shape(*cap));
    let fields = caps.iter().map(|cap| fields(*cap));
    let elements = caps.iter().map(|cap| elements(*cap));
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
                }
            }

            fn element(&self, shape: &CapShape, index: usize, put: &mut dyn FnMut(u32, &[u8])) {
                match *self {
                    #(#elements)*
                    Self::Other(cap) => Append::<uapi::#host>::element(&cap, shape, index, put),
                }
            }
        }
    }
}

fn variant_name(cap: PlannedCap<'_>) -> proc_macro2::Ident {
    ident(&names::group_type(&cap.item.short))
}

fn variant(cap: PlannedCap<'_>) -> TokenStream {
    let name = variant_name(cap);
    let constant = &cap.item.name;
    let link = format!(" [`{constant}`](crate::uapi::{constant})");
    let array = cap.plan.array.as_ref().map(|array| element_type(cap.abi, &array.element));
    let struct_ = cap.struct_.map(|struct_| ident(&struct_.name));
    match (struct_, array) {
        (Some(struct_), Some(element)) => {
            let doc = [&link, "; a count is set to the number of elements."].concat();
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

fn shape(cap: PlannedCap<'_>) -> TokenStream {
    let name = variant_name(cap);
    let (id, newest) = (decimal(cap.plan.id), decimal(u64::from(cap.plan.newest)));
    let sizes: Vec<_> = cap.plan.fixed_size.iter().copied().map(decimal).collect();
    let size = match sizes.split_last() {
        Some((newest, older))
            if cap.plan.fixed_size.iter().any(|one| *one != cap.plan.fixed_size[0]) =>
        {
            let versions = (1_u64..).map(decimal);
            let arms = versions.zip(older).map(|(version, size)| quote!(#version => #size,));
            quote!(match version { #(#arms)* _ => #newest })
        }
        Some((newest, _)) => quote!(#newest),
        None => quote!(0),
    };
    let Some(struct_) = cap.struct_ else {
        return quote!(Self::#name => CapShape::fixed(#id, #newest, #size),);
    };
    let header = &cap.abi.cap_headers[cap.chain.header];
    let format = cap.abi.protocol.headers[cap.chain.header].version;
    let version = version(cap.abi, header, format, &struct_.fields[0].name);
    let version = match &version {
        Some(version) => quote! {
            let version = match #version { 0 => #newest, version => version };
        },
        None => quote!(let version = #newest;),
    };
    match &cap.plan.array {
        Some(array) => {
            let stride = decimal(array.stride.kernel());
            quote! {
                Self::#name(cap, elements) => {
                    #version
                    CapShape::fixed(#id, version, #size).with_array(#stride, elements.len())
                }
            }
        }
        None => quote! {
            Self::#name(cap) => {
                #version
                CapShape::fixed(#id, version, #size)
            }
        },
    }
}

/// The version in the header of `cap`.
fn version(
    abi: &Abi,
    header: &CapHeader,
    bits: Option<BitField>,
    field: &str,
) -> Option<TokenStream> {
    let (BitField { low, mask, width, .. }, bits) = (bits?, header.version?);
    let (field, word) = (ident(field), &abi.struct_(header.struct_).fields[bits.field]);
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

fn fields(cap: PlannedCap<'_>) -> TokenStream {
    let name = variant_name(cap);
    let Some(struct_) = cap.struct_ else { return quote!(Self::#name => {}) };
    let count = cap.plan.array.as_ref().and_then(|array| array.count.as_ref());
    let own =
        cap.plan.fields.iter().filter(|plan| count.is_none_or(|count| count.field != plan.field));
    let puts: Vec<_> = own
        .map(|plan| {
            let put = put(cap.abi, struct_, plan, quote!(cap));
            match plan.version {
                0 | 1 => put,
                version => {
                    let version = decimal(u64::from(version));
                    quote!(if shape.version >= #version { #put })
                }
            }
        })
        .collect();
    let cap_name = if puts.is_empty() { quote!(_) } else { quote!(cap) };
    let count = count.map(|count| {
        let (offset, int) = (decimal(count.offset.kernel()), int_type(count.int));
        quote!(put(#offset, &(shape.count as #int).to_ne_bytes());)
    });
    match cap.plan.array {
        Some(_) => quote!(Self::#name(#cap_name, _) => { #(#puts)* #count }),
        None => quote!(Self::#name(#cap_name) => { #(#puts)* }),
    }
}

fn elements(cap: PlannedCap<'_>) -> TokenStream {
    let name = variant_name(cap);
    match (cap.struct_, &cap.plan.array) {
        (None, _) => quote!(Self::#name => {}),
        (Some(_), None) => quote!(Self::#name(_) => {}),
        (Some(_), Some(_)) => quote! {
            Self::#name(_, elements) => {
                if let Some(element) = elements.get(index) {
                    element.write(put);
                }
            }
        },
    }
}
