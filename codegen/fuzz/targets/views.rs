//! Any bytes as replies of any machine, by the views and by `decode`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| capchain_fuzz::run("views", data));
