//! The treatment of memory that an argument has the address of, and whose type a number
//! determines: the bytes that the kernel reads, the bytes that it writes, and the length
//! that it returns.

use std::ops::Range;

use crate::ir::{Abi, Payload, Struct, Value};
use crate::reply::{Direction, INVALID, ReturnedLength, WhenLonger, WhenShorter};

/// The error for bytes that the kernel does not know, unless they are zero.
const TOO_LONG: &str = "E2BIG";

/// The rules for the data of one number.
#[derive(Clone, Copy, Debug)]
pub struct PointerModel<'a> {
    payload: &'a Payload,
    struct_: &'a Struct,
    shorter: WhenShorter,
    longer: WhenLonger,
}

/// The effect of a call on memory, and its view of the memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointerAnswer {
    /// The error.
    pub result: Result<(), &'static str>,
    /// The data as the kernel has read them; empty if it reads none.
    pub read: Vec<u8>,
    /// The memory after the call.
    pub memory: Vec<u8>,
    /// The bytes of the memory that were written.
    pub written: Range<usize>,
    /// The length that the call returns, if it returns one.
    pub returned: Option<u64>,
}

impl<'a> PointerModel<'a> {
    /// The rules for the data of a number; `None` if it has none.
    pub fn new(abi: &'a Abi, payload: &'a Payload, value: &'a Value) -> Option<Self> {
        let struct_ = abi.struct_(value.payload_struct()?);
        Some(Self {
            payload,
            struct_,
            shorter: value.shorter.or(payload.shorter).unwrap_or(WhenShorter::Refused),
            longer: value.longer.or(payload.longer).unwrap_or(WhenLonger::Refused),
        })
    }

    /// The effect of a call with this memory. `data` are those that the kernel returns, of
    /// the size of its struct.
    pub fn answer(&self, memory: &[u8], data: &[u8]) -> PointerAnswer {
        let mut answer = PointerAnswer {
            result: Ok(()),
            read: Vec::new(),
            memory: memory.to_vec(),
            written: 0..0,
            returned: None,
        };
        if let Some(error) = self.refusal(memory) {
            answer.result = Err(error);
            return answer;
        }
        if self.payload.direction != Direction::Out {
            answer.read = memory.to_vec();
            answer.read.resize(self.size(), 0);
        }
        if self.payload.direction != Direction::In {
            let end = match self.longer {
                WhenLonger::Zeroed => memory.len(),
                _ => self.size().min(memory.len()),
            };
            for (at, byte) in answer.memory[..end].iter_mut().enumerate() {
                *byte = data.get(at).copied().unwrap_or(0);
            }
            answer.written = 0..end;
        }
        answer.returned = self.payload.returns.and_then(|returned| match returned {
            ReturnedLength::Full => Some(self.size() as u64),
            ReturnedLength::Written => Some(self.size().min(memory.len()) as u64),
            ReturnedLength::Done => None,
        });
        answer
    }

    fn refusal(&self, memory: &[u8]) -> Option<&'static str> {
        let (len, size) = (memory.len(), self.size());
        let is_short = len < self.least() || len < size && self.shorter == WhenShorter::Refused;
        let rest = memory.get(size..).unwrap_or_default();
        match self.longer {
            _ if is_short => Some(INVALID),
            WhenLonger::Refused if len > size => Some(INVALID),
            WhenLonger::Zero if rest.iter().any(|byte| *byte != 0) => Some(TOO_LONG),
            _ => None,
        }
    }

    /// The bytes that the memory must have.
    fn least(&self) -> usize {
        let spans = &self.struct_.kernel_layout().fields;
        self.struct_.minsz.map_or(0, |field| spans[field].end() as usize)
    }

    /// The size of the kernel's form of the data.
    fn size(&self) -> usize {
        self.struct_.kernel_layout().size as usize
    }
}
