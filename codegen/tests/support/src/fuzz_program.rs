//! The sources of the fuzz targets that need a C compiler.

use std::fs;
use std::path::Path;

use capchain::lower::lower;

use crate::{agree_program, fixtures, space_program, stream_program};

/// The sources of the target in C, in the folder of all sources; `.ci/fuzz` has the same.
pub const C: [&str; 5] =
    ["fuzz.c", "trace.c", "reply.c", "space/space_text.c", "records/record_text.c"];

/// Writes all that the programs are compiled from.
pub fn write(folder: &Path) {
    fs::create_dir_all(folder).expect("a folder");
    agree_program::write(folder, &lower(&fixtures::spec(), None));
    space_program::write_texts(&folder.join("space"), &space_program::pci(), "pci_abi");
    stream_program::write_texts(&folder.join("records"), &stream_program::iommufd(), "iommufd_abi");
}
