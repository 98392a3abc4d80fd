//! The page of names: one row for each name of the ABI, with an anchor that stays the same
//! when an item moves to another page.

use std::collections::BTreeMap;

use askama::Template;

use super::page::Page;
use super::permalinks::Permalink;
use super::table::{Align, Table};
use crate::output::OutputFile;

/// Its path; no subject can have a page there.
pub(super) const PATH: &str = "names.md";

/// The data of the template.
#[derive(Template)]
#[template(path = "names.md.jinja", escape = "none")]
struct NameIndexView {
    banner: String,
    home: String,
    count: usize,
    table: Option<String>,
}

/// The page.
pub(super) fn file(page: &Page<'_>, permalinks: &[Permalink]) -> OutputFile {
    let mut by_name = BTreeMap::<(String, &str), Vec<&Permalink>>::new();
    for one in permalinks {
        by_name.entry((one.name.to_lowercase(), &one.name)).or_default().push(one);
    }
    let mut table = Table::new([
        ("name", Align::Left),
        ("kind", Align::Left),
        ("since", Align::Whole),
        ("meaning", Align::Left),
    ]);
    for ((_, name), places) in &by_name {
        for (index, place) in places.iter().enumerate() {
            let anchor = if index == 0 { format!("<a id=\"{name}\"></a>") } else { String::new() };
            let owner = place.owner.as_ref().map(|owner| format!(" of {}", page.name(owner)));
            table.row([
                anchor + &page.to(&format!("`{name}`"), &place.target),
                place.kind.to_owned() + &owner.unwrap_or_default(),
                place.since.clone().unwrap_or_default(),
                page.text(&place.summary),
            ]);
        }
    }
    let view = NameIndexView {
        banner: super::banner(page.abi),
        home: page.to(&page.text(&page.abi.title), "README.md"),
        count: by_name.len(),
        table: table.finish(),
    };
    super::output(PATH, view.to_string())
}
