//! Replies of real kernels: one INFO ioctl a row, every argsz swept.
//! `captures/README.md` describes how they are stored.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::fixtures;

/// Every byte of the caller's buffer after argsz.
const GUARD: u8 = 0xa5;

/// One call on a real kernel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The kernel that answered.
    pub kernel: String,
    /// The interface: `group`, `cdev` or `compat`.
    pub path: String,
    /// The step of the set-up in which the call was made.
    pub phase: String,
    /// The device.
    pub device: String,
    /// The name of the ioctl.
    pub ioctl: String,
    /// The index of the region or interrupt, or -1.
    pub index: i64,
    /// The argsz of the caller.
    pub argsz_in: u32,
    fill: String,
    /// The return value of the call.
    pub ret: i64,
    /// The errno of the call, or 0.
    pub errno: i64,
    out_hex: String,
}

impl Row {
    /// The values that all rows of one sweep share.
    pub fn group(&self) -> (String, String, String, String, String, i64) {
        let Self { kernel, path, phase, device, ioctl, index, .. } = self.clone();
        (kernel, path, phase, device, ioctl, index)
    }

    /// Whether the kernel is 6.1 or older.
    pub fn is_old(&self) -> bool {
        let mut numbers = self.kernel.split('.').map(str::parse::<u32>);
        let (major, minor) = (numbers.next(), numbers.next());
        matches!((major, minor), (Some(Ok(major)), Some(Ok(minor))) if (major, minor) <= (6, 1))
    }

    /// The whole buffer after the call.
    pub fn out(&self) -> Vec<u8> {
        unhex(&self.out_hex)
    }

    /// Whether the struct was zero before the call.
    pub fn is_zero_filled(&self) -> bool {
        self.fill == "00"
    }

    /// The first argsz bytes of the buffer after the call.
    pub fn own(&self) -> Vec<u8> {
        let mut out = self.out();
        out.truncate(self.argsz_in as usize);
        out
    }

    /// The whole buffer before the call, whose fixed part has `size` bytes.
    pub fn before(&self, size: usize, index_at: Option<usize>) -> Vec<u8> {
        let mut buffer = vec![GUARD; self.out_hex.len() / 2];
        buffer[..size].fill(unhex(&self.fill)[0]);
        buffer[..4].copy_from_slice(&self.argsz_in.to_le_bytes());
        if let Some(at) = index_at {
            buffer[at..at + 4].copy_from_slice(&(self.index as u32).to_le_bytes());
        }
        buffer
    }

    /// Sets bytes of the buffer to 0; the span may exceed the buffer.
    pub fn blank(&mut self, span: std::ops::Range<usize>) {
        let mut out = self.out();
        out.iter_mut().take(span.end).skip(span.start).for_each(|byte| *byte = 0);
        self.out_hex = hex(&out);
    }

    /// The stored form of the row: without the fill before argsz and the guard after
    /// it at the end of the buffer.
    fn pack(&self) -> Packed {
        let (mut bytes, len) = (self.out(), self.out_hex.len() / 2);
        while bytes.last().is_some_and(|last| *last == self.filler(bytes.len() - 1)) {
            bytes.pop();
        }
        (self.argsz_in, self.fill.clone(), self.ret, self.errno, len, hex(&bytes))
    }

    /// The row of a stored form.
    fn unpack(head: &Head, (argsz_in, fill, ret, errno, len, bytes): Packed) -> Self {
        let Seen { kernel, path, phase, device, index } = head.seen[0].clone();
        let ioctl = head.ioctl.clone();
        let mut row = Self {
            kernel,
            path,
            phase,
            device,
            ioctl,
            index,
            argsz_in,
            fill,
            ret,
            errno,
            out_hex: bytes,
        };
        let rest: Vec<_> = (row.out_hex.len() / 2..len).map(|at| row.filler(at)).collect();
        row.out_hex += &hex(&rest);
        row
    }

    /// The value of a byte that the kernel has not written.
    fn filler(&self, at: usize) -> u8 {
        if at < self.argsz_in as usize { unhex(&self.fill)[0] } else { GUARD }
    }
}

/// The head of a sweep: the ioctl, and the places that gave these answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The name of the ioctl.
    pub ioctl: String,
    /// Every place that answered like this.
    pub seen: Vec<Seen>,
}

/// The place of a sweep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    kernel: String,
    path: String,
    phase: String,
    device: String,
    index: i64,
}

impl Seen {
    /// The place of a row.
    pub fn of(row: &Row) -> Self {
        let Row { kernel, path, phase, device, index, .. } = row.clone();
        Self { kernel, path, phase, device, index }
    }
}

/// The stored form of a row: argsz, fill, return value, errno, length, bytes.
type Packed = (u32, String, i64, i64, usize, String);

/// The text of a sweep: a line for the head, and a line for each row.
pub fn pack(head: &Head, rows: &[Row]) -> String {
    let lines = rows.iter().map(|row| serde_json::to_string(&row.pack()));
    let lines = std::iter::once(serde_json::to_string(head)).chain(lines);
    lines.map(|line| line.expect("JSON") + "\n").collect()
}

/// The rows of a text, which has packed sweeps or a whole row on each line.
pub fn unpack(text: &str) -> Vec<Row> {
    let (mut head, mut rows) = (None, Vec::new());
    for line in text.lines() {
        if line.starts_with('[') {
            let packed = serde_json::from_str(line).expect("a packed row");
            rows.push(Row::unpack(head.as_ref().expect("a sweep"), packed));
        } else if line.contains("\"seen\"") {
            head = Some(serde_json::from_str(line).expect("a sweep"));
        } else {
            rows.push(serde_json::from_str(line).expect("a row"));
        }
    }
    rows
}

/// The number of an error on Linux.
pub fn error_number(name: &str) -> i64 {
    let numbers = [("ENODEV", 19), ("EINVAL", 22), ("ENOTTY", 25), ("ENOSPC", 28)];
    let found = numbers.iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("{name} has a number")).1
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hex");
    (0..text.len()).step_by(2).map(digits).collect()
}

/// The folder of captures in the repository.
pub fn own_folder() -> PathBuf {
    fixtures::root().join("codegen/tests/captures")
}

/// The folder that CAPCHAIN_CAPTURES names.
pub fn other_folder() -> Option<PathBuf> {
    std::env::var_os("CAPCHAIN_CAPTURES").map(PathBuf::from)
}

/// The folder of the text and the captures of the probe, on kernels that `.ci/live`
/// boots.
pub fn live_folder() -> PathBuf {
    fixtures::root().join("codegen/tests/live")
}

/// The rows in the folder that CAPCHAIN_CAPTURES names, or all in the repository.
pub fn rows() -> Vec<Row> {
    match other_folder() {
        Some(folder) => rows_in(&folder),
        None => [own_folder(), live_folder()].iter().flat_map(|folder| rows_in(folder)).collect(),
    }
}

fn rows_in(folder: &Path) -> Vec<Row> {
    let entries = std::fs::read_dir(folder).expect("the captures");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "jsonl"));
    paths.sort();
    let text = |path: &PathBuf| std::fs::read_to_string(path).expect("a file");
    paths.iter().flat_map(|path| unpack(&text(path))).collect()
}
