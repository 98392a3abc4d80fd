//! A space: a block of little-endian bytes in memory or in a device.

use crate::bits::BitField;

/// A block of bytes that is read by little-endian numbers.
///
/// Every access is at a multiple of its width, below the size. If an access fails, return
/// all ones, as a device that is gone does.
pub trait Space {
    /// The number of bytes.
    fn size(&self) -> u32;
    /// The byte at an offset.
    fn read_u8(&self, at: u32) -> u8;
    /// The number of 2 bytes at an offset.
    fn read_u16(&self, at: u32) -> u16;
    /// The number of 4 bytes at an offset.
    fn read_u32(&self, at: u32) -> u32;
}

impl Space for [u8] {
    #[inline]
    fn size(&self) -> u32 {
        u32::try_from(self.len()).unwrap_or(u32::MAX)
    }

    #[inline]
    fn read_u8(&self, at: u32) -> u8 {
        self.get(at as usize).copied().unwrap_or(u8::MAX)
    }

    #[inline]
    fn read_u16(&self, at: u32) -> u16 {
        part(self, at).map_or(u16::MAX, u16::from_le_bytes)
    }

    #[inline]
    fn read_u32(&self, at: u32) -> u32 {
        part(self, at).map_or(u32::MAX, u32::from_le_bytes)
    }
}

impl<S: Space + ?Sized> Space for &S {
    #[inline]
    fn size(&self) -> u32 {
        (**self).size()
    }

    #[inline]
    fn read_u8(&self, at: u32) -> u8 {
        (**self).read_u8(at)
    }

    #[inline]
    fn read_u16(&self, at: u32) -> u16 {
        (**self).read_u16(at)
    }

    #[inline]
    fn read_u32(&self, at: u32) -> u32 {
        (**self).read_u32(at)
    }
}

/// Some bytes at an offset.
#[inline]
fn part<const N: usize>(bytes: &[u8], at: u32) -> Option<[u8; N]> {
    let start = at as usize;
    bytes.get(start..start.checked_add(N)?)?.try_into().ok()
}

/// The number of `width` bytes at an offset, by aligned accesses.
#[inline]
pub(crate) fn number<S: Space + ?Sized>(space: &S, at: u32, width: u32) -> u64 {
    match width {
        1 => space.read_u8(at).into(),
        2 if at % 2 == 0 => space.read_u16(at).into(),
        4 if at % 4 == 0 => space.read_u32(at).into(),
        8 if at % 4 == 0 => {
            let high = space.read_u32(at.saturating_add(4));
            u64::from(space.read_u32(at)) | u64::from(high) << 32
        }
        _ => (0..width).rev().fold(0, |number, index| {
            number << 8 | u64::from(space.read_u8(at.saturating_add(index)))
        }),
    }
}

impl BitField {
    /// Its value in the struct at the start of a space; none if the space ends before.
    #[inline]
    pub(crate) fn at_start<S: Space + ?Sized>(self, space: &S) -> Option<u64> {
        let end = self.offset.checked_add(self.width)?;
        (end <= space.size()).then(|| self.of(number(space, self.offset, self.width)))
    }

    /// Its value in the integer.
    #[inline]
    pub(crate) fn of(self, number: u64) -> u64 {
        number.checked_shr(self.low).unwrap_or(0) & self.mask
    }

    /// Its value in a header, which is read as one number.
    #[inline]
    pub(crate) fn of_header(self, header: u64) -> u64 {
        self.of(header.checked_shr(self.offset.saturating_mul(8)).unwrap_or(0))
    }
}
