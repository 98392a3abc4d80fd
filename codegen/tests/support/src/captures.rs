//! Replies of real kernels: one INFO ioctl a row, every argsz swept.
//! `captures/README.md` describes how they are stored.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::fixtures;

/// What the caller's buffer holds behind argsz.
const GUARD: u8 = 0xa5;

/// One call on a real kernel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The kernel that answered.
    pub kernel: String,
    /// The device node or container that was opened.
    pub path: String,
    /// The step of the set-up in which the call was made.
    pub phase: String,
    /// The device.
    pub device: String,
    /// The name of the ioctl.
    pub ioctl: String,
    /// The index that the caller asked for, or -1.
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
    /// What the rows of one sweep have in common.
    pub fn group(&self) -> (String, String, String, String, String, i64) {
        let Self { kernel, path, phase, device, ioctl, index, .. } = self.clone();
        (kernel, path, phase, device, ioctl, index)
    }

    /// The whole buffer after the call.
    pub fn out(&self) -> Vec<u8> {
        unhex(&self.out_hex)
    }

    /// The caller's own buffer after the call: argsz bytes, where it was that
    /// large.
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

    /// Sets bytes of the buffer to 0, as far as they are there.
    pub fn blank(&mut self, span: std::ops::Range<usize>) {
        let mut out = self.out();
        out.iter_mut().take(span.end).skip(span.start).for_each(|byte| *byte = 0);
        self.out_hex = hex(&out);
    }

    /// The row as it is stored: the bytes up to the last that is not fill below
    /// argsz or guard behind it.
    fn pack(&self) -> Packed {
        let (mut told, len) = (self.out(), self.out_hex.len() / 2);
        while told.last().is_some_and(|last| *last == self.filler(told.len() - 1)) {
            told.pop();
        }
        (self.argsz_in, self.fill.clone(), self.ret, self.errno, len, hex(&told))
    }

    /// The row of a sweep that was stored like that.
    fn unpack(head: &Head, (argsz_in, fill, ret, errno, len, told): Packed) -> Self {
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
            out_hex: told,
        };
        let rest: Vec<_> = (row.out_hex.len() / 2..len).map(|at| row.filler(at)).collect();
        row.out_hex += &hex(&rest);
        row
    }

    /// What a byte holds that nobody wrote.
    fn filler(&self, at: usize) -> u8 {
        if at < self.argsz_in as usize { unhex(&self.fill)[0] } else { GUARD }
    }
}

/// What a sweep is about, and where it was seen to answer like that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The name of the ioctl.
    pub ioctl: String,
    /// Every place that answered like this.
    pub seen: Vec<Seen>,
}

/// Where a sweep was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    kernel: String,
    path: String,
    phase: String,
    device: String,
    index: i64,
}

impl Seen {
    /// Where a row was seen.
    pub fn of(row: &Row) -> Self {
        let Row { kernel, path, phase, device, index, .. } = row.clone();
        Self { kernel, path, phase, device, index }
    }
}

/// argsz, fill, return value, errno, length, bytes.
type Packed = (u32, String, i64, i64, usize, String);

/// The text of a sweep: a line that opens it, and a line for each row.
pub fn pack(head: &Head, rows: &[Row]) -> String {
    let lines = rows.iter().map(|row| serde_json::to_string(&row.pack()));
    let lines = std::iter::once(serde_json::to_string(head)).chain(lines);
    lines.map(|line| line.expect("JSON") + "\n").collect()
}

/// The rows of a text, of packed sweeps or with a whole row a line.
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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hex");
    (0..text.len()).step_by(2).map(digits).collect()
}

/// Where the repository keeps its captures.
pub fn own_folder() -> PathBuf {
    fixtures::root().join("codegen/tests/captures")
}

/// The folder that CAPCHAIN_CAPTURES names.
pub fn other_folder() -> Option<PathBuf> {
    std::env::var_os("CAPCHAIN_CAPTURES").map(PathBuf::from)
}

/// The rows of the repository's data, or of the folder that CAPCHAIN_CAPTURES
/// names.
pub fn rows() -> Vec<Row> {
    let folder = other_folder().unwrap_or_else(own_folder);
    let entries = std::fs::read_dir(folder).expect("the captures");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "jsonl"));
    paths.sort();
    let text = |path: &PathBuf| std::fs::read_to_string(path).expect("a file");
    paths.iter().flat_map(|path| unpack(&text(path))).collect()
}
