//! The checks of an argument before its handler acts: its size, the bytes that the kernel
//! does not know, reserved fields, flags and numbers, in the order of the kernel.

use super::{Contents, furthest, memory};
use crate::ir::{
    Abi, CheckedMember, Copied, Demand, Field, Handler, PayloadLength, Struct, TailCheck, Value,
};
use crate::layout::Span;
use crate::reply::ReturnedLength;

/// An argument as the kernel copies it: bytes that it does not have are zero.
pub(super) struct CheckedArgument<'a, 'b> {
    pub(super) abi: &'a Abi,
    pub(super) struct_: &'a Struct,
    pub(super) handler: &'a Handler,
    /// The bytes that argsz covers and the memory has.
    pub(super) bytes: &'b [u8],
    pub(super) argsz: u64,
}

impl<'a> CheckedArgument<'a, '_> {
    /// The error for the argument, if the handler does not accept it.
    pub(super) fn refusal(&self) -> Option<&'a str> {
        let refused = || {
            let checked = self.abi.checked_members(self.struct_, self.handler).into_iter();
            let mut valid =
                checked.filter(|one| one.member.valid_if.is_none_or(|gate| self.is_set(gate)));
            valid.find(|one| self.breaks(one)).map(|one| one.error)
        };
        self.refusal_of_size().or_else(refused)
    }

    /// The error for the size, or for the bytes that the kernel does not know: no handler sees
    /// the argument, and none replies.
    pub(super) fn refusal_of_size(&self) -> Option<&'a str> {
        let errors = &self.handler.errors;
        if self.argsz < self.handler.minsz {
            return Some(&errors.short);
        }
        let TailCheck::ZeroAfter(end) = self.handler.tail else { return None };
        let is_set = self.bytes.iter().skip(end as usize).any(|byte| *byte != 0);
        is_set.then_some(&errors.tail)
    }

    /// How many bytes are copied in. A handler that compares the tail reads argsz first, and
    /// nothing else of an argument that is too short; a field that needs a flag is read with
    /// the flag only.
    pub(super) fn copied_in(&self) -> u64 {
        let Handler { minsz, tail, reads, .. } = self.handler;
        let layout = self.struct_.kernel_layout();
        let is_short = self.argsz < *minsz && matches!(tail, TailCheck::ZeroAfter(_));
        if let Some(field) = self.struct_.argsz.filter(|_| is_short) {
            return layout.fields[field].end();
        }
        let copied = match reads {
            Copied::Ends(ends) => {
                let is_read = |end: &u64| {
                    let mut at_end = self.struct_.fields.iter().zip(&layout.fields);
                    let field = at_end.find(|(_, span)| span.end() == *end);
                    let gate = field.and_then(|(field, _)| field.valid_if.as_deref());
                    gate.is_none_or(|gate| self.is_set(gate))
                };
                let ends: Vec<_> = ends.iter().copied().filter(is_read).collect();
                furthest(&ends, self.argsz)
            }
            Copied::Fitting | Copied::Only(_) => self.argsz.min(layout.size),
        };
        copied.max(*minsz)
    }

    /// The contents of the reply to an argument that is not accepted: none of its requests
    /// has been carried out.
    pub(super) fn nothing_done(&self, contents: &Contents) -> Contents {
        let mut contents = contents.clone();
        let counts_done = |field: &Field, name: &str| {
            let payload = field.payload.as_ref();
            let payload = payload.filter(|one| one.returns == Some(ReturnedLength::Done));
            match payload.map(|payload| &payload.length) {
                Some(PayloadLength::Elements(count) | PayloadLength::Strided { count, .. }) => {
                    count == name
                }
                _ => false,
            }
        };
        for member in self.abi.members(self.struct_) {
            if self.struct_.fields.iter().any(|field| counts_done(field, member.name)) {
                let span = member.kernel_span();
                let bytes = contents.fixed.iter_mut().skip(span.offset as usize);
                bytes.take(span.size as usize).for_each(|byte| *byte = 0);
            }
        }
        contents
    }

    /// Whether a member is not what the handler demands.
    fn breaks(&self, checked: &CheckedMember<'_>) -> bool {
        let span = checked.member.kernel_span();
        let number = self.number(span);
        match checked.demand {
            Demand::Zero => {
                let bytes = self.bytes.iter().skip(span.offset as usize).take(span.size as usize);
                bytes.into_iter().any(|byte| *byte != 0)
            }
            Demand::Bits(known) => number & !known != 0,
            Demand::Number(group) => {
                let mut known = self.abi.group(group).named();
                known.all(|value| value.number != i128::from(number))
            }
        }
    }

    /// Whether the argument has a flag, or the number of an enum.
    pub(super) fn is_set(&self, gate: &str) -> bool {
        let held = self.struct_.fields.iter().enumerate().filter_map(|(index, field)| {
            let group = self.abi.group(field.group?);
            let value = group.values.iter().find(|value| value.name == gate)?;
            Some((index, group, value))
        });
        held.into_iter().any(|(index, group, Value { number: wanted, .. })| {
            let number = i128::from(self.number(self.struct_.kernel_span(index)));
            if group.is_flags() { number & wanted == *wanted } else { number == *wanted }
        })
    }

    fn number(&self, span: Span) -> u64 {
        memory::number(self.bytes, span)
    }
}
