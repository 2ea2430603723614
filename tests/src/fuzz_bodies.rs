//! What the fuzz targets call, and what the replay of their committed corpora calls: one function each.
//!
//! A body returns what it found, so that neither the optimiser nor the caller can drop the work; a broken promise of
//! the library is a panic, which the fuzzer reports with its input.
#![allow(clippy::panic)]
use std::fmt::{Debug, Display};
use std::hint::black_box;

use medlot_core::crypto::Suite;
use medlot_core::ident::{
    DocumentNumber, FacilityCode, Fund, Gln, Gtin, LocalReason, LotNumber, Operator, Party, Product, Quantity,
    RegistrationNumber, Serial, Sscc, Store,
};
use medlot_core::record::{Record, Segment};
use medlot_core::scan::{self, Outcome, Profile, ScannedItem, Scratch};
use medlot_core::time::{Date, Days, Expiry, Timestamp};
use medlot_core::trust::Counts;
use medlot_sdk::evidence::{Evidence, Library};
use medlot_sdk::verify::{Question, verify_with};

use crate::log_bodies;
use crate::world::{ALL, AUTHORITY, Bundle, Grant, Log, MOVE};

/// A fuzz target: its name and its body.
pub type Target = (&'static str, fn(&[u8]) -> u32);

/// Every target; `fuzz/fuzz_targets/<name>.rs` and `fuzz/corpus/<name>/` go by these names.
pub const TARGETS: &[Target] = &[
    ("bundle", bundle),
    ("log", log_bodies::log),
    ("names", names),
    ("record", record),
    ("scan", scan),
    ("segment", segment),
    ("sync", crate::sync_peers::sync),
];

/// Names, times and quantities: what is accepted prints as text that is accepted again and means the same; what is
/// unpacked packs to the same bits. Returns how many readings were accepted.
pub fn names(data: &[u8]) -> u32 {
    let mut accepted = 0;
    if let Some((packed, _)) = data.split_first_chunk::<2>() {
        accepted += bits(u16::from_le_bytes(*packed));
    }
    let Ok(text) = std::str::from_utf8(data) else { return black_box(accepted) };
    macro_rules! all {
        ($($name:ident),*) => { $( accepted += again(stringify!($name), $name::parse(text), |printed, value| {
            $name::parse(printed).is_ok_and(|read| read == *value)
        }); )* };
    }
    all!(
        Gtin,
        Sscc,
        Gln,
        RegistrationNumber,
        Product,
        Party,
        LotNumber,
        Serial,
        FacilityCode,
        Store,
        Fund,
        Operator,
        LocalReason,
        DocumentNumber,
        Quantity,
        Timestamp,
        Date,
        Expiry
    );
    black_box(accepted)
}

fn bits(packed: u16) -> u32 {
    let mut accepted = 0;
    if let Ok(date) = Date::from_packed(packed) {
        assert_eq!(date.packed(), packed, "{date}");
        accepted += 1;
    }
    if let Ok(expiry) = Expiry::from_packed(packed) {
        assert_eq!(expiry.packed(), packed, "{expiry}");
        accepted += 1;
    }
    if let Some(date) = Days::new(packed).date() {
        assert_eq!(Days::of(date), Some(Days::new(packed)), "{date}");
        accepted += 1;
    }
    accepted
}

/// Checks one reading: 1 when it was accepted, 0 when it was refused.
fn again<T: Display, E: Debug + Display>(name: &str, read: Result<T, E>, same: impl Fn(&str, &T) -> bool) -> u32 {
    match read {
        Ok(value) => {
            let printed = value.to_string();
            assert!(same(&printed, &value), "{name}: {printed:?} does not mean the same when it is read again");
            1
        }
        Err(error) => {
            assert!(!error.to_string().is_empty(), "{name}: an error without words: {error:?}");
            0
        }
    }
}

/// A scan: whatever a reader sends. Every reading's elements stand in its own text, and a reading is the same each
/// time. Returns how many readings there were.
pub fn scan(data: &[u8]) -> u32 {
    let Ok(today) = Date::new(2026, 11, 23) else { return 0 };
    let profile = Profile::default();
    let mut scratch = Scratch::new();
    let mut once_more = Scratch::new();
    let outcome = scan::scan(data, &profile, today, &mut scratch);
    assert_eq!(outcome, scan::scan(data, &profile, today, &mut once_more));
    black_box(match outcome {
        Outcome::Read { item, alternatives } => reading(&item) + alternatives.iter().map(reading).sum::<u32>(),
        Outcome::Confirm(candidates) => {
            assert!(!candidates.is_empty(), "a choice without candidates");
            candidates.iter().map(reading).sum()
        }
        Outcome::Foreign(_) => 1,
        Outcome::Refused(error) => {
            assert!(!error.to_string().is_empty());
            0
        }
    })
}

fn reading(item: &ScannedItem<'_>) -> u32 {
    if let Ok(today) = Date::new(2026, 11, 23) {
        let twice = scan::merge(item, item, today);
        assert!(twice.is_ok_and(|merged| merged.item().is_some()), "a reading disagrees with itself: {item:?}");
    }
    if let Some(gtin) = item.gtin() {
        assert_eq!(Gtin::parse(&gtin.to_string()), Ok(gtin));
    }
    if let Some(lot) = item.lot() {
        assert!(lot.is_gs1(), "{lot}: AI 10 holds at most 20 characters of set 82");
    }
    black_box((item.serial(), item.elements().count()));
    1
}

/// A record: what is read is written as the same bytes, so there is one form and one hash. 1 when it was accepted.
pub fn record(data: &[u8]) -> u32 {
    match Record::decode(data) {
        Ok(read) => {
            let mut out = [0_u8; 8192];
            let written = read.encode(&mut out).map(|length| out.get(..length));
            assert!(matches!(written, Ok(Some(bytes)) if bytes == data), "read and written differ: {read:?}");
            black_box(1)
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            0
        }
    }
}

/// The body of a segment with a signature of 64 bytes, before its signature is looked at. 1 when it was accepted.
pub fn segment(data: &[u8]) -> u32 {
    match Segment::parse(data, 64) {
        Ok(read) => {
            black_box(&read);
            1
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            0
        }
    }
}

/// An object from anybody, beside a root that is trusted: a bundle, a list, a proof, an invitation, a request. What
/// refuses it says so in words; the same bytes give the same verdict. Returns how many records count.
///
/// Where the input begins with `F`, the rest is what four logs of one tree say, in turns (whose, length, bytes): each is
/// sealed with its log's key, so that the evaluation meets every order and content, and must not care for it.
pub fn bundle(data: &[u8]) -> u32 {
    let counted = match data.split_first() {
        Some((b'F', said)) => tree(said).unwrap_or(0),
        _ => object(data),
    };
    black_box(counted)
}

fn object(data: &[u8]) -> u32 {
    if let Err(error) = medlot_sdk::verify::inspect(data) {
        assert!(!error.message.is_empty());
    }
    let Ok(Ok(root)) = Log::root(Suite::Ed25519, 1, [0; 32]).map(|log| log.anchor()) else { return 0 };
    let mut library = Library::of_root(root);
    library.objects.push(data.to_vec());
    let judged = || {
        let evidence = Evidence::of(&library).ok()?;
        verify_with(&evidence, data, &Question::default()).ok()
    };
    let Some(answer) = judged() else { panic!("evidence with a true root can always be evaluated") };
    assert_eq!(judged().map(|again| again.json), Some(answer.json.clone()));
    assert!(answer.counts == Counts::Yes || !answer.why().is_empty());
    u32::from(answer.counts == Counts::Yes)
}

/// Four logs: a root, two authorities, a device; the input says what they write.
fn tree(mut said: &[u8]) -> Option<u32> {
    let mut root = Log::root(Suite::Ed25519, 1, [0; 32]).ok()?;
    let mut first = Log::under(&root, Suite::Ed25519, 2, "01").ok()?;
    let mut second = Log::under(&first, Suite::Ed25519, 3, "01C").ok()?;
    let mut device = Log::under(&second, Suite::Ed25519, 4, "01C55").ok()?;
    root.enrol(&first, Grant::over(AUTHORITY, ALL)).ok()?;
    first.enrol(&second, Grant::over(AUTHORITY, &["01"])).ok()?;
    second.enrol(&device, Grant::own(MOVE)).ok()?;
    device.sell(1).ok()?;
    while let Some(([whose, length], rest)) = said.split_first_chunk::<2>() {
        let (bytes, rest) = rest.split_at_checked(usize::from(*length))?;
        let log = match whose & 3 {
            0 => &mut root,
            1 => &mut first,
            2 => &mut second,
            _ => &mut device,
        };
        // Rows refuse what is shorter than a record; longer ones stand as they are.
        if bytes.len() < 6 || log.len() > 12 {
            return None;
        }
        log.records.push(bytes.to_vec());
        said = rest;
    }
    let logs = [&root, &first, &second, &device];
    let mut objects = Vec::new();
    for log in logs {
        objects.push(Bundle::new().run(log, 0, log.len()).ok()?.object());
    }
    let anchor = root.anchor().ok()?;
    let verdicts = |order: &[usize]| {
        let mut library = Library::of_root(anchor.clone());
        library.objects.extend(order.iter().filter_map(|at| objects.get(*at).cloned()));
        let evidence = Evidence::of(&library).ok()?;
        let mut all = Vec::new();
        let judged = evidence.judge(|evaluation| {
            for part in evidence.parts() {
                part.judge(evaluation, |_, _, judged| {
                    all.push((judged.at.log, judged.at.index, judged.at.identity, judged.verdict));
                });
            }
        });
        judged.ok()?;
        all.sort_by_key(|(log, index, identity, _)| (*log, *index, *identity));
        all.dedup();
        Some(all)
    };
    let forwards = verdicts(&[0, 1, 2, 3])?;
    assert_eq!(Some(&forwards), verdicts(&[3, 1, 2, 0]).as_ref(), "the order of arrival has no part in it");
    u32::try_from(forwards.iter().filter(|(.., verdict)| verdict.counts == Counts::Yes).count()).ok()
}
