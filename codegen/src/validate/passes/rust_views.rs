//! Names in Rust views: types, constants and methods are named after structs,
//! fields, chains, capabilities and profiles.

use super::bodies::element;
use super::made_names::{Made, RUST, distinct, imported, prelude, unique};
use super::names::file_name;
use super::spaces::space_of;
use crate::names::{
    cap, cap_buf, cap_type, caps, new_cap, reply_view, screaming, space_element, view_getter,
};
use crate::validate::Check;
use crate::validate::model::declarations::{ChainItem, StructDeclaration};
use crate::validate::model::uniqueness::ALWAYS;

/// Methods of the view of a reply, their arguments, and constants that no argument can hide.
const METHODS: [&str; 10] = [
    "ARRAYS",
    "HOST",
    "buffer",
    "call",
    "caps",
    "parse",
    "parse_as",
    "request",
    "required_size",
    "to_struct",
];

pub(super) fn check(check: &mut Check<'_>) {
    let index = check.index;
    for chain in &index.chains {
        let name = &chain.item.chain;
        file_name(check, name, name.place);
        if name.value == "arrays" {
            let made = Made::new("arrays", name, ALWAYS);
            made.refuse(check, "module", "another module has this name");
        }
        hosts(check, chain);
    }
    types(check);
    constants(check);
    for one in &index.capabilities {
        let name = one.item.struct_.as_ref();
        for struct_ in name.into_iter().flat_map(|name| index.structs_named(name)) {
            getters(check, struct_);
            let elements = struct_.fields().filter_map(|field| element(&field));
            let structs = elements.flat_map(|name| index.structs_named(name));
            structs.for_each(|element| getters(check, element));
        }
    }
}

fn types(check: &mut Check<'_>) {
    let index = check.index;
    let prefix = check.spec.abi.short_prefix();
    let chains = index.chains.iter().flat_map(|chain| {
        let name = &chain.item.chain;
        let own = [cap(name), caps(name), cap_buf(name), new_cap(name)];
        let own = own.into_iter().map(|type_| Made::new(type_, name, chain.validity));
        let host = chain.item.host.as_ref();
        own.chain(host.map(|host| Made::new(reply_view(prefix, host), host, chain.validity)))
    });
    let capabilities = index.capabilities.iter().filter_map(|one| {
        let chain = one.chain?;
        let name = cap_type(chain, one.short(index));
        Some(Made::new(name, &one.item.capability, one.validity).one_of(chain))
    });
    let elements = elements(check);
    let made: Vec<_> = chains.chain(capabilities).chain(elements).collect();
    distinct(check, &made, "type");
    prelude(check, &made);
    imported(check, &made);
}

/// The elements of arrays in a space, each once for a chain.
fn elements<'a>(check: &Check<'a>) -> Vec<Made<'a>> {
    let index = check.index;
    let prefix = check.spec.abi.short_prefix();
    let mut made = Vec::new();
    let mut seen = Vec::new();
    for one in &index.capabilities {
        let (Some(chain), Some(body)) = (one.chain, &one.item.struct_) else { continue };
        if space_of(check, one).is_none() {
            continue;
        }
        let fields = index.structs_named(body).flat_map(StructDeclaration::fields);
        for name in fields.filter_map(|field| element(&field)) {
            for struct_ in index.structs_named(name) {
                if seen.contains(&(chain.as_str(), struct_.name.place.start(), name)) {
                    continue;
                }
                seen.push((chain.as_str(), struct_.name.place.start(), name));
                let type_ = space_element(prefix, chain, name);
                made.push(Made::new(type_, struct_.name, struct_.validity).within("element"));
            }
        }
    }
    made
}

/// Constants: profiles, and formats of headers.
fn constants(check: &mut Check<'_>) {
    let spec = check.spec;
    let headers = spec.abi.cap_headers.iter();
    let headers =
        headers.map(|(name, _)| Made::new(screaming(name), name, ALWAYS).within("header"));
    let handlers = spec.ioctls().flat_map(|(ioctl, validity)| {
        ioctl.handlers().map(move |(.., handler)| (handler, validity))
    });
    let profiles = handlers.filter_map(|(handler, validity)| {
        let name = handler.profile.as_ref()?;
        Some(Made::new(screaming(name), name, validity))
    });
    let made: Vec<_> = headers.chain(profiles).collect();
    distinct(check, &made, "constant");
    for made in made.iter().filter(|made| ["ARRAYS", "HOST"].contains(&&*made.name)) {
        made.refuse(check, "constant", "the file of a chain has one of this name");
    }
}

/// A reply has a method for each field of the host.
fn hosts(check: &mut Check<'_>, chain: &ChainItem<'_>) {
    let index = check.index;
    let Some(host) = &chain.item.host else { return };
    let hosts = index.structs_named(host).filter(|host| host.validity.overlaps(chain.validity));
    for member in hosts.flat_map(StructDeclaration::members) {
        for (validity, name) in member.names().filter(|(_, name)| METHODS.contains(name)) {
            let made = Made::new(name, member.name, validity);
            made.refuse(check, "method", "the view of a reply has one of this name");
        }
    }
}

/// A capability has a method for each field of its body.
fn getters(check: &mut Check<'_>, struct_: &StructDeclaration<'_>) {
    let names = struct_.fields().flat_map(|field| {
        field
            .names()
            .map(move |(validity, name)| Made::new(view_getter(name), field.name, validity))
    });
    unique(check, &names.collect::<Vec<_>>(), "method", RUST);
}
