//! Handlers that an extension gives to an ioctl. One of a name that was there
//! takes over from it: the old one ends where the new one begins.

use super::super::history::Life;
use super::super::text::Placed;
use super::super::{Handler, Item};
use super::merge::Merge;
use super::target::At;
use super::{Extension, V026};
use crate::diagnostic::Diagnostic;

impl Merge<'_> {
    pub(super) fn take_over(&mut self, at: At, extension: Extension) {
        let file = self.files[at.0].life();
        let item = &mut self.files[at.0].items.0[at.1];
        let life = item.life(file);
        let Item::Ioctl(ioctl) = item else { return };
        for handler in extension.handlers.0 {
            let (name, place) = (handler.handler.value.clone(), handler.handler.place);
            if let Some(other) = self.handlers.insert((at, name.clone()), place) {
                let message = format!("the handler `{name}` is replaced twice");
                let problem = Diagnostic::error(V026, message).at(place, "again here");
                self.problems.push(problem.and(other, "first here"));
                continue;
            }
            let handler = Handler { since: handler.since.or(extension.since), ..handler };
            end_others(&mut ioctl.handlers.0, &handler, life);
            ioctl.handlers.0.push(handler);
        }
    }
}

/// Ends the handlers that a new one takes over from.
fn end_others(handlers: &mut Vec<Handler>, new: &Handler, life: Life) {
    let Some(since) = &new.since else { return };
    let start = since.first().opening();
    let began = |old: &Handler| old.since.as_ref().map_or(life.since, |since| since.value).first();
    let other = |old: &Handler| old.handler.value != new.handler.value;
    handlers.retain(|old| other(old) || began(old).opening() < start);
    for old in handlers.iter_mut().filter(|old| !other(old)) {
        if old.until.as_ref().is_none_or(|until| start < until.opening()) {
            old.until = Some(Placed { value: since.first(), place: new.handler.place });
        }
    }
}
