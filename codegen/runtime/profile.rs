//! The writing side: a reply with its chain, in place over the caller's
//! buffer, by the rules of one handler. Never writes past argsz.

#![allow(dead_code, unused_imports, unused_macros, reason = "an ABI uses what its structs need")]

use core::marker::PhantomData;

use crate::bits::BitField;
use crate::chain::HeaderFormat;
use crate::reply::Host;
use crate::wire::Wire;

/// The rules by which a server answers: how much of the fixed part a caller
/// gets, where the chain starts, and the reply to a buffer that is too small.
#[derive(Debug)]
pub struct Profile<T> {
    pub(crate) rules: Rules,
    pub(crate) host: PhantomData<fn(T)>,
}

/// The rules, as the specification has them.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) host: &'static Host,
    pub(crate) format: &'static HeaderFormat,
    /// Arrays of known capabilities: id, offset in the capability, stride.
    pub(crate) arrays: &'static [(u16, u32, u32)],
    /// Bytes that argsz must cover.
    pub(crate) minsz: u32,
    /// Where the fixed part can end; the last end that argsz covers counts.
    /// Without any, as much as argsz covers.
    pub(crate) fixed_ends: &'static [u32],
    /// Size of the fixed part.
    pub(crate) fixed_size: u32,
    /// Whether unset bytes keep the caller's values.
    pub(crate) echo: bool,
    /// Offset of the first capability.
    pub(crate) first_cap: u32,
    /// The alignment of further capabilities.
    pub(crate) align: u32,
    pub(crate) when_too_small: WhenTooSmall,
    /// Whether bytes between capabilities stay as the caller had them.
    pub(crate) preserves_padding: bool,
    /// Whether argsz always becomes the size of the full reply.
    pub(crate) always_sets_argsz: bool,
}

/// The reply to a caller whose buffer is too small for the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenTooSmall {
    /// The flag, and an offset of 0.
    OffsetZero,
    /// The same, and after the fixed part the capabilities that fit.
    Partial,
    /// No flag.
    FlagClear,
    /// The flag and the offset of the full reply, although nothing follows.
    OffsetSet,
}

/// A fixed part that can be written.
pub trait FixedPart {
    /// Passes the offset and the bytes of each field that the server sets to `put`.
    fn fields(&self, put: &mut dyn FnMut(u32, &[u8]));
}

/// A capability that can be appended to a reply with the fixed part `T`.
pub trait Append<T> {
    /// Id, version and size. `header` is the size of a header, `arrays` lists the
    /// arrays of known capabilities: id, offset in the capability, stride.
    fn shape(&self, header: u32, arrays: &[(u16, u32, u32)]) -> CapShape;

    /// Passes the offset in the capability and the bytes of each field to `put`.
    fn fields(&self, shape: &CapShape, put: &mut dyn FnMut(u32, &[u8]));

    /// Passes the offset in the element and the bytes of each field of an element to `put`.
    fn element(&self, shape: &CapShape, index: usize, put: &mut dyn FnMut(u32, &[u8]));
}

/// Id, version and size of a capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapShape {
    /// The id.
    pub id: u16,
    /// The version.
    pub version: u16,
    /// Bytes before the array, with the header.
    pub fixed: usize,
    /// Bytes from one element of the array to the next.
    pub stride: usize,
    /// Number of elements.
    pub count: usize,
}

impl CapShape {
    /// A capability without an array.
    #[must_use]
    pub const fn fixed(id: u16, version: u16, fixed: usize) -> Self {
        Self { id, version, fixed, stride: 0, count: 0 }
    }

    /// The version that is written: that in the header of a struct, or the newest if it is 0.
    pub(crate) const fn version(header: u16, newest: u16) -> u16 {
        if header == 0 { newest } else { header }
    }

    /// The same with an array.
    #[must_use]
    pub const fn with_array(self, stride: usize, count: usize) -> Self {
        Self { stride, count, ..self }
    }

    /// The size of the capability.
    fn size(&self) -> Option<usize> {
        self.stride.checked_mul(self.count)?.checked_add(self.fixed)
    }
}

/// A capability of any id. If the id is known, the body may end in an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewCap<'a> {
    /// The id.
    pub id: u16,
    /// The version.
    pub version: u16,
    /// The bytes after the header.
    pub body: &'a [u8],
}

impl<T> Append<T> for NewCap<'_> {
    fn shape(&self, header: u32, arrays: &[(u16, u32, u32)]) -> CapShape {
        let header = header as usize;
        let whole = CapShape::fixed(self.id, self.version, header.saturating_add(self.body.len()));
        let Some((_, offset, stride)) = arrays.iter().find(|(id, ..)| *id == self.id) else {
            return whole;
        };
        let (offset, stride) = (*offset as usize, *stride as usize);
        // A body that ends inside an element does not have the known array.
        match whole.fixed.checked_sub(offset) {
            Some(size) if size.checked_rem(stride) == Some(0) => {
                let count = size.checked_div(stride).unwrap_or(0);
                CapShape { fixed: offset, stride, count, ..whole }
            }
            _ => whole,
        }
    }

    fn fields(&self, shape: &CapShape, put: &mut dyn FnMut(u32, &[u8])) {
        let array = shape.stride.saturating_mul(shape.count);
        let fixed = self.body.len().saturating_sub(array);
        let header = shape.fixed.saturating_sub(fixed);
        put(header as u32, self.body.get(..fixed).unwrap_or_default());
    }

    fn element(&self, shape: &CapShape, index: usize, put: &mut dyn FnMut(u32, &[u8])) {
        let array = shape.stride.saturating_mul(shape.count);
        let start = self.body.len().saturating_sub(array);
        let start = start.saturating_add(index.saturating_mul(shape.stride));
        let end = start.saturating_add(shape.stride);
        put(0, self.body.get(start..end).unwrap_or_default());
    }
}

/// Why no reply was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BuildError {
    /// The caller's argsz or buffer is smaller than minsz; a kernel answers with EINVAL.
    ArgszTooSmall {
        /// The least argsz.
        minsz: u32,
    },
    /// The full reply is larger than an argsz can say.
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

impl<T: FixedPart> Profile<T> {
    /// The size of the full reply with these capabilities, before there is a buffer.
    pub fn required_size<C: Append<T>>(&self, caps: &[C]) -> Result<u32, BuildError> {
        self.rules.required_size(caps).ok_or(BuildError::TooLarge)
    }

    /// Writes a reply over the request in `buffer` and returns the size of the
    /// full reply. Of the request, argsz and the input fields are read; all
    /// other bytes are as the caller had them.
    ///
    /// Capabilities are appended in the given order: the typed ones of the
    /// chain, or each a [`NewCap`].
    pub fn reply<C: Append<T>>(
        &self,
        buffer: &mut [u8],
        fixed: &T,
        caps: &[C],
    ) -> Result<u32, BuildError> {
        let rules = &self.rules;
        let minsz = rules.minsz;
        let argsz = Wire::HOST.number(buffer, rules.host.argsz, 4).unwrap_or(0);
        let room = argsz.min(buffer.len() as u64);
        if room < u64::from(minsz) {
            return Err(BuildError::ArgszTooSmall { minsz });
        }
        let required_size = self.required_size(caps)?;
        let fits = caps.is_empty() || u64::from(required_size) <= room;
        // Nothing is written after these bytes.
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let out = buffer.get_mut(..room).unwrap_or_default();
        rules.fixed_part(out, fixed, caps.is_empty(), fits, required_size);
        if fits || rules.when_too_small == WhenTooSmall::Partial {
            rules.chain(out, caps, fits);
        }
        Ok(required_size)
    }
}

impl Rules {
    /// The size of the full reply.
    fn required_size<T, C: Append<T>>(&self, caps: &[C]) -> Option<u32> {
        if caps.is_empty() {
            return Some(self.fixed_size);
        }
        let shapes = caps.iter().map(|cap| self.shape(cap));
        shapes
            .into_iter()
            .try_fold(self.first_cap, |end, shape| end.checked_add(self.taken(&shape)?))
    }

    fn shape<T>(&self, cap: &impl Append<T>) -> CapShape {
        cap.shape(self.format.size, self.arrays)
    }

    /// The size of a capability with the padding after it.
    fn taken(&self, shape: &CapShape) -> Option<u32> {
        u32::try_from(shape.size()?).ok()?.checked_next_multiple_of(self.align.max(1))
    }

    /// How much of the fixed part a caller with this much room gets.
    fn copied(&self, room: usize) -> usize {
        if self.fixed_ends.is_empty() {
            return room.min(self.fixed_size as usize);
        }
        let covered = self.fixed_ends.iter().map(|end| *end as usize).filter(|end| *end <= room);
        covered.max().unwrap_or(0)
    }

    fn fixed_part(
        &self,
        out: &mut [u8],
        fixed: &impl FixedPart,
        bare: bool,
        fits: bool,
        required_size: u32,
    ) {
        let copied = self.copied(out.len());
        let image = out.get_mut(..copied).unwrap_or_default();
        let host = self.host;
        let argsz = Wire::HOST.number(image, host.argsz, 4).unwrap_or(0) as u32;
        if !self.echo {
            clear(image, host);
        }
        fixed.fields(&mut |offset, bytes| put(image, offset, bytes));
        let flags = Wire::HOST.number(image, host.flags, 4).unwrap_or(0) as u32;
        let mut flags = flags & !host.caps_flag;
        if !bare && (fits || self.when_too_small != WhenTooSmall::FlagClear) {
            flags |= host.caps_flag;
        }
        put(image, host.flags, &flags.to_ne_bytes());
        if !bare {
            let set = fits || self.when_too_small == WhenTooSmall::OffsetSet;
            let first = if set { self.first_cap } else { 0 };
            put(image, host.cap_offset, &first.to_ne_bytes());
        }
        let argsz = if self.always_sets_argsz || !fits { required_size } else { argsz };
        put(image, host.argsz, &argsz.to_ne_bytes());
    }

    /// Writes the capabilities, or those parts of them that fit.
    fn chain<T, C: Append<T>>(&self, out: &mut [u8], caps: &[C], fits: bool) {
        let mut at = self.first_cap;
        let mut previous = None;
        for cap in caps {
            if let Some(previous) = previous {
                if at as usize <= out.len() {
                    put_bits(out, previous, self.format.next, u64::from(self.next(previous, at)));
                }
            }
            let shape = self.shape(cap);
            let taken = self.taken(&shape).unwrap_or(0);
            if fits && !self.preserves_padding {
                let end = (at as usize).saturating_add(taken as usize);
                out.get_mut(at as usize..end).unwrap_or_default().fill(0);
            }
            self.capability(out, at, cap, &shape);
            previous = Some(at);
            at = at.saturating_add(taken);
        }
    }

    /// The `next` that leads from one capability to another.
    fn next(&self, from: u32, to: u32) -> u32 {
        match self.format.from_reply {
            true => to,
            false => to.saturating_sub(from),
        }
    }

    /// Writes a capability if its fields fit, with the elements of its array that fit.
    fn capability<T>(&self, out: &mut [u8], at: u32, cap: &impl Append<T>, shape: &CapShape) {
        let start = at as usize;
        let fixed_end = start.saturating_add(shape.fixed);
        for index in 0..shape.count {
            let place = fixed_end.saturating_add(index.saturating_mul(shape.stride));
            let Some(element) = out.get_mut(place..place.saturating_add(shape.stride)) else {
                break;
            };
            element.fill(0);
            cap.element(shape, index, &mut |offset, bytes| put(element, offset, bytes));
        }
        let whole = shape.size().is_some_and(|size| start.saturating_add(size) <= out.len());
        let Some(fixed) = out.get_mut(start..fixed_end).filter(|_| whole) else { return };
        fixed.fill(0);
        put_bits(fixed, 0, self.format.id, u64::from(shape.id));
        if let Some(version) = self.format.version {
            put_bits(fixed, 0, version, u64::from(shape.version));
        }
        put_bits(fixed, 0, self.format.next, self.format.end);
        cap.fields(shape, &mut |offset, bytes| put(fixed, offset, bytes));
    }
}

/// Zeroes the fixed part but for the input fields.
fn clear(image: &mut [u8], host: &Host) {
    for (index, byte) in image.iter_mut().enumerate() {
        let is_input = |(offset, width): &(u32, u32)| {
            let end = (*offset as usize).saturating_add(*width as usize);
            (*offset as usize..end).contains(&index)
        };
        if !host.inputs.iter().any(is_input) {
            *byte = 0;
        }
    }
}

/// Writes the bytes for which there is room.
fn put(out: &mut [u8], at: u32, bytes: &[u8]) {
    let place = out.get_mut(at as usize..).unwrap_or_default();
    place.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
}

/// Writes a bit field and preserves the other bits.
fn put_bits(out: &mut [u8], at: u32, bits: BitField, value: u64) {
    let at = at.saturating_add(bits.offset);
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
