//! Places comments beside their code where that leaves enough room, all in one
//! column as far as possible, and above it otherwise.

use super::comment::Comment;
use super::tabs::{WIDTH, next_tab_stop, tabs};

/// Where a comment found its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Remark {
    /// The lines above the code, without its indent.
    pub(super) above: Vec<String>,
    /// What stands behind the code on its line, white space included.
    pub(super) beside: String,
}

/// A line of code and its comment.
pub(super) struct Row {
    /// The column behind the code; none where nothing can stand beside it.
    pub(super) end: Option<usize>,
    /// Its comment.
    pub(super) comment: Comment,
}

/// A comment that is short enough to stand on one line beside code.
struct Short {
    line: String,
    width: usize,
    /// The column behind the code, and the first at which the comment can stand.
    end: usize,
    own: usize,
}

impl Short {
    fn of(row: &Row) -> Option<Self> {
        let (end, line) = (row.end?, row.comment.one_line()?);
        let short = Self { width: line.chars().count(), line, end, own: next_tab_stop(end) };
        short.fits(short.own).then_some(short)
    }

    /// Whether the comment fits beside the code at a column.
    fn fits(&self, column: usize) -> bool {
        column + self.width <= WIDTH
    }
}

/// Places the comments of a list of lines, indented alike: beside the code, as
/// far as possible in one column, where that leaves enough room.
pub(super) fn place(rows: &[Row], indent: usize) -> Vec<Remark> {
    let shorts: Vec<_> = rows.iter().map(Short::of).collect();
    let common = shorts.iter().flatten().map(|short| short.own).max().unwrap_or(0);
    let remarks = rows.iter().zip(shorts).map(|(row, short)| match short {
        Some(short) => {
            let at = if short.fits(common) { common } else { short.own };
            Remark { above: Vec::new(), beside: tabs(short.end, at) + &short.line }
        }
        None => Remark { above: row.comment.above(indent), beside: String::new() },
    });
    remarks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(end: Option<usize>, text: &str) -> Row {
        Row { end, comment: Comment::of(&vec![text.to_owned()]) }
    }

    #[test]
    fn comments_line_up_where_they_fit() {
        let long = "x".repeat(60);
        let rows = [row(Some(12), "a"), row(Some(20), "b"), row(Some(12), &long), row(None, "c")];
        let remarks = place(&rows, 8);
        assert_eq!(remarks[0].beside, "\t\t/* a */");
        assert_eq!(remarks[1].beside, "\t/* b */");
        assert_eq!((&remarks[2].beside[..], remarks[2].above.len()), ("", 1));
        assert_eq!(remarks[3].above, ["/* c */"]);
    }

    #[test]
    fn a_comment_too_long_for_the_column_stands_where_it_fits() {
        let rows = [row(Some(30), "a"), row(Some(12), &"x".repeat(50))];
        let remarks = place(&rows, 8);
        assert_eq!(remarks[0].beside, "\t/* a */");
        assert!(remarks[1].beside.starts_with("\t/* xx") && remarks[1].above.is_empty());
    }
}
