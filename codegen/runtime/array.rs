//! Arrays at the end of a capability.

#![allow(dead_code, unused_imports, unused_macros, reason = "an ABI uses what its structs need")]

use core::fmt::{self, Debug, Formatter};
use core::marker::PhantomData;

use crate::wire::Wire;

/// An element of an array.
pub trait Element: Sized {
    /// Bytes from one element to the next.
    fn size(wire: Wire) -> u32;

    /// Reads an element from its bytes.
    fn read(wire: Wire, bytes: &[u8]) -> Self;

    /// Passes the offset and the bytes of each field to `put`, as the kernel of
    /// this machine lays them out.
    fn write(&self, put: &mut dyn FnMut(u32, &[u8]));
}

/// Makes integers elements.
macro_rules! integers {
    ($($int:ty),*) => {$(
        impl Element for $int {
            #[inline]
            fn size(_: Wire) -> u32 {
                size_of::<$int>() as u32
            }

            #[inline]
            fn read(wire: Wire, bytes: &[u8]) -> Self {
                wire.number(bytes, 0, Self::size(wire)).unwrap_or(0) as $int
            }

            fn write(&self, put: &mut dyn FnMut(u32, &[u8])) {
                put(0, &self.to_ne_bytes());
            }
        }
    )*};
}

integers!(u8, u16, u32, u64, i8, i16, i32, i64);

/// An array in a reply, read in place at any alignment.
#[derive(Clone, Copy)]
pub struct Array<'a, T> {
    bytes: &'a [u8],
    wire: Wire,
    element: PhantomData<T>,
}

impl<'a, T: Element> Array<'a, T> {
    #[inline]
    pub(crate) fn new(bytes: &'a [u8], wire: Wire) -> Self {
        Self { bytes, wire, element: PhantomData }
    }

    /// The number of elements.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len().checked_div(T::size(self.wire) as usize).unwrap_or(0)
    }

    /// Whether the array has no elements.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The element at an index.
    #[inline]
    #[must_use]
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

impl<T: Element + Debug> Debug for Array<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
