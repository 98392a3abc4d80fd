//! Every request and its results by the generated crate. The end of this file is
//! written from the resolved ABI.

#![allow(dead_code, reason = "not every program asks for all")]
#![allow(deprecated, reason = "all of an ABI is used, what is going away too")]
#![allow(unused_imports, reason = "an ABI may need some of it only")]

use generated_abi::requests::{self, ReplyError, Request, Wire};
use generated_abi::uapi;
use generated_abi::views::Element as _;

/// Takes the name of a value, and its bits; none if the argument does not cover it.
pub(crate) type Put<'p> = &'p mut dyn FnMut(&'static str, Option<u64>);

/// A view of results, or of a counted reply.
pub(crate) struct View {
    /// The name of the argument.
    pub(crate) struct_: &'static str,
    /// Offset of the results in the argument.
    pub(crate) start: u32,
    /// Offset and value of the flags that the argument needs for these results.
    pub(crate) flags: Option<(u32, u32)>,
    /// Reads bytes, and passes all values on.
    pub(crate) read: fn(Put<'_>, &[u8], Wire) -> Result<(), ReplyError>,
}

/// Builds a request of numbers and writes it; none if it does not fit.
pub(crate) type Build = fn(&mut Numbers<'_>, &mut [u8]) -> Option<Built>;

/// A request that was written.
pub(crate) struct Built {
    /// The name of the ioctl.
    pub(crate) ioctl: &'static str,
    /// Its size.
    pub(crate) size: usize,
    /// The size of the part that was written.
    pub(crate) written: usize,
    /// Offset of argsz.
    pub(crate) argsz: Option<u32>,
    /// Whether the view of its results reads it.
    pub(crate) is_read: bool,
}

fn written<R: Request>(mut request: R, buffer: &mut [u8], argsz: Option<u32>) -> Option<Built> {
    let size = request.size();
    let argument = request.write(buffer).ok()?;
    let is_read = R::reply(argument).is_ok();
    Some(Built { ioctl: R::NAME, size, written: argument.len(), argsz, is_read })
}

/// Numbers made of bytes; zeros after their end.
pub(crate) struct Numbers<'a> {
    pub(crate) rest: &'a [u8],
}

impl Numbers<'_> {
    fn next(&mut self) -> u64 {
        if let Some((head, rest)) = self.rest.split_first_chunk::<8>() {
            self.rest = rest;
            return u64::from_ne_bytes(*head);
        }
        let Some((byte, rest)) = self.rest.split_first() else { return 0 };
        self.rest = rest;
        u64::from(*byte)
    }

    fn bytes(&mut self) -> [u8; 64] {
        core::array::from_fn(|_| self.next() as u8)
    }
}

/// The bits of a value, as unsigned.
trait Bits {
    fn bits(self) -> u64;
}

macro_rules! bits {
    ($($int:ty as $unsigned:ty),*) => {$(
        impl Bits for $int {
            fn bits(self) -> u64 {
                u64::from(self as $unsigned)
            }
        }
    )*};
}
bits!(u8 as u8, u16 as u16, u32 as u32, u64 as u64, i8 as u8, i16 as u16, i32 as u32, i64 as u64);

fn bits(value: impl Bits) -> u64 {
    value.bits()
}
