//! Synchronisation over the same wire: a session in COBS frames, begun by the first of them (`spec/sync.md`).
//!
//! The handheld gives its own log to who is of its facility or keeps everything, and takes of the authorities above it what
//! bears on stock: recalls and their ends, facts of lots, same products, cuts, and its own enrolments.

use crate::base::{Handheld, Own};
use crate::object::{Bench, piece};
use crate::out::{Out, Say};
use crate::refusal::Refusal;
use crate::settings::Kind;
use crate::stock::Memory;
use embedded_storage::nor_flash::NorFlash;
use medlot_core::crypto::Suite;
use medlot_core::log::LogError;
use medlot_core::record::{Authentic, Entry, ObjectType, Record, header, write_element};
use medlot_core::sync::{
    Archive, Buffers, Deframer, Hello, MIN_MESSAGE, Offer, Opened, Peer, Piece, PieceForm, Point, Session, Standing,
    SyncError, Taken, Unit, frame, frame_length,
};
use medlot_core::trust::{Anchor, Before, Counts, FactKind, Shelf, authenticate, open};

/// The wire in both directions.
pub trait Wire: Out {
    /// The next byte; `None` where none came for some ten seconds.
    fn byte(&mut self) -> Option<u8>;
}

/// Logs of authorities above that are followed.
const ABOVE: usize = 6;

/// A log above this device's, and the place up to which something of it is kept.
#[derive(Clone, Copy)]
struct Above {
    log: [u8; 16],
    point: Point,
}

/// What this device holds, for a session.
struct Holding<'h, L, S, M> {
    device: &'h mut Handheld<L, S, M>,
    own: &'h Own,
    /// Records that no seal covers: the log isn't offered yet.
    held: bool,
    /// The piece opened last, and the room in which one that came is judged.
    out: &'h mut [u8],
    above: [Option<Above>; ABOVE],
    facility: &'h str,
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
    pub fn sync(&mut self, work: &mut [u8], length: usize, wire: &mut dyn Wire) {
        let done = self.session(work, length, wire);
        let done = done.and_then(|standing| self.after(standing, wire));
        let done = done.and_then(|()| self.learn(work));
        self.say_done("sync", done, wire);
    }

    #[inline(never)]
    fn session(&mut self, work: &mut [u8], length: usize, wire: &mut dyn Wire) -> Result<(Standing, u32), Refusal> {
        let short = Refusal::own("buffer_full");
        let held = self.log_mut()?.tip().unsealed() > 0;
        let identity = self.identity()?;
        let own = Own::of(&identity.key()?, &identity.parent, &identity.facility)?;
        let anchor = Anchor::parse(&identity.root)?;
        let root = anchor.id().log16();
        let above = self.above(&anchor, work.get_mut(length..).ok_or(short)?)?;
        let (came, rest) = work.split_at_mut_checked(FRAME).ok_or(short)?;
        let (framed, rest) = rest.split_at_mut_checked(FRAME).ok_or(short)?;
        let (unframed, rest) = rest.split_at_mut_checked(FRAME).ok_or(short)?;
        let (message, rest) = rest.split_at_mut_checked(MIN_MESSAGE).ok_or(short)?;
        let (wants, rest) = rest.split_at_mut_checked(MIN_MESSAGE).ok_or(short)?;
        let (piece, out) = rest.split_at_mut_checked(rest.len() / 3).ok_or(short)?;
        let facilities = [identity.facility.as_str()];
        let (log, clock) = (Some(own.id.log16()), self.now);
        let hello = Hello { root, log, clock, facilities: &facilities, window: 1 };
        let mut session = Session::new(&hello, Buffers { piece, wants })?;
        if held {
            session.hold();
        }
        let mut holding = Holding { device: self, own: &own, held, out, above, facility: &identity.facility };
        let mut line = Line { wire, framed };
        let mut deframer = Deframer::new(unframed);
        let first = came.get(..length).ok_or(short)?;
        let mut bytes = [&[0][..], first, &[0][..]].into_iter();
        let mut one;
        let mut given: &[u8] = bytes.next().unwrap_or_default();
        loop {
            let unit = if given.is_empty() { None } else { deframer.next(&mut given) };
            match unit {
                Some(Unit::Message(taken)) => {
                    let length = session.receive(&mut holding, taken, message)?;
                    if length > 0 {
                        line.send(message.get(..length).unwrap_or_default())?;
                    }
                    // Sealed, so that all of it can travel, unless the peer knows that this chip's log is an old one.
                    if let Some(standing) = session.told() {
                        if standing == Standing::AsHere {
                            holding.device.sealed()?;
                        }
                        holding.held = false;
                        session.release();
                    }
                    loop {
                        let length = session.transmit(&mut holding, message)?;
                        if length == 0 {
                            break;
                        }
                        line.send(message.get(..length).unwrap_or_default())?;
                    }
                    if session.is_done() {
                        return Ok((session.standing(), session.acknowledged()));
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

    /// What follows from a session.
    fn after(&mut self, (standing, acknowledged): (Standing, u32), out: &mut dyn Out) -> Result<(), Refusal> {
        if acknowledged > self.log_mut()?.acknowledged() {
            let head = self.log_mut()?.value_at(acknowledged)?;
            self.log_mut()?.acknowledge(acknowledged, &head)?;
        }
        let mut say = Say(out);
        say.text("acknowledged").number(self.log_mut()?.acknowledged().into()).end();
        if standing == Standing::AsHere {
            return Ok(());
        }
        // Restored or copied: two histories under one key would be a proven fork. Kept, so that a restart changes nothing.
        self.settings.keep(Kind::Stopped, &[])?;
        self.stopped = true;
        Err(Refusal::own("log_was_copied"))
    }

    /// The logs above this device's, from its enrolments, and how far each is kept.
    #[inline(never)]
    fn above(&mut self, anchor: &Anchor<'_>, room: &mut [u8]) -> Result<[Option<Above>; ABOVE], Refusal> {
        let mut shelf = Bench::new(anchor);
        let mut above = [None; ABOVE];
        let root = Above { log: anchor.id().log16(), point: Point { count: 0, head: [0; 8] } };
        if let Some(first) = above.first_mut() {
            *first = Some(root);
        }
        let mut rest = room;
        for page in 0..self.settings.pages() {
            let Some((Kind::Object, length)) = self.settings.page(page)? else { continue };
            let (kept, free) = rest.split_at_mut_checked(length).ok_or(Refusal::own("buffer_full"))?;
            self.settings.read(page, length, kept)?;
            open(anchor, kept, &mut shelf)?;
            rest = free;
            let Some(last) = shelf.last() else { continue };
            let (log, point) = (last.log().log16(), Point { count: last.end(), head: last.head().log_id() });
            let place = above.iter_mut().find(|a| a.is_none_or(|a| a.log == log));
            if let Some(place) = place {
                let further = place.filter(|known| known.point.count > point.count);
                *place = further.or(Some(Above { log, point }));
            }
        }
        Ok(above)
    }
}

impl<L: NorFlash + Clone, S: NorFlash, M: Memory> Holding<'_, L, S, M> {
    fn may_have(&self, peer: &Peer) -> bool {
        peer.asks_for_everything() || peer.facilities().any(|facility| facility == self.facility)
    }
    fn is_own(&self, offer: &Offer) -> bool {
        offer.log() == Some(self.own.id.log16())
    }
    fn place_of(&self, offer: &Offer) -> Option<Above> {
        self.above.iter().flatten().find(|above| Some(above.log) == offer.log()).copied()
    }
    /// Judges a segment that came, and keeps it where it bears on this device.
    #[inline(never)]
    fn judge(&mut self, came: &Piece<'_>) -> Result<Taken, Refusal> {
        let Piece::Segment { element, .. } = came else { return Ok(Taken::Refused) };
        let identity = self.device.identity()?;
        let anchor = Anchor::parse(&identity.root)?;
        let mut shelf = Bench::new(&anchor);
        let (object, mut rest) =
            self.out.split_at_mut_checked(self.out.len() / 3).ok_or(Refusal::own("buffer_full"))?;
        for page in 0..self.device.settings.pages() {
            let Some((Kind::Object, length)) = self.device.settings.page(page)? else { continue };
            let (kept, free) = rest.split_at_mut_checked(length).ok_or(Refusal::own("buffer_full"))?;
            self.device.settings.read(page, length, kept)?;
            open(&anchor, kept, &mut shelf)?;
            rest = free;
        }
        // The object as it would be kept: its key follows from what is kept before it.
        let front = header(ObjectType::Bundle);
        object.get_mut(..front.len()).ok_or(Refusal::own("buffer_full"))?.copy_from_slice(&front);
        let Ok(length) = write_element(element, object.get_mut(front.len()..).unwrap_or_default()) else {
            return Ok(Taken::Full);
        };
        let object = object.get(..front.len() + length).unwrap_or_default();
        let element = medlot_core::record::Elements::new(object.get(front.len()..).unwrap_or_default()).next();
        let Some(Ok(element)) = element else { return Ok(Taken::Refused) };
        let (segment, log) = match authenticate(&anchor, shelf.facts(), &element, 0, &Before::Nothing) {
            Ok(both) => both,
            Err(e) => return Ok(if e.is_unknown() { Taken::Waits } else { Taken::Refused }),
        };
        shelf.take(segment, log)?;
        let own = self.own.id;
        let enrols = |kind: &FactKind<'_>| matches!(kind, FactKind::Enrol { child, .. } if *child == own);
        let here = shelf.facts().iter().any(|f| {
            f.at.log == segment.log() && (segment.index()..segment.end()).contains(&f.at.index) && enrols(&f.kind)
        });
        if !here && !bears_on_stock(&segment) {
            return Ok(Taken::Stored(segment.end()));
        }
        let counts = shelf.judge(|evaluation| {
            let mut records = segment.records();
            while let Some(record) = records.next() {
                if evaluation.judge_record(&record).verdict.counts != Counts::Yes {
                    return false;
                }
            }
            true
        });
        if !counts.map_err(|_| Refusal::own("bundle_full"))? {
            return Ok(Taken::Refused);
        }
        match self.device.settings.keep(Kind::Object, object) {
            Ok(()) => Ok(Taken::Stored(segment.end())),
            Err(full) if full.code == 0 && matches!(full.name, "settings_full" | "object_too_long") => Ok(Taken::Full),
            Err(other) => Err(other),
        }
    }
}

/// Whether one of the records changes what may be picked, or whose goods come in.
fn bears_on_stock(segment: &Authentic<'_>) -> bool {
    segment.raw_records().any(|record| {
        let entry = Record::decode(record.bytes()).map(|record| record.entry);
        matches!(
            entry,
            Ok(Entry::Recall(_)
                | Entry::EndRecall(_)
                | Entry::LotFact(_)
                | Entry::SameProduct(_)
                | Entry::Revoke(_)
                | Entry::Confirm(_))
        )
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
        let further = |above: Above| offer.end() > above.point.count;
        Ok(!self.is_own(offer) && self.place_of(offer).is_some_and(further))
    }
    fn held(&mut self, offer: &Offer, nth: u32) -> Result<Option<Point>, SyncError> {
        Ok(self.place_of(offer).map(|above| above.point).filter(|point| nth == 0 && point.count > 0))
    }
    fn open(&mut self, offer: &Offer, from: u32, longest: u32) -> Result<Opened, SyncError> {
        if !self.is_own(offer) {
            return Ok(Opened::Nothing);
        }
        let log = self.device.log_mut().map_err(storage)?;
        let front = self.own.id.log_id();
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
        self.judge(came).map_err(storage)
    }
}
