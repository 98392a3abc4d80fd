//! Regions that contain a space of another ABI, as their handlers show it.

use super::{Abi, Doc};
use crate::diagnostic::Place;
use crate::release::{Release, Since};
use crate::reply::{FirstHidden, KeptValue};

/// A region whose content is a space of another ABI.
#[derive(Clone, Debug)]
pub struct Region {
    /// The constant that is its index.
    pub name: String,
    /// Its content.
    pub doc: Doc,
    /// The name of its section.
    pub section: String,
    /// The ABI that describes the space.
    pub space: String,
    /// Its handlers, of all releases.
    pub handlers: Vec<RegionHandler>,
    /// Its place in the specification.
    pub place: Place,
}

/// The changes of a handler to the space that a device has.
#[derive(Clone, Debug)]
pub struct RegionHandler {
    /// Its short name.
    pub name: String,
    /// Its kernel file and functions.
    pub source: String,
    /// Notes about it.
    pub doc: Doc,
    /// The releases that have it.
    pub releases: ReleaseSpan,
    /// Bits at fixed places that are not read from the device.
    pub keeps: Vec<KeptBits>,
    /// The chains of which it hides capabilities.
    pub chains: Vec<ShownChain>,
}

/// The releases that have a part of a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReleaseSpan {
    /// The first release.
    pub since: Since,
    /// The first release without it.
    pub until: Option<Release>,
}

impl ReleaseSpan {
    /// Whether a release has it.
    pub fn covers(self, release: Release) -> bool {
        self.since.covers(release) && self.until.is_none_or(|until| release < until.opening())
    }
}

/// Bits of a little-endian number of 1, 2 or 4 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BitsAt {
    /// The offset of the number.
    pub at: u64,
    /// Its size in bytes.
    pub size: u64,
    /// The bits.
    pub mask: u64,
}

/// A condition on bits of the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BitsAre {
    /// The bits.
    pub bits: BitsAt,
    /// The number that they must be; any other than 0 if there is none.
    pub number: Option<u64>,
}

/// Bits that are not read from the device.
#[derive(Clone, Debug)]
pub struct KeptBits {
    /// The bits.
    pub bits: BitsAt,
    /// Their content.
    pub value: KeptValue,
    /// The condition under which they are kept.
    pub when: Option<BitsAre>,
    /// The releases that keep them.
    pub releases: ReleaseSpan,
    /// The content and the reason.
    pub doc: Doc,
}

/// A chain of which a handler hides capabilities.
#[derive(Clone, Debug)]
pub struct ShownChain {
    /// The name of the chain in the other ABI.
    pub chain: String,
    /// The bits of each shown header that are not read from the device.
    pub keeps: Vec<KeptBits>,
    /// The treatment of a hidden capability that is the first.
    pub first_hidden: FirstHidden,
    /// The bits that read 0 if no capability is shown.
    pub none: Option<BitsAt>,
    /// The shown capabilities.
    pub shows: Vec<ShownCap>,
}

/// A capability that a handler shows.
#[derive(Clone, Debug)]
pub struct ShownCap {
    /// Its constant in the other ABI.
    pub name: String,
    /// Its length for the handler.
    pub length: ShownLength,
    /// Bits of it that are not read from the device.
    pub keeps: Vec<KeptBits>,
    /// The releases that show it.
    pub releases: ReleaseSpan,
}

/// The length of a capability for a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownLength {
    /// At least this many bytes.
    Least(u64),
    /// A number of the capability; 0 hides it.
    In(BitsAt),
}

impl Abi {
    /// The region of this constant.
    pub fn region(&self, name: &str) -> Option<&Region> {
        self.regions.iter().find(|region| region.name == name)
    }
}
