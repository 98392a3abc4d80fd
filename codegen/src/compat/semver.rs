//! The semantic version steps that the differences require, for the crate, the header and the wire.

use serde::Serialize;

use super::report::{Class, Finding};

/// How far a version number has to move.
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

/// How far each of the three has to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct VersionImpact {
    /// The generated crate: programs are compiled against it.
    #[serde(rename = "crate")]
    pub crate_: Bump,
    /// The generated header: so they are against this, under the kernel's names.
    pub header: Bump,
    /// The bytes, which programs that are never compiled again speak.
    pub wire: Bump,
}

impl VersionImpact {
    /// The steps for these findings; `more` says that the new side has items that
    /// the old one lacks.
    pub fn of<'a>(findings: impl Iterator<Item = &'a Finding>, more: bool) -> Self {
        let least = if more { Bump::Minor } else { Bump::Patch };
        let start = Self { crate_: least, header: least, wire: Bump::Patch };
        findings.fold(start, |semver, finding| {
            let (source, wire) = match finding.class {
                Class::Wire | Class::Ids | Class::Wire32 => (Bump::Major, Bump::Major),
                Class::Source => (Bump::Major, Bump::Patch),
                Class::Growth => (Bump::Minor, Bump::Minor),
                Class::Note => (Bump::Patch, Bump::Patch),
            };
            Self {
                crate_: semver.crate_.max(source),
                header: semver.header.max(source),
                wire: semver.wire.max(wire),
            }
        })
    }
}
