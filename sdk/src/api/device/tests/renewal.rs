//! A new key of a device's log: kept with the files, or outside.
use super::*;

fn key(suite: Suite, seed: u8) -> (SoftwareKey, RenewInput) {
    let key = SoftwareKey::from_seed(suite, &[seed; 32]).unwrap();
    let public_key = Some(key.public_key(&mut [0; 33]).to_vec());
    let of = if suite == Suite::P256 { KeySuite::P256 } else { KeySuite::Ed25519 };
    (key, RenewInput { suite: Some(of), public_key })
}

/// A minute after the device joined: which key came later is told by their logs' times.
const LATER: i64 = NOW + 60;

/// Begins it, signs and makes durable; gives the new log and the request.
fn renewed(device: &Device, stored: &mut Stored, (key, input): &(SoftwareKey, RenewInput)) -> (String, Vec<u8>) {
    let begun = device.renew(input.clone(), LATER).unwrap();
    assert_eq!(begun.request, None, "nobody is asked before the key signed");
    stored.keep(device);
    let to_sign = begun.to_sign.unwrap();
    let request = device.attach_renewal(&begun.log, key.sign(&to_sign.bytes).to_vec(), false, LATER).unwrap();
    stored.keep(device);
    (begun.log, request)
}

#[test]
fn a_key_kept_outside_takes_over_once_it_is_enrolled_and_signs_from_then_on() {
    for (old, new) in [(Suite::Ed25519, Suite::P256), (Suite::P256, Suite::Ed25519)] {
        let mut ministry = Ministry::new();
        let (device, mut stored, before) = ministry.signed_outside("01C55", old);
        comes_in(&device, "A1", "100").unwrap();
        stored.keep(&device);
        let line = device.status().unwrap().log;
        let next = key(new, 9);
        let (log, request) = renewed(&device, &mut stored, &next);
        assert_eq!(device.status().unwrap().log, line, "the old one is in use until then");
        sign(&device, &mut stored, &before);

        let enrolment = ministry.enrol_renewed(&request, &line);
        assert!(device.accept(enrolment, NOW).unwrap().enrolled);
        stored.keep(&device);
        assert_eq!(device.status().unwrap().log, log);
        assert_eq!(Some(device.public_key().unwrap()), next.1.public_key);
        comes_in(&device, "A1", "7").unwrap();
        sign(&device, &mut stored, &next.0);
        let again = Device::open(stored.files(), None, NOW).unwrap();
        assert_eq!((on_hand(&again), again.status().unwrap().unsealed), (vec![("A1".into(), 107, 0)], 0));
    }
}

#[test]
fn what_stands_unsealed_under_the_old_key_is_signed_before_the_new_one_takes_over() {
    let mut ministry = Ministry::new();
    let (device, mut stored, before) = ministry.signed_outside("01C55", Suite::P256);
    let line = device.status().unwrap().log;
    let (log, request) = renewed(&device, &mut stored, &key(Suite::P256, 9));
    let enrolment = ministry.enrol_renewed(&request, &line);
    comes_in(&device, "A1", "100").unwrap();
    stored.keep(&device);
    assert_eq!(device.accept(enrolment.clone(), NOW).unwrap_err().code(), 4011);
    assert_eq!(device.status().unwrap().log, line);
    sign(&device, &mut stored, &before);
    device.accept(enrolment, NOW).unwrap();
    stored.keep(&device);
    assert_eq!(device.status().unwrap().log, log);
}

#[test]
fn a_renewal_that_was_cut_off_goes_on_with_the_same_key_wherever_it_was_cut() {
    let mut ministry = Ministry::new();
    let (device, mut stored, _) = ministry.signed_outside("01C55", Suite::P256);
    let (key, input) = key(Suite::P256, 9);
    let begun = device.renew(input.clone(), LATER).unwrap();
    let changes = device.changes().unwrap();
    assert!(changes.len() > 2, "{changes:?}");
    for cut in 0..=changes.len() {
        let mut kept = stored.clone();
        kept.apply(changes[..cut].to_vec());
        let again = Device::open(kept.files(), None, NOW).unwrap();
        let (log, request) =
            renewed(&again, &mut kept, &(SoftwareKey::from_seed(Suite::P256, &[9; 32]).unwrap(), input.clone()));
        assert_eq!(log, begun.log, "after {cut} changes");
        let asked = again.renew(input.clone(), LATER).unwrap();
        assert_eq!((asked.to_sign, asked.request), (None, Some(request)), "it waits for nothing any more");
    }
    stored.keep(&device);
    let wrong = device.attach_renewal(&begun.log, key.sign(&[0; 84]).to_vec(), false, NOW).unwrap_err();
    assert_eq!((wrong.code(), wrong.kind()), (2403, "refused"), "{wrong}");
}

#[test]
fn a_key_that_is_none_or_was_in_use_here_begins_nothing() {
    let mut ministry = Ministry::new();
    let (device, mut stored, before) = ministry.signed_outside("01C55", Suite::P256);
    let own = device.public_key().unwrap();
    let with = |public_key: Vec<u8>| RenewInput { suite: Some(KeySuite::P256), public_key: Some(public_key) };
    for (wrong, says) in [(vec![7; 33], "33 bytes"), (own.clone(), "in use")] {
        let error = device.renew(with(wrong), NOW).unwrap_err();
        assert!(error.code() == 4001 && error.english().contains(says), "{error}");
    }
    assert_eq!(device.changes().unwrap(), []);
    let line = device.status().unwrap().log;
    assert_eq!(device.attach_renewal(&line, vec![0; 64], false, NOW).unwrap_err().code(), 4001);
    let next = key(Suite::P256, 9);
    let (_, request) = renewed(&device, &mut stored, &next);
    device.accept(ministry.enrol_renewed(&request, &line), LATER).unwrap();
    stored.keep(&device);
    assert_ne!(device.status().unwrap().log, line);
    drop(before);
    assert_eq!(device.renew(with(own), LATER + 60).unwrap_err().code(), 4004, "an earlier key never comes back");
}

#[test]
fn a_key_kept_with_the_files_needs_nobody_to_sign() {
    let mut ministry = Ministry::new();
    let (device, mut stored) = ministry.device("01C55");
    comes_in(&device, "A1", "100").unwrap();
    stored.keep(&device);
    let line = device.status().unwrap().log;
    let begun = device.renew(RenewInput::default(), NOW).unwrap();
    assert_eq!(begun.to_sign, None);
    stored.keep(&device);
    assert!(device.accept(ministry.enrol_renewed(&begun.request.unwrap(), &line), NOW).unwrap().enrolled);
    stored.keep(&device);
    assert_ne!(device.status().unwrap().log, line);
    comes_in(&device, "A1", "7").unwrap();
    device.seal(NOW).unwrap_err(); // what was written before isn't durable yet
    stored.keep(&device);
    device.seal(NOW).unwrap();
    assert_eq!(on_hand(&device), [("A1".into(), 107, 0)]);
}
