//! An object from any bytes, beside a root that is trusted.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    medlot_tests::fuzz_bodies::bundle(data);
});
