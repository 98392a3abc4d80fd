//! Two releases in one program, each with its own crate: the views of one read
//! replies that the builder of the other writes, for every argsz. Compiled by the
//! tests together with two crates made from `side.rs`.
//!
//! Each line of the input is a job: the writer, `old` or `new`; the profile; the
//! struct and the chain; the offset of argsz; the largest argsz; eight values of
//! the fixed part; the number of capabilities, and id, version and body of each,
//! `-` for an empty body. The answer has a line for each range of argsz with the
//! same result: `from FIRST to LAST need=NEED argsz=ARGSZ` and the values read, or
//! `refused`, or `touched` with a byte that must not change; then a line `.`. ARGSZ
//! is `same` if it is unchanged. `pair.c` prints the same.

use std::fmt::Write as _;
use std::io::{self, BufRead, Write as _};

/// The initial content of all other bytes of the buffer.
const STALE: u8 = 0xaa;

/// The number of bytes after the largest argsz.
const BEHIND: usize = 16;

/// A release.
struct Side {
    build: fn(usize, &mut [u8], &[u64; 8], &[old::Cap]) -> Option<u32>,
    tell: fn(&str, &str, &[u8]) -> String,
}

const OLD: Side = Side { build: old::build, tell: old::tell };
const NEW: Side = Side { build: new::build, tell: new::tell };

/// A line of the input.
struct Job<'a> {
    writer: Side,
    reader: Side,
    profile: usize,
    struct_: &'a str,
    chain: &'a str,
    argsz_at: usize,
    most: usize,
    values: [u64; 8],
    caps: Vec<old::Cap>,
}

impl<'a> Job<'a> {
    fn read(line: &'a str) -> Self {
        let mut words = line.split(' ');
        let mut word = || words.next().expect("a word");
        let (writer, reader) = match word() {
            "old" => (OLD, NEW),
            _ => (NEW, OLD),
        };
        let profile = number(word()) as usize;
        let (struct_, chain) = (word(), word());
        let (argsz_at, most) = (number(word()) as usize, number(word()) as usize);
        let values = [(); 8].map(|()| number(word()));
        let count = number(word());
        let mut cap = || (number(word()) as u16, number(word()) as u16, bytes(word()));
        let caps = (0..count).map(|_| cap()).collect();
        Self { writer, reader, profile, struct_, chain, argsz_at, most, values, caps }
    }

    /// The result of a call with this argsz.
    fn outcome(&self, argsz: usize) -> String {
        let mut before = vec![STALE; self.most + BEHIND];
        before[self.argsz_at..self.argsz_at + 4].copy_from_slice(&(argsz as u32).to_ne_bytes());
        let mut buffer = before.clone();
        let need = (self.writer.build)(self.profile, &mut buffer, &self.values, &self.caps);
        let own = if need.is_some() { argsz } else { 0 };
        if let Some(at) = (own..buffer.len()).find(|at| buffer[*at] != before[*at]) {
            return format!(" touched {at}\n");
        }
        let Some(need) = need else { return " refused\n".to_owned() };
        // The program has only the bytes that argsz covers.
        let told = (self.reader.tell)(self.struct_, self.chain, &buffer[..argsz].to_vec());
        let told = told.strip_prefix("reply argsz=").unwrap_or("?\nno reply\n");
        let (said, rest) = told.split_once([' ', '\n']).expect("a need");
        let said = if said == argsz.to_string() { "same" } else { said };
        format!(" need={need} argsz={said}\n{rest}")
    }

    fn run(&self, out: &mut String) {
        let (mut first, mut last) = (0, self.outcome(0));
        for argsz in 1..=self.most + 1 {
            let outcome = if argsz > self.most { String::new() } else { self.outcome(argsz) };
            if outcome != last {
                write!(out, "from {first} to {}{last}", argsz - 1).expect("text");
                (first, last) = (argsz, outcome);
            }
        }
        *out += ".\n";
    }
}

fn main() {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let mut text = String::new();
        Job::read(&line.expect("a line")).run(&mut text);
        out.write_all(text.as_bytes()).expect("a reader");
    }
}

fn number(word: &str) -> u64 {
    word.parse().expect("a number")
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("two digits");
    (0..hex.len() / 2).map(|index| byte(index * 2)).collect()
}
