//! Places comments beside their code where that leaves enough room, all in one
//! column as far as possible, and above it otherwise.

use super::columns::{WIDTH, stop_behind, tabs};
use super::comment::Comment;

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

impl Row {
    /// The comment on one line, where it fits beside the code at some column.
    fn beside(&self, column: usize) -> Option<String> {
        let line = self.comment.one_line()?;
        (column + line.chars().count() <= WIDTH).then_some(line)
    }

    /// The first column at which a comment can stand beside the code.
    fn column(&self) -> Option<usize> {
        self.end.map(stop_behind)
    }
}

/// Places the comments of a list of lines, indented alike: beside the code, as
/// far as possible in one column, where that leaves enough room.
pub(super) fn place(rows: &[Row], indent: usize) -> Vec<Remark> {
    let fitting = rows.iter().filter_map(|row| row.column().filter(|at| row.beside(*at).is_some()));
    let common = fitting.max().unwrap_or(0);
    let remarks = rows.iter().map(|row| {
        let own = row.column().into_iter();
        let columns = own.flat_map(|own| [common.max(own), own]);
        let mut room = columns.filter_map(|at| Some((row.end?, at, row.beside(at)?)));
        match room.next() {
            Some((end, at, line)) => Remark { above: Vec::new(), beside: tabs(end, at) + &line },
            None => Remark { above: row.comment.above(indent), beside: String::new() },
        }
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
