//! Amends a specification by what headers declare, and lowers the result: the ABI of
//! a header, or of a header that a patch changed. A header states declarations only;
//! roles, chains and arguments of what it adds are guesses, which are listed.
//!
//! The specification is cut to one release, its known items are edited, and what the
//! headers add is inserted: the same pieces that `import` prints. The result is checked
//! and lowered like any other specification.

pub mod additions;
mod edits;
mod fit;
pub mod known_names;
pub mod pieces;
pub mod places;
mod renamed;
mod repair;

use std::collections::{BTreeMap, HashSet};

use crate::diagnostic::{Diagnostics, Sources};
use crate::header::{self, Facts, Outside};
use crate::ir::{Abi, DeclaredIoctl, Knowledge, TypeName};
use crate::lower::lower;
use crate::release::Release;
use crate::spec::{ItemSpec, Spec};
use crate::validate::{ValidSpec, is_about_outputs, is_tolerated, validate_amended};
use additions::Specified;
use edits::Editor;
use known_names::KnownNames;
use places::Places;

/// The ABI that headers declare.
#[derive(Debug)]
pub struct Amended {
    /// The ABI: the specification with the additions, changes and removals of the headers.
    pub abi: Abi,
    /// How much of it the headers state. Items of headers that were not given are as
    /// specified.
    pub knowledge: Knowledge,
    /// Facts that no header states and that the specification does not have.
    pub guesses: Vec<Guess>,
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

impl Amended {
    /// The number of errors because of which a header cannot be read at all, such as a
    /// brace that is never closed.
    pub fn unreadable(&self) -> usize {
        self.problems.errors().filter(|error| header::codes().contains(&error.code)).count()
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
    if let Some(release) = release {
        return AmendBase::new(spec, release).amend(sources, files);
    }
    let reference = lower(spec, None);
    let read = headers(&reference, sources, files)?;
    let base = AmendBase::new(spec, fit::best(spec, &read.facts, &read.given));
    Ok(base.amended(read))
}

/// A release of a specification, which all headers that amend it share.
pub struct AmendBase {
    spec: Spec,
    reference: Abi,
}

impl AmendBase {
    /// A release of a specification.
    pub fn new(spec: &ValidSpec, release: Release) -> Self {
        Self { spec: spec.spec().as_of(release), reference: lower(spec, Some(release)) }
    }

    /// The ABI of headers, as [`amend`] has it.
    pub fn amend(&self, sources: &Sources, files: &[usize]) -> Result<Amended, String> {
        Ok(self.amended(headers(&self.reference, sources, files)?))
    }

    fn amended(&self, read: HeadersRead) -> Amended {
        let HeadersRead { given, of_files, facts, problems } = read;
        let (base, reference) = (&self.spec, &self.reference);
        let release = reference.release;
        let amending = Amending { base, reference, release, given: &given, of_files: &of_files };
        amending.run(facts, problems)
    }
}

/// Headers that were read.
struct HeadersRead {
    given: Vec<usize>,
    /// The headers that each file is; files that only declare what these use are none.
    of_files: BTreeMap<usize, Vec<usize>>,
    facts: Facts,
    problems: Diagnostics,
}

/// Reads headers of an ABI; the error says which file belongs to none.
fn headers(reference: &Abi, sources: &Sources, files: &[usize]) -> Result<HeadersRead, String> {
    let given = header::given(reference, sources, files)?;
    let read = header::read(sources, files, &Outside::of(reference, &given));
    let (mut facts, problems) = (read.facts, read.problems);
    let of_files: BTreeMap<_, _> = header::own(reference, sources, files).into_iter().collect();
    facts.keep_files(&of_files.keys().copied().collect::<Vec<_>>());
    Ok(HeadersRead { given, of_files, facts, problems })
}

/// A declaration that no specification can describe, or, without a name, all of them.
struct Undescribed {
    name: Option<String>,
    reason: String,
}

/// The ioctls that headers declare, with their numbers. A specified ioctl is one however the headers
/// write its number.
fn ioctls(reference: &Abi, facts: &Facts) -> BTreeMap<String, DeclaredIoctl> {
    let is_specified = |name: &str| reference.ioctls.iter().any(|ioctl| ioctl.name == name);
    let ioctls = facts.constants.iter().filter_map(|one| {
        let numbers = facts.ioctl_numbers.get(&one.name).copied();
        let numbers = numbers.or_else(|| is_specified(&one.name).then_some([one.number; 3]))?;
        Some((one.name.clone(), DeclaredIoctl { numbers, place: one.place }))
    });
    ioctls.collect()
}

/// The specification that is amended.
struct Amending<'a> {
    base: &'a Spec,
    reference: &'a Abi,
    release: Release,
    given: &'a [usize],
    /// The headers that each file is.
    of_files: &'a BTreeMap<usize, Vec<usize>>,
}

impl Amending<'_> {
    /// Amends the specification. A declaration that no specification can describe is
    /// not read, and the rest is amended again without it.
    fn run(&self, mut facts: Facts, problems: Diagnostics) -> Amended {
        for (name, reason) in facts.not_describable() {
            facts.forget(&name, reason);
        }
        let renamed = renamed::settle(&mut facts, self.reference);
        loop {
            let (mut amended, mut checked) = (self.base.clone(), Diagnostics::default());
            let guesses = self.amend(&mut amended, &facts, &mut checked);
            match self.lowered(amended, &facts, &mut checked) {
                Ok(mut abi) => {
                    renamed::apply(&renamed, &mut abi);
                    return self.amended(abi, guesses, facts, [problems, checked]);
                }
                Err(Undescribed { name: Some(name), reason }) => facts.forget(&name, reason),
                Err(Undescribed { name: None, reason }) => {
                    facts.forget_all(&reason);
                    let abi = self.reference.clone();
                    return self.amended(abi, Vec::new(), facts, [problems, checked]);
                }
            }
        }
    }

    fn amended(
        &self,
        abi: Abi,
        guesses: Vec<Guess>,
        facts: Facts,
        [mut problems, checked]: [Diagnostics; 2],
    ) -> Amended {
        problems.append(checked);
        let knowledge = Knowledge {
            headers: Some(self.given.to_vec()),
            guessed: guesses.iter().map(|guess| guess.name.clone()).collect(),
            ioctls: ioctls(self.reference, &facts),
            type_names: self.type_names(&facts),
            unread: facts.unread,
        };
        Amended { abi, knowledge, guesses, problems }
    }

    /// The names of types, with the headers that have them.
    fn type_names(&self, facts: &Facts) -> BTreeMap<String, TypeName> {
        let named = facts.type_names.iter().map(|one| {
            let headers = self.of_files.get(&one.place.file()).cloned().unwrap_or_default();
            let name = TypeName { of: one.of.clone(), place: one.place, headers };
            (one.name.clone(), name)
        });
        named.collect()
    }

    /// Edits a specification and adds what is new; returns the guesses.
    fn amend(&self, spec: &mut Spec, facts: &Facts, problems: &mut Diagnostics) -> Vec<Guess> {
        let overlays = spec.files.iter().filter(|file| file.overlay);
        let overlays: HashSet<_> = overlays.map(|file| file.title.place.file()).collect();
        let values = self.reference.groups.iter().flat_map(|group| &group.values);
        let mut editor = Editor {
            facts,
            abi: self.reference,
            release: self.release,
            given: self.given,
            overlays,
            values: values.map(|value| (value.name.as_str(), value)).collect(),
            declares_structs: true,
            moved: HashSet::new(),
            problems,
        };
        editor.edit(spec);
        let known = KnownNames::of(&[self.reference], self.given).without(&editor.moved);
        let edited = spec.clone();
        let places = Places::of(&edited, self.release, self.given);
        let base = Specified {
            spec: &edited,
            abi: self.reference,
            known: &known,
            places: &places,
            since: self.release,
        };
        let found = additions::find(facts, base);
        pieces::apply(found.pieces, spec);
        for item in spec.files.iter_mut().flat_map(|file| &mut file.items.0) {
            edits::fix_flags(item);
            if let ItemSpec::Enum(group) = item {
                edits::fix_positions(group, |name| Some(facts.constant(name)?.number));
            }
        }
        found.guesses
    }

    /// Checks and lowers an amended specification. The error is a
    /// declaration that cannot be described.
    fn lowered(
        &self,
        mut spec: Spec,
        facts: &Facts,
        problems: &mut Diagnostics,
    ) -> Result<Abi, Undescribed> {
        loop {
            let mut found = Diagnostics::default();
            spec = match validate_amended(spec, self.release, &mut found) {
                Ok(valid) => {
                    problems.extend(found.softened(is_about_outputs));
                    return Ok(lower(&valid, Some(self.release)));
                }
                Err(refused) => *refused,
            };
            let errors = found.errors().filter(|error| !is_tolerated(error.code));
            let errors: Vec<_> = errors.collect();
            let mut dropped = false;
            for error in errors {
                let Some(place) = error.place() else { continue };
                if let Some(name) = facts.declaration_at(place) {
                    let name = Some(name.to_owned());
                    return Err(Undescribed { name, reason: error.message.clone() });
                }
                dropped |= repair::drop_at(&mut spec, place);
            }
            if !dropped {
                let reason = found.errors().next().map(|error| error.message.clone());
                problems.append(found);
                return Err(Undescribed { name: None, reason: reason.unwrap_or_default() });
            }
        }
    }
}
