//! The program's side: its knowledge of replies, and how it reads one.

use super::writer::{Reply, STALE, WrittenCap};
use capchain::ir::protocol::{BitField, CapPlan, ChainPlan, HeaderFormat};
use capchain::ir::{Abi, Arg, Ioctl, Role};
use capchain::layout::Span;
use capchain::model::sample;
use capchain::reply::Direction;

/// The knowledge of a program about the replies to an ioctl, from the headers of a release.
#[derive(Debug)]
pub(super) struct Reader {
    /// The bytes that argsz must cover.
    minsz: u64,
    /// Output fields of the fixed part.
    fields: Vec<(String, Span)>,
    chain: Option<KnownChain>,
}

/// A chain that the program knows.
#[derive(Debug)]
struct KnownChain {
    argsz: u64,
    flags: u64,
    caps_flag: u64,
    cap_offset: u64,
    header: HeaderFormat,
    caps: Vec<KnownCap>,
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
        let layout = struct_.kernel_layout();
        let minsz = layout.fields[struct_.minsz?].end();
        let fields = struct_.fields.iter().zip(&layout.fields);
        let outputs = fields.filter(|(field, span)| {
            let input = field.direction == Some(Direction::In);
            field.role == Role::Data && !input && field.valid_if.is_none() && span.end() <= minsz
        });
        let hosts = |chain: &&ChainPlan| chain.host.as_ref().is_some_and(|one| one.struct_ == id);
        let chain = abi.protocol.chains.iter().find(hosts);
        let chain = chain.and_then(|chain| KnownChain::new(abi, chain));
        let fields = outputs.map(|(field, span)| (field.name.clone(), *span)).collect();
        Some(Self { minsz, fields, chain })
    }

    /// Reads a reply; returns the first difference from the written values.
    pub(super) fn check(&self, reply: &Reply<'_>, compared: &mut u64) -> Option<String> {
        let Some(bytes) = reply.bytes else {
            let known = reply.argsz < self.minsz;
            return (!known).then(|| format!("refused, although {} is enough", self.minsz));
        };
        let argsz = reply.argsz as usize;
        if let Some(at) = bytes[argsz..].iter().position(|byte| *byte != STALE) {
            return Some(format!("byte {} is written, after argsz", argsz + at));
        }
        *compared += (bytes.len() - argsz) as u64;
        for (name, span) in self.fields.iter().filter(|(_, span)| span.end() <= reply.minsz) {
            *compared += span.size;
            if !marked(bytes, *span, name) {
                return Some(format!("`{name}` at {} differs from the written value", span.offset));
            }
        }
        let chain = self.chain.as_ref()?;
        chain.check(&bytes[..argsz], reply, compared)
    }
}

/// Whether these bytes are the written bytes of a field.
fn marked(bytes: &[u8], span: Span, name: &str) -> bool {
    let bytes = &bytes[span.offset as usize..span.end() as usize];
    bytes.iter().zip(0..).all(|(byte, at)| *byte == sample::mark(name, at))
}

/// The integer at these bytes, if the reply has them.
fn number(bytes: &[u8], offset: u64, width: u64) -> Option<u64> {
    let start = usize::try_from(offset).ok()?;
    let bytes = bytes.get(start..start.checked_add(width as usize)?)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// A bit field of the header at `cap`.
fn bit_field(bytes: &[u8], cap: u64, bits: BitField) -> Option<u64> {
    Some(number(bytes, cap.checked_add(bits.offset)?, bits.width)? >> bits.low & bits.mask)
}

impl KnownChain {
    fn new(abi: &Abi, plan: &ChainPlan) -> Option<Self> {
        let host = plan.host.as_ref()?;
        // In a release candidate, two capabilities may share an id.
        let caps = abi.chain(plan.chain).capabilities.iter().map(|id| {
            let name = &abi.capability(*id).name;
            KnownCap::new(abi, name, &abi.protocol.capabilities[id.0])
        });
        Some(Self {
            argsz: host.argsz.1,
            flags: host.flags,
            caps_flag: host.caps_flag.1,
            cap_offset: host.cap_offset,
            header: abi.protocol.headers[plan.header].clone(),
            caps: caps.collect(),
        })
    }

    /// Walks the chain in the bytes that argsz covers.
    fn check(&self, bytes: &[u8], reply: &Reply<'_>, compared: &mut u64) -> Option<String> {
        let flagged = number(bytes, self.flags, 4)? & self.caps_flag != 0;
        // A reply with an argsz above that of the caller is short, whatever its offset is.
        let flagged = flagged && number(bytes, self.argsz, 4)? <= reply.argsz;
        let offset = number(bytes, self.cap_offset, 4).filter(|offset| flagged && *offset != 0);
        let short = !reply.caps.is_empty() && reply.need > reply.argsz;
        let Some(first) = offset else {
            // The argsz of a short reply is the size of the full reply.
            let has_need = number(bytes, self.argsz, 4) == Some(reply.need);
            return match (reply.caps.is_empty(), short) {
                (true, _) => None,
                (false, true) => {
                    (!has_need).then(|| "argsz is not the size of the full reply".to_owned())
                }
                (false, false) => Some("the chain is not found".to_owned()),
            };
        };
        if short || reply.caps.is_empty() {
            return Some(format!("a chain is found at {first}, but none was written"));
        }
        let mut found = Vec::new();
        let mut at = first;
        for _ in 0..bytes.len() as u64 / self.header.size.max(1) {
            let id = bit_field(bytes, at, self.header.id)?;
            let version = self.header.version.map_or(Some(1), |one| bit_field(bytes, at, one))?;
            if let Some(cap) = self.caps.iter().find(|cap| cap.id == id) {
                match cap.check(bytes, at, version, reply.caps, compared) {
                    Ok(name) => found.push(name),
                    Err(what) => return Some(what),
                }
            }
            let next = bit_field(bytes, at, self.header.next)?;
            if next == self.header.end {
                break;
            }
            at = if self.header.from_reply { next } else { at + next };
        }
        let known = |given: &&WrittenCap| self.caps.iter().any(|cap| cap.name == given.name);
        let lost = reply.caps.iter().filter(known).find(|given| !found.contains(&&*given.name));
        lost.map(|given| format!("{} is not found", given.name))
    }
}

impl KnownCap {
    fn new(abi: &Abi, name: &str, plan: &CapPlan) -> Self {
        let mut fields = Vec::new();
        if let Some(struct_) = plan.struct_.map(|id| abi.struct_(id)) {
            let array = plan.array.as_ref();
            // The count is a number of elements and has no mark.
            let count = array.and_then(|array| array.count.as_ref()).map(|count| count.field);
            let marked = plan.fields.iter().filter(|field| Some(field.field) != count);
            let marked = marked.map(|field| (field.field, field.offset, field.version));
            let array = array.map(|array| (array.field, array.offset, 1));
            fields.extend(marked.chain(array).map(|(field, offset, version)| KnownField {
                name: struct_.fields[field].name.clone(),
                offset: offset.kernel(),
                version,
            }));
        }
        Self { id: plan.id, name: name.to_owned(), fields }
    }

    /// Reads the fields that the version has; returns the capability's name.
    fn check<'a>(
        &self,
        bytes: &[u8],
        at: u64,
        version: u64,
        given: &'a [WrittenCap],
        compared: &mut u64,
    ) -> Result<&'a str, String> {
        let Some(given) = given.iter().find(|given| given.name == self.name) else {
            return Err(format!("the capability at {at} is read as {}", self.name));
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
                return Err(format!(
                    "`{}` of {} differs from the written value",
                    field.name, self.name
                ));
            }
            *compared += size;
        }
        Ok(&given.name)
    }
}
