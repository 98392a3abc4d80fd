//! Replaces files that people write: all of them, or none. A list of the places is
//! written after the new contents and before the first file is replaced. If a run is
//! killed after that, the next one completes it, unless a file has been edited since.

use std::io;
use std::path::{Component, Path, PathBuf};

use super::at;
use super::disk::{Disk, folder_for, install};
use super::staging::{self, LIST, Staging};
use crate::read;

/// The most bytes of a file or of the list that are read again.
const MOST_BYTES: u64 = 64 << 20;

/// A file with its new contents.
#[derive(Debug)]
pub struct Replacing {
    /// Its path. It can be a link to the file.
    pub path: PathBuf,
    contents: String,
    /// The contents from which the new ones were made.
    expected: Option<String>,
}

impl Replacing {
    /// Replaces any contents, or creates the file.
    pub fn new(path: impl Into<PathBuf>, contents: impl Into<String>) -> Self {
        Self { path: path.into(), contents: contents.into(), expected: None }
    }

    /// Replaces these contents only.
    #[must_use]
    pub fn expect(self, contents: impl Into<String>) -> Self {
        Self { expected: Some(contents.into()), ..self }
    }
}

/// An entry of the list, in JSON: a file to be replaced.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Replacement {
    /// The path below the locked folder.
    place: PathBuf,
    /// The name of the new contents in the staging folder.
    new: String,
    /// The name of the contents before; none if there was no file.
    old: Option<String>,
}

impl Replacement {
    /// Whether the list names only staged files, and places below the locked folder. A
    /// list can come with a folder that somebody else has made.
    fn is_plain(&self) -> bool {
        let is_staged = |name: &String| name.parse::<u64>().is_ok();
        let mut parts = self.place.components();
        is_staged(&self.new)
            && self.old.as_ref().is_none_or(is_staged)
            && parts.all(|part| matches!(part, Component::Normal(_)))
    }
}

/// Replaces the contents of files. `root` is locked, and an incomplete replacement in it
/// has been completed.
///
/// # Errors
///
/// A file cannot be written, or does not have the expected contents. If none of them has
/// changed, none will; otherwise the next run completes the others.
pub fn replace(disk: &dyn Disk, root: &Path, files: &[Replacing]) -> io::Result<()> {
    let mut staging = Staging::create(disk, root)?;
    let mut list = Vec::new();
    let whole_root = root.canonicalize().map_err(|error| at(root, error))?;
    for Replacing { path, contents, expected } in files {
        folder_for(disk, path)?;
        let below = below(&whole_root, path)?;
        let place = resolved(path)?;
        let old = match read::regular(&place, MOST_BYTES) {
            Ok(old) => Some(old),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(at(&place, error)),
        };
        // The changes that an editor has saved since then must not be lost.
        if expected.as_ref().is_some_and(|expected| old.as_deref() != Some(expected.as_bytes())) {
            return Err(at(path, io::Error::other("it has changed meanwhile; nothing is written")));
        }
        let old = old.map(|old| staging.add(&place, &old)).transpose()?;
        let new = staging.add(&place, contents.as_bytes())?;
        list.push(Replacement { place: below, new: name(&new), old: old.as_deref().map(name) });
    }
    let text = serde_json::to_string(&list).map_err(io::Error::other)?;
    let complete = staging.add(root, text.as_bytes())?;
    let path = staging::path(root).join(LIST);
    disk.rename(&complete, &path).map_err(|error| at(&path, error))?;
    staging.keep();
    finish(disk, root, &list)
}

/// Whether a killed run has replaced some files, but not all.
pub fn is_incomplete(root: &Path) -> bool {
    staging::path(root).join(LIST).is_file()
}

/// Completes the replacement of a killed run. `root` is locked. If a file has been edited
/// since, nothing is replaced.
///
/// # Errors
///
/// A file cannot be written.
pub fn complete(disk: &dyn Disk, root: &Path) -> io::Result<()> {
    if !is_incomplete(root) {
        return Ok(());
    }
    let folder = staging::path(root);
    let text = read::regular(&folder.join(LIST), MOST_BYTES).unwrap_or_default();
    let list: Vec<Replacement> = serde_json::from_slice(&text).unwrap_or_default();
    let is_own = staging::is_own(&folder).map_err(|error| at(&folder, error))?;
    if !is_own || !list.iter().all(Replacement::is_plain) {
        return Err(staging::foreign(&folder));
    }
    match list.iter().all(|file| is_unedited(root, file)) {
        true => finish(disk, root, &list),
        false => discard(disk, root),
    }
}

/// Moves the new files to their places, as far as they are not there yet.
fn finish(disk: &dyn Disk, root: &Path, list: &[Replacement]) -> io::Result<()> {
    for Replacement { place, new, .. } in list {
        let new = staging::path(root).join(new);
        if new.is_file() {
            install(disk, &new, &resolved(&root.join(place))?)?;
        }
    }
    discard(disk, root)
}

/// Removes the list, and then the files that it names.
fn discard(disk: &dyn Disk, root: &Path) -> io::Result<()> {
    let path = staging::path(root).join(LIST);
    disk.remove_file(&path).map_err(|error| at(&path, error))?;
    staging::clear(disk, root)
}

/// Whether a file that is still to be replaced has its old contents, or a part of the
/// new ones.
fn is_unedited(root: &Path, file: &Replacement) -> bool {
    let staged = |name: &String| read::regular(&staging::path(root).join(name), MOST_BYTES);
    let Ok(new) = staged(&file.new) else { return true };
    let Ok(place) = resolved(&root.join(&file.place)) else { return false };
    match read::regular(&place, MOST_BYTES) {
        Ok(found) => {
            let old = file.old.as_ref().and_then(|old| staged(old).ok());
            old.is_some_and(|old| old == found) || new.starts_with(&found)
        }
        Err(error) => {
            let folder = place.parent().is_some_and(Path::is_dir);
            error.kind() == io::ErrorKind::NotFound && folder
        }
    }
}

/// The path of a place below the locked folder, without its links to files followed.
fn below(root: &Path, place: &Path) -> io::Result<PathBuf> {
    let folder = match place.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let folder = folder.canonicalize().map_err(|error| at(place, error))?;
    match (folder.strip_prefix(root), place.file_name()) {
        (Ok(folder), Some(name)) => Ok(folder.join(name)),
        _ => Err(at(place, io::Error::other("it is not in the folder that is locked"))),
    }
}

/// The name of a file in the staging folder.
fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The whole path of a file, not of a link to it.
fn resolved(place: &Path) -> io::Result<PathBuf> {
    let resolved = match place.canonicalize() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => std::path::absolute(place),
        resolved => resolved,
    };
    resolved.map_err(|error| at(place, error))
}
