//! The table of the first release of every item, as data for programs.

use proc_macro2::TokenStream;
use quote::quote;

use super::tokens::{decimal, ident};
use super::{format, section};
use crate::ir::{Abi, Entry, EntryKind};
use crate::release::{Release, Since};

/// Whether there is any history.
pub(super) fn present(abi: &Abi) -> bool {
    section::present(abi).next().is_some()
}

/// `history/items.rs`.
pub(super) fn table(abi: &Abi, entries: &[Entry<'_>]) -> String {
    let rows = entries.iter().filter_map(|entry| Some(row(abi, entry, kind(entry)?)));
    let rows: Vec<_> = rows.collect();
    let release = rows.iter().any(|(_, former)| *former).then(|| quote!(, Release));
    let rows = rows.iter().map(|(row, _)| row);
    format::file(quote! {
        //! Every item, in the order of the specification, fields after their structs.

        use super::{Item, Kind #release};

        /// Every item, in the order of the specification, fields after their structs.
        pub const ITEMS: &[Item] = &[#(#rows),*];
    })
}

/// The name of its `Kind` in the crate, which lists what C code can name.
fn kind(entry: &Entry<'_>) -> Option<&'static str> {
    Some(match entry.kind {
        EntryKind::Struct(_) => "Struct",
        EntryKind::Member(_, member) if !member.is_header() => "Field",
        EntryKind::Constant(..) => "Constant",
        EntryKind::Enumerator(..) => "Enumerator",
        EntryKind::Enum(_) => "Enum",
        EntryKind::Macro(_) => "Macro",
        EntryKind::Ioctl(_) => "Ioctl",
        EntryKind::Capability(_) => "Capability",
        EntryKind::Member(..)
        | EntryKind::Union(..)
        | EntryKind::Group(_)
        | EntryKind::Chain(_) => return None,
    })
}

/// A row, and whether it has former names; a member follows its struct's name.
fn row(abi: &Abi, entry: &Entry<'_>, kind: &str) -> (TokenStream, bool) {
    let owner = match entry.kind {
        EntryKind::Member(id, _) => [&abi.struct_(id).name, "."].concat(),
        _ => String::new(),
    };
    let meta = entry.meta;
    let (name, kind) = ([&owner, entry.name].concat(), ident(kind));
    let since = numbers(meta.since.first());
    let after = match meta.since {
        Since::Known(_) => quote!(),
        Since::Between(without, _) => {
            let without = numbers(without);
            quote!(.after(#without))
        }
    };
    let former = meta.history.names.iter().map(|(name, release)| {
        let (name, release) = ([owner.as_str(), name].concat(), numbers(*release));
        quote!((#name, Release::new(#release)))
    });
    let renamed = !meta.history.names.is_empty();
    let former = if renamed { quote!(.former(&[#(#former),*])) } else { quote!() };
    let deprecated = meta.deprecated.as_ref().map(|deprecated| {
        let since = numbers(deprecated.since.first());
        quote!(.deprecated(#since))
    });
    (quote!(Item::new(#name, Kind::#kind, #since) #after #former #deprecated), renamed)
}

/// The two numbers of a release; a candidate has those of its final release.
fn numbers(release: Release) -> TokenStream {
    let (major, minor) = release.numbers();
    let (major, minor) = (decimal(major.into()), decimal(minor.into()));
    quote!(#major, #minor)
}
