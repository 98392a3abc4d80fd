//! The lines of a mail with their quote marks taken off.

/// A line of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct QuotedLine<'a> {
    /// How many `>` are before it.
    pub(super) depth: usize,
    /// The line after the marks and one space.
    pub(super) text: &'a str,
    /// The number of the line, from 1.
    pub(super) number: usize,
}

/// The lines of a text. In a text of `format=flowed`, a line that is not quoted has one
/// more space if it starts with a space.
pub(super) fn lines(text: &str, flowed: bool) -> Vec<QuotedLine<'_>> {
    let lines = text.split('\n').enumerate();
    lines.map(|(index, line)| line_of(line.trim_end_matches('\r'), flowed, index + 1)).collect()
}

fn line_of(line: &str, flowed: bool, number: usize) -> QuotedLine<'_> {
    let (mut depth, mut text) = (0, line);
    while let Some(rest) = text.strip_prefix('>').or_else(|| text.strip_prefix(" >")) {
        (depth, text) = (depth + 1, rest);
    }
    let stuffed = depth > 0 || flowed;
    let text = text.strip_prefix(' ').filter(|_| stuffed).unwrap_or(text);
    QuotedLine { depth, text, number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_any_style_are_counted() {
        let of = |text| {
            let line = lines(text, false)[0];
            (line.depth, line.text)
        };
        assert_eq!(of("> > +a"), (2, "+a"));
        assert_eq!(of(">> +a\r"), (2, "+a"));
        assert_eq!(of(">  a"), (1, " a"));
        assert_eq!(of(" a > b"), (0, " a > b"));
        assert_eq!(of("+a >> b"), (0, "+a >> b"));
        assert_eq!(lines("  a", true)[0].text, " a");
    }
}
