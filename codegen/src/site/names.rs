//! The index that the search of the site reads: every name with its kind, its owner, its
//! first release, one sentence and its place; and the pages of the generated code.

use askama::Template;
use serde_json::{Value, json};

use super::{AbiHistory, ApiItem, codes, script};
use crate::catalogue;
use crate::emit::{self, Permalink};
use crate::ir::Abi;
use crate::names;
use crate::output::OutputFile;

/// A page of generated code.
#[derive(Template)]
#[template(path = "site/api.md.jinja", escape = "none")]
struct ApiView {
    title: String,
    file: String,
    language: String,
    rows: Vec<ApiRowView>,
}

/// The row of a declaration.
struct ApiRowView {
    name: String,
    kind: &'static str,
    file: String,
    summary: String,
    /// Lines of code; empty without.
    usage: String,
}

/// The page of what generated code declares.
pub(super) fn api_page(abi: &Abi, language: &str, declared: &[ApiItem]) -> OutputFile {
    let (title, file) = match language {
        "rust" => (format!("The crate {}", names::package(&abi.name)), "crate"),
        _ => (format!("The header {}.h", names::c_stem(&abi.name)), "header"),
    };
    let row = |one: &ApiItem| ApiRowView {
        name: one.name.clone(),
        kind: one.kind,
        file: one.file.clone(),
        summary: emit::cell(&one.summary, |_| None),
        usage: one.usage.clone(),
    };
    let rows = declared.iter().map(row).collect();
    let view = ApiView { title, file: file.to_owned(), language: language.to_owned(), rows };
    let path = format!("api/{}/{language}.md", abi.name);
    OutputFile { path, contents: view.to_string() + "\n" }
}

/// The data of the search.
pub(super) fn data(histories: &[AbiHistory], apis: &[(String, Vec<ApiItem>)]) -> OutputFile {
    let mut rows = Vec::new();
    for history in histories {
        let abi = &history.newest;
        rows.extend(emit::permalinks(abi).iter().map(permalink));
        rows.extend(history.releases.iter().map(|abi| release(history, abi)));
    }
    for (page, declared) in apis {
        let language = if page.ends_with("rust.md") { "Rust" } else { "C" };
        rows.extend(declared.iter().map(|one| {
            let kind = format!("{language} {}", one.kind);
            let target = format!("{}#{}", html(page), one.name);
            json!([one.name, kind, null, null, one.summary, target])
        }));
    }
    rows.extend(catalogue::entries().iter().map(|entry| {
        let target = format!("{}#{}", html(&codes::path(&entry.code)), entry.code);
        json!([entry.code, "code", null, null, entry.title, target])
    }));
    script("names.js", "setNames", &Value::from(rows))
}

fn permalink(one: &Permalink) -> Value {
    json!([one.name, one.kind, one.owner, one.since, one.summary, html(&one.target)])
}

/// A release leads to the changes since then; the newest one has none.
fn release(history: &AbiHistory, abi: &Abi) -> Value {
    let newest = abi.release == history.newest.release;
    let page = if newest { "README".to_owned() } else { abi.release.to_string() };
    let target = format!("changes/{}/{page}.html", abi.name);
    let summary = format!("Changes since Linux {}", abi.release.bare());
    json!([abi.release.to_string(), "release", null, null, summary, target])
}

/// The page as the site has it.
fn html(target: &str) -> String {
    target.replacen(".md", ".html", 1)
}
