//! The results of a comparison: findings, their classes, the programs that they affect, and
//! the version steps that they require.

use serde::Serialize;

use super::codes::SOME_TARGETS_ONLY;
use super::evidence::Witness;

use crate::diagnostic::{Code, Place};
use crate::layout::Model;

/// What a finding means for the users of the ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Programs and kernels of the two sides misunderstand each other.
    Wire,
    /// They do so in 32-bit programs only.
    Wire32,
    /// Programs no longer compile, or change their meaning when they are recompiled.
    Source,
    /// A number is reused for something else.
    Ids,
    /// A difference that no rule can judge, because a fact is unknown.
    NotJudged,
    /// An addition that programs do not notice unless they ask for it.
    Growth,
    /// A difference that the rules allow.
    Note,
}

impl Class {
    /// Whether it breaks something.
    pub fn breaks(self) -> bool {
        matches!(self, Self::Wire | Self::Wire32 | Self::Source | Self::Ids)
    }

    /// Its name in a text.
    pub fn words(self) -> &'static str {
        match self {
            Self::Wire => "wire break",
            Self::Wire32 => "wire break in 32-bit programs",
            Self::Source => "source break",
            Self::Ids => "id collision",
            Self::NotJudged => "not judged",
            Self::Growth => "growth",
            Self::Note => "note",
        }
    }
}

/// The programs that a wire break affects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Affected {
    /// A program of the old side on a kernel of the new one.
    OldProgram,
    /// A program of the new side on a kernel of the old one.
    NewProgram,
    /// Both.
    Both,
    /// A program of the new side on a kernel of the new side.
    New,
}

impl Affected {
    /// These programs in a text.
    pub fn words(self) -> &'static str {
        match self {
            Self::OldProgram => "an old program on the new kernel",
            Self::NewProgram => "a new program on the old kernel",
            Self::Both => "an old program on the new kernel, and a new one on the old kernel",
            Self::New => "a new program on the new kernel",
        }
    }
}

/// One of the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The old one.
    Old,
    /// The new one.
    New,
}

/// The values of argsz from `from` up to, not including, `to`. A program that passes one of
/// them and never retries loses the chain that it had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Window {
    /// The old need.
    pub from: u64,
    /// The new need.
    pub to: u64,
}

/// The step that a version number has to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bump {
    /// The last number.
    Patch,
    /// The middle number.
    Minor,
    /// The first number.
    Major,
}

impl Bump {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// The version steps of the outputs and of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct VersionImpact {
    /// The generated crate, against which Rust programs are compiled.
    #[serde(rename = "crate")]
    pub crate_: Bump,
    /// The generated header, against which C programs are compiled.
    pub header: Bump,
    /// The bytes between programs and kernels that are not recompiled.
    pub wire: Bump,
}

impl VersionImpact {
    /// No step but that of any release.
    pub const NONE: Self = Self { crate_: Bump::Patch, header: Bump::Patch, wire: Bump::Patch };

    /// The steps that a finding of a class requires, unless it says otherwise.
    pub fn of(class: Class) -> Self {
        let (source, wire) = match class {
            Class::Wire | Class::Ids | Class::Wire32 => (Bump::Major, Bump::Major),
            Class::Source => (Bump::Major, Bump::Patch),
            Class::Growth => (Bump::Minor, Bump::Minor),
            Class::NotJudged | Class::Note => (Bump::Patch, Bump::Patch),
        };
        Self { crate_: source, header: source, wire }
    }

    /// The larger step of each.
    pub fn max(self, other: Self) -> Self {
        Self {
            crate_: self.crate_.max(other.crate_),
            header: self.header.max(other.header),
            wire: self.wire.max(other.wire),
        }
    }

    /// The steps that findings require together.
    pub fn of_all<'a>(findings: impl Iterator<Item = &'a Finding>) -> Self {
        findings.fold(Self::NONE, |steps, finding| steps.max(finding.versions))
    }
}

/// The verdict of a rule on one or several differences.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// The rule.
    pub code: Code,
    /// Its class.
    pub class: Class,
    /// The programs that a wire break affects.
    pub affected: Option<Affected>,
    /// Its subject: the name of an item, or `struct.field`.
    pub subject: String,
    /// The difference, in one sentence.
    pub message: String,
    /// What hides growth from old programs: argsz, a flag, an id or a version.
    pub gate: Option<String>,
    /// The condition under which the verdict holds, if it relies on a guess.
    pub condition: Option<String>,
    /// A remedy.
    pub help: Option<String>,
    /// The values of argsz for which a chain is lost.
    pub window: Option<Window>,
    /// Bytes that show the break.
    pub witness: Option<Witness>,
    /// The version steps that it requires.
    pub versions: VersionImpact,
    /// The side and the place that state the difference.
    #[serde(skip)]
    pub place: Option<(Party, Place)>,
}

impl Finding {
    /// A finding of this class.
    pub(in crate::compat) fn new(
        code: Code,
        class: Class,
        subject: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let (subject, message) = (subject.into(), message.into());
        Self {
            code,
            class,
            affected: None,
            subject,
            message,
            gate: None,
            condition: None,
            help: None,
            window: None,
            witness: None,
            versions: VersionImpact::of(class),
            place: None,
        }
    }

    /// A finding that programs and kernels misunderstand each other. If `first`, the first model
    /// on which they do, is not the 64-bit one, the finding has the code for that.
    pub(in crate::compat) fn wire(
        code: Code,
        first: Model,
        subject: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let (code, class) = match first {
            Model::Lp64 => (code, Class::Wire),
            Model::Ilp32 | Model::Ilp32Aligned => (SOME_TARGETS_ONLY, Class::Wire32),
        };
        Self::new(code, class, subject, message)
    }

    pub(in crate::compat) fn affects(self, affected: Affected) -> Self {
        Self { affected: Some(affected), ..self }
    }

    pub(in crate::compat) fn gate(self, gate: impl Into<String>) -> Self {
        Self { gate: Some(gate.into()), ..self }
    }

    pub(in crate::compat) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    pub(in crate::compat) fn window(self, window: Option<Window>) -> Self {
        Self { window, ..self }
    }

    pub(in crate::compat) fn witness(self, witness: impl Into<Option<Witness>>) -> Self {
        Self { witness: witness.into(), ..self }
    }

    pub(in crate::compat) fn condition(self, condition: Option<String>) -> Self {
        Self { condition, ..self }
    }

    /// A finding about names that the C header does not have.
    pub(in crate::compat) fn in_crate_only(self) -> Self {
        let versions = VersionImpact { header: Bump::Patch, ..self.versions };
        Self { versions, ..self }
    }

    /// A finding about names that the crate does not have.
    pub(in crate::compat) fn in_header_only(self) -> Self {
        let versions = VersionImpact { crate_: Bump::Patch, ..self.versions };
        Self { versions, ..self }
    }

    /// An addition that changes no bytes between programs and kernels.
    pub(in crate::compat) fn off_the_wire(self) -> Self {
        let versions = VersionImpact { wire: Bump::Patch, ..self.versions };
        Self { versions, ..self }
    }

    pub(in crate::compat) fn versions(self, versions: VersionImpact) -> Self {
        Self { versions, ..self }
    }

    pub(in crate::compat) fn at(self, party: Party, place: Place) -> Self {
        Self { place: Some((party, place)), ..self }
    }
}
