//! The writing side: a reply with its chain, in place over the caller's
//! buffer, by the rules of one handler. Never writes past argsz.

use core::marker::PhantomData;

use crate::chain::{Bits, Format};
use crate::reply::Host;
use crate::wire::Wire;

/// The rules by which a server answers: how much of the fixed part a caller
/// gets, where the chain goes, what a buffer sees that is too small.
#[derive(Debug)]
pub struct Profile<T> {
    pub(crate) rules: Rules,
    pub(crate) host: PhantomData<fn(T)>,
}

/// The rules, as the specification has them.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) host: &'static Host,
    pub(crate) format: &'static Format,
    /// Where the fixed part can be cut; the furthest that argsz covers counts.
    pub(crate) ends: &'static [u32],
    /// The size of the fixed part, where any argsz can cut it; else 0.
    pub(crate) fitting: u32,
    /// Whether bytes that are not set stay as the caller had them.
    pub(crate) echo: bool,
    /// Offset of the first capability.
    pub(crate) at: u32,
    /// What further offsets are rounded up to.
    pub(crate) align: u32,
    /// Whether the bytes between capabilities stay as the caller had them.
    pub(crate) keeps_padding: bool,
    pub(crate) short: Short,
    /// Whether argsz always becomes the size of the full reply.
    pub(crate) tells_need: bool,
    /// Arrays of known capabilities: id, where the elements start behind the
    /// capability's start, the size of one.
    pub(crate) arrays: &'static [(u16, u32, u32)],
}

/// What a buffer sees that is too small for the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "an ABI need not have every dialect")]
pub(crate) enum Short {
    /// The flag, and an offset of 0.
    OffsetZero,
    /// The same, and behind the fixed part what fits of the chain.
    Partial,
    /// No flag.
    FlagClear,
}

/// A fixed part that can be written.
pub trait Fixed {
    /// Hands every field that the server sets to `put`: offset and bytes.
    fn fields(&self, put: &mut dyn FnMut(u32, &[u8]));
}

/// A capability to be written: what stands behind its header is `body`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewCap<'a> {
    /// Its id.
    pub id: u16,
    /// Its version.
    pub version: u16,
    /// The bytes behind the header.
    pub body: &'a [u8],
}

/// Why no reply was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BuildError {
    /// The caller's argsz does not cover what every caller's must, which a
    /// kernel answers with EINVAL; or the buffer does not.
    ArgszTooSmall {
        /// The least argsz.
        minsz: u32,
    },
    /// The full reply is larger than an argsz can tell.
    TooLarge,
}

impl core::fmt::Display for BuildError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Self::ArgszTooSmall { minsz } => write!(f, "argsz is below {minsz}"),
            Self::TooLarge => f.write_str("the reply is larger than 4 GiB"),
        }
    }
}

impl core::error::Error for BuildError {}

impl<T: Fixed> Profile<T> {
    /// Writes a reply over the request in `buffer` and tells the size of the
    /// full reply. Of the request, argsz and the input fields are read; the
    /// rest is as the caller had it.
    ///
    /// Capabilities go into the reply in the given order.
    pub fn reply(
        &self,
        buffer: &mut [u8],
        fixed: &T,
        caps: &[NewCap<'_>],
    ) -> Result<u32, BuildError> {
        let rules = &self.rules;
        let host = rules.host;
        let minsz = host.minsz;
        let argsz = Wire::HOST.number(buffer, host.argsz, 4).unwrap_or(0);
        let room = argsz.min(buffer.len() as u64);
        if room < u64::from(minsz) {
            return Err(BuildError::ArgszTooSmall { minsz });
        }
        let need = rules.need(caps).ok_or(BuildError::TooLarge)?;
        let fits = caps.is_empty() || u64::from(need) <= room;
        // Nothing is written behind this.
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let out = buffer.get_mut(..room).unwrap_or_default();
        rules.fixed(out, fixed, caps.is_empty(), fits, need);
        if fits || rules.short == Short::Partial {
            rules.chain(out, caps, fits);
        }
        Ok(need)
    }
}

impl Rules {
    /// The size of the full reply.
    fn need(&self, caps: &[NewCap<'_>]) -> Option<u32> {
        if caps.is_empty() {
            return Some(self.size());
        }
        caps.iter().try_fold(self.at, |end, cap| end.checked_add(self.taken(cap)?))
    }

    /// The size of the fixed part.
    fn size(&self) -> u32 {
        self.ends.iter().copied().fold(self.fitting, u32::max)
    }

    /// What a capability takes, with the padding behind it.
    fn taken(&self, cap: &NewCap<'_>) -> Option<u32> {
        let size = u32::try_from(cap.body.len()).ok()?.checked_add(self.format.header)?;
        size.checked_next_multiple_of(self.align.max(1))
    }

    /// How much of the fixed part a caller with this much room gets.
    fn copied(&self, room: usize) -> usize {
        let covered = self.ends.iter().map(|end| *end as usize).filter(|end| *end <= room);
        covered.fold(room.min(self.fitting as usize), usize::max)
    }

    fn fixed(&self, out: &mut [u8], fixed: &impl Fixed, bare: bool, fits: bool, need: u32) {
        let copied = self.copied(out.len());
        let image = out.get_mut(..copied).unwrap_or_default();
        let host = self.host;
        let argsz = Wire::HOST.number(image, host.argsz, 4).unwrap_or(0) as u32;
        if !self.echo {
            clear(image, host);
        }
        fixed.fields(&mut |at, bytes| put(image, at, bytes));
        let mut flags = Wire::HOST.number(image, host.flags, 4).unwrap_or(0) as u32 & !host.caps;
        if !bare && (fits || self.short != Short::FlagClear) {
            flags |= host.caps;
        }
        put(image, host.flags, &flags.to_ne_bytes());
        if !bare {
            let first = if fits { self.at } else { 0 };
            put(image, host.cap_offset, &first.to_ne_bytes());
        }
        let told = if self.tells_need || !fits { need } else { argsz };
        put(image, host.argsz, &told.to_ne_bytes());
    }

    /// Writes the capabilities, or those parts of them that fit.
    fn chain(&self, out: &mut [u8], caps: &[NewCap<'_>], fits: bool) {
        let mut at = self.at;
        let mut previous = None;
        for cap in caps {
            if let Some(previous) = previous {
                if at as usize <= out.len() {
                    put_bits(out, previous, self.format.next, u64::from(self.step(previous, at)));
                }
            }
            let taken = self.taken(cap).unwrap_or(0);
            if fits && !self.keeps_padding {
                let end = (at as usize).saturating_add(taken as usize);
                out.get_mut(at as usize..end).unwrap_or_default().fill(0);
            }
            self.capability(out, at, cap);
            previous = Some(at);
            at = at.saturating_add(taken);
        }
    }

    /// What `next` says to lead from one capability to another.
    fn step(&self, from: u32, to: u32) -> u32 {
        match self.format.from_reply {
            true => to,
            false => to.saturating_sub(from),
        }
    }

    /// Writes a capability if all of it fits; of its array, every element that
    /// does.
    fn capability(&self, out: &mut [u8], at: u32, cap: &NewCap<'_>) {
        let header = self.format.header;
        let body = at.saturating_add(header);
        let whole = (body as usize).saturating_add(cap.body.len()) <= out.len();
        let array = self.arrays.iter().find(|(id, ..)| *id == cap.id);
        let start = array.map_or(usize::MAX, |(_, start, _)| start.saturating_sub(header) as usize);
        let each = array.map_or(1, |(.., each)| *each as usize).max(1);
        let parts = cap.body.split_at_checked(start);
        // A body that ends inside an element has no array that is known here.
        let parts = parts.filter(|(_, elements)| elements.len().checked_rem(each) == Some(0));
        let (head, elements) = parts.unwrap_or((cap.body, &[]));
        for (index, element) in elements.chunks(each).enumerate() {
            let offset = start.saturating_add(index.saturating_mul(each));
            let place = (body as usize).saturating_add(offset);
            let end = place.saturating_add(element.len());
            if let Some(place) = out.get_mut(place..end) {
                place.copy_from_slice(element);
            }
        }
        if whole {
            let end = (at as usize).saturating_add(header as usize);
            out.get_mut(at as usize..end).unwrap_or_default().fill(0);
            put_bits(out, at, self.format.id, u64::from(cap.id));
            if let Some(version) = self.format.version {
                put_bits(out, at, version, u64::from(cap.version));
            }
            put_bits(out, at, self.format.next, self.format.end);
            put(out, body, head);
        }
    }
}

/// Zeroes the fixed part but for what the caller asked with.
fn clear(image: &mut [u8], host: &Host) {
    for (index, byte) in image.iter_mut().enumerate() {
        let asked = |(at, width): &(u32, u32)| {
            (*at as usize..(*at as usize).saturating_add(*width as usize)).contains(&index)
        };
        if !host.inputs.iter().any(asked) {
            *byte = 0;
        }
    }
}

/// Writes as many of the bytes as there is room for.
fn put(out: &mut [u8], at: u32, bytes: &[u8]) {
    let place = out.get_mut(at as usize..).unwrap_or_default();
    place.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
}

/// Writes some bits of a number, and leaves its others alone.
fn put_bits(out: &mut [u8], at: u32, bits: Bits, value: u64) {
    let at = at.saturating_add(bits.at);
    let Some(number) = Wire::HOST.number(out, at, bits.width) else {
        return;
    };
    let mask = bits.mask.checked_shl(bits.low).unwrap_or(0);
    let value = value.checked_shl(bits.low).unwrap_or(0);
    let bytes = (number & !mask | value & mask).to_ne_bytes();
    let width = (bits.width as usize).min(bytes.len());
    let low_first = bytes.get(..width).unwrap_or_default();
    let high_first = bytes.get(bytes.len().saturating_sub(width)..).unwrap_or_default();
    put(out, at, if Wire::HOST.big_endian { high_first } else { low_first });
}
