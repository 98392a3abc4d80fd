//! Capabilities that can be stored, under the feature `alloc`: read from a view, and
//! appended to a reply.

use proc_macro2::TokenStream;
use quote::quote;

use super::capability::{PlannedCap, element_type, is_bytes};
use crate::emit::rust::tokens::{decimal, ident, int_type};
use crate::ir::protocol::HostPlan;
use crate::ir::{Abi, Chain, Type};
use crate::names;

/// The enum of a chain's stored capabilities, and its conversions.
pub(super) fn item(
    abi: &Abi,
    chain: &Chain,
    host: &HostPlan,
    caps: &[PlannedCap<'_>],
) -> TokenStream {
    let [view, new, name] =
        [names::cap, names::new_cap, names::cap_buf].map(|name| ident(&name(&chain.name)));
    let host = ident(&abi.struct_(host.struct_).name);
    let format = super::format_name(&abi.cap_headers[chain.header]);
    let doc =
        format!(" A capability of the `{}` chain that does not borrow the reply.", chain.name);
    let variants = caps.iter().map(|cap| variant(*cap));
    let read = caps.iter().map(|cap| read(*cap));
    let newest = caps.iter().map(|cap| {
        let (variant, type_) = (cap.variant(), ident(&cap.view_name()));
        quote!(#view::#variant(_) => #type_::NEWEST)
    });
    let borrowed = caps.iter().map(|cap| borrowed(*cap, &new));
    quote! {
        #[doc = #doc]
        ///
        /// It can be stored, and appended to a reply.
        #[cfg(feature = "alloc")]
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            /// Any other capability, and every one of a version that is newer than the known ones:
            /// its bytes are kept, so that a proxy passes all of it.
            Other {
                /// The id.
                id: u16,
                /// The version.
                version: u16,
                /// The bytes after the header; of the last capability, up to the end of the buffer.
                body: alloc::vec::Vec<u8>,
            },
        }

        #[cfg(feature = "alloc")]
        impl From<#view<'_>> for #name {
            fn from(cap: #view<'_>) -> Self {
                match cap {
                    newer if newer.cap().version() > Self::newest(&newer) => {
                        Self::other(newer.cap())
                    }
                    #(#read)*
                    #view::Unknown(cap) => Self::other(cap),
                }
            }
        }

        #[cfg(feature = "alloc")]
        impl #name {
            /// The newest version whose fields are all known.
            fn newest(cap: &#view<'_>) -> u16 {
                match cap {
                    #(#newest,)*
                    #view::Unknown(_) => u16::MAX,
                }
            }

            fn other(cap: UnknownCap<'_>) -> Self {
                let body = cap.bytes().get(#format.size as usize..).unwrap_or_default();
                Self::Other { id: cap.id(), version: cap.version(), body: body.to_vec() }
            }

            /// The capability, to append to a reply.
            pub fn as_new(&self) -> #new<'_> {
                match self {
                    #(#borrowed)*
                    Self::Other { id, version, body } => {
                        #new::Other(NewCap { id: *id, version: *version, body })
                    }
                }
            }
        }

        #[cfg(feature = "alloc")]
        impl Append<uapi::#host> for #name {
            fn shape(&self, header: u32, arrays: &[(u16, u32, u32)]) -> CapShape {
                self.as_new().shape(header, arrays)
            }

            fn fields(&self, shape: &CapShape, put: &mut dyn FnMut(u32, &[u8])) {
                Append::fields(&self.as_new(), shape, put);
            }

            fn element(&self, shape: &CapShape, index: usize, put: &mut dyn FnMut(u32, &[u8])) {
                self.as_new().element(shape, index, put);
            }
        }
    }
}

fn variant(cap: PlannedCap<'_>) -> TokenStream {
    let (doc, name) = (cap.summary(), cap.variant());
    let struct_ = cap.struct_.map(|struct_| ident(&struct_.name));
    let array = cap.plan.array.as_ref().map(|array| element_type(cap.abi, &array.element));
    match (struct_, array) {
        (Some(struct_), Some(element)) => {
            quote!(#doc #name(uapi::#struct_, alloc::vec::Vec<#element>),)
        }
        (Some(struct_), None) => quote!(#doc #name(uapi::#struct_),),
        (None, _) => quote!(#doc #name,),
    }
}

/// The stored capability of a view.
fn read(cap: PlannedCap<'_>) -> TokenStream {
    let view = ident(&names::cap(&cap.chain.name));
    let name = cap.variant();
    let Some(struct_) = cap.struct_ else { return quote!(#view::#name(_) => Self::#name,) };
    let type_ = ident(&struct_.name);
    let version = version(cap, &struct_.fields[0].name);
    let named = |field: usize| {
        let field = struct_.fields[field].stored_name();
        (ident(field), ident(&names::view_getter(field)))
    };
    let fields = cap.plan.fields.iter().map(|plan| {
        let (member, getter) = named(plan.field);
        match plan.version {
            0 | 1 => quote!(cap.#member = view.#getter();),
            _ => quote!(cap.#member = view.#getter().unwrap_or_default();),
        }
    });
    let aggregates = cap.plan.aggregates.iter().map(|plan| {
        let (member, getter) = named(plan.field);
        match plan.version {
            0 | 1 => quote!(cap.#member = view.#getter();),
            _ => quote! {
                if let Some(value) = view.#getter() {
                    cap.#member = value;
                }
            },
        }
    });
    let elements = cap.plan.array.as_ref().map(|array| {
        let getter = ident(&names::view_getter(&struct_.fields[array.field].name));
        match is_bytes(array) {
            true => quote!(, view.#getter().to_vec()),
            false => quote!(, view.#getter().iter().collect()),
        }
    });
    quote! {
        #view::#name(view) => {
            let mut cap = uapi::#type_::new();
            #version
            #(#fields)*
            #(#aggregates)*
            Self::#name(cap #elements)
        }
    }
}

/// Sets the version in the header.
fn version(cap: PlannedCap<'_>, header_field: &str) -> Option<TokenStream> {
    let header = &cap.abi.cap_headers[cap.chain.header];
    let bits = header.version?;
    let word = &cap.abi.struct_(header.struct_).fields[bits.field];
    let (field, name) = (ident(header_field), ident(&word.name));
    if bits.low == 0 && bits.count == 16 {
        return Some(quote!(cap.#field.#name = view.version();));
    }
    let Type::Int(int) = word.type_ else { return None };
    let (int, low) = (int_type(int), decimal(u64::from(bits.low)));
    Some(quote!(cap.#field.#name = (u64::from(view.version()) << #low) as #int;))
}

fn borrowed(cap: PlannedCap<'_>, new: &proc_macro2::Ident) -> TokenStream {
    let name = cap.variant();
    match (cap.struct_, &cap.plan.array) {
        (Some(_), Some(_)) => quote!(Self::#name(cap, elements) => #new::#name(cap, elements),),
        (Some(_), None) => quote!(Self::#name(cap) => #new::#name(cap),),
        (None, _) => quote!(Self::#name => #new::#name,),
    }
}
