//! The fuzz targets that need no C. `tests/quick/fuzz.rs` runs them on fixed inputs,
//! `fuzz/` on the inputs of libFuzzer.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use capchain::decode::{self, Subject};
use capchain::dump::{self, MOST_BYTES};
use capchain::ir::{Abi, StructId};
use capchain::layout::TARGETS;
use capchain::lower::lower;
use capchain::release::Release;
use capchain::review::{self, BaseChoice};
use capchain::spec::load::Origin;
use tempfile::TempDir;

use crate::space_program;

/// The ABI of several releases, including the first and the newest.
fn abis() -> &'static [Abi] {
    static ABIS: OnceLock<Vec<Abi>> = OnceLock::new();
    ABIS.get_or_init(|| {
        let opened = capchain::open(&Origin::Embedded(capchain::embedded::files("vfio")), &[]);
        let spec = opened.spec.expect("the specification");
        let all = lower(&spec, None).releases;
        let some = [0, all.len() / 3, all.len() * 2 / 3, all.len() - 1];
        some.map(|index| lower(&spec, Some(all[index]))).into()
    })
}

/// Decodes bytes as a struct; the first four bytes choose the struct, the release and
/// the target.
pub fn decode(data: &[u8]) {
    let Some(([abi, target, low, high], bytes)) = data.split_first_chunk::<4>() else { return };
    let abi = &abis()[usize::from(*abi) % abis().len()];
    let target = &TARGETS[usize::from(*target) % TARGETS.len()];
    let which = usize::from(u16::from_le_bytes([*low, *high]));
    let subject = Subject::Struct(StructId(which % abi.structs.len()));
    let found = decode::decode(abi, subject, target, bytes);
    assert!(found.size <= bytes.len() as u64, "more than there is: {}", found.size);
    for cap in &found.caps {
        assert!(cap.at < found.size && cap.end <= found.size, "{cap:?}");
    }
    decode::text(&found);
    decode::json(&found);
    decode::conformance_text(&found);
}

/// Decodes bytes as a configuration space: every capability is in the bytes and in its chain,
/// and none is visited twice.
pub fn space(data: &[u8]) {
    static ABI: OnceLock<Abi> = OnceLock::new();
    let abi = ABI.get_or_init(space_program::pci);
    let struct_ = decode::space_struct(abi).expect("a space");
    let whole = decode::WholeSpace::read(abi, struct_, &TARGETS[0], data);
    decode::text(&whole.start);
    for (found, plan) in whole.chains.iter().zip(&abi.protocol.chains) {
        let limit = plan.space.as_ref().expect("a chain in a space").end.min(data.len() as u64);
        let mut visited = BTreeSet::new();
        for cap in &found.caps {
            let inside = cap.at >= plan.bound && cap.at < limit;
            // A length of 0 ends a capability at its start.
            assert!(inside && cap.at <= cap.end && cap.end <= limit, "{cap:?}");
            assert!(visited.insert(cap.at), "twice: {cap:?}");
        }
        decode::text(found);
        decode::json(found);
        decode::conformance_text(found);
    }
}

/// Reads bytes as input of `decode`, writes the result in every input format, and
/// reads it again.
pub fn input(data: &[u8]) {
    let Ok(read) = dump::read(data, false) else { return };
    for reading in &read.readings {
        let len = reading.bytes.len();
        assert!((1..=MOST_BYTES).contains(&len), "{len} bytes");
    }
    let bytes = read.bytes();
    if bytes.len() > 4096 {
        return; // Written out, it would take long.
    }
    for text in spelt(bytes) {
        let again = dump::read(text.as_bytes(), false);
        let again = again.unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(again.bytes(), bytes, "{text}");
    }
}

/// Bytes in every input format of `decode`.
pub fn spelt(bytes: &[u8]) -> [String; 4] {
    let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x} ")).collect::<String>();
    let (mut xxd, mut hexdump) = (String::new(), String::new());
    for (index, row) in bytes.chunks(16).enumerate() {
        let visible =
            |byte: &u8| if (b' '..=b'~').contains(byte) { char::from(*byte) } else { '.' };
        let shown: String = row.iter().map(visible).collect();
        xxd += &format!("{:08x}: {} {shown}\n", index * 16, digits(row));
        hexdump += &format!("{:08x}  {} |{shown}|\n", index * 16, digits(row));
    }
    let strace: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
    [digits(bytes), xxd, hexdump, format!("\"{strace}\"")]
}

/// Reviews any bytes as a mailbox, against one release.
pub fn review(data: &[u8]) {
    thread_local! {
        static OPENED: capchain::Opened =
            capchain::open(&Origin::Embedded(capchain::embedded::files("vfio")), &[]);
    }
    let mails = review::mails(data);
    if mails.len() > 8 {
        return; // Each is reviewed on its own, which takes long.
    }
    OPENED.with(|opened| {
        let spec = opened.spec.as_ref().expect("the specification");
        let base = BaseChoice::Release(Release::new(5, 2));
        let found = review::review(spec, &opened.sources, &base, mails).expect("a known header");
        for remark in found.series.iter().flat_map(|series| &series.remarks) {
            assert!(remark.at.is_none_or(|at| at.mail < found.mails.len()), "{remark:?}");
        }
        assert_eq!(
            review::text(&found).is_empty(),
            found.series.is_empty() && found.passed.is_empty()
        );
        review::reply(&found);
    });
}

/// Opens a specification with one file, or an overlay, of any bytes, and makes the outputs
/// if it is valid. The first byte chooses the file.
pub fn yaml(data: &[u8]) {
    let Some((which, text)) = data.split_first() else { return };
    let name = match which % 8 {
        0 => "abi.yaml",
        2 => OVERLAY,
        _ => "demo.yaml",
    };
    FOLDER.with_borrow(|folder| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a file");
        let overlays = if name == OVERLAY { vec![path.clone()] } else { Vec::new() };
        open(folder, &overlays);
        fs::write(path, demo(name)).expect("a file");
    });
}

/// The name of an overlay. As `.yaml`, it would be a file that `abi.yaml` does not list.
const OVERLAY: &str = "overlay.txt";

/// The head of a file of items.
pub const HEAD: &str = "title: A\ndoc: B.\nheader: demo\nsince: v1.0\nsource: demo.h\nitems:\n";

const ABI: &str = include_str!("../../specs/demo/abi.yaml");
const COMMON: &str = include_str!("../../specs/demo/common.yaml");

/// A valid file of the specification.
pub fn demo(name: &str) -> String {
    match name {
        "abi.yaml" => ABI.to_owned(),
        "common.yaml" => COMMON.to_owned(),
        _ => {
            format!("{HEAD}  - constants: limit\n    doc: L.\n    values:\n      DEMO_A: 1, one\n")
        }
    }
}

thread_local! {
    /// The folder of the specification.
    static FOLDER: RefCell<TempDir> = RefCell::new(folder());
}

fn folder() -> TempDir {
    let memory = std::path::Path::new("/dev/shm");
    let folder = match memory.is_dir() {
        true => tempfile::tempdir_in(memory),
        false => tempfile::tempdir(),
    };
    let folder = folder.expect("a folder");
    for name in ["abi.yaml", "common.yaml", "demo.yaml"] {
        fs::write(folder.path().join(name), demo(name)).expect("a file");
    }
    folder
}

fn open(folder: &TempDir, overlays: &[PathBuf]) {
    let opened = capchain::open(&Origin::Folder(folder.path().to_owned()), overlays);
    opened.problems.render(&opened.sources, false);
    opened.problems.records(&opened.sources);
    opened.problems.github(&opened.sources);
    assert_eq!(opened.spec.is_none(), opened.problems.has_errors());
    if let Some(spec) = opened.spec {
        let abi = lower(&spec, None);
        capchain::lint::lint(&abi);
        for release in abi.releases.iter().take(3) {
            let abi = lower(&spec, Some(*release));
            assert!(!capchain::outputs(&abi).is_empty(), "no outputs");
        }
    }
}
