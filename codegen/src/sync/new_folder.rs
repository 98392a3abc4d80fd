//! Makes a folder with files, all at once.

use std::fs;
use std::io;
use std::path::Path;

use super::at;
use super::disk::{Disk, create_folders};
use super::lock::FolderLock;
use super::staging::Staging;

/// Makes the folder `place` below `root`, which must not exist, with these files: name
/// and text. Calls `wait` before it waits for another run.
///
/// # Errors
///
/// Something has this name already, or cannot be written. Then there is no folder.
pub fn create_folder(
    disk: &dyn Disk,
    (root, place): (&Path, &Path),
    files: &[(&str, String)],
    wait: impl FnOnce(),
) -> io::Result<()> {
    let _lock = FolderLock::exclusive(root, wait)?;
    let place = root.join(place);
    if fs::symlink_metadata(&place).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let mut staging = Staging::create(disk, root)?;
    let folder = staging.unused();
    disk.create_folder(&folder).map_err(|error| at(&folder, error))?;
    for (name, text) in files {
        disk.create_file(&folder.join(name), text.as_bytes()).map_err(|error| at(&place, error))?;
    }
    if let Some(above) = place.parent() {
        create_folders(disk, above)?;
    }
    disk.rename(&folder, &place).map_err(|error| at(&place, error))
}
