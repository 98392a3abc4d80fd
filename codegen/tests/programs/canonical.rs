//! Prints the canonical text of replies by the views of the generated crate.
//! Each line of the input is a chain, a byte order, a layout and the bytes in
//! hexadecimal; each answer ends with a line `.`, and is `?` for a chain that
//! is not known. Compiled by the tests together with `chains.rs`, which they
//! write from the resolved ABI.

#![allow(dead_code, reason = "an ABI may need some of it only")]

mod chains;

use std::fmt::Debug;
use std::io::{self, BufRead, Write};

use generated_abi::views::{CLayout, ChainError, Wire};

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
        if !chains::canonical(&mut text, chain, &bytes(hex), wire) {
            text += "?\n";
        }
        write!(out, "{text}.\n").expect("a reader");
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("two digits");
    (0..hex.len() / 2).map(|index| byte(index * 2)).collect()
}

/// What is told of a reply.
type Text = String;

/// The line of a buffer that is no reply.
fn no_reply(text: &mut Text, len: u32, minsz: u32) {
    *text += &format!("too_short len={len} minsz={minsz}\n");
}

/// The line of a reply.
fn reply(text: &mut Text, argsz: u32, need: Option<u32>) {
    let need = need.map_or("none".to_owned(), |need| need.to_string());
    *text += &format!("reply argsz={argsz} need={need}\n");
}

/// The first line of a chain that no struct hosts.
fn no_host(text: &mut Text) {
    *text += "reply argsz=none need=none\n";
}

/// The line of a capability.
fn cap(text: &mut Text, at: u32, id: u64, version: u16, name: &str) {
    *text += &format!("cap at={at} id={id} version={version} name={name}\n");
}

/// The line of a number.
fn number(text: &mut Text, name: &str, number: impl Into<i128>) {
    *text += &format!("  {name}={}\n", number.into());
}

/// The line of a number in an element.
fn element(text: &mut Text, array: &str, nth: usize, name: &str, value: impl Into<i128>) {
    number(text, &format!("{array}[{nth}].{name}"), value);
}

/// The line of an array of bytes.
fn hex(text: &mut Text, name: &str, bytes: &[u8]) {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    *text += &format!("  {name}={hex}\n");
}

/// The line of what is wrong.
fn error(text: &mut Text, error: ChainError) {
    *text += &match error {
        ChainError::InsideFixed { at } => format!("error inside_fixed at={at}\n"),
        ChainError::OutOfBounds { at } => format!("error out_of_bounds at={at}\n"),
        ChainError::HeaderCut { at } => format!("error header_cut at={at}\n"),
        ChainError::Cycle { at } => format!("error cycle at={at}\n"),
        ChainError::BodyShort { at, id, need } => {
            format!("error body_short at={at} id={id} need={need}\n")
        }
        ChainError::CountOutOfBounds { at, id, count } => {
            format!("error count_out_of_bounds at={at} id={id} count={count}\n")
        }
        ChainError::Overlap { at, id, next } => {
            format!("error overlap at={at} id={id} next={next}\n")
        }
        other => format!("{other:?}\n"),
    };
}

/// What the program does not know, though the crate does.
fn unforeseen(_: &mut Text, found: &dyn Debug) {
    panic!("{found:?}");
}
