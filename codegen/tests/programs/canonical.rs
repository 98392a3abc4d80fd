//! Prints the conformance text of replies by the views of the generated crate. Each
//! line of the input has a chain, a byte order, a layout and the bytes in
//! hexadecimal. Each answer ends with a line `.`, and is `?` for an unknown chain.
//! Compiled by the tests.

mod text;

use std::io::{self, BufRead, Write};

use generated_abi::views::{CLayout, Wire};

fn main() {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line.expect("a line");
        let words: Vec<_> = line.split(' ').collect();
        let [chain, order, layout, hex] = words[..] else { panic!("{line}") };
        let layout = match layout {
            "lp64" => CLayout::Lp64,
            "ilp32" => CLayout::Ilp32,
            _ => CLayout::Ilp32Aligned,
        };
        let wire = Wire { big_endian: order == "be", layout };
        let mut text = String::new();
        if !text::canonical(&mut text, chain, &bytes(hex), wire) {
            text += "?\n";
        }
        write!(out, "{text}.\n").expect("a reader");
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("two digits");
    (0..hex.len() / 2).map(|index| byte(index * 2)).collect()
}
