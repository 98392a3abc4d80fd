//! Any bytes as the results of a request, by the views and by `decode`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| capchain_fuzz::run("results", data));
