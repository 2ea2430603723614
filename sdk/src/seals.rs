//! Seals that were checked in this process: the same pieces are read again whenever an object is accepted, a session
//! begins or a question is asked, and a signature's check is what most of that would cost.
use medlot_core::record::{
    Authentic, Chained, LogKey, OwnRecords, Run, Seal, SealMemory, Seals, Segment, SegmentError,
};
use std::sync::{LazyLock, Mutex, PoisonError};

/// Enough for what a pharmacy holds of many years; at most about 5 MB.
const ROOM: usize = 1 << 15;

static CHECKED: LazyLock<Mutex<SealMemory>> = LazyLock::new(|| Mutex::new(SealMemory::new(ROOM)));

struct OfThisProcess;

impl Seals for OfThisProcess {
    fn with<T>(&self, ask: impl FnOnce(&mut SealMemory) -> T) -> T {
        // Each entry stands for itself, so what a thread left that panicked is as true as before.
        ask(&mut CHECKED.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Forgets them, as a process that begins has none: for measurements.
#[cfg(feature = "simulate")]
pub fn forget() {
    OfThisProcess.with(|memory| *memory = SealMemory::new(ROOM));
}

/// Verifies a segment; a seal that held before in this process isn't checked again.
pub(crate) fn verify<'a>(segment: Segment<'a>, log: &LogKey<'_>) -> Result<Authentic<'a>, SegmentError> {
    segment.verify_once(log, &OfThisProcess)
}

/// The same, with what was hashed.
pub(crate) fn chained<'a>(segment: Segment<'a>, log: &LogKey<'_>) -> Result<Chained<'a>, SegmentError> {
    segment.chained(log, &OfThisProcess)
}

/// Verifies records of an own log under the seal over them.
pub(crate) fn own_run<'a>(
    records: &'a OwnRecords,
    from: u32,
    seal: &'a Seal,
    log: &LogKey<'_>,
) -> Result<Run<'a>, SegmentError> {
    records.run(from, seal, log, &OfThisProcess)
}
