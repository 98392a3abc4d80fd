//! A peer that answers anything.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| capchain_fuzz::run("request", data));
