//! Runs the views of the generated crate and the C header on every reply of 48
//! bytes that has up to three headers with a known or an unknown id, a version
//! of 0 to 2 and a next of 0 to 56, behind a cap_offset of 0 to 56; ends at the
//! first on which they differ. Compiled by the tests.
//!
//! The replies are the leaves of a tree: a header is varied where the walk
//! reaches it, and only in bytes that are not set by one before. Bytes that no
//! header sets are those of a background: a 32-bit number, over and over.
//!
//! Arguments: the chain's index; the background; n, to print each n-th reply;
//! offset of argsz, of flags, the flag, offset of cap_offset; the bound; the ids.
//! Prints `case HEX` for each n-th, `count N`, and `ends` with how many replies
//! ended well and with each kind of damage.

mod agree;
mod trace;

use agree::Pair;

/// The size of every reply.
const SIZE: usize = 48;
/// The furthest offset that is said.
const FURTHEST: usize = 56;
/// The most headers that are varied.
const HEADERS: usize = 3;

/// A tree of replies.
struct Tree {
    chain: usize,
    every: u64,
    bound: usize,
    /// All ids and versions, as a header has them.
    heads: Vec<u64>,
    bytes: [u8; SIZE],
    /// Ones in the bytes that are set.
    set: [u8; SIZE],
    pair: Pair,
    count: u64,
    /// How many ended well, then with each kind of damage.
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

    /// Varies the header at an offset, if there can be one that is not all set.
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
            // What is set is none of them; the walk reads it all the same.
            self.ask();
        }
        self.set[at..at + 8].copy_from_slice(&set.to_le_bytes());
    }

    /// Asks about the reply as it is.
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
