//! Members whose names other languages reserve.

use super::codes::RESERVED_WORD;
use super::members::{BaseType, ParsedMember};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::names::field_name;

/// Reports members whose names are reserved words.
pub(super) fn report(members: &[ParsedMember<'_>], problems: &mut Diagnostics) {
    for member in members {
        if let BaseType::Union(arms) = &member.type_ {
            report(arms, problems);
        }
        let Some(name) = member.name else { continue };
        let usable = field_name(name.text);
        if usable != name.text {
            let message = format!(
                "`{}` is a reserved word of C++ or Rust; the field is described as `{usable}`",
                name.text
            );
            problems.push(Diagnostic::warning(RESERVED_WORD, message).at(name.place, ""));
        }
    }
}
