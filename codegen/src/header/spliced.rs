//! Lines that a backslash continues are one line for everything else that C does: for
//! comments, names and numbers too.

use std::borrow::Cow;

/// A text with the ends of continued lines removed.
pub(super) struct SplicedText<'a> {
    /// The text as it is in the file.
    pub(super) original: &'a str,
    /// The text with joined lines.
    pub(super) text: Cow<'a, str>,
    /// What was removed, in order.
    pub(super) cuts: Vec<Cut>,
}

/// The end of a line that was removed.
pub(super) struct Cut {
    /// The byte of the joined text before which it was.
    pub(super) at: usize,
    /// Its length; it has only ASCII characters.
    pub(super) length: usize,
}

impl<'a> SplicedText<'a> {
    pub(super) fn new(original: &'a str) -> Self {
        let (mut text, mut cuts, mut done) = (String::new(), Vec::new(), 0);
        for (at, _) in original.match_indices('\\') {
            let length = line_end(&original[at..]);
            if length > 0 {
                text += &original[done..at];
                cuts.push(Cut { at: text.len(), length });
                done = at + length;
            }
        }
        if cuts.is_empty() {
            return Self { original, text: Cow::Borrowed(original), cuts };
        }
        text += &original[done..];
        Self { original, text: Cow::Owned(text), cuts }
    }
}

/// The length of a backslash and of the end of the line after it; 0 if the line does not end
/// there. Compilers pass over spaces between them.
fn line_end(rest: &str) -> usize {
    let blank = rest[1..].bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
    match rest.as_bytes().get(1 + blank) {
        Some(b'\n') => 2 + blank,
        _ => 0,
    }
}
