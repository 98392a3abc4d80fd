//! Stage 5, and the only writer of files: `tree` compares a tree with the outputs and
//! updates it, `replacement` changes files of people, `new_folder` makes a folder.
//!
//! Each of them writes new files into a folder of its own first, `staging`, and moves
//! them to their places when all are complete. A `lock` lets one run write at a time.
//! Whatever a killed run leaves, the next one removes or completes.

mod disk;
mod lock;
mod new_folder;
mod replacement;
mod staging;
mod tree;

use std::io;
use std::path::Path;

pub use disk::{Disk, RealDisk, folder_for};
pub use lock::FolderLock;
pub use new_folder::create_folder;
pub use replacement::{Replacing, complete, is_incomplete, replace};
pub use tree::{Change, Difference, OutputTree};

/// The error with its path.
fn at(path: &Path, error: io::Error) -> io::Error {
    let shown = path.display().to_string();
    match error.to_string().starts_with(&shown) {
        true => error,
        false => io::Error::new(error.kind(), format!("{shown}: {error}")),
    }
}
