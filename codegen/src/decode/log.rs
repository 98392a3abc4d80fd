//! The calls of a log: lines that name an ioctl or a struct, with the bytes in the line
//! or after it; or several dumps without names, by paragraph or by line.

use super::subject::{is_call, words};
use crate::dump;

/// The fewest bytes that can follow a name in its line: shorter numbers are results.
const LEAST_BYTES: usize = 4;
/// Lines after a dump that are not part of it.
const MOST_OTHER_LINES: usize = 16;

/// The most bytes that the dumps of a log may have.
const MOST_TOTAL: usize = dump::MOST_BYTES;
/// The most bytes that all readings of all tried texts may have.
const MOST_TRIED: usize = 16 * dump::MOST_BYTES;

/// A part of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPart {
    /// The number of its first line, from 1.
    pub line: usize,
    /// The line with the names; empty if the part has none.
    pub head: String,
    /// The text of the bytes; empty if there are none.
    pub text: String,
    /// The number of the bytes; 0 if the text cannot be read.
    pub bytes: usize,
    /// The request of a call, if it is no known name or number.
    pub unknown: Option<String>,
}

/// The work that is left for the texts of a log. A short text can describe many bytes.
struct LogWork {
    tried: usize,
    total: usize,
    dumps: usize,
}

impl LogWork {
    fn new() -> Self {
        Self { tried: MOST_TRIED, total: MOST_TOTAL, dumps: dump::MOST_DUMPS }
    }

    /// The number of bytes of a text that is a dump, and 0 for another.
    fn bytes(&mut self, text: &str) -> Result<usize, String> {
        let Ok(dump) = dump::read(text.as_bytes(), false) else { return Ok(0) };
        let all = dump.readings.iter().map(|reading| reading.bytes.len()).sum();
        self.tried = self.tried.checked_sub(all).ok_or_else(too_many)?;
        let len = dump.bytes().len();
        Ok(if dump.form == dump::BINARY || len < LEAST_BYTES { 0 } else { len })
    }

    /// A part of which the bytes are decoded.
    fn taken(&mut self, part: LogPart) -> Result<LogPart, String> {
        self.total = self.total.checked_sub(part.bytes).ok_or_else(too_many)?;
        let one = usize::from(!part.text.is_empty());
        self.dumps = self.dumps.checked_sub(one).ok_or_else(too_many)?;
        Ok(part)
    }
}

fn too_many() -> String {
    let most = dump::MOST_DUMPS;
    format!("the input has too many dumps: at most {MOST_TOTAL} bytes in {most} are interpreted")
}

/// The calls of a text, if a line has a name; `knows` is given a word, and whether it is in
/// the line of a call. Calls of other ioctls are among them if they have bytes.
///
/// # Errors
///
/// There are too many dumps or bytes.
pub fn calls(text: &str, knows: impl Fn(&str, bool) -> bool) -> Result<Vec<LogPart>, String> {
    let mut heads = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let call = is_call(line);
        let last = words(line).filter(|word| knows(word, call)).last();
        if let Some(last) = last {
            heads.push((index, line, after(line, last), None));
        } else if let Some(request) = request(line) {
            heads.push((index, line, after(line, request), Some(request)));
        }
    }
    if heads.iter().all(|(.., unknown)| unknown.is_some()) {
        return Ok(Vec::new());
    }
    let lines: Vec<&str> = text.lines().collect();
    let ends = heads.iter().skip(1).map(|(index, ..)| *index).chain([lines.len()]);
    let mut work = LogWork::new();
    let mut parts = Vec::new();
    for ((index, head, rest, unknown), end) in heads.iter().zip(ends) {
        let next = lines.get(index + 1..end).unwrap_or_default();
        let (text, bytes) = bytes_of(rest, next, &mut work)?;
        if unknown.is_some() && bytes == 0 {
            continue;
        }
        let unknown = unknown.map(str::to_owned);
        let part = LogPart { line: index + 1, head: (*head).to_owned(), text, bytes, unknown };
        parts.push(work.taken(part)?);
    }
    Ok(parts)
}

/// The request of a call: the word after the descriptor, if it is a name of constants or a
/// number.
fn request(line: &str) -> Option<&str> {
    let (_, arguments) = line.split_once("ioctl(")?;
    let (_, rest) = arguments.split_once(", ")?;
    let word = words(rest).next().filter(|word| rest.starts_with(word))?;
    let name = word.len() > 2 && word.starts_with(|c: char| c.is_ascii_uppercase());
    (name || word.starts_with("0x")).then_some(word)
}

/// The dumps of a text without names: its paragraphs or its lines, if each is a dump.
///
/// # Errors
///
/// There are too many dumps or bytes.
pub fn dumps(text: &str) -> Result<Vec<LogPart>, String> {
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
    let mut lines: Vec<_> = lines.map(|(index, line)| part(index, line)).collect();
    // The rows of a dump that is wrong are no dumps.
    if lines.iter().any(|line| dump::is_later_row(&line.text)) {
        lines.clear();
    }
    let mut work = LogWork::new();
    for mut parts in [paragraphs, lines].into_iter().filter(|parts| parts.len() > 1) {
        let (mut all, mut total) = (true, 0);
        for part in &mut parts {
            part.bytes = work.bytes(&part.text)?;
            total += part.bytes;
            all = part.bytes > 0 && total <= MOST_TOTAL;
            if !all {
                break;
            }
        }
        if all || total > MOST_TOTAL {
            return parts.into_iter().map(|part| work.taken(part)).collect();
        }
    }
    Ok(Vec::new())
}

fn part(index: usize, text: &str) -> LogPart {
    LogPart { line: index + 1, head: String::new(), text: text.to_owned(), bytes: 0, unknown: None }
}

/// The rest of a line after its last name. In the line of a call, only a string can
/// be bytes.
fn after<'a>(line: &'a str, name: &str) -> &'a str {
    let rest = line.rfind(name).and_then(|at| line.get(at + name.len()..)).unwrap_or_default();
    match is_call(line) {
        true => rest.find('"').and_then(|at| rest.get(at..)).unwrap_or_default(),
        false => rest.trim_start_matches([' ', '\t', ':', '=', ',', '>', ')', ';']),
    }
}

/// The text of the bytes after a name, and their number: the rest of its line, the next
/// lines, or both. At most 18 texts are tried, so a line is read at most 18 times.
fn bytes_of(rest: &str, next: &[&str], work: &mut LogWork) -> Result<(String, usize), String> {
    let following = next.join("\n");
    let both = [rest, "\n", &following].concat();
    for text in [both.as_str(), rest] {
        let bytes = work.bytes(text)?;
        if bytes > 0 {
            let text = if rest.trim().is_empty() { &following } else { text };
            return Ok((text.to_owned(), bytes));
        }
    }
    for less in 0..next.len().min(MOST_OTHER_LINES) {
        let text = next.get(..next.len() - less).unwrap_or_default().join("\n");
        let bytes = work.bytes(&text)?;
        if bytes > 0 {
            return Ok((text, bytes));
        }
    }
    Ok((following.trim().to_owned(), 0))
}
