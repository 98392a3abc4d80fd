//! Structs as C lays them out, each with its constructor and, right below it,
//! the assertions that prove its layout on every target.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::comment::Docs;
use super::derives;
use super::tokens::{decimal, ident, int_type};
use crate::ir::{Abi, Field, Meta, Role, Struct, StructId, StructRole, Type, UnionArm};
use crate::layout::{Int, PerModel};
use crate::names;

/// A struct, its methods, and the proof of its layout.
pub(super) fn items(abi: &Abi, docs: &Docs<'_>, id: StructId) -> TokenStream {
    let struct_ = abi.struct_(id);
    let declaration = declaration(abi, docs, id);
    let methods = methods(abi, docs, struct_);
    let names: Vec<_> = struct_.fields.iter().map(|field| ident(field.stored_name())).collect();
    let assertions = assertions(struct_, &names);
    quote!(#declaration #methods #assertions)
}

fn declaration(abi: &Abi, docs: &Docs<'_>, id: StructId) -> TokenStream {
    let struct_ = abi.struct_(id);
    let doc = docs.item(&struct_.meta);
    let name = ident(&struct_.name);
    let representation = representation(abi, struct_);
    let derives = derives::of_struct(abi, struct_);
    let grows = grows(abi, id);
    let non_exhaustive = grows.then(|| quote!(#[non_exhaustive]));
    let growing = grows.then(|| derives::of_growing(abi, struct_));
    let fields = struct_.fields.iter().map(|field| {
        let doc = docs.part(&stored_meta(field), &struct_.meta);
        let (name, type_) = (ident(field.stored_name()), field_type(abi, field));
        quote!(#doc pub #name: #type_)
    });
    quote! {
        #doc
        #representation
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #derives
        #growing
        #non_exhaustive
        pub struct #name { #(#fields),* }
    }
}

/// The attributes that give a struct the layout of C.
pub(super) fn representation(abi: &Abi, struct_: &Struct) -> TokenStream {
    match (struct_.packed, is_aligned(abi, struct_)) {
        (true, _) => quote!(#[repr(C, packed)]),
        (false, false) => quote!(#[repr(C)]),
        // __aligned_u64 and __aligned_le64 are aligned to 8 even if u64 is not.
        (false, true) => quote! {
            #[repr(C)]
            #[cfg_attr(any(target_arch = "x86", target_arch = "m68k"), repr(align(8)))]
        },
    }
}

/// Whether the struct grows with the ABI, so that programs must not build it by naming all its
/// fields: its size is passed with it, as an argsz, as the length of data whose type a number
/// determines, or as that of a capability.
fn grows(abi: &Abi, id: StructId) -> bool {
    let struct_ = abi.struct_(id);
    struct_.argsz.is_some()
        || matches!(struct_.role, StructRole::Capability(_))
        || abi.protocol.data_forms().any(|form| form.struct_() == Some(id))
}

/// Whether something in the struct is an `__aligned_u64` or an `__aligned_le64`.
fn is_aligned(abi: &Abi, struct_: &Struct) -> bool {
    fn in_type(abi: &Abi, type_: &Type) -> bool {
        match type_ {
            Type::Int(int) => int.explicitly_aligned(),
            Type::Struct(id) => is_aligned(abi, abi.struct_(*id)),
            Type::Array(element, ..) | Type::Flexible(element, _) => in_type(abi, element),
            Type::Union(arms) => arms.iter().any(|arm| in_type(abi, &arm.type_)),
            Type::Pointer(_) => false,
        }
    }
    struct_.fields.iter().any(|field| in_type(abi, &field.type_))
}

/// The documentation of a stored field; for a union, that of its first member.
fn stored_meta(field: &Field) -> Meta {
    match &field.type_ {
        Type::Union(arms) if !arms.is_empty() => {
            Meta { since: arms[0].meta.since, ..field.meta.clone() }
        }
        _ => field.meta.clone(),
    }
}

fn field_type(abi: &Abi, field: &Field) -> TokenStream {
    let group = field.group.and_then(|id| abi.group(id).rust.as_deref());
    match (&field.type_, group) {
        (Type::Int(int), Some(group)) if fits(abi, field, *int) => {
            let group = ident(group);
            quote!(#group)
        }
        (type_, _) => plain_type(abi, type_),
    }
}

/// Whether a field is as wide as the numbers that it holds.
fn fits(abi: &Abi, field: &Field, int: Int) -> bool {
    field.group.is_some_and(|id| abi.group(id).int.size() == int.size())
}

fn plain_type(abi: &Abi, type_: &Type) -> TokenStream {
    match type_ {
        Type::Int(int) => {
            let int = int_type(*int);
            quote!(#int)
        }
        Type::Struct(id) => {
            let name = ident(&abi.struct_(*id).name);
            quote!(#name)
        }
        Type::Pointer(int) => {
            let int = int_type(*int);
            quote!(*mut #int)
        }
        Type::Array(element, length, name) => {
            let element = plain_type(abi, element);
            let length = length_of_array(*length, name.as_deref());
            quote!([#element; #length])
        }
        Type::Flexible(element, _) => {
            let element = plain_type(abi, element);
            quote!([#element; 0])
        }
        Type::Union(arms) => {
            arms.first().map(|arm| plain_type(abi, &arm.type_)).unwrap_or_default()
        }
    }
}

fn methods(abi: &Abi, docs: &Docs<'_>, struct_: &Struct) -> TokenStream {
    let name = ident(&struct_.name);
    let doc = match (struct_.argsz, struct_.role) {
        (Some(_), _) => " All zero, except for `argsz`, which is the size of this struct.",
        (_, StructRole::Capability(_)) => " All zero, except for the header's id and version.",
        _ => " All zero.",
    };
    let fields = struct_.fields.iter().map(|field| {
        let name = ident(field.stored_name());
        let value = initial(abi, struct_, field);
        quote!(#name: #value)
    });
    let accessors = struct_.fields.iter().map(|field| accessors(abi, docs, struct_, field));
    quote! {
        impl #name {
            #[doc = #doc]
            pub const fn new() -> Self {
                Self { #(#fields),* }
            }

            /// Changes fields in one expression: `new().with(|it| it.field = value)`.
            pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
                change(&mut self);
                self
            }

            #(#accessors)*
        }

        impl Default for #name {
            fn default() -> Self {
                Self::new()
            }
        }
    }
}

/// The initial value of a field in the constructor.
fn initial(abi: &Abi, struct_: &Struct, field: &Field) -> TokenStream {
    match (field.role, struct_.role) {
        (Role::Argsz, _) => quote!(size_of::<Self>() as u32),
        (Role::Header, StructRole::Capability(index)) => header(abi, index),
        _ => match (&field.type_, field.group.and_then(|id| abi.group(id).rust.as_deref())) {
            (Type::Int(int), Some(group)) if fits(abi, field, *int) => {
                let group = ident(group);
                quote!(#group(0))
            }
            (type_, _) => zero(abi, type_),
        },
    }
}

/// The header of a capability: its id and version if they are whole fields, otherwise zero.
fn header(abi: &Abi, capability: crate::ir::CapabilityId) -> TokenStream {
    let capability = abi.capability(capability);
    let header = &abi.cap_headers[abi.chain(capability.chain).header];
    let struct_ = abi.struct_(header.struct_);
    let name = ident(&struct_.name);
    let fields = struct_.fields.iter().enumerate().map(|(index, field)| {
        let name = ident(&field.name);
        let whole = |bits: crate::ir::Bits| {
            let all =
                matches!(field.type_, Type::Int(int) if u64::from(bits.count) == int.size() * 8);
            bits.field == index && bits.low == 0 && all
        };
        if whole(header.id) {
            let id = ident(&capability.name);
            let type_ = plain_type(abi, &field.type_);
            quote!(#name: #id as #type_)
        } else if header.version.is_some_and(whole) {
            let version = decimal(u64::from(capability.version));
            quote!(#name: #version)
        } else {
            let zero = zero(abi, &field.type_);
            quote!(#name: #zero)
        }
    });
    quote!(#name { #(#fields),* })
}

/// The length of an array: the constant that names it, if there is one.
fn length_of_array(length: u64, name: Option<&str>) -> TokenStream {
    match name.map(ident) {
        Some(name) => quote!(#name as usize),
        None => {
            let length = decimal(length);
            quote!(#length)
        }
    }
}

fn zero(abi: &Abi, type_: &Type) -> TokenStream {
    match type_ {
        Type::Int(_) => quote!(0),
        Type::Struct(id) => {
            let name = ident(&abi.struct_(*id).name);
            quote!(#name::new())
        }
        Type::Pointer(_) => quote!(core::ptr::null_mut()),
        Type::Array(element, length, name) => {
            let element = zero(abi, element);
            let length = length_of_array(*length, name.as_deref());
            quote!([#element; #length])
        }
        Type::Flexible(..) => quote!([]),
        Type::Union(arms) => arms.first().map(|arm| zero(abi, &arm.type_)).unwrap_or_default(),
    }
}

/// A getter and a setter for each member of an anonymous union.
fn accessors(abi: &Abi, docs: &Docs<'_>, struct_: &Struct, field: &Field) -> TokenStream {
    let Type::Union(arms) = &field.type_ else {
        return TokenStream::new();
    };
    let stored = ident(field.stored_name());
    let each = arms.iter().map(|arm| accessor(abi, docs, struct_, arm, &stored));
    quote!(#(#each)*)
}

fn accessor(
    abi: &Abi,
    docs: &Docs<'_>,
    struct_: &Struct,
    arm: &UnionArm,
    stored: &Ident,
) -> TokenStream {
    let doc = docs.part(&arm.meta, &struct_.meta);
    let (name, setter) = (ident(&arm.name), ident(&names::setter(&arm.name)));
    let type_ = plain_type(abi, &arm.type_);
    let sets =
        format!(" Sets [`{0}`](Self::{0}), and with it every other member of the union.", arm.name);
    quote! {
        #doc
        pub const fn #name(&self) -> #type_ {
            self.#stored
        }

        #[doc = #sets]
        pub const fn #setter(&mut self, #name: #type_) {
            self.#stored = #name;
        }
    }
}

/// Assertions of size and offsets that hold on every target. `names` are those of the
/// stored fields, in order.
pub(super) fn assertions(struct_: &Struct, names: &[Ident]) -> TokenStream {
    let name = ident(&struct_.name);
    let size = by_model(struct_.layouts.each_ref().map(|layout| layout.size));
    let offsets = names.iter().enumerate().map(|(index, field)| {
        let offset = by_model(struct_.spans(index).map(|span| span.offset));
        quote!(assert!(offset_of!(#name, #field) == #offset);)
    });
    quote! {
        const _: () = {
            assert!(size_of::<#name>() == #size);
            #(#offsets)*
        };
    }
}

/// A number, or one per data model if they differ.
fn by_model(numbers: PerModel<u64>) -> TokenStream {
    let [lp64, ilp32, ilp32_aligned] = numbers.map(decimal);
    match numbers.iter().all(|number| *number == numbers[0]) {
        true => quote!(#lp64),
        false => quote!(by_model(#lp64, #ilp32, #ilp32_aligned)),
    }
}
