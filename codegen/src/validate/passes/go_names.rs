//! Names in Go: types lose the prefix of the ABI, and all words begin with a capital, so two
//! names of the specification can become one.

use super::made_names::{Made, RefusedNames, type_names, unique};
use crate::names::{go_field, go_offset, go_type, is_go_name, is_name};
use crate::spec::types::{Shape, TypeExpr};
use crate::validate::Check;
use crate::validate::codes::RUST_NAME;

const LANGUAGE: &str = "Go";

pub(super) fn check(check: &mut Check<'_>, refused: &RefusedNames) {
    types(check, refused);
    let index = check.index;
    for struct_ in &index.structs {
        let fields = struct_.fields();
        let made = fields.map(|field| Made::new(go_field(field.name), field.name, field.validity));
        distinct(check, &refused.others(made), "field");
    }
    // The same arrays are fields.
    let refused = RefusedNames::so_far(check);
    offsets(check, &refused);
}

/// The constants with the offsets of arrays at the ends of structs.
fn offsets(check: &mut Check<'_>, refused: &RefusedNames) {
    let prefix = check.spec.abi.short_prefix();
    let structs = check.index.structs.iter();
    let made = structs.flat_map(|struct_| {
        let is_array = |(_, expr): (_, &TypeExpr)| matches!(expr.shape, Shape::Flexible(_));
        let fields = struct_.fields().filter(move |field| field.types().any(is_array));
        fields.map(move |field| {
            let name = go_offset(prefix, &struct_.name.value, &field.name.value);
            Made::new(name, field.name, field.validity).within(&struct_.name.value)
        })
    });
    distinct(check, &refused.others(made), "constant");
}

fn types(check: &mut Check<'_>, refused: &RefusedNames) {
    let prefix = check.spec.abi.short_prefix();
    let made = type_names(check.index, prefix).into_iter();
    let made = made.map(|made| made.called(|name| go_type(prefix, name)));
    distinct(check, &refused.others(made), "type");
}

/// Refuses names that start with a digit, and the later of two equal ones.
fn distinct(check: &mut Check<'_>, made: &[Made<'_>], what: &str) {
    for made in made.iter().filter(|made| made.is_from(is_name) && !is_go_name(&made.name)) {
        let message = format!("`{}` cannot be a {what} in {LANGUAGE}", made.name);
        let why = "another prefix may help";
        check.refuse_because(RUST_NAME, made.place(), message, why);
    }
    unique(check, made, what, LANGUAGE);
}
