//! Named numbers and strings.

use super::HeaderComparison;
use super::codes::{KIND_DIFFERS, TYPE_DIFFERS, VALUE_DIFFERS};
use crate::diagnostic::Diagnostic;
use crate::header::{ConstantFact, DeclaredConstant, Spelt};
use crate::layout::LiteralType;

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
        } else if type_differs(constant, declared) {
            let (here, there) = (type_(constant.c_type), type_(declared.c_type));
            let message = format!("`{}` is {here} in the header, and not {there}", declared.name);
            Diagnostic::error(TYPE_DIFFERS, message)
        } else {
            return;
        };
        self.push(
            finding.at(constant.place, "in the header").and(declared.meta.place, "specified"),
        );
    }
}

/// Whether suffixes give a macro another type than the specification. A number of 32 bits is an
/// `unsigned int` without one, too. One of more bits has a suffix in the specification always,
/// and no type holds a number that it cuts.
fn type_differs(constant: &ConstantFact, declared: &DeclaredConstant<'_>) -> bool {
    let has_32_bits = (i128::from(i32::MAX) + 1..=u32::MAX.into()).contains(&constant.number);
    let by_itself = has_32_bits.then_some(LiteralType::UnsignedInt);
    let cut = constant.c_type.is_some_and(|type_| !type_.holds(constant.number));
    let wide = constant.c_type.is_none() && constant.number > u32::MAX.into();
    constant.c_type.or(by_itself) != declared.c_type.or(by_itself) && !cut && !wide
}

fn type_(c_type: Option<LiteralType>) -> String {
    c_type.map_or("an int".to_owned(), |type_| format!("an {}", type_.words()))
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
