//! What adding up asks of a record: small, and of one size.

/// No row, no partition.
pub(super) const NONE: u32 = u32::MAX;

// A sum of as many of the largest quantities as there are rows doesn't overflow.
const _: () = assert!(u32::MAX as u128 * (crate::limits::MAX_QUANTITY as u128) < i64::MAX as u128);

/// What a record does, as far as adding up asks.
pub(super) mod does {
    /// It moves something.
    pub(in super::super) const MOVES: u16 = 1;
    /// Taken from `from`.
    pub(in super::super) const TAKES: u16 = 2;
    /// Put to `into`.
    pub(in super::super) const PUTS: u16 = 4;
    /// Begins a transit.
    pub(in super::super) const SENT: u16 = 8;
    /// A line of a count.
    pub(in super::super) const LINE: u16 = 16;
    /// Written later than it took place.
    pub(in super::super) const EFFECTIVE: u16 = 32;
    /// It no longer counts.
    pub(in super::super) const GONE: u16 = 64;
    /// It takes back another.
    pub(in super::super) const REVERSAL: u16 = 128;
    /// Destroyed, missing or stolen: somebody must stand for it.
    pub(in super::super) const NOTED: u16 = 256;
    /// Its clock was never set: its time is an uptime.
    pub(in super::super) const CLOCK_UNSET: u16 = 512;
}

/// A record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) log: u32,
    pub(super) index: u32,
    /// The lot at the facility that it is about.
    pub(super) part: u32,
    /// The row before it of the same part.
    pub(super) next: u32,
    pub(super) quantity: u32,
    /// Places, where it takes and puts.
    pub(super) from: u32,
    pub(super) into: u32,
    /// When it took place: seconds as written, in its own clock.
    pub(super) time: u32,
    /// Parts of a unit and their measure; 0: whole units.
    pub(super) measure: u32,
    /// As in records; see [`crate::time::Expiry::packed`].
    pub(super) expiry: u16,
    pub(super) does: u16,
}

impl Row {
    pub(super) const fn is(&self, what: u16) -> bool {
        self.does & what != 0
    }
    pub(super) const fn counts(&self) -> bool {
        !self.is(does::GONE)
    }
}
