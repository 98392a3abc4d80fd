//! Columns of C text. As in the kernel, a tab reaches to the next multiple of 8
//! and a line has at most 80 columns.

/// The longest line, in columns.
pub(super) const WIDTH: usize = 80;
/// The distance between tab stops.
const TAB: usize = 8;

/// The column after `text`, which starts in column 0.
pub(super) fn end_column(text: &str) -> usize {
    text.chars().fold(0, |column, character| match character {
        '\t' => next_tab_stop(column),
        _ => column + 1,
    })
}

/// The first tab stop after a column.
pub(super) fn next_tab_stop(column: usize) -> usize {
    (column / TAB + 1) * TAB
}

/// The tabs that lead from a column to a tab stop; at least one.
pub(super) fn tabs(from: usize, to: usize) -> String {
    let (from, to) = (from / TAB, to / TAB);
    "\t".repeat(to.saturating_sub(from).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tab_reaches_to_the_next_stop() {
        assert_eq!(end_column("\t__u32\targsz;"), 22);
        assert_eq!(end_column("1234567\t"), 8);
        assert_eq!(end_column("12345678\t"), 16);
    }

    #[test]
    fn tabs_lead_to_the_column() {
        for (from, to) in [(8, 16), (9, 16), (13, 24), (15, 40)] {
            let line = " ".repeat(from) + &tabs(from, to);
            assert_eq!(end_column(&line), to, "from {from}");
        }
        assert_eq!(tabs(24, 16), "\t");
    }
}
