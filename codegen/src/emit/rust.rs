//! The crate: `uapi` with one file per subject, the table of ioctls, and the
//! hand-written parts, which are copied as they stand.

mod constants;
mod derives;
mod docs;
mod format;
mod groups;
mod ioctls;
mod library;
mod section;
mod structs;
mod views;

use crate::emit::banner;
use crate::ir::Abi;
use crate::output::OutputFile;

/// Hand-written files of the crate, by name.
const RUNTIME: [(&str, &str); 8] = [
    ("array.rs", include_str!("../../runtime/array.rs")),
    ("chain.rs", include_str!("../../runtime/chain.rs")),
    ("flags.rs", include_str!("../../runtime/flags.rs")),
    ("profile.rs", include_str!("../../runtime/profile.rs")),
    ("reply.rs", include_str!("../../runtime/reply.rs")),
    ("request.rs", include_str!("../../runtime/request.rs")),
    ("target.rs", include_str!("../../runtime/target.rs")),
    ("wire.rs", include_str!("../../runtime/wire.rs")),
];

/// Every file below `generated/src`.
pub(super) fn emit(abi: &Abi) -> Vec<OutputFile> {
    let mut files = vec![
        file(abi, "lib.rs", "codegen/src/emit/rust/library.rs", library::crate_root(abi)),
        file(abi, "uapi.rs", "codegen/src/emit/rust/library.rs", library::uapi(abi)),
        file(abi, "ioctls.rs", "codegen/src/emit/rust/ioctls.rs", ioctls::table(abi)),
    ];
    for index in section::present(abi) {
        let path = format!("uapi/{}.rs", abi.sections[index].name);
        files.push(file(
            abi,
            &path,
            "codegen/src/emit/rust/section.rs",
            section::module(abi, index),
        ));
    }
    files.push(file(abi, "views.rs", "codegen/src/emit/rust/views.rs", views::root(abi)));
    for (path, emitter, text) in views::files(abi) {
        files.push(file(abi, &path, emitter, text));
    }
    for (name, text) in RUNTIME {
        let emitter = format!("codegen/runtime/{name}");
        files.push(file(abi, name, &emitter, text.to_owned()));
    }
    files
}

fn file(abi: &Abi, path: &str, emitter: &str, text: String) -> OutputFile {
    let mut contents = String::new();
    for line in banner::lines(abi, emitter) {
        contents += "// ";
        contents += &line;
        contents.push('\n');
    }
    contents.push('\n');
    contents += &text;
    OutputFile { path: ["generated/src/", path].concat(), contents }
}
