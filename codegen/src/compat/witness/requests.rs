//! Requests of new programs, and the answers of old kernels, made by the model of the reply
//! rules.

use super::{kernel, program};
use crate::compat::evidence::{Within, Witness, WitnessClaim};
use crate::compat::matching::Matching;
use crate::ir::{Arg, Handler, Ioctl, Member, Struct};
use crate::model::{Contents, HandlerModel, sample};

/// A request with a field that an old kernel does not know, which fails.
pub(in crate::compat) fn refused_field(
    matching: &Matching<'_>,
    (ioctl, handler): (&Ioctl, &Handler),
    field: &Member<'_>,
    error: &str,
) -> Option<Witness> {
    let mut bytes = request(matching, ioctl, field)?;
    let span = field.kernel_span();
    for at in 0..span.size {
        bytes[(span.offset + at) as usize] = sample::mark(field.name, at);
    }
    let argsz = bytes.len() as u64;
    let model = HandlerModel::new(matching.abis().0, ioctl, handler)?;
    let answer = model.answer(&bytes, &Contents::default());
    if answer.result != Err(error) || !answer.written.is_empty() {
        return None;
    }
    let name = &argument(matching, ioctl)?.name;
    let witness = Witness::new(program(matching.new), kernel(matching.old), name, bytes);
    let (before, now) = ("success".to_owned(), error.to_owned());
    Some(witness.claim(WitnessClaim::Failed { argsz, before, now }))
}

/// A request with a field that the kernel of its own release refuses.
pub(in crate::compat) fn unreachable_field(
    matching: &Matching<'_>,
    (ioctl, handler): (&Ioctl, &Handler),
    field: &str,
) -> Option<Witness> {
    let abi = matching.abis().1;
    let Arg::Struct(id) = ioctl.arg else { return None };
    let struct_ = abi.struct_(id);
    let members = abi.members(struct_);
    let field = members.iter().find(|member| member.name == field)?;
    let mut bytes = zeros(struct_, field)?;
    let span = field.kernel_span();
    for at in 0..span.size {
        bytes[(span.offset + at) as usize] = sample::mark(field.name, at);
    }
    let argsz = bytes.len() as u64;
    let answer = HandlerModel::new(abi, ioctl, handler)?.answer(&bytes, &Contents::default());
    let now = answer.result.err()?.to_owned();
    let (made_by, read_by) = (program(matching.new), kernel(matching.new));
    let witness = Witness::new(made_by, read_by, &struct_.name, bytes);
    let before = "success".to_owned();
    Some(witness.claim(WitnessClaim::Failed { argsz, before, now }))
}

/// The reply of an old kernel to a request of zeros, in which a field of a new program
/// stays zero.
pub(in crate::compat) fn zero_reply(
    matching: &Matching<'_>,
    (ioctl, handler): (&Ioctl, &Handler),
    field: &Member<'_>,
) -> Option<Witness> {
    let before = request(matching, ioctl, field)?;
    let old = matching.abis().0;
    let Arg::Struct(id) = ioctl.arg else { return None };
    let struct_ = old.struct_(id);
    let contents = Contents { fixed: sample::fixed(struct_), ..Contents::default() };
    let answer = HandlerModel::new(old, ioctl, handler)?.answer(&before, &contents);
    let bytes: Vec<u8> = answer.bytes.into_iter().map(Option::unwrap_or_default).collect();
    let span = field.kernel_span();
    let found: Vec<_> = bytes[span.offset as usize..span.end() as usize].to_vec();
    if answer.result.is_err() || found.iter().any(|byte| *byte != 0) {
        return None;
    }
    let witness = Witness::new(kernel(matching.old), program(matching.new), &struct_.name, bytes);
    let (field, offset, within) = (field.name.to_owned(), span.offset, Within::default());
    Some(witness.claim(WitnessClaim::Unset { field, offset, found, within }))
}

/// The argument of a new program, zero except for its size.
fn request(matching: &Matching<'_>, ioctl: &Ioctl, field: &Member<'_>) -> Option<Vec<u8>> {
    zeros(argument(matching, ioctl)?, field)
}

/// An argument that is zero except for its size, with room for a field.
fn zeros(struct_: &Struct, field: &Member<'_>) -> Option<Vec<u8>> {
    let size = struct_.kernel_layout().size;
    let argsz = struct_.kernel_span(struct_.argsz?);
    let mut bytes = vec![0; size.max(field.kernel_span().end()) as usize];
    let place = bytes.iter_mut().skip(argsz.offset as usize).take(argsz.size as usize);
    place.zip(size.to_le_bytes()).for_each(|(byte, part)| *byte = part);
    Some(bytes)
}

/// The argument as the new side declares it.
fn argument<'a>(matching: &Matching<'a>, ioctl: &Ioctl) -> Option<&'a Struct> {
    let (old, new) = matching.abis();
    let Arg::Struct(id) = ioctl.arg else { return None };
    let name = &old.struct_(id).name;
    let pairs = matching.structs.iter();
    let renamed = pairs.filter(|pair| pair.structs.old.is_some_and(|old| old.name == *name));
    let found = renamed.filter_map(|pair| pair.structs.new).next();
    found.or_else(|| new.find_struct(name).map(|id| new.struct_(id)))
}
