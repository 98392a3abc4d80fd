//! Names in Go: types lose the prefix of the ABI, and all words begin with a capital, so two
//! names of the specification can become one.

use super::rust_names::{Made, unique};
use crate::diagnostic::Diagnostic;
use crate::names::{field_type, go_field, go_type, group_type, is_name};
use crate::validate::Check;
use crate::validate::codes::RUST_NAME;
use crate::validate::model::symbols::SymbolKind;

const LANGUAGE: &str = "Go";

pub(super) fn check(check: &mut Check<'_>) {
    types(check);
    let index = check.index;
    for struct_ in &index.structs {
        let fields = struct_.fields();
        let made = fields.map(|field| Made::new(go_field(field.name), field.name, field.validity));
        distinct(check, made.collect(), "field");
    }
}

/// Types of structs, enums and numbers of fields.
fn types(check: &mut Check<'_>) {
    let index = check.index;
    let prefix = &check.spec.abi.prefix.value;
    let of_fields = index.groups.iter().filter_map(|group| {
        let owner = group.owner?;
        let name = go_type(prefix, &field_type(prefix, owner, group.name));
        Some(Made::new(name, group.name, group.validity).within(owner))
    });
    let of_items = index.all().flat_map(|(text, targets)| {
        targets.iter().filter_map(move |target| {
            let name = match target.kind {
                SymbolKind::Anonymous => go_type(prefix, &group_type(text)),
                SymbolKind::Struct | SymbolKind::Enum => go_type(prefix, text),
                _ => return None,
            };
            Some(Made::of_item(name, text, target.place, target.validity))
        })
    });
    distinct(check, of_fields.chain(of_items).collect(), "type");
}

/// Refuses names that start with a digit, and the later of two equal ones, unless their
/// names in Rust have been refused.
fn distinct(check: &mut Check<'_>, mut made: Vec<Made<'_>>, what: &str) {
    let refused = check.problems.errors().filter(|error| error.code == RUST_NAME);
    let refused: Vec<_> = refused.filter_map(Diagnostic::place).collect();
    made.retain(|made| !refused.contains(&made.place()));
    for made in made.iter().filter(|made| made.is_from(is_name) && !is_name(&made.name)) {
        let message = format!("`{}` cannot be a {what} in {LANGUAGE}", made.name);
        let why = "another prefix may help";
        check.problems.push(Diagnostic::error(RUST_NAME, message).at(made.place(), why));
    }
    unique(check, &made, what, LANGUAGE);
}
