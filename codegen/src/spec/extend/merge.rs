//! Puts extensions into the items that they name, and refuses those that name
//! nothing or have what the item cannot get.

use std::collections::HashMap;

use super::super::text::Placed;
use super::super::{Item, SpecFile};
use super::fields::Slot;
use super::target::{self, At};
use super::{Extension, V025};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::names;

/// `after` and `before`.
pub(super) type Anchor = (Option<Placed<String>>, Option<Placed<String>>);

/// The merging of all extensions of a run.
pub(super) struct Merge<'a> {
    pub(super) files: &'a mut [SpecFile],
    /// Whether items are missing because their shape was refused.
    incomplete: bool,
    pub(super) problems: &'a mut Diagnostics,
    /// Who put fields where.
    pub(super) slots: HashMap<(At, Slot), Place>,
    /// The fields that extensions added.
    pub(super) added: HashMap<At, Vec<String>>,
    /// Who gave handlers.
    pub(super) handlers: HashMap<(At, String), Place>,
}

impl<'a> Merge<'a> {
    pub(super) fn new(
        files: &'a mut [SpecFile],
        incomplete: bool,
        problems: &'a mut Diagnostics,
    ) -> Self {
        let (slots, added, handlers) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { files, incomplete, problems, slots, added, handlers }
    }

    /// Puts one where it belongs.
    pub(super) fn extend(&mut self, extension: Extension) {
        let target = extension.extend.clone();
        let (name, field) = match target.value.split_once('.') {
            Some((name, field)) => (name, Some(field)),
            None => (target.value.as_str(), None),
        };
        let Some(at) = self.find(&extension, name, field.is_some()) else { return };
        let beside = extension.after.as_ref().or(extension.before.as_ref());
        if let (Some(beside), true) = (beside, extension.is_unordered()) {
            let problem = Diagnostic::error(V025, "what this adds has no order");
            let help = "`after` and `before` are for `fields`, `bits` and `values`";
            self.problems.push(problem.at(beside.place, "").help(help));
        }
        match field {
            Some(field) => self.numbers_of_field(at, field, extension),
            None => self.item(at, extension),
        }
    }

    /// The item that can get all of it; says what is wrong where there is none.
    fn find(&mut self, extension: &Extension, name: &str, of_field: bool) -> Option<At> {
        let found = target::named(self.files, name);
        let item = |at: &At| &self.files[at.0].items[at.1];
        let takes = |at: &&At| target::takes(item(at), of_field, extension);
        let Some(last) = found.last() else {
            self.unknown(extension.extend.place, name);
            return None;
        };
        // Of several lives of a name the newest counts.
        if let Some(at) = found.iter().rev().find(takes) {
            return Some(*at);
        }
        let item = item(last);
        let keys = target::keys(item, of_field);
        let kind = match of_field {
            true => format!("a field of {}", target::kind(item)),
            false => target::kind(item).to_owned(),
        };
        let message = match extension.given().into_iter().find(|key| !keys.contains(key)) {
            Some(wrong) => format!("{kind} cannot get `{wrong}`"),
            None => "this adds nothing".to_owned(),
        };
        let help = match keys {
            [] => format!("{kind} cannot be extended"),
            keys => format!("{kind} can get {}", quoted(keys)),
        };
        let problem = Diagnostic::error(V025, message).at(extension.extend.place, "");
        self.problems.push(problem.and(item.name().place, "declared here").help(help));
        None
    }

    /// Says that there is no item of this name.
    fn unknown(&mut self, place: Place, name: &str) {
        if self.incomplete {
            return;
        }
        let message = format!("there is no `{name}` to be extended");
        let problem = Diagnostic::error(V025, message).at(place, "");
        let hint = hint(name, target::names(self.files));
        self.problems.push(problem.maybe_help(hint));
    }

    fn item(&mut self, at: At, extension: Extension) {
        match &mut self.files[at.0].items.0[at.1] {
            Item::Chain(chain) => chain.reserved.0.extend(extension.reserved.0),
            Item::Ioctl(_) => self.take_over(at, extension),
            Item::Struct(_) | Item::Capability(_) => self.fields(at, extension),
            Item::Constants(_) | Item::Enum(_) | Item::IdSpace(_) => self.group(at, extension),
            // It can get nothing.
            Item::Macro(_) => {}
        }
    }

    /// Says that what `after` or `before` names is not among `known`.
    pub(super) fn refuse_anchor(&mut self, anchor: &Anchor, at: At, known: &[String]) {
        let item = &self.files[at.0].items[at.1];
        let (declared, place) = (item.name(), item.name().place);
        let problem = match anchor {
            (Some(after), Some(before)) => Diagnostic::error(V025, "`after` excludes `before`")
                .at(before.place, "")
                .and(after.place, "given here"),
            (Some(name), None) | (None, Some(name)) => {
                let message = format!("`{}` has no `{}`", declared.value, name.value);
                let hint = hint(name, known.iter().map(String::as_str));
                let problem = Diagnostic::error(V025, message).at(name.place, "");
                problem.and(place, "declared here").maybe_help(hint)
            }
            (None, None) => return,
        };
        self.problems.push(problem);
    }
}

/// What somebody may have meant.
pub(super) fn hint<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    names::nearest(name, known).map(|near| format!("did you mean `{near}`?"))
}

/// Keys as messages name them.
fn quoted(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}
