//! Differences between the targets of programs.

#![allow(dead_code, reason = "an ABI uses what its structs need")]

use core::mem::{align_of, size_of};

/// The value that holds for this target's C types: with 64-bit pointers; with
/// 32-bit ones and u64 aligned to 4, as on i386; or with 32-bit ones and u64
/// aligned to 8, as on arm.
pub(crate) const fn by_model(lp64: usize, ilp32: usize, ilp32_aligned: usize) -> usize {
    match (size_of::<usize>(), align_of::<u64>()) {
        (8, _) => lp64,
        (_, 4) => ilp32,
        _ => ilp32_aligned,
    }
}

/// The direction bits of an ioctl number without a direction.
const IOC_NONE: u32 = if cfg!(any(
    target_arch = "mips",
    target_arch = "mips32r6",
    target_arch = "mips64",
    target_arch = "mips64r6",
    target_arch = "powerpc",
    target_arch = "powerpc64",
    target_arch = "sparc",
    target_arch = "sparc64",
)) {
    1 << 29
} else {
    0
};

/// The ioctl number `_IO(type, number)` of this target.
pub(crate) const fn io(type_: u32, number: u32) -> u32 {
    IOC_NONE | type_ << 8 | number
}
