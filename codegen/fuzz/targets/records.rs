//! Any bytes as records of a descriptor, read in both languages and by `decode`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| capchain_fuzz::run("records", data));
