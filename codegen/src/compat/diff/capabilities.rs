//! The facts of capabilities and of their headers.

use std::borrow::Cow;

use super::datum::{Datum, optional, text};
use super::facts::{Fact, SideNames};
use super::key;
use crate::compat::matching::Matching;
use crate::ir::{Bits, BitsOf, CapHeader, Capability, Chain, KindOf, Presence, Quantity, Struct};

impl<'a> SideNames<'_, 'a> {
    pub(super) fn cap_header(&self, header: &'a CapHeader) -> [Fact<'a>; 9] {
        let CapHeader {
            name: _,
            struct_,
            doc: _,
            id,
            version,
            next,
            from_reply,
            mask,
            empty,
            end,
            align,
        } = header;
        let struct_ = self.abi.struct_(*struct_);
        let version = version.map_or(Datum::Unset, |bits| self.bits(struct_, bits));
        let mask = if *mask == u64::MAX { Datum::Unset } else { Datum::Number((*mask).into()) };
        let empty = empty.iter().map(|(place, values)| {
            Cow::Owned(format!("{values:?} in {}", bits_text(struct_, *place)))
        });
        [
            Fact(key!(CapHeader.struct_), text(self.struct_(&struct_.name))),
            Fact(key!(CapHeader.id), self.bits(struct_, *id)),
            Fact(key!(CapHeader.version), version),
            Fact(key!(CapHeader.next), self.bits(struct_, *next)),
            Fact(key!(CapHeader.from_reply), Datum::Flag(*from_reply)),
            Fact(key!(CapHeader.mask), mask),
            Fact(key!(CapHeader.empty), Datum::List(empty.collect())),
            Fact(key!(CapHeader.end), Datum::Number((*end).into())),
            Fact(key!(CapHeader.align), Datum::Number((*align).into())),
        ]
    }

    pub(super) fn capability(&self, chain: &'a Chain, capability: &'a Capability) -> [Fact<'a>; 8] {
        let Capability {
            name,
            short,
            meta: _,
            chain: _,
            id,
            version,
            struct_,
            length,
            kind,
            inline: _,
        } = capability;
        let body = struct_.map(|id| self.abi.struct_(id));
        let length = body.zip(*length);
        let length = length.map_or(Datum::Unset, |(body, bits)| self.bits(body, bits));
        let kind = body.zip(kind.as_ref());
        let kind = kind.map_or(Datum::Unset, |(body, kind)| self.kind(chain, body, kind));
        let struct_ = struct_.map(|id| self.struct_(&self.abi.struct_(id).name));
        [
            Fact(key!(Capability.name), text(name)),
            Fact(key!(Capability.short), text(short)),
            Fact(
                key!(Capability.chain),
                text(Matching::renamed(&self.renames.chains, &chain.name)),
            ),
            Fact(key!(Capability.id), Datum::Number((*id).into())),
            Fact(key!(Capability.version), Datum::Number((*version).into())),
            Fact(key!(Capability.struct_), optional(struct_)),
            Fact(key!(Capability.length), length),
            Fact(key!(Capability.kind), kind),
        ]
    }

    /// The conditions of a kind.
    fn kind(&self, chain: &'a Chain, body: &'a Struct, kind: &'a KindOf) -> Datum<'a> {
        let KindOf { parent, id, body: own, space } = kind;
        let parent = self.constant(&self.abi.capability(*parent).name);
        let mut texts = vec![format!("of {parent} by {}", bits_text(body, *id))];
        texts.extend(
            own.iter().map(|(bits, value)| format!("{value:#x} in {}", bits_text(body, *bits))),
        );
        let start = chain.space.as_ref().and_then(|space| space.struct_);
        if let Some(start) = start.map(|id| self.abi.struct_(id)) {
            texts.extend(space.iter().map(|(bits, value)| {
                format!("{value:#x} in {} of the space", bits_text(start, *bits))
            }));
        }
        Datum::List(texts.into_iter().map(Cow::Owned).collect())
    }

    /// The conditions of a field.
    pub(super) fn presence(&self, body: &'a Struct, conditions: &'a [Presence]) -> Datum<'a> {
        let texts = conditions.iter().map(|Presence { of, bits, numbers }| {
            let whose = match of {
                BitsOf::Body => String::new(),
                BitsOf::Start(_) => " of the space".to_owned(),
                BitsOf::Companion(id, _) => {
                    format!(" of {}", self.constant(&self.abi.capability(*id).name))
                }
            };
            let numbers = numbers.iter().map(|(first, last)| match first == last {
                true => first.to_string(),
                false => format!("{first}..{}", last.saturating_add(1)),
            });
            let numbers = numbers.collect::<Vec<_>>().join(" or ");
            Cow::Owned(format!(
                "{numbers} in {}{whose}",
                bits_text(of.struct_of(self.abi, body), *bits)
            ))
        });
        match conditions.is_empty() {
            true => Datum::Unset,
            false => Datum::List(texts.collect()),
        }
    }

    /// A number in bits.
    pub(super) fn quantity(&self, body: &'a Struct, quantity: Option<&'a Quantity>) -> Datum<'a> {
        let Some(Quantity { element, bits, plus, unit }) = quantity else { return Datum::Unset };
        let (of, whose) = match element {
            Some((_, element)) => (self.abi.struct_(*element), " of the first element"),
            None => (body, ""),
        };
        let bits = bits_text(of, *bits);
        Datum::Text(Cow::Owned(format!("({bits}{whose} + {plus}) * {unit}")))
    }

    fn bits(&self, struct_: &'a Struct, bits: Bits) -> Datum<'a> {
        Datum::Text(Cow::Owned(bits_text(struct_, bits)))
    }
}

/// Some bits of a field, by their place.
pub(super) fn bits_text(struct_: &Struct, bits: Bits) -> String {
    let Bits { field, low, count } = bits;
    let span = struct_.kernel_span(field);
    format!("bits {low}..{} of the {} bytes at {}", low + count, span.size, span.offset)
}
