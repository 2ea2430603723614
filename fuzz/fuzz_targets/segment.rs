//! A segment's body from any bytes.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    medlot_tests::fuzz_bodies::segment(data);
});
