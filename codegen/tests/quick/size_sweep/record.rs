//! What a kernel answered, as codegen/tests/live/sweep.c prints it: for each call, case and
//! form, ranges of sizes with the same result and the same changes of memory.

use std::collections::BTreeMap;

/// How the memory of the argument is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// It is long enough, and bytes after the struct are zero.
    Plain,
    /// The first byte after the struct is 1.
    First,
    /// The last byte that the size covers is 1.
    Last,
    /// It ends where the argument ends.
    End,
    /// It ends a byte before.
    Cut,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// `ok`, a number, or the name of an error.
    pub result: String,
    /// The bytes of the argument that changed.
    pub changed: BTreeMap<usize, u8>,
    /// The bytes of other memory that changed.
    pub elsewhere: BTreeMap<usize, u8>,
}

/// A line.
#[derive(Clone, Debug)]
pub struct Line {
    pub title: String,
    /// The cases that were answered alike.
    pub labels: Vec<String>,
    pub form: Form,
    pub answers: Vec<(u32, Seen)>,
}

/// The bytes that the program gives an argument.
pub const ROOM: usize = 8192;
const FILL: u8 = 0xa5;

/// The memory before a call.
pub fn before(argument: &[u8], size: u32, form: Form) -> Vec<u8> {
    let len = match form {
        Form::End => size as usize,
        Form::Cut => size as usize - 1,
        // The rest of the memory is as it was.
        _ if size as usize > ROOM / 2 => ROOM,
        _ => size as usize + 64,
    };
    let covered = (size as usize).min(len.max(4)).min(ROOM);
    let mut memory = vec![FILL; len.max(4)];
    memory[..covered].fill(0);
    let known = covered.min(argument.len());
    memory[..known].copy_from_slice(&argument[..known]);
    match form {
        Form::First => memory[argument.len()] = 1,
        Form::Last => memory[covered - 1] = 1,
        _ => {}
    }
    memory[..4].copy_from_slice(&size.to_le_bytes());
    memory.truncate(len);
    memory
}

/// The lines of a text.
pub fn lines(text: &str) -> Vec<Line> {
    text.lines().filter(|line| line.contains(": ") && line.ends_with(';')).map(line).collect()
}

fn line(line: &str) -> Line {
    let (head, rest) = line.split_once(": ").expect("a line");
    let head: Vec<_> = head.split(' ').collect();
    let form = match head[2] {
        "plain" | "once" => Form::Plain,
        "first" => Form::First,
        "last" => Form::Last,
        "end" => Form::End,
        "cut" => Form::Cut,
        other => panic!("{other}"),
    };
    let answers = rest.split(';').map(str::trim).filter(|range| !range.is_empty());
    Line {
        title: head[0].to_owned(),
        labels: head[1].split(',').map(str::to_owned).collect(),
        form,
        answers: answers.flat_map(range).collect(),
    }
}

/// The answers of a range of sizes.
fn range(text: &str) -> Vec<(u32, Seen)> {
    let mut words = text.split(' ');
    let sizes = words.next().expect("sizes");
    let (from, to) = sizes.split_once('-').unwrap_or((sizes, sizes));
    let number = |text: &str| text.parse::<u32>().expect("a size");
    let mut seen = Seen {
        result: words.next().expect("a result").to_owned(),
        changed: BTreeMap::new(),
        elsewhere: BTreeMap::new(),
    };
    for word in words {
        let (at, digits) = word.split_once('=').expect("bytes");
        let (to, at) = match at.strip_prefix('@') {
            Some(at) => (&mut seen.elsewhere, at),
            None => (&mut seen.changed, at),
        };
        let at: usize = at.parse().expect("an offset");
        to.extend((at..).zip(bytes(digits)));
    }
    (number(from)..=number(to)).map(|size| (size, seen.clone())).collect()
}

/// The bytes of hexadecimal digits.
pub fn bytes(digits: &str) -> Vec<u8> {
    let byte = |nth: usize| u8::from_str_radix(&digits[2 * nth..2 * nth + 2], 16).expect("digits");
    (0..digits.len() / 2).map(byte).collect()
}
