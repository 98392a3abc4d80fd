//! The crate: `uapi` with one file per subject, the table of ioctls, and the
//! hand-written parts, which are copied as they stand.

mod comment;
mod derives;
mod format;
mod groups;
mod history;
mod ioctls;
mod library;
mod section;
mod structs;
mod tokens;
mod views;

use std::collections::HashMap;

use crate::emit::banner;
use crate::emit::named::{self, Former, Named};
use crate::ir::Abi;
use crate::output::OutputFile;
use comment::Names;

/// A hand-written file of the crate.
struct Runtime {
    name: &'static str,
    text: &'static str,
    /// Whether an ABI needs it.
    needed: fn(&Abi) -> bool,
}

/// The hand-written files, by name.
const RUNTIME: [Runtime; 9] = [
    runtime("array.rs", include_str!("../../runtime/array.rs"), views::has_arrays),
    runtime("chain.rs", include_str!("../../runtime/chain.rs"), views::has_chains),
    runtime("flags.rs", include_str!("../../runtime/flags.rs"), groups::has_types),
    runtime("history.rs", include_str!("../../runtime/history.rs"), history::present),
    runtime("profile.rs", include_str!("../../runtime/profile.rs"), views::has_hosts),
    runtime("reply.rs", include_str!("../../runtime/reply.rs"), views::has_hosts),
    runtime("request.rs", include_str!("../../runtime/request.rs"), views::has_hosts),
    runtime("target.rs", include_str!("../../runtime/target.rs"), |_| true),
    runtime("wire.rs", include_str!("../../runtime/wire.rs"), views::has_chains),
];

const fn runtime(name: &'static str, text: &'static str, needed: fn(&Abi) -> bool) -> Runtime {
    Runtime { name, text, needed }
}

/// Whether the ABI needs a hand-written file.
fn needs(abi: &Abi, name: &str) -> bool {
    RUNTIME.iter().any(|file| file.name == name && (file.needed)(abi))
}

/// Every file of the crate below `src`.
pub(super) fn emit(abi: &Abi) -> Vec<OutputFile> {
    let (names, all) = (Names::of(abi), named::names(abi));
    let mut files = vec![
        file(abi, "lib.rs", "codegen/src/emit/rust/library.rs", library::crate_root(abi, &names)),
        file(abi, "uapi.rs", "codegen/src/emit/rust/library.rs", library::uapi(abi)),
    ];
    if ioctls::present(abi) {
        files.push(file(
            abi,
            "ioctls.rs",
            "codegen/src/emit/rust/ioctls.rs",
            ioctls::table(abi, &names),
        ));
    }
    if history::present(abi) {
        let emitter = "codegen/src/emit/rust/history.rs";
        files.push(file(abi, "history/items.rs", emitter, history::table(abi, &all)));
    }
    let former = former_by_section(&all);
    for index in section::present(abi) {
        let former = former.get(&index).map(Vec::as_slice).unwrap_or_default();
        let path = format!("uapi/{}.rs", abi.sections[index].name);
        files.push(file(
            abi,
            &path,
            "codegen/src/emit/rust/section.rs",
            section::module(abi, &names, former, index),
        ));
    }
    if views::has_chains(abi) {
        files.push(file(abi, "views.rs", "codegen/src/emit/rust/views.rs", views::root(abi)));
        for (path, emitter, text) in views::files(abi, &names) {
            files.push(file(abi, &path, emitter, text));
        }
    }
    for runtime in RUNTIME.iter().filter(|runtime| (runtime.needed)(abi)) {
        let emitter = format!("codegen/runtime/{}", runtime.name);
        files.push(file(abi, runtime.name, &emitter, runtime.text.to_owned()));
    }
    files
}

/// The names that items had before, by the index of their section.
fn former_by_section<'a>(all: &[Named<'a>]) -> HashMap<usize, Vec<Former<'a>>> {
    let mut by_section = HashMap::<_, Vec<_>>::new();
    for former in named::former(all) {
        by_section.entry(former.now.section).or_default().push(former);
    }
    by_section
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
    OutputFile { path: ["src/", path].concat(), contents }
}
