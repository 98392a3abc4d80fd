//! Prints the conformance text of chains in a space, as `space_text` makes it. Each line of
//! the input has a chain and the bytes in hexadecimal; each answer ends with a line `.`.
//! Compiled by the tests.

mod space_text;

use std::io::{self, BufRead, Write};

fn main() {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line.expect("a line");
        let (chain, hex) = line.split_once(' ').expect("a chain and bytes");
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("two digits");
        let bytes: Vec<u8> = (0..hex.len() / 2).map(|index| byte(index * 2)).collect();
        assert!(space_text::NAMES.contains(&chain));
        write!(out, "{}.\n", space_text::text(chain, &bytes)).expect("a reader");
    }
}
