//! Names that the outputs make of names of the specification, so that two of them can be equal:
//! each with its origin, and the ways to refuse it.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Place};
use crate::names::{field_type, is_in_prelude, is_name, is_rust_identifier, rust_type};
use crate::runtime;
use crate::spec::history::Validity;
use crate::spec::wrappers::Placed;
use crate::validate::Check;
use crate::validate::codes::RUST_NAME;
use crate::validate::model::symbols::{SymbolKind, Symbols};
use crate::validate::model::uniqueness::{Definition, conflicts};

/// The language, in messages.
pub(super) const RUST: &str = "Rust";

/// A name of the outputs, its origin and its releases.
pub(super) struct Made<'a> {
    pub(super) name: Cow<'a, str>,
    of: (&'a str, &'a str),
    place: Place,
    validity: Validity,
}

impl<'a> Made<'a> {
    pub(super) fn new(
        name: impl Into<Cow<'a, str>>,
        of: &'a Placed<String>,
        validity: Validity,
    ) -> Self {
        Self { name: name.into(), of: ("", &of.value), place: of.place, validity }
    }

    /// Whether the name that it is made from passes a test.
    pub(super) fn is_from(&self, test: impl Fn(&str) -> bool) -> bool {
        test(self.of.1)
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// The same, with the name in another language.
    pub(super) fn called(self, name: impl FnOnce(&str) -> String) -> Self {
        Self { name: name(&self.name).into(), ..self }
    }

    /// Another name that is made of the same one.
    pub(super) fn named(&self, name: String) -> Self {
        Self { name: name.into(), ..*self }
    }

    /// The same, for an origin that needs a qualifier.
    pub(super) fn within(self, whole: &'a str) -> Self {
        Self { of: (whole, self.of.1), ..self }
    }

    /// The same, for one of several origins that are distinguished elsewhere.
    pub(super) fn one_of(self, whole: &'a str) -> Self {
        Self { of: (whole, ""), ..self }
    }
    /// Refuses the name as that of something.
    pub(super) fn refuse(&self, check: &mut Check<'_>, what: &str, why: &str) {
        let message = format!("`{}` cannot be a {what}", self.name);
        check.refuse_because(RUST_NAME, self.place, message, why);
    }
}

/// The types of structs, enums and numbers of fields.
pub(super) fn type_names<'a>(index: &'a Symbols<'a>, prefix: &str) -> Vec<Made<'a>> {
    let structs = items(index, |kind| matches!(kind, SymbolKind::Struct));
    group_types(index, prefix).into_iter().chain(structs).collect()
}

/// The types of enums and of numbers of fields.
pub(super) fn group_types<'a>(index: &'a Symbols<'a>, prefix: &str) -> Vec<Made<'a>> {
    let of_fields = index.groups.iter().filter_map(|group| {
        let owner = group.owner?;
        let made = Made::new(field_type(prefix, owner, group.name), group.name, group.validity);
        Some(made.within(owner))
    });
    let enums = items(index, |kind| matches!(kind, SymbolKind::Anonymous | SymbolKind::Enum));
    of_fields.chain(enums).collect()
}

/// The id spaces, which are no types.
pub(super) fn id_spaces<'a>(index: &'a Symbols<'a>) -> impl Iterator<Item = Made<'a>> {
    items(index, |kind| matches!(kind, SymbolKind::IdSpace))
}

/// The types of items of some kinds.
pub(super) fn items<'a>(
    index: &'a Symbols<'a>,
    is_chosen: fn(&SymbolKind) -> bool,
) -> impl Iterator<Item = Made<'a>> {
    index.all().flat_map(move |(text, targets)| {
        let chosen = targets.iter().filter(move |target| is_chosen(&target.kind));
        chosen.map(move |target| {
            let name = match target.kind {
                SymbolKind::Anonymous => Cow::from(rust_type(text)),
                _ => Cow::from(text),
            };
            Made { name, of: ("", text), place: target.place, validity: target.validity }
        })
    })
}

/// Refuses invalid identifiers, and the later of two equal ones.
pub(super) fn distinct(check: &mut Check<'_>, made: &[Made<'_>], what: &str) {
    // A name that is invalid in every language has been refused already.
    let named = |made: &&Made<'_>| made.is_from(is_name) && !is_rust_identifier(&made.name);
    for made in made.iter().filter(named) {
        made.refuse(check, what, "it is not a name in Rust; another prefix may help");
    }
    unique(check, made, what, RUST);
}

/// Refuses types that would hide those of the language in programs that import all types.
pub(super) fn prelude(check: &mut Check<'_>, types: &[Made<'_>]) {
    for made in types.iter().filter(|made| is_in_prelude(&made.name)) {
        made.refuse(check, "type", "Rust has this name in every module");
    }
}

/// Refuses types that would be those of the modules that generated code imports.
pub(super) fn imported(check: &mut Check<'_>, types: &[Made<'_>]) {
    for made in types.iter().filter(|made| runtime::is_type(&made.name)) {
        made.refuse(check, "type", "the generated code uses this name");
    }
}

/// The names that this pass has refused so far, for any language, by the places of their origins.
pub(super) struct RefusedNames(HashSet<Place>);

impl RefusedNames {
    /// All errors of the pass of names are about them.
    pub(super) fn so_far(check: &Check<'_>) -> Self {
        Self(check.problems.errors().filter_map(Diagnostic::place).collect())
    }

    /// The names with other origins.
    pub(super) fn others<'a>(&self, made: impl Iterator<Item = Made<'a>>) -> Vec<Made<'a>> {
        made.filter(|made| !self.0.contains(&made.place)).collect()
    }
}

/// Refuses the later of two names that are equal in a language.
pub(super) fn unique(check: &mut Check<'_>, made: &[Made<'_>], what: &str, language: &str) {
    let definitions = made.iter().enumerate().map(|(owner, made)| Definition {
        key: &*made.name,
        validity: made.validity,
        place: made.place,
        owner,
    });
    let definitions: Vec<_> = definitions.collect();
    // Another pass reports items that have the same name in C as well.
    for (one, other) in conflicts(&definitions, |one, other| made[one].of == made[other].of) {
        let (one, other) = (&definitions[one], &definitions[other]);
        let (first, again) = if other.place < one.place { (other, one) } else { (one, other) };
        let message = format!("two items have the {what} `{}` in {language}", again.key);
        let problem = Diagnostic::error(RUST_NAME, message).at(again.place, "again here");
        check.problems.push(problem.and(first.place, "first here"));
    }
}
