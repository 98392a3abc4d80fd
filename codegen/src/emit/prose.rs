//! Documentation in the three languages of the outputs. This is the only
//! place that turns text of the specification into comments or Markdown, and
//! so the only one that has to keep it from breaking out of them.

/// Splits text into lines of at most `width` characters, at spaces.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let full = lines.last().is_some_and(|line| {
            !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width
        });
        if full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// Text for a C comment: without quotes, unable to end or open one, and without
/// what a compiler would warn of.
pub(super) fn in_c(text: &str) -> String {
    let mut safe: String = text.chars().filter(|c| *c != '`' && !is_invisible(*c)).collect();
    for (dangerous, harmless) in [("??/", "? ?/"), ("*/", "* /"), ("/*", "/ *")] {
        while safe.contains(dangerous) {
            safe = safe.replace(dangerous, harmless);
        }
    }
    match safe.strip_suffix('\\') {
        Some(rest) => format!("{rest}\\."),
        None => safe,
    }
}

/// Whether a character only controls how others are shown. White space is
/// none of them; it is where lines are broken.
fn is_invisible(character: char) -> bool {
    let control = character.is_control() && !character.is_whitespace();
    let direction = matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    control || direction
}

/// Text for rustdoc, where `link` tells what a quoted name links to. All else
/// that Markdown, HTML or a link could be is taken literally.
pub(super) fn in_markdown(text: &str, link: impl Fn(&str) -> Option<String>) -> String {
    let mut parts = text.split('`');
    let mut safe = parts.next().map(escape).unwrap_or_default();
    while let Some(quoted) = parts.next() {
        match parts.next() {
            Some(after) => {
                safe += &link(quoted).unwrap_or_else(|| format!("`{quoted}`"));
                safe += &escape(after);
            }
            None => safe += &escape(&format!("`{quoted}")),
        }
    }
    safe
}

/// Text that Markdown shows as it is.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '\\' | '`' | '*' | '[' | ']' | '|' | '#' | '~' | '{' | '}' => {
                safe.push('\\');
                safe.push(character);
            }
            _ => safe.push(character),
        }
    }
    // An underscore only has a meaning at the edge of a word.
    let edges = safe.replace(" _", " \\_").replace("_ ", "\\_ ");
    match edges.strip_prefix('_') {
        Some(rest) => format!("\\_{rest}"),
        None => edges,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_at_spaces_only() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("unbreakable", 4), ["unbreakable"]);
        assert_eq!(wrap("a\n b\tc", 80), ["a b c"]);
    }

    #[test]
    fn nothing_ends_a_c_comment() {
        for text in
            ["*/", "/*", "**//**//", "/*/", "*/*", "??/", "???/", "\\", "a*\u{202e}/", "*`/"]
        {
            let comment = format!("/* {} */", in_c(text));
            let inside = comment.strip_prefix("/*").and_then(|rest| rest.strip_suffix("*/"));
            let inside = inside.expect("the comment's own marks");
            for mark in ["*/", "/*", "??/", "\\ */", "\u{202e}"] {
                assert!(!inside.contains(mark), "{text:?} became {comment:?}");
            }
        }
        assert_eq!(in_c("`argsz` of a [link] & <b>"), "argsz of a [link] & <b>");
    }
}
