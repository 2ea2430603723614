//! A hub at the other end of the wire: it keeps everything, and gives the authorities' logs.
use crate::device::Machine;
use medlot_core::crypto::Suite;
use medlot_core::record::{Element, LogKey, Segment};
use medlot_core::sync::{
    Archive, Buffers, Deframer, Hello, Offer, Opened, Peer, Piece, PieceForm, Point, Session, SyncError, Taken, Unit,
    frame, frame_length,
};
use medlot_tests::world::Log;

/// What the hub holds.
pub struct Hub<'c> {
    authorities: [&'c Log; 2],
    handheld: &'c Log,
    /// Records of the handheld's log.
    pub records: Vec<Vec<u8>>,
    opened: Vec<u8>,
}

impl<'c> Hub<'c> {
    pub fn new(authorities: [&'c Log; 2], handheld: &'c Log) -> Self {
        Self { authorities, handheld, records: Vec::new(), opened: Vec::new() }
    }
    fn named(&self, offer: &Offer) -> Option<&'c Log> {
        self.authorities.into_iter().find(|log| Some(log.id.log16()) == offer.log())
    }
    /// The handheld's log as far as it is here.
    fn copy(&self) -> Log {
        Log { records: self.records.clone(), ..self.handheld.clone() }
    }
    /// Synchronises with the handheld; gives what it says at the end, and the pieces that came.
    pub fn meet(&mut self, machine: &mut Machine) -> (Vec<String>, u32) {
        let hello = Hello { root: self.authorities[0].id.log16(), log: None, clock: None, facilities: &[], window: 4 };
        let mut session = Session::new(&hello, Buffers { piece: vec![0; 65_535], wants: vec![0; 16_384] }).unwrap();
        let (mut out, mut framed) = (vec![0; 16_384], vec![0; frame_length(16_384)]);
        let mut deframer = Deframer::new(vec![0; frame_length(16_384)]);
        let mut send = |machine: &mut Machine, message: &[u8]| {
            let length = frame(message, &mut framed).unwrap();
            machine.send(&framed[..length]);
        };
        loop {
            while let length @ 1.. = session.transmit(self, &mut out).unwrap() {
                send(machine, &out[..length]);
            }
            if session.is_done() {
                break;
            }
            let came = machine.receive().expect("bytes");
            let mut rest = &came[..];
            while let Some(unit) = deframer.next(&mut rest) {
                match unit {
                    Unit::Message(message) => {
                        let length = session.receive(self, message, &mut out).unwrap();
                        if length > 0 {
                            send(machine, &out[..length]);
                        }
                        while let length @ 1.. = session.transmit(self, &mut out).unwrap() {
                            send(machine, &out[..length]);
                        }
                    }
                    Unit::Text(text) => machine.hear(text),
                    Unit::Noise(noise) => panic!("noise: {noise:?}"),
                }
            }
        }
        (machine.answer().unwrap(), session.totals().stored.0)
    }
}

impl Archive for Hub<'_> {
    fn offer(&mut self, _: &Peer, nth: u32) -> Result<Option<Offer>, SyncError> {
        let Some(log) = self.authorities.get(nth as usize) else { return Ok(None) };
        let end = log.len();
        Ok(Some(Offer::Whole { log: log.id.log16(), end: end as u32, head: log.head(end).unwrap().log16() }))
    }
    fn own(&mut self) -> Result<Option<Offer>, SyncError> {
        Ok(None)
    }
    fn on_chain(&mut self, offer: &Offer, point: &Point) -> Result<bool, SyncError> {
        let log = self.named(offer).expect("a log that was offered");
        Ok(log.head(point.count as usize).unwrap().log_id() == point.head)
    }
    fn wants(&mut self, _: &Peer, offer: &Offer) -> Result<bool, SyncError> {
        Ok(offer.log() == Some(self.handheld.id.log16()) && offer.end() as usize > self.records.len())
    }
    fn held(&mut self, _: &Offer, nth: u32) -> Result<Option<Point>, SyncError> {
        let count = self.records.len();
        let head = self.copy().head(count).unwrap().log_id();
        Ok((nth == 0 && count > 0).then_some(Point { count: count as u32, head }))
    }
    fn open(&mut self, offer: &Offer, from: u32, _: u32) -> Result<Opened, SyncError> {
        let log = self.named(offer).expect("a log that was offered");
        let (from, suite) = (from as usize, log.key.suite.number());
        self.opened = [&log.id.log_id()[..], &[suite], &log.one(from).unwrap()].concat();
        Ok(Opened::Piece { form: PieceForm::OwnId, end: from as u32 + 1, length: self.opened.len() as u32 })
    }
    fn read(&mut self, at: u32, out: &mut [u8]) -> Result<(), SyncError> {
        out.copy_from_slice(&self.opened[at as usize..][..out.len()]);
        Ok(())
    }
    fn take(&mut self, _: &Peer, piece: &Piece<'_>) -> Result<Taken, SyncError> {
        let Piece::Segment { element: Element::OwnId { body, .. }, .. } = piece else { return Ok(Taken::Refused) };
        let log = LogKey { id: self.handheld.id, suite: Suite::Ed25519, key: &self.handheld.key.public };
        let segment = Segment::parse(body, 64).unwrap().verify(&log).expect("a seal that holds");
        assert_eq!(segment.index() as usize, self.records.len(), "what follows what is here");
        let mut records = segment.records();
        while let Some(record) = records.next() {
            self.records.push(record.bytes().to_vec());
        }
        Ok(Taken::Stored(segment.end()))
    }
}
