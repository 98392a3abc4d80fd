//! The protocol fields of a reply, read before its chain is walked.

use super::bytes::ByteReader;
use super::error::DecodeError;
use super::value::{Content, DecodedValue};
use crate::ir::{Host, Role, Struct};

/// The protocol fields of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodedReply {
    /// The value of argsz.
    pub argsz: u64,
    /// The size of the reply in the buffer.
    pub size: u64,
    /// The offset of the chain, if the reply contains one.
    pub first: Option<u64>,
    /// Whether the full reply is larger than the buffer.
    pub short: bool,
}

impl DecodedReply {
    /// Reads the protocol fields of a whole buffer. Bytes after argsz are ignored,
    /// and an argsz larger than the buffer counts as the size of the buffer.
    pub(super) fn read(
        all: ByteReader<'_>,
        struct_: &Struct,
        host: &Host,
        cap_offset: usize,
    ) -> (Self, Option<DecodeError>) {
        let layout = all.layout(struct_);
        let minsz = struct_.minsz.map_or(layout.size, |minsz| layout.fields[minsz].end());
        let argsz_at = all.span(struct_, 0, struct_.argsz.unwrap_or(0));
        let argsz = all.unsigned(argsz_at).unwrap_or(0);
        let size = all.len().min(argsz);
        if size < minsz {
            let source = (argsz < minsz).then_some(argsz_at);
            let error = DecodeError::too_short(size, minsz, source);
            return (Self { argsz, size, first: None, short: false }, Some(error));
        }
        let flags = all.unsigned(all.span(struct_, 0, host.flags)).unwrap_or(0);
        let flagged = flags & host.flag.1 != 0;
        let offset_at = all.span(struct_, 0, cap_offset);
        let offset = match offset_at.end() <= size {
            true => all.unsigned(offset_at).unwrap_or(0),
            false => 0,
        };
        let beyond = argsz > all.len();
        let first = (flagged && !beyond && offset != 0).then_some(offset);
        let short = beyond || flagged && offset == 0;
        (Self { argsz, size, first, short }, None)
    }

    /// The required size of the buffer, if the reply did not fit.
    pub fn need(self) -> Option<u64> {
        self.short.then_some(self.argsz)
    }

    /// A later field is absent if the chain starts before its end.
    pub(super) fn hide_what_the_chain_covers(
        self,
        struct_: &Struct,
        fields: &mut [DecodedValue<'_>],
    ) {
        let Some(first) = self.first else {
            return;
        };
        let later = struct_.minsz.map_or(fields.len(), |minsz| minsz + 1);
        for field in fields.iter_mut().skip(later) {
            if field.role != Role::CapOffset && field.span.end() > first {
                field.content = Content::Absent;
            }
        }
    }
}
