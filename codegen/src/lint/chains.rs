//! Chains of capabilities, and the structs that host them.

use super::subject::LintSubject;
use super::violation::Violation;
use crate::ir::{
    Abi, CapHeader, Capability, Chain, ChainStart, Field, Host, Meta, Role, Struct, StructId, Type,
    Value,
};
use crate::layout::{Int, Model};
use crate::layout::{all_equal, per_model};
use crate::release::Release;

/// L8: a host has a flag, a `cap_offset` of the same release, and a size that keeps
/// the chain aligned.
pub(super) fn carriers_are_complete(abi: &Abi) -> Vec<Violation<'_>> {
    let mut findings = Vec::new();
    for chain in &abi.chains {
        if let ChainStart::AtOffsetField { host, cap_offset } = &chain.start {
            findings.extend(flag_and_offset(abi, chain, host, *cap_offset));
            findings.extend(fixed_part(abi, chain, host));
        }
    }
    findings.extend(abi.chains.iter().filter_map(|chain| without_offset(abi, chain)));
    for (index, struct_) in abi.structs.iter().enumerate() {
        let offset = struct_.fields.iter().find(|field| field.role == Role::CapOffset);
        let hosts_one = abi.chain_of(StructId(index)).is_some();
        if let (Some(field), false) = (offset, hosts_one) {
            let message = format!("`{}` does not lead to a chain", field.name);
            findings.push(
                Violation::new(LintSubject::of_field(abi, struct_, field), message)
                    .label("an offset of capabilities")
                    .help(format!("declare a `chain` with `host: {}`", struct_.name)),
            );
        }
    }
    findings
}

/// A chain at a fixed offset after a struct with a flag and without `cap_offset`.
fn without_offset<'a>(abi: &'a Abi, chain: &'a Chain) -> Option<Violation<'a>> {
    let ChainStart::After { host, .. } = &chain.start else { return None };
    let struct_ = abi.struct_(host.struct_);
    let message = format!("the chain after `{}` has no `cap_offset`", struct_.name);
    let label = format!("starts at a fixed offset if `{}` is set", host.flag.0);
    Some(
        Violation::new(LintSubject::of(&chain.meta), message)
            .label(label)
            .and(struct_.meta.place, "can never grow")
            .help("append a `cap_offset u32`, which is 0 if the chain does not fit"),
    )
}

fn flag_and_offset<'a>(
    abi: &'a Abi,
    chain: &'a Chain,
    host: &'a Host,
    cap_offset: usize,
) -> Option<Violation<'a>> {
    let struct_ = abi.struct_(host.struct_);
    let (flags, offset) = (&struct_.fields[host.flags], &struct_.fields[cap_offset]);
    let name = &host.flag.0;
    let at_offset = |message| Violation::new(LintSubject::of_field(abi, struct_, offset), message);
    let Some(flag) = flag_of(abi, flags, name) else {
        let message = format!("`{name}` is not a flag of `{}.{}`", struct_.name, flags.name);
        return Some(
            Violation::new(LintSubject::of(&chain.meta), message)
                .help("declare it under its `bits`"),
        );
    };
    if !matches!(offset.type_, Type::Int(Int::U32)) {
        let message = format!("`{}` is not a u32", offset.name);
        return Some(at_offset(message).help("every chain's offset is a `cap_offset u32`"));
    }
    let (flag_since, offset_since) = (began(&flag.meta), began(&offset.meta));
    if flag_since != offset_since {
        let message = format!("`{}` and its flag were not added together", offset.name);
        return Some(
            at_offset(message)
                .label(format!("since {offset_since}"))
                .and(flag.meta.place, format!("since {flag_since}"))
                .help("give both the same release: a reader tests the flag, then reads the offset"),
        );
    }
    None
}

fn flag_of<'a>(abi: &'a Abi, flags: &Field, name: &str) -> Option<&'a Value> {
    let group = abi.group(flags.group?);
    group.values.iter().find(|value| value.name == name)
}

/// The release in which an item got its present meaning; under a former name it may
/// have had another one.
fn began(meta: &Meta) -> Release {
    let renamed = meta.history.names.iter().map(|(_, until)| *until);
    renamed.fold(meta.since.first(), Ord::max)
}

fn fixed_part<'a>(abi: &'a Abi, chain: &'a Chain, host: &Host) -> Option<Violation<'a>> {
    let struct_ = abi.struct_(host.struct_);
    let align = abi.cap_headers[chain.header].align;
    let sizes = struct_.layouts.each_ref().map(|layout| layout.size);
    if sizes.iter().all(|size| size % align == 0) {
        return None;
    }
    let message = format!("`{}` misaligns the chain after it", struct_.name);
    Some(
        Violation::new(LintSubject::of_struct(abi, struct_), message)
            .label(format!("its size is {}", per_model(&sizes)))
            .and(
                chain.meta.place,
                format!("the chain's capabilities start at multiples of {align}"),
            )
            .help(format!("append a `reserved` field that makes the size a multiple of {align}")),
    )
}

/// L9: the header first, the size a multiple of the chain's alignment, and
/// every field at a multiple of its own.
pub(super) fn bodies_keep_the_alignment(abi: &Abi) -> Vec<Violation<'_>> {
    let of_replies = |capability: &&Capability| abi.chain(capability.chain).space.is_none();
    let bodies = abi.capabilities.iter().filter(of_replies).filter_map(|capability| {
        let header = &abi.cap_headers[abi.chain(capability.chain).header];
        Some((abi.struct_(capability.struct_?), header))
    });
    bodies.filter_map(|(struct_, header)| body(abi, struct_, header)).collect()
}

fn body<'a>(abi: &'a Abi, struct_: &'a Struct, header: &CapHeader) -> Option<Violation<'a>> {
    let subject = LintSubject::of_struct(abi, struct_);
    let starts = |field: &Field| matches!(field.type_, Type::Struct(id) if id == header.struct_);
    if !struct_.fields.first().is_some_and(starts) {
        let name = &abi.struct_(header.struct_).name;
        let message = format!("`{}` does not start with `{name}`", struct_.name);
        return Some(Violation::new(subject, message).help(format!("put `header: {name}` first")));
    }
    let align = header.align;
    let sizes = struct_.layouts.each_ref().map(|layout| layout.size);
    let misaligned = struct_.fields.iter().enumerate().filter_map(|(index, field)| {
        let align = abi.extent(&field.type_, Model::KERNEL)?.align;
        let offsets = struct_.spans(index).map(|span| span.offset);
        offsets.iter().any(|offset| offset % align != 0).then_some((field, offsets))
    });
    let misaligned: Vec<_> = misaligned.collect();
    if sizes.iter().all(|size| size % align == 0) && misaligned.is_empty() {
        return None;
    }
    let message = format!("`{}` does not keep the alignment of its chain", struct_.name);
    let finding = Violation::new(subject, message)
        .label(format!(
            "its size is {}; capabilities start at multiples of {align}",
            per_model(&sizes)
        ))
        .help(match all_equal(&sizes) {
            true => format!("append a `reserved` field that makes the size a multiple of {align}"),
            false => {
                "make every u64 `aligned_u64`, then pad the end with a `reserved` field".to_owned()
            }
        });
    Some(misaligned.into_iter().fold(finding, |finding, (field, offsets)| {
        finding.and(field.meta.place, format!("is at {}", per_model(&offsets)))
    }))
}

/// L25: a handler appends every capability that is not deprecated.
pub(super) fn capabilities_are_emitted(abi: &Abi) -> Vec<Violation<'_>> {
    let unused = |one: &Capability| abi.emitters(one).is_some_and(|list| list.is_empty());
    let capabilities = abi.capabilities.iter();
    let idle = capabilities.filter(|one| unused(one) && one.meta.deprecated.is_none());
    idle.map(|capability| {
        let message = format!("no handler appends `{}`", capability.name);
        Violation::new(LintSubject::of(&capability.meta), message)
            .label("not in the `capabilities` of a handler, and not `deprecated`")
            .help("list it in the handlers that append it, or mark it as `deprecated`")
    })
    .collect()
}
