//! Executes the reply rules: the answer of a handler of one release to a buffer,
//! byte for byte. The profiles of the reply builders and the tables of the
//! reference come from the same rules. The model covers any argsz, release and
//! capability, bytes that are not set, and bytes that are written past the caller's
//! buffer.

mod argument;
mod chain;
mod memory;
pub mod payload;
pub mod pointer;
pub mod sample;

use std::ops::Range;

use crate::ir::{
    Abi, Arg, Chain, Copied, Field, Handler, Ioctl, RepliesOn, ReplyArray, ReplyChain, Role,
    Struct, StructId, Type,
};
use crate::layout::Span;
use crate::reply::{ArgszReply, Direction, INVALID, Unset, WhenTooSmall};
use argument::CheckedArgument;
use chain::ChainWriter;
use memory::Memory;

/// The contents of a reply: fixed part and capabilities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The struct with all output fields set, except for argsz, the flag of the
    /// chain and the offset of the chain.
    pub fixed: Vec<u8>,
    /// The elements of the array that ends the struct.
    pub array: Vec<u8>,
    /// The capabilities, in their order.
    pub caps: Vec<Cap>,
}

/// A capability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cap {
    /// Its id.
    pub id: u64,
    /// Its version.
    pub version: u64,
    /// The bytes after its header.
    pub body: Vec<u8>,
    /// Offset of the array in the body and the size of an element, for an array
    /// that is written element by element.
    pub array: Option<(usize, usize)>,
}

/// The result of the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// Whether the call works, or the error that it fails with.
    pub result: Result<(), &'a str>,
    /// The memory after the call; `None` for a byte of unknown value.
    pub bytes: Vec<Option<u8>>,
    /// The bytes that are copied in: from the first up to, not including, this one.
    pub read: u64,
    /// The ranges that are copied out, in order, including ranges outside the memory.
    pub written: Vec<Range<u64>>,
}

impl Answer<'_> {
    /// The bytes that are written although a buffer of `size` bytes does not have them.
    pub fn past(&self, size: u64) -> Option<Range<u64>> {
        let end = self.written.last()?.end;
        (end > size).then_some(size..end)
    }
}

/// A handler whose rules determine its replies.
#[derive(Clone, Copy, Debug)]
pub struct HandlerModel<'a> {
    abi: &'a Abi,
    struct_: &'a Struct,
    handler: &'a Handler,
    appended: Appended<'a>,
}

/// The data that a handler appends to the fixed part.
#[derive(Clone, Copy, Debug)]
enum Appended<'a> {
    Nothing,
    Array(&'a ReplyArray),
    Chain(AppendedChain<'a>),
}

/// A chain and the fields of its host.
#[derive(Clone, Copy, Debug)]
struct AppendedChain<'a> {
    chain: &'a Chain,
    rules: &'a ReplyChain,
    flags: usize,
    flag: u64,
    /// `None` if the chain starts at a fixed offset.
    cap_offset: Option<usize>,
}

/// The outcome for a reply.
#[derive(Clone, Copy)]
struct Outcome<'a> {
    /// The size of the full reply.
    need: u64,
    /// Whether the appended data fits.
    fits: bool,
    /// How much of the fixed part is copied out.
    copied: u64,
    contents: &'a Contents,
}

impl<'a> HandlerModel<'a> {
    /// The rules of a handler. `None` if they do not determine its replies: the
    /// argument is not a struct with argsz, or ends in an array without a rule.
    pub fn new(abi: &'a Abi, ioctl: &Ioctl, handler: &'a Handler) -> Option<Self> {
        let Arg::Struct(id) = ioctl.arg else { return None };
        let struct_ = abi.struct_(id);
        struct_.argsz?;
        let flexible = |field: &Field| matches!(field.type_, Type::Flexible(..));
        let appended = match (&handler.array, &handler.chain) {
            (Some(array), _) => Appended::Array(array),
            _ if struct_.fields.iter().any(flexible) => return None,
            (None, Some(rules)) => Appended::Chain(appended_chain(abi, rules, id)?),
            (None, None) => Appended::Nothing,
        };
        Some(Self { abi, struct_, handler, appended })
    }

    /// The effect of the handler on memory that starts with the caller's buffer.
    /// The handler knows the size of the buffer from argsz only; bytes that argsz
    /// covers and the memory does not have are lost.
    pub fn answer(&self, before: &[u8], contents: &Contents) -> Answer<'a> {
        let argsz = self.argsz(before);
        let read = self.checked(before).copied_in();
        let mut memory = Memory::new(before);
        let limit = || self.is_out_of_range(before).then_some(INVALID);
        let result = match self.refused_with(before).or_else(limit) {
            None => self.write_reply(&mut memory, argsz, contents),
            Some(error) => {
                if self.replies_on(error) && self.checked(before).refusal_of_size().is_none() {
                    let copied = self.copied(&self.handler.writes, argsz);
                    let contents = &self.checked(before).nothing_done(contents);
                    self.write_fixed(
                        &mut memory,
                        Outcome { need: copied, fits: true, copied, contents },
                    );
                }
                Err(error)
            }
        };
        let (bytes, written) = memory.finish();
        Answer { result, bytes, read, written }
    }

    /// The error for an argument that the handler does not accept.
    pub fn refused_with(&self, before: &[u8]) -> Option<&'a str> {
        self.checked(before).refusal()
    }

    /// The argument as the handler checks it.
    fn checked<'b>(&self, before: &'b [u8]) -> CheckedArgument<'a, 'b> {
        let argsz = self.argsz(before);
        let end = before.len().min(usize::try_from(argsz).unwrap_or(usize::MAX));
        let Self { abi, struct_, handler, .. } = *self;
        CheckedArgument { abi, struct_, handler, bytes: &before[..end], argsz }
    }

    /// Whether the reply is written although the call fails with an error.
    fn replies_on(&self, error: &str) -> bool {
        match &self.handler.replies_on {
            RepliesOn::Any => true,
            RepliesOn::Errors(errors) => errors.iter().any(|one| one == error),
        }
    }

    /// Writes everything that fits the buffer.
    fn write_reply(
        &self,
        memory: &mut Memory,
        argsz: u64,
        contents: &Contents,
    ) -> Result<(), &'a str> {
        let need = match self.appended {
            Appended::Array(_) => self.need(&[]) + contents.array.len() as u64,
            _ => self.need(&contents.caps),
        };
        let bare = match self.appended {
            Appended::Nothing => true,
            Appended::Array(_) => contents.array.is_empty(),
            Appended::Chain(_) => contents.caps.is_empty(),
        };
        let fits = bare || need <= argsz;
        let with_chain = match self.appended {
            Appended::Chain(AppendedChain { rules, .. }) if fits && !bare => {
                furthest(&rules.writes, argsz)
            }
            _ => 0,
        };
        let copied = self.copied(&self.handler.writes, argsz).max(with_chain);
        let outcome = Outcome { need, fits, copied, contents };
        self.write_fixed(memory, outcome);
        match self.appended {
            Appended::Chain(appended) => {
                self.set_chain_fields(memory, appended, outcome);
                if !bare && (fits || appended.rules.when_too_small == WhenTooSmall::Partial) {
                    let header = &self.abi.cap_headers[appended.chain.header];
                    ChainWriter { abi: self.abi, header, rules: appended.rules, argsz, fits }
                        .write(memory, &contents.caps);
                }
            }
            Appended::Array(rules) if fits => {
                memory.write(self.span(rules.field).offset, &contents.array)
            }
            Appended::Array(rules) => return Err(&rules.error),
            Appended::Nothing => {}
        }
        Ok(())
    }

    /// The size of the full reply with these capabilities, and without elements
    /// of an array.
    pub fn need(&self, caps: &[Cap]) -> u64 {
        match self.appended {
            Appended::Chain(appended) if !caps.is_empty() => {
                let header = &self.abi.cap_headers[appended.chain.header];
                chain::end(self.abi, header, appended.rules, caps)
            }
            Appended::Array(rules) => self.span(rules.field).offset,
            _ => match &self.handler.writes {
                Copied::Ends(ends) => ends.iter().copied().max().unwrap_or(0),
                Copied::Fitting | Copied::Only(_) => self.size(),
            },
        }
    }

    fn size(&self) -> u64 {
        self.struct_.kernel_layout().size
    }

    fn argsz(&self, buffer: &[u8]) -> u64 {
        let span = self.struct_.argsz.map(|field| self.span(field));
        span.map_or(0, |span| memory::number(buffer, span))
    }

    fn is_out_of_range(&self, buffer: &[u8]) -> bool {
        let mut limits = self.handler.below.iter();
        limits.any(|(field, limit)| memory::number(buffer, self.span(*field)) >= limit.number)
    }

    /// Whether the number of an input field is one that some devices refuse with
    /// EINVAL; the rules do not say which devices.
    pub fn may_refuse(&self, buffer: &[u8]) -> bool {
        let mut refused = self.handler.may_refuse.iter();
        refused.any(|(field, one)| memory::number(buffer, self.span(*field)) == one.number)
    }

    fn span(&self, field: usize) -> Span {
        self.struct_.kernel_span(field)
    }

    /// How many bytes are copied.
    fn copied(&self, copied: &Copied, argsz: u64) -> u64 {
        match copied {
            Copied::Ends(ends) => furthest(ends, argsz),
            Copied::Fitting | Copied::Only(_) => argsz.min(self.size()),
        }
    }

    /// Writes the fixed part except for the fields about a chain.
    fn write_fixed(&self, memory: &mut Memory, outcome: Outcome<'_>) {
        for at in 0..outcome.copied.min(self.size()) {
            if !self.is_written(at) {
                continue;
            }
            let unset = match self.handler.unset {
                Unset::Echo => memory.byte(at),
                Unset::Zero => Some(0),
                Unset::Stack => None,
            };
            let byte = match self.field_at(at) {
                Some(field) if self.is_kept(field) => memory.byte(at),
                Some(field) if self.is_set(field, outcome.fits) => {
                    outcome.contents.fixed.get(at as usize).copied()
                }
                _ => unset,
            };
            memory.write_byte(at, byte);
        }
    }

    /// Sets the flag, the offset and argsz.
    fn set_chain_fields(
        &self,
        memory: &mut Memory,
        appended: AppendedChain<'_>,
        outcome: Outcome<'_>,
    ) {
        let Outcome { need, fits, copied, contents, .. } = outcome;
        let AppendedChain { rules, flags, flag, cap_offset, .. } = appended;
        let bare = contents.caps.is_empty();
        let bits = memory::number(&contents.fixed, self.span(flags)) & !flag;
        let flagged = !bare && (fits || rules.when_too_small != WhenTooSmall::FlagClear);
        memory.write_number(self.span(flags), if flagged { bits | flag } else { bits }, copied);
        if let (Some(cap_offset), false) = (cap_offset, bare) {
            let set = fits || rules.when_too_small == WhenTooSmall::OffsetSet;
            memory.write_number(self.span(cap_offset), if set { rules.offset } else { 0 }, copied);
        }
        if rules.argsz == ArgszReply::Always || !fits {
            memory.write_number(self.span(self.struct_.argsz.unwrap_or_default()), need, copied);
        }
    }

    fn field_at(&self, at: u64) -> Option<usize> {
        let spans = &self.struct_.kernel_layout().fields;
        spans.iter().position(|span| (span.offset..span.end()).contains(&at))
    }

    /// Whether a byte of the fixed part is copied out if argsz covers it.
    fn is_written(&self, at: u64) -> bool {
        match &self.handler.writes {
            Copied::Only(fields) => self.field_at(at).is_some_and(|field| fields.contains(&field)),
            Copied::Ends(_) | Copied::Fitting => true,
        }
    }

    /// Whether a field comes back as the caller sent it.
    fn is_kept(&self, field: usize) -> bool {
        let field = &self.struct_.fields[field];
        field.role == Role::Argsz || field.direction == Some(Direction::In)
    }

    /// Whether the handler sets a field itself.
    fn is_set(&self, field: usize, fits: bool) -> bool {
        let role = self.struct_.fields[field].role;
        let set = match self.appended {
            Appended::Array(ReplyArray { sets: Some(sets), .. }) if !fits => sets.contains(&field),
            _ => true,
        };
        set && role != Role::CapOffset && role != Role::Reserved
    }
}

/// The chain that a handler appends by its rules, if the struct hosts one.
fn appended_chain<'a>(
    abi: &'a Abi,
    rules: &'a ReplyChain,
    id: StructId,
) -> Option<AppendedChain<'a>> {
    let chain = abi.hosted_chain(id)?;
    let host = chain.host()?;
    let (flags, flag) = (host.flags, host.flag.1);
    Some(AppendedChain { chain, rules, flags, flag, cap_offset: chain.cap_offset() })
}

/// The most of these ends that argsz covers.
fn furthest(ends: &[u64], argsz: u64) -> u64 {
    ends.iter().copied().filter(|end| *end <= argsz).max().unwrap_or(0)
}
