//! Merges extensions into the items that they name. Refuses extensions that name no
//! item or add keys that the item cannot have.

use super::super::codes::BAD_EXTENSION;
use std::collections::HashMap;

use super::super::wrappers::Placed;
use super::super::{ItemSpec, SpecFile};
use super::Extension;
use super::fields::Slot;
use super::target::{self, At};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::names;

/// The values of `after` and `before`.
pub(super) type Anchor = (Option<Placed<String>>, Option<Placed<String>>);

/// The merging of all extensions of a run.
pub(super) struct Merge<'a> {
    pub(super) files: &'a mut [SpecFile],
    /// Whether items are missing because they could not be read.
    incomplete: bool,
    pub(super) problems: &'a mut Diagnostics,
    /// The places at which extensions have added fields.
    pub(super) slots: HashMap<(At, Slot), Place>,
    /// The fields that extensions added.
    pub(super) added: HashMap<At, Vec<String>>,
    /// The handlers that extensions have added.
    pub(super) replaced: HashMap<(At, String), Place>,
}

impl<'a> Merge<'a> {
    pub(super) fn new(
        files: &'a mut [SpecFile],
        incomplete: bool,
        problems: &'a mut Diagnostics,
    ) -> Self {
        let (slots, added, replaced) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { files, incomplete, problems, slots, added, replaced }
    }

    /// Puts an extension into its item.
    pub(super) fn extend(&mut self, extension: Extension) {
        let target = extension.extend.clone();
        let (name, part) = match target.value.split_once('.') {
            Some((name, part)) => (name, Some(part)),
            None => (target.value.as_str(), None),
        };
        let Some(at) = self.find(&extension, name, part.is_some()) else { return };
        let anchor = extension.after.as_ref().or(extension.before.as_ref());
        if let (Some(anchor), true) = (anchor, extension.is_unordered()) {
            let problem = Diagnostic::error(BAD_EXTENSION, "these additions have no order");
            let help = "`after` and `before` are for `fields`, `bits`, `values` and `capabilities`";
            self.problems.push(problem.at(anchor.place, "").help(help));
        }
        match (part, &self.files[at.0].items[at.1]) {
            (Some(handler), ItemSpec::Ioctl(_)) => self.capabilities(at, handler, extension),
            (Some(field), _) => self.numbers_of_field(at, field, extension),
            (None, _) => self.item(at, extension),
        }
    }

    /// The item that can get all of an extension; reports an error if there is none.
    fn find(&mut self, extension: &Extension, name: &str, of_part: bool) -> Option<At> {
        let found = target::named(self.files, name);
        let item = |at: &At| &self.files[at.0].items[at.1];
        let takes = |at: &&At| target::takes(item(at), of_part, extension);
        let Some(last) = found.last() else {
            self.unknown(extension.extend.place, name);
            return None;
        };
        // If several items had the name, the newest counts.
        if let Some(at) = found.iter().rev().find(takes) {
            return Some(*at);
        }
        let item = item(last);
        let keys = target::keys(item, of_part);
        let kind = match (of_part, item) {
            (true, ItemSpec::Ioctl(_)) => "a handler".to_owned(),
            (true, _) => format!("a field of {}", target::kind(item)),
            (false, _) => target::kind(item).to_owned(),
        };
        let message = match extension.given().into_iter().find(|key| !keys.contains(key)) {
            Some(wrong) => format!("{kind} cannot have `{wrong}`"),
            None => "the extension adds nothing".to_owned(),
        };
        let help = match keys {
            [] => format!("{kind} cannot be extended"),
            keys => format!("{kind} can have {}", quoted(keys)),
        };
        let problem = Diagnostic::error(BAD_EXTENSION, message).at(extension.extend.place, "");
        self.problems.push(problem.and(item.name().place, "declared here").help(help));
        None
    }

    /// Reports that there is no item of this name.
    fn unknown(&mut self, place: Place, name: &str) {
        if self.incomplete {
            return;
        }
        let message = format!("no `{name}` to extend");
        let problem = Diagnostic::error(BAD_EXTENSION, message).at(place, "");
        let hint = hint(name, target::names(self.files));
        self.problems.push(problem.maybe_help(hint));
    }

    fn item(&mut self, at: At, extension: Extension) {
        match &mut self.files[at.0].items.0[at.1] {
            ItemSpec::Chain(chain) => chain.reserved.0.extend(extension.reserved.0),
            ItemSpec::Ioctl(_) => self.handlers(at, extension),
            ItemSpec::Struct(_) | ItemSpec::Capability(_) => self.fields(at, extension),
            ItemSpec::Constants(_) | ItemSpec::Enum(_) | ItemSpec::IdSpace(_) => {
                self.group(at, extension)
            }
            // Macros cannot be extended.
            ItemSpec::Macro(_) => {}
        }
    }

    /// Reports that `after` or `before` names none of `known`.
    pub(super) fn refuse_anchor(&mut self, anchor: &Anchor, at: At, known: &[String]) {
        let item = &self.files[at.0].items[at.1];
        let (declared, place) = (item.name(), item.name().place);
        let problem = match anchor {
            (Some(after), Some(before)) => {
                Diagnostic::error(BAD_EXTENSION, "`after` excludes `before`")
                    .at(before.place, "")
                    .and(after.place, "given here")
            }
            (Some(name), None) | (None, Some(name)) => {
                let message = format!("`{}` has no `{}`", declared.value, name.value);
                let hint = hint(name, known.iter().map(String::as_str));
                let problem = Diagnostic::error(BAD_EXTENSION, message).at(name.place, "");
                problem.and(place, "declared here").maybe_help(hint)
            }
            (None, None) => return,
        };
        self.problems.push(problem);
    }
}

/// The known name that is most similar to this one.
pub(super) fn hint<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    names::nearest(name, known).map(|near| format!("did you mean `{near}`?"))
}

/// Keys in the form that messages use.
fn quoted(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}
