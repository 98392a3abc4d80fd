//! A library that only parses and builds: all chains, arrays, getters and requests of
//! the generated crate. Compiled by the tests, which inspect its symbols: every panic would refer
//! to the undefined function `panicked`.

#![no_std]

mod requests;
mod trace;

use core::panic::PanicInfo;
use generated_abi::views::{CLayout, Wire};
use requests::{BUILDERS, Numbers, VIEWS};
use trace::{TELLERS, Text};

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

/// Parses bytes as a reply with every chain, and as the results of every request, in the
/// layout of every machine, and builds every request of them; returns a number mixed from
/// all values.
#[allow(unsafe_code, reason = "called from nowhere; what it links to counts")]
#[unsafe(no_mangle)]
pub extern "C" fn parses(bytes: *const u8, len: usize, order: u8, layout: u8) -> u64 {
    #[allow(unsafe_code, reason = "the bytes are the caller's")]
    let bytes = unsafe { core::slice::from_raw_parts(bytes, len) };
    let layout = match layout {
        0 => CLayout::Lp64,
        1 => CLayout::Ilp32,
        _ => CLayout::Ilp32Aligned,
    };
    let mut text = Text::new();
    for tell in TELLERS {
        tell(&mut text, bytes, Wire { big_endian: order != 0, layout });
    }
    let wire = Wire { big_endian: order != 0, layout };
    let mut mixed = 0;
    for view in VIEWS {
        let mut mix = |_: &'static str, value: Option<u64>| mixed ^= value.unwrap_or(1);
        let found = (view.read)(&mut mix, bytes, wire);
        mixed ^= u64::from(found.is_ok());
    }
    let mut buffer = [0; 256];
    for build in BUILDERS {
        let built = build(&mut Numbers { rest: bytes }, &mut buffer);
        mixed ^= built.map_or(0, |built| built.written as u64) ^ u64::from(buffer[0]);
    }
    let words = text.kept().iter();
    words.fold(mixed, |all, word| all ^ word) ^ /* the test puts something here */ 0
}
