//! Compares a tree with the outputs, and updates it. Unchanged files are not touched, and
//! a file that this program did not write is neither replaced nor removed.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use similar::TextDiff;

use super::at;
use super::disk::{Disk, create_folders, install};
use super::lock::FolderLock;
use super::staging::{self, Staging};
use crate::output::{CARGO, LICENCES, MARK, OutputFile, PYTHON_CACHE};
use crate::read;

/// The bytes at the start of a file that have the mark of an output. The longest licence
/// is shorter.
const HEAD: u64 = 16 << 10;

/// The most bytes of a file that `excerpt` shows differences of.
const MOST_BYTES: u64 = 16 << 20;

/// A kind of difference between a file of the tree and the outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The tree lacks the file.
    Missing,
    /// The file has other contents.
    Differs,
    /// The file is no output.
    Unexpected,
}

impl Difference {
    /// The word for messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Differs => "differs",
            Self::Unexpected => "unexpected file",
        }
    }
}

/// One file that differs from the outputs.
#[derive(Debug)]
pub struct Change<'a> {
    /// The path below the tree's root.
    pub path: String,
    /// The kind of the difference.
    pub difference: Difference,
    /// The expected file; none if the tree should not have the file.
    output: Option<&'a OutputFile>,
}

impl Change<'_> {
    /// Whether the file is an output, not one to remove.
    pub fn is_output(&self) -> bool {
        self.output.is_some()
    }
}

/// A locked tree.
#[derive(Debug)]
pub struct OutputTree {
    root: PathBuf,
    /// In these folders every file that is no output is a difference.
    folders: Vec<String>,
    /// None for a tree that does not exist.
    _lock: Option<FolderLock>,
}

impl OutputTree {
    /// Locks a tree for reading. Calls `wait` before it waits for another run.
    ///
    /// # Errors
    ///
    /// The tree cannot be opened.
    pub fn open(root: &Path, folders: Vec<String>, wait: impl FnOnce()) -> io::Result<Self> {
        let lock = match root.is_dir() {
            true => Some(FolderLock::shared(root, wait)?),
            false => None,
        };
        Ok(Self { root: root.to_owned(), folders, _lock: lock })
    }

    /// Locks a tree for writing, and removes what a killed run left in it. Calls `wait`
    /// before it waits for another run.
    ///
    /// # Errors
    ///
    /// The tree cannot be created or opened, or a file of a person is in the way.
    pub fn open_to_write(
        disk: &dyn Disk,
        root: &Path,
        folders: Vec<String>,
        wait: impl FnOnce(),
    ) -> io::Result<Self> {
        create_folders(disk, root)?;
        let lock = FolderLock::exclusive(root, wait)?;
        staging::clear(disk, root)?;
        Ok(Self { root: root.to_owned(), folders, _lock: Some(lock) })
    }

    /// The differences between the tree and the outputs, by path.
    ///
    /// # Errors
    ///
    /// A file or a folder cannot be read.
    pub fn compare<'a>(&self, outputs: &'a [OutputFile]) -> io::Result<Vec<Change<'a>>> {
        let mut changes = Vec::new();
        for output in outputs {
            let difference = match self.find(output)? {
                OutputState::Equal => continue,
                OutputState::Missing => Difference::Missing,
                OutputState::Other => Difference::Differs,
            };
            changes.push(Change { path: output.path.clone(), difference, output: Some(output) });
        }
        let known: BTreeSet<_> = outputs.iter().map(|output| output.path.as_str()).collect();
        for path in self.files()? {
            if !known.contains(path.as_str()) {
                changes.push(Change { path, difference: Difference::Unexpected, output: None });
            }
        }
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(changes)
    }

    fn find(&self, output: &OutputFile) -> io::Result<OutputState> {
        let path = self.root.join(&output.path);
        let metadata = match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(OutputState::Missing);
            }
            // A file is where a folder of the path must be.
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Ok(OutputState::Missing);
            }
            metadata => metadata.map_err(|error| at(&path, error))?,
        };
        let size = output.contents.len() as u64;
        if !metadata.is_file() || metadata.len() != size {
            return Ok(OutputState::Other);
        }
        let found = read::start(&path, size).map_err(|error| at(&path, error))?;
        Ok(if found == output.contents.as_bytes() {
            OutputState::Equal
        } else {
            OutputState::Other
        })
    }

    /// The first lines of the difference.
    pub fn excerpt(&self, change: &Change<'_>) -> String {
        const MAX_LINES: usize = 12;
        let Some(output) = change.output.filter(|_| change.difference == Difference::Differs)
        else {
            return String::new();
        };
        let found = read::start(&self.root.join(&change.path), MOST_BYTES).unwrap_or_default();
        let found = String::from_utf8_lossy(&found);
        let diff = TextDiff::from_lines(found.as_ref(), output.contents.as_str());
        let unified = diff.unified_diff().context_radius(0).to_string();
        let mut text = String::new();
        for line in unified.lines().take(MAX_LINES) {
            text += "    ";
            text += line;
            text.push('\n');
        }
        if unified.lines().count() > MAX_LINES {
            text += "    ...\n";
        }
        text
    }

    /// Updates the tree. An error before the first file has its new contents leaves all
    /// files as they are; after that, the next run completes the update.
    ///
    /// # Errors
    ///
    /// A file of a person is in the way, or a file cannot be written.
    pub fn write(&self, disk: &dyn Disk, changes: &[Change<'_>]) -> io::Result<()> {
        self.refuse_foreign(changes)?;
        self.refuse_obstacles(changes)?;
        let outputs = changes.iter().filter_map(|change| change.output);
        let outputs: Vec<_> =
            outputs.map(|output| (self.root.join(&output.path), output)).collect();
        let mut staged = Vec::new();
        if !outputs.is_empty() {
            let mut staging = Staging::create(disk, &self.root)?;
            for (place, output) in &outputs {
                staged.push((staging.add(place, output.contents.as_bytes())?, place));
            }
            self.remove(disk, changes)?;
            for (file, place) in &staged {
                if place.is_dir() {
                    remove_empty_folders(disk, place)?;
                } else if let Some(folder) = place.parent() {
                    create_folders(disk, folder)?;
                }
                install(disk, file, place)?;
            }
        } else {
            self.remove(disk, changes)?;
        }
        self.remove_all_empty_folders(disk)
    }

    /// Removes the files that are no outputs.
    fn remove(&self, disk: &dyn Disk, changes: &[Change<'_>]) -> io::Result<()> {
        for change in changes.iter().filter(|change| change.output.is_none()) {
            let path = self.root.join(&change.path);
            disk.remove_file(&path).map_err(|error| at(&path, error))?;
        }
        Ok(())
    }

    fn remove_all_empty_folders(&self, disk: &dyn Disk) -> io::Result<()> {
        for folder in &self.folders {
            let path = self.root.join(folder);
            if path.is_dir() {
                remove_empty_folders(disk, &path)?;
            }
        }
        Ok(())
    }

    /// Fails if a file to replace or to remove has no mark of an output, because a person
    /// may have written it.
    fn refuse_foreign(&self, changes: &[Change<'_>]) -> io::Result<()> {
        for change in changes {
            let path = self.root.join(&change.path);
            let absent = change.difference == Difference::Missing && !path.is_symlink();
            let folder = path.is_dir() && (change.output.is_some() || !path.is_symlink());
            if absent || folder {
                continue;
            }
            let own = read::start(&path, HEAD).is_ok_and(|head| is_output(change, &head));
            if !own {
                let reason =
                    "it is in a folder of generated files but was not generated; move it away";
                return Err(at(Path::new(&change.path), io::Error::other(reason)));
            }
        }
        Ok(())
    }

    /// Fails if a folder, with files in it that stay, is where a file must be, or a file
    /// that stays where a folder must be.
    fn refuse_obstacles(&self, changes: &[Change<'_>]) -> io::Result<()> {
        let removed = changes.iter().filter(|change| change.output.is_none());
        let removed: BTreeSet<_> = removed.map(|change| change.path.as_str()).collect();
        for change in changes.iter().filter(|change| change.output.is_some()) {
            let place = self.root.join(&change.path);
            let mut inside = Vec::new();
            if place.is_dir() && !place.is_symlink() {
                list(&self.root, &change.path, &[], &mut inside)?;
            }
            if place.is_symlink() && place.is_dir()
                || !inside.iter().all(|path| removed.contains(path.as_str()))
            {
                return Err(at(&place, io::Error::other("a folder is in the way")));
            }
            for folder in Path::new(&change.path).ancestors().skip(1) {
                let path = self.root.join(folder);
                let in_the_way = !path.is_dir() && path.symlink_metadata().is_ok();
                if in_the_way && !removed.contains(&*folder.to_string_lossy()) {
                    let reason = format!("{} is in the way", path.display());
                    return Err(at(&place, io::Error::other(reason)));
                }
            }
        }
        Ok(())
    }

    /// Every file in the folders, except the files of Cargo and Python.
    fn files(&self) -> io::Result<Vec<String>> {
        let mut files = Vec::new();
        for folder in &self.folders {
            let cargo = CARGO.map(|name| [folder, "/", name].concat());
            list(&self.root, folder, &cargo, &mut files)?;
        }
        Ok(files)
    }
}

/// The file at the place of an output.
enum OutputState {
    Missing,
    Equal,
    Other,
}

/// Whether a file is one of this program, by its first bytes: it has the mark, or is a
/// licence, or was not written to its end.
fn is_output(change: &Change<'_>, head: &[u8]) -> bool {
    let marked = String::from_utf8_lossy(&head[..head.len().min(400)]).contains(MARK);
    let licence = LICENCES.iter().any(|(name, text)| {
        let at_its_place = change.output.is_some() && change.path.ends_with(name);
        at_its_place || text.as_bytes() == head
    });
    let part = change.output.is_some_and(|output| output.contents.as_bytes().starts_with(head));
    marked || licence || part || head.is_empty()
}

/// Removes a folder and those in it as far as they have no files.
fn remove_empty_folders(disk: &dyn Disk, folder: &Path) -> io::Result<bool> {
    let mut empty = true;
    for entry in fs::read_dir(folder).map_err(|error| at(folder, error))? {
        let entry = entry.map_err(|error| at(folder, error))?;
        let is_folder = entry.file_type().map_err(|error| at(folder, error))?.is_dir();
        let others = CARGO.iter().chain([&PYTHON_CACHE]);
        let kept = others.into_iter().any(|name| entry.file_name() == *name);
        empty &= is_folder && !kept && remove_empty_folders(disk, &entry.path())?;
    }
    if empty {
        disk.remove_folder(folder).map_err(|error| at(folder, error))?;
    }
    Ok(empty)
}

fn list(root: &Path, folder: &str, skip: &[String], files: &mut Vec<String>) -> io::Result<()> {
    let path = root.join(folder);
    if !path.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(&path).map_err(|error| at(&path, error))? {
        let entry = entry.map_err(|error| at(&path, error))?;
        let below = [folder, "/", &entry.file_name().to_string_lossy()].concat();
        if skip.contains(&below) || entry.file_name() == PYTHON_CACHE {
            continue;
        }
        match entry.file_type().map_err(|error| at(&path, error))?.is_dir() {
            true => list(root, &below, skip, files)?,
            false => files.push(below),
        }
    }
    Ok(())
}
