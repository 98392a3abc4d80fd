//! The rules by which replies are written, one table for each handler that has
//! a name for them.

use super::Emitter;
use super::taken::Taken;
use super::view::{ChainView, ProfileView};
use crate::emit::c::comment::Comment;
use crate::emit::c::section;
use crate::ir::{Arg, Copied, Handler, ReplyChain, StructId};
use crate::reply::{ArgszReply, Padding, Unset, WhenTooSmall};

impl Emitter<'_> {
    /// The profiles of calls whose reply can have one of the chains.
    pub(super) fn profiles(&self, chains: &[ChainView], taken: &mut Taken) -> Vec<ProfileView> {
        let mut views = Vec::new();
        for ioctl in &self.abi.ioctls {
            let Arg::Struct(argument) = ioctl.arg else { continue };
            let Some(chain) = self.chain_behind(argument, chains) else { continue };
            let profiles = ioctl.handlers.iter();
            views.extend(profiles.filter_map(|handler| self.profile(handler, chain, taken)));
        }
        views
    }

    fn chain_behind<'c>(
        &self,
        argument: StructId,
        chains: &'c [ChainView],
    ) -> Option<&'c ChainView> {
        let hosts = self.abi.chains.iter().map(|chain| chain.offset_host());
        let index =
            hosts.into_iter().position(|host| host.is_some_and(|host| host.struct_ == argument));
        chains.get(index?)
    }

    fn profile(
        &self,
        handler: &Handler,
        chain: &ChainView,
        taken: &mut Taken,
    ) -> Option<ProfileView> {
        let (profile, host) = (handler.profile.as_ref()?, chain.host.as_ref()?);
        let ends = match &handler.writes {
            Copied::Ends(ends) => ends.clone(),
            Copied::Fitting => Vec::new(),
        };
        let whole = ends.iter().copied().max().unwrap_or(host.size);
        // Behind a handler without capabilities there would be room for them.
        let rules = handler.chain.clone().unwrap_or(ReplyChain {
            offset: whole,
            align: 1,
            when_too_small: WhenTooSmall::OffsetZero,
            padding: Padding::Zero,
            argsz: ArgszReply::WhenTooSmall,
            writes: Vec::new(),
            capabilities: Vec::new(),
        });
        let comment = Comment::of(&handler.doc).label("Handler", &handler.source);
        Some(ProfileView {
            comment: section::opening(comment.since(&self.abi.releases, handler.since).block(0)),
            name: self.name(taken, &["profile", profile]),
            ends_name: self.name(taken, &["profile", profile, "ends"]),
            ends,
            host: host.table.clone(),
            format: chain.format.clone(),
            tails: chain.tails.clone()?,
            minsz: handler.minsz,
            whole,
            at: rules.offset,
            align: rules.align.max(1),
            when_short: match rules.when_too_small {
                WhenTooSmall::OffsetZero => "OFFSET_ZERO",
                WhenTooSmall::Partial => "PARTIAL",
                WhenTooSmall::FlagClear => "FLAG_CLEAR",
            },
            keeps_padding: u32::from(rules.padding == Padding::Echo),
            always: u32::from(rules.argsz == ArgszReply::Always),
            untouched: match handler.unset {
                Unset::Echo => "ECHO",
                Unset::Zero => "ZERO",
                Unset::Stack => "STACK",
            },
        })
    }
}
