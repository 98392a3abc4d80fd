//! Whole headers of a kernel are read, or reported item by item: those that name
//! `argsz`, and those that programs use together with VFIO. docs/linux-headers.md has
//! the table for one kernel.

use std::fs;
use std::path::{Path, PathBuf};

use capchain::diagnostic::Sources;
use capchain::header::{self, Outside, read};
use support::groups::{Group, skip};
use support::{fixtures, kernels};

/// Headers that programs use together with VFIO.
const NAMED: [&str; 7] = [
    "linux/iommufd.h",
    "fwctl/fwctl.h",
    "linux/pci_regs.h",
    "linux/cxl_mem.h",
    "linux/virtio_pci.h",
    "linux/vduse.h",
    "drm/xe_drm.h",
];

/// Headers with the headers whose macros they use.
const INCLUDED: [(&str, &str); 2] =
    [("drm/xe_drm.h", "drm/drm.h"), ("linux/virtio_pci.h", "linux/const.h")];

/// A folder with the headers of a kernel, and the kernel's version.
fn newest() -> (PathBuf, String) {
    let newest = kernels::kernels().into_iter().max_by_key(|kernel| version(&kernel.folder));
    let folder = newest.expect("the headers of a kernel").folder;
    let (major, minor, patch) = version(&folder);
    (folder, format!("{major}.{minor}.{patch}"))
}

fn version(folder: &Path) -> (u32, u32, u32) {
    let text = fs::read_to_string(folder.join("linux/version.h")).expect("a header");
    let line = text.lines().find_map(|line| line.strip_prefix("#define LINUX_VERSION_CODE "));
    let code: u32 = line.expect("the version").trim().parse().expect("a number");
    (code >> 16, code >> 8 & 255, code & 255)
}

/// The headers of a folder that name `argsz`, and the others of the table.
fn table_headers(folder: &Path) -> Vec<String> {
    let mut paths: Vec<_> = NAMED.iter().map(|name| (*name).to_owned()).collect();
    for below in fs::read_dir(folder).expect("a folder").flatten() {
        for entry in fs::read_dir(below.path()).into_iter().flatten().flatten() {
            let text = fs::read(entry.path()).map(header::decode).unwrap_or_default();
            let path = entry.path();
            let path = path.strip_prefix(folder).expect("below").display().to_string();
            if path.ends_with(".h") && text.contains("argsz") {
                paths.push(path);
            }
        }
    }
    paths.retain(|path| folder.join(path).is_file());
    paths.sort();
    paths.dedup();
    paths
}

/// The row of a header. Every item that is not read is reported at its place.
fn row(folder: &Path, path: &str) -> String {
    let mut sources = Sources::default();
    let mut add = |path: &str| {
        let text = header::decode(fs::read(folder.join(path)).expect("a header"));
        sources.add(path.to_owned(), text)
    };
    let included =
        INCLUDED.iter().filter(|(name, other)| *name == path && folder.join(other).is_file());
    let mut files: Vec<_> = included.map(|(_, included)| add(included)).collect();
    let file = add(path);
    files.push(file);
    let mut header = read(&sources, &files, &Outside::default());
    header.facts.keep_files(&[file]);
    let problems = header.problems.render(&sources, false);
    assert!(!header.problems.has_errors(), "{path}:\n{problems}");
    let facts = header.facts;
    let (constants, structs, macros) =
        (facts.constants.len(), facts.structs.len(), facts.macros.len());
    let mut unread = Vec::new();
    for (name, one) in &facts.unread {
        let reported = header.problems.sorted().into_iter().any(|problem| {
            problem.place() == Some(one.place) || problem.message.contains(name.as_str())
        });
        assert!(reported, "{path}: {name} is not read and not reported:\n{problems}");
        unread.push(format!("`{name}`: {}", one.reason.replace('|', "\\|")));
    }
    let all = constants + structs + macros;
    assert!(unread.len() * 2 <= all + 1, "{path}: most of it is not read");
    let unread = if unread.is_empty() { "–".to_owned() } else { unread.join("; ") };
    format!("| `{path}` | {constants} | {structs} | {macros} | {unread} |\n")
}

#[test]
fn whole_headers_are_read_or_reported_item_by_item() {
    let (folder, version) = newest();
    let rows: String = table_headers(&folder).iter().map(|path| row(&folder, path)).collect();
    let head = "| header | constants | structs | macros | not read |\n|---|---|---|---|---|\n";
    let table = format!("Linux {version}:\n\n{head}{rows}");
    println!("{table}");
    let path = fixtures::root().join("docs/linux-headers.md");
    let page = fs::read_to_string(&path).expect("the page");
    let (start, end) = ("<!-- table -->\n", "<!-- end -->\n");
    let (before, rest) = page.split_once(start).expect("the table");
    let (found, after) = rest.split_once(end).expect("its end");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, [before, start, &table, end, after].concat()).expect("the page");
    } else if found.starts_with(&format!("Linux {version}:")) {
        assert_eq!(found, table, "UPDATE_GOLDEN=1 writes docs/linux-headers.md");
    } else {
        skip(Group::RealHeaders, &format!("the table is not of the headers of {version}"));
    }
}
