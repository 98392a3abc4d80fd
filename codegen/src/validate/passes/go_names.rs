//! Names in Go: types lose the prefix of the ABI, and all words begin with a capital, so two
//! names of the specification can become one, or one of the hand-written code.

use std::collections::HashSet;

use super::made_names::{Made, RefusedNames, group_types, items, type_names, unique};
use crate::names::{
    TableKind, caps, go_field, go_offset, go_parse, go_size, go_table, go_type, is_go_name,
    is_go_word, is_name,
};
use crate::runtime::GO_NAMES;
use crate::spec::types::{Shape, TypeExpr};
use crate::validate::Check;
use crate::validate::codes::RUST_NAME;
use crate::validate::model::symbols::SymbolKind;
use crate::validate::model::uniqueness::ALWAYS;

const LANGUAGE: &str = "Go";

pub(super) fn check(check: &mut Check<'_>, refused: &RefusedNames) {
    types(check, refused);
    let index = check.index;
    for struct_ in &index.structs {
        let fields = struct_.fields();
        let made = fields.map(|field| Made::new(go_field(field.name), field.name, field.validity));
        let made = refused.others(made);
        capitals(check, &made, "field");
        unique(check, &made, "field", LANGUAGE);
    }
    // The same arrays are fields.
    let refused = RefusedNames::so_far(check);
    package(check, &refused);
}

fn types(check: &mut Check<'_>, refused: &RefusedNames) {
    let made = go_types(check).into_iter();
    capitals(check, &refused.others(made), "type");
}

/// The types of structs, enums and numbers.
fn go_types<'a>(check: &Check<'a>) -> Vec<Made<'a>> {
    let prefix = check.spec.abi.short_prefix();
    let made = type_names(check.index, prefix).into_iter();
    made.map(|made| made.called(|name| go_type(prefix, name))).collect()
}

/// Everything that the package declares outside of types has one name space.
fn package(check: &mut Check<'_>, refused: &RefusedNames) {
    let (index, abi) = (check.index, &check.spec.abi);
    let prefix = abi.short_prefix();
    let types = go_types(check);
    let mut seen = HashSet::new();
    // The tables of equal types are not reported again.
    let tables = group_types(index, prefix).into_iter();
    let tables = tables.map(|made| made.called(|name| go_type(prefix, name)));
    let tables = tables.filter(|made| seen.insert(made.name.to_string()));
    let tables: Vec<_> =
        tables.map(|made| made.named(go_table(&made.name, TableKind::Names))).collect();
    let sizes = items(index, |kind| matches!(kind, SymbolKind::Struct));
    let sizes = sizes.map(|made| made.called(|name| go_size(&go_type(prefix, name))));
    let offsets = index.structs.iter().flat_map(|struct_| {
        let is_array = |(_, expr): (_, &TypeExpr)| matches!(expr.shape, Shape::Flexible(_));
        let fields = struct_.fields().filter(move |field| field.types().any(is_array));
        fields.map(move |field| {
            let name = go_offset(prefix, &struct_.name.value, &field.name.value);
            Made::new(name, field.name, field.validity).within(&struct_.name.value)
        })
    });
    let constants = items(index, |kind| {
        use SymbolKind::{Capability, Ioctl, Number, Text};
        matches!(kind, Capability | Ioctl | Number | Text)
    });
    let formats = abi.cap_headers.iter();
    let formats =
        formats.map(|(name, _)| Made::new(go_table(name, TableKind::Format), name, ALWAYS));
    let chains = index.chains.iter().filter(|chain| chain.item.within.is_none());
    let chains = chains.flat_map(|chain| {
        let name = &chain.item.chain;
        let made = [go_table(name, TableKind::Chain), go_table(name, TableKind::Host), caps(name)];
        let made = made.map(|made| Made::new(made, name, chain.validity));
        let host = chain.item.host.as_ref();
        let parse =
            host.map(|host| Made::new(go_parse(&go_type(prefix, host)), host, chain.validity));
        made.into_iter().chain(parse)
    });
    let made = types.into_iter().chain(tables).chain(sizes).chain(offsets);
    let made = made.chain(constants).chain(formats).chain(chains);
    let made = refused.others(made);
    for made in &made {
        if GO_NAMES.contains(&&*made.name) || is_go_word(&made.name) {
            let message = format!("`{}` cannot be a name in {LANGUAGE}", made.name);
            let why = "the language or the generated code uses it";
            check.refuse_because(RUST_NAME, made.place(), message, why);
        }
    }
    unique(check, &made, "name", LANGUAGE);
}

/// Refuses names that start with a digit.
fn capitals(check: &mut Check<'_>, made: &[Made<'_>], what: &str) {
    for made in made.iter().filter(|made| made.is_from(is_name) && !is_go_name(&made.name)) {
        let message = format!("`{}` cannot be a {what} in {LANGUAGE}", made.name);
        let why = "another prefix may help";
        check.refuse_because(RUST_NAME, made.place(), message, why);
    }
}
