//! Replies of real kernels: a group is one INFO ioctl asked with every argsz,
//! a row one call. `captures/README.md` tells how they are stored.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// What the caller's buffer holds behind argsz.
const GUARD: u8 = 0xa5;

/// The same call with every argsz, and where it was seen to answer like that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) head: Head,
    pub(crate) rows: Vec<Row>,
}

/// What a group is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    /// The call.
    pub(crate) ioctl: String,
    /// Where it answered like that.
    pub(crate) seen: Vec<Seen>,
}

/// Where a group was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    pub(crate) kernel: String,
    pub(crate) path: String,
    pub(crate) phase: String,
    pub(crate) device: String,
    /// The region or interrupt that was asked about; -1 where there is none.
    pub(crate) index: i64,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) argsz: u32,
    /// What the rest of the caller's buffer held before.
    pub(crate) fill: u8,
    pub(crate) ret: i32,
    pub(crate) errno: i32,
    /// The whole buffer afterwards, the guard behind argsz included.
    pub(crate) out: Vec<u8>,
}

/// A row as it is stored: argsz, fill, return value, errno, length, and the
/// bytes up to the last that is neither fill nor guard.
type Stored = (u32, String, i32, i32, usize, String);

impl Row {
    /// The caller's own buffer: argsz bytes, where it was that large.
    pub(crate) fn buffer(&self) -> &[u8] {
        self.out.get(..self.argsz as usize).unwrap_or(&self.out)
    }

    /// What a byte was before the call.
    fn before(&self, at: usize) -> u8 {
        if at < self.argsz as usize { self.fill } else { GUARD }
    }

    fn store(&self) -> Stored {
        let told = self.out.iter().enumerate().rposition(|(at, byte)| *byte != self.before(at));
        let told = &self.out[..told.map_or(0, |last| last + 1)];
        let hex = told.iter().map(|byte| format!("{byte:02x}")).collect();
        let fill = format!("{:02x}", self.fill);
        (self.argsz, fill, self.ret, self.errno, self.out.len(), hex)
    }

    fn restore((argsz, fill, ret, errno, len, told): Stored) -> Self {
        let fill = u8::from_str_radix(&fill, 16).expect("two digits");
        let mut row = Self { argsz, fill, ret, errno, out: bytes(&told) };
        row.out.extend((row.out.len()..len).map(|at| row.before(at)).collect::<Vec<_>>());
        row
    }
}

pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("two digits");
    (0..hex.len() / 2).map(|index| byte(index * 2)).collect()
}

/// The text of some groups: a line that opens each, and a line for each row.
pub(crate) fn store(groups: &[Group]) -> String {
    let mut text = String::new();
    for group in groups {
        let rows = group.rows.iter().map(|row| serde_json::to_string(&row.store()));
        for line in std::iter::once(serde_json::to_string(&group.head)).chain(rows) {
            text += &(line.expect("JSON") + "\n");
        }
    }
    text
}

/// The groups of a text.
pub(crate) fn restore(text: &str) -> Vec<Group> {
    let mut groups = Vec::<Group>::new();
    for line in text.lines() {
        match groups.last_mut() {
            Some(group) if line.starts_with('[') => {
                group.rows.push(Row::restore(serde_json::from_str(line).expect("a row")));
            }
            _ => {
                let head = serde_json::from_str(line).expect("a group");
                groups.push(Group { head, rows: Vec::new() });
            }
        }
    }
    groups
}

/// The groups of every file of a folder, in the order of their names.
pub(crate) fn load(folder: &Path) -> Vec<Group> {
    texts(folder).iter().flat_map(|text| restore(text)).collect()
}

/// The texts of the `.jsonl` files of a folder, in the order of their names.
pub(crate) fn texts(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "jsonl"));
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).expect("text")).collect()
}
