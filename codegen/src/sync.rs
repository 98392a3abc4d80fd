//! Stage 5: brings a tree in line with the outputs, or tells how it differs.
//! The only file access of outputs. All or nothing: every file is written
//! beside its place first, and none is moved there before all are written.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use similar::TextDiff;

use crate::output::{MARK, OutputFile};

/// How a tree differs from the outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The file is not there.
    Missing,
    /// The file has other contents.
    Differs,
    /// The file should not be there.
    Unexpected,
}

impl Difference {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Differs => "differs",
            Self::Unexpected => "should not be there",
        }
    }
}

/// One file that is not as the outputs have it.
#[derive(Debug)]
pub struct Change<'a> {
    /// Its path below the tree's root.
    pub path: String,
    /// How it differs.
    pub difference: Difference,
    /// What it should be; none if it should not be.
    output: Option<&'a OutputFile>,
}

impl Change<'_> {
    /// Whether the file is an output, and not one that should go.
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
        let found = read_if_there(&root.join(&output.path))?;
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

/// The first lines that differ, for a reader.
pub fn excerpt(root: &Path, change: &Change<'_>) -> String {
    const MOST_LINES: usize = 12;
    let Some(output) = change.output.filter(|_| change.difference == Difference::Differs) else {
        return String::new();
    };
    let found = fs::read(root.join(&change.path)).unwrap_or_default();
    let found = String::from_utf8_lossy(&found);
    let diff = TextDiff::from_lines(found.as_ref(), output.contents.as_str());
    let unified = diff.unified_diff().context_radius(0).to_string();
    let mut text = String::new();
    for line in unified.lines().take(MOST_LINES) {
        text += "    ";
        text += line;
        text.push('\n');
    }
    if unified.lines().count() > MOST_LINES {
        text += "    ...\n";
    }
    text
}

/// Brings the tree at `root` in line with the outputs. Files that are as they
/// should be are not touched. Refuses to remove what this program did not
/// write.
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
    }
    Ok(())
}

/// Files written beside their places; dropped, they vanish again.
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
        let mut beside = place.as_os_str().to_owned();
        beside.push(".new");
        let beside = PathBuf::from(beside);
        self.files.push((beside.clone(), place.to_owned()));
        fs::write(&beside, contents).map_err(|error| at(&shown, error))
    }

    fn commit(mut self) -> io::Result<()> {
        for (beside, place) in self.files.drain(..) {
            let shown = place.display().to_string();
            fs::rename(&beside, &place).map_err(|error| at(&shown, error))?;
        }
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        for (beside, _) in &self.files {
            // Nothing more can be done about a leftover than leaving it.
            let _ = fs::remove_file(beside);
        }
    }
}

/// A file without our mark was put there by someone; it is theirs to remove.
fn refuse_foreign(root: &Path, changes: &[Change<'_>]) -> io::Result<()> {
    for change in changes.iter().filter(|change| change.output.is_none()) {
        let contents = fs::read(root.join(&change.path)).unwrap_or_default();
        let head = String::from_utf8_lossy(&contents[..contents.len().min(400)]).into_owned();
        if !head.contains(MARK) {
            let reason = "it is in a folder of generated files but was not generated; move it away";
            return Err(at(&change.path, io::Error::other(reason)));
        }
    }
    Ok(())
}

/// Every file in the folders.
fn files_in(root: &Path, folders: &[String]) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    for folder in folders {
        list(root, folder, &mut files)?;
    }
    Ok(files)
}

fn list(root: &Path, folder: &str, files: &mut Vec<String>) -> io::Result<()> {
    let path = root.join(folder);
    if !path.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(&path).map_err(|error| at(folder, error))? {
        let entry = entry.map_err(|error| at(folder, error))?;
        let below = [folder, "/", &entry.file_name().to_string_lossy()].concat();
        match entry.file_type()?.is_dir() {
            true => list(root, &below, files)?,
            false => files.push(below),
        }
    }
    Ok(())
}

fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(contents) => Ok(Some(contents)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(&path.display().to_string(), error)),
    }
}

/// The error with the path that it is about.
fn at(path: &str, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{path}: {error}"))
}
