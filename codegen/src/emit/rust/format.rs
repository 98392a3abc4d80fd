//! Turns tokens into text that rustfmt leaves unchanged: prettyplease lays out each
//! item, `reflow` joins the lines that it breaks too early, and imports and
//! modules are sorted here.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use syn::punctuated::Punctuated;

use super::must_use;
use super::reflow::{INDENT, WIDTH, reflow};
use crate::emit::wrap::wrap;

/// Formats a file: its inner attributes first, then each item.
///
/// Panics if the tokens are not Rust, which would be a bug of an emitter.
pub(super) fn file(tokens: TokenStream) -> String {
    let parsed = syn::parse2::<syn::File>(tokens);
    let syn::File { attrs, items, .. } =
        parsed.unwrap_or_else(|error| panic!("emitted tokens are not Rust: {error}"));
    let head = syn::File { shebang: None, frontmatter: None, attrs, items: Vec::new() };
    let mut blocks = Vec::new();
    if !head.attrs.is_empty() {
        blocks.push(reflow(&prettyplease::unparse(&head)));
    }
    let (mut imports, mut modules) = (Imports::default(), Vec::new());
    for item in items {
        match item {
            syn::Item::Use(item) if item.attrs.is_empty() => {
                flush_modules(&mut modules, &mut blocks);
                imports.add(&item);
            }
            syn::Item::Mod(item) if item.attrs.is_empty() && item.content.is_none() => {
                imports.flush(&mut blocks);
                modules.push(unparsed(syn::Item::Mod(item)));
            }
            mut item => {
                must_use::mark(&mut item);
                imports.flush(&mut blocks);
                flush_modules(&mut modules, &mut blocks);
                let text = list(&item).or_else(|| invocation(&item));
                let text = text.unwrap_or_else(|| unparsed(item));
                blocks.push(spaced(&reflow(&with_comments(&text))));
            }
        }
    }
    imports.flush(&mut blocks);
    flush_modules(&mut modules, &mut blocks);
    blocks.join("\n")
}

/// Formats the text of a file, which must be Rust.
pub(super) fn text(text: &str) -> String {
    file(text.parse().unwrap_or_else(|error| panic!("emitted text is not Rust: {error}")))
}

fn unparsed(item: syn::Item) -> String {
    prettyplease::unparse(&syn::File {
        shebang: None,
        frontmatter: None,
        attrs: Vec::new(),
        items: vec![item],
    })
}

/// The text of a macro invocation whose arguments are expressions. prettyplease
/// lays out calls, but leaves the arguments of macros as they are.
fn invocation(item: &syn::Item) -> Option<String> {
    let syn::Item::Macro(syn::ItemMacro { attrs, ident: None, mac, .. }) = item else {
        return None;
    };
    let name = mac.path.get_ident().filter(|_| attrs.is_empty())?.to_string();
    let parse = Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated;
    let arguments = mac.parse_body_with(parse).ok()?;
    let path = &mac.path;
    let text = unparsed(syn::parse_quote!(fn call() { #path(#arguments); }));
    let body = text.lines().filter_map(|line| line.strip_prefix("    "));
    let body: String = body.flat_map(|line| [line, "\n"]).collect();
    Some(body.replacen(&format!("{name}("), &format!("{name}!("), 1))
}

/// The text of an invocation `name! { Subject: a, b, c }`, on as few lines as hold it. rustfmt leaves
/// what is in braces as it is.
fn list(item: &syn::Item) -> Option<String> {
    let syn::Item::Macro(syn::ItemMacro { ident: None, mac, .. }) = item else { return None };
    let syn::MacroDelimiter::Brace(_) = mac.delimiter else { return None };
    let name = mac.path.get_ident()?;
    let text = mac.tokens.to_string().replace(" :", ":").replace(" ,", ",");
    let rows = wrap(&text, WIDTH - 2 * INDENT);
    let rows = rows.iter().enumerate().map(|(nth, row)| match nth {
        0 => format!("{:INDENT$}{row}\n", ""),
        _ => format!("{:INDENT$}{:INDENT$}{row}\n", "", ""),
    });
    Some(format!("{name}! {{\n{}}}\n", rows.collect::<String>()))
}

/// Turns each statement `safety!("...");` into a comment: tokens have no comments.
fn with_comments(text: &str) -> String {
    let comment = |line: &str| {
        let reason = line.trim_start().strip_prefix("safety!(\"")?.strip_suffix("\");")?;
        let indent = line.len() - line.trim_start().len();
        let rows = wrap(&["SAFETY: ", reason, "."].concat(), WIDTH - indent - "// ".len());
        Some(rows.iter().map(|row| format!("{:indent$}// {row}\n", "")).collect::<String>())
    };
    if !text.contains("safety!(") {
        return text.to_owned();
    }
    text.lines().map(|line| comment(line).unwrap_or_else(|| [line, "\n"].concat())).collect()
}

/// Adds the collected module declarations as a sorted block.
fn flush_modules(modules: &mut Vec<String>, blocks: &mut Vec<String>) {
    if !modules.is_empty() {
        modules.sort_by(|a, b| a.trim_start_matches("pub ").cmp(b.trim_start_matches("pub ")));
        blocks.push(std::mem::take(modules).concat());
    }
}

/// The imports of a block: the imported names by visibility and path.
#[derive(Default)]
struct Imports(BTreeMap<ImportGroup, BTreeMap<Vec<String>, BTreeSet<String>>>);

/// A group of imports, between empty lines: public before private ones, and those
/// of other crates before those of this one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct ImportGroup {
    private: bool,
    local: bool,
}

impl Imports {
    fn add(&mut self, item: &syn::ItemUse) {
        let private = !matches!(item.vis, syn::Visibility::Public(_));
        self.add_tree(private, &mut Vec::new(), &item.tree);
    }

    fn add_tree(&mut self, private: bool, path: &mut Vec<String>, tree: &syn::UseTree) {
        let name = match tree {
            syn::UseTree::Path(inner) => {
                path.push(inner.ident.to_string());
                self.add_tree(private, path, &inner.tree);
                path.pop();
                return;
            }
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.add_tree(private, path, tree));
                return;
            }
            syn::UseTree::Name(name) => name.ident.to_string(),
            syn::UseTree::Rename(name) => format!("{} as {}", name.ident, name.rename),
            syn::UseTree::Glob(_) => "*".to_owned(),
        };
        let first = path.first().unwrap_or(&name).as_str();
        let local = !["core", "alloc", "std"].contains(&first);
        let paths = self.0.entry(ImportGroup { private, local }).or_default();
        paths.entry(path.clone()).or_default().insert(name);
    }

    /// Adds the collected imports as blocks.
    fn flush(&mut self, blocks: &mut Vec<String>) {
        for (group, paths) in std::mem::take(&mut self.0) {
            let mut imports: Vec<_> = paths.iter().collect();
            imports.sort_by_cached_key(|(path, names)| sort_key(path, names));
            let lines = imports.iter().map(|(path, names)| import(group.private, path, names));
            blocks.push(lines.collect());
        }
    }
}

/// The order of imports in rustfmt: by the segments of their paths, where `self`,
/// `super` and `crate` precede other names, and a list follows them.
fn sort_key(path: &[String], names: &BTreeSet<String>) -> Vec<(usize, String)> {
    let rank = |name: &str| match name {
        "self" => 0,
        "super" => 1,
        "crate" => 2,
        "*" => 4,
        _ => 3,
    };
    let single = names.first().filter(|_| names.len() == 1);
    let segments = path.iter().chain(single).map(|name| (rank(name), name.clone()));
    let list = single.is_none().then(|| (5, String::new()));
    segments.chain(list).collect()
}

/// The order of names in a list: an underscore precedes digits, which precede letters, and
/// digits in a row are one number.
fn version_key(name: &str) -> Vec<(u8, u64)> {
    let mut key = Vec::<(u8, u64)>::new();
    for letter in name.chars() {
        match (letter, key.last_mut()) {
            ('_', _) => key.push((0, 0)),
            ('0'..='9', last) => {
                let digit = u64::from(letter) - u64::from('0');
                match last {
                    Some((1, number)) => *number = number.saturating_mul(10).saturating_add(digit),
                    _ => key.push((1, digit)),
                }
            }
            _ => key.push((2, u64::from(letter))),
        }
    }
    key
}

/// An import of names from a path, on as few lines as hold it.
fn import(private: bool, path: &[String], names: &BTreeSet<String>) -> String {
    let visibility = if private { "" } else { "pub " };
    let path: String = path.iter().map(|segment| format!("{segment}::")).collect();
    let mut names: Vec<_> = names.iter().map(String::as_str).collect();
    names.sort_by_cached_key(|name| version_key(name));
    let list = names.join(", ");
    let line = match names.len() {
        1 => format!("{visibility}use {path}{list};"),
        _ => format!("{visibility}use {path}{{{list}}};"),
    };
    // rustfmt breaks a list in a line of the whole width.
    if line.len() < WIDTH || names.len() == 1 && line.len() == WIDTH {
        return line + "\n";
    }
    let rows = wrap(&(list + ","), WIDTH - INDENT - 1);
    let rows: String = rows.iter().map(|row| format!("{:INDENT$}{row}\n", "")).collect();
    format!("{visibility}use {path}{{\n{rows}}};\n")
}

/// Adds an empty line after each member that has a body, and between other members
/// and a method.
fn spaced(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    let mut spaced = String::with_capacity(text.len() + 64);
    for (index, line) in lines.iter().enumerate() {
        spaced += line;
        spaced.push('\n');
        let next = lines.get(index + 1).copied().unwrap_or("}");
        let ends_body = *line == "    }" && next != "}";
        let comment = line.trim_start().starts_with("//");
        let member =
            line.ends_with(';') && !comment && line.starts_with("    ") && next.starts_with("    ");
        let before_method = member && is_method(&lines[index + 1..]);
        let ends_list = line.ends_with("];") && next.starts_with("    ///");
        if ends_body || before_method || ends_list {
            spaced.push('\n');
        }
    }
    spaced
}

/// Whether the next member, after its attributes and comments, is a method.
fn is_method(lines: &[&str]) -> bool {
    let attribute = |line: &str| line.starts_with("    ///") || line.starts_with("    #[");
    let member = lines.iter().find(|line| !attribute(line));
    let head = member.map_or("", |line| line.split('(').next().unwrap_or_default());
    head.strip_prefix("    ")
        .is_some_and(|head| !head.starts_with(' ') && head.split(' ').any(|word| word == "fn"))
}
