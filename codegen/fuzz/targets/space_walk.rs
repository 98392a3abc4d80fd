//! Any bytes as a configuration space, read in both languages and by `decode`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| capchain_fuzz::run("space_walk", data));
