//! Comments next to or above an item. They are used as drafts of documentation only.

use std::collections::BTreeMap;

use super::kerneldoc::Kerneldoc;
use super::program::Program;
use super::tokens::{CommentToken, Token};

/// The longest draft, in characters.
const MOST: usize = 600;

/// The comment of an item: after its last token, in kerneldoc that names it, in a comment
/// that starts with its name, or above it.
pub(super) fn about(program: &Program<'_>, name: &Token<'_>, last_row: usize) -> String {
    let described = || {
        let docs = &program.docs;
        let number = docs.number(name.text, name.place);
        number.or_else(|| docs.about(name.text, name.place).map(Kerneldoc::text))
    };
    let beside = beside(program, name, last_row);
    let found = beside.or_else(|| described().map(str::to_owned));
    found.or_else(|| around(program, name)).unwrap_or_default()
}

/// The comment of a member of a struct, which kerneldoc of the struct can describe as well.
pub(super) fn about_member(
    program: &Program<'_>,
    name: &Token<'_>,
    start: &Token<'_>,
    of_struct: &BTreeMap<String, String>,
) -> String {
    let described = || {
        let inside = program.docs.inside(name.text, start.place, name.place);
        inside.or_else(|| of_struct.get(name.text).map(String::as_str)).map(str::to_owned)
    };
    let found = beside(program, name, name.row).or_else(described);
    found.or_else(|| around(program, name)).unwrap_or_default()
}

/// What kerneldoc says about the members of a struct: the one that names the struct, or
/// one of an ioctl directly above it.
pub(super) fn of_members(program: &Program<'_>, name: &Token<'_>) -> BTreeMap<String, String> {
    let above = || {
        let above = above(program, name)?;
        program.docs.at(above.place).filter(|doc| !doc.is_about_another(name.text))
    };
    let doc = program.docs.about(name.text, name.place).or_else(above);
    doc.map(|doc| doc.members.clone().into_iter().collect()).unwrap_or_default()
}

/// The comment after the last token of an item.
fn beside(program: &Program<'_>, name: &Token<'_>, last_row: usize) -> Option<String> {
    let comments = program.comments.get(&name.place.file())?;
    let index = comments.partition_point(|comment| comment.place.start() < name.place.start());
    let beside = comments[index..].iter().take_while(|comment| comment.row <= last_row);
    let beside = beside.filter(|comment| comment.row == last_row && comment.last_row == last_row);
    Some(said(beside.last()?, name.text))
}

/// The comment that starts with a name, or the one above it.
fn around(program: &Program<'_>, name: &Token<'_>) -> Option<String> {
    let before = before(program, name);
    let mut near = before.iter().rev().take(NEAR);
    if let Some(comment) = near.find(|comment| names(comment, name.text)) {
        return Some(said(comment, name.text));
    }
    let above = above(program, name)?;
    let doc = program.docs.at(above.place);
    match doc {
        Some(doc) if doc.is_about_another(name.text) => None,
        Some(doc) if !doc.members.is_empty() => Some(doc.text().to_owned()),
        _ => Some(said(above, name.text)),
    }
}

/// The comments of a file before a name.
fn before<'p, 'a>(program: &'p Program<'a>, name: &Token<'_>) -> &'p [CommentToken<'a>] {
    let Some(comments) = program.comments.get(&name.place.file()) else { return &[] };
    let index = comments.partition_point(|comment| comment.place.start() < name.place.start());
    &comments[..index]
}

/// The comment on the lines above a name.
fn above<'p, 'a>(program: &'p Program<'a>, name: &Token<'_>) -> Option<&'p CommentToken<'a>> {
    let last = before(program, name).last()?;
    (last.last_row + 1 == name.row && alone(program, last)).then_some(last)
}

/// How far back a comment that starts with an item's name is looked for.
const NEAR: usize = 40;

/// Whether a comment is the first thing on its line.
fn alone(program: &Program<'_>, comment: &CommentToken<'_>) -> bool {
    let before = |token: &Token<'_>| {
        (token.place.file(), token.place.start()) < (comment.place.file(), comment.place.start())
    };
    let tokens = program.tokens.partition_point(before);
    let on_line =
        |token: &Token<'_>| token.place.file() == comment.place.file() && token.row == comment.row;
    let defined = program.defines.partition_point(|define| before(&define.name));
    !program.tokens[..tokens].last().is_some_and(on_line)
        && !program.defines[..defined]
            .last()
            .is_some_and(|define| on_line(&define.name) || define.body.last().is_some_and(on_line))
}

/// Whether a comment starts with a name.
fn names(comment: &CommentToken<'_>, name: &str) -> bool {
    let text = comment.text.trim_start_matches(['/', '*', ' ', '\t', '\n', '\r']);
    let text = text.strip_prefix("struct ").unwrap_or(text);
    text.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '\t', '\n', ':']))
}

/// The text of a comment on one line, without its delimiters.
fn said(comment: &CommentToken<'_>, name: &str) -> String {
    let inside = comment.text.trim_start_matches('/').trim_end_matches('/').trim_matches('*');
    let lines = inside.lines().map(|line| line.trim().trim_start_matches('*').trim());
    let text = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.strip_prefix("struct ").unwrap_or(&text).to_owned();
    let own = text.strip_prefix(name).map(|rest| rest.trim_start_matches([' ', '-', ':']));
    limited(own.unwrap_or(&text))
}

/// As much of a text as a draft can have.
pub(super) fn limited(text: &str) -> String {
    let text: String = text.chars().take(MOST).collect();
    match text.rfind(". ").filter(|_| text.chars().count() == MOST) {
        Some(end) => text[..=end].to_owned(),
        None => text,
    }
}
