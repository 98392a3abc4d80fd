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

/// Text for a C comment: without quotes, and unable to end or open one.
pub(super) fn in_c(text: &str) -> String {
    let mut safe = text.replace('`', "");
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
