//! The façade that phones, pages and servers program against: owned types and objects, annotated once.
//!
//! Features `uniffi` and `wasm` make Kotlin, Swift, Python and JavaScript of what stands here; neither changes what a call
//! does. Every call answers at once: no callback, no thread, no waiting. What must be kept is handed out as bytes and
//! acknowledged ([`Device::changes`]).
//!
//! Facts that nobody can read inside come as arguments: `now` in seconds since 1970 (UTC), `today` as `YYYY-MM-DD` by the
//! facility's calendar. Ids are lower-case hex, dates `YYYY-MM-DD`, instants RFC 3339 in UTC.
#[macro_use]
mod annotate;
mod asking;
mod codes;
mod device;
mod failure;
mod logs;
#[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
mod packed;
mod products;
mod records;
mod scanned;
mod session;
mod verifier;
mod views;

pub use annotate::Js;
pub use codes::{QrProgress, QrReader, qr_texts};
pub use device::*;
pub use failure::{Answer, Failure};
pub use logs::{LogView, read_log};
pub use products::Catalogue;
pub use records::{LogInput, SealedRecord, SealedSegment, read_record, verify_segment};
pub use scanned::{AiValue, ReadItem, Scanned, scan};
pub use session::{CameObject, SeenLog, SyncOutcome, SyncPartyInput, SyncSession, read_sync_line};
pub use verifier::Verifier;
pub use views::{
    Amount, AskFor, Document, Fault, GroupOf, ProductName, Reason, RecordAt, RecordView, Reference, Verdict,
    VerdictKind,
};

pub(crate) use annotate::{give, take};
