//! Chains: the start of each, and the header of its capabilities.

use super::cap_headers::{header_of, most};
use super::roles::validities_of;
use super::values::INTS;
use crate::diagnostic::{Diagnostic, Place};
use crate::layout::Int;
use crate::spec::history::Validity;
use crate::spec::text::Number;
use crate::spec::types::{RoleWord, TypeExpr, int};
use crate::spec::wrappers::Placed;
use crate::validate::Check;
use crate::validate::codes::{BAD_CHAIN, KEY_CONFLICT, OUT_OF_RANGE};
use crate::validate::model::declarations::{ChainItem, StructDeclaration, bit, plain_int};
use crate::validate::model::refs::{NUMBER, Reference, STRUCT};

pub(super) fn check(check: &mut Check<'_>) {
    let index = check.index;
    for (at, chain) in index.chains.iter().enumerate() {
        alone(check, chain, &index.chains[..at]);
        header(check, chain);
        start(check, chain);
        for (_, _, number) in chain.item.reserved.flat() {
            let place = number.value.place;
            let chain = (Some(&chain.item.chain), chain.validity);
            id(check, chain, (number.value.value, place));
        }
    }
}

/// A struct hosts at most one chain in a release.
fn alone(check: &mut Check<'_>, chain: &ChainItem<'_>, others: &[ChainItem<'_>]) {
    let Some(host) = &chain.item.host else { return };
    let same = |other: &&ChainItem<'_>| {
        let its = other.item.host.as_ref();
        its.is_some_and(|its| its.value == host.value) && other.validity.overlaps(chain.validity)
    };
    if let Some(first) = others.iter().find(same) {
        let message = format!("`{}` already hosts a chain", host.value);
        let problem = Diagnostic::error(BAD_CHAIN, message).at(host.place, "again here");
        check.problems.push(problem.and(first.item.chain.place, "first here"));
    }
}

/// The header of a chain's capabilities exists in all releases of the chain.
fn header(check: &mut Check<'_>, chain: &ChainItem<'_>) {
    let name = &chain.item.header;
    let reference = Reference { name, place: name.place, needed: Some(chain.validity) };
    let Some(header) = check.spec.abi.cap_headers.get(name) else {
        let spec = check.spec;
        let known = || spec.abi.cap_headers.iter().map(|(name, _)| name.as_str()).collect();
        check.unknown(reference, ("capability header", ""), |_| known());
        return;
    };
    if !check.index.targets(&header.struct_).is_empty() {
        check.resolve(Reference { name: &header.struct_, ..reference }, STRUCT);
    }
}

/// A chain starts at its host's `cap_offset` or at a place of its own.
fn start(check: &mut Check<'_>, chain: &ChainItem<'_>) {
    let item = chain.item;
    match (&item.host, &item.first) {
        (Some(host), None) => self::host(check, chain, host, &HOST),
        (Some(host), Some(first)) => {
            // A fixed offset after the struct, without `cap_offset`.
            if let Some(type_) = &first.type_ {
                check.refuse(KEY_CONFLICT, type_.place, "the `host` determines the start");
            }
            match first.offset {
                Some(at) => offset(check, at.value, at.place),
                None => check.refuse(KEY_CONFLICT, host.place, "`first` needs an `offset`"),
            }
            self::host(check, chain, host, &FRONT);
        }
        (None, Some(first)) => {
            if let Some(flag) = item.flag.as_ref().filter(|_| item.space.is_none()) {
                check.refuse(KEY_CONFLICT, flag.place, "`flag` needs a `host` or a `space`");
            }
            for place in [first.offset, first.bound].into_iter().flatten() {
                offset(check, place.value, place.place);
            }
            if let Some(name) = first.type_.as_ref().filter(|name| int(name).is_none()) {
                let reference = Reference { name, place: name.place, needed: None };
                check.unknown(reference, ("integer type", ""), |_| INTS.to_vec());
            }
        }
        (None, None) => check.refuse(KEY_CONFLICT, item.chain.place, "needs a `host` or a `first`"),
    }
}

/// An offset in a reply or a space.
pub(super) fn offset(check: &mut Check<'_>, offset: Number, place: Place) {
    if !(0..=i128::from(i32::MAX)).contains(&offset.value) {
        let message = format!("{offset} is not a possible offset");
        check.refuse(OUT_OF_RANGE, place, message);
    }
}

/// The roles of fields that the host of a chain has.
const HOST: [(RoleWord, &str); 3] =
    [(RoleWord::Argsz, "argsz"), (RoleWord::Flags, "flags"), (RoleWord::CapOffset, "cap_offset")];

/// The rules of a struct after which a chain starts at a fixed offset.
const FRONT: [(RoleWord, &str); 2] = [(RoleWord::Argsz, "argsz"), (RoleWord::Flags, "flags")];

fn host(
    check: &mut Check<'_>,
    chain: &ChainItem<'_>,
    host: &Placed<String>,
    roles: &[(RoleWord, &str)],
) {
    let reference = Reference { name: host, place: host.place, needed: Some(chain.validity) };
    if !check.resolve(reference, STRUCT) {
        return;
    }
    let index = check.index;
    let structs = || index.structs_named(host).filter(|one| one.validity.overlaps(chain.validity));
    for (role, word) in roles {
        let validities = structs().flat_map(|one| validities_of(one, *role));
        if let (Some(release), false) =
            (check.uncovered(chain.validity, validities), check.incomplete)
        {
            let message = format!("`{}` has no field `{word}` in {release}", host.value);
            let mut problem =
                Diagnostic::error(BAD_CHAIN, message).at(host.place, "cannot host a chain");
            if let Some(struct_) = structs().next() {
                problem = problem.and(struct_.name.place, "the struct");
            }
            check.problems.push(problem);
        }
    }
    match &chain.item.flag {
        Some(name) => flag(check, chain, (name, structs().collect())),
        None => check.refuse(
            KEY_CONFLICT,
            host.place,
            "`host` needs a `flag` that says there is a chain",
        ),
    }
}

/// The flag of a chain is a bit of the host's own flags.
fn flag(
    check: &mut Check<'_>,
    chain: &ChainItem<'_>,
    (name, hosts): (&Placed<String>, Vec<&StructDeclaration<'_>>),
) {
    let reference = Reference { name, place: name.place, needed: Some(chain.validity) };
    if !check.resolve(reference, NUMBER) {
        return;
    }
    let index = check.index;
    let validities = index.targets(name).iter().filter_map(|target| {
        let (group, value) = target.number?;
        let group = &index.groups[group];
        let single = bit(&group.values[value].1).is_some();
        let host = hosts.iter().find(|host| Some(host.name.value.as_str()) == group.owner)?;
        let field = host.fields().find(|field| std::ptr::eq(field.name, group.name))?;
        let is_flags = |(_, expr): (_, &TypeExpr)| {
            expr.role == Some(RoleWord::Flags) && plain_int(expr) == Some(Int::U32)
        };
        (single && field.types().any(is_flags)).then_some(target.validity)
    });
    if check.uncovered(chain.validity, validities).is_some() {
        let message = format!("`{}` is not a single bit of the host's u32 flags", name.value);
        check.missing(Diagnostic::error(BAD_CHAIN, message).at(name.place, ""));
    }
}

/// An id fits the header of its chain, and the constant that C and Rust get.
pub(super) fn id(
    check: &mut Check<'_>,
    (chain, validity): (Option<&Placed<String>>, Validity),
    (id, place): (Number, Place),
) {
    let header = chain.and_then(|chain| header_of(check, chain, validity));
    let most = header.and_then(|header| most(check.index, &header.struct_, &header.id));
    let most = most.unwrap_or(u64::MAX).min(u32::MAX.into());
    id_up_to(check, most, (id, place));
}

/// An id that some bits can hold.
pub(super) fn id_up_to(check: &mut Check<'_>, most: u64, (id, place): (Number, Place)) {
    let most = id.like(most.into());
    if !(0..=most.value).contains(&id.value) {
        let message = format!("{id} is not an id from 0 to {most}");
        check.refuse(OUT_OF_RANGE, place, message);
    }
}
