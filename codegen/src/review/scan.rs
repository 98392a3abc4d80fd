//! Follows the text of a patch line by line: whether a line ends in a comment, in
//! brackets or in an unfinished declaration. A mailer that breaks a long line leaves an
//! unfinished one.

/// The state after a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Scan {
    /// Whether a comment is open.
    pub(super) comment: bool,
    brackets: usize,
    /// Whether a declaration has started and not ended.
    declaration: bool,
    /// Whether the line ended in a directive's backslash.
    spliced: bool,
    /// Whether the line was a directive without a value.
    bare_directive: bool,
}

impl Scan {
    /// The start of a text that may begin inside a comment.
    pub(super) fn start(comment: bool) -> Self {
        Self { comment, ..Self::default() }
    }

    /// Whether the next line has to continue this one.
    pub(super) fn is_open(self) -> bool {
        self.comment || self.brackets > 0 || self.declaration
    }

    /// Whether the next line may be the value of the directive on this one.
    pub(super) fn may_continue_with(self, text: &str) -> bool {
        let value = |c: char| c == '(' || c == '"' || c.is_ascii_digit();
        self.bare_directive && text.trim_start().starts_with(value)
    }

    /// Advances by a line, or by the rest of one.
    pub(super) fn line(&mut self, text: &str) {
        let code = self.code(text);
        let code = code.trim();
        let directive = self.spliced || code.starts_with('#');
        self.bare_directive = false;
        if directive {
            self.bare_directive =
                code.starts_with("#define") && code.split_whitespace().nth(2).is_none();
            self.declaration = false;
        } else if let Some(last) = code.chars().last() {
            self.declaration = !matches!(last, ';' | ',' | '{' | '}' | ':');
        }
        self.spliced = directive && code.ends_with('\\');
        for mark in code.chars() {
            match mark {
                '(' | '[' => self.brackets += 1,
                ')' | ']' => self.brackets = self.brackets.saturating_sub(1),
                // An unclosed bracket ends with its declaration.
                '{' | ';' => self.brackets = 0,
                _ => {}
            }
        }
    }

    /// The line without comments and strings.
    fn code(&mut self, text: &str) -> String {
        let (mut code, mut rest) = (String::with_capacity(text.len()), text);
        while !rest.is_empty() {
            if self.comment {
                let Some(end) = rest.find("*/") else { break };
                self.comment = false;
                rest = &rest[end + 2..];
            } else if let Some(inside) = rest.strip_prefix("/*") {
                self.comment = true;
                rest = inside;
            } else if rest.starts_with("//") {
                break;
            } else if let Some(inside) = rest.strip_prefix('"') {
                rest = inside.find('"').map_or("", |end| &inside[end + 1..]);
                code.push('0');
            } else {
                let next = rest.chars().next().unwrap_or(' ');
                code.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
        code
    }
}

/// Whether a text starts inside a comment: it closes one before it opens one, or its
/// first lines start as those of a comment do.
pub(super) fn starts_in_comment<'a>(lines: impl Iterator<Item = &'a str>) -> bool {
    let mut starred = None;
    for line in lines {
        match (line.find("/*"), line.find("*/")) {
            (open, Some(close)) if open.is_none_or(|open| close <= open) => return true,
            (Some(_), _) => return starred == Some(true),
            _ if line.trim().is_empty() => {}
            _ if starred.is_none() => starred = Some(line.trim_start().starts_with('*')),
            _ => {}
        }
    }
    starred == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &str) -> bool {
        let mut scan = Scan::default();
        text.lines().for_each(|line| scan.line(line));
        scan.is_open()
    }

    #[test]
    fn unfinished_lines_are_open() {
        for text in ["#define A (1 << 4) /* a", "__u32 a", "#define A _IO(B,", "A = 1 +"] {
            assert!(open(text), "{text}");
        }
        for text in ["__u32 a; /* b */", "A,", "#define A 1", "};", "struct a {", "/* a\n */"] {
            assert!(!open(text), "{text}");
        }
    }

    #[test]
    fn the_start_of_a_comment_can_be_missing() {
        assert!(starts_in_comment([" * a", " */", "/* b"].into_iter()));
        assert!(starts_in_comment([" text", " end. */"].into_iter()));
        assert!(starts_in_comment([" * only", " * stars"].into_iter()));
        assert!(!starts_in_comment(["#define A", "/*", " * b"].into_iter()));
    }
}
