//! Decodes bytes at run time, from the resolved ABI only, without generated code.
//! `subject` knows the names of types, `log` finds the calls of a log, `input` reads the user's
//! bytes, `candidates` ranks the structs that they can be, `calls` identifies the ioctls of a
//! program, `reply`, `chain` and `space` apply the protocol, `value` reads fields, and `text` and
//! `json` print the result. Every number is checked against the available bytes.

mod body;
mod bytes;
pub mod calls;
mod candidates;
mod chain;
mod condition;
mod conformance_text;
mod data;
mod error;
mod header;
mod hexdump;
pub mod input;
mod json;
pub mod log;
mod number;
mod payload;
mod plausible;
mod presence;
mod reply;
mod space;
mod stream;
mod subject;
mod text;
mod value;
mod whole_space;

pub use bytes::little_endian;
pub use candidates::{Candidate, arguments, candidates};
pub use chain::DecodedCap;
pub use condition::Condition;
pub use conformance_text::conformance_text;
pub use data::{DataError, DataKind, DecodedData, PointedData};
pub use error::{DecodeError, DecodeErrorKind};
pub use header::{HeaderReader, HeaderValues};
pub use json::json;
pub use number::DecodedNumber;
pub use reply::DecodedReply;
pub use stream::DecodedRecord;
pub use subject::{Subject, SubjectNames};
pub use text::text;
pub use value::{Array, Content, DecodedValue};
pub use whole_space::{WholeSpace, doubtful_start, looks_like_space, space_struct};

use crate::ir::{
    Abi, Arg, Capability, CapabilityId, Chain, ChainStart, FdKind, Field, Ioctl, Role, Struct,
    StructId, StructRole, TailCheck,
};
use crate::layout::{Span, TARGETS, Target};
use bytes::ByteReader;
use error::ErrorContext;

/// The decoded bytes.
#[derive(Clone, Debug)]
pub struct Decoded<'a> {
    /// The resolved ABI.
    pub abi: &'a Abi,
    /// The machine that the bytes come from.
    pub target: &'static Target,
    /// All of the bytes.
    pub buffer: &'a [u8],
    /// The number of bytes that are read: at most argsz, if the struct has one.
    pub size: u64,
    /// The struct at the start of the bytes, if there is one.
    pub struct_: Option<&'a Struct>,
    /// The fields of the struct, in order.
    pub fields: Vec<DecodedValue<'a>>,
    /// Bytes of the struct that no field covers.
    pub holes: Vec<Span>,
    /// The protocol fields of the reply, if the struct hosts a chain.
    pub reply: Option<DecodedReply>,
    /// The chain, if there can be one.
    pub chain: Option<&'a Chain>,
    /// Its capabilities up to the first error.
    pub caps: Vec<DecodedCap<'a>>,
    /// The companion of a chain in a space: the bytes of the capability of another chain by
    /// which fields of its bodies exist. Empty if there is none.
    companion: &'a [u8],
    /// The kind of file descriptor that the bytes were read from, if they are records.
    pub stream: Option<&'a FdKind>,
    /// The records up to the first error.
    pub records: Vec<DecodedRecord<'a>>,
    /// The error.
    pub error: Option<DecodeError>,
    /// Notes for the reader.
    pub notes: Vec<String>,
}

/// The offset of the first capability of a chain without a host in little-endian bytes, and
/// the bytes that contain this offset; none if there is no chain.
pub fn first_capability(abi: &Abi, chain: &Chain, bytes: &[u8]) -> Option<(u64, Span)> {
    let reader = ByteReader { abi, target: &TARGETS[0], bytes, companion: &[] };
    match &chain.space {
        Some(space) => space::first(reader, chain, space),
        None => chain::first(reader, chain),
    }
}

/// Interprets bytes.
pub fn decode<'a>(
    abi: &'a Abi,
    subject: Subject,
    target: &'static Target,
    buffer: &'a [u8],
) -> Decoded<'a> {
    let nothing = Decoded {
        abi,
        target,
        buffer,
        size: buffer.len() as u64,
        struct_: None,
        fields: Vec::new(),
        holes: Vec::new(),
        reply: None,
        chain: None,
        caps: Vec::new(),
        companion: &[],
        stream: None,
        records: Vec::new(),
        error: None,
        notes: Vec::new(),
    };
    match subject {
        Subject::Chain(id) => nothing.lone_chain(abi.chain(id)),
        Subject::Struct(id) => nothing.struct_(id),
        Subject::Records(fd, type_) => nothing.of_stream(fd, type_),
    }
}

impl<'a> Decoded<'a> {
    /// Reads the first bytes of the buffer.
    fn reader(&self, size: u64) -> ByteReader<'a> {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let bytes = self.buffer.get(..size).unwrap_or(self.buffer);
        ByteReader { abi: self.abi, target: self.target, bytes, companion: self.companion }
    }

    fn lone_chain(mut self, chain: &'a Chain) -> Self {
        self.chain = Some(chain);
        if let Some(space) = &chain.space {
            let found = space::walk(self.reader(self.size), chain, space);
            (self.caps, self.error) = (found.caps, found.error);
            self.companion = found.companion;
            return self;
        }
        let first = chain::first(self.reader(self.size), chain);
        if let Some((first, source)) = first {
            self.walk(chain, first, source);
        }
        self
    }

    /// Records that were read from a kind of file descriptor.
    fn of_stream(mut self, fd: usize, type_: Option<u64>) -> Self {
        let Some(kind) = self.abi.fds.get(fd) else { return self };
        self.stream = Some(kind);
        if let Some(stream) = &kind.stream {
            (self.records, self.error) = stream::walk(self.reader(self.size), stream, type_);
        }
        self
    }

    fn struct_(mut self, id: StructId) -> Self {
        let struct_ = self.abi.struct_(id);
        self.struct_ = Some(struct_);
        match (self.abi.chain_of(id), struct_.argsz, struct_.role) {
            (Some(chain), ..) => self.host(chain, struct_),
            (None, Some(argsz), _) => self.sized(id, argsz),
            (None, None, StructRole::Capability(id)) => self.lone_body(struct_, id),
            (None, None, _) => self.plain(struct_),
        }
    }

    /// A reply with a chain.
    fn host(mut self, chain: &'a Chain, struct_: &'a Struct) -> Self {
        let ChainStart::AtOffsetField { host, cap_offset } = &chain.start else {
            return self;
        };
        self.chain = Some(chain);
        let all = self.reader(self.size);
        let (reply, error) = DecodedReply::read(all, struct_, host, *cap_offset);
        self.size = reply.size;
        if error.is_some() {
            // The fields are shown nevertheless, most of all argsz.
            self.error = error;
            self.fields = all.fields(struct_, 0, |_| true);
            return self;
        }
        let reader = self.reader(reply.size);
        self.fields = reader.fields(struct_, 0, |_| true);
        reply.hide_what_the_chain_covers(struct_, &mut self.fields);
        self.holes = reader.holes(struct_, 0, reply.first.unwrap_or(reply.size));
        if let Some(first) = reply.first {
            self.walk(chain, first, reader.span(struct_, 0, *cap_offset));
        }
        self.reply = Some(reply);
        self
    }

    fn walk(&mut self, chain: &'a Chain, first: u64, source: Span) {
        let found = chain::walk(self.reader(self.size), chain, first, source);
        (self.caps, self.error) = (found.caps, found.error);
    }

    /// A struct with argsz, which limits the bytes that are read.
    fn sized(mut self, id: StructId, argsz: usize) -> Self {
        let struct_ = self.abi.struct_(id);
        let all = self.reader(self.size);
        let value = all.unsigned(all.span(struct_, 0, argsz)).unwrap_or(0);
        let size = self.size.min(value);
        if value > self.size {
            let missing = value - self.size;
            self.notes.push(format!("argsz is {value}: the input lacks {missing} bytes"));
        }
        self.size = size;
        let layout = all.layout(struct_);
        let minsz = struct_.minsz.map_or(layout.size, |minsz| layout.fields[minsz].end());
        if size < minsz {
            let source = all.span(struct_, 0, argsz);
            self.error =
                Some(DecodeError::too_short(size, minsz, (value < minsz).then_some(source)));
            self.fields = all.fields(struct_, 0, |_| true);
            return self;
        }
        self.notes.extend(self.unlinked_chain(id));
        self.notes.extend(self.unknown_tail(struct_));
        self.notes.extend(self.payload_notes(struct_));
        self.whole(struct_)
    }

    /// A note about a byte after the struct, if a kernel of the release refuses it.
    fn unknown_tail(&self, struct_: &Struct) -> Option<String> {
        let takes = |ioctl: &&Ioctl| matches!(ioctl.arg, Arg::Struct(id) if std::ptr::eq(self.abi.struct_(id), struct_));
        let ioctls = self.abi.ioctls.iter().filter(takes);
        let mut handlers = ioctls.flat_map(|ioctl| ioctl.served_at(self.abi.release));
        let (end, error) = handlers.find_map(|handler| match handler.tail {
            TailCheck::ZeroAfter(_) => {
                let size = self.reader(self.size).layout(struct_).size;
                Some((size, &handler.errors.tail))
            }
            _ => None,
        })?;
        let tail = self.bytes(Span { offset: end, size: self.size.saturating_sub(end) });
        let at = end + tail.iter().position(|byte| *byte != 0)? as u64;
        let release = self.abi.release;
        Some(format!(
            "byte {at} is not known in {release} and not zero: the call fails with {error}"
        ))
    }

    /// A note about a chain without an offset: it may be present, but the reply
    /// does not show whether it fitted.
    fn unlinked_chain(&self, id: StructId) -> Option<String> {
        let chain = self.abi.hosted_chain(id)?;
        let ChainStart::After { host, offset: at } = &chain.start else { return None };
        let reader = self.reader(self.size);
        let flags = reader.unsigned(reader.span(self.abi.struct_(id), 0, host.flags)).unwrap_or(0);
        (flags & host.flag.1 != 0).then(|| {
            let (flag, name) = (&host.flag.0, &chain.name);
            format!("{flag} is set: if it fitted, the chain `{name}` starts at {at}")
        })
    }

    /// A single capability; its header states the version.
    fn lone_body(mut self, struct_: &'a Struct, id: CapabilityId) -> Self {
        let capability = self.abi.capability(id);
        let reader = self.reader(self.size);
        let headers = HeaderReader::new(reader, self.abi.chain(capability.chain));
        let Some(read) = headers.read(0) else {
            let need = body::need(reader, struct_, 0, 1);
            self.fields = reader.fields(struct_, 0, |_| true);
            self.error = Some(DecodeError::too_short(self.size, need, None));
            return self;
        };
        if read.id != capability.id {
            let (id, name) = (capability.id, &capability.name);
            self.notes.push(format!("the header says id {}, but {name} is {id}", read.id));
        }
        self.notes.extend(chain::newer(capability, read.version));
        self.error = body::check(reader, struct_, read.body(0, capability.id, None)).err();
        self.fields = reader.fields(struct_, 0, |field| field.version <= read.version.max(1));
        self.holes = reader.holes(struct_, 0, body::need(reader, struct_, 0, read.version));
        self
    }

    /// A struct without argsz.
    fn plain(mut self, struct_: &'a Struct) -> Self {
        let reader = self.reader(self.size);
        let need = body::need(reader, struct_, 0, u16::MAX);
        if self.size < need {
            self.error = Some(DecodeError::too_short(self.size, need, None));
        }
        self.whole(struct_)
    }

    /// Reads a struct up to the end of the bytes, and checks its array.
    fn whole(mut self, struct_: &'a Struct) -> Self {
        let reader = self.reader(self.size);
        self.fields = reader.fields(struct_, 0, |_| true);
        let end = match body::tail(reader, struct_) {
            Some(_) => body::need(reader, struct_, 0, u16::MAX),
            None => self.size,
        };
        self.holes = reader.holes(struct_, 0, end);
        let counted = || body::check_count(reader, struct_, ErrorContext::struct_()).err();
        self.error = self.error.or_else(counted);
        self
    }

    /// The fields of a capability that its version has, without the header; none
    /// for an unknown capability.
    pub fn cap_fields(&self, cap: &DecodedCap<'a>) -> Vec<DecodedValue<'a>> {
        let Some(struct_) = cap.struct_(self.abi) else {
            return Vec::new();
        };
        let of_version = |field: &Field| field.version <= cap.version && field.role != Role::Header;
        self.cap_reader(cap).fields(struct_, cap.at, of_version)
    }

    /// Reads the bytes before the end of a capability.
    fn cap_reader(&self, cap: &DecodedCap<'a>) -> ByteReader<'a> {
        let reader = self.reader(cap.end);
        match self.chain.is_some_and(|chain| chain.space.is_some()) {
            true => reader.of_space(),
            false => reader,
        }
    }

    /// Bytes of a capability that no field of its version covers.
    pub fn cap_holes(&self, cap: &DecodedCap<'a>) -> Vec<Span> {
        let Some(struct_) = cap.struct_(self.abi) else {
            return Vec::new();
        };
        let reader = self.cap_reader(cap);
        reader.holes(struct_, cap.at, cap.at + body::need(reader, struct_, cap.at, cap.version))
    }

    /// The capability of this id in the chain, if there is one.
    fn known(&self, id: u64) -> Option<&'a Capability> {
        self.abi.capabilities_of(self.chain?).find(|capability| capability.id == id)
    }

    /// A range of the buffer, cut at its end.
    pub fn bytes(&self, span: Span) -> &'a [u8] {
        self.reader(self.buffer.len() as u64).bytes(span)
    }

    /// The error of the walk, or else the first one of a capability.
    pub fn problem(&self) -> Option<&DecodeError> {
        self.error.as_ref().or_else(|| self.caps.iter().find_map(|cap| cap.error.as_ref()))
    }

    /// The name of the decoded type.
    pub fn name(&self) -> &'a str {
        match (self.struct_, self.chain) {
            _ if self.stream.is_some() => self.stream.map_or("", |kind| &kind.name),
            (Some(struct_), _) => &struct_.name,
            (None, Some(chain)) => &chain.name,
            (None, None) => "",
        }
    }
}
