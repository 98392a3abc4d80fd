//! The bytes that a program reads of a device whose chains a handler changes, computed from
//! the bytes of the device and the rules of the handler, without a device.
//!
//! The handler notes, for every byte, the capability that has it. A later capability takes
//! bytes from an earlier one, and touching bytes of one id are one run, whose rules count
//! from its start. Reads outside of kept bits reach the device.

mod header;
mod link;
mod numbers;
mod problem;
mod runs;
mod walk;

use std::ops::Range;

use crate::ir::{Abi, BitsAt, Region, RegionHandler, ReleaseSpan};
use crate::release::{Release, Since};
use header::SpaceHeader;
use link::LinkedChain;
pub use problem::ViewProblem;
use runs::Runs;

/// A space as a program reads it.
#[derive(Clone, Debug)]
pub struct SpaceView {
    /// The bytes that are read. Bits of the host have the values of the device.
    pub bytes: Vec<u8>,
    /// The bits that the handler keeps and that have a known value.
    pub kept: Vec<u8>,
    /// The bits that only the host knows.
    pub host: Vec<u8>,
    /// The chains, with the fates of their capabilities.
    pub chains: Vec<SeenChain>,
    /// The ranges that are not, or not completely, read from the device, with the reasons.
    pub ranges: Vec<KeptRange>,
    /// Why this is not, or not all of, what a program reads of a device.
    pub problems: Vec<ViewProblem>,
}

/// A chain of the device, and the capabilities of it that a program finds.
#[derive(Clone, Debug)]
pub struct SeenChain {
    /// Its name.
    pub name: String,
    /// The capabilities of the device, in the order of the chain.
    pub caps: Vec<SeenCap>,
    /// The offsets and ids that a program finds when it follows the bytes that it reads.
    pub found: Vec<FoundCap>,
    /// Offsets of headers that were changed, with the offset of the next capability before
    /// and after.
    pub relinked: Vec<Relinked>,
    /// The bits that say that there is a chain were cleared.
    pub removed: bool,
}

/// A capability of the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenCap {
    /// The offset.
    pub at: u64,
    /// The id.
    pub id: u64,
    /// Its short name, if the id is known.
    pub name: Option<String>,
    /// Whether a program finds it.
    pub fate: CapFate,
}

/// The treatment of a capability by a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapFate {
    /// It is shown.
    Shown,
    /// It is left out of the chain.
    Hidden(HiddenBecause),
    /// It is left out, but it is the first, and its header stays without an id.
    Anchor(HiddenBecause),
    /// It should be left out, but the header at this offset, which leads to it, is read from
    /// the device.
    Reached(HiddenBecause, u64),
}

/// Why a capability is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HiddenBecause {
    /// The handler does not show capabilities of this id.
    NotShown,
    /// Its length is 0.
    NoLength,
}

/// A capability that a program finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundCap {
    /// The offset.
    pub at: u64,
    /// The id.
    pub id: u64,
}

/// A changed offset of the next capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relinked {
    /// The offset of the header, or of the number before the chain.
    pub at: u64,
    /// The offset of the next capability that the device has.
    pub from: u64,
    /// The offset that is read.
    pub to: u64,
}

/// Bits that are not read from the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRange {
    /// The bits.
    pub bits: BitsAt,
    /// The capability that has them, by its short name.
    pub cap: Option<String>,
    /// The reason.
    pub doc: String,
    /// Whether only the host knows their value.
    pub host: bool,
}

/// The region with rules for spaces of another ABI, and its handler in a release.
///
/// # Errors
///
/// The ABI has no such region, or no handler in its release.
pub fn handler(abi: &Abi) -> Result<(&Region, &RegionHandler), String> {
    let all = abi.regions.iter();
    let mut found =
        all.flat_map(|region| region.handlers.iter().map(move |handler| (region, handler)));
    found.find(|(_, handler)| handler.releases.covers(abi.release)).ok_or_else(|| {
        let handlers = abi.regions.iter().flat_map(|region| &region.handlers);
        let since =
            handlers.map(|handler| format!("; there is one since {}", handler.releases.since));
        let since = since.collect::<Vec<_>>().concat();
        let (name, release) = (&abi.name, abi.release);
        format!("{name} has no region with a space of another ABI in {release}{since}")
    })
}

/// The bytes that a program reads of a device through a handler, in a release.
///
/// # Errors
///
/// The handler names a chain or a capability that the other ABI does not have.
pub fn view(
    handler: &RegionHandler,
    space: &Abi,
    release: Release,
    device: &[u8],
) -> Result<SpaceView, String> {
    let header = SpaceHeader { keeps: &handler.keeps, release };
    let chains = handler.chains.iter();
    let chains = chains.map(|chain| LinkedChain::new(chain, space, release));
    let chains = chains.collect::<Result<Vec<_>, _>>()?;
    let mut runs = Runs::new(device);
    header.keep(&mut runs);
    let mut walks = Vec::new();
    for chain in &chains {
        walks.push(walk::walk(chain, device, &mut runs));
    }
    for walk in &walks {
        walk.keep(&mut runs, release);
    }
    let seen = runs.seen();
    let mut problems = problem::of_bytes(space, device);
    problems.extend(walks.iter().filter_map(|walk| walk.problem.clone()));
    let chains = walks.into_iter().map(|walk| walk.finish(&seen.bytes)).collect();
    Ok(SpaceView {
        bytes: seen.bytes,
        kept: seen.kept,
        host: seen.host,
        chains,
        ranges: seen.ranges,
        problems,
    })
}

/// A sentence about each bit and capability whose first release is known only as a range
/// that contains the release.
pub fn uncertain(handler: &RegionHandler, release: Release) -> Vec<String> {
    let caps = handler.chains.iter().flat_map(|chain| &chain.shows);
    let shown = caps.clone().map(|cap| (cap.releases, format!("shows `{}`", cap.name)));
    let of_caps = caps.flat_map(|cap| cap.keeps.iter().map(|kept| (Some(&cap.name), kept)));
    let of_chains = handler.chains.iter().flat_map(|chain| &chain.keeps);
    let keeps = handler.keeps.iter().chain(of_chains).map(|kept| (None, kept)).chain(of_caps);
    let kept = keeps.map(|(cap, kept)| {
        let of = cap.map(|cap| format!(" of `{cap}`")).unwrap_or_default();
        (kept.releases, format!("keeps{of} {}", kept.doc.join(" ")))
    });
    let unknown = shown.chain(kept).filter(|(span, _)| span.since.is_uncertain_at(release));
    let sentence = |(span, text): (ReleaseSpan, String)| {
        let Since::Between(without, with) = span.since else { return text };
        format!("it is not known whether {release} {text} (added between {without} and {with})")
    };
    unknown.map(sentence).collect()
}

impl SpaceView {
    /// Ranges of bytes that a program reads otherwise than the device has them.
    pub fn changed(&self, device: &[u8]) -> Vec<Range<usize>> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for (at, _) in device.iter().zip(&self.bytes).enumerate().filter(|(_, (a, b))| a != b) {
            match ranges.last_mut().filter(|last| last.end == at) {
                Some(last) => last.end = at + 1,
                None => ranges.push(at..at + 1),
            }
        }
        ranges
    }
}
