//! Which file of a patch is which header of an ABI.

use crate::ir::Abi;

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

/// The last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
