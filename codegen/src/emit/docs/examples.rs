//! How a program uses an item, in Rust and in C, folded until a reader wants it.

use askama::Template;

use crate::emit::{c, escape, render, rust};
use crate::ir::{Abi, Item};

/// The examples of all items of an ABI.
pub(super) struct PageExamples {
    c: c::examples::Examples,
}

/// The data of the template.
#[derive(Template)]
#[template(path = "example.md.jinja", escape = "none")]
struct ExampleView {
    title: &'static str,
    codes: Vec<String>,
}

impl PageExamples {
    pub(super) fn new(header: &c::HeaderEmitter<'_>) -> Self {
        Self { c: c::examples::Examples::new(header) }
    }

    /// The part of a page with the example of an item, if it has one.
    pub(super) fn block(&self, abi: &Abi, item: Item) -> Option<String> {
        let rust = rust::examples::of_item(abi, item);
        let rust = rust.map(|example| escape::fenced("rust", &example.rust()));
        let c = self.c.of(item).map(|example| escape::fenced("c", &example.c()));
        let title = match (&rust, &c) {
            (Some(_), Some(_)) => "Example in Rust and C",
            (Some(_), None) => "Example in Rust",
            (None, Some(_)) => "Example in C",
            (None, None) => return None,
        };
        Some(render::text(&ExampleView { title, codes: rust.into_iter().chain(c).collect() }))
    }
}
