//! Queries a VFIO device, its group and a container with every ioctl that changes no state:
//! the devices, regions, interrupts and capabilities, the extensions, the features, the
//! devices that a hot reset affects. Opening a device resets it; the queries change nothing.
//! Prints each item's name and the kernel release that introduced it, as text or JSON, and
//! lists the differences between the running kernel and that history. Can write the replies
//! as captures.

mod answer;
mod ask;
mod captures;
mod compare;
mod contents;
mod json;
mod names;
mod options;
mod place;
mod text;

use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

use vfio_abi::history::Release;

use ask::{Session, Stop};
use captures::Captures;
use options::{Options, USAGE, Wish};
use place::{Place, Unfound};

/// A file could not be opened, or a required call failed.
const DEVICE: u8 = 1;
/// Wrong usage, or an output that cannot be written.
const USE: u8 = 2;

fn main() -> ExitCode {
    let arguments: Result<Vec<_>, _> =
        std::env::args_os().skip(1).map(|argument| argument.into_string()).collect();
    let Ok(arguments) = arguments else { return fail(USE, "an argument is not UTF-8") };
    match options::read(arguments) {
        Ok(Wish::Help) => print(USAGE),
        Ok(Wish::Ask(options)) => ask(&options),
        Err(error) => fail(USE, &format!("{error}\n\n{USAGE}")),
    }
}

/// Prints why the program fails.
fn fail(code: u8, error: &str) -> ExitCode {
    eprintln!("vfio-probe: {}", error.trim_end());
    ExitCode::from(code)
}

fn print(text: &str) -> ExitCode {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(USE, &error.to_string()),
    }
}

fn ask(options: &Options) -> ExitCode {
    let place = match place::find(options) {
        Ok(place) => place,
        Err(Unfound::Missing(error)) => return fail(DEVICE, &error),
        Err(Unfound::Usage(error)) => return fail(USE, &format!("{error}\n\n{USAGE}")),
    };
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let kernel = kernel.trim();
    let release = Release::parse(kernel);
    let captures = options.captures.as_ref().map(|_| Captures::new(kernel));
    let (answers, page_size) = (Vec::new(), page_size());
    let (device, reset) = (None, options.reset);
    let mut session = Session { answers, device, release, reset, captures, page_size };
    let result = match &place {
        Place::Group(members) => session.group(members, options.iommufd),
        Place::Node(name) => session.node(name),
    };
    let comparison = compare::compare(&session.answers, release);
    let output = match options.json {
        true => json::json(kernel, &session.answers, &comparison),
        false => text::text(kernel, &session.answers, &comparison),
    };
    let printed = print(&output);
    if let Err(Stop(error)) = result {
        return fail(DEVICE, &error);
    }
    match session.captures.zip(options.captures.as_ref()) {
        Some((captures, file)) => match captures.save(file) {
            Ok(()) => printed,
            Err(error) => fail(USE, &format!("{file}: {error}")),
        },
        None => printed,
    }
}

/// The size of a page, from the auxiliary vector of the process; 4096 if that cannot be read.
fn page_size() -> u64 {
    const AT_PAGESZ: u64 = 6;
    const WORD: usize = size_of::<usize>();
    let vector = fs::read("/proc/self/auxv").unwrap_or_default();
    let word = |bytes: &[u8]| {
        let mut word = [0; 8];
        let end = if cfg!(target_endian = "big") { 8 - WORD } else { 0 };
        word[end..end + WORD].copy_from_slice(bytes);
        u64::from_ne_bytes(word)
    };
    let mut entries = vector.chunks_exact(2 * WORD).map(|entry| entry.split_at(WORD));
    let found = entries.find(|(key, _)| word(key) == AT_PAGESZ);
    found.map_or(4096, |(_, value)| word(value))
}
