//! The results of commands as text and JSON. Everything here works on what was read: it
//! accesses no files and no terminal, so that the program and the playground print the same.

pub mod bytes;
mod calls;
pub mod comparison;
pub mod data;
pub mod decode;
pub mod layout;
pub mod reply;
pub mod review;
pub mod spaces;
mod uncertain_releases;
pub mod view;

use std::cell::Cell;

use serde::{Serialize, Serializer};

use crate::catalogue;
use crate::diagnostic::{self, Code, SarifResult};
use crate::ir::Abi;
use crate::layout::{TARGETS, Target};
use crate::lower::lower;
use crate::release::Release;
use crate::validate::ValidSpec;

/// Exit code: nothing was found.
pub const SUCCESS: u8 = 0;
/// Exit code: the command found what it searches for.
pub const FINDINGS: u8 = 1;
/// Exit code: wrong usage, or unreadable input, or unwritable output.
pub const FAILURE: u8 = 2;

/// Text for standard output, and the exit code.
#[derive(Clone, Debug)]
pub struct Output {
    /// The text.
    pub text: String,
    /// The exit code.
    pub code: u8,
}

impl Output {
    /// A text with nothing to report.
    pub fn success(text: String) -> Self {
        Self { text, code: SUCCESS }
    }
}

/// The output of a command, or the message of an error.
pub type CommandResult = Result<Output, String>;

/// The format of a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "program", derive(clap::ValueEnum))]
pub enum Format {
    /// For a person
    #[default]
    Text,
    /// One object with stable keys
    Json,
}

/// The format of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "program", derive(clap::ValueEnum))]
pub enum LintFormat {
    /// For a person
    #[default]
    Text,
    /// One object with stable keys
    Json,
    /// Annotations for GitHub's workflow log
    Github,
    /// SARIF 2.1.0
    Sarif,
}

/// The format of a review.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "program", derive(clap::ValueEnum))]
pub enum ReviewFormat {
    /// For a person
    #[default]
    Text,
    /// An answer to each mail, with the patch quoted
    Mail,
    /// One object with stable keys
    Json,
    /// Annotations for GitHub's workflow log
    Github,
    /// SARIF 2.1.0
    Sarif,
}

/// The ABI as of a release, and warnings about items that the release may lack.
#[derive(Debug)]
pub struct AbiAtRelease {
    /// The ABI.
    pub abi: Abi,
    /// The warnings.
    pub warnings: Vec<String>,
}

/// The ABI as of a release, which must be described; by default the newest.
///
/// # Errors
///
/// The release is not described.
pub fn at_release(spec: &ValidSpec, at: Option<Release>) -> Result<AbiAtRelease, String> {
    let mut warnings = Vec::new();
    if let Some(at) = at {
        if !spec.releases().contains(&at) {
            let (first, last) = (spec.releases().first(), spec.newest());
            let first = first.map(Release::to_string).unwrap_or_default();
            let whole = spec.releases().iter().find(|release| release.is_final_of(at));
            return Err(match whole {
                Some(whole) => format!("{at} is not described separately; use {whole}"),
                None => format!("{at} is not described; releases are {first} to {last}"),
            });
        }
        warnings = uncertain_releases::warnings(&lower(spec, None), at);
    }
    Ok(AbiAtRelease { abi: lower(spec, at), warnings })
}

/// The target of this name.
///
/// # Errors
///
/// No target has the name.
pub fn target(name: &str) -> Result<&'static Target, String> {
    TARGETS.iter().find(|target| target.name == name).ok_or_else(|| {
        let known: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
        format!("unknown target `{name}`; targets are {}", known.join(", "))
    })
}

/// The release of an ABI and the overlays that are part of it.
pub fn release_and_overlays(abi: &Abi) -> String {
    let overlays = abi.overlays.iter().map(|name| [" + ", name].concat());
    [abi.release.to_string()].into_iter().chain(overlays).collect()
}

/// A line with the overlays; empty if there are none.
pub fn overlay_line(abi: &Abi) -> String {
    match abi.overlays.is_empty() {
        true => String::new(),
        false => format!("of {}\n", release_and_overlays(abi)),
    }
}

/// A number with a noun.
pub fn plural(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// The number of breaks, if it is a verdict: without any, nothing breaks only if everything was
/// judged.
fn judged_breaks(breaks: usize, not_judged: usize) -> Option<usize> {
    (breaks > 0 || not_judged == 0).then_some(breaks)
}

/// The verdict in words.
fn breaks(breaks: usize, not_judged: usize) -> String {
    match judged_breaks(breaks, not_judged) {
        Some(breaks) => plural(breaks, "break"),
        None => "no verdict".to_owned(),
    }
}

/// A SARIF log.
///
/// # Errors
///
/// Those of [`json`].
pub fn sarif(results: &[SarifResult<'_>]) -> CommandResult {
    let title = |code: Code| catalogue::entry(code.0).map(|entry| entry.title);
    json(&diagnostic::sarif(results, title))
}

/// An object as JSON.
///
/// # Errors
///
/// The object cannot be expressed in JSON.
pub fn json(object: &impl Serialize) -> CommandResult {
    let text = serde_json::to_string_pretty(object).map_err(|error| error.to_string())?;
    Ok(Output::success(text + "\n"))
}

/// A list of which each element is made when it is written, so that only its text stays in
/// memory. It is written once.
struct WrittenList<I>(Cell<Option<I>>);

impl<I: Iterator> WrittenList<I> {
    fn of(elements: I) -> Self {
        Self(Cell::new(Some(elements)))
    }
}

impl<I: Iterator<Item: Serialize>> Serialize for WrittenList<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.take().into_iter().flatten())
    }
}
