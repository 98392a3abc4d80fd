//! The crate's root and the module with all names.

use proc_macro2::TokenStream;
use quote::quote;

use super::comment::{Docs, Names};
use super::derives;
use super::tokens::ident;
use super::{calls, format, ioctls, needed, records, requests, section, streams, views};
use crate::emit::wrap::wrap;
use crate::ir::{Abi, Struct};
use crate::names;
use crate::output::CodeLanguage;
use crate::runtime::{GENERATED_MODULES, ModuleDeclaration};

/// `lib.rs`.
pub(super) fn crate_root(abi: &Abi, names: &Names<'_>) -> String {
    let title = format!(" {}, as of Linux {}.", abi.title, abi.release.bare());
    let docs = Docs::new(names, "uapi::");
    let doc = section::inner(docs.paragraphs(&abi.doc));
    let left_out = left_out(&derives::left_out(abi), "have padding or a pointer");
    let without_serde = left_out_serde(abi);
    let (byte_order, ioctl, views) = (byte_order_doc(abi), ioctl_doc(abi), views_doc(abi));
    let unsafe_features = match calls::present(abi) {
        true => quote!(any(feature = "bindings", feature = "ioctl")),
        false => quote!(feature = "bindings"),
    };
    let modules = modules(abi);
    let programs = programs(abi);
    let release = abi.release.to_string();
    format::file(quote! {
        #![doc = #title]
        //!
        #doc
        //!
        //! [`uapi`] has the kernel's own names: structs with the layout of C, constants and
        //! ioctl numbers. When the crate is built, the size and the offsets of every struct
        //! are asserted for the target.
        //!
        //! - Structs with an `argsz` are built by `new`, which sets it. They are
        //!   `non_exhaustive`, so a field that a later kernel appends is not a breaking
        //!   change.
        //! - Deprecated items and former names of the kernel still exist and are marked as
        //!   deprecated. [`history`] lists the first release of each item as data.
        //! - Flags and enumerations preserve unknown bits and numbers, and `Debug` prints
        //!   known ones by name. `From` accepts every integer, and so does the `TryFrom`
        //!   that it implies; `from_bits` accepts only bits and numbers that have a name.
        #byte_order
        #views
        //!
        //! Features, none of them on by default:
        //!
        //! - `alloc`: a `Vec<u8>` is a buffer that grows to the size that a reply requires;
        //!   `std` implies `alloc`.
        //! - `bindings`: the module `bindings` has the same items as bindgen declares them, for
        //!   programs that use such bindings.
        #ioctl
        //! - `zerocopy` and `bytemuck`: their traits on every type without padding and
        //!   pointers.
        #(#![doc = #left_out])*
        //! - `serde`: structs, flags and numbers can be serialized and deserialized.
        #(#![doc = #without_serde])*
        #(#![doc = #programs])*
        #![no_std]
        #![cfg_attr(docsrs, feature(doc_cfg))]
        #![cfg_attr(not(#unsafe_features), forbid(unsafe_code))]
        #![allow(deprecated, reason = "deprecated items are still declared")]

        #[cfg(feature = "alloc")]
        extern crate alloc;

        #modules

        /// The kernel release that this crate describes.
        pub const RELEASE: &str = #release;

        #[cfg(doctest)]
        #[doc = include_str!("../README.md")]
        struct Readme;
    })
}

/// The byte order of fields. A space is a block of little-endian bytes.
fn byte_order_doc(abi: &Abi) -> TokenStream {
    match views::has_spaces(abi) {
        false if abi.structs.iter().any(Struct::has_little_endian) => quote! {
            //! - Fields are in the byte order of the host, as in the kernel's interface. Those that
            //!   are `__le16` to `__le64` in C have the bytes that the kernel has, everywhere;
            //!   `u64::from_le` makes the number of them, and `u64::to_le` the other way round.
        },
        false => quote! {
            //! - Fields are in the byte order of the host, as in the kernel's interface.
        },
        true => quote! {
            //! - Fields of structs in a space have the bytes of the space, which are little-endian;
            //!   only the views convert them. Other fields are in the byte order of the host.
        },
    }
}

/// The description of the feature `ioctl`, if there is one.
fn ioctl_doc(abi: &Abi) -> Option<TokenStream> {
    calls::present(abi).then(|| {
        quote! {
            //! - `ioctl`: the module `calls`, a type for each kind of file descriptor with a method
            //!   for each ioctl, through rustix; implies `alloc`.
        }
    })
}

/// The description of the views, if there are any.
fn views_doc(abi: &Abi) -> TokenStream {
    match (views::has_chains(abi), views::has_spaces(abi)) {
        (false, false) => quote!(),
        (false, true) => quote! {
            //!
            //! [`views`] reads the capability chains of a space, from bytes or through accessors.
        },
        (true, _) => quote! {
            //!
            //! [`views`] reads replies and their capability chains from bytes, requests them over
            //! any transport, and writes them as a server does.
        },
    }
}

/// The modules that the ABI needs: those of the feature `bindings`, then the others by name.
fn modules(abi: &Abi) -> TokenStream {
    let present = |name: &str| match name {
        "calls" => calls::present(abi),
        "ioctls" => ioctls::present(abi),
        "records" => records::module(abi).is_some(),
        "requests" => requests::present(abi),
        "streams" => streams::present(abi),
        "views" => views::has_chains(abi) || views::has_spaces(abi),
        _ => true,
    };
    let generated = GENERATED_MODULES.into_iter().filter(|(name, _)| present(name));
    let hand_written = needed(abi).map(|module| (module.name(), module.declared()));
    let mut modules: Vec<_> = generated.chain(hand_written).collect();
    let is_of_bindings = |declared| {
        use ModuleDeclaration::{PrivateBindings, PublicBindings};
        matches!(declared, PrivateBindings | PublicBindings)
    };
    modules.sort_by_key(|(name, declared)| (!is_of_bindings(*declared), *name));
    let modules = modules.into_iter().map(|(name, declared)| declaration(name, declared));
    let code = code(abi);
    quote!(#(#modules)* #(#code)*)
}

fn declaration(name: &str, declared: ModuleDeclaration) -> TokenStream {
    let module = ident(name);
    let with_calls = quote! {
        #[cfg(all(feature = "ioctl", any(target_os = "linux", target_os = "android")))]
    };
    let with_bindings = quote!(#[cfg(feature = "bindings")]);
    match declared {
        ModuleDeclaration::Private => quote!(mod #module;),
        ModuleDeclaration::Public => quote!(pub mod #module;),
        ModuleDeclaration::Macros => quote! {
            #[macro_use]
            mod #module;
        },
        ModuleDeclaration::PrivateBindings => quote!(#with_bindings mod #module;),
        ModuleDeclaration::PublicBindings => quote!(#with_bindings pub mod #module;),
        ModuleDeclaration::PrivateCalls => quote!(#with_calls mod #module;),
        ModuleDeclaration::PublicCalls => quote!(#with_calls pub mod #module;),
    }
}

/// The modules of hand-written code.
fn code(abi: &Abi) -> impl Iterator<Item = TokenStream> {
    let rust = abi.copied_code().iter().filter(|file| file.language == CodeLanguage::Rust);
    let names = rust.filter_map(|file| file.path.strip_suffix(".rs"));
    names.filter(|name| !name.contains('/')).map(|name| {
        let module = ident(name);
        quote!(pub mod #module;)
    })
}

/// Describes the features that build a program.
fn programs(abi: &Abi) -> impl Iterator<Item = String> {
    let rust = abi.copied_code().iter().filter(|file| file.language == CodeLanguage::Rust);
    let features = rust.filter_map(|file| names::feature_of_program(&file.path));
    features.map(|feature| {
        let program = names::program(&abi.name, feature);
        let implied = if calls::present(abi) { "`ioctl` and `std`" } else { "`std`" };
        format!(" - `{feature}`: the program `{program}`; implies {implied}.")
    })
}

/// Lists the types that a feature leaves out, with the reason.
fn left_out(names: &[&str], why: &str) -> Vec<String> {
    let links: Vec<_> = names.iter().map(|name| format!("[`{name}`](uapi::{name})")).collect();
    let text = match links.is_empty() {
        true => "None is left out.".to_owned(),
        false => format!("Left out, since they {why}: {}.", links.join(", ")),
    };
    wrap(&text, 88).iter().map(|line| ["   ", line].concat()).collect()
}

fn left_out_serde(abi: &Abi) -> Vec<String> {
    left_out(&derives::without_serde(abi), "have a pointer or an array of more than 32 bytes")
}

/// `uapi.rs`.
pub(super) fn uapi(abi: &Abi) -> String {
    let names: Vec<_> =
        section::present(abi).map(|index| ident(&abi.sections[index].name)).collect();
    format::file(quote! {
        //! The kernel's own names: structs as C lays them out, constants and ioctl
        //! numbers, one file per subject.
        #![allow(non_camel_case_types, reason = "structs keep the names that the kernel gave them")]
        #![allow(non_upper_case_globals, reason = "constants keep the names that the kernel gave them")]

        #(mod #names;)*

        #(pub use #names::*;)*
    })
}
