//! A trace of a reply by the views of the generated crate: numbers that can be
//! compared fast with those of the C header, which `trace.c` makes. Compiled
//! together with `chains.rs`, which is written from the resolved ABI.

#![allow(dead_code, reason = "an ABI may need some of it only")]
#![allow(deprecated, reason = "all of an ABI is read, what is going away too")]

#[path = "chains.rs"]
mod chains;

#[allow(unused_imports, reason = "not every program needs the names")]
pub(crate) use chains::{NAMES, TELLERS};

use core::fmt::Debug;
use generated_abi::views::ChainError;

/// The number of stored numbers; `trace.c` has the same constant.
pub(crate) const MOST: usize = 256;

/// The trace of a reply.
#[derive(Debug)]
pub(crate) struct Text {
    /// The first numbers; all others are mixed into the last one.
    pub(crate) words: [u64; MOST],
    /// The number of numbers.
    pub(crate) len: usize,
    /// The kind of error, in the order of the C header.
    pub(crate) damage: Option<u64>,
}

/// The subject of a number, as the high half of the number before it.
const NO_REPLY: u64 = 1;
const REPLY: u64 = 2;
const CAP: u64 = 3;
const BYTES: u64 = 4;
const DAMAGE: u64 = 5;
const UNFORESEEN: u64 = 6;

impl Text {
    /// Empty traces.
    pub(crate) const fn new() -> Self {
        Self { words: [0; MOST], len: 0, damage: None }
    }

    /// Clears the trace; numbers after `len` have no meaning.
    #[inline]
    pub(crate) fn clear(&mut self) {
        (self.len, self.damage) = (0, None);
    }

    /// The stored numbers.
    #[inline]
    pub(crate) fn kept(&self) -> &[u64] {
        self.words.get(..self.len).unwrap_or(&self.words)
    }

    #[inline]
    fn word(&mut self, word: u64) {
        match self.words.get_mut(self.len) {
            Some(place) => *place = word,
            None => self.words[MOST - 1] = mixed(self.words[MOST - 1], word),
        }
        self.len = self.len.saturating_add(1);
    }

    #[inline]
    fn head(&mut self, about: u64, detail: impl Into<u64>) {
        self.word(about << 32 | detail.into());
    }
}

/// A number of the trace.
fn mixed(one: u64, two: u64) -> u64 {
    (one ^ two).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(7)
}

fn no_reply(text: &mut Text, len: u32, minsz: u32) {
    text.head(NO_REPLY, len);
    text.word(minsz.into());
}

fn reply(text: &mut Text, argsz: u32, need: Option<u32>) {
    text.head(REPLY, argsz);
    text.word(need.unwrap_or(0).into());
}

fn no_host(text: &mut Text) {
    text.head(REPLY, 0_u32);
}

/// A trace has no names to compare with `Debug`.
fn shows(_: &impl Debug, _: &[&str]) {}

fn cap(text: &mut Text, at: u32, id: u64, version: u16, name: &str) {
    text.head(CAP, at);
    text.word(id << 32 | u64::from(version) << 1 | u64::from(name != "?"));
}

fn number(text: &mut Text, _: &str, value: impl Into<i128>) {
    text.word(value.into() as u64);
}

fn element(text: &mut Text, _: &str, nth: usize, _: &str, value: impl Into<i128>) {
    text.word(nth as u64);
    text.word(value.into() as u64);
}

fn hex(text: &mut Text, _: &str, bytes: &[u8]) {
    text.head(BYTES, bytes.len() as u32);
    bytes.iter().for_each(|byte| text.word((*byte).into()));
}

fn error(text: &mut Text, error: ChainError) {
    let (kind, at, id, value) = match error {
        ChainError::OutOfBounds { at } => (0, at, 0, 0),
        ChainError::InsideFixed { at } => (1, at, 0, 0),
        ChainError::HeaderCut { at } => (2, at, 0, 0),
        ChainError::Cycle { at } => (3, at, 0, 0),
        ChainError::BodyShort { at, id, required_size } => (4, at, id, required_size.into()),
        ChainError::CountOutOfBounds { at, id, count } => (5, at, id, count),
        ChainError::Overlap { at, id, next } => (6, at, id, next.into()),
        other => return unforeseen(text, &other),
    };
    text.damage = Some(kind);
    text.head(DAMAGE, at);
    text.word(kind << 32 | u64::from(id));
    text.word(value);
}

/// An item of the crate that the program does not know; C prints no such item.
fn unforeseen(text: &mut Text, _: &dyn Debug) {
    text.head(UNFORESEEN, 0_u32);
}
