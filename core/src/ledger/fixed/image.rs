//! The table as bytes: what a checkpoint of the log carries, so that opening doesn't read the log again.
//!
//! ```text
//! "MLT" │ version u8 = 1 │ facility 20 │ numbers of rows, lots, … │ logs … │ rows │ lots │ texts │ CRC-32
//! ```
//!
//! Integers are little-endian. It isn't exchanged: another build may refuse it, and then the log is applied anew.

use super::error::FixedError;
use super::state::{
    At, CLOCKS, Cell, Clock, ISSUERS, KNOWN, LOGS, Log, Lot, OPEN, Open, PLACES, RESTS, RULES, Rest, Row, Rule, Sent,
    TAKEN, Table, Taken,
};
use crate::crypto::Hash;
use crate::log::Sum;

const MAGIC: [u8; 4] = *b"MLT\x01";
/// Bytes of texts in one piece.
const TEXTS: usize = 32;
const PIECE: usize = 64;

/// Hands over each field's bytes: to be taken, or to be filled in.
type Io<'i> = dyn FnMut(&mut [u8]) + 'i;

trait Fields {
    fn exchange(&mut self, io: &mut Io<'_>);
}

macro_rules! integers {
    ($($t:ty),*) => {$(
        impl Fields for $t {
            fn exchange(&mut self, io: &mut Io<'_>) {
                let mut bytes = self.to_le_bytes();
                io(&mut bytes);
                *self = Self::from_le_bytes(bytes);
            }
        }
    )*};
}
integers!(u16, u32, i64);

impl Fields for bool {
    fn exchange(&mut self, io: &mut Io<'_>) {
        let mut byte = [u8::from(*self)];
        io(&mut byte);
        *self = byte == [1];
    }
}

impl Fields for u8 {
    fn exchange(&mut self, io: &mut Io<'_>) {
        io(core::slice::from_mut(self));
    }
}

impl<const N: usize> Fields for [u8; N] {
    fn exchange(&mut self, io: &mut Io<'_>) {
        io(self);
    }
}

impl<const N: usize> Fields for [u32; N] {
    fn exchange(&mut self, io: &mut Io<'_>) {
        self.iter_mut().for_each(|n| n.exchange(io));
    }
}

macro_rules! fields {
    ($($t:ty { $($field:tt),* })*) => {$(
        impl Fields for $t {
            fn exchange(&mut self, io: &mut Io<'_>) {
                $(self.$field.exchange(io);)*
            }
        }
    )*};
}
fields! {
    Hash { 0 }
    Log { id, head, count, clock, unset, noted }
    Cell { head, count, clocked, clock }
    Open { slot, known, ended, limited, store, index, time }
    Rest { begin, known, end, time }
    Clock { slot, index, change }
    Taken { log, identity, index, total }
    At { store, fund, vvm, hold }
    Rule { kind, by, ended, identity, index, names, time, product, lots, expiry }
    Row { stock, time, counted, measure, index, begin, lot, place, slot, known, flags }
    Lot { product, number, expiry, seen }
    Sent { log, lot, index, sent, gone, back }
}

/// What stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Front {
    magic: [u8; 4],
    facility: [u8; 20],
    numbers: [u16; 7],
    limited: bool,
    forgotten: i64,
}

impl Fields for Front {
    fn exchange(&mut self, io: &mut Io<'_>) {
        self.magic.exchange(io);
        self.facility.exchange(io);
        self.numbers.iter_mut().for_each(|n| n.exchange(io));
        self.limited.exchange(io);
        self.forgotten.exchange(io);
    }
}

/// Some bytes of an image.
#[derive(Debug, Clone, Copy)]
pub struct Piece {
    bytes: [u8; PIECE],
    length: usize,
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl Piece {
    fn of(fields: &mut dyn Fields) -> Self {
        let mut piece = Self { bytes: [0; PIECE], length: 0 };
        fields.exchange(&mut |bytes| {
            let room = piece.bytes.iter_mut().skip(piece.length);
            room.zip(bytes.iter()).for_each(|(to, from)| *to = *from);
            piece.length += bytes.len();
        });
        piece
    }
}

/// The bytes of a table, piece by piece; it can be walked twice, as a checkpoint is.
#[derive(Clone)]
pub struct Image<'i> {
    table: &'i Table<'i>,
    at: usize,
    sum: Option<Sum>,
}

impl Iterator for Image<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if let Some(piece) = self.table.piece(self.at) {
            self.at += 1;
            if let Some(sum) = &mut self.sum {
                sum.update(piece.as_ref());
            }
            return Some(piece);
        }
        self.sum.take().map(|sum| Piece::of(&mut sum.finish()))
    }
}

/// Finds the part of number `$n` in all of the table's lists, and does `$then` with it.
macro_rules! parts {
    ($t:ident, $n:ident, $get:ident, $flat:ident, $chunks:ident, |$part:ident| $then:expr) => {
        let (rows, lots) = (usize::from($t.s.rows), usize::from($t.s.lots));
        let texts = usize::from($t.s.texts).div_ceil(TEXTS);
        parts!(@ $n, $get, |$part| $then,
            ($t.s.log, LOGS) ($t.s.cells.$flat(), LOGS * LOGS) ($t.s.known, KNOWN) ($t.s.open, OPEN)
            ($t.s.rests, RESTS) ($t.s.clocks, CLOCKS) ($t.s.taken, TAKEN) ($t.s.place, PLACES)
            ($t.s.issuer, ISSUERS) ($t.s.rules, RULES) ($t.sent, $t.sent.len())
            ($t.rows, rows) ($t.lots, lots) ($t.texts.$chunks::<TEXTS>().0, texts));
    };
    (@ $n:ident, $get:ident, |$part:ident| $then:expr, $(($list:expr, $length:expr))*) => {$(
        if $n < $length {
            if let Some($part) = $list.$get($n) {
                $then
            }
        }
        $n = $n.saturating_sub($length);
    )*};
}

impl Table<'_> {
    fn front(&self) -> Front {
        let s = &self.s;
        let mut facility = [0; 20];
        facility.iter_mut().zip(self.facility.as_bytes()).for_each(|(to, from)| *to = *from);
        let numbers = [s.rows, s.lots, s.texts, s.places, s.logs, s.lost, self.sent.len() as u16];
        Front { magic: MAGIC, facility, numbers, limited: s.limited, forgotten: s.forgotten }
    }

    fn piece(&self, number: usize) -> Option<Piece> {
        let Some(mut n) = number.checked_sub(1) else { return Some(Piece::of(&mut self.front())) };
        parts!(self, n, get, as_flattened, as_chunks, |part| {
            let mut part = *part;
            return Some(Piece::of(&mut part));
        });
        None
    }

    fn fill(&mut self, number: usize, io: &mut Io<'_>) -> bool {
        let mut n = number;
        parts!(self, n, get_mut, as_flattened_mut, as_chunks_mut, |part| {
            part.exchange(io);
            return true;
        });
        false
    }

    /// The table as bytes, in pieces of at most 64: what a log's checkpoint carries.
    #[must_use]
    pub fn image(&self) -> Image<'_> {
        Image { table: self, at: 0, sum: Some(Sum::new()) }
    }

    /// Reads an image into this table; `read` fills a buffer and says whether it could. What was in it is gone, also
    /// where the image is refused: then it is empty and the log is applied anew.
    ///
    /// # Errors
    /// [`FixedError::Image`].
    pub fn read_from(&mut self, read: &mut dyn FnMut(&mut [u8]) -> bool) -> Result<(), FixedError> {
        let (mut sum, mut good) = (Sum::new(), true);
        let mut io = |bytes: &mut [u8]| {
            good &= read(bytes);
            sum.update(bytes);
        };
        self.clear();
        let expected = self.front();
        let mut front = expected;
        front.exchange(&mut io);
        let [rows, lots, texts, places, logs, lost, sent] = front.numbers;
        let fits = usize::from(rows) <= self.rows.len()
            && usize::from(lots) <= self.lots.len()
            && usize::from(texts) <= self.texts.len()
            && usize::from(places) <= self.s.place.len()
            && usize::from(logs) <= self.s.log.len();
        let Front { magic, facility, .. } = front;
        let same = (magic, facility, Some(&sent)) == (expected.magic, expected.facility, expected.numbers.last());
        if !fits || !same {
            return Err(FixedError::Image);
        }
        (self.s.rows, self.s.lots, self.s.texts, self.s.places) = (rows, lots, texts, places);
        (self.s.logs, self.s.lost, self.s.limited) = (logs, lost, front.limited);
        self.s.forgotten = front.forgotten;
        let mut at = 0;
        while self.fill(at, &mut io) {
            at += 1;
        }
        let found = sum.finish();
        let mut kept = [0; 4];
        if good && read(&mut kept) && kept == found {
            return Ok(());
        }
        self.clear();
        Err(FixedError::Image)
    }
}
