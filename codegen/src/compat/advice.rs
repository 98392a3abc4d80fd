//! The semantic version steps that the differences require, for the crate, the header and the wire.

use serde::Serialize;

use super::report::{Class, Finding};

/// How far a version number has to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The last number.
    Patch,
    /// The middle number.
    Minor,
    /// The first number.
    Major,
}

impl Step {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// How far each of the three has to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// The generated crate: programs are compiled against it.
    #[serde(rename = "crate")]
    pub crate_: Step,
    /// The generated header: so they are against this, under the kernel's names.
    pub header: Step,
    /// The bytes, which programs that are never compiled again speak.
    pub wire: Step,
}

impl Advice {
    /// The steps for these findings; `more` says that the new side has items that
    /// the old one lacks.
    pub fn of<'a>(findings: impl Iterator<Item = &'a Finding>, more: bool) -> Self {
        let least = if more { Step::Minor } else { Step::Patch };
        let start = Self { crate_: least, header: least, wire: Step::Patch };
        findings.fold(start, |advice, finding| {
            let (source, wire) = match finding.class {
                Class::Wire | Class::Ids | Class::Wire32 => (Step::Major, Step::Major),
                Class::Source => (Step::Major, Step::Patch),
                Class::Growth => (Step::Minor, Step::Minor),
                Class::Note => (Step::Patch, Step::Patch),
            };
            Self {
                crate_: advice.crate_.max(source),
                header: advice.header.max(source),
                wire: advice.wire.max(wire),
            }
        })
    }
}
