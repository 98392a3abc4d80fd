//! Macros with parameters.

use super::HeaderComparison;
use super::codes::MACRO_DIFFERS;
use crate::diagnostic::Diagnostic;

/// The kind of these items in messages.
pub(super) const MACRO: &str = "macro";

impl HeaderComparison<'_> {
    pub(super) fn macros(&mut self) {
        for found in &self.facts.macros {
            let Some(declared) =
                self.declared.macros.iter().find(|declared| declared.name == found.name)
            else {
                self.lacking(MACRO, &found.name, found.place);
                continue;
            };
            self.drift.compared.macros += 1;
            let same_text = found.c.iter().flat_map(|line| black(line)).eq(black(&declared.c));
            if found.args == declared.args && same_text {
                continue;
            }
            let message = format!("`{}` has another text in the header", found.name);
            let finding =
                Diagnostic::error(MACRO_DIFFERS, message).at(found.place, "in the header");
            self.push(finding.and(declared.meta.place, "specified"));
        }
        for declared in &self.declared.macros {
            if !self.facts.macros.iter().any(|found| found.name == declared.name) {
                self.gone("macro", &declared.name, &declared.meta);
            }
        }
    }
}

/// The characters of a text that are no white space.
fn black(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|one| !one.is_whitespace())
}
