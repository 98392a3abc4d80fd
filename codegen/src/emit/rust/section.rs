//! One section: the module with its structs, numbers, ioctls and ids.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::comment::{Docs, Names};
use super::tokens::{decimal, ident};
use super::{format, groups, ioctls, structs};
use crate::emit::escape::in_markdown;
use crate::ir::{Abi, Entry, EntryKind, FormerName, Item, Section, Struct, StructId, Type};

/// The sections that have declarations.
pub(super) fn present(abi: &Abi) -> impl Iterator<Item = usize> {
    let declares =
        |section: &Section| section.items.iter().any(|item| !matches!(item, Item::Chain(_)));
    (0..abi.sections.len()).filter(move |index| declares(&abi.sections[*index]))
}

/// The module of a section and the former names of its items.
pub(super) fn module(
    abi: &Abi,
    names: &Names<'_>,
    former: &[FormerName<'_>],
    index: usize,
) -> String {
    let section = &abi.sections[index];
    let source = common_source(&abi.section_entries(index));
    let docs = Docs::new(names, "super::").with_source(source);
    let title = [" ", &section.title, "."].concat();
    let doc = inner(docs.paragraphs(&section.doc));
    let source = source.map(|source| {
        let line =
            [" Source, unless an item states another: ", &in_markdown(source, |_| None), "."];
        let line = line.concat();
        quote!(#![doc = ""] #![doc = #line])
    });
    let items = section.items.iter().map(|item| self::item(abi, &docs, *item));
    let former = self::former(former);
    let items = quote!(#(#items)* #former);
    let imports = imports(abi, section);
    format::file(quote! {
        #![doc = #title]
        //!
        #doc
        #source
        #imports
        #items
    })
}

/// The source of most items of a section; none if no two items share one.
fn common_source<'a>(entries: &[Entry<'a>]) -> Option<&'a str> {
    let mut counts = BTreeMap::<&str, usize>::new();
    for entry in entries.iter().filter(|entry| states_source(entry)) {
        *counts.entry(&entry.meta.source).or_default() += 1;
    }
    let (source, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (count > 1).then_some(source)
}

/// Whether the documentation of an entry states its source.
fn states_source(entry: &Entry<'_>) -> bool {
    use EntryKind::{Capability, Ioctl, Macro, Struct};
    matches!(entry.kind, Struct(_) | Macro(_) | Ioctl(_) | Capability(_))
}

/// The former names of a section's items, unless another item has the name now.
fn former(former: &[FormerName<'_>]) -> TokenStream {
    let aliases = former.iter().map(|former| {
        let doc = [" The former name of [`", former.now.name, "`]."].concat();
        let release = former.until.bare();
        let note = ["called `", former.now.name, "` since Linux ", &release].concat();
        let (old, new) = (ident(former.name), ident(former.now.name));
        let alias = match former.now.kind {
            EntryKind::Struct(_) | EntryKind::Enum(_) => quote!(pub type #old = #new;),
            EntryKind::Constant(group, value) | EntryKind::Enumerator(group, value) => {
                let type_ = groups::type_of(group, value);
                quote!(pub const #old: #type_ = #new;)
            }
            EntryKind::Ioctl(_) | EntryKind::Capability(_) => {
                quote!(pub const #old: u32 = #new;)
            }
            _ => quote!(),
        };
        match alias.is_empty() {
            true => alias,
            false => quote!(#[doc = #doc] #[deprecated(note = #note)] #alias),
        }
    });
    quote!(#(#aliases)*)
}

/// Outer documentation as inner.
pub(super) fn inner(doc: TokenStream) -> TokenStream {
    let mut inner = TokenStream::new();
    for token in doc {
        let hash = matches!(&token, proc_macro2::TokenTree::Punct(punct) if punct.as_char() == '#');
        inner.extend([token]);
        if hash {
            inner.extend(quote!(!));
        }
    }
    inner
}

fn item(abi: &Abi, docs: &Docs<'_>, item: Item) -> TokenStream {
    match item {
        Item::Struct(id) => struct_(abi, docs, id),
        Item::Group(id) => groups::items(abi, docs, abi.group(id)),
        Item::Ioctl(index) => ioctls::item(abi, docs, abi.ioctl(index)),
        Item::Macro(index) => macro_(abi, docs, index),
        Item::Capability(index) => capability(abi, docs, index),
        Item::Chain(_) => TokenStream::new(),
    }
}

/// A struct, after the flags and numbers of its fields.
fn struct_(abi: &Abi, docs: &Docs<'_>, id: StructId) -> TokenStream {
    let held = abi.held_groups(id).map(|group| groups::items(abi, docs, group));
    let struct_ = structs::items(abi, docs, id);
    quote!(#struct_ #(#held)*)
}

/// The id of a capability. A struct that belongs to it documents both.
fn capability(abi: &Abi, docs: &Docs<'_>, id: crate::ir::CapabilityId) -> TokenStream {
    let capability = abi.capability(id);
    let body = capability.struct_.filter(|_| capability.inline);
    let doc = match body {
        Some(id) => docs.id_of(&abi.struct_(id).name, &capability.meta),
        None => docs.item(&capability.meta),
    };
    let (name, id) = (ident(&capability.name), decimal(capability.id));
    let body = body.map(|id| struct_(abi, docs, id));
    quote!(#doc pub const #name: u32 = #id; #body)
}

fn macro_(abi: &Abi, docs: &Docs<'_>, id: crate::ir::MacroId) -> TokenStream {
    let macro_ = abi.macro_(id);
    let doc = docs.item(&macro_.meta);
    let function: TokenStream = macro_.rust.parse().expect("validate has parsed the function");
    quote!(#doc #function)
}

/// The imports of a section.
fn imports(abi: &Abi, section: &Section) -> TokenStream {
    let structs: Vec<_> = section.items.iter().filter_map(|item| declared(abi, *item)).collect();
    let by_model = structs.iter().any(|id| differs(abi.struct_(*id)));
    let io = section.items.iter().any(|item| matches!(item, Item::Ioctl(_)));
    let target = match (by_model, io) {
        (true, true) => quote!(
            use crate::target::{by_model, io};
        ),
        (true, false) => quote!(
            use crate::target::by_model;
        ),
        (false, true) => quote!(
            use crate::target::io;
        ),
        (false, false) => quote!(),
    };
    let mem = match structs.iter().any(|id| !abi.struct_(*id).fields.is_empty()) {
        true => quote!(
            use core::mem::{offset_of, size_of};
        ),
        false => quote!(),
    };
    let others = others(abi, section, &structs);
    let others = match others.as_slice() {
        [] => quote!(),
        [one] => quote!(use super::#one;),
        many => quote!(use super::{#(#many),*};),
    };
    quote!(#others #target #mem)
}

/// Whether the size or an offset of a struct depends on the target.
pub(super) fn differs(struct_: &Struct) -> bool {
    let layouts = &struct_.layouts;
    layouts
        .iter()
        .any(|layout| layout.size != layouts[0].size || layout.fields != layouts[0].fields)
}

/// The struct that an item declares.
pub(super) fn declared(abi: &Abi, item: Item) -> Option<StructId> {
    match item {
        Item::Struct(id) => Some(id),
        Item::Capability(index) => {
            abi.capability(index).struct_.filter(|_| abi.capability(index).inline)
        }
        _ => None,
    }
}

/// Names of other sections that the items of this one use, sorted.
fn others(abi: &Abi, section: &Section, structs: &[StructId]) -> Vec<proc_macro2::Ident> {
    let mut used = Vec::new();
    for id in structs {
        for field in &abi.struct_(*id).fields {
            used.extend(names_in(abi, &field.type_));
            let group = field.group.map(|id| abi.group(id));
            used.extend(group.and_then(|group| group.rust.clone()));
        }
        if let crate::ir::StructRole::Capability(index) = abi.struct_(*id).role {
            used.push(abi.capability(index).name.clone());
        }
    }
    if let (Some(numbers), true) =
        (&abi.ioctl_numbers, section.items.iter().any(|item| matches!(item, Item::Ioctl(_))))
    {
        used.extend([numbers.base_name.clone(), numbers.type_name.clone()]);
    }
    let own = own_names(abi, section);
    used.retain(|name| !own.contains(name));
    used.sort();
    used.dedup();
    used.iter().map(|name| ident(name)).collect()
}

fn names_in(abi: &Abi, type_: &Type) -> Vec<String> {
    match type_ {
        Type::Int(_) | Type::Pointer(_) => Vec::new(),
        Type::Struct(id) => vec![abi.struct_(*id).name.clone()],
        Type::Array(element, _, length) => {
            let mut names = names_in(abi, element);
            names.extend(length.clone());
            names
        }
        Type::Flexible(element, _) => names_in(abi, element),
        Type::Union(arms) => arms.iter().flat_map(|arm| names_in(abi, &arm.type_)).collect(),
    }
}

fn own_names(abi: &Abi, section: &Section) -> Vec<String> {
    let mut own = Vec::new();
    for item in &section.items {
        match item {
            Item::Group(id) => {
                let group = abi.group(*id);
                own.extend(group.rust.clone());
                own.extend(group.values.iter().map(|value| value.name.clone()));
            }
            Item::Capability(index) => own.push(abi.capability(*index).name.clone()),
            _ => {}
        }
        if let Some(id) = declared(abi, *item) {
            own.push(abi.struct_(id).name.clone());
            own.extend(abi.held_groups(id).filter_map(|group| group.rust.clone()));
        }
    }
    own
}
