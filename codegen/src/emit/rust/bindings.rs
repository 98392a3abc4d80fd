//! The items of each kernel header as bindgen declares them, for programs that use such
//! bindings: one module per header, with plain integers, unions and flexible arrays.

mod constants;
mod structs;

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::file_emitter::FileEmitter;
use super::format;
use super::section::{self, declared, present};
use super::tokens::ident;
use crate::ir::{Abi, Item, Section, StructId};
use crate::names;
use constants::BoundConstants;

/// The sections of one kernel header.
struct HeaderModule<'a> {
    /// Its name, made from the path of the header.
    name: String,
    /// The path of the header.
    path: &'a str,
    sections: Vec<&'a Section>,
}

impl HeaderModule<'_> {
    fn items(&self) -> impl Iterator<Item = Item> {
        self.sections.iter().flat_map(|section| section.items.iter().copied())
    }

    /// The structs that the header declares.
    fn structs(&self, abi: &Abi) -> impl Iterator<Item = StructId> {
        self.items().filter_map(|item| declared(abi, item))
    }
}

/// `bindings.rs`.
pub(super) fn root(abi: &Abi) -> String {
    let modules: Vec<_> = modules(abi).iter().map(|module| ident(&module.name)).collect();
    format::file(quote! {
        //! The items of the kernel headers as bindgen declares them, one module per header.
        //!
        //! Programs that use bindings made by bindgen find the same names, types and values
        //! here: flags and enumerations are plain integers, anonymous unions are Rust unions,
        //! and a flexible array is an `__IncompleteArrayField`. [`uapi`](crate::uapi) has the
        //! documentation of each item, and the ioctl numbers, which bindgen cannot translate.
        //! Struct layouts do not depend on which of the two is used.
        #![allow(missing_docs, reason = "the module `uapi` documents each item")]
        #![allow(non_camel_case_types, reason = "bindgen keeps the names of the kernel")]
        #![allow(non_upper_case_globals, reason = "bindgen puts the name of an enum before its enumerators")]

        #(pub mod #modules;)*
    })
}

/// The files below `bindings/`.
pub(super) fn files(abi: &Abi) -> Vec<FileEmitter<'_>> {
    let file = |(index, module): (usize, HeaderModule<'_>)| {
        FileEmitter::new(&["bindings/", &module.name, ".rs"].concat(), move || {
            let all = modules(abi);
            text(abi, &all[index], &all)
        })
    };
    modules(abi).into_iter().enumerate().map(file).collect()
}

/// Headers whose paths give the same name share a module.
fn modules(abi: &Abi) -> Vec<HeaderModule<'_>> {
    let mut modules = Vec::<HeaderModule<'_>>::new();
    for index in present(abi) {
        let section = &abi.sections[index];
        let path = &abi.headers[section.header].path;
        let name = names::header_module(path);
        match modules.iter_mut().find(|module| module.name == name) {
            Some(module) => module.sections.push(section),
            None => modules.push(HeaderModule { name, path, sections: vec![section] }),
        }
    }
    modules
}

/// The text of a module.
fn text(abi: &Abi, module: &HeaderModule<'_>, all: &[HeaderModule<'_>]) -> String {
    let doc = format!(" The items of `<{}>`.", module.path);
    let mut constants = BoundConstants::default();
    for item in module.items() {
        match item {
            Item::Group(id) => constants.group(abi, abi.group(id)),
            Item::Capability(id) => constants.id(abi.capability(id)),
            _ => {}
        }
        if let Some(id) = declared(abi, item) {
            abi.held_groups(id).for_each(|group| constants.group(abi, group));
        }
    }
    let (constants, imports) = (constants.items(), imports(abi, module, all));
    let structs = module.structs(abi).map(|id| structs::items(abi, abi.struct_(id)));
    format::file(quote! {
        #![doc = #doc]

        #imports
        #constants
        #(#structs)*
    })
}

/// What every module has, and what its structs and assertions use.
fn imports(abi: &Abi, module: &HeaderModule<'_>, all: &[HeaderModule<'_>]) -> TokenStream {
    let used: BTreeSet<_> =
        module.structs(abi).flat_map(|id| structs::contained(abi.struct_(id))).collect();
    let others = all.iter().filter(|other| other.name != module.name);
    let others = others.flat_map(|other| {
        let structs = other.structs(abi).filter(|id| used.contains(id));
        structs.map(|id| {
            let (module, name) = (ident(&other.name), ident(&abi.struct_(id).name));
            quote!(use super::#module::#name;)
        })
    });
    let by_model = module.structs(abi).any(|id| section::differs(abi.struct_(id))).then(|| {
        quote!(
            use crate::target::by_model;
        )
    });
    let has_fields = |id| !abi.struct_(id).fields.is_empty();
    let mem = module.structs(abi).any(has_fields).then(|| {
        quote!(
            use core::mem::offset_of;
        )
    });
    quote!(pub use crate::bindgen::*; #(#others)* #by_model #mem)
}
