//! Names, times and quantities from any text.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    medlot_tests::fuzz_bodies::names(data);
});
