//! What a peer may send, in frames or as messages.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    medlot_tests::sync_peers::sync(data);
});
