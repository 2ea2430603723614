//! Parties in memory that synchronise over a line which may be cut: for tests, the fuzz target and the benchmark.
#![allow(clippy::panic)]
use medlot_core::crypto::{Hash, SoftwareKey, Suite, chain_next, seal_message};
use medlot_core::ident::{FacilityCode, LotNumber, Party as Counterparty, Product, Quantity};
use medlot_core::movement::{Direction, Movement};
use medlot_core::record::{
    Authentic, Element, Entry, LogKey, ObjectType, Segment, SegmentWriter, header, read_header, write_element,
};
use medlot_core::sync::{Buffers, Deframer, Hello, Session, Standing, SyncError, Unit, frame, frame_length};
use medlot_core::time::{Date, Expiry, Timestamp};
use medlot_sdk::error::{Error, Result};
use medlot_sdk::evidence::{Evidence, Library};
use medlot_sdk::folder::LogHead;
use medlot_sdk::sync::{Holdings, Interest, Keeper};
use std::collections::{BTreeMap, BTreeSet};

use crate::world::{ALL, AUTHORITY, Bundle, Done, Grant, Log, MOVE};

/// Bytes of a message and of a piece that a party takes.
const MESSAGE: usize = 4_096;
const PIECE: usize = 70_000;
/// The longest message that there can be.
const LONGEST: usize = 65_535;

/// What a party has durably: it survives a cut.
#[derive(Clone, Default)]
pub struct Memory {
    /// Segments, lists and proofs, as bundles and objects.
    pub objects: Vec<Vec<u8>>,
    /// Logs kept whole, each with the count up to which it is.
    pub whole: BTreeMap<Hash, (LogHead, u32)>,
    /// What was put aside, and the code of the reason.
    pub aside: Vec<(u16, Vec<u8>)>,
    /// What is sealed only once the peer's first page was read.
    pub later: Option<Later>,
}

/// The segment that the records of the own log make which no seal covers yet.
#[derive(Clone)]
pub struct Later {
    /// h₀.
    pub log: Hash,
    /// Its body.
    pub body: Vec<u8>,
}

impl Memory {
    /// The own log's values from its last seal on, where something stands behind that.
    fn tail(&self) -> Option<Vec<Hash>> {
        let later = self.later.as_ref()?;
        let (head, _) = self.whole.get(&later.log)?;
        let key = LogKey { id: later.log, suite: head.suite, key: &head.key };
        let authentic = Segment::parse(&later.body, head.suite.signature_length()).and_then(|s| s.verify(&key)).ok()?;
        let (mut values, mut records) = (vec![authentic.start()], authentic.records());
        while let Some(record) = records.next() {
            values.push(record.identity());
        }
        Some(values)
    }
    /// Seals what stands unsealed.
    fn seal(&mut self, later: &Later) {
        let Some((head, count)) = self.whole.get_mut(&later.log) else { return };
        let segment = Segment::parse(&later.body, head.suite.signature_length());
        *count = segment.map_or(*count, |segment| segment.index() + segment.count());
        let object = bundle(&later.log, head.suite.number(), &later.body);
        self.objects.push(object);
    }
}

impl Keeper for Memory {
    fn append(&mut self, log: &LogHead, authentic: &Authentic<'_>, _: u32) -> Result<bool> {
        let (id, suite) = (log.id()?, log.suite.number());
        self.whole.insert(id, (log.clone(), authentic.end()));
        // Nobody enrols a next root's log: its key stays with its first segment.
        let (key, body) = (log.key.as_slice(), authentic.body());
        let keyed = log.facility.is_empty() && authentic.index() == 0;
        let element =
            if keyed { Element::Keyed { suite, key, body } } else { Element::OwnId { log: id.log_id(), suite, body } };
        self.keep(&bundle_of(&element))?;
        Ok(true)
    }
    fn keep(&mut self, object: &[u8]) -> Result<()> {
        self.objects.push(object.to_vec());
        Ok(())
    }
    fn put_aside(&mut self, object: &[u8], reason: &Error) -> Result<bool> {
        if !self.aside.iter().any(|(_, other)| other == object) {
            self.aside.push((reason.code, object.to_vec()));
        }
        Ok(self.aside.len() < 64)
    }
    fn waits(&self, log: &[u8; 8]) -> bool {
        self.aside.iter().any(|(_, object)| object.windows(8).any(|bytes| bytes == log))
    }
}

/// A bundle of one segment.
fn bundle(log: &Hash, suite: u8, body: &[u8]) -> Vec<u8> {
    bundle_of(&Element::OwnId { log: log.log_id(), suite, body })
}

fn bundle_of(element: &Element<'_>) -> Vec<u8> {
    let mut out = vec![0; 70_000];
    let length = write_element(element, &mut out).unwrap_or_else(|e| panic!("{e}"));
    out.truncate(length);
    [&header(ObjectType::Bundle)[..], &out].concat()
}

/// A party: what it has, and the log that it writes.
#[derive(Clone)]
pub struct Party {
    /// What it has durably.
    pub memory: Memory,
    /// Its own log; none: a hub.
    pub own: Option<Log>,
    /// The same, where its key isn't needed.
    pub writes: Option<Hash>,
    /// What it asks for; nothing: everything.
    pub facilities: Vec<String>,
    /// The trust anchor.
    pub root: Vec<u8>,
    /// The longest message that it takes.
    pub message: usize,
    /// The longest piece.
    pub piece: usize,
    /// Pieces on their way to it.
    pub window: u8,
    /// Its clock.
    pub clock: Option<Timestamp>,
}

impl Party {
    /// One that holds nothing yet.
    #[must_use]
    pub fn new(root: &[u8], own: Option<&Log>) -> Self {
        let mut party = Self {
            memory: Memory::default(),
            own: own.cloned(),
            writes: own.map(|log| log.id),
            facilities: own.iter().map(|log| log.facility.clone()).collect(),
            root: root.to_vec(),
            message: MESSAGE,
            piece: PIECE,
            window: 4,
            clock: Some(Timestamp::from_secs(230_000_000)),
        };
        if let Some(log) = own {
            let head = LogHead {
                parent: log.parent,
                suite: log.key.suite,
                key: log.key.public.clone(),
                facility: log.facility.clone(),
            };
            party.memory.whole.insert(log.id, (head, 0));
        }
        party
    }
    /// Seals what its log holds since the last seal, one segment a seal.
    ///
    /// # Errors
    /// Never.
    pub fn seal(&mut self) -> Done<()> {
        if let Some(later) = self.unsealed()? {
            self.memory.seal(&later);
        }
        Ok(())
    }
    /// What its log holds since the last seal.
    fn unsealed(&self) -> Done<Option<Later>> {
        let Some(own) = &self.own else { return Ok(None) };
        let sealed = self.memory.whole.get(&own.id).map_or(0, |(_, end)| *end as usize);
        let body = (sealed < own.len()).then(|| own.body(sealed, own.len())).transpose()?;
        Ok(body.map(|body| Later { log: own.id, body }))
    }
    /// Sells, and leaves the sealing to the next session.
    ///
    /// # Errors
    /// Never.
    pub fn sell_unsealed(&mut self, sales: u32) -> Done<()> {
        if let Some(own) = &mut self.own {
            own.sell(sales)?;
        }
        self.memory.later = self.unsealed()?;
        Ok(())
    }
    /// Keeps records of another log, each sealed alone.
    ///
    /// # Errors
    /// No such records.
    pub fn keeps(&mut self, log: &Log, from: usize, to: usize) -> Done<()> {
        for index in from..to {
            self.memory.objects.push(bundle(&log.id, log.key.suite.number(), &log.one(index)?));
        }
        Ok(())
    }
    /// Keeps the first segment of a next root's log, with its key.
    ///
    /// # Errors
    /// Never.
    pub fn keeps_next_root(&mut self, log: &Log) -> Done<()> {
        self.memory.objects.push(Bundle::new().keyed(log, &log.one(0)?)?.object());
        Ok(())
    }
    /// Sells, and seals.
    ///
    /// # Errors
    /// Never.
    pub fn sell(&mut self, sales: u32) -> Done<()> {
        if let Some(own) = &mut self.own {
            own.sell(sales)?;
        }
        self.seal()
    }
    /// Hands lines over to a facility, sealed at once behind a seal.
    ///
    /// # Errors
    /// Never.
    pub fn hand_over(&mut self, to: &str, lines: u32) -> Done<()> {
        if let Some(own) = &mut self.own {
            own.push(Entry::Blind([7; 16]))?;
        }
        self.seal()?;
        for line in 0..lines {
            let Some(own) = &mut self.own else { break };
            let lot = format!("SENT{line}");
            let (product, lot) = (Product::parse("gtin:08936098966893")?, Some(LotNumber::parse(&lot)?));
            let expiry = Expiry::Day(Date::new(2028, 3, 31)?);
            let mut sent = Movement::new(Direction::Out, 1, product, lot, expiry, Quantity::units(10)?);
            (sent.sent, sent.counterparty) = (true, Some(Counterparty::Facility(FacilityCode::parse(to)?)));
            own.push(Entry::Movement { movement: sent, extensions: None })?;
        }
        self.seal()
    }
    /// What it holds, read back from what it has durably: as after a restart.
    ///
    /// # Panics
    /// What was kept doesn't verify any more.
    #[must_use]
    pub fn holdings(&self) -> Holdings<Memory> {
        let library = self.library();
        let evidence = Evidence::of(&library).unwrap_or_else(|e| panic!("{e}"));
        let whole: Vec<(Hash, LogHead, u32)> =
            self.memory.whole.iter().map(|(id, (head, end))| (*id, head.clone(), *end)).collect();
        let interest = Interest { everything: self.facilities.is_empty(), facilities: self.facilities.clone() };
        let mut holdings =
            Holdings::of(&evidence, &library.objects, &whole, self.writes, interest, self.memory.clone())
                .unwrap_or_else(|e| panic!("{e}"));
        if let Some(tail) = self.memory.tail() {
            holdings.set_own_tail(tail);
            holdings.hold_own();
        }
        holdings
    }
    fn library(&self) -> Library {
        let mut library = Library::of_root(self.root.clone());
        library.objects.clone_from(&self.memory.objects);
        library
    }
    /// Every record held: log, index, identity; and the proofs of forks.
    ///
    /// # Panics
    /// What was kept doesn't verify any more.
    #[must_use]
    pub fn set(&self) -> BTreeSet<(Hash, u32, Hash)> {
        let library = self.library();
        let evidence = Evidence::of(&library).unwrap_or_else(|e| panic!("{e}"));
        let mut set = BTreeSet::new();
        for part in evidence.parts() {
            let range = part.run.index()..part.run.end();
            set.extend(range.filter_map(|index| Some((part.log.id, index, part.run.identity(index)?))));
        }
        set
    }
    /// Whether a fork of some log is proven here.
    #[must_use]
    pub fn proofs(&self) -> usize {
        let is_proof = |object: &&Vec<u8>| matches!(read_header(object), Ok((ObjectType::ForkProof, _)));
        self.memory.objects.iter().filter(is_proof).count()
    }
    /// Begins a session.
    ///
    /// # Panics
    /// Never: the buffers do.
    #[must_use]
    pub fn session(&self) -> Session<Vec<u8>> {
        let facilities: Vec<&str> = self.facilities.iter().map(String::as_str).collect();
        let library = self.library();
        let root = Evidence::of(&library).map(|e| e.anchor().id().log16()).unwrap_or_default();
        let hello = Hello {
            root,
            log: self.writes.map(|log| log.log16()),
            clock: self.clock,
            facilities: &facilities,
            window: self.window,
        };
        let buffers = Buffers { piece: vec![0; self.piece], wants: vec![0; self.message] };
        let mut session = Session::new(&hello, buffers).unwrap_or_else(|e| panic!("{e}"));
        if self.memory.later.is_some() {
            session.hold();
        }
        session
    }
}

/// What a session did.
#[derive(Debug, Clone, Copy, Default)]
pub struct Talked {
    /// Bytes from each side.
    pub bytes: [usize; 2],
    /// Pieces that each side stored.
    pub stored: [u32; 2],
    /// Pieces that each side set aside.
    pub aside: [u32; 2],
    /// Records that each side's peer holds of its log.
    pub acknowledged: [u32; 2],
    /// Whether both ended.
    pub done: bool,
}

/// One side of a line.
pub struct End<'s> {
    session: &'s mut Session<Vec<u8>>,
    holdings: &'s mut Holdings<Memory>,
    deframer: Deframer<Vec<u8>>,
    out: Vec<u8>,
    left: usize,
    sent: usize,
}

/// Changes a message of a side (0 or 1) on its way.
pub type Alter<'a> = &'a mut dyn FnMut(usize, &mut Vec<u8>);

impl<'s> End<'s> {
    /// Of a session that begins, over a line that carries so many bytes of it.
    pub fn new(session: &'s mut Session<Vec<u8>>, holdings: &'s mut Holdings<Memory>, left: usize) -> Self {
        let deframer = Deframer::new(vec![0; frame_length(LONGEST)]);
        Self { session, holdings, deframer, out: Vec::new(), left, sent: 0 }
    }
    fn queue(side: usize, message: &[u8], alter: Alter<'_>, out: &mut Vec<u8>) {
        let mut message = message.to_vec();
        alter(side, &mut message);
        let from = out.len();
        out.resize(from + frame_length(message.len()), 0);
        let written = out.get_mut(from..).map_or(Err(SyncError::Buffer), |room| frame(&message, room));
        out.truncate(from + written.unwrap_or_else(|e| panic!("{e}")));
    }
    /// Seals what stood unsealed, where the peer didn't say that it is an old copy's.
    fn release(&mut self) {
        let Some(standing) = self.session.told() else { return };
        let keeper = &mut self.holdings.keeper;
        let later = if standing == Standing::AsHere { keeper.later.take() } else { None };
        if let Some(later) = &later {
            keeper.seal(later);
        }
        let released = self.holdings.release_own(later.as_ref().map(|later| later.body.as_slice()));
        released.unwrap_or_else(|e| panic!("{e}"));
        self.session.release();
    }
    /// Takes what came; gives what it sends, as far as the line lets it through.
    ///
    /// # Panics
    /// A message that an honest peer doesn't send.
    pub fn turn(&mut self, side: usize, came: &[u8], alter: Alter<'_>) -> Vec<u8> {
        let (mut rest, mut message) = (came, vec![0; LONGEST]);
        while let Some(unit) = self.deframer.next(&mut rest) {
            let Unit::Message(bytes) = unit else { continue };
            match self.session.receive(self.holdings, bytes, &mut message) {
                Ok(0) => {}
                Ok(n) => Self::queue(side, message.get(..n).unwrap_or_default(), alter, &mut self.out),
                Err(e) => panic!("an honest peer's message: {e}"),
            }
            self.release();
        }
        while self.out.len() < 1 << 20 {
            match self.session.transmit(self.holdings, &mut message) {
                Ok(0) => break,
                Ok(n) => Self::queue(side, message.get(..n).unwrap_or_default(), alter, &mut self.out),
                Err(e) => panic!("sending: {e}"),
            }
        }
        let mut through = std::mem::take(&mut self.out);
        through.truncate(self.left);
        self.left -= through.len();
        self.sent += through.len();
        through
    }
}

/// Lets two sessions talk over a line that carries so many bytes each way and is then cut.
pub fn talk(
    a: (&mut Session<Vec<u8>>, &mut Holdings<Memory>),
    b: (&mut Session<Vec<u8>>, &mut Holdings<Memory>),
    most: [usize; 2],
) -> Talked {
    let (mut one, mut two) = (End::new(a.0, a.1, most[0]), End::new(b.0, b.1, most[1]));
    converse(&mut one, &mut two, &mut |_, _| {});
    let totals = [one.session.totals(), two.session.totals()];
    Talked {
        bytes: [one.sent, two.sent],
        stored: totals.map(|t| t.stored.0),
        aside: totals.map(|t| t.aside),
        acknowledged: [one.session.acknowledged(), two.session.acknowledged()],
        done: one.session.is_done() && two.session.is_done(),
    }
}

/// The same, recorded: what each side put on the line, in turns.
pub fn record(
    a: (&mut Session<Vec<u8>>, &mut Holdings<Memory>),
    b: (&mut Session<Vec<u8>>, &mut Holdings<Memory>),
    most: [usize; 2],
    alter: Alter<'_>,
) -> Vec<Vec<u8>> {
    let (mut one, mut two) = (End::new(a.0, a.1, most[0]), End::new(b.0, b.1, most[1]));
    converse(&mut one, &mut two, alter)
}

fn converse(one: &mut End<'_>, two: &mut End<'_>, alter: Alter<'_>) -> Vec<Vec<u8>> {
    let (mut lines, mut back) = (Vec::new(), Vec::new());
    loop {
        let there = one.turn(0, &back, alter);
        back = two.turn(1, &there, alter);
        if there.is_empty() && back.is_empty() {
            return lines;
        }
        lines.extend([there, back.clone()]);
    }
}

/// A whole session between two parties; what came is theirs.
pub fn meet(a: &mut Party, b: &mut Party, most: [usize; 2]) -> Talked {
    let (mut one, mut two) = (a.holdings(), b.holdings());
    let (mut first, mut second) = (a.session(), b.session());
    let talked = talk((&mut first, &mut one), (&mut second, &mut two), most);
    (a.memory, b.memory) = (one.keeper, two.keeper);
    talked
}

/// A root, an authority, three devices of a pharmacy, a distributor's device and a hub. Each knows at first only the
/// root, its own log and, the devices, how they are enrolled; the hub nothing, and who enrols (`0`) all that it wrote.
pub struct Country {
    /// authority, three of 01C55, DEMO-1's, hub.
    pub parties: Vec<Party>,
    /// The trust anchor.
    pub root: Vec<u8>,
}

impl Country {
    /// Makes it.
    ///
    /// # Errors
    /// Never.
    pub fn new() -> Done<Self> {
        let mut root = Log::root(Suite::Ed25519, 1, [0; 32])?;
        let mut authority = Log::under(&root, Suite::Ed25519, 2, "SYT-01")?;
        root.enrol(&authority, Grant::over(AUTHORITY, ALL))?;
        let places = [("01C55", 3), ("01C55", 4), ("01C55", 5), ("DEMO-1", 6)];
        let devices = places.map(|(facility, seed)| Log::under(&authority, Suite::Ed25519, seed, facility));
        let devices = devices.into_iter().collect::<Done<Vec<Log>>>()?;
        for device in &devices {
            authority.enrol(device, Grant::own(MOVE))?;
        }
        let anchor = root.anchor()?;
        let path = bundle(&root.id, 0, &root.one(1)?);
        let mut parties = Vec::new();
        for log in std::iter::once(&authority).chain(&devices) {
            let mut party = Party::new(&anchor, Some(log));
            party.memory.objects.push(path.clone());
            party.seal()?;
            parties.push(party);
        }
        for (at, party) in parties.iter_mut().enumerate().skip(1) {
            party.memory.objects.push(bundle(&authority.id, 0, &authority.one(at)?));
        }
        parties.push(Party::new(&anchor, None));
        Ok(Self { parties, root: anchor })
    }
    /// Two of them meet.
    ///
    /// # Panics
    /// One party twice, or none with that number.
    pub fn meet(&mut self, a: usize, b: usize, most: [usize; 2]) -> Talked {
        let [one, two] = self.parties.get_disjoint_mut([a, b]).unwrap_or_else(|e| panic!("{e}"));
        meet(one, two, most)
    }
}

/// A device with so many sales, in segments of a thousand, and another of its facility that has none of them.
///
/// # Errors
/// Never.
pub fn long_log(records: u32) -> Done<(Party, Party, usize)> {
    let mut root = Log::root(Suite::Ed25519, 1, [0; 32])?;
    let devices = [3, 4].map(|seed| Log::under(&root, Suite::Ed25519, seed, "01C55"));
    let [Ok(mut device), Ok(other)] = devices else { return Err("no such device".into()) };
    root.enrol(&device, Grant::own(MOVE))?;
    root.enrol(&other, Grant::own(MOVE))?;
    device.sell(records.saturating_sub(1))?;
    let anchor = root.anchor()?;
    let (mut full, mut empty) = (Party::new(&anchor, Some(&device)), Party::new(&anchor, Some(&other)));
    for party in [&mut full, &mut empty] {
        for index in 1..3 {
            party.memory.objects.push(bundle(&root.id, 0, &root.one(index)?));
        }
    }
    empty.seal()?;
    let (key, mut head, mut from, mut bytes) = (SoftwareKey::from_seed(Suite::Ed25519, &[3; 32])?, device.id, 0u32, 0);
    for chunk in device.records.chunks(1_000) {
        let (count, mut out) = (u32::try_from(chunk.len())?, vec![0; 65_535]);
        let mut writer = SegmentWriter::new(&mut out, from, &head, count, 64)?;
        for (index, record) in (from..).zip(chunk) {
            writer.push(record)?;
            head = chain_next(&head, index, record)?;
        }
        from += count;
        let length = writer.finish(&key.sign(&seal_message(&device.id, from, &head)))?;
        out.truncate(length);
        bytes += length;
        full.memory.objects.push(bundle(&device.id, 0, &out));
    }
    if let Some((_, end)) = full.memory.whole.get_mut(&device.id) {
        *end = records;
    }
    Ok((full, empty, bytes))
}

/// The body of the fuzz target `sync`: whatever a peer sends, a session ends or goes on, what is kept verifies, and an
/// honest peer brings everything all the same. Returns how many messages were taken.
///
/// The first byte: `S` the rest is a stream; else messages (length u16, bytes) to a session that was greeted already.
#[must_use]
pub fn sync(data: &[u8]) -> u32 {
    static MADE: std::sync::LazyLock<Option<(Country, Vec<u8>)>> = std::sync::LazyLock::new(|| {
        let mut country = Country::new().ok()?;
        country.parties.get_mut(2)?.sell(3).ok()?;
        let mut hello = vec![0; MESSAGE];
        let peer = country.parties.get(1)?;
        let length = peer.session().transmit(&mut peer.holdings(), &mut hello).ok()?;
        hello.truncate(length);
        Some((country, hello))
    });
    let Some((country, hello)) = &*MADE else { return 0 };
    let (Some(party), Some((mode, rest))) = (country.parties.get(2), data.split_first()) else { return 0 };
    let (mut session, mut holdings, mut taken) = (party.session(), party.holdings(), 0);
    let mut give = |message: &[u8]| {
        let mut out = vec![0; MESSAGE];
        if session.receive(&mut holdings, message, &mut out).is_err() {
            return false;
        }
        taken += 1;
        let mut sent = 0;
        while let Ok(n @ 1..) = session.transmit(&mut holdings, &mut out) {
            sent += n;
            assert!(sent < 1 << 20, "one message doesn't set off more than what is held");
        }
        true
    };
    if *mode == b'S' {
        let (mut deframer, mut stream) = (Deframer::new(vec![0; frame_length(MESSAGE)]), rest);
        while let Some(unit) = deframer.next(&mut stream) {
            if let Unit::Message(message) = unit
                && !give(message)
            {
                break;
            }
        }
    } else if give(hello) {
        let mut messages = rest;
        while let Some((length, after)) = messages.split_first_chunk::<2>() {
            let length = usize::from(u16::from_le_bytes(*length)).min(after.len());
            let Some((message, after)) = after.split_at_checked(length) else { break };
            if message.is_empty() || !give(message) {
                break;
            }
            messages = after;
        }
    }
    let aside = holdings.keeper.aside.len();
    assert!(aside <= 64, "what is kept aside is bounded: {aside}");
    let mut after = Party { memory: holdings.keeper, ..party.clone() };
    if after.memory.objects.len() > party.memory.objects.len() {
        let set = after.set();
        assert!(set.is_superset(&party.set()), "nothing is lost");
    }
    if taken > 2 {
        let mut honest = country.parties.first().cloned().unwrap_or_else(|| party.clone());
        let talked = meet(&mut after, &mut honest, [usize::MAX; 2]);
        assert!(talked.done, "an honest session goes to its end");
    }
    taken
}
