//! Structs and anonymous unions with the names, the types and the derives that bindgen
//! gives them, each with the assertions of its layout.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::super::structs::{assertions, representation};
use super::super::tokens::{decimal, ident};
use crate::ir::{Abi, Field, Struct, StructId, Type, UnionArm};
use crate::layout::{Int, Model};
use crate::names;

/// The longest array that implements `Default`.
const MOST_DEFAULT: u64 = 32;

/// A struct, the anonymous unions in it, and the proof of its layout.
pub(super) fn items(abi: &Abi, struct_: &Struct) -> TokenStream {
    let name = ident(&struct_.name);
    let representation = representation(abi, struct_);
    let derives = derives(abi, struct_);
    let fields = bound_fields(struct_);
    let declared = fields.iter().map(|BoundField { name, union, field }| {
        let type_ = match union {
            Some(union) => quote!(#union),
            None => type_(abi, &field.type_),
        };
        quote!(pub #name: #type_)
    });
    let unions = fields
        .iter()
        .filter_map(|field| field.union.as_ref().map(|name| union(abi, name, field.field.arms())));
    let default = (!derives_default(struct_)).then(|| default(&name, &fields));
    let names: Vec<_> = fields.iter().map(|field| field.name.clone()).collect();
    let assertions = assertions(struct_, &names);
    quote! {
        #representation
        #[derive(#(#derives),*)]
        pub struct #name { #(#declared),* }
        #default
        #assertions
        #(#unions)*
    }
}

/// The structs that a struct contains itself.
pub(super) fn contained(struct_: &Struct) -> Vec<StructId> {
    fn in_type(type_: &Type) -> Vec<StructId> {
        match type_ {
            Type::Int(_) | Type::Pointer(_) => Vec::new(),
            Type::Struct(id) => vec![*id],
            Type::Array(element, ..) | Type::Flexible(element, _) => in_type(element),
            Type::Union(arms) => arms.iter().flat_map(|arm| in_type(&arm.type_)).collect(),
        }
    }
    struct_.fields.iter().flat_map(|field| in_type(&field.type_)).collect()
}

/// A field with the names that bindgen gives.
struct BoundField<'a> {
    name: Ident,
    /// The type, if the field is an anonymous union.
    union: Option<Ident>,
    field: &'a Field,
}

/// The fields of a struct. bindgen counts the anonymous unions.
fn bound_fields(struct_: &Struct) -> Vec<BoundField<'_>> {
    let mut unions = 0;
    let fields = struct_.fields.iter().map(|field| match field.type_ {
        Type::Union(_) => {
            unions += 1;
            let name = ident(&names::bindgen_union_member(unions));
            let union = ident(&names::bindgen_union_type(&struct_.name, unions));
            BoundField { name, union: Some(union), field }
        }
        _ => BoundField { name: ident(&names::bindgen(&field.name)), union: None, field },
    });
    fields.collect()
}

fn type_(abi: &Abi, type_: &Type) -> TokenStream {
    match type_ {
        Type::Int(int) => c_int(*int),
        Type::Struct(id) => {
            let name = ident(&abi.struct_(*id).name);
            quote!(#name)
        }
        Type::Pointer(int) => {
            let int = c_int(*int);
            quote!(*mut #int)
        }
        Type::Array(element, length, _) => {
            let (element, length) = (self::type_(abi, element), decimal(*length));
            quote!([#element; #length])
        }
        Type::Flexible(element, _) => {
            let element = self::type_(abi, element);
            quote!(__IncompleteArrayField<#element>)
        }
        // A union is a field of a struct, which has a name for it.
        Type::Union(_) => quote!(),
    }
}

/// An integer under the kernel's name. bindgen resolves macros
/// such as `__aligned_u64`.
fn c_int(int: Int) -> TokenStream {
    let int = match int {
        Int::AlignedU64 => Int::U64,
        Int::AlignedLe64 => Int::Le64,
        int => int,
    };
    let name = ident(names::c_int(int));
    quote!(#name)
}

/// The traits that bindgen derives.
fn derives(abi: &Abi, struct_: &Struct) -> Vec<Ident> {
    let flexible = has(abi, struct_, &|type_| matches!(type_, Type::Flexible(..)));
    let union = has(abi, struct_, &|type_| matches!(type_, Type::Union(_)));
    let traits = [
        // A packed struct lends no references to fields.
        ("Debug", !(struct_.packed && flexible)),
        ("Default", derives_default(struct_)),
        ("Copy", !flexible),
        ("Clone", !flexible),
        ("PartialEq", !flexible && !union),
    ];
    traits.into_iter().filter(|(_, derived)| *derived).map(|(name, _)| ident(name)).collect()
}

/// Whether a struct, or one that it contains, has such a field.
fn has(abi: &Abi, struct_: &Struct, wanted: &dyn Fn(&Type) -> bool) -> bool {
    fn in_type(abi: &Abi, type_: &Type, wanted: &dyn Fn(&Type) -> bool) -> bool {
        wanted(type_)
            || match type_ {
                Type::Struct(id) => has(abi, abi.struct_(*id), wanted),
                Type::Array(element, ..) => in_type(abi, element, wanted),
                _ => false,
            }
    }
    struct_.fields.iter().any(|field| in_type(abi, &field.type_, wanted))
}

/// Whether `Default` can be derived: not for pointers and long arrays.
fn derives_default(struct_: &Struct) -> bool {
    fn has_default(type_: &Type) -> bool {
        match type_ {
            Type::Pointer(_) => false,
            Type::Array(element, length, _) => *length <= MOST_DEFAULT && has_default(element),
            _ => true,
        }
    }
    struct_.fields.iter().all(|field| has_default(&field.type_))
}

/// `Default` for a struct: all zero.
fn default(name: &Ident, fields: &[BoundField<'_>]) -> TokenStream {
    let fields = fields.iter().map(|BoundField { name, field, .. }| {
        let zero = zero(&field.type_);
        quote!(#name: #zero)
    });
    quote! {
        impl Default for #name {
            fn default() -> Self {
                Self { #(#fields),* }
            }
        }
    }
}

fn zero(type_: &Type) -> TokenStream {
    match type_ {
        Type::Int(_) => quote!(0),
        Type::Pointer(_) => quote!(core::ptr::null_mut()),
        Type::Array(element, length, _) => {
            let (element, length) = (zero(element), decimal(*length));
            quote!([#element; #length])
        }
        Type::Struct(_) | Type::Flexible(..) | Type::Union(_) => quote!(Default::default()),
    }
}

/// An anonymous union. Its default is the largest member, all zero.
fn union(abi: &Abi, name: &Ident, arms: &[UnionArm]) -> TokenStream {
    let members = arms.iter().map(|arm| {
        let (name, type_) = (ident(&names::bindgen(&arm.name)), type_(abi, &arm.type_));
        quote!(pub #name: #type_)
    });
    let size = |arm: &&UnionArm| abi.extent(&arm.type_, Model::KERNEL).map(|extent| extent.size);
    let default = arms.iter().rev().max_by_key(size).map(|arm| {
        let (name, zero) = (ident(&names::bindgen(&arm.name)), zero(&arm.type_));
        quote!(#name: #zero)
    });
    let text = format!("{name} {{ union }}");
    quote! {
        #[repr(C)]
        #[derive(Copy, Clone)]
        pub union #name { #(#members),* }

        impl Default for #name {
            fn default() -> Self {
                Self { #default }
            }
        }

        impl core::fmt::Debug for #name {
            fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                formatter.write_str(#text)
            }
        }
    }
}
