//! Hex dumps of a part of the buffer, 16 bytes a row, with marked bytes.

use crate::hex;
use crate::layout::Span;

/// Bytes in a row.
const ROW: u64 = 16;
/// Rows of the dump around marked bytes, at most.
const MOST_ROWS: usize = 24;

/// Some bytes of the buffer, rows below each other, at most `most` bytes.
pub(super) fn plain(buffer: &[u8], span: Span, most: u64) -> Vec<String> {
    let end = span.end().min(buffer.len() as u64);
    let shown = end.min(span.offset.saturating_add(most));
    let starts = (span.offset..shown).step_by(ROW as usize);
    let mut rows: Vec<_> =
        starts.map(|at| row(buffer, Span { offset: at, size: (shown - at).min(ROW) })).collect();
    if shown < end {
        rows.push(format!("... {} more bytes", end - shown));
    }
    rows
}

/// The rows with marked bytes and those next to them, the marks below each.
pub(super) fn marked(buffer: &[u8], marks: &[Span]) -> Vec<String> {
    let len = buffer.len() as u64;
    let is_marked = |at: u64| marks.iter().any(|mark| (mark.offset..mark.end()).contains(&at));
    let near = |start: u64| {
        let from = start.saturating_sub(ROW);
        marks.iter().any(|mark| mark.offset < start + 2 * ROW && mark.end() > from)
    };
    let (mut rows, mut last) = (Vec::new(), None);
    for start in (0..len).step_by(ROW as usize).filter(|start| near(*start)) {
        if rows.len() >= MOST_ROWS {
            rows.push("...".to_owned());
            break;
        }
        if last.is_some_and(|last| last + ROW != start) {
            rows.push("...".to_owned());
        }
        last = Some(start);
        let span = Span { offset: start, size: ROW.min(len - start) };
        rows.push(row(buffer, span));
        let carets: String = (start..span.end())
            .map(|at| match (is_marked(at), is_marked(at + 1) && at + 1 < span.end()) {
                (true, true) => "^^^",
                (true, false) => "^^ ",
                (false, _) => "   ",
            })
            .collect();
        if carets.contains('^') {
            rows.push([" ".repeat(10), carets].concat().trim_end().to_owned());
        }
    }
    rows
}

fn row(buffer: &[u8], span: Span) -> String {
    let at = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
    let bytes = buffer.get(at(span.offset)..at(span.end())).unwrap_or_default();
    let visible = |byte: &u8| match byte {
        b' '..=b'~' => char::from(*byte),
        _ => '.',
    };
    let ascii: String = bytes.iter().map(visible).collect();
    format!("{:08x}  {:<47}  |{ascii}|", span.offset, hex::spaced(bytes))
}
