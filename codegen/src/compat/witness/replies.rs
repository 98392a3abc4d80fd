//! Replies of handlers, made by the model of the reply rules.

use super::{STALE, asked, kernel, maker, program, understood};
use crate::compat::evidence::{Within, Witness, WitnessClaim};
use crate::compat::matching::{Constant, Matching, handler_appending};
use crate::ir::{
    Abi, Arg, ArgumentErrors, Capability, Chain, ChainStart, Copied, Handler, Ioctl, RepliesOn,
    ReplyChain, Struct, TailCheck,
};
use crate::layout::round_up;
use crate::model::{Contents, HandlerModel, sample};
use crate::reply::{ArgszReply, INVALID, Padding, Unset, WhenTooSmall};

/// The size of argsz.
const ARGSZ: usize = 4;

/// How many bytes beyond the full reply argsz is tried.
const SLACK: u64 = 8;

/// A newcomer under an id that another one holds.
pub(in crate::compat) fn taken_for(
    matching: &Matching<'_>,
    newcomer: &Constant<'_>,
    holder: &Constant<'_>,
) -> Witness {
    capability(matching, newcomer.name, holder.name).unwrap_or_else(|| {
        let (said, taken_for) = (newcomer.name, Some(holder.name));
        understood(matching, maker(newcomer), newcomer.group, newcomer.number, said, taken_for)
    })
}

/// A reply with the newcomer in it, as an old program reads it.
fn capability(matching: &Matching<'_>, newcomer: &str, holder: &str) -> Option<Witness> {
    let abi = matching.abis().1;
    let cap = abi.capabilities.iter().find(|cap| cap.name == newcomer)?;
    let chain = abi.chain(cap.chain);
    let host = chain.offset_host()?.struct_;
    let struct_ = abi.struct_(host);
    let contents = contents(abi, struct_, [cap]);
    let known = handler_appending(abi, chain);
    let mut asked = abi.ioctls.iter().filter(|ioctl| ioctl.arg == Arg::Struct(host));
    let ioctl = known.map(|(ioctl, _)| ioctl).or_else(|| asked.next())?;
    let handlers = known.map(|(_, handler)| handler.clone()).into_iter();
    let handlers = handlers.chain([plain_handler(abi, chain, struct_)]);
    let (bytes, offset) = handlers.into_iter().find_map(|handler| {
        let model = HandlerModel::new(abi, ioctl, &handler)?;
        let request = sized(struct_, model.need(&contents.caps))?;
        let answer = model.answer(&request, &contents);
        answer.result.ok()?;
        let bytes = answer.bytes.into_iter().map(|byte| byte.unwrap_or(STALE)).collect();
        Some((bytes, handler.chain.as_ref()?.offset))
    })?;
    let witness = Witness::new(kernel(matching.new), program(matching.old), &struct_.name, bytes);
    let (is, taken_for) = (newcomer.to_owned(), holder.to_owned());
    Some(witness.claim(WitnessClaim::TakenFor { offset, id: cap.id, is, taken_for }))
}

/// A request of zeros with a size.
fn sized(struct_: &Struct, size: u64) -> Option<Vec<u8>> {
    let argsz = struct_.kernel_span(struct_.argsz?);
    let mut bytes = vec![0; size.max(argsz.end()) as usize];
    let place = bytes.iter_mut().skip(argsz.offset as usize).take(argsz.size as usize);
    place.zip(size.to_le_bytes()).for_each(|(byte, part)| *byte = part);
    Some(bytes)
}

/// The handler that a witness assumes where the specification has none, or one that refuses a
/// request of zeros: it checks nothing, and appends the chain directly after the struct.
fn plain_handler(abi: &Abi, chain: &Chain, struct_: &Struct) -> Handler {
    let error = || INVALID.to_owned();
    let align = abi.cap_headers[chain.header].align.max(1);
    let size = struct_.kernel_layout().size;
    Handler {
        name: String::new(),
        source: String::new(),
        since: chain.meta.since,
        until: None,
        doc: Vec::new().into(),
        minsz: size,
        reads: Copied::Fitting,
        writes: Copied::Fitting,
        tail: TailCheck::Ignored,
        errors: ArgumentErrors {
            short: error(),
            tail: error(),
            flag: error(),
            value: error(),
            reserved: error(),
        },
        unchecked: (0..struct_.fields.len()).collect(),
        replies_on: RepliesOn::Errors(Vec::new()),
        unset: Unset::Zero,
        below: Vec::new(),
        may_refuse: Vec::new(),
        absent: None,
        array: None,
        chain: Some(ReplyChain {
            offset: round_up(size, align),
            align,
            when_too_small: WhenTooSmall::OffsetZero,
            padding: Padding::Zero,
            argsz: ArgszReply::Always,
            writes: Vec::new(),
            capabilities: Vec::new(),
        }),
        profile: None,
        place: chain.meta.place,
    }
}

/// The contents of a struct, followed by these capabilities.
fn contents<'a>(
    abi: &Abi,
    struct_: &Struct,
    caps: impl IntoIterator<Item = &'a Capability>,
) -> Contents {
    let caps = caps.into_iter().map(|cap| sample::cap(abi, cap, 1)).collect();
    Contents { fixed: sample::quiet(struct_), caps, ..Contents::default() }
}

/// A short reply of a handler to a new program that finds a chain in it: the
/// reply, and where it looks.
pub(in crate::compat) fn short(
    matching: &Matching<'_>,
    chain: &Chain,
    (ioctl, handler): (&Ioctl, &Handler),
) -> Option<(Witness, u64)> {
    let abi = matching.abis().1;
    let struct_ = abi.struct_(chain.host()?.struct_);
    let model = HandlerModel::new(abi, ioctl, handler)?;
    let cap = abi.capabilities_of(chain).next()?;
    let contents = contents(abi, struct_, [cap]);
    let argsz = model.need(&contents.caps) - 1;
    let bytes = answer(&model, &asked(argsz, argsz), &contents);
    let mut witness =
        Witness::new(kernel(matching.new), program(matching.new), &struct_.name, bytes);
    let look = |at: u64, size: u64| {
        witness.bytes.iter().skip(at as usize).take(size as usize).copied().collect::<Vec<_>>()
    };
    let (field, offset, found) = match chain.start {
        ChainStart::AtOffsetField { cap_offset, .. } => {
            let span = struct_.kernel_span(cap_offset);
            let field = struct_.fields[cap_offset].name.clone();
            (field, span.offset, look(span.offset, span.size))
        }
        ChainStart::After { offset: at, .. } => {
            let header = abi.cap_headers[chain.header].struct_;
            let size = abi.struct_(header).kernel_layout().size;
            (chain.name.clone(), at, look(at, size))
        }
        _ => return None,
    };
    let stale = !found.is_empty() && found.iter().all(|byte| *byte == STALE);
    let within = Within::default();
    witness.claims.push(WitnessClaim::Unset { field, offset, found, within });
    stale.then_some((witness, offset))
}

fn answer(model: &HandlerModel<'_>, before: &[u8], contents: &Contents) -> Vec<u8> {
    let bytes = model.answer(before, contents).bytes;
    bytes.into_iter().map(|byte| byte.unwrap_or(STALE)).collect()
}

/// The first argsz for which two handlers give different replies to the same
/// question about the same device.
pub(in crate::compat) fn answered(
    matching: &Matching<'_>,
    old: (&Ioctl, &Handler),
    new: (&Ioctl, &Handler),
) -> Option<Witness> {
    let abis = matching.abis();
    let Arg::Struct(id) = old.0.arg else { return None };
    let struct_ = abis.0.struct_(id);
    let chain = abis.0.chain_of(id).into_iter();
    let caps = chain.flat_map(|chain| abis.0.capabilities_of(chain));
    let contents = contents(abis.0, struct_, caps);
    let was = HandlerModel::new(abis.0, old.0, old.1)?;
    let is = HandlerModel::new(abis.1, new.0, new.1)?;
    let most = was.need(&contents.caps).max(is.need(&contents.caps)) + SLACK;
    let replies = |argsz: u64| {
        let asked = asked(most, argsz);
        (answer(&was, &asked, &contents), answer(&is, &asked, &contents))
    };
    // That the need is another one is seen last: more than it may differ.
    let first = |from: usize| {
        (old.1.minsz..=most).find_map(|argsz| {
            let (before, now) = replies(argsz);
            let at = (from..now.len()).find(|at| before[*at] != now[*at])?;
            Some((argsz, at, before, now))
        })
    };
    let (argsz, at, before, now) = first(ARGSZ).or_else(|| first(0))?;
    let end = (at..now.len()).find(|at| before[*at] == now[*at]).unwrap_or(now.len());
    let (before, differs) = (before[at..end].to_vec(), now[at..end].to_vec());
    let witness = Witness::new(kernel(matching.new), program(matching.old), &struct_.name, now);
    Some(witness.claim(WitnessClaim::Answered { argsz, offset: at as u64, before, now: differs }))
}

/// A buffer without room for the array, and what the call fails with.
pub(in crate::compat) fn failed(
    matching: &Matching<'_>,
    (ioctl, handler): (&Ioctl, &Handler),
    before: &str,
    now: &str,
) -> Witness {
    let abi = matching.abis().1;
    let name = match ioctl.arg {
        Arg::Struct(id) => &abi.struct_(id).name,
        _ => &ioctl.name,
    };
    let argsz = handler.minsz;
    let witness =
        Witness::new(kernel(matching.new), program(matching.old), name, asked(argsz, argsz));
    witness.claim(WitnessClaim::Failed { argsz, before: before.to_owned(), now: now.to_owned() })
}
