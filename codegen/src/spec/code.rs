//! Hand-written code of one ABI: the files below `code/rust` and `code/c` of
//! its folder.

use std::fs;
use std::io;
use std::path::Path;

use super::load::{self, Origin};
use crate::output::{CodeFile, CodeLanguage};
use crate::read;

/// The folder of each language, relative to that of the specification.
const FOLDERS: [(CodeLanguage, &str); 2] =
    [(CodeLanguage::Rust, "code/rust"), (CodeLanguage::C, "code/c")];

/// A file that cannot be read, with the reason.
pub(super) type Unreadable = (String, String);

/// Every file, sorted by path.
pub(super) fn read(origin: &Origin) -> Result<Vec<CodeFile>, Unreadable> {
    let mut files = Vec::new();
    for (language, folder) in FOLDERS {
        match origin {
            Origin::Folder(root) => from_folder(language, &root.join(folder), "", &mut files)?,
            Origin::Embedded(embedded) => {
                files.extend(embedded.iter().filter_map(|(path, text)| {
                    let path = path.strip_prefix(folder)?.strip_prefix('/')?.to_owned();
                    Some(CodeFile { language, path, text: (*text).to_owned() })
                }))
            }
        }
    }
    Ok(files)
}

fn from_folder(
    language: CodeLanguage,
    root: &Path,
    below: &str,
    files: &mut Vec<CodeFile>,
) -> Result<(), Unreadable> {
    let folder = root.join(below);
    let unreadable = |path: &Path, error: io::Error| (load::shown(path), error.to_string());
    if !folder.is_dir() {
        return Ok(());
    }
    let entries = fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = entries.map_err(|error| unreadable(&folder, error))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let below = if below.is_empty() { name } else { [below, "/", &name].concat() };
        if path.is_dir() {
            // Links can lead back, and then there is no end.
            if path.is_symlink() {
                return Err((load::shown(&path), "it is a link to a folder".to_owned()));
            }
            from_folder(language, root, &below, files)?;
        } else {
            let text = load::text(read::regular(&path, load::MOST_BYTES));
            let text = text.map_err(|reason| (load::shown(&path), reason))?;
            files.push(CodeFile { language, path: below, text });
        }
    }
    Ok(())
}
