//! Which file of a patch is which header of an ABI.

use super::patch::FilePatch;
use crate::ir::Abi;

/// Folders of the kernel's tree whose files are not those of the user ABI, although some have
/// the same names.
const OTHER_FOLDERS: [&str; 4] = ["drivers", "include", "samples", "tools"];

/// The header of an ABI that a patch changes: by the path before or after the change, or, if
/// the paths are not those of a tree that git knows, by the name of the file.
pub(super) fn header_of(abi: &Abi, file: &FilePatch) -> Option<usize> {
    let paths = [&file.path, &file.old_path];
    if file.is_folder {
        return header_inside(abi, &file.path);
    }
    let by_path = paths.into_iter().find_map(|path| header_at(abi, path));
    by_path.or_else(|| paths.into_iter().find_map(|path| header_named(abi, path, file.by_git)))
}

/// The header of an ABI whose file has the name of a copy anywhere.
fn header_named(abi: &Abi, path: &str, by_git: bool) -> Option<usize> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let elsewhere = folder.split('/').any(|part| OTHER_FOLDERS.contains(&part));
    let is_copy = folder.is_empty() || !by_git && !elsewhere;
    let named = |header: &crate::ir::Header| file_name(&header.path) == name;
    abi.headers.iter().position(named).filter(|_| is_copy)
}

/// The header of an ABI at a path of a source tree: that of the kernel, of a program
/// that has a copy of the kernel's headers, or of an installed system. The kernel's own
/// `include/linux/` has other headers with the same names, and `tools/` has copies.
pub(super) fn header_at(abi: &Abi, path: &str) -> Option<usize> {
    abi.headers.iter().position(|header| {
        let Some(folder) = path.strip_suffix(header.path.as_str()) else { return false };
        let internal = folder == "include/" || folder.starts_with("tools/");
        !internal && (folder.is_empty() || folder.ends_with('/'))
    })
}

/// A header that a folder can contain, by the name of the folder.
fn header_inside(abi: &Abi, folder: &str) -> Option<usize> {
    let name = file_name(folder);
    let of_headers = ["include", "uapi", "linux-headers", "kernel"].contains(&name);
    abi.headers.iter().position(|header| {
        of_headers || header.path.split('/').any(|part| part == name) || folder == header.path
    })
}

/// The last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
