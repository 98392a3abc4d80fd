//! Patches as mailers leave them.

use similar::TextDiff;

/// A damage that a mailer does to a patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// None.
    Intact,
    /// Lines end in CRLF.
    CarriageReturns,
    /// Tabs are spaces.
    Spaces,
    /// The whole is quoted twice.
    Quoted,
    /// The whole is quoted twice, and lines of more than 76 columns are broken; the rest
    /// of a line has one quote mark less.
    Wrapped,
    /// Context lines have lost their space, and lines their indentation; the rest as above.
    Unindented,
    /// Replies are between the lines of hunks.
    Replies,
    /// The counts of `@@` lines are wrong.
    Counts,
}

/// Every damage.
pub const DAMAGES: [Damage; 8] = [
    Damage::Intact,
    Damage::CarriageReturns,
    Damage::Spaces,
    Damage::Quoted,
    Damage::Wrapped,
    Damage::Unindented,
    Damage::Replies,
    Damage::Counts,
];

/// The longest line that a mailer leaves whole.
const WIDTH: usize = 76;

/// The difference of two texts of a file, as a patch. Like git, each hunk has the last
/// line before it that starts with a letter.
pub fn patch(path: &str, old: &str, new: &str) -> String {
    let lines: Vec<_> = old.lines().collect();
    let diff = TextDiff::from_lines(old, new);
    let mut patch = String::new();
    for hunk in diff.unified_diff().iter_hunks() {
        if patch.is_empty() {
            patch = format!("--- a/{path}\n+++ b/{path}\n");
        }
        let start = hunk.ops().first().map_or(0, |op| op.old_range().start);
        let starts = |line: &&&str| line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let heading = lines[..start].iter().rev().find(starts);
        let text = hunk.to_string();
        let (head, body) = text.split_once('\n').expect("lines");
        patch += &format!("{head} {}\n{body}", heading.unwrap_or(&""));
    }
    patch
}

/// A patch in a mail, damaged.
pub fn mail(patch: &str, damage: Damage) -> String {
    let mut body = String::new();
    for (index, line) in patch.lines().enumerate() {
        let mark = if line.starts_with("---") || line.starts_with("+++") { "" } else { "> > " };
        body += &match damage {
            Damage::Intact => format!("{line}\n"),
            Damage::CarriageReturns => format!("{line}\r\n"),
            Damage::Spaces => format!("{}\n", line.replace('\t', "        ")),
            Damage::Quoted => format!("> > {line}\n"),
            Damage::Wrapped => wrapped(line),
            Damage::Unindented => wrapped(&unindented(line)),
            Damage::Replies if mark.is_empty() || index % 5 > 0 => format!("> > {line}\n"),
            Damage::Replies => format!("> > {line}\n>\n> A first answer;\n\nand a second one,\n\n"),
            Damage::Counts => match line.split_once(" @@") {
                Some((_, heading)) => format!("@@ -1,2 +3,4 @@{heading}\n"),
                None => format!("{line}\n"),
            },
        };
    }
    format!("From: a@example.org\nSubject: Re: [PATCH] a change\n\nWords.\n\n{body}\n-- \n2.40.0\n")
}

fn unindented(line: &str) -> String {
    match line.split_at_checked(1) {
        Some(("+" | "-", rest)) if !line.starts_with("---") && !line.starts_with("+++") => {
            format!("{} {}", &line[..1], rest.trim_start())
        }
        Some((" ", rest)) => rest.trim_start().to_owned(),
        _ => line.to_owned(),
    }
}

fn wrapped(line: &str) -> String {
    let line = line.replace('\t', " ");
    let broken = line.len() > WIDTH && !line.starts_with("---") && !line.starts_with("+++");
    let at =
        line.char_indices().take_while(|(at, _)| *at < WIDTH).filter(|(_, c)| *c == ' ').last();
    match at.filter(|(at, _)| broken && !line[..*at].trim_matches(['+', '-', ' ']).is_empty()) {
        Some((at, _)) => format!("> > {}\n> {}\n", &line[..at], &line[at + 1..]),
        None => format!("> > {line}\n"),
    }
}
