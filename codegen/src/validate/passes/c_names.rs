//! Names in C that the header makes from names of the specification: they lose the prefixes
//! of the ABI, so two of them can become one.

use super::made_names::{Made, RefusedNames, group_types, unique};
use crate::names::{c_group, c_stable};
use crate::validate::Check;
use crate::validate::model::uniqueness::ALWAYS;

const LANGUAGE: &str = "C";

pub(super) fn check(check: &mut Check<'_>, refused: &RefusedNames) {
    let (index, abi) = (check.index, &check.spec.abi);
    let (name, prefix) = (abi.abi.as_str(), abi.short_prefix());
    let groups = group_types(index, prefix).into_iter();
    let functions = groups.map(|made| made.called(|type_| c_group(name, prefix, type_, "name")));
    let functions = refused.others(functions);
    unique(check, &functions, "function", LANGUAGE);
    // The header declares the constants of all releases.
    let constants = index.groups.iter().flat_map(|group| group.values.iter());
    let macros = constants.map(|(text, _)| Made::new(c_stable(name, prefix, text), text, ALWAYS));
    let macros = refused.others(macros);
    unique(check, &macros, "macro", LANGUAGE);
}
