//! The reply rules, executed: what a handler of one release answers, byte for
//! byte, to a buffer. The same rules make the profiles of the reply builders
//! and the tables of the reference; here they can be asked about any argsz,
//! release and capability, and about bytes that nobody sets.

pub mod sample;

use crate::ir::{
    Abi, Arg, Bits, CapHeader, Chain, Copied, Field, Handler, Host, Ioctl, ReplyChain, Role,
    Struct, StructId, Type,
};
use crate::layout::{Model, Span};
use crate::reply::{ArgszReply, Direction, Padding, ShortReply, Untouched};

/// The layout that a kernel writes, in 32-bit programs too.
const KERNEL: Model = Model::Lp64;

/// What a device or an IOMMU has to tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The struct with all output fields set, but for argsz, the flag that
    /// there is a chain, and its offset.
    pub fixed: Vec<u8>,
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
    /// The bytes behind its header.
    pub body: Vec<u8>,
    /// Where in the body its array starts, and the size of an element: one that
    /// is written element by element.
    pub array: Option<(usize, usize)>,
}

/// What comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether the call works; if not, it fails with `EINVAL`.
    pub works: bool,
    /// The buffer behind the call; none where a byte can hold anything.
    pub bytes: Vec<Option<u8>>,
}

/// A handler whose rules say all that a reply needs.
#[derive(Clone, Copy, Debug)]
pub struct Handling<'a> {
    abi: &'a Abi,
    struct_: &'a Struct,
    handler: &'a Handler,
    chain: Option<(&'a Chain, &'a Host, &'a ReplyChain)>,
}

impl<'a> Handling<'a> {
    /// The rules of a handler, unless what it gives is not told by them: its
    /// argument is no struct with an argsz, or ends in an array of its own.
    pub fn new(abi: &'a Abi, ioctl: &Ioctl, handler: &'a Handler) -> Option<Self> {
        let Arg::Struct(id) = ioctl.arg else { return None };
        let struct_ = abi.struct_(id);
        let flexible = |field: &Field| matches!(field.type_, Type::Flexible(..));
        if struct_.argsz.is_none() || struct_.fields.iter().any(flexible) {
            return None;
        }
        let hosted = abi.chains.iter().find_map(|chain| hosted(chain, id));
        let chain = match (&handler.chain, hosted) {
            (Some(rules), Some((chain, host))) => Some((chain, host, rules)),
            (Some(_), None) => return None,
            (None, _) => None,
        };
        Some(Self { abi, struct_, handler, chain })
    }

    /// What the handler does to a buffer that says how large it is. Bytes that
    /// argsz claims and the buffer lacks are lost.
    pub fn answer(&self, before: &[u8], contents: &Contents) -> Answer {
        let mut bytes: Vec<_> = before.iter().copied().map(Some).collect();
        let argsz = self.argsz(before);
        if argsz < self.handler.minsz {
            return Answer { works: false, bytes };
        }
        let need = self.need(&contents.caps);
        let fits = contents.caps.is_empty() || need <= argsz;
        self.fixed(&mut bytes, argsz, contents, need, fits);
        if let Some((chain, _, rules)) = self.chain {
            if fits || rules.short == ShortReply::Partial {
                let header = &self.abi.cap_headers[chain.header];
                Writer { abi: self.abi, header, rules, argsz, fits }.chain(&mut bytes, contents);
            }
        }
        Answer { works: true, bytes }
    }

    /// The size of the full reply.
    pub fn need(&self, caps: &[Cap]) -> u64 {
        match self.chain {
            Some((chain, _, rules)) if !caps.is_empty() => {
                let header = size_of_header(self.abi, &self.abi.cap_headers[chain.header]);
                caps.iter().fold(rules.at, |end, cap| end + taken(rules, header, cap))
            }
            _ => match &self.handler.writes {
                Copied::Ends(ends) => ends.iter().copied().max().unwrap_or(0),
                Copied::Fitting => self.struct_.layouts[KERNEL.index()].size,
            },
        }
    }

    fn argsz(&self, buffer: &[u8]) -> u64 {
        let span = self.struct_.argsz.map(|field| self.span(field));
        span.map_or(0, |span| number(buffer, span))
    }

    fn span(&self, field: usize) -> Span {
        self.struct_.layouts[KERNEL.index()].fields[field]
    }

    /// How much of the fixed part is copied out.
    fn copied(&self, argsz: u64) -> u64 {
        match &self.handler.writes {
            Copied::Ends(ends) => {
                ends.iter().copied().filter(|end| *end <= argsz).max().unwrap_or(0)
            }
            Copied::Fitting => argsz.min(self.struct_.layouts[KERNEL.index()].size),
        }
    }

    fn fixed(
        &self,
        bytes: &mut [Option<u8>],
        argsz: u64,
        contents: &Contents,
        need: u64,
        fits: bool,
    ) {
        let copied = self.copied(argsz);
        let there = |byte: &u64| *byte < copied;
        let size = self.struct_.layouts[KERNEL.index()].size;
        for at in (0..size).filter(there) {
            let told = contents.fixed.get(at as usize).copied();
            let untouched = match self.handler.untouched {
                None | Some(Untouched::Echo) => kept(bytes, at),
                Some(Untouched::Zero) => Some(0),
                Some(Untouched::Stack) => None,
            };
            let byte = match self.field_at(at) {
                Some(field) if self.is_kept(field) => kept(bytes, at),
                Some(field) if self.is_told(field) => told,
                _ => untouched,
            };
            set(bytes, at, byte);
        }
        let Some((_, host, rules)) = self.chain else { return };
        let bare = contents.caps.is_empty();
        let mut put = |field: usize, number: u64| {
            let span = self.span(field);
            for (index, byte) in number.to_le_bytes().iter().take(span.size as usize).enumerate() {
                let at = span.offset + index as u64;
                if at < copied {
                    set(bytes, at, Some(*byte));
                }
            }
        };
        let flags = number(&contents.fixed, self.span(host.flags)) & !host.flag.1;
        let flagged = !bare && (fits || rules.short != ShortReply::FlagClear);
        put(host.flags, if flagged { flags | host.flag.1 } else { flags });
        if !bare {
            put(host.cap_offset, if fits { rules.at } else { 0 });
        }
        if rules.argsz == ArgszReply::Always || !fits {
            put(self.struct_.argsz.unwrap_or_default(), need);
        }
    }

    fn field_at(&self, at: u64) -> Option<usize> {
        let spans = &self.struct_.layouts[KERNEL.index()].fields;
        spans.iter().position(|span| (span.offset..span.end()).contains(&at))
    }

    /// Whether a field comes back as the caller sent it.
    fn is_kept(&self, field: usize) -> bool {
        let field = &self.struct_.fields[field];
        field.role == Role::Argsz || field.direction == Some(Direction::In)
    }

    /// Whether the handler sets a field itself.
    fn is_told(&self, field: usize) -> bool {
        let role = self.struct_.fields[field].role;
        role != Role::CapOffset && role != Role::Reserved
    }
}

/// Writes a chain.
struct Writer<'a> {
    abi: &'a Abi,
    header: &'a CapHeader,
    rules: &'a ReplyChain,
    argsz: u64,
    /// Whether all of it goes into the buffer.
    fits: bool,
}

impl Writer<'_> {
    fn chain(&self, bytes: &mut [Option<u8>], contents: &Contents) {
        let size = size_of_header(self.abi, self.header);
        let mut at = self.rules.at;
        let mut previous = None;
        for cap in &contents.caps {
            if let Some(previous) = previous.filter(|_| at <= self.argsz) {
                let next = if self.header.from_reply { at } else { at - previous };
                self.bits(bytes, previous, self.header.next, next);
            }
            let taken = taken(self.rules, size, cap);
            if self.fits && self.rules.padding == Padding::Zero {
                (at..at + taken).for_each(|at| set(bytes, at, Some(0)));
            }
            self.capability(bytes, at, size, cap);
            previous = Some(at);
            at += taken;
        }
    }

    /// A capability if all of it fits; of its array, every element that does.
    fn capability(&self, bytes: &mut [Option<u8>], at: u64, header: u64, cap: &Cap) {
        let body = at + header;
        let (start, each) = cap.array.unwrap_or((cap.body.len(), 1));
        let (head, elements) = cap.body.split_at(start.min(cap.body.len()));
        for (index, element) in elements.chunks(each.max(1)).enumerate() {
            let place = body + (start + index * each) as u64;
            if place + element.len() as u64 <= self.argsz {
                write(bytes, place, element);
            }
        }
        if body + cap.body.len() as u64 <= self.argsz {
            write(bytes, at, &vec![0; header as usize]);
            self.bits(bytes, at, self.header.id, cap.id);
            if let Some(version) = self.header.version {
                self.bits(bytes, at, version, cap.version);
            }
            self.bits(bytes, at, self.header.next, self.header.end);
            write(bytes, body, head);
        }
    }

    /// Sets some bits of a header's field.
    fn bits(&self, bytes: &mut [Option<u8>], at: u64, bits: Bits, value: u64) {
        let span = self.abi.struct_(self.header.struct_).layouts[KERNEL.index()].fields[bits.field];
        let mask = u64::MAX.checked_shr(64 - bits.count).unwrap_or(0) << bits.low;
        for index in 0..span.size {
            let place = at + span.offset + index;
            let Some(old) = bytes.get(place as usize).copied().flatten() else { continue };
            let (mask, value) =
                ((mask >> (8 * index)) as u8, ((value << bits.low) >> (8 * index)) as u8);
            set(bytes, place, Some(old & !mask | value & mask));
        }
    }
}

/// A chain behind a struct, if it is.
fn hosted(chain: &Chain, id: StructId) -> Option<(&Chain, &Host)> {
    let host = chain.host.as_ref().filter(|host| host.struct_ == id)?;
    Some((chain, host))
}

fn size_of_header(abi: &Abi, header: &CapHeader) -> u64 {
    abi.struct_(header.struct_).layouts[KERNEL.index()].size
}

/// What a capability takes, with the padding behind it.
fn taken(rules: &ReplyChain, header: u64, cap: &Cap) -> u64 {
    (header + cap.body.len() as u64).next_multiple_of(rules.align.max(1))
}

fn number(bytes: &[u8], span: Span) -> u64 {
    let bytes = bytes.iter().skip(span.offset as usize).take(span.size.min(8) as usize);
    bytes.enumerate().fold(0, |number, (index, byte)| number | u64::from(*byte) << (8 * index))
}

/// The byte that is there already.
fn kept(bytes: &[Option<u8>], at: u64) -> Option<u8> {
    bytes.get(at as usize).copied().flatten()
}

fn set(bytes: &mut [Option<u8>], at: u64, byte: Option<u8>) {
    if let Some(place) = bytes.get_mut(at as usize) {
        *place = byte;
    }
}

fn write(bytes: &mut [Option<u8>], at: u64, with: &[u8]) {
    for (index, byte) in with.iter().enumerate() {
        set(bytes, at + index as u64, Some(*byte));
    }
}
