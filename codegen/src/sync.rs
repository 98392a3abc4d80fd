//! Stage 5: compares a tree with the outputs, and updates it. This is the only
//! file access of outputs. All files are written or none: each is first written
//! under a temporary name in its folder, and renamed after all are written.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use similar::TextDiff;

use crate::output::{CARGO, LICENCES, MARK, OutputFile};

/// A kind of difference between a file of the tree and the outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The tree lacks the file.
    Missing,
    /// The file has other contents.
    Differs,
    /// The file unexpected file.
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

/// The differences between the tree at `root` and the outputs, by path. In
/// `folders` every file that is no output is a difference.
pub fn compare<'a>(
    root: &Path,
    outputs: &'a [OutputFile],
    folders: &[String],
) -> io::Result<Vec<Change<'a>>> {
    let mut changes = Vec::new();
    for output in outputs {
        let found = read_existing(&root.join(&output.path))?;
        let difference = match found {
            None => Difference::Missing,
            Some(found) if found == output.contents.as_bytes() => continue,
            Some(_) => Difference::Differs,
        };
        changes.push(Change { path: output.path.clone(), difference, output: Some(output) });
    }
    let known: BTreeSet<_> = outputs.iter().map(|output| output.path.as_str()).collect();
    for path in files_in(root, folders)? {
        if !known.contains(path.as_str()) {
            changes.push(Change { path, difference: Difference::Unexpected, output: None });
        }
    }
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(changes)
}

/// The first lines of the difference.
pub fn excerpt(root: &Path, change: &Change<'_>) -> String {
    const MAX_LINES: usize = 12;
    let Some(output) = change.output.filter(|_| change.difference == Difference::Differs) else {
        return String::new();
    };
    let found = fs::read(root.join(&change.path)).unwrap_or_default();
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

/// Updates the tree at `root`. Unchanged files are not touched. A file that this
/// program did not write is not removed; it is an error.
pub fn write(root: &Path, changes: &[Change<'_>]) -> io::Result<()> {
    refuse_foreign(root, changes)?;
    let mut staged = Staged::default();
    for change in changes {
        if let Some(output) = change.output {
            staged.add(&root.join(&change.path), output.contents.as_bytes())?;
        }
    }
    staged.commit()?;
    for change in changes.iter().filter(|change| change.output.is_none()) {
        fs::remove_file(root.join(&change.path)).map_err(|error| at(&change.path, error))?;
        remove_empty_folders(root, &change.path);
    }
    Ok(())
}

/// Replaces the contents of files: all of them, or none.
pub fn replace(files: &[(PathBuf, String)]) -> io::Result<()> {
    let mut staged = Staged::default();
    for (path, contents) in files {
        staged.add(path, contents.as_bytes())?;
    }
    staged.commit()
}

/// Removes the folders of a removed file as far as they are empty.
fn remove_empty_folders(root: &Path, path: &str) {
    for folder in Path::new(path).ancestors().skip(1).filter(|folder| *folder != Path::new("")) {
        // A folder that is not empty stays.
        if fs::remove_dir(root.join(folder)).is_err() {
            return;
        }
    }
}

/// Files under temporary names, which are removed if this is dropped before
/// `commit`.
#[derive(Default)]
struct Staged {
    files: Vec<(PathBuf, PathBuf)>,
}

impl Staged {
    fn add(&mut self, place: &Path, contents: &[u8]) -> io::Result<()> {
        let shown = place.display().to_string();
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).map_err(|error| at(&shown, error))?;
        }
        if place.is_dir() {
            return Err(at(&shown, io::Error::other("a folder is in the way")));
        }
        let mut temporary = place.as_os_str().to_owned();
        temporary.push(".new");
        let temporary = PathBuf::from(temporary);
        self.files.push((temporary.clone(), place.to_owned()));
        fs::write(&temporary, contents).map_err(|error| at(&shown, error))
    }

    fn commit(mut self) -> io::Result<()> {
        for (temporary, place) in self.files.drain(..) {
            let shown = place.display().to_string();
            fs::rename(&temporary, &place).map_err(|error| at(&shown, error))?;
        }
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        for (temporary, _) in &self.files {
            // An error is already being reported.
            let _ = fs::remove_file(temporary);
        }
    }
}

/// Fails if a file to remove has no mark of a generated file, because a person may have written it.
fn refuse_foreign(root: &Path, changes: &[Change<'_>]) -> io::Result<()> {
    for change in changes.iter().filter(|change| change.output.is_none()) {
        let contents = fs::read(root.join(&change.path)).unwrap_or_default();
        let head = String::from_utf8_lossy(&contents[..contents.len().min(400)]).into_owned();
        let licence = LICENCES.iter().any(|(_, text)| text.as_bytes() == contents);
        if !licence && !head.contains(MARK) {
            let reason = "it is in a folder of generated files but was not generated; move it away";
            return Err(at(&change.path, io::Error::other(reason)));
        }
    }
    Ok(())
}

/// Every file in the folders, except the files of Cargo.
fn files_in(root: &Path, folders: &[String]) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    for folder in folders {
        let cargo = CARGO.map(|name| [folder, "/", name].concat());
        list(root, folder, &cargo, &mut files)?;
    }
    Ok(files)
}

fn list(root: &Path, folder: &str, skip: &[String], files: &mut Vec<String>) -> io::Result<()> {
    let path = root.join(folder);
    if !path.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(&path).map_err(|error| at(folder, error))? {
        let entry = entry.map_err(|error| at(folder, error))?;
        let below = [folder, "/", &entry.file_name().to_string_lossy()].concat();
        if skip.contains(&below) {
            continue;
        }
        match entry.file_type()?.is_dir() {
            true => list(root, &below, skip, files)?,
            false => files.push(below),
        }
    }
    Ok(())
}

fn read_existing(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(contents) => Ok(Some(contents)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(&path.display().to_string(), error)),
    }
}

/// The error with its path.
fn at(path: &str, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{path}: {error}"))
}
