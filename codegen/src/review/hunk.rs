//! Reads the lines of one hunk as mailers leave them: long lines are wrapped, often to a
//! lower quote depth; context lines have lost their space; replies are between the
//! lines. The counts of the `@@` line are a hint only.

use super::patch::{BadLine, Hunk, HunkHead, PatchLine, Sign, ends_at, hunk_head};
use super::quote::QuotedLine;
use super::scan::{Scan, starts_in_comment};

/// Reads the hunk whose `@@` line is `lines[at]`. Returns the index of the line after it.
pub(super) fn read(
    lines: &[QuotedLine<'_>],
    at: usize,
    head: HunkHead,
    problems: &mut Vec<BadLine>,
) -> (Hunk, usize) {
    let depth = lines[at].depth;
    let ahead = lines[at + 1..].iter().take_while(|line| hunk_head(line.text).is_none());
    let ahead = ahead.filter(|line| line.depth == depth).map(|line| bare(line.text));
    let scan = Scan::start(starts_in_comment(ahead));
    let mut reader = HunkReader {
        hunk: Hunk {
            number: lines[at].number,
            old_start: head.old_start,
            heading: head.heading.clone(),
            lines: Vec::new(),
        },
        new_number: head.new_start,
        head,
        old: scan,
        new: scan,
        counts: (0, 0),
        gap: Gap::None,
    };
    let mut index = at + 1;
    while let Some(line) = lines.get(index) {
        if ends_at(lines, index) && (line.depth <= depth || reader.is_complete()) {
            break;
        }
        let step = match line.depth.cmp(&depth) {
            std::cmp::Ordering::Greater => reader.reply(),
            std::cmp::Ordering::Less => reader.lower(line),
            std::cmp::Ordering::Equal => reader.same(line),
        };
        match step {
            Step::Next => {}
            Step::End => break,
            Step::Bad(message) => problems.push(BadLine { number: line.number, message }),
        }
        index += 1;
    }
    reader.trim();
    (reader.hunk, index)
}

/// A line without its sign.
fn bare(text: &str) -> &str {
    text.strip_prefix(['+', '-', ' ']).unwrap_or(text)
}

enum Step {
    Next,
    /// The hunk ends before this line.
    End,
    Bad(String),
}

/// The lines between the last line of the hunk and the present one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    /// An empty line, which can be a line of the hunk.
    Blank,
    /// A reply.
    Reply,
}

struct HunkReader {
    hunk: Hunk,
    head: HunkHead,
    /// The number of the next line of the new side.
    new_number: usize,
    old: Scan,
    new: Scan,
    /// How many lines each side has.
    counts: (usize, usize),
    gap: Gap,
}

impl HunkReader {
    fn is_complete(&self) -> bool {
        self.counts == (self.head.old_count, self.head.new_count)
    }

    fn reply(&mut self) -> Step {
        self.gap = Gap::Reply;
        Step::Next
    }

    /// A line of a lower depth: the rest of a wrapped line, or a reply.
    fn lower(&mut self, line: &QuotedLine<'_>) -> Step {
        let text = line.text.trim();
        if self.gap == Gap::None && !text.is_empty() && self.continues(text) {
            self.join(text);
            return Step::Next;
        }
        self.reply()
    }

    fn same(&mut self, line: &QuotedLine<'_>) -> Step {
        let text = line.text;
        if text.trim().is_empty() {
            if !self.is_complete() {
                self.push(Sign::Context, "", line.number);
            }
            self.gap = Gap::Blank;
            return Step::Next;
        }
        let after_blank = self.gap != Gap::None;
        let signed = [('+', Sign::Added), ('-', Sign::Removed), (' ', Sign::Context)]
            .into_iter()
            .find_map(|(mark, sign)| Some((sign, text.strip_prefix(mark)?)));
        if self.is_complete() && after_blank {
            return match signed {
                Some((Sign::Added | Sign::Removed, text)) if is_code(text) => Step::Bad(
                    "a changed line after the end of its hunk, as the `@@` line counts".to_owned(),
                ),
                _ => Step::End,
            };
        }
        match signed {
            Some((sign, text)) => self.signed(sign, text, line.number),
            None if text.starts_with('\\') => Step::Next,
            None if text.starts_with('\t') => {
                self.push(Sign::Context, text, line.number);
                Step::Next
            }
            None => self.unsigned(text, line.number, after_blank),
        }
    }

    /// A line with its sign; one that was joined with the next one is split again.
    fn signed(&mut self, sign: Sign, text: &str, number: usize) -> Step {
        match joined_sign(text).filter(|_| sign != Sign::Context) {
            Some((end, next, rest)) => {
                self.push(sign, &text[..end], number);
                self.push(next, rest, number);
            }
            None => self.push(sign, text, number),
        }
        Step::Next
    }

    /// A line without a sign: a context line that has lost its space, or the rest of the
    /// line before it.
    fn unsigned(&mut self, text: &str, number: usize, after_blank: bool) -> Step {
        // A line of a comment that both sides have.
        let comment = self.old.comment && self.new.comment && text.starts_with('*');
        if !after_blank && !comment && self.continues(text) {
            self.join(text);
            return Step::Next;
        }
        // The first lines can be the rest of anything.
        let first = self.hunk.lines.iter().all(|line| line.sign == Sign::Context);
        if comment || is_code(text) || (first && !after_blank) {
            self.push(Sign::Context, text, number);
            return Step::Next;
        }
        if self.is_complete() || after_blank {
            return Step::End;
        }
        Step::Bad("neither a line of the hunk nor the rest of the line before it".to_owned())
    }

    /// Whether a text is the rest of the last line, which a mailer wrapped.
    fn continues(&self, text: &str) -> bool {
        let Some(last) = self.hunk.lines.last() else {
            let word = self.hunk.heading.rsplit(' ').next().unwrap_or_default();
            return matches!(word, "struct" | "enum" | "union");
        };
        let scan = if last.sign == Sign::Removed { self.old } else { self.new };
        let next = text.starts_with(['#', '}']) && !scan.comment;
        (scan.is_open() && !next) || scan.may_continue_with(text)
    }

    fn join(&mut self, text: &str) {
        let Some(last) = self.hunk.lines.last_mut() else {
            self.hunk.heading += &[" ", text].concat();
            return;
        };
        last.text += &[" ", text].concat();
        let sign = last.sign;
        self.scan(sign, text);
    }

    fn push(&mut self, sign: Sign, text: &str, number: usize) {
        let new_number = self.new_number;
        self.hunk.lines.push(PatchLine { sign, text: text.to_owned(), number, new_number });
        self.counts.0 += usize::from(sign != Sign::Added);
        self.counts.1 += usize::from(sign != Sign::Removed);
        self.new_number = new_number.saturating_add(usize::from(sign != Sign::Removed));
        self.gap = Gap::None;
        self.scan(sign, text);
    }

    fn scan(&mut self, sign: Sign, text: &str) {
        if sign != Sign::Added {
            self.old.line(text);
        }
        if sign != Sign::Removed {
            self.new.line(text);
        }
    }

    /// Removes empty lines at the end, which belong to the mail, and the end of a macro that
    /// starts before the hunk: without its name, it has no meaning.
    fn trim(&mut self) {
        let lines = &mut self.hunk.lines;
        while lines.last().is_some_and(|line| line.sign == Sign::Context && line.text.is_empty()) {
            lines.pop();
        }
        let rest = rest_of_macro(lines);
        lines.drain(..rest);
        self.hunk.old_start = self.hunk.old_start.saturating_add(rest);
    }
}

/// The number of lines at the start of a hunk that end a macro: those that the next line
/// continues, and that one; or one that closes a bracket that it does not open. None if the
/// patch changes one of them.
fn rest_of_macro(lines: &[PatchLine]) -> usize {
    let continued = |line: &&PatchLine| {
        line.sign == Sign::Context && line.text.ends_with('\\') && !line.text.starts_with('#')
    };
    let continued = lines.iter().take_while(continued).count();
    let last = lines.get(continued).filter(|line| line.sign == Sign::Context);
    last.filter(|line| continued > 0 || closes_bracket(&line.text)).map_or(0, |_| continued + 1)
}

/// Whether a line closes a bracket that it does not open, and does not end a declaration.
fn closes_bracket(text: &str) -> bool {
    let code = text.split("/*").next().unwrap_or_default().trim();
    let (opened, closed) = (code.matches('(').count(), code.matches(')').count());
    closed > opened && !code.starts_with('*') && !code.ends_with([';', ','])
}

/// Whether a line can be a whole line of C: it starts or ends as one.
fn is_code(text: &str) -> bool {
    let text = text.trim();
    let starts = ["#", "{", "}", "/*", "* ", "*/"].iter().any(|start| text.starts_with(start));
    starts
        || text == "*"
        || is_enumerator(text)
        || text.ends_with([';', ',', '{', '}', '\\'])
        || text.ends_with("*/")
}

/// Whether a line can be the last enumerator: a name in capitals, and its value.
fn is_enumerator(text: &str) -> bool {
    let name = text.split([' ', '\t', '=', '/']).next().unwrap_or_default();
    let rest = text[name.len()..].trim_start();
    let capitals = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    name.contains('_')
        && name.chars().all(capitals)
        && (rest.is_empty() || rest.starts_with('=') || rest.starts_with("/*"))
}

/// The sign and text of a second line that was joined to a changed one after its end.
fn joined_sign(text: &str) -> Option<(usize, Sign, &str)> {
    [("; +", Sign::Added), ("; -", Sign::Removed), ("*/ +", Sign::Added), ("*/ -", Sign::Removed)]
        .into_iter()
        .find_map(|(mark, sign)| {
            let at = text.find(mark)?;
            let end = at + mark.len() - 2;
            Some((end, sign, &text[at + mark.len()..]))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(text: &str) -> usize {
        let lines = text.lines().map(|line| PatchLine {
            sign: match &line[..1] {
                "+" => Sign::Added,
                "-" => Sign::Removed,
                _ => Sign::Context,
            },
            text: line[1..].to_owned(),
            number: 0,
            new_number: 0,
        });
        rest_of_macro(&lines.collect::<Vec<_>>())
    }

    #[test]
    fn a_hunk_can_start_in_a_macro() {
        for (text, lines) in [
            (" \tA |  \\\n \tB)\n \n+struct a {\n", 2),
            (" \tB)\n \n+struct a {\n", 1),
            (" \tB), /* (c */\n", 0),
            (" \tA |  \\\n+\tC |  \\\n \tB)\n", 0),
            (" \tA |  \\\n-\tB)\n", 0),
            (" #define A(a) \\\n \tb(a)\n", 0),
            (" \t__u32 a; /* b) */\n", 0),
            (" * in a comment)\n", 0),
            (" \tA = (1 << 1),\n", 0),
        ] {
            assert_eq!(rest(text), lines, "{text}");
        }
    }
}
