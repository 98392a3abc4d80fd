//! The reply rules of the kernel's handlers, compared with the struct.

use super::subject::LintSubject;
use super::violation::Violation;
use crate::ir::{
    Abi, Arg, Copied, Field, Handler, Ioctl, Meta, ReplyChain, Role, Struct, StructRole, Type,
};
use crate::reply::Unset;

/// L19: argsz must cover the struct of the first release, and never more. Sizes are
/// those of the LP64 layout; the kernel does not translate for 32-bit callers.
pub(super) fn minsz_is_that_of_the_first_release(abi: &Abi) -> Vec<Violation<'_>> {
    let arguments = abi.structs.iter().filter(|one| one.role == StructRole::Argument);
    let mut findings: Vec<_> = arguments.flat_map(|one| minsz_of_struct(abi, one)).collect();
    for (ioctl, struct_, handler) in handlers(abi) {
        let declared = struct_.minsz.map(|field| struct_.kernel_span(field).end());
        let Some(declared) = declared.filter(|declared| *declared != handler.minsz) else {
            continue;
        };
        let message = format!(
            "`{}` requires another size of `{}` than the struct",
            handler.name, struct_.name
        );
        findings.push(
            Violation::new(LintSubject::of_handler(ioctl, handler), message)
                .label(format!("argsz must cover {} bytes", handler.minsz))
                .and(struct_.meta.place, format!("its minsz is {declared} bytes"))
                .help("a larger minsz refuses old callers; use the same field for both"),
        );
    }
    findings
}

fn minsz_of_struct<'a>(abi: &'a Abi, struct_: &'a Struct) -> Vec<Violation<'a>> {
    let subject = LintSubject::of_struct(abi, struct_);
    let Some(minsz) = struct_.minsz else {
        let message = format!("`{}` has no minsz", struct_.name);
        let finding = Violation::new(subject, message).label("the argument of an ioctl");
        return vec![finding.help("name the last field of its first release as `minsz`")];
    };
    let since = struct_.meta.since.first();
    let came = |meta: &Meta| meta.since.first() == since;
    // A member of a union can be older than the union, which replaced it as a field.
    let first = |field: &Field| came(&field.meta) || field.arms().iter().any(|arm| came(&arm.meta));
    let fields = &struct_.fields;
    // A field that was cut from reserved bytes of the first release leaves minsz as it was.
    let cut = |index: usize| {
        let mut after = fields[index..].iter().skip_while(|field| !first(field));
        after.next().is_some_and(|field| {
            field.role == Role::Reserved && !field.meta.history.types.is_empty()
        })
    };
    let fixed = |field: &Field| !matches!(field.type_, Type::Flexible(..));
    let wrong = fields.iter().enumerate().filter_map(|(index, field)| {
        match (index <= minsz, first(field)) {
            (true, false) if !cut(index) => {
                Some((field, "added later, but before the end of minsz"))
            }
            // Programs need not pass reserved bytes.
            (false, true) if fixed(field) && field.role != Role::Reserved => {
                Some((field, "was in the first release, but is after minsz"))
            }
            _ => None,
        }
    });
    wrong
        .map(|(field, text)| {
            let message =
                format!("the minsz of `{}` is not that of its first release", struct_.name);
            Violation::new(LintSubject::of_field(abi, struct_, field), message)
                .label(text)
                .and(struct_.fields[minsz].meta.place, "minsz ends here")
                .help("minsz ends with the last fixed field that the first release had")
        })
        .collect()
}

/// L9: a handler that writes a chain rounds up to the chain's alignment.
pub(super) fn chains_keep_the_alignment(abi: &Abi) -> Vec<Violation<'_>> {
    let chains = present_chains(abi).filter_map(|(ioctl, _, handler, reply)| {
        let Arg::Struct(host) = ioctl.arg else { return None };
        let align = abi.cap_headers[abi.chain_of(host)?.header].align;
        (reply.align % align != 0).then(|| {
            let message = format!("`{}` leaves capabilities misaligned", handler.name);
            Violation::new(LintSubject::of_handler(ioctl, handler), message)
                .label(format!("rounds offsets up to multiples of {}", reply.align))
                .help(format!("every capability of this chain starts at a multiple of {align}"))
        })
    });
    chains.collect()
}

/// L20: the fixed part comes from an initialised buffer, includes `cap_offset` or
/// the fields before an array, and the chain starts at its end.
pub(super) fn replies_are_complete(abi: &Abi) -> Vec<Violation<'_>> {
    let mut findings = Vec::new();
    for (ioctl, _, handler) in present(abi).filter(|one| one.2.unset == Unset::Stack) {
        let message = format!("`{}` leaks kernel stack", handler.name);
        findings.push(
            Violation::new(LintSubject::of_handler(ioctl, handler), message)
                .label("its unset bytes are `stack`")
                .help("clear the reply before filling it, so that unset bytes are `zero`"),
        );
    }
    for (ioctl, struct_, handler) in present(abi) {
        let Some(array) = &handler.array else { continue };
        let start = struct_.kernel_span(array.field).offset;
        if !reaches(handler, start) {
            let message = format!("`{}` does not write the length of its array", handler.name);
            let array = &struct_.fields[array.field];
            findings.push(
                Violation::new(LintSubject::of_handler(ioctl, handler), message)
                    .label("`writes` ends before the array")
                    .and(array.meta.place, format!("starts at {start}"))
                    .help("write the fixed part up to the array, with the field that counts it"),
            );
        }
    }
    for (ioctl, struct_, handler, reply) in present_chains(abi) {
        let size = struct_.kernel_layout().size;
        let subject = LintSubject::of_handler(ioctl, handler);
        if reply.offset != size {
            let message =
                format!("the chain of `{}` does not start after its struct", handler.name);
            findings.push(
                Violation::new(subject, message)
                    .label(format!("starts at {}", reply.offset))
                    .and(struct_.meta.place, format!("has {size} bytes"))
                    .help("take offset and size from the same struct"),
            );
        } else if !writes_offset(struct_, handler) {
            let message = format!("`{}` does not write the offset of its chain", handler.name);
            findings.push(
                Violation::new(subject, message)
                    .label("`writes` ends before `cap_offset`")
                    .help("write as much of the fixed part as argsz covers"),
            );
        }
    }
    findings
}

fn writes_offset(struct_: &Struct, handler: &Handler) -> bool {
    let is_offset = |field: &Field| field.role == Role::CapOffset;
    let Some(offset) = struct_.fields.iter().position(is_offset) else { return true };
    reaches(handler, struct_.kernel_span(offset).end())
}

/// Whether the fixed part is copied out up to `end`, if argsz covers it.
fn reaches(handler: &Handler, end: u64) -> bool {
    match &handler.writes {
        Copied::Fitting => true,
        Copied::Only(_) => false,
        Copied::Ends(ends) => ends.iter().any(|written| *written >= end),
    }
}

/// Every handler of an ioctl whose argument is a struct.
fn handlers(abi: &Abi) -> impl Iterator<Item = (&Ioctl, &Struct, &Handler)> {
    abi.ioctls.iter().flat_map(|ioctl| {
        let struct_ = match ioctl.arg {
            Arg::Struct(id) => Some(abi.struct_(id)),
            _ => None,
        };
        let handlers = ioctl.handlers.iter();
        handlers.filter_map(move |handler| Some((ioctl, struct_?, handler)))
    })
}

/// Handlers of the release itself; faults of older handlers are not reported.
pub(super) fn present(abi: &Abi) -> impl Iterator<Item = (&Ioctl, &Struct, &Handler)> {
    handlers(abi).filter(|(_, _, handler)| {
        let gone = handler.until.is_some_and(|until| until <= abi.release);
        handler.since.covers(abi.release) && !gone
    })
}

fn present_chains(abi: &Abi) -> impl Iterator<Item = (&Ioctl, &Struct, &Handler, &ReplyChain)> {
    present(abi)
        .filter_map(|(ioctl, one, handler)| Some((ioctl, one, handler, handler.chain.as_ref()?)))
}
