//! Whole headers of a distribution are read, or reported item by item: those that name
//! `argsz`, and those that programs use together with VFIO.

use std::fs;
use std::path::Path;

use capchain::diagnostic::Sources;
use capchain::header::{self, Facts, Outside, read};

/// Headers that programs use together with VFIO, and headers with much C.
const NAMED: [&str; 11] = [
    "linux/iommufd.h",
    "linux/fwctl/fwctl.h",
    "linux/pci_regs.h",
    "linux/cxl_mem.h",
    "linux/virtio_pci.h",
    "linux/vduse.h",
    "linux/kvm.h",
    "linux/openat2.h",
    "linux/mount.h",
    "drm/xe_drm.h",
    "linux/types.h",
];

fn facts(text: String, path: &str) -> Facts {
    let mut sources = Sources::default();
    let file = sources.add(path.to_owned(), text);
    let header = read(&sources, &[file], &Outside::default());
    let problems = header.problems.render(&sources, false);
    assert!(!header.problems.has_errors(), "{path}:\n{problems}");
    header.facts
}

#[test]
fn whole_headers_are_read_or_reported_item_by_item() {
    let include = Path::new("/usr/include");
    let linux = fs::read_dir(include.join("linux")).into_iter().flatten().flatten();
    let names_argsz = linux.map(|entry| entry.path()).filter(|path| {
        let text = fs::read(path).map(header::decode).unwrap_or_default();
        text.contains("argsz")
    });
    let named = NAMED.map(|name| include.join(name));
    let mut paths: Vec<_> = names_argsz.chain(named).filter(|path| path.is_file()).collect();
    paths.sort();
    paths.dedup();
    println!("| header | constants | structs | macros | not read |\n|---|---|---|---|---|");
    for path in &paths {
        let shown = path.display().to_string();
        let facts = facts(header::decode(fs::read(path).expect("a header")), &shown);
        let (constants, structs) = (facts.constants.len(), facts.structs.len());
        let unread: Vec<_> =
            facts.unread.iter().map(|(name, one)| format!("`{name}`: {}", one.reason)).collect();
        let macros = facts.macros.len();
        println!("| {shown} | {constants} | {structs} | {macros} | {} |", unread.join("; "));
        let all = constants + structs + macros;
        assert!(unread.len() * 2 <= all + 1, "{shown}: most of it is not read");
    }
    assert!(!paths.is_empty(), "no header of the kernel is installed");
}
