//! The declarations: a request with its fields and its constructor, and the choices.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::{type_name, typed_data};
use crate::emit::rust::comment::Docs;
use crate::emit::rust::examples;
use crate::emit::rust::tokens::{decimal, ident, int_type};
use crate::emit::sentence::sentences;
use crate::ir::Abi;
use crate::ir::requests::{
    Hazard, InlineCount, InputKind, MemoryLength, RequestElement, RequestInput, RequestPlan,
};
use crate::names;

/// The enums of flags that exclude each other, each once.
pub(super) fn choices(docs: &Docs<'_>, plans: &[&RequestPlan]) -> TokenStream {
    let mut choices = BTreeMap::new();
    for input in plans.iter().flat_map(|plan| &plan.inputs) {
        if let InputKind::Choice { type_name, int, options, .. } = &input.kind {
            choices.entry(type_name.as_str()).or_insert((input, *int, options));
        }
    }
    let enums = choices.into_iter().map(|(name, (input, int, options))| {
        let (name, int) = (ident(name), int_type(int));
        let doc = docs.paragraphs(&sentences(&input.doc));
        let options = options.iter().map(|option| {
            let doc = docs.paragraphs(&sentences(&option.doc));
            let (short, value) = (ident(&names::rust_type(&option.short)), ident(&option.name));
            quote!(#doc #short = uapi::#value)
        });
        quote! {
            #doc
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            #[repr(#int)]
            #[non_exhaustive]
            pub enum #name { #(#options),* }
        }
    });
    quote!(#(#enums)*)
}

pub(super) fn declaration(abi: &Abi, docs: &Docs<'_>, plan: &RequestPlan) -> TokenStream {
    let name = type_name(plan);
    let doc = docs.paragraphs(&doc(abi, plan));
    let example = examples::block("", &examples::request(abi, plan));
    let lifetime = plan.borrows().then(|| quote!(<'a>));
    let default = taken_by_new(plan).next().is_none().then(|| quote!(, Default));
    let copy = match has_mutable(plan) {
        true => quote!(#[derive(Debug #default)]),
        false => quote!(#[derive(Clone, Copy, Debug #default)]),
    };
    let fields: Vec<_> = plan.inputs.iter().map(|input| field(abi, docs, input)).collect();
    let parameters = taken_by_new(plan).map(|input| {
        let (name, type_) = (ident(&input.name), type_of(abi, input));
        quote!(#name: #type_)
    });
    let values = plan.inputs.iter().map(|input| {
        let name = ident(&input.name);
        match input.present {
            Some(_) => quote!(#name: None),
            None => quote!(#name),
        }
    });
    let new = match default {
        Some(_) => " The request.",
        None => " The request with the values that every caller sets.",
    };
    quote! {
        #doc
        #example
        #copy
        #[non_exhaustive]
        pub struct #name #lifetime { #(#fields),* }

        impl #lifetime #name #lifetime {
            #[doc = #new]
            pub const fn new(#(#parameters),*) -> Self {
                Self { #(#values),* }
            }
        }
    }
}

/// The inputs that every caller sets.
pub(in crate::emit::rust) fn taken_by_new(
    plan: &RequestPlan,
) -> impl Iterator<Item = &RequestInput> {
    plan.inputs.iter().filter(|input| input.present.is_none())
}

/// The documentation of a request, in the words of the specification.
fn doc(abi: &Abi, plan: &RequestPlan) -> Vec<String> {
    let ioctl = abi.ioctl(plan.ioctl);
    let mut paragraphs = match &plan.selected {
        Some(selected) => {
            let mut doc = vec![format!("`{}` with `{selected}`.", ioctl.name)];
            doc.extend(sentences(&plan.doc));
            doc
        }
        None => {
            let mut doc = vec![format!("`{}`.", ioctl.name)];
            doc.extend(ioctl.meta.doc.iter().cloned());
            doc
        }
    };
    paragraphs.extend(plan.hazard.as_ref().map(|hazard| {
        match hazard {
            Hazard::Lasting => {
                "The kernel or a device accesses the memory after the call as well: whoever makes \
             the call guarantees that it stays valid, and that nothing else relies on its \
             contents."
                    .to_owned()
            }
            Hazard::Elsewhere(until) => {
                let until = sentences(until).join(" ");
                format!(
                    "{until} Whoever makes the call guarantees that the memory stays valid until \
                     then, and that nothing else relies on its contents."
                )
            }
            Hazard::UnknownLength => {
                "The request does not carry the length of the memory: whoever makes the call \
             guarantees that it is long enough."
                    .to_owned()
            }
        }
    }));
    paragraphs
}

fn field(abi: &Abi, docs: &Docs<'_>, input: &RequestInput) -> TokenStream {
    let mut doc = sentences(&input.doc);
    // The field has an address, which is what its meaning is about.
    if matches!(input.kind, InputKind::Memory { .. } | InputKind::Typed(_)) {
        doc.push("Here it is the memory itself.".to_owned());
    }
    let doc = docs.paragraphs(&doc);
    let (name, type_) = (ident(&input.name), type_of(abi, input));
    let type_ = match input.present {
        Some(_) => quote!(Option<#type_>),
        None => type_,
    };
    quote!(#doc pub #name: #type_)
}

/// The type of an input, without the option around it.
fn type_of(abi: &Abi, input: &RequestInput) -> TokenStream {
    parameter_type(abi, input, false)
}

/// The type of an input as a parameter; `elided` leaves out the lifetime and names the
/// module.
pub(in crate::emit::rust) fn parameter_type(
    abi: &Abi,
    input: &RequestInput,
    elided: bool,
) -> TokenStream {
    let lifetime = (!elided).then(|| quote!('a));
    match &input.kind {
        InputKind::Number { int, group, .. } => {
            let group = group.and_then(|id| abi.group(id).rust.as_deref());
            match group {
                Some(group) => {
                    let group = ident(group);
                    quote!(uapi::#group)
                }
                None => {
                    let int = int_type(*int);
                    quote!(#int)
                }
            }
        }
        InputKind::Choice { type_name, .. } => {
            let (name, module) = (ident(type_name), elided.then(|| quote!(requests::)));
            quote!(#module #name)
        }
        InputKind::Struct { struct_, .. } => {
            let name = ident(&abi.struct_(*struct_).name);
            quote!(uapi::#name)
        }
        InputKind::Inline { element, count, .. } => {
            let element = element_type(abi, *element);
            match count {
                InlineCount::Fixed(1) => quote!(#element),
                InlineCount::Fixed(length) => {
                    let length = decimal(*length);
                    quote!([#element; #length])
                }
                InlineCount::Field(..) | InlineCount::ToEnd => quote!(&#lifetime [#element]),
            }
        }
        InputKind::Typed(data) => typed_data::parameter_type(data, elided),
        InputKind::Memory { direction, element, length, .. } => {
            let element = element_type(abi, *element);
            let mutable = (direction.is_written()).then(|| quote!(mut));
            match length {
                MemoryLength::Fixed(length) => {
                    let length = decimal(*length);
                    quote!(&#lifetime #mutable [#element; #length])
                }
                _ => quote!(&#lifetime #mutable [#element]),
            }
        }
    }
}

pub(in crate::emit::rust) fn element_type(abi: &Abi, element: RequestElement) -> TokenStream {
    match element {
        RequestElement::Int(int) => {
            let int = int_type(int);
            quote!(#int)
        }
        RequestElement::Struct(id, _) => {
            let name = ident(&abi.struct_(id).name);
            quote!(uapi::#name)
        }
    }
}

/// Whether the kernel writes to memory of the caller.
fn has_mutable(plan: &RequestPlan) -> bool {
    let written = |input: &RequestInput| match &input.kind {
        InputKind::Memory { direction, .. } => direction.is_written(),
        InputKind::Typed(data) => typed_data::is_mutable(data),
        _ => false,
    };
    plan.inputs.iter().any(written)
}
