//! A disk that stops or fails after any number of operations, and the contents of trees.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use capchain::sync::{Disk, RealDisk};

/// What happens at the operation that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The process is killed before the operation: it and all later ones change nothing.
    Killed,
    /// The process is killed in the operation, which writes half of a file.
    KilledInside,
    /// The operation fails, and later ones that need space fail too; half of a file is
    /// written.
    Full,
    /// Only this operation fails.
    Once,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 4] = [Self::Killed, Self::KilledInside, Self::Full, Self::Once];
}

/// A disk with one fault.
#[derive(Debug)]
pub struct FaultyDisk {
    /// The operations that succeed.
    pub succeed: u64,
    fault: Fault,
    /// The operations so far.
    done: Cell<u64>,
}

/// What fails, for messages: `Full after 3`.
impl fmt::Display for FaultyDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} after {}", self.fault, self.succeed)
    }
}

impl FaultyDisk {
    /// A disk on which this many operations succeed.
    pub fn new(succeed: u64, fault: Fault) -> Self {
        Self { succeed, fault, done: Cell::new(0) }
    }

    /// Whether the fault has happened.
    pub fn has_failed(&self) -> bool {
        self.done.get() > self.succeed
    }

    /// Runs an operation, or its first half.
    fn step(
        &self,
        needs_space: bool,
        run: impl FnOnce() -> io::Result<()>,
        half: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<()> {
        let done = self.done.replace(self.done.get() + 1);
        if done < self.succeed {
            return run();
        }
        let first = done == self.succeed;
        match self.fault {
            Fault::Killed => Err(io::Error::other("killed")),
            Fault::KilledInside if first => half().and(Err(io::Error::other("killed"))),
            Fault::KilledInside => Err(io::Error::other("killed")),
            Fault::Full if needs_space => half().and(Err(io::ErrorKind::StorageFull.into())),
            Fault::Once if first => Err(io::ErrorKind::StorageFull.into()),
            Fault::Full | Fault::Once => run(),
        }
    }
}

impl Disk for FaultyDisk {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.step(true, || RealDisk.create_folder(path), || Ok(()))
    }

    fn create_file(&self, path: &Path, contents: &[u8]) -> io::Result<()> {
        let half = &contents[..contents.len() / 2];
        self.step(
            true,
            || RealDisk.create_file(path, contents),
            || RealDisk.create_file(path, half),
        )
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(true, || RealDisk.rename(from, to), || Ok(()))
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.step(false, || RealDisk.remove_file(path), || Ok(()))
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.step(false, || RealDisk.remove_folder(path), || Ok(()))
    }
}

/// Runs `change` for each fault on a disk that fails at its first operation, at its second, and
/// so on. The last run for a fault has no operation left that could fail. Returns the number of
/// the others.
pub fn at_each_operation(faults: &[Fault], mut change: impl FnMut(&FaultyDisk)) -> usize {
    let mut failed = 0;
    for &fault in faults {
        for succeed in 0.. {
            let disk = FaultyDisk::new(succeed, fault);
            change(&disk);
            if !disk.has_failed() {
                break;
            }
            failed += 1;
        }
    }
    failed
}

/// Everything below a folder: the contents of files, the targets of links, and folders.
pub fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    add(folder, Path::new(""), &mut found);
    found
}

fn add(root: &Path, below: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(root.join(below)).expect("a folder") {
        let entry = entry.expect("an entry");
        let (path, kind) = (below.join(entry.file_name()), entry.file_type().expect("a type"));
        if kind.is_dir() {
            found.insert(path.clone(), b"folder".to_vec());
            add(root, &path, found);
        } else if kind.is_symlink() {
            let target = fs::read_link(entry.path()).expect("a link");
            found.insert(path, target.to_string_lossy().into_owned().into_bytes());
        } else {
            found.insert(path, fs::read(entry.path()).expect("a file"));
        }
    }
}

/// Writes files below a folder.
pub fn make(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).expect("a file");
    }
}
