//! Escapes text of the specification for comments, strings, Markdown, XML and TOML. Every
//! output gets such text from here, so that nothing in it can end the comment,
//! cell or attribute that holds it.

use std::borrow::Cow;

/// Text for a C comment: without quotes, and without sequences that end or open a
/// comment or cause a warning.
pub(super) fn in_c(text: &str) -> Cow<'_, str> {
    const DANGEROUS: [(&str, &str); 3] = [("??/", "? ?/"), ("*/", "* /"), ("/*", "/ *")];
    /// It joins the next line, if it is the last character.
    const JOINING: char = '\\';
    let dropped = |character| character == '`' || is_invisible(character);
    // Most texts need no change: none of their characters is one of those.
    let starts_dangerous =
        |character| DANGEROUS.iter().any(|(text, _)| text.starts_with(character));
    let matters =
        |character| dropped(character) || character == JOINING || starts_dangerous(character);
    if text.bytes().all(|byte| byte.is_ascii() && !matters(byte.into())) {
        return Cow::Borrowed(text);
    }
    let mut safe = text.to_owned();
    safe.retain(|character| !dropped(character));
    for (dangerous, harmless) in DANGEROUS {
        while safe.contains(dangerous) {
            safe = safe.replace(dangerous, harmless);
        }
    }
    if safe.ends_with(JOINING) {
        safe.push('.');
    }
    Cow::Owned(safe)
}

/// Text for a comment that ends with its line: without quotes.
pub(super) fn in_line_comment(text: &str) -> String {
    text.chars().filter(|character| *character != '`' && !is_invisible(*character)).collect()
}

/// Text for a Python docstring.
pub(super) fn in_docstring(text: &str) -> String {
    in_line_comment(text).replace('\\', "\\\\").replace('"', "'")
}

/// A string literal of Go and of Python, which have these escapes in common.
pub(super) fn string_literal(text: &str) -> String {
    let mut literal = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => literal.extend(['\\', character]),
            ' '..='~' => literal.push(character),
            _ => literal += &format!("\\U{:08x}", u32::from(character)),
        }
    }
    literal.push('"');
    literal
}

/// Whether a character only controls the display of others. White space does not
/// count; lines are broken at it.
fn is_invisible(character: char) -> bool {
    let control = character.is_control() && !character.is_whitespace();
    let direction = matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    control || direction
}

/// A paragraph of Markdown; `link` gives the target of a quoted name. Everything
/// else that could be Markdown, HTML or a link is escaped.
pub(super) fn in_markdown(text: &str, link: impl Fn(&str) -> Option<String>) -> String {
    unmarked(spans(text.trim(), |quoted| link(quoted).unwrap_or_else(|| code(quoted))))
}

/// The same for a cell of a Markdown table, which a bar would end even in code.
pub(super) fn in_cell(text: &str, link: impl Fn(&str) -> Option<String>) -> String {
    let span = |quoted: &str| match quoted.contains('|') {
        true => escape(quoted),
        false => link(quoted).unwrap_or_else(|| code(quoted)),
    };
    spans(text.trim(), span)
}

/// Text for XML, between tags or in an attribute.
pub(super) fn in_xml(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            '\'' => safe += "&apos;",
            _ if is_invisible(character) => {}
            _ => safe.push(character),
        }
    }
    safe
}

/// Text for an XML comment, which two hyphens would end.
pub(super) fn in_xml_comment(text: &str) -> String {
    let mut safe = in_xml(text);
    while safe.contains("--") {
        safe = safe.replace("--", "- -");
    }
    safe
}

/// Text for a TOML string, between quotes.
pub(super) fn in_toml(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    text.chars().filter(|character| !is_invisible(*character)).collect()
}

/// Text for the title of a Markdown reference, between quotes.
pub(super) fn in_title(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// A block of code in Markdown, with a fence that its content cannot end.
pub(super) fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let mut block = String::with_capacity(text.len() + 2 * fence.len() + language.len() + 2);
    block.extend([&fence, language]);
    for line in text.trim_end().lines() {
        block.extend(["\n", line.trim_end()]);
    }
    block.extend(["\n", &fence]);
    block
}

/// Text outside backticks escaped, text inside given to `code`.
fn spans(text: &str, code: impl Fn(&str) -> String) -> String {
    let mut safe = String::with_capacity(2 * text.len());
    let mut parts = text.split('`');
    escape_into(&mut safe, parts.next().unwrap_or_default());
    while let Some(quoted) = parts.next() {
        let after = parts.next();
        match after {
            Some(_) if quoted.is_empty() => safe += "\\`\\`",
            Some(_) => safe += &code(quoted),
            None => escape_into(&mut safe, &["`", quoted].concat()),
        }
        escape_into(&mut safe, after.unwrap_or_default());
    }
    safe
}

/// Quoted text as code; it contains no backtick.
fn code(quoted: &str) -> String {
    let shown: String = quoted.chars().filter(|character| !is_invisible(*character)).collect();
    ["`", &shown, "`"].concat()
}

/// Text that Markdown shows as it is.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + text.len() / 8);
    escape_into(&mut safe, text);
    safe
}

/// Adds the same to a text.
fn escape_into(safe: &mut String, text: &str) {
    let start = safe.len();
    let mut rest = text;
    while let Some(at) = rest.find(|character: char| !is_literal(character)) {
        let (literal, from) = rest.split_at(at);
        *safe += literal;
        let mut tail = from.chars();
        let Some(character) = tail.next() else { break };
        match character {
            '&' => *safe += "&amp;",
            '<' => *safe += "&lt;",
            '>' => *safe += "&gt;",
            // Within a word an underscore has no meaning.
            '_' if is_word(safe[start..].chars().next_back()) && is_word(tail.clone().next()) => {
                safe.push('_');
            }
            _ if is_invisible(character) => {}
            _ if character.is_whitespace() => safe.push(' '),
            _ => {
                safe.push('\\');
                safe.push(character);
            }
        }
        rest = tail.as_str();
    }
    *safe += rest;
}

/// Whether a character has no special meaning anywhere in Markdown.
fn is_literal(character: char) -> bool {
    match character {
        '&' | '<' | '>' | '\\' | '`' | '*' | '[' | ']' | '|' | '#' | '~' | '{' | '}' | '$'
        | '_' => false,
        ' '..='~' => true,
        _ => !is_invisible(character) && !character.is_whitespace(),
    }
}

/// Whether this is a letter or a digit.
fn is_word(character: Option<char>) -> bool {
    character.is_some_and(char::is_alphanumeric)
}

/// A paragraph that cannot become a list or a heading by its first characters.
fn unmarked(text: String) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match text.as_bytes().get(digits) {
        Some(b'-' | b'+' | b'=') if digits == 0 => format!("\\{text}"),
        Some(b'.' | b')') if digits > 0 => format!("{}\\{}", &text[..digits], &text[digits..]),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No links.
    fn unlinked(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn markdown_takes_text_literally_and_links_what_is_quoted() {
        let link = |name: &str| (name == "a_b").then(|| "[`a_b`](x.md)".to_owned());
        assert_eq!(in_markdown("see `a_b`, not `c`", link), "see [`a_b`](x.md), not `c`");
        assert_eq!(in_markdown("<b> & [x](y) __init__ a_b", link), {
            "&lt;b&gt; &amp; \\[x\\](y) \\_\\_init\\_\\_ a_b"
        });
    }

    #[test]
    fn backticks_that_do_not_pair_are_text() {
        assert_eq!(in_markdown("a ` b", unlinked), "a \\` b");
        assert_eq!(in_markdown("a `` <b> `` c", unlinked), "a \\`\\` &lt;b&gt; \\`\\` c");
    }

    #[test]
    fn a_paragraph_does_not_become_a_list_or_a_heading() {
        for (text, literal) in
            [("- a", "\\- a"), ("1. a", "1\\. a"), ("===", "\\==="), ("5 a", "5 a")]
        {
            assert_eq!(in_markdown(text, unlinked), literal);
        }
    }

    #[test]
    fn a_bar_ends_no_cell() {
        assert_eq!(in_cell("a | `b|c`", unlinked), "a \\| b\\|c");
    }

    #[test]
    fn code_ends_at_its_own_fence() {
        assert_eq!(fenced("c", "a ``` b  \n\n"), "````c\na ``` b\n````");
    }

    #[test]
    fn xml_is_escaped() {
        assert_eq!(in_xml("<a href='\"'>&\u{1}"), "&lt;a href=&apos;&quot;&apos;&gt;&amp;");
    }

    #[test]
    fn nothing_ends_a_c_comment() {
        for text in [
            "*/",
            "/*",
            "**//**//",
            "/*/",
            "*/*",
            "??/",
            "???/",
            "\\",
            "a*\u{202e}/",
            "*`/",
            "\u{202e}",
        ] {
            let comment = format!("/* {} */", in_c(text));
            let inside = comment.strip_prefix("/*").and_then(|rest| rest.strip_suffix("*/"));
            let inside = inside.expect("the comment's own marks");
            for mark in ["*/", "/*", "??/", "\u{202e}"] {
                assert!(!inside.contains(mark), "{text:?} became {comment:?}");
            }
            assert!(!inside.trim_end().ends_with('\\'), "{text:?} became {comment:?}");
        }
        assert_eq!(in_c("`argsz` of a [link] & <b>"), "argsz of a [link] & <b>");
    }

    #[test]
    fn nothing_ends_a_line_or_a_string() {
        assert_eq!(in_line_comment("`a`\u{202e} b\u{1}"), "a b");
        assert_eq!(in_docstring("a\\\""), "a\\\\'");
        assert_eq!(string_literal("a\"\\\né"), r#""a\"\\\U0000000a\U000000e9""#);
    }
}
