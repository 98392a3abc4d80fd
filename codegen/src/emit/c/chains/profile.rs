//! The rules by which replies are written: a table for each profile.

use super::view::{ChainView, ProfileView};
use crate::emit::c::comment::Comment;
use crate::emit::c::emitter::Emitter;
use crate::emit::c::section;
use crate::emit::c::unique_names::UniqueNames;
use crate::ir::protocol::{ChainPlan, ProfilePlan};
use crate::reply::{ArgszReply, Padding, Unset, WhenTooSmall};

impl<'a> Emitter<'_, 'a> {
    /// The profiles of a chain.
    pub(super) fn profiles(
        &self,
        plan: &'a ChainPlan,
        chain: &ChainView<'_>,
        names: &mut UniqueNames,
    ) -> Vec<ProfileView<'a>> {
        let profiles = plan.profiles.iter();
        profiles.filter_map(|profile| self.profile(profile, chain, names)).collect()
    }

    fn profile(
        &self,
        plan: &'a ProfilePlan,
        chain: &ChainView<'_>,
        names: &mut UniqueNames,
    ) -> Option<ProfileView<'a>> {
        let (ioctl, handler) = plan.handler;
        let handler = &self.abi.ioctl(ioctl).handlers[handler];
        let comment = Comment::of(&handler.doc).label("Handler", &handler.source);
        Some(ProfileView {
            comment: section::opening(comment.since(&self.abi.releases, handler.since).block(0)),
            name: self.name(names, &["profile", &plan.name]),
            ends_name: self.internal(names, &["profile", &plan.name, "ends"]),
            host: chain.host.as_ref()?.table.clone(),
            format: chain.format.clone(),
            tails: chain.tails.clone()?,
            when_too_small: match plan.when_too_small {
                WhenTooSmall::OffsetZero => "OFFSET_ZERO",
                WhenTooSmall::Partial => "PARTIAL",
                WhenTooSmall::FlagClear => "FLAG_CLEAR",
                WhenTooSmall::OffsetSet => "OFFSET_SET",
            },
            preserves_padding: u32::from(plan.padding == Padding::Echo),
            always_sets_argsz: u32::from(plan.argsz == ArgszReply::Always),
            unset: match plan.unset {
                Unset::Echo => "ECHO",
                Unset::Zero => "ZERO",
                Unset::Stack => "STACK",
            },
            plan,
        })
    }
}
