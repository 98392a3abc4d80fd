//! Any bytes as a file of a specification.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| capchain_fuzz::run("yaml", data));
