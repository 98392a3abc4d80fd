//! Comments.

use crate::emit::escape::in_line_comment;
use crate::emit::plain_doc;

/// The longest line, in columns; a tab has 4.
const WIDTH: usize = 92;

/// Paragraphs as a comment, with a line break after every line.
pub(super) fn of(indent: &str, paragraphs: &[String]) -> String {
    let width = WIDTH - 3 - indent.len() * 4;
    let safe: Vec<_> = paragraphs.iter().map(|text| in_line_comment(text)).collect();
    let lines = plain_doc::lines(&safe, width);
    let line = |line: &String| match line.is_empty() {
        true => format!("{indent}//\n"),
        false => format!("{indent}// {line}\n"),
    };
    lines.iter().map(line).collect()
}
