#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| etalon_fuzz::records::check(data));
