//! A program's side: what it knows of a reply, and how it reads one.

use super::writer::{Given, Reply, STALE};
use crate::ir::{
    Abi, Arg, Bits, CapHeader, Capability, Chain, ChainStart, Ioctl, Role, Struct, Type,
};
use crate::layout::{Model, Span};
use crate::model::sample;
use crate::reply::Direction;

/// What the headers of a release tell a program of a reply.
#[derive(Debug)]
pub(super) struct Reader {
    /// What argsz has to cover, as the program knows it.
    minsz: u64,
    /// Fields of the fixed part that hold an answer.
    fields: Vec<(String, Span)>,
    chain: Option<Known>,
}

/// What it knows of a chain.
#[derive(Debug)]
struct Known {
    flags: Span,
    flag: u64,
    cap_offset: Span,
    header: Header,
    caps: Vec<KnownCap>,
}

/// How a capability starts.
#[derive(Debug)]
struct Header {
    size: u64,
    id: (Span, Bits),
    version: Option<(Span, Bits)>,
    next: (Span, Bits),
    from_reply: bool,
    end: u64,
}

/// A capability that the program knows.
#[derive(Debug)]
struct KnownCap {
    id: u64,
    name: String,
    fields: Vec<KnownField>,
}

#[derive(Debug)]
struct KnownField {
    name: String,
    offset: u64,
    version: u16,
}

impl Reader {
    pub(super) fn new(abi: &Abi, ioctl: &Ioctl) -> Option<Self> {
        let Arg::Struct(id) = ioctl.arg else { return None };
        let struct_ = abi.struct_(id);
        let layout = &struct_.layouts[Model::Lp64.index()];
        let minsz = layout.fields[struct_.minsz?].end();
        let fields = struct_.fields.iter().zip(&layout.fields);
        let told = fields.filter(|(field, span)| {
            let input = field.direction == Some(Direction::In);
            field.role == Role::Data && !input && field.valid_if.is_none() && span.end() <= minsz
        });
        let chain = abi.chains.iter().find_map(|chain| Known::new(abi, chain, id, struct_));
        let fields = told.map(|(field, span)| (field.name.clone(), *span)).collect();
        Some(Self { minsz, fields, chain })
    }

    /// Reads a reply; tells what is not as it was written.
    pub(super) fn check(&self, reply: &Reply<'_>, compared: &mut u64) -> Option<String> {
        let Some(bytes) = reply.bytes else {
            let known = reply.argsz < self.minsz;
            return (!known).then(|| format!("refused, although {} is enough", self.minsz));
        };
        let argsz = reply.argsz as usize;
        if let Some(at) = bytes[argsz..].iter().position(|byte| *byte != STALE) {
            return Some(format!("byte {} is written, behind argsz", argsz + at));
        }
        *compared += (bytes.len() - argsz) as u64;
        for (name, span) in self.fields.iter().filter(|(_, span)| span.end() <= reply.minsz) {
            *compared += span.size;
            if !marked(bytes, *span, name) {
                return Some(format!("`{name}` at {} is not what was told", span.offset));
            }
        }
        let chain = self.chain.as_ref()?;
        chain.check(&bytes[..argsz], reply, compared)
    }
}

/// Whether these bytes are those of a field.
fn marked(bytes: &[u8], span: Span, name: &str) -> bool {
    let bytes = &bytes[span.offset as usize..span.end() as usize];
    bytes.iter().zip(0..).all(|(byte, at)| *byte == sample::mark(name, at))
}

fn number(bytes: &[u8], at: u64, span: Span) -> Option<u64> {
    let start = usize::try_from(at.checked_add(span.offset)?).ok()?;
    let bytes = bytes.get(start..start.checked_add(span.size as usize)?)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

fn bits(bytes: &[u8], at: u64, (span, bits): (Span, Bits)) -> Option<u64> {
    let mask = u64::MAX.checked_shr(64 - bits.count.min(64)).unwrap_or(0);
    Some(number(bytes, at, span)? >> bits.low & mask)
}

impl Known {
    fn new(abi: &Abi, chain: &Chain, id: crate::ir::StructId, struct_: &Struct) -> Option<Self> {
        let ChainStart::AtOffsetField { host, cap_offset } = &chain.start else { return None };
        if host.struct_ != id {
            return None;
        }
        let spans = &struct_.layouts[Model::Lp64.index()].fields;
        let caps = abi.capabilities_of(chain);
        Some(Self {
            flags: spans[host.flags],
            flag: host.flag.1,
            cap_offset: spans[*cap_offset],
            header: Header::new(abi, &abi.cap_headers[chain.header]),
            caps: caps.map(|cap| KnownCap::new(abi, cap)).collect(),
        })
    }

    /// Walks the chain of what argsz covers.
    fn check(&self, bytes: &[u8], reply: &Reply<'_>, compared: &mut u64) -> Option<String> {
        let flagged = number(bytes, 0, self.flags)? & self.flag != 0;
        let offset = number(bytes, 0, self.cap_offset).filter(|offset| flagged && *offset != 0);
        let short = !reply.caps.is_empty() && reply.need > reply.argsz;
        let Some(first) = offset else {
            // A short reply asks for more by its argsz.
            let asks = number(bytes, 0, Span { offset: 0, size: 4 }) == Some(reply.need);
            return match (reply.caps.is_empty(), short) {
                (true, _) => None,
                (false, true) => (!asks).then(|| "the reply does not tell the need".to_owned()),
                (false, false) => Some("the chain is not found".to_owned()),
            };
        };
        if short || reply.caps.is_empty() {
            return Some(format!("a chain is found at {first}, and there is none"));
        }
        let mut found = Vec::new();
        let mut at = first;
        for _ in 0..bytes.len() as u64 / self.header.size.max(1) {
            let id = bits(bytes, at, self.header.id)?;
            let version = self.header.version.map_or(Some(1), |one| bits(bytes, at, one))?;
            if let Some(cap) = self.caps.iter().find(|cap| cap.id == id) {
                match cap.check(bytes, at, version, reply.caps, compared) {
                    Ok(name) => found.push(name),
                    Err(what) => return Some(what),
                }
            }
            let next = bits(bytes, at, self.header.next)?;
            if next == self.header.end {
                break;
            }
            at = if self.header.from_reply { next } else { at + next };
        }
        let known = |given: &&Given| self.caps.iter().any(|cap| cap.name == given.name);
        let lost = reply.caps.iter().filter(known).find(|given| !found.contains(&&*given.name));
        lost.map(|given| format!("{} is not found", given.name))
    }
}

impl Header {
    fn new(abi: &Abi, header: &CapHeader) -> Self {
        let layout = &abi.struct_(header.struct_).layouts[Model::Lp64.index()];
        let of = |bits: Bits| (layout.fields[bits.field], bits);
        Self {
            size: layout.size,
            id: of(header.id),
            version: header.version.map(of),
            next: of(header.next),
            from_reply: header.from_reply,
            end: header.end,
        }
    }
}

impl KnownCap {
    fn new(abi: &Abi, cap: &Capability) -> Self {
        let struct_ = cap.struct_.map(|id| abi.struct_(id));
        let fields = struct_.iter().flat_map(|struct_| {
            let spans = &struct_.layouts[Model::Lp64.index()].fields;
            let counts = |index: usize| {
                let counted = |field: &crate::ir::Field| {
                    matches!(&field.type_, Type::Flexible(_, Some(count)) if *count == index)
                };
                struct_.fields.iter().any(counted)
            };
            let fields = struct_.fields.iter().zip(spans).enumerate();
            // A count is a number of elements, and no mark.
            let told = fields.filter(move |(index, (field, _))| {
                !matches!(field.role, Role::Header | Role::Reserved) && !counts(*index)
            });
            told.map(|(_, (field, span))| KnownField {
                name: field.name.clone(),
                offset: span.offset,
                version: field.version,
            })
        });
        Self { id: cap.id, name: cap.name.clone(), fields: fields.collect() }
    }

    /// Reads its fields as far as the version has them; tells whose they are.
    fn check<'a>(
        &self,
        bytes: &[u8],
        at: u64,
        version: u64,
        given: &'a [Given],
        compared: &mut u64,
    ) -> Result<&'a str, String> {
        let Some(given) = given.iter().find(|given| given.name == self.name) else {
            return Err(format!("the capability at {at} is taken for {}", self.name));
        };
        if u64::from(given.version) != version {
            return Err(format!("{} has version {version}, not {}", given.name, given.version));
        }
        for field in self.fields.iter().filter(|field| u64::from(field.version) <= version) {
            let size = given.fields.iter().find(|(name, _)| *name == field.name);
            let Some((_, size)) = size else {
                return Err(format!("`{}` of {} was never written", field.name, self.name));
            };
            let span = Span { offset: at + field.offset, size: *size };
            if span.end() > bytes.len() as u64 || !marked(bytes, span, &field.name) {
                return Err(format!("`{}` of {} is not what was told", field.name, self.name));
            }
            *compared += size;
        }
        Ok(&given.name)
    }
}
