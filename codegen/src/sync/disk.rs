//! The operations that change files. A test replaces them by operations that fail, or
//! that stop after any number of steps.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Operations that change files. None of them follows a link in the last part of a path.
pub trait Disk {
    /// Creates a folder where nothing is yet.
    fn create_folder(&self, path: &Path) -> io::Result<()>;
    /// Creates a file where nothing is yet.
    fn create_file(&self, path: &Path, contents: &[u8]) -> io::Result<()>;
    /// Moves a file or a folder; a file at the new place is replaced at once.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Removes an empty folder.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
}

/// The disk itself.
#[derive(Clone, Copy, Debug)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn create_file(&self, path: &Path, contents: &[u8]) -> io::Result<()> {
        File::create_new(path)?.write_all(contents)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }
}

/// Creates a folder and those above it, as far as they are missing.
pub(super) fn create_folders(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    if let Some(above) = path.parent() {
        create_folders(disk, above)?;
    }
    match disk.create_folder(path) {
        // Another run has created it meanwhile.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        result => result.map_err(|error| super::at(path, error)),
    }
}

/// The folder of a file, which is created if it is missing.
///
/// # Errors
///
/// The folder cannot be created.
pub fn folder_for(disk: &dyn Disk, file: &Path) -> io::Result<PathBuf> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    create_folders(disk, folder)?;
    Ok(folder.to_owned())
}

/// Moves a complete file to its place.
pub(super) fn install(disk: &dyn Disk, staged: &Path, place: &Path) -> io::Result<()> {
    let moved = match disk.rename(staged, place) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            copy(disk, staged, place).and_then(|()| disk.remove_file(staged))
        }
        result => result,
    };
    moved.map_err(|error| super::at(place, error))
}

/// Copies a file to another file system, where no rename can replace the old one.
fn copy(disk: &dyn Disk, from: &Path, to: &Path) -> io::Result<()> {
    let contents = fs::read(from)?;
    if fs::symlink_metadata(to).is_ok() {
        disk.remove_file(to)?;
    }
    disk.create_file(to, &contents)
}
