//! Any bytes as a mailbox with patches of a header.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| capchain_fuzz::run("review", data));
