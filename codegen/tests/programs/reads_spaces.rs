//! A library that only reads spaces: every chain, kind and getter of the generated crate, over
//! bytes and through accessors. Compiled by the tests, which inspect its symbols: every panic
//! would refer to the undefined function `panicked`.

#![no_std]

/// Names are no part of the values that are mixed, so that nothing is formatted.
macro_rules! format {
    ($($name:tt)*) => {{
        let _ = core::format_args!($($name)*);
        ""
    }};
}

mod chains;

use core::panic::PanicInfo;
use generated_abi::views::{Space, SpaceCap, SpaceError};

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

/// A space that a function of the caller reads.
struct Device {
    read: extern "C" fn(u32, u32) -> u32,
    size: u32,
}

impl Space for Device {
    fn size(&self) -> u32 {
        self.size
    }

    fn read_u8(&self, at: u32) -> u8 {
        (self.read)(at, 1) as u8
    }

    fn read_u16(&self, at: u32) -> u16 {
        (self.read)(at, 2) as u16
    }

    fn read_u32(&self, at: u32) -> u32 {
        (self.read)(at, 4)
    }
}

/// Reads every chain of a space in memory and of a device; returns a number mixed from all
/// values.
#[allow(unsafe_code, reason = "called from nowhere; what it links to counts")]
#[unsafe(no_mangle)]
pub extern "C" fn parses(
    bytes: *const u8,
    len: usize,
    read: extern "C" fn(u32, u32) -> u32,
    size: u32,
) -> u64 {
    #[allow(unsafe_code, reason = "the bytes are the caller's")]
    let bytes = unsafe { core::slice::from_raw_parts(bytes, len) };
    let mut text = String(0);
    for chain in chains::NAMES {
        chains::canonical(&mut text, chain, bytes);
        chains::canonical(&mut text, chain, &Device { read, size });
    }
    text.0 ^ /* the test puts something here */ 0
}

/// A number that every value changes.
struct String(u64);

impl String {
    fn mix(&mut self, value: u64) {
        self.0 = self.0.rotate_left(5) ^ value;
    }
}

/// The number of a field, without its type.
trait Plain {
    fn plain(self) -> u64;
}

macro_rules! plain {
    ($($type:ty),*) => {
        $(impl Plain for $type {
            fn plain(self) -> u64 {
                self.into()
            }
        })*
    };
}

plain!(u8, u16, u32, u64);

fn unexpected() {}

fn head<S: Space + ?Sized>(text: &mut String, cap: SpaceCap<'_, S>, _: &str) {
    text.mix(u64::from(cap.offset()) << 32 | u64::from(cap.id()) << 16 | u64::from(cap.version()));
}

#[allow(dead_code, reason = "the bodies of an ABI may depend on no other chain")]
fn unknown(text: &mut String, _: &str) {
    text.mix(u64::MAX);
}

/// Nothing is formatted, so `Debug` is not compared with the names of fields.
fn shows(_: &impl core::fmt::Debug, _: &[&str]) {}

fn number(text: &mut String, _: &str, number: impl Plain) {
    text.mix(number.plain());
}

#[allow(dead_code, reason = "an ABI may have no arrays of numbers")]
fn elements<T: Plain>(text: &mut String, _: &str, numbers: impl Iterator<Item = T>) {
    numbers.for_each(|each| text.mix(each.plain()));
}

#[allow(dead_code, reason = "an ABI may have no arrays of bytes")]
fn hex(text: &mut String, _: &str, bytes: impl Iterator<Item = u8>) {
    bytes.for_each(|byte| text.mix(byte.into()));
}

fn damage(text: &mut String, error: SpaceError) {
    text.mix(match error {
        SpaceError::TooLow { at } => at.into(),
        SpaceError::OutOfBounds { at } => at.into(),
        SpaceError::HeaderCut { at } => at.into(),
        SpaceError::Cycle { at } => at.into(),
        SpaceError::BodyLimited { required_size, .. } => required_size,
        _ => 1,
    });
}
