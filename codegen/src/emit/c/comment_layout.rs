//! Places the comments of a list of lines: after the code on its line where 80
//! columns allow, in a common column as far as possible, otherwise above it.

use super::comment::Comment;
use super::tabs::{WIDTH, next_tab_stop, tabs};

/// A comment that has been placed: one of the two fields is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PlacedComment {
    /// Lines above the code, without its indent.
    pub(super) above: Vec<String>,
    /// White space and the comment, after the code on its line.
    pub(super) trailing: String,
}

/// A line of code and its comment.
pub(super) struct Row<'a> {
    /// The column after the code; none if no comment can follow it.
    pub(super) end: Option<usize>,
    pub(super) comment: Comment<'a>,
}

/// A comment that fits after its code.
struct Trailing {
    text: String,
    width: usize,
    /// The column after the code.
    end: usize,
    /// The first tab stop after the code, if the comment fits there; otherwise
    /// one space precedes it.
    stop: Option<usize>,
}

impl Trailing {
    fn of(row: &Row<'_>) -> Option<Self> {
        let (end, text) = (row.end?, row.comment.one_line()?);
        let width = text.chars().count();
        let stop = Some(next_tab_stop(end)).filter(|stop| stop + width <= WIDTH);
        let fits = stop.is_some() || end + 1 + width <= WIDTH;
        fits.then_some(Self { text, width, end, stop })
    }

    /// The comment in the common column, or as near to it as it fits.
    fn at(self, common: Option<usize>) -> String {
        let common = common.filter(|column| column + self.width <= WIDTH);
        let gap = match common.or(self.stop).filter(|_| self.stop.is_some()) {
            Some(column) => tabs(self.end, column),
            None => " ".to_owned(),
        };
        gap + &self.text
    }
}

/// Places the comments of lines that are indented by `indent` columns.
pub(super) fn place(rows: &[Row<'_>], indent: usize) -> Vec<PlacedComment> {
    let mut trailing: Vec<_> = rows.iter().map(Trailing::of).collect();
    line_up(&mut trailing);
    let common = trailing.iter().flatten().filter_map(|comment| comment.stop).max();
    let placed = rows.iter().zip(trailing).map(|(row, trailing)| match trailing {
        Some(trailing) => PlacedComment { above: Vec::new(), trailing: trailing.at(common) },
        None => PlacedComment { above: row.comment.above(indent), trailing: String::new() },
    });
    placed.collect()
}

/// Puts one space before all comments if one of them needs that and all code ends
/// in one column.
fn line_up(trailing: &mut [Option<Trailing>]) {
    let mut ends = trailing.iter().flatten().map(|comment| comment.end);
    let first = ends.next();
    let aligned = ends.all(|end| Some(end) == first);
    let spaced = trailing.iter().flatten().any(|comment| comment.stop.is_none());
    if aligned && spaced {
        trailing.iter_mut().flatten().for_each(|comment| comment.stop = None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(end: Option<usize>, text: &str) -> Row<'static> {
        Row { end, comment: Comment::default().paragraph(text.to_owned()) }
    }

    #[test]
    fn comments_line_up_where_they_fit() {
        let long = "x".repeat(62);
        let rows = [row(Some(12), "a"), row(Some(20), "b"), row(Some(12), &long), row(None, "c")];
        let placed = place(&rows, 8);
        assert_eq!(placed[0].trailing, "\t\t/* a */");
        assert_eq!(placed[1].trailing, "\t/* b */");
        assert_eq!((&placed[2].trailing[..], placed[2].above.len()), ("", 1));
        assert_eq!(placed[3].above, ["/* c */"]);
    }

    #[test]
    fn a_comment_too_long_for_the_column_stands_at_its_own_tab_stop() {
        let rows = [row(Some(30), "a"), row(Some(12), &"x".repeat(50))];
        let placed = place(&rows, 8);
        assert_eq!(placed[0].trailing, "\t/* a */");
        assert!(placed[1].trailing.starts_with("\t/* xx") && placed[1].above.is_empty());
    }

    #[test]
    fn a_comment_too_long_for_a_tab_stop_follows_one_space() {
        let long = "x".repeat(56);
        let placed = place(&[row(Some(12), "a"), row(Some(17), &long)], 0);
        assert_eq!(placed[0].trailing, "\t/* a */");
        assert_eq!(placed[1].trailing, format!(" /* {long} */"));
        let placed = place(&[row(Some(17), "a"), row(Some(17), &long)], 0);
        assert_eq!(placed[0].trailing, " /* a */");
    }
}
