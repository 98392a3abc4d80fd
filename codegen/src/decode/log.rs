//! The calls of a log: lines that name an ioctl or a struct, with the bytes in the line
//! or after it; or several dumps without names, by paragraph or by line.

use super::subject::words;
use crate::dump;

/// The fewest bytes that can follow a name in its line: shorter numbers are results.
const LEAST_BYTES: usize = 4;
/// Lines after a dump that are not part of it.
const MOST_OTHER_LINES: usize = 16;

/// A part of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPart {
    /// The number of its first line, from 1.
    pub line: usize,
    /// The line with the names; empty if the part has none.
    pub head: String,
    /// The text of the bytes; empty if there are none.
    pub text: String,
}

/// The calls of a text, if a line has a name; `knows` is given a word and its line.
pub fn calls(text: &str, knows: impl Fn(&str, &str) -> bool) -> Vec<LogPart> {
    let mut heads = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let last = words(line).filter(|word| knows(word, line)).last();
        if let Some(last) = last {
            heads.push((index, line, after(line, last)));
        }
    }
    let lines: Vec<&str> = text.lines().collect();
    let ends = heads.iter().skip(1).map(|(index, ..)| *index).chain([lines.len()]);
    let part = |((index, head, rest), end): (&(usize, &str, &str), usize)| {
        let next = lines.get(index + 1..end).unwrap_or_default();
        LogPart { line: index + 1, head: (*head).to_owned(), text: bytes_of(rest, next) }
    };
    heads.iter().zip(ends).map(part).collect()
}

/// The dumps of a text without names: its paragraphs or its lines, if each is a dump.
pub fn dumps(text: &str) -> Vec<LogPart> {
    let (mut paragraphs, mut open) = (Vec::<LogPart>::new(), false);
    for (index, line) in text.lines().enumerate() {
        let blank = line.trim().is_empty();
        match paragraphs.last_mut().filter(|_| open && !blank) {
            Some(part) => part.text.extend(["\n", line]),
            None if !blank => paragraphs.push(part(index, line)),
            None => {}
        }
        open = !blank;
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let lines = lines.map(|(index, line)| part(index, line)).collect();
    let all_are_dumps =
        |parts: &Vec<LogPart>| parts.len() > 1 && parts.iter().all(|part| is_dump(&part.text));
    [paragraphs, lines].into_iter().find(all_are_dumps).unwrap_or_default()
}

fn part(index: usize, text: &str) -> LogPart {
    LogPart { line: index + 1, head: String::new(), text: text.to_owned() }
}

/// The rest of a line after its last name. In the line of a call, only a string can
/// be bytes.
fn after<'a>(line: &'a str, name: &str) -> &'a str {
    let rest = line.rfind(name).and_then(|at| line.get(at + name.len()..)).unwrap_or_default();
    match line.contains("ioctl(") {
        true => rest.find('"').and_then(|at| rest.get(at..)).unwrap_or_default(),
        false => rest.trim_start_matches([' ', '\t', ':', '=', ',', '>', ')', ';']),
    }
}

/// The text of the bytes after a name: the rest of its line, the next lines, or both.
fn bytes_of(rest: &str, next: &[&str]) -> String {
    let following = next.join("\n");
    let both = [rest, "\n", &following].concat();
    if let Some(found) = [both.as_str(), rest].into_iter().find(|text| is_dump(text)) {
        return if rest.trim().is_empty() { following } else { found.to_owned() };
    }
    let shorter = (0..next.len().min(MOST_OTHER_LINES))
        .map(|less| next.get(..next.len() - less).unwrap_or_default().join("\n"));
    shorter.into_iter().find(|text| is_dump(text)).unwrap_or(following.trim().to_owned())
}

fn is_dump(text: &str) -> bool {
    let found = dump::read(text.as_bytes(), false);
    found.is_ok_and(|dump| dump.form != dump::BINARY && dump.bytes().len() >= LEAST_BYTES)
}
