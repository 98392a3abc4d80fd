//! Which handlers serve an ioctl in a release, and which of them append a
//! capability.

use super::{Abi, Arg, Capability, Handler, Ioctl, ReplyChain};
use crate::release::Release;

impl Ioctl {
    /// The handlers that serve it in a release.
    pub fn served_at(&self, release: Release) -> impl Iterator<Item = &Handler> {
        let over = move |until: Release| until.opening() <= release;
        let serves = move |handler: &&Handler| {
            handler.since.covers(release) && !handler.until.is_some_and(over)
        };
        self.handlers.iter().filter(serves)
    }
}

impl Abi {
    /// The handlers that can append a capability in this release; none if the
    /// release has no rules for handlers of its chain.
    pub fn emitters(&self, capability: &Capability) -> Option<Vec<&Handler>> {
        let host = self.chain(capability.chain).host()?.struct_;
        let asked = self.ioctls.iter().filter(|ioctl| ioctl.arg == Arg::Struct(host));
        let handlers = asked.flat_map(|ioctl| ioctl.served_at(self.release));
        let mut rules = handlers.filter_map(|one| Some((one, one.chain.as_ref()?))).peekable();
        rules.peek()?;
        let emits = |(_, chain): &(_, &ReplyChain)| chain.capabilities.contains(&capability.name);
        Some(rules.filter(emits).map(|(handler, _)| handler).collect())
    }
}
