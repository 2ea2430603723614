//! No scan may panic, whatever the bytes and the profile.
#![no_main]
use libfuzzer_sys::fuzz_target;
use medlot_core::scan::{Outcome, Profile, Scratch, merge, scan};
use medlot_core::time::Date;

fuzz_target!(|input: (&[u8], Option<&str>, u16)| {
    let (raw, gs, packed) = input;
    let Ok(today) = Date::from_packed(packed) else { return };
    let mut scratch = Scratch::new();
    let outcome = scan(raw, &Profile { gs }, today, &mut scratch);
    if let Outcome::Read { item, .. } = &outcome {
        let twice = merge(item, item, today).expect("a reading agrees with itself");
        assert!(twice.item().is_some());
    }
    std::hint::black_box(&outcome);
});
