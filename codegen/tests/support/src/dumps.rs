//! The dumps of `codegen/tests/dumps`: what real tools printed of one reply. The file
//! `commands` has the name of each dump, how much of the reply it has, and the command. After
//! `# `, no command is run: a tool that Debian does not have printed the dump, or it was written
//! after the tool's documentation.
//! The debuggers had a program with the reply as `reply`, an array of bytes, and as `words`.

use std::fs;
use std::path::PathBuf;

use crate::fixtures;

/// How much of the reply a dump has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All bytes.
    Whole,
    /// The first bytes, and a mark that more followed.
    Cut,
    /// Characters in place of numbers, which are refused.
    Refused,
}

/// A dump of the reply.
#[derive(Clone, Debug)]
pub struct ToolDump {
    /// The name of its file.
    pub file: String,
    /// How much of the reply it has.
    pub extent: Extent,
    /// The command that printed it, for a shell, unless a kernel or, after `# `, another tool printed it.
    pub command: String,
    /// The output of the command.
    pub text: Vec<u8>,
}

/// The folder of the dumps.
pub fn folder() -> PathBuf {
    fixtures::root().join("codegen/tests/dumps")
}

/// The reply, a `struct vfio_region_info` with one capability.
pub fn reply() -> Vec<u8> {
    fs::read(folder().join("reply.bin")).expect("the reply")
}

/// Every dump.
pub fn dumps() -> Vec<ToolDump> {
    let commands = fs::read_to_string(folder().join("commands")).expect("the commands");
    let dump = |line: &str| {
        let mut columns = line.splitn(3, '\t').map(str::to_owned);
        let mut column = || columns.next().expect("three columns");
        let file = column();
        let extent = match column().as_str() {
            "whole" => Extent::Whole,
            "cut" => Extent::Cut,
            "refused" => Extent::Refused,
            other => panic!("{file}: {other}"),
        };
        let text = fs::read(folder().join(&file)).expect("a dump");
        ToolDump { file, extent, command: column(), text }
    };
    commands.lines().map(dump).collect()
}
