//! Runs the views of the generated crate and the C header on every reply of 48
//! bytes with a cap_offset of 0 to 56 and up to three headers with a known or an
//! unknown id, a version of 0 to 2 and a next of 0 to 56. Stops at the first
//! difference. Compiled by the tests.
//!
//! The replies are the leaves of a tree: a header is varied if the walk reaches it,
//! and only in bytes that no earlier header has set. All other bytes are a
//! background: a repeated 32-bit number.
//!
//! Arguments: the chain's index; the background; n, to print each n-th reply;
//! offset of argsz, of flags, the flag, offset of cap_offset; the bound; the ids.
//! Prints `case HEX` for each n-th reply, `count N`, and `ends` with the number of
//! replies without error and with each kind of error.

mod agree;
mod trace;

use agree::Pair;

/// The size of every reply.
const SIZE: usize = 48;
/// The largest offset in a reply.
const FURTHEST: usize = 56;
/// The largest number of varied headers.
const HEADERS: usize = 3;

/// A tree of replies.
struct Tree {
    chain: usize,
    every: u64,
    bound: usize,
    /// All ids and versions, as the bytes of a header.
    heads: Vec<u64>,
    bytes: [u8; SIZE],
    /// A mask of the bytes that are set.
    set: [u8; SIZE],
    pair: Pair,
    count: u64,
    /// The number of replies without error, then with each kind of error.
    ends: [u64; 8],
}

fn main() {
    let numbers = std::env::args().skip(1).map(|text| text.parse::<u32>().expect("a number"));
    let numbers: Vec<_> = numbers.collect();
    let [chain, background, every, argsz, flags, flag, cap_offset, bound, ids @ ..] = &numbers[..]
    else {
        panic!("{numbers:?}")
    };
    let versions = |id: &u32| [0, 1, 2].map(|version| u64::from(*id) | version << 16);
    let mut tree = Tree {
        chain: *chain as usize,
        every: (*every).into(),
        bound: *bound as usize,
        heads: ids.iter().flat_map(versions).collect(),
        bytes: background.to_le_bytes().repeat(SIZE / 4).try_into().expect("a reply"),
        set: [0; SIZE],
        pair: Pair::new(),
        count: 0,
        ends: [0; 8],
    };
    tree.word(*argsz as usize, SIZE as u32);
    tree.word(*flags as usize, *flag);
    for first in 0..=FURTHEST {
        tree.word(*cap_offset as usize, first as u32);
        tree.follow(first, HEADERS);
    }
    println!("count {}\nends {:?}", tree.count, tree.ends);
}

impl Tree {
    /// Sets four bytes of the fixed part.
    fn word(&mut self, at: usize, word: u32) {
        self.bytes[at..at + 4].copy_from_slice(&word.to_ne_bytes());
    }

    /// Varies the header at an offset, if it is in the reply and not all set.
    fn follow(&mut self, at: usize, left: usize) {
        if left == 0 || at < self.bound || at + 8 > SIZE {
            return self.ask();
        }
        let (before, set) = (eight(&self.bytes, at), eight(&self.set, at));
        if set == u64::MAX {
            return self.ask();
        }
        self.set[at..at + 8].fill(0xff);
        let mut none = true;
        for head in 0..self.heads.len() {
            for next in 0..=FURTHEST {
                let header = self.heads[head] | (next as u64) << 32;
                if header & set == before & set {
                    none = false;
                    self.bytes[at..at + 8].copy_from_slice(&header.to_le_bytes());
                    self.follow(next, left - 1);
                }
            }
        }
        self.bytes[at..at + 8].copy_from_slice(&before.to_le_bytes());
        if none {
            // The set bytes are not a varied header, but the walk reads them too.
            self.ask();
        }
        self.set[at..at + 8].copy_from_slice(&set.to_le_bytes());
    }

    /// Reads the current reply.
    fn ask(&mut self) {
        if !self.pair.agree(self.chain, &self.bytes) {
            print!("{}", self.pair.shown(self.chain, &self.bytes));
            std::process::exit(1);
        }
        let end = self.pair.rust.damage.map_or(0, |kind| kind as usize + 1);
        self.ends[end] += 1;
        self.count += 1;
        if self.count % self.every == 0 {
            let hex: String = self.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            println!("case {hex}");
        }
    }
}

fn eight(bytes: &[u8; SIZE], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}
