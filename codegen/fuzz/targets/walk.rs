//! Any bytes as replies, read in both languages.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| capchain_fuzz::run("walk", data));
