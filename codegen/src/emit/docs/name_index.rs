//! The page of names: one row for each name of the ABI, with an anchor that stays the same
//! when an item moves to another page.

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
    let mut sorted: Vec<_> = permalinks.iter().collect();
    sorted.sort_by_cached_key(|one| (one.name.to_lowercase(), one.name.as_str()));
    let by_name = || sorted.chunk_by(|one, next| one.name == next.name);
    let mut table = Table::new([
        ("name", Align::Left),
        ("kind", Align::Left),
        ("since", Align::Whole),
        ("meaning", Align::Left),
    ]);
    for places in by_name() {
        for (index, place) in places.iter().enumerate() {
            let label = ["`", &place.name, "`"].concat();
            let link = page.to(&label, &place.target);
            let owner = place.owner.as_ref().map(|owner| page.name(owner));
            table.row([
                match index {
                    0 => ["<a id=\"", &place.name, "\"></a>", &link].concat(),
                    _ => link,
                },
                match owner {
                    Some(owner) => [place.kind, " of ", &owner].concat(),
                    None => place.kind.to_owned(),
                },
                place.since.clone().unwrap_or_default(),
                page.text(&place.summary),
            ]);
        }
    }
    let view = NameIndexView {
        banner: super::banner(page.abi),
        home: page.to(&page.text(&page.abi.title), "README.md"),
        count: by_name().count(),
        table: table.finish(),
    };
    super::output(PATH, &view)
}
