//! Replies with every capability of a chain in each of its versions. All bytes of fields with a
//! meaning have a value, all others are 0.

use capchain::ir::protocol::{BitField, ChainPlan};
use capchain::ir::{Abi, CapabilityId, Field, Role, Struct, Type};
use capchain::layout::{Model, Target};
use capchain::model::sample::mark;
use capchain::reply::Direction;

/// A reply of a chain.
pub struct FullReply {
    /// The chain.
    pub chain: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The number of elements of each flexible array.
const ELEMENTS: u64 = 2;

/// For each chain with a host, the reply with all capabilities in all versions, and one with
/// each alone.
pub fn full_replies(abi: &Abi, target: &Target) -> Vec<FullReply> {
    let mut replies = Vec::new();
    for plan in abi.protocol.chains.iter().filter(|plan| plan.host.is_some()) {
        let all = plan.capabilities.iter().flat_map(|id| {
            let newest = abi.protocol.capabilities[id.0].newest;
            (1..=newest).map(|version| (*id, version))
        });
        let all: Vec<_> = all.collect();
        let alone = all.iter().map(std::slice::from_ref);
        for caps in std::iter::once(all.as_slice()).chain(alone) {
            let chain = abi.chain(plan.chain).name.clone();
            replies.push(FullReply { chain, bytes: Bytes { abi, target }.reply(plan, caps) });
        }
    }
    replies
}

/// Makes bytes of a target.
struct Bytes<'a> {
    abi: &'a Abi,
    target: &'a Target,
}

impl Bytes<'_> {
    fn model(&self) -> Model {
        self.target.model
    }

    fn reply(&self, plan: &ChainPlan, caps: &[(CapabilityId, u16)]) -> Vec<u8> {
        let host = plan.host.as_ref().expect("a host");
        let struct_ = self.abi.struct_(host.struct_);
        let header = &self.abi.protocol.headers[plan.header];
        let profile = plan.profiles.first();
        let align = profile.map_or(header.min_size, |profile| profile.align) as usize;
        let size = struct_.layouts[self.model().index()].size as usize;
        let first = profile.map_or(size.next_multiple_of(align), |one| one.first_cap as usize);
        let mut bytes = vec![0; first];
        self.fields(struct_, &mut bytes, |field| {
            let written = matches!(field.direction, Some(Direction::Out | Direction::InOut));
            let arm = field.arms().iter().any(|arm| arm.direction == Some(Direction::Out));
            written || arm || field.direction == Some(Direction::In)
        });
        let mut before = None;
        for (id, version) in caps {
            let at = bytes.len();
            bytes.extend(self.cap(*id, *version, header.size));
            self.put(&mut bytes[at..], header.id, self.abi.capability(*id).id);
            if let Some(place) = header.version {
                self.put(&mut bytes[at..], place, u64::from(*version));
            }
            self.put(&mut bytes[at..], header.next, header.end);
            if let Some(before) = before {
                let next = if header.from_reply { at } else { at - before };
                self.put(&mut bytes[before..], header.next, next as u64);
            }
            before = Some(at);
            bytes.resize(bytes.len().next_multiple_of(align), 0);
        }
        let argsz = BitField { offset: host.argsz.1, ..WORD };
        let len = bytes.len() as u64;
        self.put(&mut bytes, argsz, len);
        let flags = BitField { offset: host.flags, ..WORD };
        self.put(&mut bytes, flags, host.caps_flag.1);
        self.put(&mut bytes, BitField { offset: host.cap_offset, ..WORD }, first as u64);
        bytes
    }
}

impl Bytes<'_> {
    /// The bytes of a capability, whose header is 0.
    fn cap(&self, id: CapabilityId, version: u16, header: u64) -> Vec<u8> {
        let plan = &self.abi.protocol.capabilities[id.0];
        let Some(struct_) = plan.struct_.map(|id| self.abi.struct_(id)) else {
            return vec![0; header as usize];
        };
        let layout = &struct_.layouts[self.model().index()];
        let has = |field: &Field| field.version <= version;
        let mut bytes = vec![0; layout.size as usize];
        self.fields(struct_, &mut bytes, |field| field.role != Role::Header && has(field));
        let ends = struct_.fields.iter().zip(&layout.fields).filter(|(field, _)| has(field));
        let end = ends.map(|(_, span)| span.end()).max().unwrap_or(0);
        let Some(last) = struct_.fields.last() else { return bytes };
        let Type::Flexible(element, count) = &last.type_ else {
            bytes.truncate(end.next_multiple_of(layout.align) as usize);
            return bytes;
        };
        let start = layout.fields[struct_.fields.len() - 1].offset as usize;
        let each = self.size(element);
        bytes.truncate(start);
        for nth in 0..ELEMENTS {
            let at = bytes.len();
            bytes.resize(at + each, 0);
            self.value(element, &format!("{}{nth}", last.name), &mut bytes[at..]);
        }
        if let Some(count) = count {
            let span = layout.fields[*count];
            self.put(
                &mut bytes,
                BitField { offset: span.offset, width: span.size, ..WORD },
                ELEMENTS,
            );
        }
        bytes
    }

    fn size(&self, type_: &Type) -> usize {
        self.abi.extent(type_, self.model()).expect("a size").size as usize
    }

    /// Fills in the fields that are not reserved.
    fn fields(&self, struct_: &Struct, bytes: &mut [u8], with: impl Fn(&Field) -> bool) {
        let layout = &struct_.layouts[self.model().index()];
        for (field, span) in struct_.fields.iter().zip(&layout.fields) {
            if field.role != Role::Reserved && with(field) {
                self.value(&field.type_, &field.name, &mut bytes[span.offset as usize..]);
            }
        }
    }

    fn value(&self, type_: &Type, name: &str, bytes: &mut [u8]) {
        match type_ {
            Type::Int(int) => {
                let bytes = &mut bytes[..int.size() as usize];
                bytes.iter_mut().zip(0..).for_each(|(byte, at)| *byte = mark(name, at));
            }
            Type::Struct(id) => self.fields(self.abi.struct_(*id), bytes, |_| true),
            Type::Array(element, count, _) => {
                let each = self.size(element);
                for nth in 0..*count as usize {
                    self.value(element, &format!("{name}{nth}"), &mut bytes[nth * each..]);
                }
            }
            Type::Union(arms) => {
                arms.iter().take(1).for_each(|arm| self.value(&arm.type_, name, bytes));
            }
            Type::Pointer(_) | Type::Flexible(..) => {}
        }
    }

    /// Sets bits of an integer.
    fn put(&self, bytes: &mut [u8], place: BitField, value: u64) {
        let at = place.offset as usize..(place.offset + place.width) as usize;
        let bytes = &mut bytes[at];
        let number = (value & place.mask) << place.low;
        let width = bytes.len();
        for (index, byte) in bytes.iter_mut().enumerate() {
            let shift = if self.target.big_endian { width - 1 - index } else { index };
            let mask = (place.mask << place.low) >> (8 * shift);
            *byte = *byte & !(mask as u8) | (number >> (8 * shift)) as u8;
        }
    }
}

/// A field of 4 bytes.
const WORD: BitField = BitField { offset: 0, width: 4, low: 0, mask: u64::MAX };
