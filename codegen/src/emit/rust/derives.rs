//! Derives that depend on features. Types with padding or pointers have no derives
//! that access bytes.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::{Abi, Struct, Type};

/// The derives of a struct.
pub(super) fn of_struct(abi: &Abi, struct_: &Struct) -> TokenStream {
    let zerocopy = has_plain_bytes(abi, struct_).then(zerocopy);
    let bytemuck = has_plain_bytes(abi, struct_).then(bytemuck);
    let serde = is_serde(abi, struct_).then(serde);
    quote!(#zerocopy #bytemuck #serde)
}

/// What reads a struct that was stored before a later field existed.
pub(super) fn of_growing(abi: &Abi, struct_: &Struct) -> TokenStream {
    match is_serde(abi, struct_) {
        true => quote!(#[cfg_attr(feature = "serde", serde(default))]),
        false => quote!(),
    }
}

/// The derives of a set of flags or numbers.
pub(super) fn of_newtype() -> TokenStream {
    let (zerocopy, bytemuck, serde) = (zerocopy(), bytemuck(), serde());
    quote!(#zerocopy #bytemuck #serde)
}

/// The structs without the derives that access bytes, for the documentation.
pub(super) fn left_out(abi: &Abi) -> Vec<&str> {
    let out = abi.structs.iter().filter(|struct_| !has_plain_bytes(abi, struct_));
    out.map(|struct_| struct_.name.as_str()).collect()
}

/// The structs without serde, for the documentation.
pub(super) fn without_serde(abi: &Abi) -> Vec<&str> {
    let out = abi.structs.iter().filter(|struct_| !is_serde(abi, struct_));
    out.map(|struct_| struct_.name.as_str()).collect()
}

fn zerocopy() -> TokenStream {
    quote! {
        #[cfg_attr(
            feature = "zerocopy",
            derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::Immutable, zerocopy::KnownLayout)
        )]
    }
}

fn bytemuck() -> TokenStream {
    quote!(#[cfg_attr(feature = "bytemuck", derive(bytemuck::Pod, bytemuck::Zeroable))])
}

fn serde() -> TokenStream {
    quote!(#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))])
}

/// Whether every byte of the struct is part of a number, on every target.
fn has_plain_bytes(abi: &Abi, struct_: &Struct) -> bool {
    let holes = struct_.layouts.iter().any(|layout| !layout.holes.is_empty());
    !holes && struct_.fields.iter().all(|field| is_plain(abi, &field.type_))
}

fn is_plain(abi: &Abi, type_: &Type) -> bool {
    match type_ {
        Type::Int(_) => true,
        Type::Pointer(_) => false,
        Type::Struct(id) => has_plain_bytes(abi, abi.struct_(*id)),
        Type::Array(element, ..) | Type::Flexible(element, _) => is_plain(abi, element),
        Type::Union(arms) => arms.iter().all(|arm| is_plain(abi, &arm.type_)),
    }
}

/// Whether serde supports every type in the struct; arrays must have at most 32 elements.
fn is_serde(abi: &Abi, struct_: &Struct) -> bool {
    fn known(abi: &Abi, type_: &Type) -> bool {
        match type_ {
            Type::Int(_) => true,
            Type::Pointer(_) => false,
            Type::Struct(id) => is_serde(abi, abi.struct_(*id)),
            Type::Array(element, length, _) => *length <= 32 && known(abi, element),
            Type::Flexible(element, _) => known(abi, element),
            Type::Union(arms) => arms.iter().all(|arm| known(abi, &arm.type_)),
        }
    }
    struct_.fields.iter().all(|field| known(abi, &field.type_))
}
