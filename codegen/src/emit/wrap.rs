//! Line breaking.

/// Splits text into lines of at most `width` characters, at spaces.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let empty = || String::with_capacity(width.min(text.len()));
    let (mut line, mut used) = (empty(), 0);
    for word in text.split_whitespace() {
        let length = if word.is_ascii() { word.len() } else { word.chars().count() };
        if used > 0 && used + 1 + length > width {
            lines.push(std::mem::replace(&mut line, empty()));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += length;
    }
    lines.push(line);
    lines
}

/// The text on one line.
pub(super) fn unbroken(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_at_spaces_only() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("unbreakable", 4), ["unbreakable"]);
        assert_eq!(wrap("a\n b\tc", 80), ["a b c"]);
        assert_eq!(unbroken(" a\n b\tc "), "a b c");
    }
}
