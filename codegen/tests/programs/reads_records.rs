//! A library that only reads records of descriptors: every reader of the generated crate.
//! Compiled by the tests, which inspect its symbols: every panic would refer to the undefined
//! function `panicked`.

#![no_std]

use core::hint::black_box;
use core::panic::PanicInfo;
use generated_abi::streams::{Asked, Frames, Marks, Notices, Signals, Spread};
use generated_abi::uapi;

#[allow(unsafe_code, reason = "a function that must not be linked to")]
unsafe extern "C" {
    fn panicked() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    #[allow(unsafe_code, reason = "never runs: nothing links to it")]
    unsafe {
        panicked()
    }
}

/// Reads all items, whose values must not be optimised away.
fn all<T>(items: impl Iterator<Item = T>) -> u64 {
    items.map(|item| u64::from(black_box(&item) as *const T as usize != 0)).sum()
}

/// Reads bytes as the records of each descriptor.
///
/// # Safety
///
/// `bytes` has `len` bytes.
#[unsafe(no_mangle)]
#[allow(unsafe_code, reason = "the caller is C")]
pub unsafe extern "C" fn parses(bytes: *const u8, len: usize) -> u64 {
    // SAFETY: the caller says so.
    let bytes = unsafe { core::slice::from_raw_parts(bytes, len) };
    let extra: u64 = /* the test puts something here */ 0;
    let asked = Asked::new(bytes, uapi::rec_type(len as u32));
    let answer = Asked::answer(&uapi::rec_answer::new());
    extra
        .wrapping_add(all(asked))
        .wrapping_add(all(answer.iter()))
        .wrapping_add(all(Frames::new(bytes)))
        .wrapping_add(all(Marks::new(bytes)))
        .wrapping_add(all(Notices::new(bytes)))
        .wrapping_add(all(Signals::new(bytes)))
        .wrapping_add(all(Spread::new(bytes)))
}
