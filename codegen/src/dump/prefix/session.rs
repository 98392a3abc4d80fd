//! Sessions of a debugger or a monitor: commands after prompts, and what they printed.

use super::DumpLine;

const PROMPTS: [&str; 5] = ["(gdb)", "(lldb)", "(qemu)", "(dlv)", "PS "];
/// The most characters of a prompt such as `0:000>`.
const MOST_PROMPT: usize = 32;

/// Whether a line has a command of a session.
pub(super) fn is_prompt(line: &str) -> bool {
    let line = line.trim_start();
    PROMPTS.iter().any(|prompt| line.starts_with(prompt)) || has_arrow(line)
}

/// Whether the first word of a line ends as the prompts of U-Boot, radare2 and crash do:
/// `=> md.b 40000000`, `[0x00004010]> px`.
fn has_arrow(line: &str) -> bool {
    let (prompt, command) = line.split_once(' ').unwrap_or((line, ""));
    let named = prompt.strip_suffix('>').is_some_and(|name| name.contains(|c| c != '>'));
    let letter = command.starts_with(|c: char| c.is_ascii_alphabetic());
    named
        && !prompt.starts_with('<')
        && prompt.len() <= MOST_PROMPT
        && (letter || command.is_empty())
}

/// The output that is a dump: the only one with rows, or the last one if none has rows.
/// `None` if the lines are no session, or if several outputs have rows.
pub(super) fn output<'a>(lines: &[DumpLine<'a>]) -> Option<Vec<DumpLine<'a>>> {
    let mut outputs = lines.split(|line| is_prompt(line.text));
    outputs.next().filter(|before| before.len() < lines.len())?;
    let outputs: Vec<_> = outputs.filter(|output| !output.is_empty()).collect();
    let mut with_rows = outputs.iter().filter(|output| output.iter().any(is_row));
    match (with_rows.next(), with_rows.next()) {
        (Some(only), None) => Some(only.to_vec()),
        (None, _) => outputs.last().map(|output| output.to_vec()),
        (Some(_), Some(_)) => None,
    }
}

/// Whether a line starts with an address.
fn is_row(line: &DumpLine<'_>) -> bool {
    let text = line.text.trim_start();
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let rest = digits.trim_start_matches(|c: char| c.is_ascii_hexdigit());
    let long = digits.len() >= rest.len() + 8;
    (long || text.starts_with("0x")) && rest.starts_with([':', ' ']) && rest.contains(':')
}
