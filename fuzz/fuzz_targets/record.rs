//! A record from any bytes.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    medlot_tests::fuzz_bodies::record(data);
});
