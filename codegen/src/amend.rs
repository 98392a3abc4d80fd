//! Amends a specification by what headers declare, and lowers the result: the ABI of
//! a header, or of a header that a patch changed. A header states declarations only;
//! roles, chains and arguments of what it adds are guesses, which are listed.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostics, Place, Sources};
use crate::header::{self, Outside};
use crate::ir::Abi;
use crate::lower::lower;
use crate::release::Release;
use crate::validate::ValidSpec;

/// The ABI that headers declare.
#[derive(Debug)]
pub struct Amended {
    /// The ABI: the specification with the additions, changes and removals of the headers.
    pub abi: Abi,
    /// The headers of the ABI that were given, by index into [`Abi::headers`]. Items of
    /// the others are as specified.
    pub given: Vec<usize>,
    /// Facts that no header states and that the specification does not have.
    pub guesses: Vec<Guess>,
    /// Declarations that were not read, by name.
    pub unread: BTreeMap<String, Unread>,
    /// Errors and warnings of reading and of the checks of a specification, such as an
    /// id that is taken. Their places are in the same sources.
    pub problems: Diagnostics,
}

/// A fact that was inferred by convention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    /// The item, or `struct.field`.
    pub name: String,
    /// The inferred fact and the reason for it, in one sentence.
    pub reason: String,
}

/// A declaration that was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Its text without comments and spaces, to compare it with that of another header.
    pub text: String,
    /// Why it was not read, in one sentence.
    pub reason: String,
    /// The offset of its first byte.
    pub place: Place,
}

impl Amended {
    /// The names of everything that is guessed.
    pub fn guessed(&self) -> BTreeSet<String> {
        self.guesses.iter().map(|guess| guess.name.clone()).collect()
    }
}

/// The ABI of headers, `files` of `sources`, in any order. `release` is the release of
/// the specification that is amended; by default the one that the headers fit best.
/// Files that are no headers of the ABI provide types and numbers only; the error is
/// the path of such a file if there are no others.
pub fn amend(
    spec: &ValidSpec,
    release: Option<Release>,
    sources: &Sources,
    files: &[usize],
) -> Result<Amended, String> {
    let reference = lower(spec, release);
    let given = header::given(&reference, sources, files)?;
    let read = header::read(sources, files, &Outside::of(&reference, &given));
    let header::Told { abi, guessed } = header::abi(&read.facts, &reference, &given);
    let reason = "no header states the roles and the use of an item";
    let guess = |name: String| Guess { name, reason: reason.to_owned() };
    Ok(Amended {
        abi,
        given,
        guesses: guessed.into_iter().map(guess).collect(),
        unread: BTreeMap::new(),
        problems: read.problems,
    })
}
