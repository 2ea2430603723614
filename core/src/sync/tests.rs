//! The session alone, between archives that know their logs' keys beforehand.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::crypto::{Hash, SoftwareKey, Suite, chain_next, log_identity, seal_message};
use crate::record::{Element, LogKey, Segment, SegmentWriter};
use crate::time::Timestamp;
use proptest::prelude::*;

const ROOT: [u8; 16] = [7; 16];

/// A log's key, and the records that a test writes into it.
#[derive(Clone)]
struct Writer {
    key: std::rc::Rc<SoftwareKey>,
    public: [u8; 32],
    id: Hash,
}

impl Writer {
    fn new(seed: u8) -> Self {
        let key = SoftwareKey::from_seed(Suite::Ed25519, &[seed; 32]).unwrap();
        let public: [u8; 32] = key.public_key(&mut [0; 33]).try_into().unwrap();
        let id = log_identity(&Hash([9; 32]), 0, &public, "01C55").unwrap();
        Self { key: key.into(), public, id }
    }
    fn log(&self) -> LogKey<'_> {
        LogKey { id: self.id, suite: Suite::Ed25519, key: &self.public }
    }
    /// Segments of `each` records from the beginning; the records say `word`.
    fn segments(&self, number: u32, each: u32, word: u8) -> Vec<Held> {
        let (mut held, mut head) = (Vec::new(), self.id);
        for at in 0..number {
            let (start, mut out) = (head, vec![0; 60_000]);
            let mut w = SegmentWriter::new(&mut out, at * each, &start, each, 64).unwrap();
            for i in at * each..(at + 1) * each {
                let record = [&i.to_le_bytes()[..], &[17, word], &[0xa5; 40]].concat();
                w.push(&record).unwrap();
                head = chain_next(&head, i, &record).unwrap();
            }
            let length = w.finish(&self.key.sign(&seal_message(&self.id, (at + 1) * each, &head))).unwrap();
            out.truncate(length);
            held.push(Held { index: at * each, end: (at + 1) * each, start, head, body: out });
        }
        held
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Held {
    index: u32,
    end: u32,
    start: Hash,
    head: Hash,
    body: Vec<u8>,
}

/// Whole logs, in memory.
#[derive(Clone)]
struct Party {
    logs: Vec<(Writer, Vec<Held>)>,
    own: Option<usize>,
    /// Records of the own log that no seal covers, as the segment that they would be.
    unsealed: Option<Held>,
    /// The logs that it offers, by their places: what comes while a session runs isn't offered in it.
    listed: Option<Vec<usize>>,
    open: Vec<u8>,
    aside: Vec<Vec<u8>>,
}

impl Party {
    fn of(logs: &[(&Writer, Vec<Held>)], own: Option<usize>) -> Self {
        let logs = logs.iter().map(|(writer, held)| ((*writer).clone(), held.clone())).collect();
        Self { logs, own, unsealed: None, listed: None, open: Vec::new(), aside: Vec::new() }
    }
    /// The last segment of its own log isn't sealed yet.
    fn unseal(mut self) -> Self {
        self.unsealed = self.logs[self.own.unwrap()].1.pop();
        self
    }
    fn seal(&mut self) {
        let sealed = self.unsealed.take();
        self.logs[self.own.unwrap()].1.extend(sealed);
    }
    fn segments(&self, log: [u8; 16]) -> Option<&Vec<Held>> {
        self.logs.iter().find(|(writer, _)| writer.id.log16() == log).map(|(_, held)| held)
    }
    fn offer_of(&self, at: usize) -> Option<Offer> {
        let (writer, held) = self.logs.get(at)?;
        let (end, head) = held.last().map_or((0, writer.id), |last| (last.end, last.head));
        Some(Offer::Whole { log: writer.id.log16(), end, head: head.log16() })
    }
    fn session(&mut self, window: u8, message: usize, piece: usize) -> Session<Vec<u8>> {
        let log = self.own.map(|own| self.logs[own].0.id.log16());
        let clock = Some(Timestamp::from_secs(1_000));
        let hello = Hello { root: ROOT, log, clock, facilities: &["01C55"], window };
        let mut session = Session::new(&hello, Buffers { piece: vec![0; piece], wants: vec![0; message] }).unwrap();
        self.listed = None;
        if self.unsealed.is_some() {
            session.hold();
        }
        session
    }
}

impl Archive for Party {
    fn offer(&mut self, _: &Peer, nth: u32) -> Result<Option<Offer>, SyncError> {
        let has = |at: &usize| self.offer_of(*at).is_some_and(|offer| offer.end() > 0);
        let mut listed = self
            .listed
            .clone()
            .unwrap_or_else(|| (0..self.logs.len()).filter(|at| Some(*at) != self.own).filter(has).collect());
        let own = self.own.filter(|own| self.unsealed.is_none() && has(own) && !listed.contains(own));
        listed.extend(own);
        let offer = listed.get(nth as usize).and_then(|at| self.offer_of(*at));
        self.listed = Some(listed);
        Ok(offer)
    }
    fn own(&mut self) -> Result<Option<Offer>, SyncError> {
        let written = self.unsealed.as_ref().map(|tail| (tail.end, tail.head.log16()));
        Ok(self.own.and_then(|own| self.offer_of(own)).map(|offer| match (offer, written) {
            (Offer::Whole { log, .. }, Some((end, head))) => Offer::Whole { log, end, head },
            _ => offer,
        }))
    }
    fn on_chain(&mut self, offer: &Offer, point: &Point) -> Result<bool, SyncError> {
        let held = offer.log().and_then(|log| self.segments(log)).unwrap();
        Ok(held.iter().chain(&self.unsealed).any(|h| h.end == point.count && h.head.log_id() == point.head))
    }
    fn wants(&mut self, _: &Peer, offer: &Offer) -> Result<bool, SyncError> {
        let held = offer.log().and_then(|log| self.segments(log));
        let is_own = self.own.is_some_and(|own| Some(self.logs[own].0.id.log16()) == offer.log());
        Ok(!is_own && held.is_some_and(|held| held.last().map_or(0, |last| last.end) < offer.end()))
    }
    fn held(&mut self, offer: &Offer, nth: u32) -> Result<Option<Point>, SyncError> {
        let held = offer.log().and_then(|log| self.segments(log)).unwrap();
        let at = points(held.len() as u32, nth);
        Ok(at.map(|at| &held[at as usize - 1]).map(|h| Point { count: h.end, head: h.head.log_id() }))
    }
    fn open(&mut self, offer: &Offer, from: u32, longest: u32) -> Result<Opened, SyncError> {
        let log = offer.log().unwrap();
        let Some(held) = self.segments(log).unwrap().iter().find(|h| h.index <= from && from < h.end) else {
            return Ok(Opened::Nothing);
        };
        let (end, bytes) = (held.end, [&log[..8], &[0], &held.body].concat());
        self.open = bytes;
        let length = self.open.len() as u32;
        Ok(if length > longest { Opened::TooLong } else { Opened::Piece { form: PieceForm::OwnId, end, length } })
    }
    fn read(&mut self, at: u32, out: &mut [u8]) -> Result<(), SyncError> {
        out.copy_from_slice(&self.open[at as usize..at as usize + out.len()]);
        Ok(())
    }
    fn take(&mut self, _: &Peer, piece: &Piece<'_>) -> Result<Taken, SyncError> {
        let Piece::Segment { element: Element::OwnId { log, body, .. }, bytes } = piece else {
            return Ok(Taken::Refused);
        };
        let Some((writer, held)) = self.logs.iter_mut().find(|(writer, _)| writer.id.log_id() == *log) else {
            self.aside.push(bytes.to_vec());
            return Ok(Taken::Waits);
        };
        let verified = Segment::parse(body, 64).and_then(|segment| segment.verify(&writer.log()));
        let count = held.last().map_or(0, |last| last.end);
        match verified {
            Ok(a) if a.index() == count => {
                let (index, end, start, head) = (a.index(), a.end(), a.start(), a.head());
                held.push(Held { index, end, start, head, body: body.to_vec() });
                Ok(Taken::Stored(end))
            }
            Ok(a) => Ok(Taken::Stored(a.end())),
            Err(_) => {
                self.aside.push(bytes.to_vec());
                Ok(Taken::Refused)
            }
        }
    }
}

type Side<'s> = (&'s mut Session<Vec<u8>>, &'s mut Party);

/// Carries messages until nobody has more to say; gives the bytes that went over, as frames.
fn carry(a: Side<'_>, b: Side<'_>) -> usize {
    let (mut sides, mut out, mut bytes) = ([a, b], vec![0; 70_000], 0);
    let mut queue: [std::collections::VecDeque<Vec<u8>>; 2] = Default::default();
    loop {
        let mut quiet = true;
        for at in 0..2 {
            let (session, party) = &mut sides[at];
            while let Some(message) = queue[at].pop_front() {
                let n = session.receive(*party, &message, &mut out).unwrap();
                bytes += frame_length(message.len());
                if n > 0 {
                    queue[1 - at].push_back(out[..n].to_vec());
                }
                if let Some(standing) = session.told() {
                    if standing == Standing::AsHere {
                        party.seal();
                    }
                    session.release();
                }
                quiet = false;
            }
            while let n @ 1.. = session.transmit(*party, &mut out).unwrap() {
                queue[1 - at].push_back(out[..n].to_vec());
                quiet = false;
            }
        }
        if quiet {
            return bytes;
        }
    }
}

#[test]
fn two_devices_give_each_other_what_they_lack_also_with_the_least_memory() {
    for (window, message, piece) in [(1, MIN_MESSAGE, 1_300), (8, 16_384, 65_535)] {
        let [p, q] = [1, 2].map(Writer::new);
        let mut a = Party::of(&[(&p, p.segments(9, 20, 0)), (&q, q.segments(2, 20, 0))], Some(0));
        let mut b = Party::of(&[(&p, p.segments(4, 20, 0)), (&q, q.segments(5, 20, 0))], Some(1));
        let (mut one, mut two) = (a.session(window, message, piece), b.session(window, 16_384, piece));
        carry((&mut one, &mut a), (&mut two, &mut b));
        assert!(one.is_done() && two.is_done());
        assert_eq!((one.totals().sent.0, one.totals().stored.0), (5, 3));
        assert!(a.logs.iter().zip(&b.logs).all(|(a, b)| a.1 == b.1));
        assert_eq!((one.acknowledged(), two.acknowledged()), (180, 100), "each learns what the other holds of its log");
        assert_eq!((one.standing(), one.clock_ahead()), (Standing::AsHere, Some(0)));
        // Once more: nothing is sent.
        let (mut one, mut two) = (a.session(window, message, piece), b.session(window, message, piece));
        carry((&mut one, &mut a), (&mut two, &mut b));
        assert_eq!((one.totals(), two.totals()), (Totals::default(), Totals::default()));
        assert_eq!((one.acknowledged(), two.acknowledged()), (180, 100));
    }
}

#[test]
fn a_session_takes_half_a_kibibyte_besides_the_buffers_that_its_host_gives_it() {
    assert!(size_of::<Session<&mut [u8]>>() <= 640, "{}", size_of::<Session<&mut [u8]>>());
    let (mut piece, mut wants) = ([0; 1_100], [0; MIN_MESSAGE]);
    let hello = Hello { root: ROOT, log: None, clock: None, facilities: &["01C55"], window: 1 };
    let buffers = Buffers { piece: &mut piece[..], wants: &mut wants[..] };
    assert!(Session::new(&hello, buffers).is_ok());
    let short = Buffers { piece: &mut piece[..], wants: &mut wants[1..] };
    assert_eq!(Session::new(&hello, short).err(), Some(SyncError::Buffer));
}

#[test]
fn a_restored_or_copied_log_is_told_so() {
    let p = Writer::new(1);
    let mut peer = Party::of(&[(&p, p.segments(5, 20, 0))], None);
    let mut stands = |own: Vec<Held>| {
        let mut party = Party::of(&[(&p, own)], Some(0));
        let (mut one, mut two) = (party.session(1, 512, 2_000), peer.session(1, 512, 2_000));
        carry((&mut one, &mut party), (&mut two, &mut peer));
        (one.standing(), one.acknowledged())
    };
    assert_eq!(stands(p.segments(5, 20, 0)), (Standing::AsHere, 100));
    assert_eq!(stands(p.segments(2, 20, 0)).0, Standing::Behind(100));
    assert_eq!(stands(p.segments(5, 20, 1)), (Standing::Forked(100), 0));
}

#[test]
fn what_no_seal_covers_is_sealed_once_the_peer_said_what_it_holds_and_then_goes_over() {
    let [p, q] = [1, 2].map(Writer::new);
    // Each has sealed something before, or nothing at all: then there is an empty page to begin with.
    for sealed in [0, 2] {
        let segments = |writer: &Writer| writer.segments(sealed + 1, 5, 0);
        let mut a = Party::of(&[(&p, segments(&p)), (&q, q.segments(sealed, 5, 0))], Some(0)).unseal();
        let mut b = Party::of(&[(&p, p.segments(sealed, 5, 0)), (&q, segments(&q))], Some(1)).unseal();
        let (mut one, mut two) = (a.session(1, MIN_MESSAGE, 2_000), b.session(1, MIN_MESSAGE, 2_000));
        carry((&mut one, &mut a), (&mut two, &mut b));
        assert!(one.is_done() && two.is_done() && a.unsealed.is_none() && b.unsealed.is_none());
        assert_eq!((a.logs[0].1.len() as u32, a.logs[1].1.len() as u32), (sealed + 1, sealed + 1));
        assert_eq!((&a.logs[0].1, &a.logs[1].1), (&b.logs[0].1, &b.logs[1].1));
        assert_eq!((one.totals().sent.0, two.totals().sent.0), (1, 1), "nothing twice");
    }
    // Who holds nothing at all says so by its end.
    let mut a = Party::of(&[(&p, p.segments(1, 5, 0))], Some(0)).unseal();
    let mut b = Party::of(&[(&p, Vec::new())], None);
    let (mut one, mut two) = (a.session(1, MIN_MESSAGE, 2_000), b.session(1, MIN_MESSAGE, 2_000));
    carry((&mut one, &mut a), (&mut two, &mut b));
    assert!(one.is_done() && two.is_done() && a.logs[0].1 == b.logs[0].1 && a.logs[0].1.len() == 1);
}

#[test]
fn an_old_copy_of_a_log_never_seals_what_was_written_into_it() {
    let [p, q] = [1, 2].map(Writer::new);
    let mut peer = Party::of(&[(&p, p.segments(4, 5, 0)), (&q, q.segments(1, 5, 0))], None);
    // Restored, and written on less far, as far and farther than the peer holds.
    let told =
        [(2, Standing::Behind(20)), (3, Standing::Behind(20)), (4, Standing::Forked(20)), (5, Standing::Forked(20))];
    for (written, standing) in told {
        let mut own = p.segments(written, 5, 1);
        own[0] = p.segments(1, 5, 0).remove(0);
        let mut a = Party::of(&[(&p, own), (&q, Vec::new())], Some(0)).unseal();
        let sealed = a.logs[0].1.len();
        let (mut one, mut two) = (a.session(1, 512, 2_000), peer.session(1, 512, 2_000));
        carry((&mut one, &mut a), (&mut two, &mut peer));
        assert!(one.is_done() && two.is_done(), "the rest goes on");
        assert_eq!(one.standing(), standing);
        assert!(a.unsealed.is_some() && a.logs[0].1.len() == sealed, "{standing:?}: nothing was sealed");
        assert_eq!(a.logs[1].1.len(), 1);
    }
    // Before the peer's first page came nothing is said.
    let mut a = Party::of(&[(&p, p.segments(5, 5, 0))], Some(0)).unseal();
    let (mut one, mut two, mut out) = (a.session(1, 512, 2_000), peer.session(1, 512, 2_000), [0; 512]);
    let length = two.transmit(&mut peer, &mut out).unwrap();
    one.receive(&mut a, &out[..length], &mut [0; 512]).unwrap();
    assert_eq!((one.peer().is_some(), one.told()), (true, None));
}

#[test]
fn what_is_wrong_is_set_aside_and_the_rest_goes_on() {
    let [p, q, r] = [1, 2, 3].map(Writer::new);
    let mut bad = p.segments(3, 20, 0);
    bad[1].body[40] ^= 1;
    let mut a = Party::of(&[(&p, bad), (&q, q.segments(3, 20, 0)), (&r, r.segments(3, 60, 0))], None);
    let mut b = Party::of(&[(&p, Vec::new()), (&q, Vec::new()), (&r, Vec::new())], None);
    let (mut one, mut two) = (a.session(1, 512, 2_000), b.session(1, 512, 2_000));
    carry((&mut one, &mut a), (&mut two, &mut b));
    assert!(one.is_done() && two.is_done());
    assert_eq!((b.logs[0].1.len(), b.logs[1].1.len(), b.aside.len()), (1, 3, 1));
    assert_eq!((two.totals().aside, two.totals().left_out), (1, 1), "pieces of 60 records exceed what the peer takes");
    assert_eq!((one.totals().refused_there, one.totals().left_out), (1, 1));
}

#[test]
fn frames_carry_text_between_them_and_find_their_way_back() {
    let mut out = [0; 2_000];
    let (mut stream, mut sent) = (Vec::new(), Vec::new());
    for length in [0usize, 1, 250, 253, 254, 255, 300, 1_000] {
        let message: Vec<u8> = (0..length).map(|i| (i % 7) as u8 * 37).collect();
        let n = frame(&message, &mut out).unwrap();
        assert!(n <= frame_length(length));
        stream.extend(b"0108936098966893\n");
        stream.extend(&out[..n]);
        sent.push(message);
    }
    for step in [1, 3, 100, stream.len()] {
        let (mut deframer, mut messages, mut text) = (Deframer::new([0; 1_100]), Vec::new(), Vec::new());
        for mut chunk in stream.chunks(step) {
            while let Some(unit) = deframer.next(&mut chunk) {
                match unit {
                    Unit::Message(message) => messages.push(message.to_vec()),
                    Unit::Text(run) => text.extend(run.to_vec()),
                    Unit::Noise(noise) => unreachable!("{noise:?}"),
                }
            }
        }
        assert_eq!((messages, text), (sent.clone(), b"0108936098966893\n".repeat(8)));
    }
}

proptest! {
    #[test]
    fn a_damaged_stream_loses_only_what_was_damaged(at in 0usize..600, change in 0u8..=255, drop: bool) {
        let mut out = [0; 2_000];
        let mut stream = Vec::new();
        for i in 0..6u8 {
            let n = frame(&[i; 100], &mut out).unwrap();
            stream.extend(&out[..n]);
        }
        let at = at % stream.len();
        if drop { stream.remove(at); } else { stream[at] ^= change; }
        let (mut deframer, mut bytes, mut messages) = (Deframer::new([0; 300]), &stream[..], 0);
        while let Some(unit) = deframer.next(&mut bytes) {
            if let Unit::Message(message) = unit {
                prop_assert!(message.len() == 100 && message.iter().all(|b| *b == message[0]));
                messages += 1;
            }
        }
        // A zero that was lost can join two frames.
        prop_assert!(messages >= 4);
    }

    #[test]
    fn whatever_the_peer_sends_nothing_panics_and_memory_stays(
        messages in proptest::collection::vec((0u8..10, proptest::collection::vec(any::<u8>(), 0..200)), 0..20),
        greet: bool,
    ) {
        let p = Writer::new(1);
        let mut party = Party::of(&[(&p, p.segments(3, 20, 0))], Some(0));
        let mut session = party.session(2, 512, 2_000);
        let mut out = [0; 512];
        if greet {
            let peer = party.session(1, 512, 2_000);
            let n = peer.clone().transmit(&mut party, &mut out).unwrap();
            let hello = out[..n].to_vec();
            session.receive(&mut party, &hello, &mut out).unwrap();
        }
        for (kind, bytes) in messages {
            let message = [&[kind][..], &bytes].concat();
            if session.receive(&mut party, &message, &mut out).is_err() {
                break;
            }
            let mut sent = 0;
            while let n @ 1.. = session.transmit(&mut party, &mut out).unwrap() {
                sent += n;
                prop_assert!(sent < 20_000, "one message doesn't set off more than what is held");
            }
        }
    }
}
