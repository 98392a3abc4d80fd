//! What a new specification takes from a header: its path and guards, how ioctl numbers are
//! built, how arguments start, and the header of capabilities.

use std::path::Path;

use capchain::header::{ConstantFact, Facts, Spelt, StructFact, TypeFact, conventions};
use capchain::layout::Int;
use capchain::names::DRAFT;

/// The parts of YAML files, each ready to be printed.
#[derive(Default)]
pub(super) struct HeaderParts {
    /// The path in `#include`.
    pub(super) path: String,
    /// All spellings of the include guard.
    pub(super) guards: String,
    /// The constants of ioctl numbers: type and base.
    pub(super) numbers: Option<(String, String)>,
    /// Whether arguments start with their size alone.
    pub(super) starts_with_size: bool,
    /// The struct with which capabilities start.
    pub(super) cap_header: String,
    /// The items that `abi.yaml` names.
    pub(super) items: String,
}

impl HeaderParts {
    /// The parts that `facts`, those of the header at `path`, have; none if the header has no
    /// include guard, or no item that a specification could begin with.
    pub(super) fn of(facts: &Facts, path: &Path) -> Option<Self> {
        let guard = facts.guards.first()?;
        let numbers = numbers(facts);
        let mut parts = Self {
            path: include_path(path),
            guards: guards(&guard.name).join(", "),
            starts_with_size: facts.structs.iter().any(|one| is_sized(facts, one)),
            ..Self::default()
        };
        if let Some((type_, base)) = numbers {
            parts.items += &number_items(type_, base);
            parts.numbers = Some((type_.name.clone(), base.name.clone()));
        }
        if let Some(header) = facts.structs.iter().find(|one| is_cap_header(facts, one)) {
            parts.items += &cap_header_item(header);
            parts.cap_header.clone_from(&header.name);
        }
        (!parts.items.is_empty()).then_some(parts)
    }
}

/// The path in `#include` of a header of the kernel's tree, or of one that is installed.
fn include_path(path: &Path) -> String {
    let text = path.display().to_string();
    let installed = ["include/uapi/", "include/"].iter().find_map(|folder| {
        let (_, rest) = text.rsplit_once(folder)?;
        Some(rest.to_owned())
    });
    let file = || ["linux/", text.rsplit('/').next().unwrap_or_default()].concat();
    installed.unwrap_or_else(file)
}

/// A guard as the kernel's tree has it, and as installed headers have it.
fn guards(name: &str) -> Vec<String> {
    let other = match name.strip_prefix("_UAPI") {
        Some(rest) => rest.to_owned(),
        None => ["_UAPI", name].concat(),
    };
    vec![name.to_owned(), other]
}

/// The constants of `_IO(type, base + number)`, or of `_IO(type, COMMAND)` where an enum of the
/// commands starts with their base.
fn numbers(facts: &Facts) -> Option<(&ConstantFact, &ConstantFact)> {
    let ioctls = facts.constants.iter();
    let ioctls = ioctls.filter(|one| matches!(one.spelt, Spelt::Ioctl { .. }));
    let texts = ioctls.filter_map(|one| facts.texts.get(&one.name));
    let mut found = texts.filter_map(|text| {
        let words: Vec<_> = text.split_whitespace().collect();
        let ["_IO", "(", type_, ",", number, rest @ ..] = &words[..] else { return None };
        let (type_, number) = (facts.constant(type_)?, facts.constant(number)?);
        let of_enum = |one: &&ConstantFact| {
            one.enum_index.is_some()
                && one.enum_index == number.enum_index
                && one.name.ends_with("_BASE")
        };
        let base = match rest {
            ["+", ..] => Some(number),
            _ => facts.constants.iter().find(of_enum),
        };
        Some((type_, base?))
    });
    found.next()
}

fn number_items(type_: &ConstantFact, base: &ConstantFact) -> String {
    let value = |one: &ConstantFact| {
        format!("      {}: {:#x}, {DRAFT} {}\n", one.name, one.number, written(&one.doc))
    };
    let group = |head: &str, values: &str| {
        format!(
            "  - {head}\n    doc: {DRAFT} the parts of all ioctl numbers\n    values:\n{values}\n"
        )
    };
    match (&base.tag, base.enum_index) {
        (_, None) => group("constants: ioctl_numbers", &(value(type_) + &value(base))),
        (tag, _) => {
            let head = match tag.as_deref().filter(|tag| !tag.is_empty()) {
                Some(tag) => format!("enum: {tag}"),
                None => "enum: commands\n    anonymous: true".to_owned(),
            };
            group("constants: ioctl_numbers", &value(type_)) + &group(&head, &value(base))
        }
    }
}

/// Whether a struct starts with its size alone, and is an argument by its name or comment.
fn is_sized(facts: &Facts, one: &StructFact) -> bool {
    let ioctl = facts.constant(&one.name.to_ascii_uppercase());
    let named = ioctl.is_some_and(|ioctl| matches!(ioctl.spelt, Spelt::Ioctl { .. }));
    conventions::starts_with_size(one) && (named || one.doc.starts_with("ioctl("))
}

/// Whether a struct has an id, a version and the place of the next one, and others start
/// with it.
fn is_cap_header(facts: &Facts, one: &StructFact) -> bool {
    let names = one.fields.iter().map(|field| field.name.as_str());
    let starts = |other: &StructFact| {
        let first = other.fields.first().map(|first| &first.type_);
        matches!(first, Some(TypeFact::Struct(name)) if *name == one.name)
    };
    let int = |type_: &TypeFact| matches!(type_, TypeFact::Int(Int::U16 | Int::U32));
    names.eq(["id", "version", "next"])
        && one.fields.iter().all(|field| int(&field.type_))
        && facts.structs.iter().any(starts)
}

fn cap_header_item(one: &StructFact) -> String {
    let field = |field: &capchain::header::FieldFact| {
        format!("      {}: {}, {DRAFT} {}\n", field.name, field.type_.text(), written(&field.doc))
    };
    let fields: String = one.fields.iter().map(field).collect();
    let doc = written(&one.doc);
    format!("  - struct: {}\n    doc: {DRAFT} {doc}\n    fields:\n{fields}\n", one.name)
}

/// A comment in a line of YAML.
fn written(comment: &str) -> String {
    let plain = |one: char| one.is_ascii_alphanumeric() || " _-./()".contains(one);
    let text: String = comment.chars().map(|one| if plain(one) { one } else { ' ' }).collect();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() { "to be written".to_owned() } else { words }
}
