//! Rows: how records travel in a segment (`spec/wire-format.md` section 6.1).
//!
//! ```text
//! row = FF │ length │ record bytes                                        raw
//!     = shape │ time │ [effective] │ lot │ quantity │ optional fields     a movement
//! ```

use super::bytes::{Reader, Writer};
use super::segment::SegmentError;
use crate::limits::{MAX_CODE_BYTES, MAX_RECORD_BYTES, MAX_ROW_RECORD_BYTES, MAX_WINDOW};

const RAW: u8 = 0xff;
const SHAPE: u8 = 0x80;
const LOT: u8 = 0x81;
const OPERATOR: u8 = 0x82;
const PARTY: u8 = 0x83;
const REFERENCE: u8 = 0x84;
const OWN: u8 = 0x85;

/// Head byte of a record: clock never set, effective time present.
const CLOCK_UNSET: u8 = 0x80;
const EFFECTIVE: u8 = 0x40;
/// Time, head and one byte of body.
const MIN_RECORD_BYTES: usize = 6;
/// Number of optional fields of a movement before its extension bit.
const FIELDS: u32 = 23;

/// How an optional field of a movement is written, by its presence bit (section 5.2).
#[derive(Clone, Copy)]
enum Form {
    Operator,
    Document,
    SecondDocument,
    Party,
    Answers,
    Nothing,
    Varint,
    TwoVarints,
    Text,
    Fixed(u8),
}

const fn form(bit: u32) -> Form {
    match bit {
        0 => Form::Operator,
        1 => Form::Document,
        3 => Form::Party,
        4 => Form::Nothing,
        7 => Form::Answers,
        9 => Form::TwoVarints,
        8 | 10 | 11 | 14 | 15 | 21 => Form::Text,
        16 | 17 => Form::Fixed(1),
        18 => Form::SecondDocument,
        19 => Form::Fixed(8),
        20 => Form::Fixed(10),
        22 => Form::Fixed(2),
        _ => Form::Varint,
    }
}

/// The last 128 items: offsets of their introducing bytes, which say the class.
struct Window {
    offsets: [u16; MAX_WINDOW],
    entered: u32,
    /// Introduced by the row at hand; they enter after it.
    waiting: [u16; 5],
    waits: usize,
}

impl Window {
    const fn new() -> Self {
        Self { offsets: [0; MAX_WINDOW], entered: 0, waiting: [0; 5], waits: 0 }
    }
    fn get(&self, slot: u8) -> Option<usize> {
        (u32::from(slot) < self.entered).then(|| self.offsets.get(usize::from(slot)).map(|o| usize::from(*o)))?
    }
    fn introduce(&mut self, offset: usize) -> Option<()> {
        *self.waiting.get_mut(self.waits)? = u16::try_from(offset).ok()?;
        self.waits += 1;
        Some(())
    }
    fn end_row(&mut self) {
        for offset in self.waiting.iter().take(self.waits) {
            if let Some(slot) = self.offsets.get_mut(self.entered as usize % MAX_WINDOW) {
                *slot = *offset;
            }
            self.entered += 1;
        }
        self.waits = 0;
    }
}

/// The number of the last document of a row, whose beginning the next one may share.
struct LastDocument {
    bytes: [u8; MAX_CODE_BYTES],
    len: usize,
}

impl LastDocument {
    const fn new() -> Self {
        Self { bytes: [0; MAX_CODE_BYTES], len: 0 }
    }
    fn get(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
    /// Keeps the first `shared` bytes and takes the rest; `None` where that is not possible.
    fn set(&mut self, shared: usize, rest: &[u8]) -> Option<()> {
        let end = shared.checked_add(rest.len())?;
        if shared > self.len {
            return None;
        }
        self.bytes.get_mut(shared..end)?.copy_from_slice(rest);
        self.len = end;
        Some(())
    }
}

/// What judges whether bytes are a movement in its one form, as a row may rebuild it.
pub(super) type Judge = fn(&[u8]) -> bool;

/// Room for one record rebuilt from a row.
pub(super) type Buffer = [u8; MAX_ROW_RECORD_BYTES];

/// Rebuilds the exact bytes of each record of a segment, in order.
pub(super) struct Rebuild<'a> {
    rows: &'a [u8],
    at: usize,
    index: u32,
    base: Option<u32>,
    window: Window,
    document: LastDocument,
    judge: Judge,
}

impl<'a> Rebuild<'a> {
    pub(super) const fn new(rows: &'a [u8], index: u32, judge: Judge) -> Self {
        Self { rows, at: 0, index, base: None, window: Window::new(), document: LastDocument::new(), judge }
    }
    pub(super) const fn is_at_end(&self) -> bool {
        self.at >= self.rows.len()
    }

    /// The next record's bytes where it travels raw.
    pub(super) fn raw_here(&self) -> Option<&'a [u8]> {
        let mut row = Reader::new(self.rows, self.at);
        if row.byte()? != RAW {
            return None;
        }
        row.text()
    }

    /// The next record's bytes; `verified` spares the judgement of a row that the first pass made.
    pub(super) fn next<'b>(&mut self, buffer: &'b mut Buffer, verified: bool) -> Result<&'b [u8], SegmentError>
    where
        'a: 'b,
    {
        let mut row = Reader::new(self.rows, self.at);
        if self.rows.get(self.at) == Some(&RAW) {
            row.byte();
            let length = row.varint32().ok_or(SegmentError::Row)? as usize;
            if length > MAX_RECORD_BYTES {
                return Err(SegmentError::RecordTooLong);
            }
            let record = row.take(length).ok_or(SegmentError::Row)?;
            if record.len() < MIN_RECORD_BYTES {
                return Err(SegmentError::Row);
            }
            if record.get(4).is_some_and(|head| head & CLOCK_UNSET == 0) {
                self.base = record.first_chunk().map(|t| u32::from_le_bytes(*t));
            }
            self.at = row.at();
            self.index = self.index.wrapping_add(1);
            return Ok(record);
        }
        let mut out = Writer::new(buffer);
        self.base = Some(self.movement(&mut row, &mut out)?);
        let len = out.len();
        self.window.end_row();
        self.at = row.at();
        self.index = self.index.wrapping_add(1);
        let record = buffer.get(..len).unwrap_or_default();
        if !verified && !(self.judge)(record) {
            return Err(SegmentError::Malformed);
        }
        Ok(record)
    }

    /// One movement; gives its `recorded_at`.
    fn movement(&mut self, row: &mut Reader<'a>, out: &mut Writer<'_>) -> Result<u32, SegmentError> {
        let mut shape = self.item(row, SHAPE)?;
        let short = SegmentError::Row;
        let (what, flags) = (shape.varint().ok_or(short)?, shape.varint().ok_or(short)?);
        if flags >> (FIELDS + 1) != 0 {
            return Err(short);
        }
        let (presence, effective) = ((flags >> 1) as u32, flags & 1 == 1);
        let time = match self.base {
            None => u32::from_le_bytes(row.array().ok_or(short)?),
            Some(base) => base.checked_add(row.varint32().ok_or(short)?).ok_or(short)?,
        };
        let full = SegmentError::RecordTooLong;
        out.put(&time.to_le_bytes()).ok_or(full)?;
        out.byte(if effective { EFFECTIVE } else { 0 }).ok_or(full)?;
        if effective {
            out.varint(row.varint().ok_or(short)?).ok_or(full)?;
        }
        out.varint(u64::from(presence)).ok_or(full)?;
        out.varint(what).ok_or(full)?;
        let mut lot = self.item(row, LOT)?;
        copy(&mut lot, out, Reader::skip_lot)?;
        out.varint(row.varint().ok_or(short)?).ok_or(full)?;
        let mut rest = presence;
        while rest != 0 {
            let bit = rest.trailing_zeros();
            rest &= rest - 1;
            self.field(form(bit), row, out)?;
        }
        Ok(time)
    }

    fn field(&mut self, form: Form, row: &mut Reader<'a>, out: &mut Writer<'_>) -> Result<(), SegmentError> {
        let (short, full) = (SegmentError::Row, SegmentError::RecordTooLong);
        match form {
            Form::Nothing => Ok(()),
            Form::Operator => copy(&mut self.item(row, OPERATOR)?, out, |r| r.text().map(drop)),
            Form::Party => copy(&mut self.item(row, PARTY)?, out, Reader::skip_party),
            Form::Document => {
                copy(row, out, |r| r.varint().map(drop))?;
                let shared = usize::try_from(row.varint().ok_or(short)?).map_err(|_| short)?;
                let rest = row.text().ok_or(short)?;
                self.document.set(shared, rest).ok_or(short)?;
                out.varint(self.document.len as u64).ok_or(full)?;
                out.put(self.document.get()).ok_or(full)
            }
            Form::SecondDocument => copy(row, out, |r| r.varint().and_then(|_| r.text()).map(drop)),
            Form::Answers if self.rows.get(row.at()) == Some(&OWN) => {
                row.byte();
                let back = row.varint32().ok_or(short)?;
                let index = self.index.checked_sub(back).filter(|_| back > 0).ok_or(short)?;
                out.byte(0).and_then(|()| out.varint(u64::from(index))).ok_or(full)
            }
            Form::Answers => {
                out.byte(1).ok_or(full)?;
                copy(&mut self.item(row, REFERENCE)?, out, Reader::skip_reference)
            }
            Form::Varint => copy(row, out, |r| r.varint().map(drop)),
            Form::TwoVarints => copy(row, out, |r| r.varint().and_then(|_| r.varint()).map(drop)),
            Form::Text => copy(row, out, |r| r.text().map(drop)),
            Form::Fixed(n) => copy(row, out, |r| r.take(usize::from(n)).map(drop)),
        }
    }

    /// A reader at the content of the item that stands here or is pointed at.
    fn item(&mut self, row: &mut Reader<'a>, class: u8) -> Result<Reader<'a>, SegmentError> {
        let offset = row.at();
        match row.byte().ok_or(SegmentError::Row)? {
            b if b == class => {
                self.window.introduce(offset).ok_or(SegmentError::Row)?;
                let content = *row;
                match class {
                    SHAPE => row.varint().and_then(|_| row.varint()).map(drop),
                    LOT => row.skip_lot(),
                    OPERATOR => row.text().map(drop),
                    PARTY => row.skip_party(),
                    _ => row.skip_reference(),
                }
                .ok_or(SegmentError::Row)?;
                Ok(content)
            }
            slot => {
                let offset = self.window.get(slot).ok_or(SegmentError::Slot)?;
                if self.rows.get(offset) != Some(&class) {
                    return Err(SegmentError::Slot);
                }
                Ok(Reader::new(self.rows, offset + 1))
            }
        }
    }
}

/// Copies one form as it stands.
fn copy<'a>(
    from: &mut Reader<'a>,
    out: &mut Writer<'_>,
    skip: impl FnOnce(&mut Reader<'a>) -> Option<()>,
) -> Result<(), SegmentError> {
    let start = from.at();
    skip(from).ok_or(SegmentError::Row)?;
    out.put(from.since(start).unwrap_or_default()).ok_or(SegmentError::RecordTooLong)
}

/// Writes records as rows, each in the shorter form that is allowed.
pub(super) struct Rows {
    base: Option<u32>,
    window: Window,
    document: LastDocument,
    index: u32,
    judge: Judge,
    /// Where the rows begin in the output; window offsets count from there.
    origin: usize,
}

impl Rows {
    pub(super) const fn new(origin: usize, index: u32, judge: Judge) -> Self {
        Self { base: None, window: Window::new(), document: LastDocument::new(), index, judge, origin }
    }

    /// Appends one record; `None` = the output is full (what was begun is taken back).
    pub(super) fn push(&mut self, record: &[u8], out: &mut Writer<'_>) -> Option<()> {
        let start = out.len();
        if record.len() < MIN_RECORD_BYTES {
            return None;
        }
        let (time, head) = (record.first_chunk().map(|t| u32::from_le_bytes(*t))?, *record.get(4)?);
        let row =
            record.len() <= MAX_ROW_RECORD_BYTES && (self.judge)(record) && self.base.is_none_or(|base| base <= time);
        let written = if row { self.movement(record, time, head, out) } else { Some(false) };
        if written != Some(true) {
            out.rewind(start);
            self.window.waits = 0;
            let raw = out.byte(RAW).and_then(|()| out.varint(record.len() as u64)).and_then(|()| out.put(record));
            if raw.is_none() {
                out.rewind(start);
                return None;
            }
        }
        self.window.end_row();
        if head & CLOCK_UNSET == 0 {
            self.base = Some(time);
        }
        self.index = self.index.wrapping_add(1);
        Some(())
    }

    /// `Some(false)`: this record has no row form.
    fn movement(&mut self, record: &[u8], time: u32, head: u8, out: &mut Writer<'_>) -> Option<bool> {
        let mut r = Reader::new(record, 5);
        let effective = if head & EFFECTIVE != 0 { Some(r.varint()?) } else { None };
        let (presence, what) = (r.varint32()?, r.varint()?);
        if presence >> FIELDS != 0 {
            return Some(false); // an extension travels raw
        }
        let mut shape = [0u8; 20];
        let mut content = Writer::new(&mut shape);
        content.varint(what)?;
        content.varint(u64::from(presence) << 1 | u64::from(effective.is_some()))?;
        self.item(SHAPE, content.written(), out)?;
        match self.base {
            None => out.put(&time.to_le_bytes())?,
            Some(base) => out.varint(u64::from(time - base))?,
        }
        if let Some(effective) = effective {
            out.varint(effective)?;
        }
        let lot = r.at();
        r.skip_lot()?;
        self.item(LOT, r.since(lot)?, out)?;
        out.varint(r.varint()?)?;
        let before = (self.document.bytes, self.document.len);
        let mut rest = presence;
        while rest != 0 {
            let bit = rest.trailing_zeros();
            rest &= rest - 1;
            if self.field(form(bit), &mut r, out).is_none() {
                (self.document.bytes, self.document.len) = before;
                return None;
            }
        }
        Some(true)
    }

    fn field(&mut self, form: Form, r: &mut Reader<'_>, out: &mut Writer<'_>) -> Option<()> {
        let start = r.at();
        match form {
            Form::Nothing => {}
            Form::Operator => {
                r.text()?;
                self.item(OPERATOR, r.since(start)?, out)?;
            }
            Form::Party => {
                r.skip_party()?;
                self.item(PARTY, r.since(start)?, out)?;
            }
            Form::Document => {
                out.varint(r.varint()?)?;
                let number = r.text()?;
                let shared = self.document.get().iter().zip(number).take_while(|(a, b)| a == b).count();
                let rest = number.get(shared..)?;
                out.varint(shared as u64)?;
                out.varint(rest.len() as u64)?;
                out.put(rest)?;
                self.document.set(shared, rest)?;
            }
            Form::SecondDocument => {
                r.varint()?;
                r.text()?;
                out.put(r.since(start)?)?;
            }
            Form::Answers => match r.byte()? {
                0 => {
                    let index = r.varint32()?;
                    out.byte(OWN)?;
                    out.varint(u64::from(self.index.checked_sub(index).filter(|d| *d > 0)?))?;
                }
                _ => {
                    r.skip_reference()?;
                    self.item(REFERENCE, r.since(start + 1)?, out)?;
                }
            },
            Form::Varint => out.varint(r.varint()?)?,
            Form::TwoVarints => {
                out.varint(r.varint()?)?;
                out.varint(r.varint()?)?;
            }
            Form::Text => {
                r.text()?;
                out.put(r.since(start)?)?;
            }
            Form::Fixed(n) => out.put(r.take(usize::from(n))?)?,
        }
        Some(())
    }

    /// Points at an item of equal content, or introduces it.
    fn item(&mut self, class: u8, content: &[u8], out: &mut Writer<'_>) -> Option<()> {
        let rows = out.written().get(self.origin..).unwrap_or_default();
        let filled = (self.window.entered as usize).min(MAX_WINDOW);
        // Each row looks through the window: a byte in the middle, where items of a class differ, turns nearly all away.
        let middle = content.len() / 2;
        let found = self.window.offsets.iter().take(filled).position(|o| {
            let at = usize::from(*o);
            rows.get(at + 1 + middle) == content.get(middle)
                && rows.get(at) == Some(&class)
                && rows.get(at + 1..).is_some_and(|there| there.starts_with(content))
        });
        match found {
            Some(slot) => out.byte(u8::try_from(slot).ok()?),
            None => {
                let offset = out.len() - self.origin;
                out.byte(class)?;
                out.put(content)?;
                self.window.introduce(offset)
            }
        }
    }
}
