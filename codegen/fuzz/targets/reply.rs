//! A reply, built in both languages.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| capchain_fuzz::run("reply", data));
