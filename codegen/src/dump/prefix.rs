//! Lines of an input without the parts that other tools add before them: quotes of
//! mails, time stamps of logs, names of files, labels, prompts and comments.

mod field;
mod session;
mod stamp;

use stamp::{all_digits, is_clock};

/// A line and its number.
#[derive(Clone, Copy, Debug)]
pub(super) struct DumpLine<'a> {
    /// Its number in the input, from 1.
    pub(super) number: usize,
    /// The line without prefixes and without white space at its end.
    pub(super) text: &'a str,
}

/// The lines of an input that have content.
#[derive(Clone, Debug)]
pub(super) struct Lines<'a> {
    pub(super) all: Vec<DumpLine<'a>>,
    /// Whether a prefix was removed.
    pub(super) prefixed: bool,
}

/// Prefixes that all lines have: each returns the rest of a line.
const PREFIXES: [fn(&str) -> Option<&str>; 11] = [
    quote,
    stamp::kernel_time,
    stamp::log_level,
    stamp::syslog,
    stamp::iso_time,
    stamp::unix_time,
    stamp::tracer,
    file_and_line,
    service,
    leader,
    field::only,
];

/// The deepest nesting of prefixes.
const MOST_PREFIXES: usize = 8;

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let numbered = text.lines().enumerate();
        let lines =
            numbered.map(|(index, line)| DumpLine { number: index + 1, text: line.trim_end() });
        let mut all: Vec<_> = lines.collect();
        let mut prefixed = false;
        for _ in 0..MOST_PREFIXES {
            all.retain(|line| {
                let comment = line.text.trim_start().starts_with('#');
                !line.text.is_empty() && !comment && !is_ruler(line.text)
            });
            let Some(peeled) = peeled(&all) else { break };
            (all, prefixed) = (peeled, true);
        }
        if let Some(output) = session::output(&all) {
            (all, prefixed) = (output, true);
        }
        let prompts = |line: &&DumpLine<'_>| is_prompt(line.text);
        let first = all.iter().take_while(prompts).count();
        let first = first.min(all.len().saturating_sub(1));
        all.drain(..first);
        while all.last().is_some_and(|line| is_prompt(line.text)) && all.len() > 1 {
            all.pop();
        }
        Self { all, prefixed }
    }

    /// The lines as one text.
    pub(super) fn joined(&self) -> String {
        let lines: Vec<_> = self.all.iter().map(|line| line.text).collect();
        lines.join("\n")
    }
}

/// The lines without a prefix that all of them have.
fn peeled<'a>(lines: &[DumpLine<'a>]) -> Option<Vec<DumpLine<'a>>> {
    let all = |rest: &dyn Fn(&'a str) -> Option<&'a str>| -> Option<Vec<DumpLine<'a>>> {
        let line = |line: &DumpLine<'a>| rest(line.text).map(|text| DumpLine { text, ..*line });
        lines.iter().map(line).collect()
    };
    let kind = PREFIXES.iter().find_map(|prefix| all(&|text| prefix(text)));
    kind.or_else(|| {
        let label = label(lines.first()?.text)?;
        all(&|text| text.strip_prefix(label).or_else(|| (text == label.trim_end()).then_some("")))
    })
}

/// `> `, as mails quote.
fn quote(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix('>')?;
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}

/// `folder/file.log:12:`, as grep prints.
fn file_and_line(line: &str) -> Option<&str> {
    let (file, rest) = line.split_once(':')?;
    let is_path = |c: char| c.is_ascii_alphanumeric() || "._-/+".contains(c);
    let has_letter = |c: char| c.is_ascii_alphabetic() && !c.is_ascii_hexdigit();
    let named = file.contains(['.', '/']) && file.contains(has_letter) && file.chars().all(is_path);
    let (number, rest) = rest.split_once(':')?;
    (named && all_digits(number)).then_some(rest)
}

/// `vm-1  | `, as docker compose prints.
fn service(line: &str) -> Option<&str> {
    let (name, rest) = line.split_once(" | ")?;
    let name = name.trim_end();
    let is_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let named = name.contains(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_name);
    named.then_some(rest)
}

/// `. `, `* ` or `// ` before a row of a report or a comment.
fn leader(line: &str) -> Option<&str> {
    let (leader, rest) = line.trim_start().split_once(' ')?;
    let marks = ["/", ".", "*", ";", "|", "%"];
    let mark = marks.iter().find(|mark| leader.starts_with(**mark))?;
    let only = leader.len() <= 3 && leader.replace(mark, "").is_empty();
    (only && !rest.trim().is_empty()).then_some(rest)
}

/// A line of a table between its rows.
fn is_ruler(line: &str) -> bool {
    let horizontal =
        |c: char| c == '-' || c == '=' || matches!(c, '\u{2500}' | '\u{2501}' | '\u{2550}');
    let drawn = |c: char| horizontal(c) || " +|".contains(c) || super::encoding::is_border(c);
    line.chars().filter(|c| horizontal(*c)).count() > 2 && line.chars().all(drawn)
}

/// A label such as `vfio-pci 0000:01:00.0: `, which is no number, at the start of a line.
fn label(line: &str) -> Option<&str> {
    let end = line.find(": ").map(|at| at + 2)?;
    let label = line.get(..end)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || " _.:-/()#".contains(c);
    let has_letter = |c: char| c.is_ascii_alphabetic() && !c.is_ascii_hexdigit();
    let number = label.starts_with("0x") || label.starts_with(' ');
    (!number && label.chars().all(allowed) && label.contains(has_letter)).then_some(label)
}

/// A line of a shell or a debugger with a command, the heading of `lspci` or `tcpdump`, what
/// bpftrace does first (`Attaching 1 probe...`), or a mark of Markdown around code.
fn is_prompt(line: &str) -> bool {
    let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
    let slot = first.split_once('.').is_some_and(|(bus, function)| {
        let hex = |part: &str| part.len() >= 2 && part.chars().all(|c| c.is_ascii_hexdigit());
        bus.contains(':') && bus.split(':').all(hex) && function.len() == 1
    });
    let packet =
        first.split_once('.').is_some_and(|(time, part)| is_clock(time) && all_digits(part));
    let fence = ["```", "~~~"].iter().any(|mark| line.trim_start().starts_with(mark));
    let heading = line == "$" || line.starts_with("$ ") || line.starts_with("reading from file ");
    let progress = line.ends_with("...")
        && first.len() > 3
        && first.chars().all(|c| c.is_ascii_alphabetic())
        && line.chars().all(|c| c.is_ascii_alphanumeric() || " ./".contains(c));
    heading || progress || fence || session::is_prompt(line) || (slot || packet) && !rest.is_empty()
}
