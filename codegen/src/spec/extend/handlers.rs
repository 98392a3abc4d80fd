//! Handlers that an extension adds to an ioctl, and capabilities that it adds to
//! a handler. A handler of a known name replaces the old one, which ends where
//! the new one begins.

use super::super::codes::{BAD_EXTENSION, EXTENSION_CONFLICT};
use super::super::history::Validity;
use super::super::wrappers::{LineOrMap, OneOrMany, Placed};
use super::super::{HandlerSpec, ItemSpec};
use super::Extension;
use super::merge::{Anchor, Merge, hint};
use super::target::At;
use crate::diagnostic::Diagnostic;
use crate::release::Release;

type Handlers = OneOrMany<LineOrMap<HandlerSpec>>;

impl Merge<'_> {
    pub(super) fn handlers(&mut self, at: At, extension: Extension) {
        let file = self.files[at.0].validity();
        let item = &mut self.files[at.0].items.0[at.1];
        let validity = item.validity(file);
        let ItemSpec::Ioctl(ioctl) = item else { return };
        for (name, mut new) in extension.handlers.0 {
            if let Some(other) = self.replaced.insert((at, name.value.clone()), name.place) {
                let message = format!("the handler `{}` is replaced twice", name.value);
                let problem =
                    Diagnostic::error(EXTENSION_CONFLICT, message).at(name.place, "again here");
                self.problems.push(problem.and(other, "first here"));
                continue;
            }
            if let [one] = &mut new.0[..] {
                one.place = name.place;
            }
            for handler in &mut new.0 {
                handler.value.0.since = handler.value.0.since.or(extension.since);
            }
            match ioctl.handlers.get_mut(&name) {
                Some(old) => replace(old, new, validity),
                None => ioctl.handlers.0.push((name, new)),
            }
        }
    }

    /// Adds capabilities to a handler, as it is in the newest releases.
    pub(super) fn capabilities(&mut self, at: At, name: &str, extension: Extension) {
        let item = &mut self.files[at.0].items.0[at.1];
        let declared = item.name().place;
        let ItemSpec::Ioctl(ioctl) = item else { return };
        let Some(handlers) = ioctl.handlers.get_mut(name) else {
            let message = format!("no handler `{name}` to extend");
            let problem = Diagnostic::error(BAD_EXTENSION, message).at(extension.extend.place, "");
            let known = ioctl.handlers.iter().map(|(name, _)| name.as_str());
            let hint = hint(name, known);
            self.problems.push(problem.and(declared, "declared here").maybe_help(hint));
            return;
        };
        let anchor = (extension.after, extension.before);
        let since = extension.since.map(|since| since.first().opening());
        let lasts = |until: Release| since.is_some_and(|since| since < until.opening());
        let newest = handlers.0.iter_mut().map(|handler| &mut handler.value.0);
        for handler in newest.filter(|one| one.until.as_deref().is_none_or(|until| lasts(*until))) {
            let Some(list) = &mut handler.capabilities else {
                let message = format!("`{name}` can append every capability of its chain");
                let problem =
                    Diagnostic::error(BAD_EXTENSION, message).at(extension.extend.place, "");
                self.problems.push(problem.help("remove `capabilities`"));
                return;
            };
            let Some(index) = position(&list.0, &anchor) else {
                let known: Vec<_> = list.0.iter().map(|name| name.value.clone()).collect();
                return self.refuse_anchor(&anchor, at, &known);
            };
            list.0.splice(index..index, extension.capabilities.0.iter().cloned());
        }
    }
}

/// Ends the old handlers where the new ones begin.
fn replace(old: &mut Handlers, new: Handlers, validity: Validity) {
    let begins = new.iter().filter_map(|one| Some((one.since.as_ref()?.first(), one.place)));
    if let Some((start, place)) = begins.min_by_key(|(start, _)| start.opening()) {
        let began = |one: &HandlerSpec| {
            one.since.as_ref().map_or(validity.since, |since| since.value).first()
        };
        old.0.retain(|one| began(&one.value.0).opening() < start.opening());
        for one in &mut old.0 {
            let until = &mut one.value.0.until;
            if until.as_ref().is_none_or(|until| start.opening() < until.opening()) {
                *until = Some(Placed { value: start, place });
            }
        }
    }
    old.0.extend(new.0);
}

/// The index for new capabilities; none if `after` or `before` names no capability.
fn position(list: &[Placed<String>], anchor: &Anchor) -> Option<usize> {
    let find = |name: &str| list.iter().position(|own| own.value == name);
    match anchor {
        (None, None) => Some(list.len()),
        (Some(after), None) => find(after).map(|index| index + 1),
        (None, Some(before)) => find(before),
        (Some(_), Some(_)) => None,
    }
}
