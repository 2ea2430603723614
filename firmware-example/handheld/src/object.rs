//! Objects that come as text: what they are, and what an authority's or another device's bundle says.

use crate::base::{Handheld, MAX_IDENTITY};
use crate::deliver::sent_to;
use crate::out::{Out, PREFIX, Say, base45_in_place};
use crate::refusal::Refusal;
use crate::settings::{Kind, Settings};
use crate::stock::Memory;
use embedded_storage::nor_flash::NorFlash;
use medlot_core::crypto::{Hash, SIGNATURE_LEN};
use medlot_core::log::FlashLog;
use medlot_core::record::{Authentic, Entry, ObjectType, Record, Seal, SegmentWriter, read_header};
use medlot_core::trust::{Anchor, Counts, Evaluation, Fact, FactKind, FixedShelf, Reason, RecordId, Shelf, open};

/// Authorities' records and segments that are evaluated together: the objects kept, and the one that came.
/// Ten pages of settings hold seven or eight objects: the way from the root, enrolments of this device and of its fellows,
/// notices; with them a delivery and its sender's enrolment.
const RECORDS: usize = 12;
const SEGMENTS: usize = 12;
pub(crate) type Bench<'a> = FixedShelf<'a, RECORDS, SEGMENTS>;

/// An object at the front of the buffer, and the rest of the buffer.
pub(crate) struct Work<'w> {
    buffer: &'w mut [u8],
    length: usize,
}

impl Work<'_> {
    #[inline(never)]
    pub(crate) fn object(&self) -> &[u8] {
        self.buffer.get(..self.length).unwrap_or_default()
    }
    /// Gives up the object.
    pub(crate) fn all(&mut self) -> &mut [u8] {
        self.buffer
    }
}

/// Puts the bytes of a text form where the text stood; gives their number.
pub(crate) fn text_object(work: &mut [u8], length: usize, digits: usize) -> Result<usize, Refusal> {
    work.copy_within(PREFIX.len()..length, 0);
    let text = work.get_mut(..digits).unwrap_or_default();
    base45_in_place(text).ok_or(Refusal::own("text_form"))
}

/// What a bundle's last segment turned out to be.
enum Said {
    /// It enrols this device.
    Enrolled,
    /// An authority's other records.
    Authority,
    /// Movements sent to this facility: so many lines.
    Sent(u16),
}

impl<L: NorFlash + Clone, S: NorFlash, M: Memory> Handheld<L, S, M> {
    /// Takes an object.
    #[inline(never)]
    pub(crate) fn object(&mut self, work: &mut [u8], length: usize, out: &mut dyn Out) -> Result<(), Refusal> {
        let mut work = Work { buffer: work, length };
        match read_header(work.object())?.0 {
            ObjectType::Invitation => self.join(&mut work, out),
            ObjectType::Bundle => {
                let is_news = self.bundle(&mut work, out)?;
                if is_news { self.learn(work.all(), true) } else { Ok(()) }
            }
            _ => Err(Refusal::own("object_not_for_a_device")),
        }
    }

    /// Takes a bundle; whether an authority's records came, so that all is to be judged anew.
    #[inline(never)]
    fn bundle(&mut self, work: &mut Work<'_>, out: &mut dyn Out) -> Result<bool, Refusal> {
        let (object, rest) = work.buffer.split_at_mut_checked(work.length).unwrap_or_default();
        let object: &[u8] = object;
        let (said, last) = self.judged(object, rest)?;
        let mut say = Say(out);
        if let Said::Sent(lines) = said {
            self.receive(&last, lines)?;
            say.text("received").number(lines.into()).end();
            return Ok(false);
        }
        self.settings.keep(Kind::Object, object)?;
        say.text(if matches!(said, Said::Enrolled) { "enrolled" } else { "noted" });
        say.hex(&last.log().log_id()).number(last.index().into()).end();
        Ok(true)
    }

    /// Verifies and judges a bundle: what its last segment says, of which every record counts.
    #[inline(never)] // the shelf must not stand under what follows
    fn judged<'w>(&mut self, object: &'w [u8], room: &'w mut [u8]) -> Result<(Said, Authentic<'w>), Refusal> {
        let own = self.own()?;
        let (identity, room) = self.identity(room)?;
        // Used where it was made: a move would take twice its room on the stack.
        let anchor = Anchor::parse(identity.root);
        let anchor = anchor.as_ref().map_err(|e| *e)?;
        let mut shelf = Bench::new(anchor);
        // What the authorities said before is judged together with what comes: a cut device's goods don't come in.
        shelve(&mut self.settings, anchor, &mut shelf, room, &mut |_| ())?;
        open(anchor, object, &mut shelf)?;
        let last = shelf.last().ok_or(Refusal::own("bundle_empty"))?;
        let own_enrolment = |kind: &FactKind<'_>| matches!(kind, FactKind::Enrol { child, .. } if *child == own);
        let said = shelf.judge(|evaluation| {
            let authority = is_authority(&last);
            every_record_counts(evaluation, &last)?;
            if !authority {
                return sent_to(identity.facility, evaluation, &last).map(Said::Sent);
            }
            let here = |at: &RecordId| at.log == last.log() && (last.index()..last.end()).contains(&at.index);
            let enrols = evaluation.facts().iter().any(|f| here(&f.at) && own_enrolment(&f.kind));
            Ok(if enrols { Said::Enrolled } else { Said::Authority })
        });
        Ok((said.map_err(|_| Refusal::own("bundle_full"))??, last))
    }

    /// Reads the path to this device's enrolment to the front of the room; gives its length.
    #[inline(never)]
    pub(crate) fn path(&mut self, room: &mut [u8]) -> Result<usize, Refusal> {
        let own = self.own()?;
        let mut page = [0; MAX_IDENTITY];
        let (identity, _) = self.identity(&mut page)?;
        self.enrolment(&own, &Anchor::parse(identity.root)?, room)
    }

    /// The page that holds the enrolment of this log: its object's length.
    fn enrolment(&mut self, own: &Hash, anchor: &Anchor<'_>, out: &mut [u8]) -> Result<usize, Refusal> {
        for page in 0..self.settings.pages() {
            let Some((Kind::Object, length)) = self.settings.page(page)? else { continue };
            let room = out.get_mut(..length).ok_or(Refusal::own("buffer_full"))?;
            self.settings.read(page, length, room)?;
            if leads_to(anchor, room, own)? {
                return Ok(length);
            }
        }
        Err(Reason::NotEnrolled.into())
    }
}

/// Puts what is kept of authorities on the shelf, read into the room; gives the rest of the room. Each object's last
/// segment is shown.
#[inline(never)]
pub(crate) fn shelve<'w, S: NorFlash>(
    settings: &mut Settings<S>,
    anchor: &Anchor<'w>,
    shelf: &mut Bench<'w>,
    room: &'w mut [u8],
    each: &mut dyn FnMut(&Authentic<'w>),
) -> Result<&'w mut [u8], Refusal> {
    let mut rest = room;
    for page in 0..settings.pages() {
        let Some((Kind::Object, length)) = settings.page(page)? else { continue };
        let (kept, free) = rest.split_at_mut_checked(length).ok_or(Refusal::own("buffer_full"))?;
        settings.read(page, length, kept)?;
        open(anchor, kept, shelf)?;
        rest = free;
        if let Some(last) = shelf.last() {
            each(&last);
        }
    }
    Ok(rest)
}

/// Whether the last segment of a bundle is the one record that enrols this log.
#[inline(never)]
fn leads_to(anchor: &Anchor<'_>, object: &[u8], own: &Hash) -> Result<bool, Refusal> {
    let mut shelf = FixedShelf::<4, 4>::new(anchor);
    open(anchor, object, &mut shelf)?;
    let Some(last) = shelf.last().filter(|last| last.end() - last.index() == 1) else { return Ok(false) };
    let enrols = |kind: &FactKind<'_>| matches!(kind, FactKind::Enrol { child, .. } if *child == *own);
    let is = |fact: &Fact<'_>| fact.at.log == last.log() && fact.at.index == last.index() && enrols(&fact.kind);
    Ok(shelf.with_facts(|facts| facts.iter().any(is))?)
}

/// Whether a segment holds an authority's records: those of the critical kinds.
#[inline(never)] // as below
fn is_authority(segment: &Authentic<'_>) -> bool {
    let mut records = segment.records();
    let first = records.next();
    first.is_some_and(|r| Record::decode(r.bytes()).is_ok_and(|r| r.entry.kind().is_critical()))
}

#[inline(never)] // a rebuilt record must not stand under what follows
fn every_record_counts(evaluation: &mut Evaluation<'_, '_>, segment: &Authentic<'_>) -> Result<(), Refusal> {
    let mut records = segment.records();
    while let Some(record) = records.next() {
        let judged = evaluation.judge_record(&record);
        if judged.verdict.counts != Counts::Yes {
            return Err(judged.verdict.reason.map_or(Refusal::own("does_not_count"), Refusal::from));
        }
    }
    Ok(())
}

/// Writes the segment of these records under the seal at their end; gives its length.
pub(crate) fn piece<L: NorFlash>(
    log: &mut FlashLog<L>,
    from: u32,
    to: u32,
    seal: &Seal,
    out: &mut [u8],
) -> Result<usize, Refusal> {
    if seal.count != to {
        return Err(Refusal::own("no_seal_here"));
    }
    let start = log.value_at(from)?;
    let mut writer = SegmentWriter::new(out, from, &start, to.saturating_sub(from), SIGNATURE_LEN)?;
    let (mut cursor, mut record) = (log.records(from)?, [0; crate::base::MAX_OWN_RECORD]);
    for _ in from..to {
        let (_, bytes) = cursor.next(log, &mut record)?.ok_or(Refusal::own("no_such_record"))?;
        writer.push(bytes)?;
    }
    Ok(writer.finish(&seal.signature)?)
}

/// The movement of a record, where it is one.
pub(crate) fn movement_of<'r>(bytes: &'r [u8]) -> Option<medlot_core::movement::Movement<'r>> {
    match Record::decode(bytes).ok()?.entry {
        Entry::Movement { movement, .. } => Some(movement),
        _ => None,
    }
}
