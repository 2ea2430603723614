//! What the table holds, and the way a record takes.
//!
//! What is called from many places is never inlined in this module: it saves a microcontroller a tenth of the code.

use super::error::{FixedError, Room};
use crate::crypto::Hash;
use crate::record::{Entry, Record};
use crate::trust::Verified;

/// Logs of one facility: its devices, those retired, its reporters.
pub(super) const LOGS: usize = 8;
pub(super) const PLACES: usize = 32;
pub(super) const KNOWN: usize = 16;
pub(super) const OPEN: usize = 8;
pub(super) const RESTS: usize = 8;
pub(super) const CLOCKS: usize = 16;
pub(super) const TAKEN: usize = 64;
pub(super) const RULES: usize = 48;
/// Authorities whose words reach the facility.
pub(super) const ISSUERS: usize = 8;

/// Flags of a row.
pub(super) mod is {
    /// Its sum is to be taken from the log anew, from its line on.
    pub(in super::super) const TAIL: u8 = 1;
    /// Which line governs is to be found in the log.
    pub(in super::super) const FULL: u8 = 2;
    /// Clocks decided what its line covers.
    pub(in super::super) const CLOCKED: u8 = 4;
    /// Lines of several logs, none of which knew the other.
    pub(in super::super) const CONCURRENT: u8 = 8;
    /// Its line is the end of a count whose rest is zero.
    pub(in super::super) const REST: u8 = 16;
    /// Something came or left while its count went on, whose rest is zero.
    pub(in super::super) const DURING: u8 = 128;
    /// Its line counted this place, not another of its lot.
    pub(in super::super) const OWN: u8 = 32;
    /// Made after rows were given up, and nothing came yet.
    pub(in super::super) const NEW: u8 = 64;
    pub(in super::super) const STALE: u8 = TAIL | FULL;
}

/// A balance: one lot at one place, in units or in parts of one measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) stock: i64,
    /// The line's time, as its clock was set last.
    pub(super) time: i64,
    /// What the line counted.
    pub(super) counted: u32,
    pub(super) measure: u32,
    /// The line's index, and that of its count's beginning.
    pub(super) index: u32,
    pub(super) begin: u32,
    pub(super) lot: u16,
    pub(super) place: u16,
    /// The line's log, from 1; 0: never counted.
    pub(super) slot: u8,
    /// What the line's log had observed before it.
    pub(super) known: u8,
    pub(super) flags: u8,
}

/// A lot: texts of its product's class and its number, and the expiry that its records claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lot {
    pub(super) product: u16,
    pub(super) number: u16,
    pub(super) expiry: u16,
    /// The last day on which something was said of it, since 2020; the highest bit: who claimed its expiry was taken
    /// back, so the claims are to be read anew.
    pub(super) seen: u16,
}

const _: () = assert!(size_of::<Row>() + size_of::<Lot>() <= 48, "48 bytes a balance");

/// A log of the facility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Log {
    pub(super) id: [u8; 16],
    pub(super) head: [u8; 16],
    pub(super) count: u32,
    /// Where its present clock begins.
    pub(super) clock: u32,
    /// Whether that isn't set.
    pub(super) unset: bool,
    /// Bits of the logs of which a clock difference was noted by it.
    pub(super) noted: u8,
}

const _: () = assert!(LOGS <= 8, "a bit a log");

/// What one log last noted of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) head: [u8; 8],
    pub(super) count: u32,
    /// The count noted with the last clock difference; 0: none was.
    pub(super) clocked: u32,
    /// The other's clock less the own, both in their last clocks.
    pub(super) clock: i64,
}

/// Where a balance stands besides its lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub(super) store: u16,
    pub(super) fund: u16,
    pub(super) vvm: u8,
    pub(super) hold: bool,
}

/// The beginning of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Open {
    /// From 1; 0: free.
    pub(super) slot: u8,
    pub(super) known: u8,
    pub(super) ended: bool,
    /// Only some funds or products.
    pub(super) limited: bool,
    pub(super) store: u16,
    pub(super) index: u32,
    pub(super) time: i64,
}

/// A count whose rest is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rest {
    pub(super) begin: Open,
    pub(super) known: u8,
    pub(super) end: u32,
    pub(super) time: i64,
}

/// A clock that was set; or where another one begins (a change of 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    /// From 1; 0: free.
    pub(super) slot: u8,
    pub(super) index: u32,
    pub(super) change: i64,
}

/// The largest total of reversals that name a record alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) log: [u8; 8],
    /// Zeros: by its own log, which has one record at an index.
    pub(super) identity: [u8; 8],
    pub(super) index: u32,
    /// 0: free.
    pub(super) total: u32,
}

/// What a rule is.
pub(super) mod kind {
    pub(in super::super) const RECALL: u8 = 1;
    pub(in super::super) const END: u8 = 2;
    pub(in super::super) const FACT: u8 = 3;
    pub(in super::super) const SAME: u8 = 4;
}

/// What an authority said: of one product, and of some lots or one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rule {
    /// 0: free.
    pub(super) kind: u8,
    pub(super) by: u8,
    pub(super) ended: bool,
    pub(super) identity: [u8; 8],
    pub(super) index: u32,
    /// Of an end: the index of the recall.
    pub(super) names: u32,
    pub(super) time: u32,
    pub(super) product: u16,
    /// Lot numbers one after the other, 0: all; of an end the recall's log and identity, 0: its own log's; of products
    /// that are one the other.
    pub(super) lots: u16,
    pub(super) expiry: u16,
}

impl Rule {
    pub(super) const EMPTY: Self = Self {
        kind: 0,
        by: 0,
        ended: false,
        identity: [0; 8],
        index: 0,
        names: 0,
        time: 0,
        product: 0,
        lots: 0,
        expiry: 0,
    };
}

/// A line on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sent {
    /// The text of its log's id; 0: free.
    pub(super) log: u16,
    pub(super) lot: u16,
    pub(super) index: u32,
    pub(super) sent: u32,
    /// Received, back or closed.
    pub(super) gone: u32,
    /// How far back the first line of its shipment stands; itself one: 0.
    pub(super) back: u16,
}

impl Sent {
    pub(super) const EMPTY: Self = Self { log: 0, lot: 0, index: 0, sent: 0, gone: 0, back: 0 };
}

const _: () = assert!(size_of::<Sent>() <= 20, "20 bytes a line on the way");

/// Everything but rows, lots and texts. All zero when empty, so that a static of it takes no flash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    pub(super) rows: u16,
    pub(super) lots: u16,
    pub(super) texts: u16,
    pub(super) places: u16,
    pub(super) logs: u16,
    /// What didn't fit, by [`Room`].
    pub(super) lost: u16,
    /// Whether a count of some funds or products only was ever held.
    pub(super) limited: bool,
    /// The end of the last day on which something was said of a row that was given up; 0: none was.
    pub(super) forgotten: i64,
    pub(super) log: [Log; LOGS],
    pub(super) cells: [[Cell; LOGS]; LOGS],
    pub(super) known: [[u32; LOGS]; KNOWN],
    pub(super) open: [Open; OPEN],
    pub(super) rests: [Rest; RESTS],
    pub(super) clocks: [Clock; CLOCKS],
    pub(super) taken: [Taken; TAKEN],
    pub(super) place: [At; PLACES],
    pub(super) issuer: [Hash; ISSUERS],
    pub(super) rules: [Rule; RULES],
}

const _: () = assert!(size_of::<State>() <= 6_720, "6.6 KiB besides rows, lots, texts and lines on the way");

impl Row {
    pub(super) const EMPTY: Self = Self {
        stock: 0,
        time: 0,
        counted: 0,
        measure: 0,
        index: 0,
        begin: 0,
        lot: 0,
        place: 0,
        slot: 0,
        known: 0,
        flags: 0,
    };
    pub(super) const fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

impl Lot {
    pub(super) const EMPTY: Self = Self { product: 0, number: 0, expiry: 0, seen: 0 };
    pub(super) const STALE: u16 = 1 << 15;
    pub(super) const LAST_DAY: u16 = Self::STALE - 1;
    pub(super) const fn is_stale(&self) -> bool {
        self.seen & Self::STALE != 0
    }
    pub(super) const fn set_stale(&mut self, stale: bool) {
        self.seen = if stale { self.seen | Self::STALE } else { self.seen & !Self::STALE };
    }
    pub(super) const fn day(&self) -> u16 {
        self.seen & !Self::STALE
    }
}

impl State {
    pub(super) const EMPTY: Self = Self {
        rows: 0,
        lots: 0,
        texts: 0,
        places: 0,
        logs: 0,
        lost: 0,
        limited: false,
        forgotten: 0,
        log: [Log::EMPTY; LOGS],
        cells: [[Cell { head: [0; 8], count: 0, clocked: 0, clock: 0 }; LOGS]; LOGS],
        known: [[0; LOGS]; KNOWN],
        open: [Open::EMPTY; OPEN],
        rests: [Rest { begin: Open::EMPTY, known: 0, end: 0, time: 0 }; RESTS],
        clocks: [Clock { slot: 0, index: 0, change: 0 }; CLOCKS],
        taken: [Taken { log: [0; 8], identity: [0; 8], index: 0, total: 0 }; TAKEN],
        place: [At { store: 0, fund: 0, vvm: 0, hold: false }; PLACES],
        issuer: [Hash::ZERO; ISSUERS],
        rules: [Rule::EMPTY; RULES],
    };
}

impl Log {
    const EMPTY: Self = Self { id: [0; 16], head: [0; 16], count: 0, clock: 0, unset: false, noted: 0 };
}

impl Open {
    pub(super) const EMPTY: Self =
        Self { slot: 0, known: 0, ended: false, limited: false, store: 0, index: 0, time: 0 };
}

/// Where records that were applied can be read again: the host's log on flash, and what it keeps of its peers' logs.
pub trait Source {
    /// The exact bytes of a record; `None` where they aren't here (any more). Logs are named by the first 16 bytes of
    /// their ids. Scans ask for one index after the other: keep a cursor.
    fn record(&mut self, log: &[u8; 16], index: u32) -> Option<&[u8]>;

    /// A record's identity, where that is easy to say. Where it isn't, a reference is taken to mean the record that is
    /// held, and lines of equal time of different logs stay unsettled.
    fn identity(&mut self, log: &[u8; 16], index: u32) -> Option<Hash> {
        let _ = (log, index);
        None
    }
}

/// The memory of a table.
///
/// ```
/// use medlot_core::ledger::fixed::FixedLedger;
///
/// static EMPTY: FixedLedger<4, 64, 2> = FixedLedger::new();
/// let mut memory = EMPTY.clone();
/// let table = memory.table("HN-0417");
/// assert!(table.is_complete() && table.balances().next().is_none());
/// ```
#[derive(Debug, Clone)]
pub struct FixedLedger<const BALANCES: usize, const TEXTS: usize, const SENT: usize> {
    state: State,
    rows: [Row; BALANCES],
    lots: [Lot; BALANCES],
    texts: [u8; TEXTS],
    sent: [Sent; SENT],
}

impl<const BALANCES: usize, const TEXTS: usize, const SENT: usize> FixedLedger<BALANCES, TEXTS, SENT> {
    /// Empty: every byte is zero.
    #[must_use]
    pub const fn new() -> Self {
        const { assert!(BALANCES <= 65_535 && TEXTS <= 65_504 && TEXTS & 31 == 0, "numbers of 16 bits, texts by 32") };
        Self {
            state: State::EMPTY,
            rows: [Row::EMPTY; BALANCES],
            lots: [Lot::EMPTY; BALANCES],
            texts: [0; TEXTS],
            sent: [Sent::EMPTY; SENT],
        }
    }

    /// The table in it, of this facility.
    pub const fn table<'t>(&'t mut self, facility: &'t str) -> Table<'t> {
        Table {
            facility,
            rows: &mut self.rows,
            lots: &mut self.lots,
            texts: &mut self.texts,
            sent: &mut self.sent,
            s: &mut self.state,
        }
    }
}

impl<const BALANCES: usize, const TEXTS: usize, const SENT: usize> Default for FixedLedger<BALANCES, TEXTS, SENT> {
    fn default() -> Self {
        Self::new()
    }
}

/// The stock table of one facility.
#[derive(Debug)]
pub struct Table<'t> {
    pub(super) facility: &'t str,
    pub(super) rows: &'t mut [Row],
    pub(super) lots: &'t mut [Lot],
    pub(super) texts: &'t mut [u8],
    pub(super) sent: &'t mut [Sent],
    pub(super) s: &'t mut State,
}

/// Where and when a record took place.
#[derive(Debug, Clone, Copy)]
pub(super) struct When {
    pub(super) slot: usize,
    pub(super) index: u32,
    /// Written down later than it took place.
    pub(super) late: bool,
    /// In its own clock.
    pub(super) time: i64,
}

impl When {
    pub(super) fn of(slot: usize, index: u32, record: &Record<'_>) -> Self {
        let before = record.effective.filter(|_| !record.clock_unset);
        let time = record.recorded_at.as_secs().saturating_sub(before.unwrap_or(0));
        Self { slot, index, late: before.is_some(), time: i64::from(time) }
    }
}

/// The first bytes of a longer value.
pub(super) fn front<const N: usize>(bytes: &[u8; 16]) -> [u8; N] {
    let mut out = [0; N];
    out.iter_mut().zip(bytes).for_each(|(o, b)| *o = *b);
    out
}

impl Table<'_> {
    /// Takes the next record of one of the facility's logs; whether it is news.
    ///
    /// The source is asked for records before it: a reversal's target, the beginning of an older count. What needs more
    /// than that waits for [`Table::settle`].
    ///
    /// # Errors
    /// [`FixedError::Facility`] and [`FixedError::Order`]: nothing was taken. [`FixedError::Full`]: taken as far as
    /// there was room; the table is incomplete and stays so. [`FixedError::NotHere`]: taken, and something stays
    /// unsettled.
    pub fn apply(&mut self, record: &Verified<'_>, source: &mut dyn Source) -> Result<bool, FixedError> {
        if record.facility() != self.facility {
            return Err(FixedError::Facility);
        }
        let at = record.at();
        let (identity, previous) = (at.identity.log16(), record.previous().log16());
        let slot = self.slot_put(&at.log.log16()).ok_or(()).or_else(|()| self.full(Room::Logs))?;
        let log = self.log(slot);
        if at.index > log.count {
            return Err(FixedError::Order(log.count));
        }
        if at.index < log.count {
            let last = at.index + 1 == log.count;
            let held = if last { Some(log.head) } else { source.identity(&log.id, at.index).map(|h| h.log16()) };
            return if held.is_none_or(|held| held == identity) { Ok(false) } else { self.full(Room::Branches) };
        }
        if at.index > 0 && previous != log.head {
            return self.full(Room::Branches);
        }
        self.make_room(record.record().recorded_at.as_secs());
        if let Some(log) = self.s.log.get_mut(slot) {
            (log.head, log.count) = (identity, at.index + 1);
        }
        self.check_observed(slot, at.index + 1, &front(&identity));
        let when = When::of(slot, at.index, record.record());
        self.part_clocks(&when, record.record())?;
        self.take(&when, &front(&identity), record.record(), source).map(|()| true)
    }

    #[inline(never)]
    fn take(
        &mut self,
        when: &When,
        identity: &[u8; 8],
        record: &Record<'_>,
        source: &mut dyn Source,
    ) -> Result<(), FixedError> {
        match &record.entry {
            Entry::Movement { movement, .. } => self.moved(when, identity, &record.entry, movement, source),
            Entry::Reversal(reversal) => self.reversed(when, reversal, source),
            Entry::CountBegin(begin) => self.count_begins(when, begin),
            Entry::CountLine(line) => self.counted(when, line, source),
            Entry::CountEnd(end) => self.count_ends(when, end),
            Entry::Observed(observed) => self.observed(when, observed, source),
            Entry::ClockSet(set) => self.clock_set(when, set.change),
            Entry::SameProduct(same) => self.same(Rule { index: when.index, ..Rule::EMPTY }, same),
            _ => Ok(()),
        }
    }

    /// Notes that there was no room.
    #[inline(never)]
    pub(super) fn full<T>(&mut self, room: Room) -> Result<T, FixedError> {
        self.s.lost |= 1 << room as u8;
        Err(FixedError::Full(room))
    }

    /// A record that was applied, read again.
    #[inline(never)]
    pub(super) fn read<'r>(
        &self,
        slot: usize,
        index: u32,
        source: &'r mut dyn Source,
    ) -> Result<Record<'r>, FixedError> {
        let bytes = source.record(&self.log(slot).id, index);
        bytes.and_then(|bytes| Record::decode(bytes).ok()).ok_or(FixedError::NotHere(index))
    }

    #[inline(never)]
    pub(super) fn log(&self, slot: usize) -> Log {
        self.s.log.get(slot).copied().unwrap_or(Log::EMPTY)
    }

    #[inline(never)]
    pub(super) fn slot_put(&mut self, id: &[u8; 16]) -> Option<usize> {
        let used = usize::from(self.s.logs);
        let held = self.s.log.iter().take(used).position(|log| log.id == *id);
        if held.is_some() {
            return held;
        }
        self.s.log.get_mut(used)?.id = *id;
        self.s.logs += 1;
        Some(used)
    }

    /// The slots of logs with this id of 8 bytes.
    #[inline(never)]
    pub(super) fn slot_of(&self, id: &[u8; 8]) -> Option<usize> {
        self.s.log.iter().take(self.s.logs.into()).position(|log| front::<8>(&log.id) == *id)
    }

    #[inline(never)]
    pub(super) fn cell(&self, by: usize, of: usize) -> Cell {
        let cell = self.s.cells.get(by).and_then(|row| row.get(of)).copied();
        cell.unwrap_or(Cell { head: [0; 8], count: 0, clocked: 0, clock: 0 })
    }

    /// How many records of a log a line knew.
    #[inline(never)]
    pub(super) fn knew(&self, known: u8, of: usize) -> u32 {
        self.s.known.get(usize::from(known)).and_then(|of_line| of_line.get(of)).copied().unwrap_or(0)
    }

    #[inline(never)]
    pub(super) fn rows(&self) -> &[Row] {
        self.rows.get(..self.s.rows.into()).unwrap_or_default()
    }

    #[inline(never)]
    pub(super) fn rows_mut(&mut self) -> &mut [Row] {
        self.rows.get_mut(..self.s.rows.into()).unwrap_or_default()
    }

    #[inline(never)]
    pub(super) fn row(&self, row: usize) -> Row {
        self.rows().get(row).copied().unwrap_or(Row::EMPTY)
    }

    #[inline(never)]
    pub(super) fn mark(&mut self, row: usize, flags: u8) {
        if let Some(row) = self.rows.get_mut(row) {
            row.flags |= flags;
        }
    }

    /// What kinds of room were too small, as bits by [`Room`]; 0: everything applied is in the table.
    #[must_use]
    pub const fn lost(&self) -> u16 {
        self.s.lost
    }

    /// Whether all that was applied is in the stock: nothing but lines on the way was lost, and nothing waits for
    /// [`Table::settle`].
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let lots = self.lots.iter().take(self.s.lots.into());
        self.s.lost & !(1 << Room::Sent as u8) == 0
            && self.rows().iter().all(|row| !row.is(is::STALE))
            && lots.clone().all(|lot| !lot.is_stale())
    }

    /// How many records of each log are in the table: the log's id (16 bytes) and the count.
    pub fn as_of(&self) -> impl Iterator<Item = ([u8; 16], u32)> + '_ {
        self.s.log.iter().take(self.s.logs.into()).map(|log| (log.id, log.count))
    }

    /// How many records of one log another had noted that it knew (`Observed`). Logs are named by the first 16 bytes of
    /// their ids.
    #[must_use]
    pub fn noted(&self, by: &[u8; 16], of: &[u8; 16]) -> u32 {
        let slot = |id: &[u8; 16]| self.s.log.iter().take(self.s.logs.into()).position(|log| log.id == *id);
        slot(by).zip(slot(of)).map_or(0, |(by, of)| self.cell(by, of).count)
    }
}
