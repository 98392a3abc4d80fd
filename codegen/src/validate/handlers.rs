//! Handlers: the fields and capabilities that their reply rules name are
//! there as long as the handler is.

use std::collections::HashMap;

use super::Check;
use super::chains::{V020, offset, refuse};
use super::eras::{both, gap};
use super::headers::align;
use super::parts::Struct;
use super::refs::{CAPABILITY, NUMBER, Reference};
use super::roles::needs_argsz;
use super::values::{V015, V018};
use crate::spec::history::Life;
use crate::spec::text::Placed;
use crate::spec::types::{Shape, TypeExpr};
use crate::spec::{Handler, Item, ReplyChain};

/// The word that stands for "as much as fits argsz".
const FITTING: &str = "argsz";

/// Structs and when a chain hangs on them.
type Hosts<'a> = HashMap<&'a str, Vec<Life>>;

pub(super) fn check(check: &mut Check<'_>) {
    let index = check.index;
    let mut hosts = Hosts::new();
    for chain in &index.chains {
        let host = chain.item.host.as_ref();
        hosts.entry(host.map_or("", |host| &host.value)).or_default().push(chain.life);
    }
    for file in &check.spec.files {
        for item in file.items.iter() {
            let Item::Ioctl(ioctl) = item else { continue };
            let life = item.life(file.life());
            let structs = index.structs_named(&ioctl.arg).filter(|one| one.life.meets(life));
            let structs: Vec<_> = structs.collect();
            if structs.is_empty() {
                continue;
            }
            if let Some(handler) = ioctl.handlers.first() {
                structs.iter().for_each(|one| needs_argsz(check, one, &handler.minsz));
            }
            for handler in ioctl.handlers.iter() {
                let since = handler.since.as_ref().map(|since| &since.value);
                let life = life.within(since, handler.until.as_ref().map(|until| &until.value));
                fields(check, (handler, life), &structs);
                limits(check, (handler, life));
                array(check, handler, &structs);
                if let Some(chain) = &handler.capabilities {
                    let lives = hosts.get(ioctl.arg.as_str()).map_or(&[][..], Vec::as_slice);
                    if let (Some(release), false) =
                        (gap(life, lives.iter().copied()), check.incomplete)
                    {
                        let message =
                            format!("no chain hangs on `{}` in {release}", ioctl.arg.value);
                        refuse(check, V020, handler.handler.place, &message);
                    }
                    if let (Some(profile), false) = (&handler.profile, chain.writes.is_empty()) {
                        let message = "a `profile` cannot have `writes` of its chain's own";
                        refuse(check, V018, profile.place, message);
                    }
                    capabilities(check, chain, &ioctl.arg);
                }
            }
        }
    }
}

fn fields(check: &mut Check<'_>, (handler, life): (&Handler, Life), structs: &[&Struct<'_>]) {
    let writes = match &handler.writes[..] {
        [word] if word.value == FITTING => &[],
        fields => fields,
    };
    let limited = handler.below.iter().map(|(field, _)| field);
    let array =
        handler.array.iter().flat_map(|array| array.short.sets.iter().chain([&array.field]));
    let chain = handler.capabilities.iter().flat_map(|chain| chain.writes.iter());
    let names = [&handler.minsz].into_iter().chain(handler.reads.iter()).chain(writes);
    for name in names.chain(limited).chain(array).chain(chain) {
        field(check, (name, life), structs);
    }
}

/// What input fields must be below is a number that the caller can pass.
fn limits(check: &mut Check<'_>, (handler, life): (&Handler, Life)) {
    for (_, name) in handler.below.iter() {
        let reference = Reference { name, place: name.place, needed: Some(life) };
        if !check.resolve(reference, NUMBER) {
            continue;
        }
        let mut numbers = check.index.numbers_of(name);
        if numbers.any(|stretch| u64::try_from(stretch.number).is_err()) {
            let message = format!("nothing unsigned is below `{}`", name.value);
            refuse(check, V015, name.place, &message);
        }
    }
}

/// The array that a handler appends is one that another field counts.
fn array(check: &mut Check<'_>, handler: &Handler, structs: &[&Struct<'_>]) {
    let Some(array) = &handler.array else { return };
    let fields = structs.iter().flat_map(|one| one.fields());
    let mut named = fields.filter(|field| field.is_always(&array.field)).peekable();
    let counted = |(_, expr): (_, &TypeExpr)| matches!(expr.shape, Shape::Flexible(Some(_)));
    if named.peek().is_some() && !named.any(|field| field.types().any(counted)) {
        let message = format!("`{}` is no array that another field counts", array.field.value);
        refuse(check, V020, array.field.place, &message);
    }
    for (also, key) in
        [(handler.capabilities.is_some(), "capabilities"), (handler.profile.is_some(), "profile")]
    {
        if also {
            refuse(check, V018, array.field.place, &format!("`array` excludes `{key}`"));
        }
    }
}

fn field(check: &mut Check<'_>, (name, life): (&Placed<String>, Life), structs: &[&Struct<'_>]) {
    // The common case, which needs no list.
    let mut fields = structs.iter().flat_map(|one| one.fields());
    if fields.any(|field| field.is_always(name) && field.life.spans(life)) {
        return;
    }
    let reference = Reference { name, place: name.place, needed: Some(life) };
    let lives: Vec<_> = structs.iter().flat_map(|one| one.lives_of(name)).collect();
    if lives.is_empty() {
        let fields = || structs.iter().flat_map(|one| one.fields());
        let known = || fields().map(|field| field.name.as_str()).collect();
        check.unknown(reference, ("field", ""), |_| known());
    } else if let Some(release) = gap(life, lives.iter().copied()) {
        let there = both(lives[0], life).unwrap_or(lives[0]);
        check.absent(reference, "field", release, Some((structs[0].name.place, there)));
    }
}

fn capabilities(check: &mut Check<'_>, chain: &ReplyChain, host: &Placed<String>) {
    offset(check, chain.at.value.value, chain.at.place);
    align(check, chain.align.place, chain.align.value.value);
    let index = check.index;
    for name in chain.gives.iter() {
        let reference = Reference { name, place: name.place, needed: None };
        if !check.resolve(reference, CAPABILITY) {
            continue;
        }
        let chains = index.capabilities_named(name).filter_map(|one| one.chain);
        let mut chains = chains.flat_map(|chain| index.chains_named(chain));
        let on = |name: &Placed<String>| name.value == host.value;
        if !chains.any(|chain| chain.item.host.as_ref().is_some_and(on)) {
            let message =
                format!("`{}` is no capability of a chain on `{}`", name.value, host.value);
            refuse(check, V020, name.place, &message);
        }
    }
}
