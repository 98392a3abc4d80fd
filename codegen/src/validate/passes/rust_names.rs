//! Names in Rust: of numbers within their type, of types and variants, of readers of records,
//! and of methods for members of unions.

use std::collections::{HashMap, HashSet};

use super::made_names::{Made, RUST, distinct, imported, prelude, type_names, unique};
use crate::names::{rust_type, setter, short, stream_data};
use crate::runtime::NUMBER_ITEMS;
use crate::validate::Check;
use crate::validate::model::declarations::{NumberGroup, NumberGroupKind, StructDeclaration};
use crate::validate::model::uniqueness::ALWAYS;

/// Variants that the enums of every chain have, and their meaning.
const VARIANTS: [(&str, &str); 2] = [
    ("Unknown", "this name is used for capabilities of later kernels"),
    ("Other", "a server appends capabilities of other trees under this name"),
];

pub(super) fn check(check: &mut Check<'_>) {
    let index = check.index;
    for group in &index.groups {
        shorts(check, group);
    }
    variants(check);
    types(check);
    kinds(check);
    readers(check);
    for struct_ in &index.structs {
        accessors(check, struct_);
    }
}

/// The names of numbers within their type.
fn shorts(check: &mut Check<'_>, group: &NumberGroup<'_>) {
    let suffix = group.suffix.map_or("", |suffix| &suffix.value);
    let made = group.values.iter().map(|(name, value)| {
        Made::new(short(name, group.short_prefixes(), suffix), name, value.validity(group.validity))
    });
    let made: Vec<_> = made.collect();
    distinct(check, &made, "short name");
    if !matches!(group.kind, NumberGroupKind::Constants | NumberGroupKind::IdSpace) {
        let taken = made.iter().filter(|short| NUMBER_ITEMS.contains(&&*short.name));
        for made in taken {
            made.refuse(check, "short name", "every generated type defines this name");
        }
    }
}

/// The names of the capabilities of a chain.
fn variants(check: &mut Check<'_>) {
    let index = check.index;
    let mut chains = HashMap::<&str, Vec<Made<'_>>>::new();
    for one in &index.capabilities {
        let Some(chain) = one.chain else { continue };
        let variant = rust_type(one.short(index));
        let made = Made::new(variant, &one.item.capability, one.validity);
        chains.entry(chain).or_default().push(made);
    }
    for made in index.chains.iter().filter_map(|chain| chains.remove(chain.item.chain.as_str())) {
        distinct(check, &made, "short name");
        for (name, why) in VARIANTS {
            for made in made.iter().filter(|made| made.name == name) {
                made.refuse(check, "short name", why);
            }
        }
    }
}

/// Refuses equal names of types; files are modules next to them.
fn types(check: &mut Check<'_>) {
    let made = type_names(check.index, check.spec.abi.short_prefix());
    distinct(check, &made, "type");
    prelude(check, &made);
    let files: HashSet<_> = check.spec.files.iter().map(|file| file.name.as_str()).collect();
    for made in &made {
        if files.contains(&*made.name) {
            made.refuse(check, "type", "a file of the specification has this name");
        }
    }
}

/// Kinds of file descriptors, the variants of one type and types with the calls.
fn kinds(check: &mut Check<'_>) {
    let fds = check.spec.abi.fds.iter();
    let made: Vec<_> = fds.map(|(name, _)| Made::new(rust_type(name), name, ALWAYS)).collect();
    distinct(check, &made, "variant");
    prelude(check, &made);
    imported(check, &made);
}

/// The reader of the records of each kind of file descriptor, and its data.
fn readers(check: &mut Check<'_>) {
    let fds = check.spec.abi.fds.iter().filter(|(_, kind)| kind.stream.is_some());
    let readers: Vec<_> = fds.map(|(name, _)| Made::new(rust_type(name), name, ALWAYS)).collect();
    let data = readers.iter().map(|one| one.named(stream_data(&one.name)));
    let data: Vec<_> = data.collect();
    // The pass of the kinds has refused their own names.
    imported(check, &data);
    distinct(check, &data.into_iter().chain(readers).collect::<Vec<_>>(), "type");
}

/// Members of unions are methods: one that reads, and one that sets.
fn accessors(check: &mut Check<'_>, struct_: &StructDeclaration<'_>) {
    let arms = struct_.members().filter(|member| member.union.is_some());
    let methods = arms.flat_map(|arm| {
        let both = [arm.name.value.clone(), setter(&arm.name.value)];
        both.map(|method| Made::new(method, arm.name, arm.validity))
    });
    unique(check, &methods.collect::<Vec<_>>(), "method", RUST);
}
