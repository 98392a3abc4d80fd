//! Comments and docstrings, in lines of at most 79 columns.

use crate::emit::escape::{in_docstring, in_line_comment};
use crate::emit::plain_doc;

const WIDTH: usize = 79;

/// A line as a comment of one or more lines.
pub(super) fn banner(line: &str) -> String {
    let lines = plain_doc::lines(&[line.to_owned()], WIDTH - 2);
    lines.iter().map(|line| format!("# {line}\n")).collect()
}

/// Paragraphs as a comment that documentation tools read, with a line break after every
/// line.
pub(super) fn of(indent: &str, paragraphs: &[String]) -> String {
    let safe: Vec<_> = paragraphs.iter().map(|text| in_line_comment(text)).collect();
    let lines = plain_doc::lines(&safe, WIDTH - 3 - indent.len());
    let line = |line: &String| match line.is_empty() {
        true => format!("{indent}#:\n"),
        false => format!("{indent}#: {line}\n"),
    };
    lines.iter().map(line).collect()
}

/// Paragraphs as a docstring, with a line break at its end.
pub(super) fn docstring(indent: &str, paragraphs: &[String]) -> String {
    let safe: Vec<_> = paragraphs.iter().map(|text| in_docstring(text)).collect();
    let lines = plain_doc::lines(&safe, WIDTH - 3 - indent.len());
    let mut text = format!("{indent}\"\"\"{}", lines.first().map_or("", String::as_str));
    for line in lines.iter().skip(1) {
        text.push('\n');
        if !line.is_empty() {
            text.extend([indent, line]);
        }
    }
    if lines.len() > 1 {
        text.extend(["\n", indent]);
    }
    text + "\"\"\"\n"
}
