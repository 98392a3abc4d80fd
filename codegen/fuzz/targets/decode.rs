//! Any bytes as any struct of any release.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| capchain_fuzz::run("decode", data));
