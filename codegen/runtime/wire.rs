//! The wire layout of numbers. Reads at any alignment, never outside the bytes, and never panics.

#![allow(dead_code, reason = "an ABI uses what its structs need")]

/// Byte order and C layout of a reply.
///
/// The kernel does not translate for 32-bit programs, so a reply of a 64-bit kernel
/// has the LP64 layout there too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Wire {
    /// Whether the most significant byte comes first.
    pub big_endian: bool,
    /// How C lays structs out.
    pub layout: CLayout,
}

/// How C lays structs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CLayout {
    /// 64-bit pointers, u64 aligned to 8.
    Lp64,
    /// 32-bit pointers, u64 aligned to 4, as on i386.
    Ilp32,
    /// 32-bit pointers, u64 aligned to 8, as on arm.
    Ilp32Aligned,
}

impl Wire {
    /// The byte order of this machine and the layout of a 64-bit kernel.
    pub const HOST: Self = Self { big_endian: cfg!(target_endian = "big"), layout: CLayout::Lp64 };

    /// The number that holds for the layout.
    #[inline]
    pub(crate) const fn pick(self, lp64: u32, ilp32: u32, ilp32_aligned: u32) -> u32 {
        match self.layout {
            CLayout::Lp64 => lp64,
            CLayout::Ilp32 => ilp32,
            CLayout::Ilp32Aligned => ilp32_aligned,
        }
    }

    /// The unsigned number of `width` bytes at `at`, if all bytes exist. Inline, so
    /// that a constant width compiles to one load.
    #[inline(always)]
    pub(crate) fn number(self, bytes: &[u8], at: u32, width: u32) -> Option<u64> {
        let start = at as usize;
        let bytes = bytes.get(start..start.checked_add(width as usize)?)?;
        // Numbers are read in the host's byte order, and swapped if the reply has the other one.
        let swap = self.big_endian != Self::HOST.big_endian;
        if let Ok(bytes) = bytes.try_into() {
            let number = u64::from_ne_bytes(bytes);
            return Some(if swap { number.swap_bytes() } else { number });
        }
        if let Ok(bytes) = bytes.try_into() {
            let number = u32::from_ne_bytes(bytes);
            return Some(u64::from(if swap { number.swap_bytes() } else { number }));
        }
        if let Ok(bytes) = bytes.try_into() {
            let number = u16::from_ne_bytes(bytes);
            return Some(u64::from(if swap { number.swap_bytes() } else { number }));
        }
        let shift_in = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(match self.big_endian {
            true => bytes.iter().fold(0, shift_in),
            false => bytes.iter().rev().fold(0, shift_in),
        })
    }
}
