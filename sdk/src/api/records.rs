//! Records and segments by themselves: what they say, and whose seal is under them.
//!
//! Whether a record *counts* is not asked here: for that [`super::Verifier`] needs the enrolment of the key and what was
//! said of it since.
use super::logs::said;
use super::{Answer, Failure, Js, KeySuite, RecordView, give, take};
use crate::error::{Error, Kind};
use crate::folder::{LogHead, unhex};
use crate::view;
use medlot_core::crypto::{Hash, Suite, check_key};
use medlot_core::ident::FacilityCode;
use medlot_core::record::{AuthenticRecord, LogKey, Record, RecordError, Segment, SegmentError};
use serde_json::Value;

input! {
    /// A log by what its id is made of: what the enrolment of its key says.
    LogInput {
        /// The id of the line of whoever enrolled it: 64 hex digits.
        parent: String,
        /// Its key's suite; Ed25519 where absent.
        suite: Option<KeySuite>,
        /// Its public key: 32 bytes of Ed25519, 33 of P-256 (SEC 1, compressed).
        #[cfg_attr(
            all(feature = "wasm", target_arch = "wasm32"),
            serde(with = "serde_bytes"),
            tsify(optional, type = "Uint8Array")
        )]
        key: Vec<u8>,
        /// Its facility's code; empty of a root's.
        facility: String,
    }
}

view! {
    /// A record under a seal that holds.
    SealedRecord {
        /// Its exact bytes, to be kept as they are.
        #[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), serde(with = "serde_bytes"), tsify(type = "Uint8Array"))]
        bytes: Vec<u8>,
        /// What it says. One that is malformed is of the kind `malformed`, and `why` says what is wrong: it never counts.
        record: RecordView,
    }
}

view! {
    /// A segment whose seal holds.
    SealedSegment {
        /// Its log, h₀ in hex.
        log: String,
        /// The place of its first record.
        index: u32,
        /// The chain's value after its last record: what the seal is over.
        head: String,
        /// Its records.
        records: Vec<SealedRecord>,
    }
}

/// What bytes say as the record at a place of a log.
pub(super) fn read(bytes: &[u8], index: u32) -> Result<Value, RecordError> {
    let record = Record::decode(bytes)?;
    record.check_place(index)?;
    Ok(view::content(&record))
}

/// What was read, with the place where it stands.
pub(super) fn placed(mut said: Value, index: u32, log: &str, id: Option<String>) -> Answer<RecordView> {
    if let Some(said) = said.as_object_mut() {
        said.insert("log".into(), log.into());
        said.insert("index".into(), index.into());
        said.insert("id".into(), id.into());
    }
    serde_json::from_value(said).map_err(|e| Failure::argument(&format!("the record can't be shown: {e}")))
}

/// Says what a record holds that stands, or would, at this place of its log. `log` is empty in the answer: a record alone
/// doesn't say whose it is, nor who vouches for it.
///
/// # Errors
/// Bytes that are no record (2101 to 2107, or the number of what stands wrong in it); 2108: it can't stand at this place.
///
/// ```
/// use medlot_sdk::api::read_record;
/// let bytes = [64, 40, 239, 12, 0, 0, 1, 4, 1, b'A', 0, 1, 0, 5]; // 5 units of local:A, sold
/// let record = read_record(bytes.into(), 50).unwrap();
/// assert_eq!((record.kind.as_str(), record.reason.as_deref(), record.quantity), ("movement", Some("retail"), Some(5)));
/// assert_eq!(read_record(bytes[..9].into(), 50).unwrap_err().code(), 2101);
/// ```
#[cfg_attr(feature = "uniffi", uniffi::export)]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen(js_name = "readRecord"))]
#[allow(clippy::needless_pass_by_value)]
pub fn read_record(bytes: Vec<u8>, index: u32) -> Answer<Js<RecordView>> {
    // Of an argument such an error is a usage; these bytes came from elsewhere, and nobody will ever take them.
    let said = read(&bytes, index).map_err(|e| Error { kind: Kind::Invalid, ..Error::from(e) })?;
    give(placed(said, index, "", None)?)
}

/// Verifies a segment's body under a key that the caller vouches for, and hands out what is under its seal.
///
/// # Errors
/// 2201 to 2210: what is wrong with the segment. 4001: a log that can't be.
#[cfg_attr(feature = "uniffi", uniffi::export)]
#[cfg_attr(
    all(feature = "wasm", target_arch = "wasm32"),
    wasm_bindgen::prelude::wasm_bindgen(js_name = "verifySegment")
)]
#[allow(clippy::needless_pass_by_value)]
pub fn verify_segment(log: Js<LogInput>, body: Vec<u8>) -> Answer<Js<SealedSegment>> {
    let (head, id) = log_of(take(log)?)?;
    let log = LogKey { id, suite: head.suite, key: &head.key };
    let authentic =
        Segment::parse(&body, head.suite.signature_length()).and_then(|s| s.verify(&log)).map_err(refused)?;
    let name = id.to_string();
    let (mut rows, mut records) = (authentic.records(), Vec::new());
    while let Some(record) = rows.next() {
        records.push(sealed(&name, &record)?);
    }
    give(SealedSegment { log: name, index: authentic.index(), head: authentic.head().to_string(), records })
}

/// A hash that is given in hex.
pub(super) fn hash_of(field: &str, text: &str) -> Answer<Hash> {
    let bytes = unhex(text).and_then(|bytes| bytes.try_into().ok());
    bytes.map(Hash).ok_or_else(|| Failure::argument(&format!("{field}: {text:?} isn't 64 hex digits")))
}

/// The log that is described, and its id.
pub(super) fn log_of(log: LogInput) -> Answer<(LogHead, Hash)> {
    let LogInput { parent, suite, key, facility } = log;
    let suite = if suite == Some(KeySuite::P256) { Suite::P256 } else { Suite::Ed25519 };
    let parent = hash_of("parent", &parent)?;
    // A root's has none.
    if !facility.is_empty() {
        FacilityCode::parse(&facility).map_err(|e| Failure::argument(&e.to_string()))?;
    }
    check_key(suite, &key).map_err(|e| Failure::argument(&format!("key: {} bytes: {e}", key.len())))?;
    let head = LogHead { parent, suite, key, facility };
    let id = head.id()?;
    Ok((head, id))
}

/// The segment's own number: of an object that holds it the error would be another.
fn refused(e: SegmentError) -> Failure {
    let kind = if e == SegmentError::NotBuilt { Kind::Unknown } else { Kind::Invalid };
    Error { kind, code: e.code(), name: e.name(), message: e.to_string() }.into()
}

fn sealed(log: &str, record: &AuthenticRecord<'_>) -> Answer<SealedRecord> {
    let view = said(record.bytes(), record.index(), log, record.identity().to_string())?;
    Ok(SealedRecord { bytes: record.bytes().to_vec(), record: view })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::folder::hex;
    use medlot_core::crypto::{SIGNATURE_LEN, SoftwareKey, chain_next, log_identity, seal_message};
    use medlot_core::record::SegmentWriter;

    const PARENT: [u8; 32] = [9; 32];
    const FACILITY: &str = "01-008179";
    /// A line of a group that begins 7 records before it.
    const LINE: [u8; 15] = [64, 40, 239, 12, 0, 32, 1, 4, 1, b'A', 0, 1, 0, 5, 7];

    fn log() -> (SoftwareKey, LogInput) {
        let key = SoftwareKey::from_seed(Suite::P256, &[3; 32]).unwrap();
        let public = key.public_key(&mut [0; 33]).to_vec();
        let input =
            LogInput { parent: hex(&PARENT), suite: Some(KeySuite::P256), key: public, facility: FACILITY.to_owned() };
        (key, input)
    }

    /// These records from the log's beginning on, sealed.
    fn segment(records: &[&[u8]]) -> Vec<u8> {
        let (key, input) = log();
        let id = log_identity(&Hash(PARENT), 1, &input.key, FACILITY).unwrap();
        let count = u32::try_from(records.len()).unwrap();
        let head = (0..).zip(records).fold(id, |head, (at, record)| chain_next(&head, at, record).unwrap());
        let mut out = vec![0; 1_000];
        let mut writer = SegmentWriter::new(&mut out, 0, &id, count, SIGNATURE_LEN).unwrap();
        records.iter().for_each(|record| writer.push(record).unwrap());
        let length = writer.finish(&key.sign(&seal_message(&id, count, &head))).unwrap();
        out.truncate(length);
        out
    }

    #[test]
    fn a_record_says_what_it_holds_where_it_may_stand_and_nobody_vouches_for_it() {
        let record = read_record(LINE.into(), 7).unwrap();
        assert_eq!((record.index, record.quantity, record.counts), (7, Some(5), None));
        assert_eq!((record.log.as_str(), record.id), ("", None));
        let error = read_record(LINE.into(), 6).unwrap_err();
        assert_eq!((error.code(), error.kind()), (2108, "invalid"), "{error}");
        assert_eq!(read_record(vec![0; 4_097], 6).unwrap_err().code(), 2107);
    }

    #[test]
    fn what_a_key_vouches_for_is_handed_out_and_a_malformed_record_is_said_to_be_one() {
        let blind = [&[64, 40, 239, 12, 17][..], &[5; 16]].concat();
        let wrong = [64, 40, 239, 12, 17, 5];
        let got = verify_segment(log().1, segment(&[&blind, &wrong])).unwrap();
        assert_eq!((got.index, got.records.len()), (0, 2));
        assert_eq!((&got.records[0].bytes, got.records[0].record.kind.as_str()), (&blind, "blind"));
        assert_eq!(got.records[1].record.id.as_ref(), Some(&got.head));
        let malformed = &got.records[1].record;
        assert_eq!((malformed.kind.as_str(), malformed.index, &malformed.log), ("malformed", 1, &got.log));
        assert_eq!(malformed.why.as_ref().map(|why| why.code), Some(2101));
    }

    #[test]
    fn a_changed_byte_or_another_log_breaks_the_seal() {
        let whole = segment(&[&LINE]);
        for at in whole.len() - SIGNATURE_LEN..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            let error = verify_segment(log().1, changed).unwrap_err();
            assert_eq!((error.code(), error.kind()), (2210, "invalid"), "byte {at}: {error}");
        }
        let other = LogInput { facility: "01-008178".to_owned(), ..log().1 };
        assert_eq!(verify_segment(other, whole).unwrap_err().code(), 2210);
    }

    #[test]
    fn a_log_that_cannot_be_is_an_argument_that_cannot_be() {
        let whole = segment(&[&LINE]);
        let wrong = [
            (LogInput { parent: "09".to_owned(), ..log().1 }, "parent"),
            (LogInput { facility: "01 008179".to_owned(), ..log().1 }, "facility"),
            (LogInput { facility: "0".repeat(21), ..log().1 }, "facility"),
            (LogInput { suite: None, ..log().1 }, "key"),
            (LogInput { key: vec![7; 33], ..log().1 }, "key"),
        ];
        for (input, field) in wrong {
            let error = verify_segment(input, whole.clone()).unwrap_err();
            assert_eq!((error.code(), error.kind()), (4001, "usage"), "{error}");
            assert!(error.english().contains(field), "{field}: {error}");
        }
    }
}
