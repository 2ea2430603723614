//! A session of a party without a folder: who has a store of its own, a database for example, and keeps there what comes.
use super::exchange::{LONGEST, MESSAGE, MOST_ASIDE, PIECE, WINDOW};
use super::holdings::{Aside, Holdings, Interest, Keeper, News, bundle_of};
use super::wire::{AnyKeeper, Wire};
use crate::error::{Error, Result};
use crate::evidence::{Evidence, Library};
use crate::folder::LogHead;
use medlot_core::crypto::Hash;
use medlot_core::record::{Authentic, Element, Elements, LogKey, ObjectType, Segment, read_header};
use medlot_core::sync::{Buffers, Hello, MIN_MESSAGE, Session, Standing, Totals};
use medlot_core::time::Timestamp;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// A party as it stands before a session.
#[derive(Debug, Clone)]
pub struct Party {
    /// The trust anchor: a root object.
    pub root: Vec<u8>,
    /// Everything held: bundles, State lists, fork proofs.
    pub objects: Vec<Vec<u8>>,
    /// The logs that are kept from their first record on, each up to this count.
    pub whole: Vec<(LogHead, u32)>,
    /// The one of them that it writes; none: a hub, a carrier.
    pub writes: Option<Hash>,
    /// The records of that log behind its last seal that was given to anybody, as a sealed segment: it is offered once the
    /// peer didn't say that this copy is an old one.
    pub held_back: Option<Vec<u8>>,
    /// What waits aside: of these logs nothing is wanted that nobody enrolled here.
    pub aside: Vec<Vec<u8>>,
    /// Whose records it asks for, its own facility first; none: everything.
    pub facilities: Vec<String>,
    /// Its clock, where it was ever set.
    pub clock: Option<Timestamp>,
    /// The longest message that it takes.
    pub message: usize,
    /// The longest piece.
    pub piece: usize,
    /// Pieces on their way to it.
    pub window: u8,
}

impl Party {
    /// One that holds nothing but the trust anchor, and asks for everything.
    #[must_use]
    pub const fn new(root: Vec<u8>) -> Self {
        Self {
            root,
            objects: Vec::new(),
            whole: Vec::new(),
            writes: None,
            held_back: None,
            aside: Vec::new(),
            facilities: Vec::new(),
            clock: None,
            message: MESSAGE,
            piece: PIECE,
            window: WINDOW,
        }
    }
}

/// Something that came, or was held back and is given now: to be kept durably.
#[derive(Debug, Clone)]
pub struct Came {
    /// A bundle of one segment, a State's list, a fork proof.
    pub object: Vec<u8>,
    /// Where it goes on with a log that is kept whole: the log, and up to which count that is now.
    pub whole: Option<(LogHead, u32)>,
    /// Why it couldn't be taken; it is kept all the same, and given to the next session as what waits.
    pub aside: Option<Error>,
}

/// Hands out what comes; the host keeps it.
struct Hands {
    came: Arc<Mutex<Vec<Came>>>,
    /// Short ids of logs of which something waits.
    waits: BTreeSet<[u8; 8]>,
    /// What is aside: the objects, and their bytes.
    aside: BTreeSet<Vec<u8>>,
    aside_bytes: u64,
}

impl Hands {
    fn new(aside: Vec<Vec<u8>>, came: Arc<Mutex<Vec<Came>>>) -> Self {
        let mut hands = Self { came, waits: BTreeSet::new(), aside: BTreeSet::new(), aside_bytes: 0 };
        for object in aside {
            hands.note_aside(&object);
        }
        hands
    }
    fn note_aside(&mut self, object: &[u8]) {
        self.waits.extend(short_ids(object));
        self.aside_bytes += object.len() as u64;
        self.aside.insert(object.to_vec());
    }
    fn give(&self, came: Came) {
        self.came.lock().unwrap_or_else(PoisonError::into_inner).push(came);
    }
}

/// The logs of which an object holds segments.
pub(super) fn short_ids(object: &[u8]) -> impl Iterator<Item = [u8; 8]> {
    let elements = match read_header(object) {
        Ok((ObjectType::Bundle, rest)) => rest,
        _ => &[],
    };
    Elements::new(elements).flatten().filter_map(|element| match element {
        Element::OwnId { log, .. } => Some(log),
        _ => None,
    })
}

impl Keeper for Hands {
    fn append(&mut self, log: &LogHead, authentic: &Authentic<'_>, _: u32) -> Result<bool> {
        let (id, suite) = (log.id()?, log.suite.number());
        // Nobody enrols a next root's log: its key stays with its first segment.
        let (key, body) = (log.key.as_slice(), authentic.body());
        let keyed = log.facility.is_empty() && authentic.index() == 0;
        let element =
            if keyed { Element::Keyed { suite, key, body } } else { Element::OwnId { log: id.log_id(), suite, body } };
        let whole = Some((log.clone(), authentic.end()));
        self.give(Came { object: bundle_of(&element)?, whole, aside: None });
        Ok(true)
    }
    fn keep(&mut self, object: &[u8]) -> Result<()> {
        self.give(Came { object: object.to_vec(), whole: None, aside: None });
        Ok(())
    }
    fn put_aside(&mut self, object: &[u8], reason: &Error) -> Result<bool> {
        if self.aside.contains(object) {
            return Ok(true);
        }
        if self.aside.len() >= MOST_ASIDE.0 || self.aside_bytes + object.len() as u64 > MOST_ASIDE.1 {
            return Ok(false);
        }
        self.note_aside(object);
        self.give(Came { object: object.to_vec(), whole: None, aside: Some(reason.clone()) });
        Ok(true)
    }
    fn waits(&self, log: &[u8; 8]) -> bool {
        self.waits.contains(log)
    }
}

/// A session of a [`Party`]. Bytes go in and come out as with an [`Exchange`](super::Exchange); what comes is handed out,
/// and nothing is sent before that was done: a peer may forget what it was told is held here.
pub struct Meeting {
    wire: Wire,
    came: Arc<Mutex<Vec<Came>>>,
    /// A segment's body, and what is handed out where it is given.
    held_back: Option<(Vec<u8>, Came)>,
}

impl Meeting {
    /// Begins it.
    ///
    /// # Errors
    /// No trust anchor; a log that can't be; more facilities than a session names; a message, piece or window that can't be.
    pub fn begin(party: Party) -> Result<Self> {
        if !(MIN_MESSAGE..=LONGEST).contains(&party.message) {
            let given = party.message;
            return Err(Error::argument(format!("message: {given} bytes; it is {MIN_MESSAGE} to {LONGEST}")));
        }
        if party.piece > PIECE {
            return Err(Error::argument(format!("piece: {} bytes; at most {PIECE}", party.piece)));
        }
        let mut library = Library::of_root(party.root);
        library.objects = party.objects;
        let evidence = Evidence::of(&library)?;
        let mut whole = Vec::new();
        for (head, count) in party.whole {
            whole.push((head.id()?, head, count));
        }
        let own = whole.iter().find(|(id, ..)| Some(*id) == party.writes);
        let tail = match (own, &party.held_back) {
            (Some((id, head, _)), Some(body)) => Some(tail(*id, head, body)?),
            (None, Some(_)) => {
                return Err(Error::argument("log: what is held back goes on with the log that is written"));
            }
            (None, None) if party.writes.is_some() => return Err(Error::argument("log: it isn't held whole")),
            _ => None,
        };
        let interest = Interest { everything: party.facilities.is_empty(), facilities: party.facilities.clone() };
        let came = Arc::default();
        let hands: AnyKeeper = Box::new(Hands::new(party.aside, Arc::clone(&came)));
        let mut holdings = Holdings::of(&evidence, &library.objects, &whole, party.writes, interest, hands)?;
        let root = evidence.anchor().id().log16();
        let facilities: Vec<&str> = party.facilities.iter().map(String::as_str).collect();
        let (log, window) = (party.writes.map(|log| log.log16()), party.window);
        let hello = Hello { root, log, clock: party.clock, facilities: &facilities, window };
        let buffers = Buffers { piece: vec![0; party.piece], wants: vec![0; party.message] };
        let mut session = Session::new(&hello, buffers).map_err(|_| {
            let named = facilities.len();
            Error::argument(format!(
                "facilities: {named}, at most 8 of 1 to 20 characters; window: {window}, at least 1"
            ))
        })?;
        let mut held_back = None;
        if let (Some((values, given)), Some(body)) = (tail, party.held_back) {
            holdings.set_own_tail(values);
            holdings.hold_own();
            session.hold();
            held_back = Some((body, given));
        }
        Ok(Self { wire: Wire::new(holdings, session, party.message), came, held_back })
    }

    /// Takes bytes that came, in any pieces.
    ///
    /// # Errors
    /// What ends the session; what came before stays.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<()> {
        let (held_back, came) = (&mut self.held_back, &self.came);
        self.wire.receive(bytes, &mut |standing| {
            let given = held_back.take().filter(|_| standing == Standing::AsHere);
            Ok(given.map(|(body, given)| {
                came.lock().unwrap_or_else(PoisonError::into_inner).push(given);
                body
            }))
        })
    }

    /// What came since this was asked last: keep it durably before sending.
    #[must_use]
    pub fn came(&mut self) -> Vec<Came> {
        std::mem::take(&mut *self.came.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The bytes to send now, about a megabyte at most: again until it is empty.
    ///
    /// # Errors
    /// Something came that wasn't handed out; what ends the session.
    pub fn take_outgoing(&mut self) -> Result<Vec<u8>> {
        if !self.came.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
            return Err(Error::unconfirmed());
        }
        self.wire.take_outgoing()
    }

    /// Whether both sides have given all they have to give, and nothing waits to be sent.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.wire.is_done()
    }
    /// What went over so far.
    #[must_use]
    pub const fn totals(&self) -> Totals {
        self.wire.session.totals()
    }
    /// Whether the log that is written stands here as the peer holds it, as far as it said.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        self.wire.session.standing()
    }
    /// Records of the log that is written which the peer holds, from the first on.
    #[must_use]
    pub const fn acknowledged(&self) -> u32 {
        self.wire.session.acknowledged()
    }
    /// The peer's clock minus the own, in seconds.
    #[must_use]
    pub fn clock_ahead(&self) -> Option<i64> {
        self.wire.session.clock_ahead()
    }
    /// Logs of the own facility of which records came that are no `Observed`.
    #[must_use]
    pub fn news(&self) -> Vec<News> {
        self.wire.holdings.news()
    }
    /// What was set aside.
    #[must_use]
    pub fn aside(&self) -> &[Aside] {
        self.wire.holdings.aside()
    }
    /// Logs found to have two histories.
    pub fn forks(&self) -> impl Iterator<Item = &Hash> {
        self.wire.holdings.forks()
    }
}

/// Of what is held back: the chain's values before its first record and after each, and what is handed out once it is given.
fn tail(id: Hash, head: &LogHead, body: &[u8]) -> Result<(Vec<Hash>, Came)> {
    let key = LogKey { id, suite: head.suite, key: &head.key };
    let authentic = crate::seals::verify(Segment::parse(body, head.suite.signature_length())?, &key)?;
    let (mut values, mut records) = (vec![authentic.start()], authentic.records());
    while let Some(record) = records.next() {
        values.push(record.identity());
    }
    let object = bundle_of(&Element::OwnId { log: id.log_id(), suite: head.suite.number(), body })?;
    Ok((values, Came { object, whole: Some((head.clone(), authentic.end())), aside: None }))
}
