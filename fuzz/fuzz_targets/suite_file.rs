#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| etalon_fuzz::suite_file::check(data));
