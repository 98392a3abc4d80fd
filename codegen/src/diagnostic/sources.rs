//! The texts that places point into, and the conversion of places, which count
//! characters, to lines and bytes. A table for each file, made when it is first
//! needed, makes this fast.

use std::ops::Range;
use std::sync::OnceLock;

use super::Place;

/// The distance between table entries, in characters.
const STEP: usize = 256;

/// The longest piece of a file that is shown.
const MOST_SHOWN: usize = 64 << 10;

/// The text of every file that a place can point into.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

#[derive(Clone, Debug)]
struct SourceFile {
    path: String,
    text: String,
    table: OnceLock<PositionTable>,
}

/// Positions of characters in a file.
#[derive(Clone, Debug)]
struct PositionTable {
    /// The first character of each line.
    lines: Vec<usize>,
    /// The byte of every [`STEP`]th character.
    marks: Vec<usize>,
}

/// Whole lines of a file.
pub(super) struct Excerpt<'a> {
    pub(super) text: &'a str,
    /// The offset of its first byte in the file.
    pub(super) start: usize,
    /// The number of its first line, from 1.
    pub(super) line: usize,
}

impl Sources {
    /// Adds a file and returns its index.
    pub fn add(&mut self, path: String, text: String) -> usize {
        self.files.push(SourceFile { path, text, table: OnceLock::new() });
        self.files.len() - 1
    }

    /// The text of a file.
    pub fn text(&self, file: usize) -> &str {
        self.files.get(file).map_or("", |file| &file.text)
    }

    /// The path of a file.
    pub fn path(&self, file: usize) -> &str {
        self.files.get(file).map_or("", |file| &file.path)
    }

    /// Line and column of a place's start, both from 1.
    pub fn line_and_column(&self, place: Place) -> (usize, usize) {
        let Some(file) = self.files.get(place.file()) else { return (1, 1) };
        let lines = &file.table().lines;
        let line = lines.partition_point(|start| *start <= place.start());
        let start = line.checked_sub(1).and_then(|line| lines.get(line));
        (line.max(1), place.start() - start.unwrap_or(&0) + 1)
    }

    /// The bytes of a place, at least one character if there is one. A place that
    /// goes past the end of its line is cut there.
    pub(super) fn bytes(&self, place: Place) -> Range<usize> {
        let Some(file) = self.files.get(place.file()) else { return 0..0 };
        let (start, end) = (file.byte(place.start()), file.byte(place.end()));
        let text = file.text.get(start..end).unwrap_or_default().trim_end();
        let end = if text.is_empty() { file.byte(place.start() + 1) } else { start + text.len() };
        start..end
    }

    /// The lines around places of one file; none if they are too long to show.
    pub(super) fn excerpt(&self, places: impl Iterator<Item = Place>) -> Option<Excerpt<'_>> {
        let around = |one: Place, other: Place| {
            Place::new(one.file(), one.start().min(other.start()), one.end().max(other.end()))
        };
        let whole = places.reduce(around)?;
        let text = self.text(whole.file());
        let bytes = self.bytes(whole);
        let start = text[..bytes.start].rfind('\n').map_or(0, |end| end + 1);
        let end = text[bytes.end..].find('\n').map_or(text.len(), |more| bytes.end + more);
        let (line, _) = self.line_and_column(whole);
        let text = text.get(start..end).filter(|text| text.len() <= MOST_SHOWN)?;
        Some(Excerpt { text, start, line })
    }
}

impl SourceFile {
    fn table(&self) -> &PositionTable {
        self.table.get_or_init(|| {
            let (mut lines, mut marks) = (vec![0], Vec::new());
            for (index, (byte, character)) in self.text.char_indices().enumerate() {
                if index % STEP == 0 {
                    marks.push(byte);
                }
                if character == '\n' {
                    lines.push(index + 1);
                }
            }
            PositionTable { lines, marks }
        })
    }

    /// The byte with which a character starts.
    fn byte(&self, character: usize) -> usize {
        let end = self.text.len();
        let Some(mark) = self.table().marks.get(character / STEP) else { return end };
        let mut rest = self.text[*mark..].char_indices();
        rest.nth(character % STEP).map_or(end, |(byte, _)| mark + byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(start: usize, end: usize) -> Place {
        Place::new(0, start, end)
    }

    #[test]
    fn characters_are_found_after_any_number_of_others() {
        let mut sources = Sources::default();
        let line = "é".repeat(STEP) + "x\n";
        sources.add("a.yaml".to_owned(), line.repeat(3));
        let third = 2 * (STEP + 2);
        assert_eq!(sources.line_and_column(place(third, third)), (3, 1));
        assert_eq!(sources.line_and_column(place(third - 1, third)), (2, STEP + 2));
        assert_eq!(sources.bytes(place(STEP, STEP + 1)), 2 * STEP..2 * STEP + 1);
        assert_eq!(sources.bytes(place(9999, 9999)), line.len() * 3..line.len() * 3);
    }

    #[test]
    fn an_excerpt_is_whole_lines() {
        let mut sources = Sources::default();
        sources.add("a.yaml".to_owned(), "one\ntwo\nthree\nfour".to_owned());
        let excerpt = sources.excerpt([place(5, 6), place(9, 10)].into_iter()).expect("lines");
        assert_eq!((excerpt.text, excerpt.start, excerpt.line), ("two\nthree", 4, 2));
        let excerpt = sources.excerpt([place(18, 18)].into_iter()).expect("a line");
        assert_eq!((excerpt.text, excerpt.line), ("four", 4));
    }

    #[test]
    fn too_long_lines_are_not_shown() {
        let mut sources = Sources::default();
        sources.add("a.yaml".to_owned(), "x".repeat(MOST_SHOWN + 1));
        assert!(sources.excerpt([place(5, 6)].into_iter()).is_none());
    }
}
