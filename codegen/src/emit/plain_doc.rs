//! Documentation of the document's items as paragraphs of plain text, for languages
//! whose comments have no markup.

use super::document::ioctls::{ArgJson, IoctlJson};
use super::document::items::{MetaJson, SinceJson};
use super::document::structs::FieldJson;
use super::sentence::sentence;
use super::wrap::wrap;

/// Documentation, deprecation, first release and source of an item.
pub(super) fn item(meta: &MetaJson<'_>) -> Vec<String> {
    let mut doc: Vec<_> = meta.doc.iter().map(|text| sentence(text)).collect();
    doc.extend(deprecation(meta));
    doc.push(format!("Since Linux {}; source: {}.", since(&meta.since), meta.source));
    doc
}

/// Documentation of a field or a number; the first release if its owner has another one.
pub(super) fn part(meta: &MetaJson<'_>, owner: &MetaJson<'_>) -> Vec<String> {
    let mut doc: Vec<_> = meta.doc.iter().map(|text| sentence(text)).collect();
    if meta.since != owner.since {
        doc.push(format!("Since Linux {}.", since(&meta.since)));
    }
    doc.extend(deprecation(meta));
    doc
}

/// The version of a capability from which on it has a field, if not from its first.
pub(super) fn version(field: &FieldJson<'_>) -> Option<String> {
    (field.version > 1).then(|| format!("Since version {} of the capability.", field.version))
}

/// Documentation of an ioctl, with its use; `struct_name` is the name of a struct.
pub(super) fn ioctl(ioctl: &IoctlJson<'_>, struct_name: impl Fn(&str) -> String) -> Vec<String> {
    let argument = match ioctl.argument {
        ArgJson::None => "no argument".to_owned(),
        ArgJson::Int => "a number".to_owned(),
        ArgJson::Fd => "a pointer to a file descriptor".to_owned(),
        ArgJson::U32 => "a pointer to a 32-bit number".to_owned(),
        ArgJson::String => "a pointer to a string that ends in 0".to_owned(),
        ArgJson::Struct { struct_ } => ["a pointer to ", &struct_name(struct_)].concat(),
    };
    let mut doc = item(&ioctl.meta);
    let used =
        format!("Called on a file descriptor of kind {}, with {argument}.", ioctl.descriptor);
    doc.insert(doc.len() - 1, used);
    doc
}

/// A paragraph of the form that tools for Go know.
fn deprecation(meta: &MetaJson<'_>) -> Option<String> {
    let deprecated = meta.deprecated.as_ref()?;
    let reason = deprecated.doc.iter().map(|text| sentence(text)).collect::<Vec<_>>().join(" ");
    Some(format!("Deprecated: since Linux {}. {reason}", since(&deprecated.since)))
}

/// `3.6`, or `3.19 to 4.1` of an item that appeared between known releases.
fn since(since: &SinceJson) -> String {
    let bare = |release: &str| release.trim_start_matches('v').to_owned();
    match since {
        SinceJson::Known(release) => bare(release),
        SinceJson::Between { after, by } => {
            format!("{} (not in {})", bare(by), bare(after))
        }
    }
}

/// Paragraphs as lines of at most `width` characters, with an empty line between two
/// paragraphs.
pub(super) fn lines(paragraphs: &[String], width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in paragraphs {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(wrap(paragraph, width));
    }
    lines
}
