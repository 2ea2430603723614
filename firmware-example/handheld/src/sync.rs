//! Synchronisation over the same wire: a session in COBS frames, begun by the first of them (`spec/sync.md`).
//!
//! The handheld gives its own log to who is of its facility or keeps everything. It takes of the authorities above it what
//! bears on stock: recalls and their ends, facts of lots, same products, cuts, and the enrolments of its facility; and whole
//! the logs of its facility's other devices, as far as there are rings for them.

use crate::base::{Handheld, MAX_IDENTITY};
use crate::fellows::head_of;
use crate::object::{Bench, piece, shelve};
use crate::out::{Out, Say};
use crate::refusal::Refusal;
use crate::settings::{Kind, Settings};
use crate::stock::Memory;
use embedded_storage::nor_flash::NorFlash;
use heapless::Vec;
use medlot_core::crypto::{Hash, Suite};
use medlot_core::log::{FlashLog, LogError};
use medlot_core::record::{Authentic, Element, Entry, LogKey, ObjectType, Observed, Record, header, write_element};
use medlot_core::sync::{
    Archive, Buffers, Deframer, Hello, MIN_MESSAGE, Offer, Opened, Peer, Piece, PieceForm, Point, Session, Standing,
    SyncError, Taken, Unit, frame, frame_length,
};
use medlot_core::trust::{Anchor, Before, Counts, Fact, FactKind, Shelf, authenticate};

/// The wire in both directions.
pub trait Wire: Out {
    /// The next byte; `None` where none came for some ten seconds.
    fn byte(&mut self) -> Option<u8>;
}

/// Logs of authorities above that are followed.
const ABOVE: usize = 6;

/// Logs of devices of the facility.
type Enrolled = Vec<[u8; 16], ENROLLED>;
const ENROLLED: usize = 8;

/// Bytes of an entry of the page that says how far the authorities' logs were gone through: log 16, count, head 8.
const SEEN: usize = 28;

/// A log above this device's, and the place up to which all of it was gone through.
#[derive(Clone, Copy)]
struct Above {
    log: [u8; 16],
    point: Point,
}

/// How a session ended.
#[derive(Default)]
struct Ended {
    standing: Standing,
    acknowledged: u32,
    /// Things wanted that the peer didn't send, since they are longer than the room here.
    left_out: u32,
    /// The peer's log, and its clock less the own.
    peer: Option<([u8; 16], i64)>,
    /// Whether an authority's object was kept.
    news: bool,
}

/// What this device holds, for a session.
struct Holding<'h, L, S, M> {
    device: &'h mut Handheld<L, S, M>,
    own: Hash,
    anchor: &'h Anchor<'h>,
    /// Records that no seal covers: the log isn't offered yet.
    held: bool,
    /// The piece opened last, and the room in which one that came is judged.
    out: &'h mut [u8],
    above: &'h mut [Option<Above>; ABOVE],
    facility: &'h str,
    /// Other devices of the facility, as far as enrolments of them are kept.
    enrolled: &'h Enrolled,
    /// An authority's records are on their way that may enrol a device of the facility.
    may_enrol: bool,
    /// Whether an authority's object was kept, and whether more of its log was gone through.
    news: bool,
    seen: bool,
}

/// How messages go in and out.
struct Line<'l> {
    wire: &'l mut dyn Wire,
    framed: &'l mut [u8],
}

impl Line<'_> {
    fn send(&mut self, message: &[u8]) -> Result<(), SyncError> {
        let length = frame(message, self.framed)?;
        self.wire.put(self.framed.get(..length).unwrap_or_default());
        Ok(())
    }
}

/// Bytes of the longest note of what is known, but for extensions.
const MAX_NOTE: usize = 128;
const FRAME: usize = frame_length(MIN_MESSAGE);

impl From<SyncError> for Refusal {
    #[inline(never)]
    fn from(e: SyncError) -> Self {
        Self { code: e.code(), name: e.name() }
    }
}

/// The device's own errors end a session as its storage's.
fn storage<E>(_: E) -> SyncError {
    SyncError::Storage
}

impl<L: NorFlash + Clone, S: NorFlash, M: Memory> Handheld<L, S, M> {
    /// Answers the synchronisation that this frame begins (at the front of the buffer, in COBS, without its zeros), until it
    /// is done, or nothing comes for a while, or text comes. Its answer stands behind the last frame, as behind a line.
    /// What came before it was cut off stays, and is counted and noted.
    pub fn sync(&mut self, work: &mut [u8], length: usize, wire: &mut dyn Wire) {
        let mut ended = Ended::default();
        let done = self.session(work, length, wire, &mut ended);
        let after = self.learn(work, ended.news).and_then(|()| self.after(&ended, wire));
        self.say_done("sync", done.and(after), wire);
    }

    #[inline(never)]
    fn session(
        &mut self,
        work: &mut [u8],
        length: usize,
        wire: &mut dyn Wire,
        ended: &mut Ended,
    ) -> Result<(), Refusal> {
        let short = Refusal::own("buffer_full");
        let held = self.log_mut()?.tip().unsealed() > 0;
        let own = self.own()?;
        let mut page = [0; MAX_IDENTITY];
        let (identity, _) = self.identity(&mut page)?;
        // Used where it was made, as the session below: a move would take twice the room on the stack.
        let anchor = Anchor::parse(identity.root);
        let anchor = anchor.as_ref().map_err(|e| *e)?;
        let root = anchor.id().log16();
        let (mut above, mut enrolled) = ([None; ABOVE], Vec::new());
        let room = work.get_mut(length..).ok_or(short)?;
        self.known(anchor, identity.facility, room, &mut above, &mut enrolled)?;
        let (came, rest) = work.split_at_mut_checked(FRAME).ok_or(short)?;
        let (framed, rest) = rest.split_at_mut_checked(FRAME).ok_or(short)?;
        let (unframed, rest) = rest.split_at_mut_checked(FRAME).ok_or(short)?;
        let (message, rest) = rest.split_at_mut_checked(MIN_MESSAGE).ok_or(short)?;
        let (wants, rest) = rest.split_at_mut_checked(MIN_MESSAGE).ok_or(short)?;
        let (piece, out) = rest.split_at_mut_checked(rest.len() / 2).ok_or(short)?;
        let facilities = [identity.facility];
        let (log, clock) = (Some(own.log16()), self.now);
        let hello = Hello { root, log, clock, facilities: &facilities, window: 1 };
        let mut session = Session::new(&hello, Buffers { piece, wants });
        let session = session.as_mut().map_err(|e| *e)?;
        if held {
            session.hold();
        }
        let facility = identity.facility;
        let (may_enrol, news, seen) = (false, false, false);
        let mut holding = Holding {
            device: self,
            own,
            anchor,
            held,
            out,
            above: &mut above,
            facility,
            enrolled: &enrolled,
            may_enrol,
            news,
            seen,
        };
        let first = came.get(..length).ok_or(short)?;
        // Sealed, so that all of it can travel, unless the peer knows that this chip's log is an old one.
        let mut told = |holding: &mut Holding<'_, L, S, M>, standing| {
            holding.held = false;
            if standing == Standing::AsHere { holding.device.sealed().map(drop) } else { Ok(()) }
        };
        let mut line = Line { wire, framed };
        let done = talk(session, &mut holding, first, message, unframed, &mut line, &mut told);
        let Holding { news, seen, .. } = holding;
        *ended = Ended {
            standing: session.standing(),
            acknowledged: session.acknowledged(),
            left_out: session.totals().left_out,
            peer: session.peer().and_then(Peer::log).zip(session.clock_ahead()),
            news,
        };
        if seen { done.and(self.went_through(&above)) } else { done }
    }

    /// Keeps how far the authorities' logs were gone through. Without room for it they are gone through again.
    #[inline(never)]
    fn went_through(&mut self, above: &[Option<Above>; ABOVE]) -> Result<(), Refusal> {
        let mut bytes = Vec::<u8, { SEEN * ABOVE }>::new();
        for above in above.iter().flatten().filter(|above| above.point.count > 0) {
            let count = above.point.count.to_le_bytes();
            for part in [&above.log[..], &count, &above.point.head] {
                bytes.extend_from_slice(part).map_err(|_| Refusal::own("buffer_full"))?;
            }
        }
        match self.settings.replace(Kind::Seen, &bytes) {
            Err(full) if full == Refusal::own("settings_full") => Ok(()),
            other => other,
        }
    }

    /// What follows from a session, also from one that was cut off.
    #[inline(never)]
    fn after(&mut self, ended: &Ended, out: &mut dyn Out) -> Result<(), Refusal> {
        if ended.standing != Standing::AsHere {
            // Restored or copied: two histories under one key would be a proven fork. Kept, so that a restart changes
            // nothing.
            self.settings.keep(Kind::Stopped, &[])?;
            self.stopped = true;
            return Err(Refusal::own("log_was_copied"));
        }
        if ended.acknowledged > self.log_mut()?.acknowledged() {
            let head = self.log_mut()?.value_at(ended.acknowledged)?;
            self.log_mut()?.acknowledge(ended.acknowledged, &head)?;
        }
        self.note_observed(ended.peer)?;
        let mut say = Say(out);
        say.text("acknowledged").number(self.log_mut()?.acknowledged().into()).end();
        if ended.left_out > 0 {
            say.text("left_out").number(ended.left_out.into()).end();
        }
        Ok(())
    }

    /// Notes in the own log how far each other log of the facility is known, where more than such notes came.
    #[inline(never)]
    fn note_observed(&mut self, peer: Option<([u8; 16], i64)>) -> Result<(), Refusal> {
        if self.stopped || self.now.is_none() || self.counted.is_none() {
            return Ok(());
        }
        let facility = self.facility()?;
        let own = self.log_mut()?.tip().log().log16();
        for ring in 0..self.fellows.rings() {
            let Some(log) = self.fellows.at(ring) else { continue };
            let (id, seal) = (log.tip().log().log16(), log.seal().copied());
            let Some(seal) = seal else { continue };
            let known = self.stock.table(&facility).noted(&own, &id);
            let from = known.max(log.blob()?.as_of());
            if seal.count <= known || !says_more(log, from, seal.count)? {
                continue;
            }
            let clock = peer.filter(|(log, _)| *log == id).map(|(_, ahead)| ahead);
            let entry = Observed { log: id, count: seal.count, head: seal.head.log16(), clock, extensions: None };
            self.append(Entry::Observed(entry))?;
        }
        Ok(())
    }

    /// The logs above this device's, from its enrolments, and how far each was gone through; and the logs of the facility.
    #[inline(never)]
    fn known(
        &mut self,
        anchor: &Anchor<'_>,
        facility: &str,
        room: &mut [u8],
        above: &mut [Option<Above>; ABOVE],
        enrolled: &mut Enrolled,
    ) -> Result<(), Refusal> {
        let mut shelf = Bench::new(anchor);
        let begun = |log: Hash| Above { log: log.log16(), point: Point { count: 0, head: [0; 8] } };
        if let Some(first) = above.first_mut() {
            *first = Some(begun(anchor.id()));
        }
        shelve(&mut self.settings, anchor, &mut shelf, room, &mut |last| {
            let new = begun(last.log());
            if let Some(place) = above.iter_mut().find(|a| a.is_none_or(|a| a.log == new.log)) {
                *place = Some(new);
            }
        })?;
        for page in 0..self.settings.pages() {
            let Some((Kind::Seen, length)) = self.settings.page(page)? else { continue };
            let mut bytes = [0; SEEN * ABOVE];
            let length = self.settings.read(page, length, &mut bytes)?;
            for entry in bytes.get(..length).unwrap_or_default().as_chunks::<SEEN>().0 {
                let (log, rest) = entry.split_first_chunk::<16>().ok_or(Refusal::own("settings_damaged"))?;
                let (count, rest) = rest.split_first_chunk::<4>().ok_or(Refusal::own("settings_damaged"))?;
                let head = *rest.first_chunk::<8>().ok_or(Refusal::own("settings_damaged"))?;
                let point = Point { count: u32::from_le_bytes(*count), head };
                // After a cut two pages may say it.
                let known = above.iter_mut().flatten().find(|above| above.log == *log);
                if let Some(known) = known.filter(|known| known.point.count < point.count) {
                    known.point = point;
                }
            }
        }
        let at_facility = |fact: &Fact<'_>| match fact.kind {
            FactKind::Enrol { child, grant, .. } if grant.facility == facility => Some(child.log16()),
            _ => None,
        };
        Ok(shelf.with_facts(|facts| enrolled.extend(facts.iter().filter_map(at_facility).take(ENROLLED)))?)
    }
}

/// Goes through a session, from the frame that began it.
#[inline(never)]
fn talk<A: Archive>(
    session: &mut Session<&mut [u8]>,
    holding: &mut A,
    first: &[u8],
    message: &mut [u8],
    unframed: &mut [u8],
    line: &mut Line<'_>,
    told: &mut dyn FnMut(&mut A, Standing) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut deframer = Deframer::new(unframed);
    let mut bytes = [&[0][..], first, &[0][..]].into_iter();
    let mut one;
    let mut given: &[u8] = bytes.next().unwrap_or_default();
    loop {
        let unit = if given.is_empty() { None } else { deframer.next(&mut given) };
        match unit {
            Some(Unit::Message(taken)) => {
                let length = session.receive(holding, taken, message)?;
                if length > 0 {
                    line.send(message.get(..length).unwrap_or_default())?;
                }
                if let Some(standing) = session.told() {
                    told(holding, standing)?;
                    session.release();
                }
                loop {
                    let length = session.transmit(holding, message)?;
                    if length == 0 {
                        break;
                    }
                    line.send(message.get(..length).unwrap_or_default())?;
                }
                if session.is_done() {
                    return Ok(());
                }
            }
            Some(Unit::Text(text)) if text.iter().any(u8::is_ascii_graphic) => {
                return Err(Refusal::own("sync_ended_by_text"));
            }
            Some(Unit::Text(_) | Unit::Noise(_)) => {}
            None => {
                given = match bytes.next() {
                    Some(next) => next,
                    None => {
                        one = [line.wire.byte().ok_or(Refusal::own("sync_silent"))?];
                        &one
                    }
                };
            }
        }
    }
}

/// Whether a log holds more than notes of what its device knew, from this record on.
#[inline(never)]
fn says_more<L: NorFlash>(log: &mut FlashLog<L>, from: u32, end: u32) -> Result<bool, Refusal> {
    let (mut cursor, mut bytes) = (log.records(from)?, [0; MAX_NOTE]);
    for _ in from..end {
        match cursor.next(log, &mut bytes) {
            Ok(Some((_, record))) if is_note(record) => {}
            // What is longer is no note.
            Ok(Some(_)) | Err(LogError::Buffer) => return Ok(true),
            Ok(None) => return Ok(false),
            Err(e) => return Err(e.into()),
        }
    }
    Ok(false)
}

fn is_note(record: &[u8]) -> bool {
    matches!(Record::decode(record).map(|record| record.entry), Ok(Entry::Observed(_)))
}

impl<L: NorFlash + Clone, S: NorFlash, M: Memory> Holding<'_, L, S, M> {
    fn may_have(&self, peer: &Peer) -> bool {
        peer.asks_for_everything() || peer.facilities().any(|facility| facility == self.facility)
    }
    fn is_own(&self, offer: &Offer) -> bool {
        offer.log() == Some(self.own.log16())
    }
    fn place_of(&self, offer: &Offer) -> Option<Above> {
        self.above.iter().flatten().find(|above| Some(above.log) == offer.log()).copied()
    }
    /// Judges a segment that came: keeps an authority's where it bears on this device, and a fellow's.
    #[inline(never)]
    fn judge(&mut self, came: &Piece<'_>) -> Result<Taken, Refusal> {
        let Piece::Segment { element, .. } = came else { return Ok(Taken::Refused) };
        let mut shelf = Bench::new(self.anchor);
        let rest = shelve(&mut self.device.settings, self.anchor, &mut shelf, &mut *self.out, &mut |_| ())?;
        let (segment, key) = match authenticate(self.anchor, &shelf, element, 0, &Before::Nothing) {
            Ok(both) => both,
            Err(e) => return Ok(if e.is_unknown() { Taken::Full } else { Taken::Refused }),
        };
        if segment.log() != self.own
            && let Some(head) = shelf.with_facts(|facts| head_of(facts, &segment.log(), self.facility))?
        {
            return self.device.fellows.take(&segment, &key, &head);
        }
        let stored = Taken::Stored(segment.end());
        if bears(&segment, self.facility) {
            let taken = keep(&mut self.device.settings, &mut shelf, (segment, key), element, rest)?;
            if taken != stored {
                return Ok(taken);
            }
            self.news = true;
        }
        let log = segment.log().log16();
        let above = self.above.iter_mut().flatten().find(|above| above.log == log);
        if let Some(above) = above.filter(|a| (segment.index()..segment.end()).contains(&a.point.count)) {
            above.point = Point { count: segment.end(), head: segment.head().log_id() };
            self.seen = true;
        }
        Ok(stored)
    }
}

/// Keeps an authority's segment where all of it counts; passes over one that doesn't.
#[inline(never)]
fn keep<'s, S: NorFlash>(
    settings: &mut Settings<S>,
    shelf: &mut Bench<'s>,
    (segment, key): (Authentic<'s>, LogKey<'s>),
    element: &Element<'_>,
    room: &mut [u8],
) -> Result<Taken, Refusal> {
    if shelf.take(segment, key).is_err() {
        return Ok(Taken::Full);
    }
    let counts = shelf.judge(|evaluation| {
        let (mut records, mut least) = (segment.records(), Counts::Yes);
        while let Some(record) = records.next() {
            match evaluation.judge_record(&record).verdict.counts {
                Counts::Yes => {}
                other => least = other,
            }
        }
        least
    });
    match counts.map_err(|_| Refusal::own("bundle_full"))? {
        Counts::Yes => {}
        Counts::No => return Ok(Taken::Stored(segment.end())),
        Counts::Unknown => return Ok(Taken::Waits),
    }
    // The object as a bundle: its key follows from what is kept before it.
    let front = header(ObjectType::Bundle);
    let Some((head, rest)) = room.split_at_mut_checked(front.len()) else { return Ok(Taken::Full) };
    head.copy_from_slice(&front);
    let Ok(length) = write_element(element, rest) else { return Ok(Taken::Full) };
    match settings.keep(Kind::Object, room.get(..front.len() + length).unwrap_or_default()) {
        Ok(()) => Ok(Taken::Stored(segment.end())),
        Err(full) if full.code == 0 && matches!(full.name, "settings_full" | "object_too_long") => Ok(Taken::Full),
        Err(other) => Err(other),
    }
}

/// Whether one of the records changes what may be picked, whose goods come in, or which devices the facility has.
#[inline(never)] // a rebuilt record must not stand under what follows
fn bears(segment: &Authentic<'_>, facility: &str) -> bool {
    segment.raw_records().any(|record| match Record::decode(record.bytes()).map(|record| record.entry) {
        Ok(Entry::Enrol(enrol)) => enrol.facility.as_str() == facility,
        Ok(
            Entry::Recall(_)
            | Entry::EndRecall(_)
            | Entry::LotFact(_)
            | Entry::SameProduct(_)
            | Entry::Revoke(_)
            | Entry::Confirm(_),
        ) => true,
        _ => false,
    })
}

impl<L: NorFlash + Clone, S: NorFlash, M: Memory> Archive for Holding<'_, L, S, M> {
    fn offer(&mut self, peer: &Peer, nth: u32) -> Result<Option<Offer>, SyncError> {
        if nth > 0 || self.held || !self.may_have(peer) {
            return Ok(None);
        }
        let log = self.device.log_mut().map_err(storage)?;
        let offer = |seal: &medlot_core::record::Seal| Offer::Whole {
            log: log.tip().log().log16(),
            end: seal.count,
            head: seal.head.log16(),
        };
        Ok(log.seal().map(offer))
    }
    fn own(&mut self) -> Result<Option<Offer>, SyncError> {
        let tip = self.device.log_mut().map_err(storage)?.tip();
        Ok(Some(Offer::Whole { log: tip.log().log16(), end: tip.count(), head: tip.head().log16() }))
    }
    fn on_chain(&mut self, offer: &Offer, point: &Point) -> Result<bool, SyncError> {
        if !self.is_own(offer) {
            return Ok(false);
        }
        let log = self.device.log_mut().map_err(storage)?;
        match log.value_at(point.count) {
            Ok(value) => Ok(value.log_id() == point.head),
            // Reclaimed, after a peer held it: what stood there isn't known any more.
            Err(LogError::NotHere(_)) => Ok(point.count <= log.acknowledged()),
            Err(_) => Err(SyncError::Storage),
        }
    }
    fn wants(&mut self, _: &Peer, offer: &Offer) -> Result<bool, SyncError> {
        if self.is_own(offer) {
            return Ok(false);
        }
        if let Some(above) = self.place_of(offer) {
            let further = offer.end() > above.point.count;
            self.may_enrol |= further;
            return Ok(further);
        }
        // What comes of another device is noted (`Observed`), with the time.
        let (Offer::Whole { .. }, Some(log), Some(_)) = (offer, offer.log(), self.device.now) else { return Ok(false) };
        match self.device.fellows.log(&log) {
            Some(held) => Ok(offer.end() > held.seal().map_or(0, |seal| seal.count)),
            // It may be a device that is enrolled here, or by what comes before it in this page. If it is another
            // authority's, its first piece is answered with *no room*.
            None => Ok(self.may_enrol || self.enrolled.contains(&log)),
        }
    }
    fn held(&mut self, offer: &Offer, nth: u32) -> Result<Option<Point>, SyncError> {
        let Some(log) = offer.log().filter(|_| nth == 0) else { return Ok(None) };
        let above = self.place_of(offer).map(|above| above.point);
        let fellow = || {
            let seal = self.device.fellows.log(&log)?.seal()?;
            Some(Point { count: seal.count, head: seal.head.log_id() })
        };
        Ok(above.or_else(fellow).filter(|point| point.count > 0))
    }
    fn open(&mut self, offer: &Offer, from: u32, longest: u32) -> Result<Opened, SyncError> {
        if !self.is_own(offer) {
            return Ok(Opened::Nothing);
        }
        let log = self.device.log_mut().map_err(storage)?;
        let front = self.own.log_id();
        let most = self.out.len().min(longest as usize);
        let out = self.out.get_mut(..most).unwrap_or_default();
        let Some((head, body)) = out.split_at_mut_checked(front.len() + 1) else { return Ok(Opened::TooLong) };
        let Some(seal) = log.seal_after(from).map_err(storage)? else { return Ok(Opened::Nothing) };
        // The last seal reaches furthest; where that is too much, the next one of those kept.
        let last = log.seal().copied().unwrap_or(seal);
        let mut length = piece(log, from, last.count, &last, body);
        let mut end = last.count;
        if length.is_err() {
            length = piece(log, from, seal.count, &seal, body);
            end = seal.count;
        }
        let Ok(length) = length else { return Ok(Opened::TooLong) };
        let (id, suite) = head.split_at_mut(front.len());
        id.copy_from_slice(&front);
        suite.fill(Suite::Ed25519.number());
        let length = u32::try_from(head.len() + length).unwrap_or(u32::MAX);
        Ok(Opened::Piece { form: PieceForm::OwnId, end, length })
    }
    fn read(&mut self, at: u32, out: &mut [u8]) -> Result<(), SyncError> {
        let from = self.out.get(at as usize..).unwrap_or_default();
        out.copy_from_slice(from.get(..out.len()).ok_or(SyncError::Storage)?);
        Ok(())
    }
    fn take(&mut self, _: &Peer, came: &Piece<'_>) -> Result<Taken, SyncError> {
        self.may_enrol = false;
        self.judge(came).map_err(storage)
    }
}
