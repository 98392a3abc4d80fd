//! Macros with parameters.

use super::{Comparison, TEXT};
use crate::diagnostic::Diagnostic;

impl Comparison<'_> {
    pub(super) fn macros(&mut self) {
        for found in &self.facts.macros {
            let Some(said) = self.said.macros.iter().find(|said| said.name == found.name) else {
                self.lacking("macro", &found.name, found.place);
                continue;
            };
            self.drift.compared.macros += 1;
            let same_text = found.c.iter().flat_map(|line| black(line)).eq(black(&said.c));
            if found.args == said.args && same_text {
                continue;
            }
            let message = format!("`{}` has another text in the header", found.name);
            let finding = Diagnostic::error(TEXT, message).at(found.place, "in the header");
            self.push(finding.and(said.meta.place, "specified"));
        }
        for said in &self.said.macros {
            if !self.facts.macros.iter().any(|found| found.name == said.name) {
                self.gone("macro", &said.name, &said.meta);
            }
        }
    }
}

/// The characters of a text that are no white space.
fn black(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|one| !one.is_whitespace())
}
