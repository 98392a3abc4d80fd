//! The bits at fixed places that a handler keeps.

use super::runs::Runs;
use crate::ir::KeptBits;
use crate::release::Release;

/// The kept bits outside of capabilities.
pub(super) struct SpaceHeader<'a> {
    pub(super) keeps: &'a [KeptBits],
    pub(super) release: Release,
}

impl SpaceHeader<'_> {
    /// Marks the bits.
    pub(super) fn keep(&self, runs: &mut Runs<'_>) {
        for kept in self.keeps.iter().filter(|kept| kept.releases.covers(self.release)) {
            runs.keep_bits(0, 0..u64::MAX, kept, None);
        }
    }
}
