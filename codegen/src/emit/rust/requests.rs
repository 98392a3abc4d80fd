//! The requests: one type for each ioctl and kind of payload, in one file per section.

mod counted;
mod fill;
pub(super) mod results;
pub(super) mod typed_data;
pub(super) mod types;

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::comment::{Docs, Names};
use super::file_emitter::FileEmitter;
use super::format;
use super::tokens::ident;
use crate::ir::requests::RequestPlan;
use crate::ir::{Abi, IoctlId, Item, Section};
use crate::names;

/// Whether the ABI has requests.
pub(super) fn present(abi: &Abi) -> bool {
    !abi.protocol.requests.is_empty() || !abi.protocol.counted.is_empty()
}

/// Whether a reply ends in an array.
pub(super) fn has_counted(abi: &Abi) -> bool {
    !abi.protocol.counted.is_empty()
}

/// Whether a request has results.
pub(super) fn has_results(abi: &Abi) -> bool {
    !abi.protocol.results.is_empty()
}

/// The sections with requests, in order.
fn sections(abi: &Abi) -> Vec<usize> {
    let requests = abi.protocol.requests.iter().map(|plan| plan.ioctl);
    let counted = abi.protocol.counted.iter().map(|plan| plan.ioctl);
    let planned: HashSet<_> = requests.chain(counted).collect();
    let sections = abi.sections.iter().enumerate();
    let sections = sections.filter(|(_, one)| !ioctls(one).is_disjoint(&planned));
    sections.map(|(index, _)| index).collect()
}

/// The ioctls of a section.
fn ioctls(section: &Section) -> HashSet<IoctlId> {
    let ioctls = section.items.iter().filter_map(|item| match item {
        Item::Ioctl(id) => Some(*id),
        _ => None,
    });
    ioctls.collect()
}

/// The root of the requests.
pub(super) fn root(abi: &Abi) -> String {
    let modules: Vec<_> =
        sections(abi).into_iter().map(|index| ident(&abi.sections[index].name)).collect();
    format::file(quote! {
        //! Requests: the argument of each ioctl, with its payload.
        //!
        //! A request is built by `new`, which takes the fields that every caller sets, and
        //! written to a buffer for any transport by
        //! [`write`](Request::write). Sizes, counts, addresses and the flags that select a
        //! payload follow from the values. After the call, [`reply`](Request::reply) reads
        //! the results from the same bytes, as a view.
        //!
        //! The layout is that of a 64-bit kernel, which does not translate for 32-bit
        //! programs.

        #(mod #modules;)*

        pub use crate::argument::{Argument, ArgumentError, Request};
        pub use crate::reply_error::ReplyError;
        pub use crate::wire::{CLayout, Wire};
        #(pub use #modules::*;)*
    })
}

/// The files below `requests/`.
pub(super) fn files<'a>(abi: &'a Abi, names: &'a Names<'_>) -> Vec<FileEmitter<'a>> {
    let file = |index: usize| {
        let path = format!("requests/{}.rs", abi.sections[index].name);
        FileEmitter::new(&path, move || module(abi, names, index))
    };
    sections(abi).into_iter().map(file).collect()
}

fn module(abi: &Abi, names: &Names<'_>, section: usize) -> String {
    let docs = Docs::new(names, "crate::uapi::");
    let title = [" ", &abi.sections[section].title, "."].concat();
    let ioctls = ioctls(&abi.sections[section]);
    let own = |id: IoctlId| ioctls.contains(&id);
    let plans: Vec<_> = abi.protocol.requests.iter().filter(|plan| own(plan.ioctl)).collect();
    let choices = types::choices(&docs, &plans);
    let requests = plans.iter().map(|plan| request(abi, &docs, plan));
    let passed = plans.iter().filter_map(|plan| typed_data::passed(abi, &docs, plan));
    let counted = abi.protocol.counted.iter().filter(|plan| own(plan.ioctl));
    let counted: Vec<_> = counted.map(|plan| counted::reply(abi, &docs, plan)).collect();
    let results = abi.protocol.results.iter().filter(|plan| own(plan.ioctl));
    let results: Vec<_> = results.map(|plan| results::view(abi, &docs, plan)).collect();
    let functions = functions(abi, &plans);
    let read = (!results.is_empty()).then(results::imports);
    let argument = (!plans.is_empty())
        .then(|| quote!(use crate::argument::{Argument, ArgumentError, Request, #(#functions)*};));
    let imports = (!counted.is_empty()).then(counted::imports);
    let aggregates = abi.protocol.counted.iter().filter(|plan| own(plan.ioctl));
    let aggregates = aggregates.flat_map(|plan| &plan.aggregates).next();
    let element = aggregates.filter(|_| results.is_empty()).map(|_| {
        quote! {
            use crate::array::Element as _;
        }
    });
    let wire = (read.is_some() || imports.is_some()).then(|| {
        quote! {
            use crate::wire::Wire;
        }
    });
    format::file(quote! {
        #![doc = #title]

        #argument
        #read
        #element
        #imports
        use crate::reply_error::ReplyError;
        use crate::uapi;
        #wire

        #choices
        #(#passed)*
        #(#requests)*
        #(#results)*
        #(#counted)*
    })
}

/// The imports of the functions with which the requests are written.
fn functions(abi: &Abi, plans: &[&RequestPlan]) -> Vec<TokenStream> {
    type Needs = fn(&Abi, &RequestPlan) -> bool;
    let all: [(Needs, TokenStream); 5] = [
        (|_, plan| fill::has_checked_bits(plan), quote!(check_bits,)),
        (|_, plan| fill::has_bitmap(plan), quote!(check_bitmap,)),
        (fill::has_narrowed, quote!(narrowed,)),
        (|_, plan| fill::has_used_size(plan), quote!(used_size,)),
        (|_, plan| fill::has_elements(plan), quote!(whole_elements,)),
    ];
    let needed = all.into_iter().filter(|(needs, _)| plans.iter().any(|plan| needs(abi, plan)));
    needed.map(|(_, name)| name).collect()
}

fn request(abi: &Abi, docs: &Docs<'_>, plan: &RequestPlan) -> TokenStream {
    let declaration = types::declaration(abi, docs, plan);
    let implementation = fill::implementation(abi, plan);
    quote!(#declaration #implementation)
}

/// The name of the type of a request.
pub(super) fn type_name(plan: &RequestPlan) -> Ident {
    ident(&names::rust_type(&plan.name))
}
