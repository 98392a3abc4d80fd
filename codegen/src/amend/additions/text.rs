//! Drafts of documentation from the comments of headers.

use crate::diagnostic::Place;
use crate::names::DRAFT;
use crate::spec::text::DocText;
use crate::spec::wrappers::Placed;

/// A draft that a comment gives, without characters that a specification refuses.
pub(super) fn draft(comment: &str, place: Place) -> Placed<DocText> {
    let plain = |one: &char| *one != '`' && (one.is_ascii_graphic() || one.is_alphanumeric());
    let text: String = comment.chars().map(|one| if plain(&one) { one } else { ' ' }).collect();
    let words: Vec<_> = text.split_whitespace().collect();
    let text = match words.is_empty() {
        true => [DRAFT, " to be written"].concat(),
        false => [DRAFT, " ", &words.join(" ")].concat(),
    };
    Placed { value: DocText { paragraphs: [text].into() }, place }
}

/// The comment of an ioctl without the ioctl and the macro at its start, which name the
/// argument.
pub(super) fn described(comment: &str) -> &str {
    let named = comment.split_once(" - ").filter(|(name, _)| !name.contains(' '));
    let text = named.map_or(comment, |(_, rest)| rest);
    match text.starts_with("_IO") {
        true => text.split_once(')').map_or("", |(_, rest)| rest.trim_start()),
        false => text,
    }
}

/// The words that all names start with; of one name, all but its last. Names without
/// it start with a letter.
pub(super) fn common_prefix<'a>(names: impl Iterator<Item = &'a str> + Clone) -> String {
    let common = names.clone().map(|name| name.to_owned() + "\0").reduce(|one, other| {
        let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
        same.map(|(a, _)| a).collect()
    });
    let mut common = common.unwrap_or_default();
    loop {
        common.truncate(common.rfind('_').map_or(0, |end| end + 1));
        let digit = |name: &str| name[common.len()..].starts_with(|one: char| one.is_ascii_digit());
        if common.is_empty() || !names.clone().any(digit) {
            return common;
        }
        common.pop();
    }
}
