//! References: a name must refer to an item of the right kind, in every release that needs it.

use super::intervals::first_uncovered;
use super::symbols::{Symbol, SymbolKind, Symbols};
use crate::diagnostic::{Diagnostic, Place};
use crate::release::Release;
use crate::spec::history::Validity;
use crate::validate::Check;
use crate::validate::codes::{ABSENT_IN_RELEASE, UNKNOWN_NAME};

/// The kinds of targets of a reference.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// Its name in messages.
    pub(crate) what: &'static str,
    pub(crate) kinds: &'static [SymbolKind],
}

pub(crate) const STRUCT: Wanted = Wanted { what: "struct", kinds: &[SymbolKind::Struct] };
pub(crate) const NUMBER: Wanted = Wanted { what: "constant", kinds: &[SymbolKind::Number] };
pub(crate) const CHAIN: Wanted = Wanted { what: "chain", kinds: &[SymbolKind::Chain] };
pub(crate) const HELD: Wanted = Wanted {
    what: "enum or id space",
    kinds: &[SymbolKind::Enum, SymbolKind::Anonymous, SymbolKind::IdSpace, SymbolKind::Constants],
};

/// A name with its place, and the releases that need its target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reference<'b> {
    pub(crate) name: &'b str,
    pub(crate) place: Place,
    /// `None` if one release that has it is enough.
    pub(crate) needed: Option<Validity>,
}

impl<'a> Check<'a> {
    /// Whether a reference is valid; reports an error otherwise.
    pub(crate) fn resolve(&mut self, reference: Reference<'_>, wanted: Wanted) -> bool {
        let index = self.index;
        let targets = |target: &&Symbol| wanted.kinds.contains(&target.kind);
        let targets: Vec<_> = index.targets(reference.name).iter().filter(targets).collect();
        if targets.is_empty() {
            self.unknown(reference, (wanted.what, ""), |index| index.names(wanted.kinds).collect());
            return false;
        }
        let Some(needed) = reference.needed else { return true };
        let validities = targets.iter().map(|target| target.validity);
        let Some(release) = self.uncovered(needed, validities) else { return true };
        let near = targets.iter().min_by_key(|target| !target.validity.overlaps(needed));
        let there = near.map(|target| (target.place, target.validity));
        self.absent(reference, wanted.what, release, there);
        false
    }

    /// The first release of `whole` that is in none of the pieces. Of a specification that
    /// headers amended, only their release counts.
    pub(crate) fn uncovered(
        &self,
        whole: Validity,
        mut pieces: impl Iterator<Item = Validity>,
    ) -> Option<Release> {
        let Some(only) = self.only else { return first_uncovered(whole, pieces) };
        (whole.covers(only) && !pieces.any(|piece| piece.covers(only))).then_some(only)
    }

    /// Reports that a name refers to no item of the right kind: `what` is the kind,
    /// and `where_` follows the name.
    pub(crate) fn unknown<'b>(
        &mut self,
        reference: Reference<'_>,
        (what, where_): (&str, &str),
        known: impl FnOnce(&'a Symbols<'a>) -> Vec<&'b str>,
    ) {
        if self.incomplete {
            return;
        }
        let Reference { name, place, .. } = reference;
        let problem = Diagnostic::error(UNKNOWN_NAME, format!("no {what} `{name}`{where_}"));
        let hint =
            self.may_hint().then(|| crate::names::nearest(name, known(self.index).into_iter()));
        let hint = hint.flatten().map(|near| format!("did you mean `{near}`?"));
        self.problems.push(problem.at(place, "").maybe_help(hint));
    }

    /// Reports that an item does not exist in a release that needs it.
    pub(crate) fn absent(
        &mut self,
        reference: Reference<'_>,
        what: &str,
        release: Release,
        there: Option<(Place, Validity)>,
    ) {
        let message = format!("the {what} `{}` does not exist in {release}", reference.name);
        let mut problem =
            Diagnostic::error(ABSENT_IN_RELEASE, message).at(reference.place, "needed here");
        if let Some((place, validity)) = there {
            problem = problem.and(place, format!("there {}", span(validity)));
        }
        self.missing(problem);
    }
}

/// The releases of an item, in words.
pub(crate) fn span(validity: Validity) -> String {
    match validity.until {
        None => format!("since {}", validity.since),
        Some(until) => format!("since {}, removed in {until}", validity.since),
    }
}
