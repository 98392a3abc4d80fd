//! `capchain explain`.

use capchain::catalogue::{self, CatalogueEntry};
use capchain::names;
use capchain::reports::Format;

use super::{CommandResult, Output, json};
use crate::cli::ExplainArgs;

pub(super) fn run(args: &ExplainArgs) -> CommandResult {
    match &args.code {
        None => all(args.format),
        Some(code) => one(code, args.format),
    }
}

fn all(format: Format) -> CommandResult {
    if format == Format::Json {
        return json(&serde_json::json!({ "version": 1, "codes": catalogue::entries() }));
    }
    let lines =
        catalogue::entries().iter().map(|entry| format!("{:<5} {}\n", entry.code, entry.title));
    Ok(Output::success(lines.collect()))
}

fn one(code: &str, format: Format) -> CommandResult {
    let entry = catalogue::entry(code).ok_or_else(|| unknown(code))?;
    if format == Format::Json {
        return json(&serde_json::json!({ "version": 1, "codes": [entry] }));
    }
    Ok(Output::success(text(&entry)))
}

fn unknown(code: &str) -> String {
    let codes = catalogue::entries().iter().map(|entry| entry.code.as_str());
    match names::nearest(&code.to_uppercase(), codes) {
        Some(near) => format!("no code `{code}`; did you mean {near}?"),
        None => format!("no code `{code}`; `capchain explain` lists all codes"),
    }
}

fn text(entry: &CatalogueEntry) -> String {
    let CatalogueEntry { code, title, rule, why, .. } = entry;
    let source = entry.source.as_ref().map(|source| format!("\nSource: {}\n", source.trim()));
    let (bad, good) = (indented(&entry.bad), indented(&entry.good));
    let head = format!("{code}: {title}\n\n{}\n\nWhy: {}\n", rule.trim(), why.trim());
    let examples = match &entry.before {
        None => format!("\nBreaks it:\n\n{bad}\n\nKeeps it:\n\n{good}\n"),
        Some(before) => {
            let before = indented(before);
            format!("\nFrom this:\n\n{before}\n\nFound:\n\n{bad}\n\nNot found:\n\n{good}\n")
        }
    };
    [head, source.unwrap_or_default(), examples].concat()
}

fn indented(text: &str) -> String {
    let lines: Vec<_> = text.trim_end().lines().map(|line| ["    ", line].concat()).collect();
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}
