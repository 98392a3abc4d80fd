//! Prints the canonical text of replies by the views of the generated crate.
//! Each line of the input is a chain, a byte order, a layout and the bytes in
//! hexadecimal; each answer ends with a line `.`, and is `?` for a chain that
//! is not known. Compiled by the tests together with `chains.rs`, which they
//! write from the resolved ABI.

#![allow(dead_code, reason = "an ABI may need some of it only")]

mod chains;

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
        let text = chains::canonical(chain, &bytes(hex), wire);
        let text = text.unwrap_or_else(|| "?\n".to_owned());
        write!(out, "{text}.\n").expect("a reader");
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("two digits");
    (0..hex.len() / 2).map(|index| byte(index * 2)).collect()
}

/// The line of a buffer that is no reply.
fn no_reply(len: u32, minsz: u32) -> String {
    format!("too_short len={len} minsz={minsz}\n")
}

/// The line of a reply.
fn reply(argsz: u32, need: Option<u32>) -> String {
    let need = need.map_or("none".to_owned(), |need| need.to_string());
    format!("reply argsz={argsz} need={need}\n")
}

/// The first line of a chain that no struct hosts.
fn no_host() -> String {
    "reply argsz=none need=none\n".to_owned()
}

/// The line of a capability.
fn cap(text: &mut String, at: u32, id: u64, version: u16, name: &str) {
    *text += &format!("cap at={at} id={id} version={version} name={name}\n");
}

/// The line of a number.
fn number(text: &mut String, name: &str, number: impl Into<i128>) {
    *text += &format!("  {name}={}\n", number.into());
}

/// The line of an array of bytes.
fn hex(text: &mut String, name: &str, bytes: &[u8]) {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    *text += &format!("  {name}={hex}\n");
}

/// The line of what is wrong.
fn error(text: &mut String, error: ChainError) {
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
