//! A Markdown table of finished cells. Empty columns are left out.

use std::borrow::Cow;

/// The alignment of the cells of a column.
#[derive(Clone, Copy, Debug)]
pub(super) enum Align {
    /// Words.
    Left,
    /// A few words, on one line.
    Whole,
    /// Numbers, on one line too.
    Right,
}

/// A table that is being filled.
#[derive(Debug)]
pub(super) struct Table {
    columns: Vec<(Cow<'static, str>, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with these columns.
    pub(super) fn new<S>(columns: impl IntoIterator<Item = (S, Align)>) -> Self
    where
        S: Into<Cow<'static, str>>,
    {
        let columns = columns.into_iter().map(|(head, align)| (head.into(), align));
        Self { columns: columns.collect(), rows: Vec::new() }
    }

    /// Adds a row, which has a cell for each column.
    pub(super) fn row(&mut self, cells: impl Into<Vec<String>>) {
        let mut cells = cells.into();
        for (cell, (_, align)) in cells.iter_mut().zip(&self.columns) {
            if matches!(align, Align::Whole | Align::Right) && cell.contains(' ') {
                *cell = cell.replace(' ', "\u{a0}");
            }
        }
        self.rows.push(cells);
    }

    /// The table in Markdown; empty if it has no row.
    pub(super) fn finish(self) -> Option<String> {
        if self.rows.is_empty() {
            return None;
        }
        let used: Vec<usize> = (0..self.columns.len())
            .filter(|at| self.rows.iter().any(|row| !row[*at].is_empty()))
            .collect();
        let mut text = String::new();
        line(&mut text, used.iter().map(|at| &*self.columns[*at].0));
        text.push('\n');
        let rule = used.iter().map(|at| match self.columns[*at].1 {
            Align::Left | Align::Whole => "---",
            Align::Right => "---:",
        });
        line(&mut text, rule);
        for row in &self.rows {
            text.push('\n');
            line(&mut text, used.iter().map(|at| row[*at].as_str()));
        }
        Some(text)
    }
}

/// Adds a line with these cells.
fn line<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>) {
    cells.for_each(|cell| text.extend(["| ", cell, " "]));
    text.push('|');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_column_and_an_empty_table_are_left_out() {
        let columns = [("a", Align::Right), ("b", Align::Left), ("c", Align::Left)];
        assert_eq!(Table::new(columns).finish(), None);
        let mut table = Table::new(columns);
        table.row(["1", "", "x"].map(str::to_owned));
        table.row(["2", "", ""].map(str::to_owned));
        let expected = "| a | c |\n| ---: | --- |\n| 1 | x |\n| 2 |  |";
        assert_eq!(table.finish().as_deref(), Some(expected));
    }
}
