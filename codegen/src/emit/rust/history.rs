//! The table of when every item came, as data for programs.

use proc_macro2::TokenStream;
use quote::quote;

use super::tokens::{decimal, ident};
use super::{format, section};
use crate::emit::named::{self, Named, What};
use crate::ir::{Abi, Meta};
use crate::release::{Release, Since};

/// Whether there is anything to tell of.
pub(super) fn present(abi: &Abi) -> bool {
    section::present(abi).next().is_some()
}

/// `history/items.rs`.
pub(super) fn table(abi: &Abi, all: &[Named<'_>]) -> String {
    let rows =
        all.iter().flat_map(|named| {
            let mut rows = vec![row("", named.name, kind(named.what), named.meta)];
            if let What::Struct(id) = named.what {
                let members = named::members(abi.struct_(id));
                rows.extend(members.map(|member| {
                    row(&[named.name, "."].concat(), member.name, "Field", member.meta)
                }));
            }
            rows
        });
    let rows: Vec<_> = rows.collect();
    let release = rows.iter().any(|(_, former)| *former).then(|| quote!(, Release));
    let rows = rows.iter().map(|(row, _)| row);
    format::file(quote! {
        //! Every item, in the order of the specification, fields behind their structs.

        use super::{Item, Kind #release};

        /// Every item, in the order of the specification, fields behind their structs.
        pub const ITEMS: &[Item] = &[#(#rows),*];
    })
}

fn kind(what: What<'_>) -> &'static str {
    match what {
        What::Struct(_) => "Struct",
        What::Constant(..) => "Constant",
        What::Enumerator(..) => "Enumerator",
        What::Enum(_) => "Enum",
        What::Macro(_) => "Macro",
        What::Ioctl(_) => "Ioctl",
        What::Capability(_) => "Capability",
    }
}

/// A row, and whether it speaks of former names; `owner` stands in front of
/// every name.
fn row(owner: &str, name: &str, kind: &str, meta: &Meta) -> (TokenStream, bool) {
    let (name, kind) = ([owner, name].concat(), ident(kind));
    let since = numbers(meta.since.first());
    let after = match meta.since {
        Since::Known(_) => quote!(),
        Since::Between(without, _) => {
            let without = numbers(without);
            quote!(.after(#without))
        }
    };
    let former = meta.history.names.iter().map(|(name, release)| {
        let (name, release) = ([owner, name].concat(), numbers(*release));
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

/// The two numbers of a release; those of a candidate are of what it became.
fn numbers(release: Release) -> TokenStream {
    let (major, minor) = release.numbers();
    let (major, minor) = (decimal(major.into()), decimal(minor.into()));
    quote!(#major, #minor)
}
