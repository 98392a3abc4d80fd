//! Applies the output of `capchain import` to the files that it names.

use std::fs;

/// Inserts every piece of an output into the file that the piece names.
pub fn paste(text: &str) {
    let mut pieces = Vec::<(&str, String)>::new();
    for line in text.lines() {
        match line.strip_prefix("# ").and_then(|line| line.strip_suffix(':')) {
            Some(place) => pieces.push((place, String::new())),
            None if line.is_empty() && pieces.last().is_none_or(|piece| piece.1.is_empty()) => {}
            None => {
                let piece = pieces.last_mut().expect("a place before its lines");
                piece.1 += &format!("{line}\n");
            }
        }
    }
    assert!(!pieces.is_empty(), "there is nothing to paste");
    for (place, lines) in pieces {
        let parts: Vec<_> = place.split(", ").collect();
        let whole = fs::read_to_string(parts[0]).expect("the file of the place");
        fs::write(parts[0], pasted(&whole, &parts[1..], lines.trim_end())).expect("a file");
    }
}

/// The text with lines inserted at the place that the words describe.
fn pasted(whole: &str, words: &[&str], added: &str) -> String {
    let lines: Vec<_> = whole.lines().collect();
    let is_item = matches!(words[0], "items");
    let last = words.last().expect("where").trim_start_matches("after ");
    let at = match words {
        ["items", "at the end"] => lines.len(),
        ["items", _] => {
            let line = format!("  - {}", last.replacen(' ', ": ", 1));
            end(&lines, find(&lines, 0, &line))
        }
        [owner, list, place] => {
            let mut from = owner_line(&lines, owner);
            from = find(&lines, from, &format!("{list}:"));
            match *place {
                "at the front" => from + 1,
                _ => end(&lines, find(&lines, from, &format!("{last}:"))),
            }
        }
        _ => panic!("{words:?} is no place"),
    };
    let before = lines[..at].join("\n");
    let gap = if is_item { "\n\n" } else { "\n" };
    let before = before.trim_end();
    let rest = lines[at..].join("\n");
    let behind = if is_item && !rest.is_empty() { "\n\n" } else { "\n" };
    format!("{before}{gap}{added}{behind}{}\n", rest.trim_start_matches('\n').trim_end())
}

/// The line of `space x`, `vfio_region_info` or `vfio_region_info.flags`.
fn owner_line(lines: &[&str], owner: &str) -> usize {
    if owner.contains(' ') {
        return find(lines, 0, &format!("  - {}", owner.replacen(' ', ": ", 1)));
    }
    let mut names = owner.split('.');
    let struct_ = names.next().expect("a struct");
    let declared =
        lines.iter().position(|line| line.trim_end().ends_with(&format!("struct: {struct_}")));
    names.fold(declared.expect("the struct"), |from, name| find(lines, from, &format!("{name}:")))
}

/// The first line at or after `from` that starts with a text, ignoring white space.
fn find(lines: &[&str], from: usize, text: &str) -> usize {
    let starts = |line: &&str| line.trim_start().starts_with(text.trim_start());
    let found = lines[from..].iter().position(starts);
    from + found.unwrap_or_else(|| panic!("there is no `{text}` behind line {from}"))
}

/// The index after an entry: the first line with the same or less indentation.
fn end(lines: &[&str], start: usize) -> usize {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = indent(lines[start]);
    let inside = |line: &&&str| line.trim().is_empty() || indent(line) > own;
    start + 1 + lines[start + 1..].iter().take_while(inside).count()
}
