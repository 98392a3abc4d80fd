//! References: a name must stand for what is wanted there, in every release
//! that needs it.

use super::Check;
use super::eras::gap;
use super::index::{Index, Kind, Target};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::release::Release;
use crate::spec::history::Life;

pub(super) const V012: Code = Code("V012"); // a name that stands for nothing
pub(super) const V013: Code = Code("V013"); // a name for something that some release lacks

/// What a reference can be to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// What it is called in messages.
    pub(super) what: &'static str,
    pub(super) kinds: &'static [Kind],
}

pub(super) const STRUCT: Wanted = Wanted { what: "struct", kinds: &[Kind::Struct] };
pub(super) const NUMBER: Wanted = Wanted { what: "constant", kinds: &[Kind::Number] };
pub(super) const CHAIN: Wanted = Wanted { what: "chain", kinds: &[Kind::Chain] };
pub(super) const HELD: Wanted = Wanted {
    what: "enum or space",
    kinds: &[Kind::Enum, Kind::Anonymous, Kind::IdSpace, Kind::Constants],
};

/// A name where it stands, and the releases that need what it stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reference<'b> {
    pub(super) name: &'b str,
    pub(super) place: Place,
    /// None where it is enough that some release has it.
    pub(super) needed: Option<Life>,
}

impl<'a> Check<'a> {
    /// Whether a reference is good; says what is wrong with it otherwise.
    pub(super) fn resolve(&mut self, reference: Reference<'_>, wanted: Wanted) -> bool {
        let index = self.index;
        let targets = |target: &&Target| wanted.kinds.contains(&target.kind);
        let targets: Vec<_> = index.targets(reference.name).iter().filter(targets).collect();
        if targets.is_empty() {
            self.unknown(reference, (wanted.what, ""), |index| index.names(wanted.kinds).collect());
            return false;
        }
        let Some(needed) = reference.needed else { return true };
        let lives = targets.iter().map(|target| target.life);
        let Some(release) = gap(needed, lives) else { return true };
        let near = targets.iter().min_by_key(|target| !target.life.meets(needed));
        let there = near.map(|target| (target.place, target.life));
        self.absent(reference, wanted.what, release, there);
        false
    }

    /// Says that a name stands for nothing of what is wanted: `what` is the
    /// kind, and behind the name comes `where_`.
    pub(super) fn unknown<'b>(
        &mut self,
        reference: Reference<'_>,
        (what, where_): (&str, &str),
        known: impl FnOnce(&'a Index<'a>) -> Vec<&'b str>,
    ) {
        if self.incomplete {
            return;
        }
        let Reference { name, place, .. } = reference;
        let problem = Diagnostic::error(V012, format!("there is no {what} `{name}`{where_}"));
        let hint =
            self.may_hint().then(|| crate::names::nearest(name, known(self.index).into_iter()));
        let hint = hint.flatten().map(|near| format!("did you mean `{near}`?"));
        self.problems.push(problem.at(place, "").maybe_help(hint));
    }

    /// Says that something is not there in a release that needs it.
    pub(super) fn absent(
        &mut self,
        reference: Reference<'_>,
        what: &str,
        release: Release,
        there: Option<(Place, Life)>,
    ) {
        let message = format!("the {what} `{}` is not there in {release}", reference.name);
        let mut problem = Diagnostic::error(V013, message).at(reference.place, "needed here");
        if let Some((place, life)) = there {
            problem = problem.and(place, format!("there {}", span(life)));
        }
        self.missing(problem);
    }
}

/// When something is there, in words.
pub(super) fn span(life: Life) -> String {
    match life.until {
        None => format!("since {}", life.since),
        Some(until) => format!("since {}, gone in {until}", life.since),
    }
}
