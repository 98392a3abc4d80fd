//! `capchain explain`.

use capchain::catalogue::{self, Entry};
use capchain::names;

use super::{FINE, Outcome, print_json};
use crate::cli::{Explain, Format};

pub(super) fn run(args: &Explain) -> Outcome {
    match &args.code {
        None => all(args.format),
        Some(code) => one(code, args.format),
    }
}

fn all(format: Format) -> Outcome {
    if format == Format::Json {
        return print_json(&serde_json::json!({ "version": 1, "codes": catalogue::entries() }));
    }
    for entry in catalogue::entries() {
        println!("{:<5} {}", entry.code, entry.title);
    }
    Ok(FINE)
}

fn one(code: &str, format: Format) -> Outcome {
    let entry = catalogue::entry(code).ok_or_else(|| unknown(code))?;
    if format == Format::Json {
        return print_json(&serde_json::json!({ "version": 1, "codes": [entry] }));
    }
    print(entry);
    Ok(FINE)
}

fn unknown(code: &str) -> String {
    let codes = catalogue::entries().iter().map(|entry| entry.code.as_str());
    match names::nearest(&code.to_uppercase(), codes) {
        Some(near) => format!("there is no code `{code}`; did you mean {near}?"),
        None => format!("there is no code `{code}`; `capchain explain` lists them"),
    }
}

fn print(entry: &Entry) {
    println!("{}: {}\n", entry.code, entry.title);
    println!("{}\n\nWhy: {}", entry.rule.trim(), entry.why.trim());
    if let Some(source) = &entry.source {
        println!("\nSource: {}", source.trim());
    }
    println!("\nBreaks it:\n\n{}", indented(&entry.bad));
    println!("\nKeeps it:\n\n{}", indented(&entry.good));
}

fn indented(text: &str) -> String {
    let lines: Vec<_> = text.trim_end().lines().map(|line| ["    ", line].concat()).collect();
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}
