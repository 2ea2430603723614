//! A log's bytes as a medium may give them back.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    medlot_tests::log_bodies::log(data);
});
