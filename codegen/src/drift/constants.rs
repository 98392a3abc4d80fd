//! Named numbers and strings.

use super::HeaderComparison;
use super::codes::{KIND_DIFFERS, VALUE_DIFFERS};
use crate::diagnostic::Diagnostic;
use crate::header::{ConstantFact, DeclaredConstant, Spelt};

impl HeaderComparison<'_> {
    pub(super) fn constants(&mut self) {
        for constant in &self.facts.constants {
            match self.declared.constant(&constant.name) {
                Some(declared) => self.constant(constant, declared),
                None => self.lacking(kind(constant.tag.as_deref()), &constant.name, constant.place),
            }
        }
        for declared in &self.declared.constants {
            if self.facts.constant(declared.name).is_none() {
                self.gone(kind(declared.tag), declared.name, declared.meta);
            }
        }
    }

    fn constant(&mut self, constant: &ConstantFact, declared: &DeclaredConstant<'_>) {
        self.drift.compared.constants += 1;
        let text = match &constant.spelt {
            Spelt::Text(text) => Some(text.as_str()),
            _ => None,
        };
        let finding = if constant.tag.as_deref() != declared.tag {
            let (here, there) = (written(constant.tag.as_deref()), written(declared.tag));
            let message = format!("`{}` is {here} in the header, and not {there}", declared.name);
            Diagnostic::error(KIND_DIFFERS, message)
                .help("`#ifdef` can tell macros from enumerators")
        } else if (constant.number, text) != (declared.number, declared.text) {
            let (here, there) =
                (value(constant.number, text), value(declared.number, declared.text));
            let message = format!("`{}` is {here} in the header, and not {there}", declared.name);
            Diagnostic::error(VALUE_DIFFERS, message)
        } else {
            return;
        };
        self.push(
            finding.at(constant.place, "in the header").and(declared.meta.place, "specified"),
        );
    }
}

/// The kind of a name with this tag.
fn kind(tag: Option<&str>) -> &'static str {
    match tag {
        Some(_) => "enumerator",
        None => "constant",
    }
}

fn written(tag: Option<&str>) -> String {
    match tag {
        None => "a macro".to_owned(),
        Some("") => "an enumerator of an enum without a tag".to_owned(),
        Some(tag) => format!("an enumerator of `{tag}`"),
    }
}

fn value(number: i128, text: Option<&str>) -> String {
    text.map_or_else(|| number.to_string(), |text| format!("\"{text}\""))
}
