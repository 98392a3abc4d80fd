//! The crate: `uapi` with one file per section, the table of ioctls, and the
//! hand-written parts, which are copied unchanged.

mod aggregates;
mod bindings;
pub(super) mod calls;
mod comment;
mod data_forms;
mod debug;
mod derives;
pub(super) mod examples;
mod file_emitter;
mod format;
mod groups;
mod history;
mod integers;
mod ioctls;
mod library;
mod must_use;
mod records;
mod reflow;
mod requests;
mod section;
mod streams;
mod structs;
mod tokens;
mod views;

use std::collections::HashMap;

use crate::emit::banner;
use crate::ir::{Abi, Entry, FormerName, former_names};
use crate::output::OutputFile;
use crate::reply::TailRule;
use crate::runtime::RuntimeModule;
use comment::Names;
use file_emitter::FileEmitter;

/// Whether the ABI needs a hand-written module.
fn needs(abi: &Abi, module: RuntimeModule) -> bool {
    match module {
        RuntimeModule::Bindgen | RuntimeModule::Target => true,
        RuntimeModule::Argument => requests::present(abi),
        RuntimeModule::Array => views::has_records(abi),
        RuntimeModule::Bits => needs_bits(abi),
        RuntimeModule::Call => calls::present(abi),
        RuntimeModule::Chain => needs_chains(abi),
        RuntimeModule::Counted => requests::has_counted(abi),
        RuntimeModule::Debug => needs_debug(abi),
        RuntimeModule::FailedCall => calls::has_failed_replies(abi),
        RuntimeModule::FixedArray => aggregates::has_arrays(abi),
        RuntimeModule::Flags => groups::has_types(abi),
        RuntimeModule::GrowingCall => calls_grow(abi),
        RuntimeModule::History => history::present(abi),
        RuntimeModule::Profile => views::has_hosts(abi),
        RuntimeModule::Receive => has_checked_tail(abi),
        RuntimeModule::Reply | RuntimeModule::Request => replies_grow(abi),
        RuntimeModule::ReplyError => needs_reply_error(abi),
        RuntimeModule::Results => requests::has_results(abi),
        RuntimeModule::Space | RuntimeModule::SpaceCap | RuntimeModule::SpaceWalk => {
            views::has_spaces(abi)
        }
        RuntimeModule::SpaceBody => views::has_bodies(abi),
        RuntimeModule::Stream => streams::present(abi),
        RuntimeModule::Wire => needs_wire(abi),
    }
}

/// The hand-written modules that the ABI needs.
fn needed(abi: &Abi) -> impl Iterator<Item = RuntimeModule> {
    RuntimeModule::ALL.iter().copied().filter(|module| needs(abi, *module))
}

/// Whether kernels demand zeros in bytes that they do not know.
fn has_checked_tail(abi: &Abi) -> bool {
    abi.argument_rules.tail == TailRule::Zero
}

/// Whether replies are read, or errors of calls name their error.
fn needs_reply_error(abi: &Abi) -> bool {
    views::has_hosts(abi) || requests::present(abi) || calls::present(abi)
}

/// Whether a reply can be larger than the buffer of a request.
fn replies_grow(abi: &Abi) -> bool {
    views::has_hosts(abi) || requests::has_counted(abi)
}

/// Whether a call can have such a reply.
fn calls_grow(abi: &Abi) -> bool {
    calls::present(abi) && replies_grow(abi)
}

/// Whether chains are walked, or replies are read that may have one.
fn needs_chains(abi: &Abi) -> bool {
    views::has_chains(abi) || replies_grow(abi)
}

/// Whether there are views.
fn needs_debug(abi: &Abi) -> bool {
    needs_chains(abi) || views::has_spaces(abi) || requests::has_results(abi)
}

/// Whether headers are read.
fn needs_bits(abi: &Abi) -> bool {
    needs_chains(abi) || views::has_spaces(abi)
}

/// Whether anything is read from bytes.
fn needs_wire(abi: &Abi) -> bool {
    needs_chains(abi) || requests::present(abi) || streams::present(abi)
}

/// Every file of the crate below `src`.
pub(super) fn emit(abi: &Abi) -> Vec<OutputFile> {
    let (names, all) = (&Names::of(abi), &abi.entries());
    let former = &former_by_section(all);
    let mut files = vec![
        FileEmitter::new("lib.rs", move || library::crate_root(abi, names)),
        FileEmitter::new("uapi.rs", move || library::uapi(abi)),
        FileEmitter::new("bindings.rs", move || bindings::root(abi)),
    ];
    files.extend(bindings::files(abi));
    if ioctls::present(abi) {
        files.push(FileEmitter::new("ioctls.rs", move || ioctls::table(abi, names)));
    }
    if history::present(abi) {
        files.push(FileEmitter::new("history/items.rs", move || history::table(abi, all)));
    }
    for index in section::present(abi) {
        let former = former.get(&index).map(Vec::as_slice).unwrap_or_default();
        let path = format!("uapi/{}.rs", abi.sections[index].name);
        files.push(FileEmitter::new(&path, move || section::module(abi, names, former, index)));
    }
    files.push(FileEmitter::optional("records.rs", move || records::module(abi)));
    if views::has_chains(abi) || views::has_spaces(abi) {
        files.push(FileEmitter::new("views.rs", move || views::root(abi)));
        files.extend(views::files(abi, names));
    }
    if calls::present(abi) {
        files.push(FileEmitter::new("calls.rs", move || calls::module(abi, names)));
    }
    if streams::present(abi) {
        files.push(FileEmitter::new("streams.rs", move || streams::module(abi, names)));
    }
    if requests::present(abi) {
        files.push(FileEmitter::new("requests.rs", move || requests::root(abi)));
        files.extend(requests::files(abi, names));
    }
    let emitted = file_emitter::emit_all(&files).into_iter();
    let mut files: Vec<_> = emitted.map(|(path, text)| file(abi, &path, text)).collect();
    files.extend(needed(abi).map(|one| file(abi, one.file(), one.text().to_owned())));
    files
}

/// Former names of items, by the index of their section.
fn former_by_section<'a>(all: &[Entry<'a>]) -> HashMap<usize, Vec<FormerName<'a>>> {
    let mut by_section = HashMap::<_, Vec<_>>::new();
    for former in former_names(all) {
        by_section.entry(former.now.section).or_default().push(former);
    }
    by_section
}

fn file(abi: &Abi, path: &str, text: String) -> OutputFile {
    let contents = format!("// {}\n\n{text}", banner::line(abi));
    OutputFile { path: ["src/", path].concat(), contents }
}
