//! Reads the headers that a command is given.

use std::path::{Path, PathBuf};

use capchain::amend::{Amended, amend};
use capchain::diagnostic::{Diagnostics, Severity, Sources};
use capchain::header::{self, Facts, MOST_BYTES, Outside};
use capchain::ir::Abi;
use capchain::lower::lower;
use capchain::read;
use capchain::validate::ValidSpec;

use super::{plural, stderr_is_terminal, to_stderr};

/// The path and text of headers.
pub(super) struct HeaderFiles(Vec<(String, String)>);

/// Headers that were parsed.
pub(super) struct Headers {
    pub(super) facts: Facts,
    /// The headers of the ABI that they are, by index.
    pub(super) given: Vec<usize>,
    /// Warnings.
    pub(super) problems: Diagnostics,
}

impl HeaderFiles {
    pub(super) fn open(paths: &[PathBuf]) -> Result<Self, String> {
        let file = |path: &PathBuf| Ok((path.display().to_string(), text(path)?));
        paths.iter().map(file).collect::<Result<_, _>>().map(Self)
    }

    /// Whether all of them are headers of an ABI.
    pub(super) fn are_of(&self, spec: &ValidSpec) -> bool {
        let mut sources = Sources::default();
        let files = self.add_to(&mut sources);
        header::given(&lower(spec, None), &sources, &files).is_ok()
    }

    /// Parses them as headers of no known ABI. Warnings are left to the next command that reads
    /// them.
    pub(super) fn facts(&self) -> Result<Facts, String> {
        let mut sources = Sources::default();
        let files = self.add_to(&mut sources);
        let read = header::read(&sources, &files, &Outside::default());
        without_errors(read.problems.count(Severity::Error), &read.problems, &sources)?;
        Ok(read.facts)
    }

    /// Parses them as headers of an ABI. Errors in them go to standard error.
    pub(super) fn read(self, abi: &Abi, sources: &mut Sources) -> Result<Headers, String> {
        let files = self.add_to(sources);
        let given = header::given(abi, sources, &files)?;
        let read = header::read(sources, &files, &Outside::of(abi, &given));
        without_errors(read.problems.count(Severity::Error), &read.problems, sources)?;
        Ok(Headers { facts: read.facts, given, problems: read.problems })
    }

    /// The ABI that they declare, as a change of a specification at the release that
    /// they fit best.
    pub(super) fn amended(
        self,
        spec: &ValidSpec,
        sources: &mut Sources,
    ) -> Result<Amended, String> {
        let files = self.add_to(sources);
        let amended = amend(spec, None, sources, &files)?;
        without_errors(amended.unreadable(), &amended.problems, sources)?;
        Ok(amended)
    }

    fn add_to(&self, sources: &mut Sources) -> Vec<usize> {
        self.0.iter().map(|(path, text)| sources.add(path.clone(), text.clone())).collect()
    }
}

/// Whether headers were parsed, which so many errors prevent. They go to standard error.
fn without_errors(count: usize, problems: &Diagnostics, sources: &Sources) -> Result<(), String> {
    if count == 0 {
        return Ok(());
    }
    to_stderr(&problems.render(sources, stderr_is_terminal()));
    Err(format!("cannot parse the header: {}", plural(count, "error")))
}

/// The text of a file, which must be short enough to be a header.
fn text(path: &Path) -> Result<String, String> {
    let failed = |error: &dyn std::fmt::Display| format!("cannot read {}: {error}", path.display());
    let bytes = read::file(path, MOST_BYTES as u64).map_err(|error| failed(&error))?;
    match header::decode(bytes) {
        text if text.contains('\0') => Err(failed(&"it is not text")),
        text => Ok(text),
    }
}
