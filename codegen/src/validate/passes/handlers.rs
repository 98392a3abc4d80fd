//! Handlers: the fields and capabilities that their reply rules name exist in
//! every release in which the handler has these rules.

use std::collections::HashMap;

use super::cap_headers::align;
use super::chains::offset;
use super::roles::needs_argsz;
use crate::diagnostic::{Diagnostics, Place};
use crate::reply::TailRule;
use crate::spec::handlers::CopiedWord;
use crate::spec::history::Validity;
use crate::spec::types::{ErrorName, Shape, TypeExpr};
use crate::spec::wrappers::{Placed, ValueOrMap, WordOrNames};
use crate::spec::{CopiedSpec, HandlerSpec, IoctlSpec, ReplyChainSpec, Rules};
use crate::validate::Check;
use crate::validate::codes::{BAD_CHAIN, BAD_NAME, KEY_CONFLICT, OUT_OF_RANGE};
use crate::validate::model::declarations::StructDeclaration;
use crate::validate::model::intervals::intersection;
use crate::validate::model::refs::{NUMBER, Reference};
use crate::validate::model::symbols::Symbols;

/// The chains of a struct: the releases that have one, and the names of all capabilities.
#[derive(Default)]
struct HostedChains<'a> {
    validities: Vec<Validity>,
    capabilities: Vec<&'a str>,
}

/// The chains by their hosts.
type Hosts<'a> = HashMap<&'a str, HostedChains<'a>>;

/// A handler, and the items that its rules refer to.
struct CheckedHandler<'a> {
    handler: &'a HandlerSpec,
    place: Place,
    rules: Rules<'a>,
    validity: Validity,
    /// The struct that the argument points to, by name and in every version.
    arg: &'a str,
    structs: &'a [&'a StructDeclaration<'a>],
}

pub(super) fn check(check: &mut Check<'_>) {
    let earlier = std::mem::take(check.problems);
    let hosts = hosts(check.index);
    let spec = check.spec;
    for (ioctl, validity) in spec.ioctls() {
        likes(check, ioctl);
        handlers(check, (ioctl, validity), &hosts);
    }
    // Rules that handlers share are checked for each of them.
    let found = std::mem::replace(check.problems, earlier);
    Diagnostics::append_distinct(check.problems, found);
}

fn hosts<'a>(index: &'a Symbols<'a>) -> Hosts<'a> {
    let mut hosts = Hosts::new();
    for chain in &index.chains {
        let Some(host) = &chain.item.host else { continue };
        hosts.entry(host.as_str()).or_default().validities.push(chain.validity);
    }
    for one in &index.capabilities {
        let mut chains = one.chain.into_iter().flat_map(|chain| index.chains_named(chain));
        let host = chains.find_map(|chain| chain.item.host.as_ref());
        if let Some(hosted) = host.and_then(|host| hosts.get_mut(host.as_str())) {
            hosted.capabilities.push(one.short(index));
        }
    }
    hosts
}

fn handlers(check: &mut Check<'_>, (ioctl, validity): (&IoctlSpec, Validity), hosts: &Hosts<'_>) {
    let Some(arg) = ioctl.arg.struct_name() else { return };
    let structs = check.index.structs_named(arg).filter(|one| one.validity.overlaps(validity));
    let structs: Vec<_> = structs.collect();
    if structs.is_empty() {
        return;
    }
    for (_, place, handler) in ioctl.handlers() {
        let since = handler.since.as_ref().map(|since| &since.value);
        let validity = validity.within(since, handler.until.as_ref().map(|until| &until.value));
        let rules = ioctl.rules(handler);
        let subject = CheckedHandler { handler, place, rules, validity, arg, structs: &structs };
        keys(check, &subject);
        refusals(check, &subject);
        minsz(check, &subject);
        fields(check, &subject);
        limits(check, &subject);
        array(check, &subject);
        if let Some(chain) = rules.chain {
            self::chain(check, &subject, chain, hosts);
        }
    }
}

/// `like` refers to earlier rules.
fn likes(check: &mut Check<'_>, ioctl: &IoctlSpec) {
    let replies = ioctl.replies.iter().enumerate();
    let of_replies = replies.filter_map(|(at, (_, rules))| Some((at, rules.like.as_ref()?)));
    let all = ioctl.replies.len();
    let of_handlers = ioctl.handlers().filter_map(|(.., one)| Some((all, one.like.as_ref()?)));
    for (earlier, name) in of_replies.chain(of_handlers) {
        let known = || ioctl.replies[..earlier].iter().map(|(name, _)| name.as_str());
        if known().all(|known| known != name.value) {
            let reference = Reference { name, place: name.place, needed: None };
            check.unknown(reference, ("set of rules", " before this"), |_| known().collect());
        }
    }
}

/// Keys that need or exclude each other.
fn keys(check: &mut Check<'_>, subject: &CheckedHandler<'_>) {
    let CheckedHandler { handler, rules, place, .. } = subject;
    if let Some(profile) = &handler.profile {
        // The reply builder has no defaults.
        for (key, given) in [("chain", rules.chain.is_some()), ("unset", rules.unset.is_some())] {
            if !given {
                check.refuse(KEY_CONFLICT, profile.place, format!("`profile` needs `{key}`"));
            }
        }
        if rules.chain.is_some_and(|chain| !chain.writes.is_empty()) {
            let message = "a `profile` cannot have `writes` of its chain's own";
            check.refuse(KEY_CONFLICT, profile.place, message);
        }
        if matches!(rules.writes, Some(ValueOrMap::Map(_))) {
            let message = "a `profile` writes from the first byte on, and not `only` some fields";
            check.refuse(KEY_CONFLICT, profile.place, message);
        }
    }
    if let (Some(_), None) = (&handler.capabilities, rules.chain) {
        check.refuse(KEY_CONFLICT, *place, "`capabilities` needs `chain`");
    }
    if let Some(WordOrNames::Word(CopiedWord::Nothing)) = rules.reads {
        check.refuse(KEY_CONFLICT, *place, "`reads` cannot be `nothing`: argsz is read");
    }
}

/// The rules about what a handler does not accept.
fn refusals(check: &mut Check<'_>, subject: &CheckedHandler<'_>) {
    let CheckedHandler { rules, place, .. } = subject;
    let protocol = &check.spec.abi.protocol;
    let is_zero = match rules.tail {
        Some(ValueOrMap::Value(word)) => word.value == TailRule::Zero,
        Some(ValueOrMap::Map(_)) => true,
        None => protocol.tail == TailRule::Zero,
    };
    if let (Some(first), false) = (rules.unchecked.and_then(|fields| fields.first()), is_zero) {
        let message = "`unchecked` needs a `tail` of zeros: otherwise no field is checked";
        check.refuse(KEY_CONFLICT, first.place, message);
    }
    let flexible = |(_, expr): (_, &TypeExpr)| matches!(expr.shape, Shape::Flexible(_));
    let mut fields = subject.structs.iter().flat_map(|one| one.fields());
    if is_zero && fields.any(|field| field.types().any(flexible)) {
        let message = format!("`{}` ends in an array, which has no tail", subject.arg);
        check.refuse(KEY_CONFLICT, *place, message);
    }
    let Some(WordOrNames::Names(errors)) = rules.replies_on else { return };
    for error in errors.iter() {
        if let Err(message) = error.value.parse::<ErrorName>() {
            check.refuse(BAD_NAME, error.place, message);
        }
    }
}

/// The rules or the struct have a minsz, which has no meaning without argsz.
fn minsz(check: &mut Check<'_>, subject: &CheckedHandler<'_>) {
    for struct_ in subject.structs {
        match subject.rules.minsz.or(struct_.minsz) {
            Some(minsz) => needs_argsz(check, struct_, minsz),
            None => {
                let message = format!("needs `minsz`: `{}` has none", struct_.name.value);
                check.refuse(KEY_CONFLICT, subject.place, message);
            }
        }
    }
}

/// The fields at which a copy can end.
fn ends(copied: Option<&CopiedSpec>) -> &[Placed<String>] {
    match copied {
        Some(WordOrNames::Names(names)) => names,
        _ => &[],
    }
}

fn fields(check: &mut Check<'_>, subject: &CheckedHandler<'_>) {
    let Rules { minsz, reads, writes, tail, unchecked, below, may_refuse, array, chain, .. } =
        subject.rules;
    let written = match writes {
        Some(ValueOrMap::Value(rule)) => ends(Some(rule)),
        Some(ValueOrMap::Map(only)) => &only.only[..],
        None => &[],
    };
    let tail = match tail {
        Some(ValueOrMap::Map(tail)) => Some(&tail.zero_after),
        _ => None,
    };
    for name in unchecked.into_iter().flat_map(|fields| fields.iter()) {
        some_release_has(check, subject, name);
    }
    let copied = minsz.into_iter().chain(ends(reads)).chain(written).chain(tail);
    let limited = below.into_iter().flat_map(|below| below.iter()).map(|(field, _)| field);
    let refused = may_refuse.into_iter().flat_map(|refused| refused.iter()).map(|(field, _)| field);
    let array = array.into_iter().flat_map(|array| {
        let sets = array.when_too_small.sets.iter();
        sets.chain([&array.field])
    });
    let chain = chain.into_iter().flat_map(|chain| chain.writes.iter());
    for name in copied.chain(limited).chain(refused).chain(array).chain(chain) {
        field(check, subject, name);
    }
}

/// The limits of input fields, and the numbers that some devices refuse, are
/// numbers that a caller could pass.
fn limits(check: &mut Check<'_>, subject: &CheckedHandler<'_>) {
    let Rules { below, may_refuse, .. } = subject.rules;
    let limits = below.into_iter().flat_map(|below| below.iter()).map(|(_, name)| name);
    let refused = may_refuse.into_iter().flat_map(|refused| refused.iter());
    for name in limits.chain(refused.flat_map(|(_, names)| names.iter())) {
        let reference = Reference { name, place: name.place, needed: Some(subject.validity) };
        if !check.resolve(reference, NUMBER) {
            continue;
        }
        let mut numbers = check.index.numbers_of(name);
        if numbers.any(|stretch| u64::try_from(stretch.number).is_err()) {
            let message = format!("`{}` is no number that an unsigned field can have", name.value);
            check.refuse(OUT_OF_RANGE, name.place, message);
        }
    }
}

/// The array that a handler appends has a field that counts its elements.
fn array(check: &mut Check<'_>, subject: &CheckedHandler<'_>) {
    let Some(array) = subject.rules.array else { return };
    let fields = subject.structs.iter().flat_map(|one| one.fields());
    let mut named = fields.filter(|field| field.is_always(&array.field)).peekable();
    let counted = |(_, expr): (_, &TypeExpr)| matches!(expr.shape, Shape::Flexible(Some(_)));
    if named.peek().is_some() && !named.any(|field| field.types().any(counted)) {
        let message = format!("`{}` is not an array with a count", array.field.value);
        check.refuse(BAD_CHAIN, array.field.place, message);
    }
    let chain = (subject.rules.chain.is_some(), "chain");
    let profile = (subject.handler.profile.is_some(), "profile");
    for (also, key) in [chain, profile] {
        if also {
            check.refuse(KEY_CONFLICT, array.field.place, format!("`array` excludes `{key}`"));
        }
    }
}

/// A field that the struct has in a release, not necessarily in all of the handler's.
fn some_release_has(check: &mut Check<'_>, subject: &CheckedHandler<'_>, name: &Placed<String>) {
    let fields = || subject.structs.iter().flat_map(|one| one.fields());
    if fields().all(|field| field.name.value != name.value) {
        let reference = Reference { name, place: name.place, needed: None };
        check
            .unknown(reference, ("field", ""), |_| fields().map(|one| one.name.as_str()).collect());
    }
}

fn field(check: &mut Check<'_>, subject: &CheckedHandler<'_>, name: &Placed<String>) {
    let CheckedHandler { validity, structs, .. } = *subject;
    // The common case, which needs no list.
    let mut fields = structs.iter().flat_map(|one| one.fields());
    if fields.any(|field| field.is_always(name) && field.validity.contains(validity)) {
        return;
    }
    let reference = Reference { name, place: name.place, needed: Some(validity) };
    let validities: Vec<_> = structs.iter().flat_map(|one| one.validities_of(name)).collect();
    if validities.is_empty() {
        let fields = || structs.iter().flat_map(|one| one.fields());
        let known = || fields().map(|field| field.name.as_str()).collect();
        check.unknown(reference, ("field", ""), |_| known());
    } else if let Some(release) = check.uncovered(validity, validities.iter().copied()) {
        let there = intersection(validities[0], validity).unwrap_or(validities[0]);
        check.absent(reference, "field", release, Some((structs[0].name.place, there)));
    }
}

/// The argument hosts a chain, which has the capabilities that the handler appends.
fn chain(
    check: &mut Check<'_>,
    subject: &CheckedHandler<'_>,
    chain: &ReplyChainSpec,
    hosts: &Hosts<'_>,
) {
    let arg = subject.arg;
    let hosted = hosts.get(arg);
    let validities = hosted.map_or(&[][..], |hosted| hosted.validities.as_slice());
    if let (Some(release), false) =
        (check.uncovered(subject.validity, validities.iter().copied()), check.incomplete)
    {
        let message = format!("`{arg}` hosts no chain in {release}");
        check.refuse(BAD_CHAIN, subject.place, message);
    }
    offset(check, chain.offset.value, chain.offset.place);
    align(check, chain.align.place, chain.align.value.value);
    let known = hosted.map_or(&[][..], |hosted| hosted.capabilities.as_slice());
    for name in subject.handler.capabilities.iter().flat_map(|list| list.iter()) {
        if !known.contains(&name.as_str()) {
            let reference = Reference { name, place: name.place, needed: None };
            let where_ = format!(" of a chain on `{arg}`");
            check.unknown(reference, ("capability", &where_), |_| known.to_vec());
        }
    }
}
