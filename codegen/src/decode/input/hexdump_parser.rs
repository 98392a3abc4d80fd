//! Dumps in rows: of `xxd`, with a colon after the offset, and of `hexdump -C`,
//! with two spaces. A row `*` repeats the row before it up to the offset of the
//! next row. Lines that start with `#` are comments.

use super::{InputForm, MOST_BYTES, pairs};

/// The bytes of a dump; `None` if the text is not a dump.
pub(super) fn read(text: &str) -> Option<Result<(Vec<u8>, InputForm), String>> {
    let repeated = |line: &str| !line.trim().is_empty() && !line.starts_with('#');
    let mut rows = text.lines().enumerate().filter(|(_, line)| repeated(line)).peekable();
    let (_, first) = rows.peek()?;
    let form = opens(first)?;
    let mut dump = Dump { start: None, bytes: Vec::new(), row: 0, repeated: false };
    for (number, line) in rows {
        if let Err(message) = dump.line(line.trim(), form) {
            return Some(Err(format!("line {}: {message}", number + 1)));
        }
    }
    Some(match dump.repeated {
        true => Err(format!("line {}: no offset after a `*`", text.lines().count())),
        false => Ok((dump.bytes, form)),
    })
}

/// The kind of dump that a first line opens. Two words with two spaces between
/// them are plain hex as well: a row has pairs of digits, and either begins at 0
/// or shows its characters.
fn opens(first: &str) -> Option<InputForm> {
    let (offset, form, rest) = row(first)?;
    let pairs = || rest.split_ascii_whitespace().all(|word| word.len() == 2);
    let shown = rest.contains('|') || offset == 0 && pairs();
    (form == InputForm::Xxd || shown).then_some(form)
}

/// A dump as far as it was read.
struct Dump {
    /// The first offset.
    start: Option<usize>,
    bytes: Vec<u8>,
    /// The length of the last row.
    row: usize,
    /// Whether the last line was a `*`.
    repeated: bool,
}

impl Dump {
    fn line(&mut self, line: &str, form: InputForm) -> Result<(), String> {
        if line == "*" && self.row > 0 {
            self.repeated = true;
            return Ok(());
        }
        let (offset, found, rest) = row(line).ok_or("this is not a row of a dump")?;
        if found != form {
            return Err("rows of two formats".to_owned());
        }
        let at = offset.checked_sub(*self.start.get_or_insert(offset));
        let at = at.ok_or_else(|| format!("the offset {offset:#x} is less than the one before"))?;
        if std::mem::take(&mut self.repeated) {
            self.repeat(at)?;
        }
        if at != self.bytes.len() {
            let expected = self.bytes.len() + self.start.unwrap_or(0);
            return Err(format!("the offset is {offset:#x} instead of {expected:#x}"));
        }
        let row = bytes(rest, form).ok_or("the bytes are not hexadecimal")?;
        self.row = row.len();
        self.bytes.extend(row);
        match self.bytes.len() <= MOST_BYTES {
            true => Ok(()),
            false => Err(too_many()),
        }
    }

    /// Repeats the last row up to an offset, which is checked first.
    fn repeat(&mut self, to: usize) -> Result<(), String> {
        if to > MOST_BYTES {
            return Err(too_many());
        }
        let row = self.bytes.split_at(self.bytes.len().saturating_sub(self.row)).1.to_vec();
        while self.bytes.len() < to && !row.is_empty() {
            self.bytes.extend(&row);
        }
        Ok(())
    }
}

fn too_many() -> String {
    format!("too many bytes: at most {MOST_BYTES} are interpreted")
}

/// The offset of a row, its kind, and the rest of the row.
fn row(line: &str) -> Option<(usize, InputForm, &str)> {
    let line = line.trim();
    let end = line.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(line.len());
    let (offset, rest) = line.split_at(end);
    let offset = match offset.len() {
        6..=16 => usize::from_str_radix(offset, 16).ok()?,
        _ => return None,
    };
    match rest.strip_prefix(':') {
        Some(rest) => Some((offset, InputForm::Xxd, rest.strip_prefix(' ').unwrap_or(rest))),
        None => {
            let two = rest.strip_prefix("  ");
            two.or(rest.is_empty().then_some("")).map(|rest| (offset, InputForm::Hexdump, rest))
        }
    }
}

/// The bytes of a row, without the characters next to them.
fn bytes(rest: &str, form: InputForm) -> Option<Vec<u8>> {
    let digits = match form {
        InputForm::Xxd => rest.split("  ").next(),
        _ => rest.split('|').next(),
    };
    let words = digits?.split_ascii_whitespace().map(pairs);
    Some(words.collect::<Option<Vec<_>>>()?.concat())
}
