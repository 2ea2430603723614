//! A log's file by itself: what of it is whole, and why it is closed.
use super::records::{placed, read};
use super::{Answer, Failure, Js, KeySuite, Reason, RecordView, give};
use crate::error::{Error, Kind};
use medlot_core::crypto::Suite;
use medlot_core::log::{self, LogError, Whole};
use serde_json::json;

view! {
    /// What recovery finds in a log's file. Whose signatures its seals are isn't asked here.
    LogView {
        /// The log, h₀ in hex.
        log: String,
        /// The id of the line of whoever enrolled it: 64 hex digits.
        parent: String,
        /// Its key's suite.
        suite: KeySuite,
        /// Its public key.
        #[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), serde(with = "serde_bytes"), tsify(type = "Uint8Array"))]
        key: Vec<u8>,
        /// Its facility; empty of a root's.
        facility: String,
        /// How many records it has.
        count: u32,
        /// Those asked for. One that is malformed is of the kind `malformed`, and `why` says what is wrong.
        records: Vec<RecordView>,
        /// The chain's value after the last record.
        head: String,
        /// The counts at which it was sealed.
        seals: Vec<u32>,
        /// Records that no seal vouches for.
        unsealed: u32,
        /// The count that was offered for signing last; a seal of it may still come.
        mark: Option<u32>,
        /// Where the last whole unit ends, in bytes.
        end: u32,
        /// Bytes behind that: of a write that was cut off and never acknowledged. Opening the device drops them.
        dropped: u32,
    }
}

/// Reads a log's file, `logs/….mlog`, as it was copied off a device: for support and inspectors. `offset` and `limit` choose
/// the records that are shown. One that is encrypted at rest isn't read.
///
/// # Errors
/// Why the log is closed: 2601 no log, 2602 damaged before its end, 2603 records that don't follow those before, 2604
/// another layout or form, 2506 records lost that were offered for signing.
///
/// ```
/// use medlot_sdk::api::read_log;
/// assert_eq!(read_log(b"something else".into(), 0, 100).unwrap_err().code(), 2601);
/// ```
#[cfg_attr(feature = "uniffi", uniffi::export)]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen(js_name = "readLog"))]
#[allow(clippy::needless_pass_by_value)]
pub fn read_log(bytes: Vec<u8>, offset: u32, limit: u32) -> Answer<Js<LogView>> {
    let Whole { found, records: own, seals } = log::read(&bytes).map_err(closed)?;
    let (tip, seals) = (found.recovery.tip(), seals.iter().map(|seal| seal.count).collect::<Vec<_>>());
    let sealed = seals.iter().copied().max().unwrap_or(0);
    let (log, mut records) = (tip.log().to_string(), Vec::new());
    let shown = own.iter().zip(own.values_from(1));
    for (index, (record, identity)) in (0..).zip(shown).skip(offset as usize).take(limit as usize) {
        let mut view = said(record, index, &log, identity.to_string())?;
        view.unsealed = index >= sealed;
        records.push(view);
    }
    let place = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
    give(LogView {
        log,
        parent: found.head.parent.to_string(),
        suite: if found.head.suite == Suite::P256 { KeySuite::P256 } else { KeySuite::Ed25519 },
        key: found.head.key.to_vec(),
        facility: found.head.facility.to_owned(),
        count: tip.count(),
        records,
        head: tip.head().to_string(),
        seals,
        unsealed: tip.unsealed(),
        mark: found.recovery.mark().map(|mark| mark.count),
        end: place(found.end),
        dropped: place(bytes.len() - found.end),
    })
}

/// These bytes came from elsewhere: nobody will ever go on with them.
fn closed(e: LogError) -> Failure {
    Error { kind: Kind::Invalid, ..Error::from(e) }.into()
}

/// What a record says at its place, or why it says nothing.
pub(super) fn said(bytes: &[u8], index: u32, log: &str, id: String) -> Answer<RecordView> {
    let (said, why) = match read(bytes, index) {
        Ok(said) => (said, None),
        Err(e) => (json!({"kind": "malformed"}), Some(Reason::from(Error::from(e)))),
    };
    let mut view = placed(said, index, log, Some(id))?;
    view.why = why;
    Ok(view)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::folder::{LogFile, LogHead, Memory, Vault};
    use medlot_core::crypto::{Hash, SoftwareKey};
    use std::path::Path;

    /// 5 units of `local:A`, sold.
    const SOLD: [u8; 14] = [64, 40, 239, 12, 0, 0, 1, 4, 1, b'A', 0, 1, 0, 5];

    /// A log's file: two records sealed, one offered for signing, one behind it.
    fn file() -> Vec<u8> {
        let key = SoftwareKey::from_seed(Suite::P256, &[3; 32]).unwrap();
        let public = key.public_key(&mut [0; 33]).to_vec();
        let head = LogHead { parent: Hash([9; 32]), suite: Suite::P256, key: public, facility: "01-008179".into() };
        let memory = Memory::default();
        let medium = crate::folder::Location::from(memory.clone()).medium;
        let mut log = LogFile::create(Path::new("logs/a.mlog"), head, &medium, &Vault::plain()).unwrap();
        log.append(&[SOLD.to_vec(), SOLD.to_vec()]).unwrap();
        log.seal(|message| key.sign(message)).unwrap();
        log.append(&[SOLD.to_vec()]).unwrap();
        let _ = log.offer().unwrap();
        log.append(&[vec![1, 2, 3]]).unwrap();
        medium.read(Path::new("logs/a.mlog")).unwrap()
    }

    #[test]
    fn a_log_says_what_it_holds_what_is_sealed_and_what_was_offered() {
        let got = read_log(file(), 1, 2).unwrap();
        assert_eq!((got.count, got.seals.as_slice(), got.unsealed, got.mark), (4, &[2][..], 2, Some(3)));
        assert_eq!((got.suite, got.facility.as_str(), got.dropped), (KeySuite::P256, "01-008179", 0));
        let places: Vec<(u32, Option<u32>, bool)> =
            got.records.iter().map(|record| (record.index, record.quantity, record.unsealed)).collect();
        assert_eq!(places, [(1, Some(5), false), (2, Some(5), true)]);
        let last = read_log(file(), 3, u32::MAX).unwrap().records;
        assert_eq!(
            (last.len(), last[0].kind.as_str(), last[0].why.as_ref().map(|why| why.code)),
            (1, "malformed", Some(2101))
        );
        assert_eq!(last[0].id.as_ref(), Some(&got.head));
    }

    #[test]
    fn what_a_cut_left_is_told_apart_from_damage() {
        let whole = file();
        let torn = [&whole[..], &[9, 0, 2, 1]].concat();
        let got = read_log(torn, 0, 0).unwrap();
        assert_eq!((got.count, got.dropped, got.end as usize, got.records.len()), (4, 4, whole.len(), 0));
        let mut damaged = whole;
        damaged[100] ^= 1;
        let error = read_log(damaged, 0, 0).unwrap_err();
        assert_eq!((error.code(), error.kind()), (2602, "invalid"), "{error}");
    }
}
