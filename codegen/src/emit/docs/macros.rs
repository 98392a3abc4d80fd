//! A function-like macro: its C text, and the Rust function that does the same.

use askama::Template;

use super::bullet_list::BulletList;
use super::metadata;
use super::page::Page;
use crate::emit::{escape, render};
use crate::ir::Macro;

/// The data of the template.
#[derive(Template)]
#[template(path = "macro.md.jinja", escape = "none")]
struct MacroView {
    name: String,
    doc: String,
    warning: Option<String>,
    facts: Option<BulletList>,
    c: String,
    rust: String,
}

/// The macro's part of its page.
pub(super) fn block(page: &Page<'_>, id: crate::ir::MacroId) -> String {
    let macro_ = page.abi.macro_(id);
    let view = MacroView {
        name: macro_.name.clone(),
        doc: page.doc(&macro_.meta.doc),
        warning: metadata::warning(page, &macro_.meta),
        facts: metadata::of_item(page, &macro_.meta, Vec::new()),
        c: escape::fenced("c", &definition(macro_)),
        rust: escape::fenced("rust", &macro_.rust),
    };
    render::text(&view)
}

/// The macro as a header defines it, its lines continued.
fn definition(macro_: &Macro) -> String {
    let mut lines = vec![format!("#define {}({})", macro_.name, macro_.args.join(", "))];
    lines.extend(macro_.c.trim().lines().map(|line| {
        let line = line.trim_end().trim_end_matches('\\').trim_end();
        if line.starts_with(char::is_whitespace) { line.to_owned() } else { format!("\t{line}") }
    }));
    lines.join(" \\\n")
}
