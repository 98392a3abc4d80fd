//! Exceptions from lint rules.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::history::Validity;
use super::super::wrappers::{FromLine, LineOrMap, Map, Placed};
use crate::diagnostic::Place;
use crate::release::{Release, Since};

/// An exception from a lint rule; by default in all releases of the item.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Exception {
    /// Why the item may break the rule.
    pub reason: String,
    /// The first release in which it does.
    pub since: Option<Placed<Since>>,
    /// The first release in which it no longer does.
    pub until: Option<Placed<Release>>,
}

impl FromLine for Exception {
    const FORM: &'static str = "reason";
    const PATTERN: &'static str = "^.+$";

    fn from_line(line: &str, _: Place) -> Result<Self, String> {
        Ok(Self { reason: line.to_owned(), since: None, until: None })
    }
}

impl Exception {
    /// The releases of an item in which the exception holds.
    pub fn validity(&self, item: Validity) -> Validity {
        item.within(
            self.since.as_ref().map(|since| &since.value),
            self.until.as_ref().map(|until| &until.value),
        )
    }
}

impl Map<LineOrMap<Exception>> {
    /// Whether a rule may be broken in some of these releases of the item.
    pub fn covers(&self, rule: &str, releases: Validity) -> bool {
        self.get(rule).is_some_and(|one| one.validity(releases).overlaps(releases))
    }
}
