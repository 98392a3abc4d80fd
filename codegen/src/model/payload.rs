//! The answer to a request with an id and its payload, from the rules of the handler and
//! of the id: the flags that go with it, and the type of its payload.

use super::Answer;
use super::memory::{self, Memory};
use crate::ir::{Abi, Arg, Field, Group, Handler, Ioctl, Struct, Type, Value};
use crate::layout::{Model, Span};
use crate::reply::INVALID;

/// A device, as far as it determines such answers.
pub trait Offers {
    /// The payload of an id as the device returns it, which is empty if there is none;
    /// `None` if the device does not have the id.
    fn payload(&self, id: u64) -> Option<&[u8]>;
}

/// A handler of requests with an id.
#[derive(Clone, Copy, Debug)]
pub struct PayloadModel<'a> {
    abi: &'a Abi,
    struct_: &'a Struct,
    handler: &'a Handler,
    /// The error for an id that the device does not have.
    absent: &'a str,
    /// Index of the flags.
    flags: usize,
    group: &'a Group,
    ids: &'a Group,
    /// Offset of the payload.
    start: u64,
}

/// The flags of a request.
struct RequestFlags<'a> {
    bits: u64,
    id: Option<&'a Value>,
    /// The flags that say how the payload is passed.
    access: Vec<&'a Value>,
    /// Whether a flag says that there is no payload.
    bare: bool,
}

impl<'a> PayloadModel<'a> {
    /// The rules of a handler; `None` if its argument has no ids, or the rules do not say
    /// what happens to an id that the device does not have.
    pub fn new(abi: &'a Abi, ioctl: &Ioctl, handler: &'a Handler) -> Option<Self> {
        let Arg::Struct(id) = ioctl.arg else { return None };
        let struct_ = abi.struct_(id);
        let tail = struct_.fields.len().checked_sub(1)?;
        let flags = struct_.fields.iter().position(|field| field.ids.is_some())?;
        struct_.argsz.filter(|_| matches!(struct_.fields[tail].type_, Type::Flexible(_, None)))?;
        Some(Self {
            abi,
            struct_,
            handler,
            absent: handler.absent.as_deref()?,
            flags,
            group: abi.group(struct_.fields[flags].group?),
            ids: abi.group(struct_.fields[flags].ids?),
            start: struct_.kernel_span(tail).offset,
        })
    }

    /// The effect of the handler on memory that starts with the caller's buffer.
    pub fn answer(&self, before: &[u8], device: &impl Offers) -> Answer<'a> {
        let argsz = memory::number(before, self.span(self.struct_.argsz.unwrap_or_default()));
        let mut memory = Memory::new(before);
        let mut read = self.handler.minsz;
        let result = match self.size(before, argsz, device) {
            Err(error) => Err(error),
            Ok((asked, size)) => {
                read = read.max(self.start + if asked.bare { 0 } else { size });
                self.write_payload(&mut memory, &asked, device);
                Ok(())
            }
        };
        let (bytes, written) = memory.finish();
        Answer { result, bytes, read, written }
    }

    /// The request, and the size of its payload; or the error. The checks are in the order
    /// of the kernel.
    fn size(
        &self,
        before: &[u8],
        argsz: u64,
        device: &impl Offers,
    ) -> Result<(RequestFlags<'a>, u64), &'a str> {
        if argsz < self.handler.minsz {
            return Err(INVALID);
        }
        let asked = self.asked(memory::number(before, self.span(self.flags)));
        let known = self.group.values.iter().fold(0, |all, flag| all | flag.number as u64);
        if asked.bits & !known != 0 || asked.access.len() > 1 && !asked.bare {
            return Err(INVALID);
        }
        let Some(id) = asked.id else { return Err(self.absent) };
        if device.payload(id.number as u64).is_none() {
            return Err(id.absent.as_deref().unwrap_or(self.absent));
        }
        if asked.access.iter().any(|flag| !id.gates.contains(&flag.name)) {
            return Err(INVALID);
        }
        let size = self.payload_size(id);
        let covered = asked.bare
            || !asked.access.is_empty()
                && argsz.checked_sub(self.start).is_some_and(|rest| rest >= size);
        if covered { Ok((asked, size)) } else { Err(INVALID) }
    }

    fn asked(&self, bits: u64) -> RequestFlags<'a> {
        let gates: Vec<_> = self.ids.values.iter().flat_map(|id| &id.gates).collect();
        let is_set = |flag: &&Value| {
            (flag.number as u64).is_power_of_two() && bits & flag.number as u64 != 0
        };
        let set = || self.group.values.iter().filter(is_set);
        let mask = self.group.values.iter().filter(|flag| !(flag.number as u64).is_power_of_two());
        let mask = mask.fold(0, |mask, flag| mask | flag.number as u64);
        RequestFlags {
            bits,
            id: self.ids.values.iter().find(|id| id.number as u64 == bits & mask),
            access: set().filter(|flag| gates.contains(&&flag.name)).collect(),
            bare: set().any(|flag| flag.without_payload),
        }
    }

    /// The size of a payload without an array at its end.
    fn payload_size(&self, id: &Value) -> u64 {
        let Some(payload) = &id.payload else { return 0 };
        self.abi.extent(payload, Model::KERNEL).map_or(0, |extent| extent.size)
    }

    /// Writes the output fields of a payload.
    fn write_payload(&self, memory: &mut Memory, asked: &RequestFlags<'a>, device: &impl Offers) {
        let Some(id) = asked.id.filter(|_| !asked.bare) else { return };
        let Some(payload) = id.payload_struct().map(|id| self.abi.struct_(id)) else { return };
        let content = device.payload(id.number as u64).unwrap_or_default();
        let spans = &payload.kernel_layout().fields;
        if !payload.fields.iter().any(Field::is_output) {
            return;
        }
        for (field, span) in payload.fields.iter().zip(spans) {
            for at in span.offset..span.end() {
                let place = self.start + at;
                let byte = match field.is_output() {
                    true => content.get(at as usize).copied(),
                    false => memory.byte(place),
                };
                memory.write_byte(place, byte);
            }
        }
    }

    fn span(&self, field: usize) -> Span {
        self.struct_.kernel_span(field)
    }
}
