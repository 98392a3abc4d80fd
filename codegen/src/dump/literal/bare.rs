//! A string of escapes without quotes, as strace and bpftrace print, after the name of what
//! has the bytes: `@reply[7]: \x28\x00`.

use super::super::{Dump, DumpReading, DumpResult, list};
use super::{STRACE, unescaped};

/// The note about other lines.
const OTHER_LINES: &str = "only the line with the string is read";

/// The bytes of the string; `None` if the text has no escapes outside of quotes.
pub(super) fn read(text: &str) -> DumpResult {
    let quotes = ['"', '\''];
    if escape(text).is_none() {
        // A path of Windows has a name before its `\`.
        let one = !text.contains(quotes) && text.contains('\\') && !text.contains('\n');
        let alone = one && names(text).is_empty() && !list::is_list(text);
        return alone.then(|| string(text));
    }
    // Quotes in the string are escaped, those around a key before it are pairs.
    let plain = text.replace("\\\"", "").replace("\\'", "");
    let (before, after) = plain.split_at(escape(&plain)?);
    let pairs = quotes.iter().all(|quote| before.matches(*quote).count() % 2 == 0);
    (pairs && !after.contains(quotes)).then(|| string(text))
}

/// The position of the first escape of a byte.
fn escape(text: &str) -> Option<usize> {
    let digits = |rest: &str| match rest.as_bytes() {
        [b'x', high, low, ..] => high.is_ascii_hexdigit() && low.is_ascii_hexdigit(),
        [first, ..] => (b'0'..=b'7').contains(first),
        [] => false,
    };
    text.match_indices('\\').map(|(at, _)| at).find(|at| text.get(at + 1..).is_some_and(digits))
}

fn string(text: &str) -> Result<Dump, String> {
    let text = text.trim_matches(['\r', '\n']);
    let continued = |line: &str| line.trim_end_matches('\r').ends_with('\\');
    let lines: Vec<&str> = text.split('\n').collect();
    let joined = lines.split_last().is_some_and(|(_, lines)| lines.iter().all(|l| continued(l)));
    let mut escaped = lines.iter().filter(|line| escape(line).is_some());
    let (line, further) = match (joined, escaped.next()) {
        (false, Some(line)) => (*line, escaped.next().is_some()),
        _ => (text, false),
    };
    if further {
        return Err("there is more than one string; give the one to decode".to_owned());
    }
    let cut = line.strip_suffix("...");
    let line = cut.unwrap_or(line);
    let mut dump = Dump { cut: cut.is_some(), ..Dump::one(STRACE.name, unescaped(line)?) };
    dump.note = (!joined).then_some(OTHER_LINES);
    let mut names = names(line);
    let indent = line.len() - line.trim_start_matches(' ').len();
    if names.is_empty() && indent > 0 && lines.len() > 1 {
        // A line that was wrapped after the name can have an indentation.
        names.extend(line.get(..indent));
    }
    if !names.is_empty() {
        dump.readings.iter_mut().for_each(|whole| "the whole line".clone_into(&mut whole.manner));
    }
    for (index, name) in names.into_iter().enumerate() {
        let bytes = unescaped(line.get(name.len()..).unwrap_or_default())?;
        let manner = format!("the string after `{name}`");
        dump.readings.insert(index, DumpReading { bytes, manner });
    }
    Ok(dump)
}

/// The names that can be before a string, the most likely first: up to the last or the first
/// colon or `=`, or up to the last space.
fn names(line: &str) -> Vec<&str> {
    let before = line.split('\\').next().unwrap_or_default();
    let mut ends = [before.rfind([':', '=']), before.find([':', '='])];
    if ends[0].is_none() {
        ends = [before.trim_end().rfind(' ').or_else(|| before.rfind(' ')), None];
    }
    let mut names = Vec::new();
    for end in ends.into_iter().flatten() {
        let (name, rest) = before.split_at(end + 1);
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        for spaces in [spaces.min(1), spaces] {
            let name = before.get(..name.len() + spaces).unwrap_or_default();
            // A mailer can wrap a line before its `=`.
            let named = name.contains(char::is_alphanumeric) || [": ", "= "].contains(&name);
            if named && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}
