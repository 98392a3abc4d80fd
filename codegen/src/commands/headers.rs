//! Reads the headers that a command is given.

use std::fs;
use std::path::{Path, PathBuf};

use capchain::diagnostic::{Diagnostics, Severity, Sources};
use capchain::header::{self, Facts, MOST_BYTES, Outside};
use capchain::ir::Abi;

use super::{counted, tell, to_terminal};

/// Headers that were read and understood.
pub(super) struct Headers {
    pub(super) facts: Facts,
    /// Which headers of the ABI they are.
    pub(super) given: Vec<usize>,
    /// What else is to be said of them: warnings.
    pub(super) problems: Diagnostics,
}

/// Reads headers, as part of `sources`. Errors in them go to standard error.
pub(super) fn read(paths: &[PathBuf], abi: &Abi, sources: &mut Sources) -> Result<Headers, String> {
    let mut files = Vec::new();
    for path in paths {
        let text = text(path)?;
        files.push(sources.add(path.display().to_string(), text));
    }
    let given = header::given(abi, sources, &files).map_err(|path| {
        let known: Vec<_> = abi.headers.iter().map(|header| header.path.as_str()).collect();
        format!("{path} is none of the headers that are specified: {}", known.join(", "))
    })?;
    let read = header::read(sources, &files, &Outside::of(abi, &given));
    if read.problems.has_errors() {
        tell(&read.problems.render(sources, to_terminal()));
        let errors = counted(read.problems.count(Severity::Error), "error");
        return Err(format!("the header is not understood: {errors}"));
    }
    Ok(Headers { facts: read.facts, given, problems: read.problems })
}

/// The text of a file, which must be short enough to be a header.
fn text(path: &Path) -> Result<String, String> {
    let fault = |error: &dyn std::fmt::Display| format!("cannot read {}: {error}", path.display());
    let size = fs::metadata(path).map_err(|error| fault(&error))?.len();
    if size > MOST_BYTES as u64 {
        return Err(fault(&format!("it has {size} bytes, and a header has at most {MOST_BYTES}")));
    }
    let bytes = fs::read(path).map_err(|error| fault(&error))?;
    String::from_utf8(bytes).map_err(|_| fault(&"it is no text in UTF-8"))
}
