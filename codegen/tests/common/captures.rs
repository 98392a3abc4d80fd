//! Replies of real kernels: one INFO ioctl a row, every argsz swept.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// One call on a real kernel.
#[derive(Clone, Debug, Deserialize)]
pub struct Row {
    pub kernel: String,
    pub path: String,
    pub phase: String,
    pub device: String,
    pub ioctl: String,
    pub index: i64,
    pub argsz_in: u32,
    fill: String,
    pub ret: i64,
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

    /// The whole buffer before the call, whose fixed part has `size` bytes.
    pub fn before(&self, size: usize, index_at: Option<usize>) -> Vec<u8> {
        let mut buffer = vec![0xa5; self.out_hex.len() / 2];
        buffer[..size].fill(unhex(&self.fill)[0]);
        buffer[..4].copy_from_slice(&self.argsz_in.to_le_bytes());
        if let Some(at) = index_at {
            buffer[at..at + 4].copy_from_slice(&(self.index as u32).to_le_bytes());
        }
        buffer
    }
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hex");
    (0..text.len()).step_by(2).map(digits).collect()
}

/// The rows of the repository's data, or of the folder that CAPCHAIN_CAPTURES
/// names.
pub fn rows() -> Vec<Row> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let folder = std::env::var_os("CAPCHAIN_CAPTURES").map_or(own, PathBuf::from);
    let mut rows = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the captures") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|ending| ending == "jsonl") {
            let text = std::fs::read_to_string(&path).expect("a file");
            rows.extend(text.lines().map(|line| serde_json::from_str::<Row>(line).expect("a row")));
        }
    }
    rows
}
