//! Bits of an integer in a struct.

/// Bits of an integer in a struct.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BitField {
    /// Offset of the integer in the struct.
    pub(crate) offset: u32,
    /// Width of the integer in bytes.
    pub(crate) width: u32,
    /// The lowest bit.
    pub(crate) low: u32,
    /// Mask, applied after the shift.
    pub(crate) mask: u64,
}
