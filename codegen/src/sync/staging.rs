//! The folder in which files are written before they are moved to their places. It is
//! removed at the end. A killed run may leave it; the next run removes it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::at;
use super::disk::Disk;
use crate::read;

/// Its name in the folder that is locked.
const FOLDER: &str = ".capchain-staging";

/// Its first file, by which it is recognized, and which hides it from git.
const MARK: &str = ".gitignore";
const MARK_TEXT: &[u8] = b"# of a run of capchain that did not end; the next run removes it\n*\n";

/// The list of an incomplete replacement.
pub(super) const LIST: &str = "list";

/// The staging folder of a locked folder.
pub(super) struct Staging<'d> {
    disk: &'d dyn Disk,
    folder: PathBuf,
    /// How many entries have been named.
    named: usize,
    /// Whether it is to stay when this is dropped.
    kept: bool,
}

impl<'d> Staging<'d> {
    /// Creates the folder. The one of a killed run is removed first.
    pub(super) fn create(disk: &'d dyn Disk, root: &Path) -> io::Result<Self> {
        clear(disk, root)?;
        let folder = path(root);
        disk.create_folder(&folder).map_err(|error| at(&folder, error))?;
        let staging = Self { disk, folder, named: 0, kept: false };
        let mark = staging.folder.join(MARK);
        disk.create_file(&mark, MARK_TEXT).map_err(|error| at(&mark, error))?;
        Ok(staging)
    }

    /// A path that is not used yet.
    pub(super) fn unused(&mut self) -> PathBuf {
        self.named += 1;
        self.folder.join(self.named.to_string())
    }

    /// Writes a file that belongs to `place`.
    pub(super) fn add(&mut self, place: &Path, contents: &[u8]) -> io::Result<PathBuf> {
        let staged = self.unused();
        self.disk.create_file(&staged, contents).map_err(|error| at(place, error))?;
        Ok(staged)
    }

    /// Leaves the folder for the next run.
    pub(super) fn keep(&mut self) {
        self.kept = true;
    }
}

impl Drop for Staging<'_> {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed now is removed by the next run.
            let _ = remove(self.disk, &self.folder);
        }
    }
}

/// The path of the staging folder.
pub(super) fn path(root: &Path) -> PathBuf {
    root.join(FOLDER)
}

/// Removes the staging folder of a killed run, unless it is an incomplete replacement.
pub(super) fn clear(disk: &dyn Disk, root: &Path) -> io::Result<()> {
    let folder = path(root);
    let found = match fs::symlink_metadata(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found.map_err(|error| at(&folder, error))?,
    };
    if !found.is_dir() || !is_own(&folder).map_err(|error| at(&folder, error))? {
        return Err(foreign(&folder));
    }
    if folder.join(LIST).is_file() {
        let reason = "`import --write` was interrupted here; run it again first";
        return Err(at(&folder, io::Error::other(reason)));
    }
    remove(disk, &folder).map_err(|error| at(&folder, error))
}

/// The error of a folder that another program or a person made.
pub(super) fn foreign(folder: &Path) -> io::Error {
    at(folder, io::Error::other("it is not a folder of capchain; move it away"))
}

/// Whether a staging folder is one of this program: it has the mark or, if the run was
/// killed early, nothing else.
pub(super) fn is_own(folder: &Path) -> io::Result<bool> {
    let names = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name()));
    let names = names.collect::<io::Result<Vec<_>>>()?;
    if names.is_empty() {
        return Ok(true);
    }
    let mark = read::start(&folder.join(MARK), MARK_TEXT.len() as u64 + 1).unwrap_or_default();
    Ok(mark == MARK_TEXT || (MARK_TEXT.starts_with(&mark) && names == [MARK]))
}

/// Removes a folder with everything in it, and the mark at the end.
fn remove(disk: &dyn Disk, folder: &Path) -> io::Result<()> {
    let mut mark = None;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => remove(disk, &entry.path())?,
            false if entry.file_name() == MARK => mark = Some(entry.path()),
            false => disk.remove_file(&entry.path())?,
        }
    }
    if let Some(mark) = mark {
        disk.remove_file(&mark)?;
    }
    disk.remove_folder(folder)
}
