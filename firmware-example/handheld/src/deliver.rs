//! Receiving what another device handed over, and handing over.

use crate::base::{Handheld, MAX_OWN_RECORD};
use crate::object::{movement_of, piece};
use crate::out::{Out, Say};
use crate::refusal::Refusal;
use crate::stock::{MAX_READ, Memory};
use embedded_storage::nor_flash::NorFlash;
use medlot_core::ident::{DocumentNumber, Party};
use medlot_core::log::{FlashLog, LogError};
use medlot_core::movement::reasons;
use medlot_core::movement::{Direction, Document, Group, Movement, Reference};
use medlot_core::record::{
    Authentic, AuthenticRecord, Element, Entry, ObjectType, Record, TipError, header, write_element,
};
use medlot_core::time::Timestamp;
use medlot_core::trust::Evaluation;

impl<L: NorFlash + Clone, S: NorFlash, M: Memory> Handheld<L, S, M> {
    /// Writes a receipt for each line of a delivery; all of them or none.
    #[inline(never)]
    pub(crate) fn receive(&mut self, segment: &Authentic<'_>, lines: u16) -> Result<(), Refusal> {
        self.was_not_received(segment)?;
        match self.receipts(segment, lines) {
            Err(refusal) if refusal == TipError::SealDue.into() => {
                self.sealed()?;
                self.receipts(segment, lines)
            }
            other => other,
        }
    }

    /// The receipts of these lines, as one group.
    #[inline(never)]
    fn receipts(&mut self, segment: &Authentic<'_>, lines: u16) -> Result<(), Refusal> {
        let now = self.time()?;
        let mut group = self.log_mut()?.group()?;
        let (mut records, mut at) = (segment.records(), 0u32);
        while let Some(record) = records.next() {
            let Some(movement) = movement_of(record.bytes()).filter(|m| m.sent) else { continue };
            let receipt = receipt(&record, &movement, lines, at);
            let mut bytes = [0; MAX_OWN_RECORD];
            let length =
                Record::new(now, Entry::Movement { movement: receipt, extensions: None }).encode(&mut bytes)?;
            group.push(bytes.get(..length).unwrap_or_default())?;
            at += 1;
        }
        group.commit()?;
        self.last = self.last.max(now);
        self.catch_up()
    }

    /// Refuses a delivery of which a line was received already, here or by another device of the facility.
    #[inline(never)]
    fn was_not_received(&mut self, segment: &Authentic<'_>) -> Result<(), Refusal> {
        let log = self.log_mut()?;
        let from = log.blob()?.as_of();
        let mut received = has_received(log, from, segment)?;
        for ring in 0..self.fellows.rings() {
            let Some(log) = self.fellows.at(ring) else { continue };
            let from = log.blob()?.as_of();
            received |= has_received(log, from, segment)?;
        }
        if received { Err(Refusal::own("received_before")) } else { Ok(()) }
    }

    /// Hands the basket over: its lines as one batch, sealed at once, printed as the text of the bundle that verifies
    /// from the root alone. A `Blind` before it keeps the record before from being guessed.
    #[inline(never)]
    pub(crate) fn hand_over(
        &mut self,
        to: &str,
        document: Option<&str>,
        work: &mut [u8],
        out: &mut dyn Out,
    ) -> Result<(), Refusal> {
        let party = Party::parse(to)?;
        let document = document.map(document_of).transpose()?;
        let lines = u16::try_from(self.basket.lines()).ok().filter(|n| *n > 0).ok_or(Refusal::own("basket_empty"))?;
        let now = self.time()?;
        let path = self.path(work)?;
        self.handed_over((party, document), (lines, now), (path, work), out)
    }
    /// The same, with the path to the own enrolment at the front of the buffer.
    #[inline(never)] // what is written must not stand under the path's verification
    fn handed_over(
        &mut self,
        (party, document): (Party<'_>, Option<Document<'_>>),
        (lines, now): (u16, Timestamp),
        (path, work): (usize, &mut [u8]),
        out: &mut dyn Out,
    ) -> Result<(), Refusal> {
        let random = self.entropy.ok_or(Refusal::own("entropy_missing"))?;
        // Sealed before, so that the batch starts where nothing else is told; and after, so that it can travel.
        if self.log_mut()?.tip().unsealed() > 0 {
            self.sealed()?;
        }
        let log = self.log.as_mut().ok_or(Refusal::own("not_joined"))?;
        let first = log.tip().count() + 1;
        let mut group = log.group()?;
        let mut bytes = [0; MAX_OWN_RECORD];
        let length = Record::new(now, Entry::Blind(random)).encode(&mut bytes)?;
        group.push(bytes.get(..length).unwrap_or_default())?;
        for at in 0..lines {
            let mut line = self.basket.line(at).and_then(movement_of).ok_or(Refusal::own("basket_empty"))?;
            (line.reason, line.sent) = (WHOLESALE, true);
            line.group = group_of(lines, at.into());
            if at == 0 {
                (line.counterparty, line.document) = (Some(party), document);
            }
            let length = Record::new(now, Entry::Movement { movement: line, extensions: None }).encode(&mut bytes)?;
            group.push(bytes.get(..length).unwrap_or_default())?;
        }
        let end = group.commit()?;
        (self.entropy, self.last) = (None, self.last.max(now));
        self.catch_up()?;
        self.basket.empty();
        let seal = self.sealed()?;
        // The segment is written behind where it belongs, since the element's length stands in front of it.
        let (bundle, body) = work.split_at_mut_checked(work.len() / 2).ok_or(Refusal::own("buffer_full"))?;
        let length = piece(self.log_mut()?, first, end, &seal, body)?;
        let element = Element::Under { body: body.get(..length).unwrap_or_default() };
        let front = header(ObjectType::Bundle);
        bundle.get_mut(..front.len()).ok_or(Refusal::own("buffer_full"))?.copy_from_slice(&front);
        let length = path + write_element(&element, bundle.get_mut(path..).ok_or(Refusal::own("buffer_full"))?)?;
        let mut say = Say(out);
        say.text("handover").number(first.into()).number(end.into()).end();
        say.text("bundle").object(bundle.get(..length).unwrap_or_default()).end();
        Ok(())
    }
}

/// Number of lines that a segment sends to this facility; refused where one is sent to another.
#[inline(never)]
pub(crate) fn sent_to(
    facility: &str,
    evaluation: &Evaluation<'_, '_>,
    segment: &Authentic<'_>,
) -> Result<u16, Refusal> {
    let mut lines = 0u16;
    let mut records = segment.records();
    while let Some(record) = records.next() {
        let Some(movement) = movement_of(record.bytes()).filter(|m| m.sent) else { continue };
        // Its counterparty stands in its group's first record, which this facility's lines come with.
        match movement.counterparty {
            Some(Party::Facility(code)) if code.as_str() == facility => {}
            None if lines > 0 => {}
            _ => return Err(Refusal::own("sent_to_another")),
        }
        lines = lines.checked_add(1).ok_or(Refusal::own("too_many_lines"))?;
    }
    if lines == 0 {
        return Err(Refusal::own("nothing_sent"));
    }
    if evaluation.facility_of(&segment.log()) == Some(facility) {
        return Err(Refusal::own("sent_by_this_facility"));
    }
    Ok(lines)
}

/// Whether a log answers a line of this segment, from this record on.
#[inline(never)]
fn has_received<L: NorFlash>(log: &mut FlashLog<L>, from: u32, segment: &Authentic<'_>) -> Result<bool, Refusal> {
    let (log_id, lines) = (segment.log().log_id(), segment.index()..segment.end());
    let (mut cursor, mut bytes, mut next) = (log.records(from)?, [0; MAX_READ], from);
    loop {
        next += 1;
        let record = match cursor.next(log, &mut bytes) {
            Ok(Some((_, record))) => record,
            Ok(None) => return Ok(false),
            // Too long for a movement.
            Err(LogError::Buffer) => {
                cursor = log.records(next)?;
                continue;
            }
            Err(e) => return Err(e.into()),
        };
        let answers = movement_of(record).filter(|m| m.direction == Direction::In).and_then(|m| m.answers);
        if matches!(answers, Some(Reference::Other { log, index, .. }) if log == log_id && lines.contains(&index)) {
            return Ok(true);
        }
    }
}

/// `wholesale`, what a hand-over mostly is, and `supplier`, what comes from one: the reasons' numbers.
const WHOLESALE: u16 = number_of(reasons::of(Direction::Out).all(), "wholesale");
const SUPPLIER: u16 = number_of(reasons::of(Direction::In).all(), "supplier");

const fn number_of(names: &[&str], wanted: &str) -> u16 {
    let mut at = 0;
    let mut rest = names;
    while let [name, others @ ..] = rest {
        let (a, b) = (name.as_bytes(), wanted.as_bytes());
        if same(a, b) {
            return at;
        }
        (at, rest) = (at + 1, others);
    }
    u16::MAX
}

const fn same(mut a: &[u8], mut b: &[u8]) -> bool {
    while let ([x, a_rest @ ..], [y, b_rest @ ..]) = (a, b) {
        if *x != *y {
            return false;
        }
        (a, b) = (a_rest, b_rest);
    }
    a.is_empty() && b.is_empty()
}

const fn group_of(lines: u16, at: u32) -> Group {
    match (lines, at) {
        (1, _) => Group::None,
        (_, 0) => Group::Head(lines),
        (_, back) => Group::Line(back),
    }
}

fn receipt<'r>(record: &AuthenticRecord<'_>, sent: &Movement<'r>, lines: u16, at: u32) -> Movement<'r> {
    let mut receipt = Movement::new(Direction::In, SUPPLIER, sent.product, sent.lot, sent.expiry, sent.quantity);
    (receipt.serial, receipt.fund, receipt.vvm, receipt.made_on) = (sent.serial, sent.fund, sent.vvm, sent.made_on);
    let (log, index) = (record.log().log_id(), record.index());
    receipt.answers = Some(Reference::Other { log, index, identity: record.identity().log16() });
    receipt.document = sent.document.filter(|_| at == 0);
    receipt.group = group_of(lines, at);
    receipt
}

/// `invoice:0012` and the other kinds that a hand-over has.
fn document_of(text: &str) -> Result<Document<'_>, Refusal> {
    let (kind, number) = text.split_once(':').ok_or(Refusal::own("document_form"))?;
    let kind = ["invoice", "delivery-note", "order"].iter().position(|name| *name == kind);
    let kind = kind.ok_or(Refusal::own("document_form"))? as u16;
    Ok(Document { kind, number: DocumentNumber::parse(number)? })
}
