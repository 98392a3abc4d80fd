//! Colours of the text on a terminal.

use std::io::{self, IsTerminal};

/// The start of a line, and the colour of the line.
const COLOURS: [(&str, &str); 6] = [
    ("error:", "1;31"),
    ("note:", "33"),
    ("short reply:", "33"),
    ("struct ", "1"),
    ("chain ", "1"),
    ("line ", "1;36"),
];

/// The text with colours if standard output is a terminal that shows them: `NO_COLOR` is not
/// set, and `TERM` is not `dumb`.
pub(in crate::commands) fn painted(text: String) -> String {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    match io::stdout().is_terminal() && !set("NO_COLOR") && !dumb {
        true => text.lines().map(line).collect(),
        false => text,
    }
}

/// A line with its colour: offsets of fields are dim.
fn line(line: &str) -> String {
    let colour = COLOURS.iter().find(|(start, _)| line.starts_with(start));
    if let Some((_, colour)) = colour {
        return format!("\x1b[{colour}m{line}\x1b[0m\n");
    }
    let text = line.trim_start();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
    let (offset, rest) = line.split_at(line.len() - text.len() + digits);
    match line.starts_with(' ') && digits > 0 && rest.starts_with("  ") {
        true => format!("\x1b[2m{offset}\x1b[0m{rest}\n"),
        false => [line, "\n"].concat(),
    }
}
