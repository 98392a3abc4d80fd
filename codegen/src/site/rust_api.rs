//! What the generated crate declares for its users, read from its own source.

use syn::{Attribute, Expr, ImplItem, Item, Lit, Meta, Type, Visibility};

use super::ApiItem;
use crate::emit::{self, FAMILIES};
use crate::ir::Abi;

/// Every public item, method, variant and associated constant of the crate. The module
/// `bindings` repeats the names of the kernel.
pub(super) fn list(abi: &Abi) -> Vec<ApiItem> {
    let folder = emit::crate_folder(abi) + "/";
    let written = |name: &str| ["Rust crate", "hand-written code"].contains(&name);
    let files = FAMILIES.iter().filter(|family| written(family.name));
    let mut declared = Vec::new();
    for file in files.flat_map(|family| family.emit(abi)) {
        let path = file.path.strip_prefix(&folder).unwrap_or(&file.path);
        let skipped = path.contains("bindings") || path.contains("/bin/");
        if !path.ends_with(".rs") || skipped {
            continue;
        }
        let Ok(parsed) = syn::parse_file(&file.contents) else { continue };
        let mut lister = ApiLister { file: path, declared: &mut declared };
        parsed.items.iter().for_each(|item| lister.item(item));
    }
    declared.sort_by(|a, b| a.name.cmp(&b.name));
    declared.dedup_by(|next, one| next.name == one.name);
    declared
}

/// Collects the items of one file.
struct ApiLister<'a> {
    file: &'a str,
    declared: &'a mut Vec<ApiItem>,
}

impl ApiLister<'_> {
    fn add(&mut self, name: String, kind: &'static str, attributes: &[Attribute]) {
        let lines = lines(attributes);
        let (summary, usage) = (summary(&lines), example(&lines));
        self.declared.push(ApiItem { name, kind, file: self.file.to_owned(), summary, usage });
    }

    fn item(&mut self, item: &Item) {
        let public = |visibility: &Visibility| matches!(visibility, Visibility::Public(_));
        match item {
            Item::Struct(one) if public(&one.vis) => {
                self.add(one.ident.to_string(), "struct", &one.attrs);
            }
            Item::Enum(one) if public(&one.vis) => {
                self.add(one.ident.to_string(), "enum", &one.attrs);
                for variant in &one.variants {
                    let name = format!("{}::{}", one.ident, variant.ident);
                    self.add(name, "variant", &variant.attrs);
                }
            }
            Item::Trait(one) if public(&one.vis) => {
                self.add(one.ident.to_string(), "trait", &one.attrs);
            }
            Item::Fn(one) if public(&one.vis) => {
                self.add(one.sig.ident.to_string(), "function", &one.attrs);
            }
            Item::Const(one) if public(&one.vis) => {
                self.add(one.ident.to_string(), "constant", &one.attrs);
            }
            Item::Type(one) if public(&one.vis) => {
                self.add(one.ident.to_string(), "type", &one.attrs);
            }
            Item::Impl(one) if one.trait_.is_none() => {
                let Type::Path(path) = &*one.self_ty else { return };
                let Some(type_) = path.path.segments.last() else { return };
                for member in &one.items {
                    let (name, kind, attributes) = match member {
                        ImplItem::Fn(one) if public(&one.vis) => {
                            (&one.sig.ident, "method", &one.attrs)
                        }
                        ImplItem::Const(one) if public(&one.vis) => {
                            (&one.ident, "constant", &one.attrs)
                        }
                        _ => continue,
                    };
                    let name = name.to_string();
                    let name = name.trim_start_matches("r#");
                    self.add(format!("{}::{name}", type_.ident), kind, attributes);
                }
            }
            _ => {}
        }
    }
}

/// The lines of a documentation.
fn lines(attributes: &[Attribute]) -> Vec<String> {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    lines.collect()
}

/// The first sentence of a documentation.
fn summary(lines: &[String]) -> String {
    let paragraph: Vec<_> =
        lines.iter().map(|line| line.trim()).take_while(|line| !line.is_empty()).collect();
    without_links(emit::first_sentence(&paragraph.join(" ")))
}

/// A text without the targets of links, which are paths of the crate.
fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        let (shown, tail) = (before.rsplit_once('['), after.split_once(')'));
        let (Some((before, shown)), Some((_, tail))) = (shown, tail) else { break };
        plain.extend([before, shown]);
        rest = tail;
    }
    plain + rest
}

/// The first example of a documentation, without the lines that rustdoc does not show.
fn example(lines: &[String]) -> String {
    let code = lines.iter().map(|line| line.strip_prefix(' ').unwrap_or(line));
    let code = code.skip_while(|line| !line.starts_with("```")).skip(1);
    let shown =
        code.take_while(|line| !line.starts_with("```")).filter(|line| !line.starts_with("# "));
    shown.map(|line| [line, "\n"].concat()).collect()
}
