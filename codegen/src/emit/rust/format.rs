//! From tokens to text that reads as if a person had laid it out: formatted
//! item by item, with a blank line between items and between methods.

use proc_macro2::TokenStream;

/// Formats a file: its inner attributes first, then each item.
///
/// Panics if the tokens are no Rust, which would be a bug of an emitter.
pub(super) fn file(tokens: TokenStream) -> String {
    let parsed = syn::parse2::<syn::File>(tokens.clone());
    let syn::File { attrs, items, .. } =
        parsed.unwrap_or_else(|error| panic!("emitted tokens are no Rust: {error}\n{tokens}"));
    let head = syn::File { shebang: None, frontmatter: None, attrs, items: Vec::new() };
    let mut blocks = Vec::new();
    if !head.attrs.is_empty() {
        blocks.push(prettyplease::unparse(&head));
    }
    let mut imports = String::new();
    for item in items {
        let joined = matches!(&item, syn::Item::Use(_) | syn::Item::Mod(_)) && !documented(&item);
        let file =
            syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: vec![item] };
        let text = prettyplease::unparse(&file);
        match joined {
            true => imports += &text,
            false => {
                blocks.extend((!imports.is_empty()).then(|| std::mem::take(&mut imports)));
                blocks.push(spaced(&text));
            }
        }
    }
    blocks.extend((!imports.is_empty()).then_some(imports));
    blocks.join("\n")
}

/// Whether a module or an import has text of its own.
fn documented(item: &syn::Item) -> bool {
    match item {
        syn::Item::Mod(item) => !item.attrs.is_empty(),
        syn::Item::Use(item) => !item.attrs.is_empty(),
        _ => false,
    }
}

/// Adds a blank line after each member with a body, unless it is the last.
fn spaced(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    let mut spaced = String::with_capacity(text.len() + 64);
    for (index, line) in lines.iter().enumerate() {
        spaced += line;
        spaced.push('\n');
        let next = lines.get(index + 1).copied().unwrap_or("}");
        let ends_body = *line == "    }" && next != "}";
        let opens_body = next.starts_with("    ///") && line.ends_with("];");
        if ends_body || opens_body {
            spaced.push('\n');
        }
    }
    spaced
}
