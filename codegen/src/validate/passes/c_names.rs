//! Names in C that the header makes from names of the specification: they lose the prefixes
//! of the ABI, so two of them can become one.

use super::made_names::{Made, RefusedNames, group_types, id_spaces, unique};
use crate::names::{c_group, c_name, c_stable, c_stem, c_word};
use crate::validate::Check;
use crate::validate::model::uniqueness::ALWAYS;

const LANGUAGE: &str = "C";

pub(super) fn check(check: &mut Check<'_>, refused: &RefusedNames) {
    let (index, abi) = (check.index, &check.spec.abi);
    let (name, prefix) = (abi.abi.as_str(), abi.short_prefix());
    let groups = group_types(index, prefix).into_iter().chain(id_spaces(index));
    let groups = groups.map(|made| made.called(|named| c_group(name, prefix, named, "name")));
    let caps = index.chains.iter().map(|chain| {
        let of = &chain.item.chain;
        let function = c_name(&c_stem(name), &[of.as_str(), c_word::CAP_NAME]);
        Made::new(function, of, chain.validity)
    });
    let functions = refused.others(groups.chain(caps));
    unique(check, &functions, "function", LANGUAGE);
    // The header declares the constants of all releases.
    let constants = index.groups.iter().flat_map(|group| group.values.iter());
    let macros = constants.map(|(text, _)| Made::new(c_stable(name, prefix, text), text, ALWAYS));
    let macros = refused.others(macros);
    unique(check, &macros, "macro", LANGUAGE);
}
