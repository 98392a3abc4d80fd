//! Comments next to or above an item. They are used as drafts of documentation only.

use super::program::Program;
use super::tokens::{CommentToken, Token};

/// The longest draft, in characters.
const MOST: usize = 600;

/// The comment of an item: after its last token, in a comment that starts with its
/// name, or above it.
pub(super) fn about(program: &Program<'_>, name: &Token<'_>, last_row: usize) -> String {
    let Some(comments) = program.comments.get(&name.place.file()) else { return String::new() };
    let index = comments.partition_point(|comment| comment.place.start() < name.place.start());
    let beside = comments[index..].iter().take_while(|comment| comment.row <= last_row);
    let beside = beside.filter(|comment| comment.row == last_row && comment.last_row == last_row);
    if let Some(comment) = beside.last() {
        return said(comment, name.text);
    }
    let near = comments[..index].iter().rev().take(NEAR);
    if let Some(comment) = near.clone().find(|comment| names(comment, name.text)) {
        return said(comment, name.text);
    }
    let above = near
        .clone()
        .next()
        .filter(|comment| comment.last_row + 1 == name.row && alone(program, comment));
    above.map(|comment| said(comment, name.text)).unwrap_or_default()
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
    let text: String = own.unwrap_or(&text).chars().take(MOST).collect();
    match text.rfind(". ").filter(|_| text.chars().count() == MOST) {
        Some(end) => text[..=end].to_owned(),
        None => text,
    }
}
