//! lspci of pciutils, with the dumps of its test suite, as `.ci/pciutils` fetches and builds
//! them: the capabilities that it lists are compared with those of `decode`.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fixtures;
use crate::groups::{Group, skip};
use crate::process;

/// A folder with `lspci` and `tests`.
pub struct Pciutils(PathBuf);

/// The configuration space of a device in a dump.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DumpedDevice {
    /// The address, as the dump has it.
    pub address: String,
    /// Its bytes from offset 0.
    pub space: Vec<u8>,
}

/// A capability that lspci lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCapability {
    /// Its offset.
    pub at: u64,
    /// Its version, if it is an extended capability.
    pub version: Option<u16>,
    /// The text after it.
    pub text: String,
    /// The lines about it.
    pub lines: Vec<String>,
}

impl Pciutils {
    /// The folder that CAPCHAIN_PCIUTILS names, or the one in `target`.
    pub fn find() -> Option<Self> {
        let named = std::env::var_os("CAPCHAIN_PCIUTILS").filter(|path| !path.is_empty());
        let own = fixtures::root().join("target/pciutils");
        let folder = named.map_or(own, PathBuf::from);
        if folder.join("lspci").is_file() {
            return Some(Self(folder));
        }
        skip(Group::Lspci, "CAPCHAIN_PCIUTILS names no folder with lspci");
        None
    }

    /// The dumps of the test suite: the name and the text of each.
    pub fn dumps(&self) -> Vec<(String, String)> {
        let entries = fs::read_dir(self.0.join("tests")).expect("the dumps");
        let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        let read = |path: PathBuf| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let text = String::from_utf8_lossy(&fs::read(&path).expect("a dump")).into_owned();
            (text.lines().any(|line| address(line).is_some())).then_some((name, text))
        };
        paths.into_iter().filter_map(read).collect()
    }

    /// What lspci prints of a dump with an option, such as `-xxx`.
    pub fn printed(&self, dump: &Path, option: &str) -> String {
        let mut command = Command::new(self.0.join("lspci"));
        process::succeed(command.args([option, "-n", "-F"]).arg(dump))
    }

    /// The capabilities of every device of a dump, in the order of lspci, which sorts
    /// devices by their addresses. None if lspci fails, as it does on some damaged dumps.
    pub fn capabilities(&self, dump: &Path) -> Option<Vec<Vec<ListedCapability>>> {
        let mut command = Command::new(self.0.join("lspci"));
        let output = process::finish(command.args(["-vvn", "-F"]).arg(dump));
        if !output.status.success() {
            return None;
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let mut devices = Vec::new();
        for line in text.lines() {
            if address(line).is_some() {
                devices.push(Vec::new());
            }
            let capability = line.strip_prefix("\tCapabilities: ");
            let Some(device) = devices.last_mut() else { continue };
            let device: &mut Vec<ListedCapability> = device;
            match (capability, line.strip_prefix("\t\t"), device.last_mut()) {
                (Some(capability), ..) => device.extend(listed(capability)),
                (None, Some(about), Some(last)) => last.lines.push(about.trim().to_owned()),
                _ => {}
            }
        }
        Some(devices)
    }
}

/// The capability of a line such as `[100 v1] Data Object Exchange`.
fn listed(line: &str) -> Option<ListedCapability> {
    let (place, text) = line.strip_prefix('[')?.split_once("] ")?;
    let mut words = place.split(" v");
    let at = u64::from_str_radix(words.next()?, 16).ok()?;
    let version = words.next().and_then(|version| version.parse().ok());
    Some(ListedCapability { at, version, text: text.to_owned(), lines: Vec::new() })
}

/// The address with which the part of a device starts: `00:1f.2` or `0000:00:1f.2`.
fn address(line: &str) -> Option<&str> {
    let (address, _) = line.split_once(' ').unwrap_or((line, ""));
    let (slot, function) = address.split_once('.')?;
    let parts: Vec<_> = slot.split(':').collect();
    let hexadecimal = |part: &&str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let shaped = match parts[..] {
        [bus, device] => bus.len() == 2 && device.len() == 2,
        [domain, bus, device] => domain.len() >= 4 && bus.len() == 2 && device.len() == 2,
        _ => false,
    };
    (shaped && parts.iter().all(hexadecimal) && function.len() == 1).then_some(address)
}

/// The devices of a dump.
pub fn devices(dump: &str) -> Vec<DumpedDevice> {
    let mut devices: Vec<DumpedDevice> = Vec::new();
    for line in dump.lines() {
        if let Some(address) = address(line) {
            devices.push(DumpedDevice { address: address.to_owned(), space: Vec::new() });
        }
        let row = line.split_once(": ").filter(|(at, _)| at.len() >= 2);
        let row = row.and_then(|(at, row)| Some((usize::from_str_radix(at, 16).ok()?, row)));
        let (Some((at, row)), Some(device)) = (row, devices.last_mut()) else { continue };
        let bytes: Option<Vec<u8>> =
            row.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).ok()).collect();
        if let Some(bytes) = bytes.filter(|_| at == device.space.len()) {
            device.space.extend(bytes);
        }
    }
    devices
}

/// The text of a dump with a device for each space, at different addresses.
pub fn dump(spaces: &[Vec<u8>]) -> String {
    let mut text = String::new();
    for (index, space) in spaces.iter().enumerate() {
        let _ = writeln!(text, "{index:06x}:00:00.0 Class 0000: 0000:0000");
        for (row, bytes) in space.chunks(16).enumerate() {
            let _ = write!(text, "{:02x}:", row * 16);
            for byte in bytes {
                let _ = write!(text, " {byte:02x}");
            }
            text.push('\n');
        }
        text.push('\n');
    }
    text
}
