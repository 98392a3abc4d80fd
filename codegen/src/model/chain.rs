//! The chain of a reply, as a handler writes it.

use super::Cap;
use super::memory::Memory;
use crate::ir::{Abi, Bits, CapHeader, ReplyChain};
use crate::reply::Padding;

/// Writes a chain.
pub(super) struct ChainWriter<'a> {
    pub(super) abi: &'a Abi,
    pub(super) header: &'a CapHeader,
    pub(super) rules: &'a ReplyChain,
    pub(super) argsz: u64,
    /// Whether the whole reply fits the buffer.
    pub(super) fits: bool,
}

impl ChainWriter<'_> {
    pub(super) fn write(&self, memory: &mut Memory, caps: &[Cap]) {
        let size = size_of_header(self.abi, self.header);
        let mut at = self.rules.offset;
        let mut previous = None;
        for cap in caps {
            if let Some(previous) = previous.filter(|_| at <= self.argsz) {
                let next = if self.header.from_reply { at } else { at - previous };
                self.write_bits(memory, previous, self.header.next, next);
            }
            let taken = taken(self.rules, size, cap);
            if self.fits && self.rules.padding == Padding::Zero {
                (at..at + taken).for_each(|at| memory.write_byte(at, Some(0)));
            }
            self.write_cap(memory, at, size, cap);
            previous = Some(at);
            at += taken;
        }
    }

    /// Writes a capability, if its fields fit, with the elements of its array that fit.
    fn write_cap(&self, memory: &mut Memory, at: u64, header: u64, cap: &Cap) {
        let body = at + header;
        let (start, each) = cap.array.unwrap_or((cap.body.len(), 1));
        let (head, elements) = cap.body.split_at(start.min(cap.body.len()));
        for (index, element) in elements.chunks(each.max(1)).enumerate() {
            let place = body + (start + index * each) as u64;
            if place + element.len() as u64 <= self.argsz {
                memory.write(place, element);
            }
        }
        if body + cap.body.len() as u64 <= self.argsz {
            memory.write(at, &vec![0; header as usize]);
            self.write_bits(memory, at, self.header.id, cap.id);
            if let Some(version) = self.header.version {
                self.write_bits(memory, at, version, cap.version);
            }
            self.write_bits(memory, at, self.header.next, self.header.end);
            memory.write(body, head);
        }
    }

    /// Sets some bits of a header's field.
    fn write_bits(&self, memory: &mut Memory, at: u64, bits: Bits, value: u64) {
        let span = self.abi.struct_(self.header.struct_).kernel_span(bits.field);
        let mask = bits.mask() << bits.low;
        for index in 0..span.size {
            let place = at + span.offset + index;
            let Some(old) = memory.byte(place) else { continue };
            let (mask, value) =
                ((mask >> (8 * index)) as u8, ((value << bits.low) >> (8 * index)) as u8);
            memory.write_byte(place, Some(old & !mask | value & mask));
        }
    }
}

/// The end of a chain, with padding.
pub(super) fn end(abi: &Abi, header: &CapHeader, rules: &ReplyChain, caps: &[Cap]) -> u64 {
    let size = size_of_header(abi, header);
    caps.iter().fold(rules.offset, |end, cap| end + taken(rules, size, cap))
}

fn size_of_header(abi: &Abi, header: &CapHeader) -> u64 {
    abi.struct_(header.struct_).kernel_layout().size
}

/// The size of a capability, with the padding after it.
fn taken(rules: &ReplyChain, header: u64, cap: &Cap) -> u64 {
    (header + cap.body.len() as u64).next_multiple_of(rules.align.max(1))
}
