//! Named numbers and strings.

use super::{Comparison, KIND, VALUE};
use crate::diagnostic::Diagnostic;
use crate::header::{Constant, Said, Spelt};

impl Comparison<'_> {
    pub(super) fn constants(&mut self) {
        for constant in &self.facts.constants {
            match self.said.constant(&constant.name) {
                Some(said) => self.constant(constant, said),
                None => self.lacking(kind(constant.tag.as_deref()), &constant.name, constant.place),
            }
        }
        for said in &self.said.constants {
            if self.facts.constant(said.name).is_none() {
                self.gone(kind(said.tag), said.name, said.meta);
            }
        }
    }

    fn constant(&mut self, constant: &Constant, said: &Said<'_>) {
        self.drift.compared.constants += 1;
        let text = match &constant.spelt {
            Spelt::Text(text) => Some(text.as_str()),
            _ => None,
        };
        let finding = if constant.tag.as_deref() != said.tag {
            let (here, there) = (written(constant.tag.as_deref()), written(said.tag));
            let message = format!("`{}` is {here} in the header, and not {there}", said.name);
            Diagnostic::error(KIND, message).help("`#ifdef` can tell macros from enumerators")
        } else if (constant.number, text) != (said.number, said.text) {
            let (here, there) = (value(constant.number, text), value(said.number, said.text));
            let message = format!("`{}` is {here} in the header, and not {there}", said.name);
            Diagnostic::error(VALUE, message)
        } else {
            return;
        };
        self.push(finding.at(constant.place, "in the header").and(said.meta.place, "specified"));
    }
}

/// What a name with this tag is.
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
