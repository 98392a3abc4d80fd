//! Arrays behind a body, whose length a field of the body counts.

use core::marker::PhantomData;

use crate::wire::Wire;

/// What an array can hold.
pub trait Element: Sized {
    /// The size of one in bytes.
    fn size(wire: Wire) -> u32;

    /// Reads one from bytes that hold it.
    fn read(wire: Wire, bytes: &[u8]) -> Self;
}

/// An array in a reply; read in place, at any alignment.
#[derive(Clone, Copy, Debug)]
pub struct Array<'a, T> {
    bytes: &'a [u8],
    wire: Wire,
    element: PhantomData<T>,
}

impl<'a, T: Element> Array<'a, T> {
    /// The array that these bytes are.
    #[inline]
    pub(crate) fn new(bytes: &'a [u8], wire: Wire) -> Self {
        Self { bytes, wire, element: PhantomData }
    }

    /// How many elements there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.bytes.len().checked_div(T::size(self.wire) as usize).unwrap_or(0)
    }

    /// Whether there is none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The element of this index, if there is one.
    #[inline]
    pub fn get(&self, index: usize) -> Option<T> {
        let size = T::size(self.wire) as usize;
        let start = index.checked_mul(size)?;
        let bytes = self.bytes.get(start..start.checked_add(size)?)?;
        Some(T::read(self.wire, bytes))
    }

    /// The elements in order.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = T> + use<'a, T> {
        let (wire, size) = (self.wire, T::size(self.wire).max(1) as usize);
        self.bytes.chunks_exact(size).map(move |bytes| T::read(wire, bytes))
    }
}
