//! The history of every item of the ABI as data: its first release, its former
//! names, and its deprecation. For programs that run on kernels older than the one
//! that they were built for. [`Release::parse`] reads the output of `uname -r`, and
//! [`Item::is_in`] says whether that release has the item.

#![allow(dead_code, reason = "an ABI uses what its structs need")]

use core::fmt;

mod items;

pub use items::ITEMS;

/// A kernel release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release {
    /// The number before the first dot.
    pub major: u16,
    /// The number after the first dot.
    pub minor: u16,
}

impl Release {
    /// A release by its two numbers.
    #[must_use]
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// The release that a text starts with, such as `6.1.0-13-amd64`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (major, rest) = text.split_once('.')?;
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number = |digits: &str| {
            let plain = digits.bytes().all(|digit| digit.is_ascii_digit());
            if plain { digits.parse().ok() } else { None }
        };
        Some(Self { major: number(major)?, minor: number(rest.get(..end)?)? })
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The kind of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A struct.
    Struct,
    /// A field, under the names of its struct and of itself with a dot between.
    Field,
    /// A constant.
    Constant,
    /// A C enum.
    Enum,
    /// A number of a C enum.
    Enumerator,
    /// A function-like macro.
    Macro,
    /// An ioctl.
    Ioctl,
    /// The id of a capability.
    Capability,
}

/// An item of the ABI, without its number: if a name had another item or another
/// number in an older release, only the newest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Item {
    /// The kernel's name.
    pub name: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// The first release that surely has it.
    pub since: Release,
    /// The last release that certainly does not have it, if that is not the one directly before.
    pub after: Option<Release>,
    /// Names that it had, each with the release that gave it the next.
    pub former: &'static [(&'static str, Release)],
    /// Since when it should not be used.
    pub deprecated: Option<Release>,
}

impl Item {
    /// An item that always had its name.
    const fn new(name: &'static str, kind: Kind, major: u16, minor: u16) -> Self {
        let since = Release::new(major, minor);
        Self { name, kind, since, after: None, former: &[], deprecated: None }
    }
    const fn after(self, major: u16, minor: u16) -> Self {
        Self { after: Some(Release::new(major, minor)), ..self }
    }
    const fn former(self, former: &'static [(&'static str, Release)]) -> Self {
        Self { former, ..self }
    }
    const fn deprecated(self, major: u16, minor: u16) -> Self {
        Self { deprecated: Some(Release::new(major, minor)), ..self }
    }

    /// Whether a release has it, under this name or a former one; `None` if that is
    /// unknown. Kernels with backported changes can have more items than their
    /// number suggests.
    #[must_use]
    pub fn is_in(&self, release: Release) -> Option<bool> {
        match self.after {
            _ if release >= self.since => Some(true),
            Some(after) if release > after => None,
            _ => Some(false),
        }
    }

    /// Its name in a release that has it.
    #[must_use]
    pub fn name_in(&self, release: Release) -> &'static str {
        let mut former = self.former.iter();
        former.find(|(_, until)| release < *until).map_or(self.name, |(name, _)| name)
    }
}

/// The item with this name or, if there is none, the one with this former name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Item> {
    let had = |item: &&Item| item.former.iter().any(|(former, _)| *former == name);
    ITEMS.iter().find(|item| item.name == name).or_else(|| ITEMS.iter().find(had))
}
