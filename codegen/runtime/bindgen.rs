//! The names that bindgen declares for every header.
#![allow(unsafe_code, reason = "a flexible array cannot know its length")]
#![allow(non_camel_case_types, reason = "these are the names that bindgen gives")]

use core::fmt;
use core::marker::PhantomData;
use core::slice;

/// The kernel's name of `u8`.
pub type __u8 = u8;
/// The kernel's name of `u16`.
pub type __u16 = u16;
/// The kernel's name of `u32`.
pub type __u32 = u32;
/// The kernel's name of `u64`.
pub type __u64 = u64;
/// The kernel's name of `i8`.
pub type __s8 = i8;
/// The kernel's name of `i16`.
pub type __s16 = i16;
/// The kernel's name of `i32`.
pub type __s32 = i32;
/// The kernel's name of `i64`.
pub type __s64 = i64;
/// The kernel's name of a little-endian `u16`.
pub type __le16 = u16;
/// The kernel's name of a little-endian `u32`.
pub type __le32 = u32;
/// The kernel's name of a little-endian `u64`.
pub type __le64 = u64;

/// A flexible array, the last field of a struct: no bytes of the struct, but the address and
/// the alignment of the elements after it.
#[repr(C)]
pub struct __IncompleteArrayField<T>(PhantomData<T>, [T; 0]);

impl<T> __IncompleteArrayField<T> {
    /// An array without elements.
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData, [])
    }

    /// The address of the first element.
    #[inline]
    #[must_use]
    pub const fn as_ptr(&self) -> *const T {
        self.1.as_ptr()
    }

    /// The address of the first element.
    #[inline]
    #[must_use]
    pub const fn as_mut_ptr(&mut self) -> *mut T {
        self.1.as_mut_ptr()
    }

    /// The elements.
    ///
    /// # Safety
    ///
    /// `len` elements of type `T` must follow the struct, in the same allocation and
    /// initialized, and the reference to the struct must come from a pointer to all of them.
    #[inline]
    pub const unsafe fn as_slice(&self, len: usize) -> &[T] {
        // SAFETY: The caller promises that these elements exist, and the slice borrows the struct.
        unsafe { slice::from_raw_parts(self.as_ptr(), len) }
    }

    /// The elements, to be changed.
    ///
    /// # Safety
    ///
    /// As for [`as_slice`](Self::as_slice); and nothing else may access the elements while the
    /// slice exists.
    #[inline]
    pub const unsafe fn as_mut_slice(&mut self, len: usize) -> &mut [T] {
        // SAFETY: The caller promises that these elements exist and are accessed by nothing
        // else, and the slice borrows the struct.
        unsafe { slice::from_raw_parts_mut(self.as_mut_ptr(), len) }
    }
}

impl<T> Default for __IncompleteArrayField<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for __IncompleteArrayField<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("__IncompleteArrayField")
    }
}
