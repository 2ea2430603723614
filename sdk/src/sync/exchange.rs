//! One session over a folder.
use super::holdings::{Holdings, Interest, Keeper, bundle_of};
use super::party::short_ids;
use super::report::Report;
use super::wire::{AnyKeeper, Wire};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::evidence::{Evidence, Library};
use crate::folder::{Config, Folder, Location, LogFile, LogHead, Medium, ReadOnly, Vault};
use medlot_core::crypto::Hash;
use medlot_core::limits::MAX_SEGMENT_BYTES;
use medlot_core::record::{Authentic, Element, Elements, Entry, ObjectType, Observed, read_header};
use medlot_core::sync::{Buffers, Hello, Session, Standing, Totals};
use medlot_core::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The longest message: what a page and a part of a piece are cut to.
pub(super) const MESSAGE: usize = 16 * 1_024;
/// The longest message that there can be.
pub(super) const LONGEST: usize = 65_535;
/// The longest piece that is taken: any segment, and a list of 20,000 cuts.
pub(super) const PIECE: usize = 1 << 20;
/// Pieces on their way before the first is taken: what a phone's network needs.
pub(super) const WINDOW: u8 = 32;
/// Most that is kept aside, in things and bytes: what nobody can verify must not fill the disk.
pub(super) const MOST_ASIDE: (usize, u64) = (1_024, 64 << 20);
const _: () = assert!(PIECE > MAX_SEGMENT_BYTES + 2_060);

/// With whom and about what.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The time now, written into what is observed.
    pub now: Timestamp,
    /// Whether the clock was never set: then it isn't compared with the peer's.
    pub clock_unset: bool,
    /// Keep everything that the peer gives: a hub. A folder without a log of its own does so anyway, and a root's.
    pub everything: bool,
    /// Facilities to carry batches for, besides the own.
    pub carry: Vec<String>,
    /// Give at most what these facilities may have, whatever the peer asks for; `None`: as it asks. Who the peer is, the
    /// one knows who connects it: by its cable, its login or its address.
    pub give: Option<Vec<String>>,
}

impl Plan {
    /// With a peer that is trusted to ask for what it may have, for the own facility.
    #[must_use]
    pub const fn new(now: Timestamp) -> Self {
        Self { now, clock_unset: false, everything: false, carry: Vec::new(), give: None }
    }
}

/// A folder's own side.
#[derive(Debug)]
enum Home {
    Desk(Box<Desk>),
    /// A hub's: it writes no log.
    Hub(Box<Folder>),
}

impl Home {
    const fn folder(&self) -> &Folder {
        match self {
            Self::Desk(desk) => desk.folder(),
            Self::Hub(folder) => folder,
        }
    }
}

/// Keeps what comes in the folder's files.
struct Files {
    medium: Medium,
    logs: std::path::PathBuf,
    extracts: std::path::PathBuf,
    aside: std::path::PathBuf,
    vault: Vault,
    open: BTreeMap<Hash, LogFile>,
    /// Logs of which something waits aside since before this session.
    waits: BTreeSet<[u8; 8]>,
    aside_now: (usize, u64),
}

impl Keeper for Files {
    fn append(&mut self, log: &LogHead, authentic: &Authentic<'_>, from: u32) -> Result<bool> {
        let id = log.id()?;
        let file = match self.open.entry(id) {
            std::collections::btree_map::Entry::Occupied(file) => file.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(LogFile::open_copy(&self.logs.join(format!("{id}.mlog")), log, &self.medium, &self.vault)?)
            }
        };
        file.copy(authentic, from)
    }
    fn keep(&mut self, object: &[u8]) -> Result<()> {
        let path = self.extracts.join(format!("{}.mlt", crate::folder::name_of(object)));
        if self.medium.has(&path) { Ok(()) } else { self.medium.replace(&path, &self.vault.seal(&path, object)?) }
    }
    fn put_aside(&mut self, object: &[u8], reason: &Error) -> Result<bool> {
        let path = self.aside.join(format!("{}.mlt", crate::folder::name_of(object)));
        if self.medium.has(&path) {
            return Ok(true);
        }
        let (things, bytes) = (self.aside_now.0 + 1, self.aside_now.1 + object.len() as u64);
        if things > MOST_ASIDE.0 || bytes > MOST_ASIDE.1 {
            return Ok(false);
        }
        self.aside_now = (things, bytes);
        let text = path.with_extension("txt");
        self.medium.replace(&text, &self.vault.seal(&text, reason.message.as_bytes())?)?;
        self.medium.replace(&path, &self.vault.seal(&path, object)?)?;
        Ok(true)
    }
    fn waits(&self, log: &[u8; 8]) -> bool {
        self.waits.contains(log)
    }
}

/// A session with one peer over a folder. See the [module](super) for how it is carried.
pub struct Exchange {
    home: Home,
    now: Timestamp,
    clock_unset: bool,
    wire: Wire,
}

/// Begins the folder of a hub: it keeps everything that comes, and writes no log.
///
/// # Errors
/// A folder that is in use; no trust anchor.
pub fn begin_hub(at: impl Into<Location>, root: &[u8]) -> Result<()> {
    medlot_core::trust::Anchor::parse(root)?;
    Folder::create(at, Config::new("", ""), root).map(drop)
}

impl Exchange {
    /// Opens a folder for one session and reads what is held. What stands unsealed in the own log is sealed once the peer's
    /// first page doesn't say that this folder is an old copy, and travels then.
    ///
    /// # Errors
    /// No such folder; files that are damaged; more facilities than a session names.
    pub fn open(at: impl Into<Location>, plan: &Plan) -> Result<Self> {
        let at = at.into();
        let folder = Folder::open(at.clone())?;
        let home = if folder.config().log.is_empty() {
            Home::Hub(Box::new(folder))
        } else {
            drop(folder);
            Home::Desk(Box::new(Desk::open(at, plan.now)?))
        };
        Self::with(home, plan)
    }

    /// The same with a desk that is open.
    ///
    /// # Errors
    /// As [`Exchange::open`].
    pub fn of_desk(desk: Desk, plan: &Plan) -> Result<Self> {
        Self::with(Home::Desk(Box::new(desk)), plan)
    }

    fn with(home: Home, plan: &Plan) -> Result<Self> {
        let own = match &home {
            Home::Desk(desk) => Some(desk.log().id()),
            Home::Hub(_) => None,
        };
        let (folder, facility) = (home.folder(), home.folder().config().facility.clone());
        let everything = plan.everything || own.is_none() || facility.is_empty();
        let interest = Interest { everything, facilities: [vec![facility], plan.carry.clone()].concat() };
        let library = Library::of_folder(folder)?;
        let evidence = Evidence::of(&library)?;
        let mut whole = Vec::new();
        for path in folder.logs()? {
            let log = folder.open_log(&path)?;
            whole.push((log.id(), log.head().clone(), log.seals().last().map_or(0, |seal| seal.count)));
        }
        let files = Box::new(files_of(folder)?);
        let mut holdings =
            Holdings::of(&evidence, &library.objects, &whole, own, interest.clone(), files as AnyKeeper)?;
        let root = evidence.anchor().id().log16();
        if let Some(give) = &plan.give {
            holdings.give_only(give.clone());
        }
        let mut held = false;
        if let Home::Desk(desk) = &home {
            holdings.set_own_tail(tail_of(desk.log()));
            // A closed log may hold records that another branch has too: no further seal.
            held = desk.log().tip().unsealed() > 0 && desk.folder().check_writable().is_ok();
        }
        let asked: Vec<&str> =
            if everything { Vec::new() } else { interest.facilities.iter().map(String::as_str).collect() };
        let clock = (!plan.clock_unset).then_some(plan.now);
        let hello = Hello { root, log: own.map(|own| own.log16()), clock, facilities: &asked, window: WINDOW };
        let buffers = Buffers { piece: vec![0; PIECE], wants: vec![0; MESSAGE] };
        let mut session = Session::new(&hello, buffers).map_err(|_| {
            Error::argument(format!("facilities: {} are named; at most 8 of 1 to 20 characters", asked.len()))
        })?;
        if held {
            session.hold();
            holdings.hold_own();
        }
        let wire = Wire::new(holdings, session, MESSAGE);
        Ok(Self { home, now: plan.now, clock_unset: plan.clock_unset, wire })
    }

    /// Takes bytes that came, in any pieces. What stands between frames is text: [`Exchange::take_text`].
    ///
    /// # Errors
    /// What ends the session; what came before is kept, and [`Exchange::finish`] notes it.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<()> {
        let home = &mut self.home;
        self.wire.receive(bytes, &mut |standing| match home {
            Home::Desk(desk) if standing == Standing::AsHere => seal(desk),
            _ => Ok(None),
        })
    }

    /// The bytes to send now, about a megabyte at most: call it again until it is empty. Empty: the peer is awaited, or
    /// the session is done.
    ///
    /// # Errors
    /// What ends the session.
    pub fn take_outgoing(&mut self) -> Result<Vec<u8>> {
        self.wire.take_outgoing()
    }

    /// Lines of text that came between the frames.
    pub fn take_text(&mut self) -> Vec<u8> {
        self.wire.take_text()
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

    /// Ends the session, done or cut: takes what waited aside and can be read now, notes in the own log what was
    /// observed, and closes the own log where the peer holds what isn't in it.
    ///
    /// # Errors
    /// A disk that is full.
    pub fn finish(mut self) -> Result<Report> {
        let retried = self.retry()?;
        let forks: Vec<Hash> = self.wire.holdings.forks().copied().collect();
        let aside = self.wire.holdings.aside().to_vec();
        let own_forks = matches!(&self.home, Home::Desk(desk) if self.wire.holdings.is_forked(&desk.log().id()));
        // Longer there may be longer on another branch: what came shows it.
        let standing = match self.wire.session.standing() {
            Standing::Behind(count) if own_forks => Standing::Forked(count),
            standing => standing,
        };
        let clock = self.wire.session.clock_ahead().filter(|_| !self.clock_unset);
        let peer_log = self.wire.session.peer().and_then(medlot_core::sync::Peer::log);
        let mut report = Report {
            done: self.is_done() && !self.wire.has_failed(),
            peer: self.wire.session.peer().map(|peer| peer.facilities().map(str::to_owned).collect()),
            peer_log,
            totals: self.wire.session.totals(),
            aside,
            retried,
            forks,
            observed: Vec::new(),
            own: None,
            unsealed: self.wire.holdings.own_unsealed(),
            standing,
        };
        let Home::Desk(desk) = &mut self.home else { return Ok(report) };
        let own = desk.log().id();
        report.own = Some((own, self.wire.session.acknowledged()));
        if standing != Standing::AsHere {
            desk.make_read_only(ReadOnly::Ahead)?;
        }
        if desk.folder().check_writable().is_err() {
            return Ok(report);
        }
        for news in self.wire.holdings.news() {
            let clock = clock.filter(|_| peer_log == Some(news.log.log16()));
            let observed =
                Observed { log: news.log.log16(), count: news.count, head: news.head.log16(), clock, extensions: None };
            desk.write(Entry::Observed(observed))?;
            report.observed.push((news, clock));
        }
        if !report.observed.is_empty() {
            desk.seal_if_here()?;
        }
        Ok(report)
    }

    /// What was put aside and can be read now, since its key came.
    fn retry(&mut self) -> Result<u32> {
        let mut taken = 0;
        loop {
            let before = taken;
            for (path, object) in self.home.folder().put_by()? {
                if self.take_again(&object)? {
                    self.home.folder().taken_back(&path)?;
                    taken += 1;
                }
            }
            if taken == before {
                return Ok(taken);
            }
        }
    }

    /// Takes an object from aside, where it can be taken whole.
    fn take_again(&mut self, object: &[u8]) -> Result<bool> {
        let Ok((kind, rest)) = read_header(object) else { return Ok(false) };
        if matches!(kind, ObjectType::StateList | ObjectType::ForkProof) {
            return self.wire.holdings.try_again(&[], object);
        }
        let elements: Vec<Element<'_>> = match (kind, Elements::new(rest).collect()) {
            (ObjectType::Bundle, Ok(elements)) => elements,
            _ => return Ok(false),
        };
        let own_keys = elements.iter().all(|e| matches!(e, Element::OwnId { .. } | Element::Keyed { .. }));
        if elements.is_empty() || !own_keys {
            return Ok(false);
        }
        let bundles = elements.iter().map(|e| Ok((*e, bundle_of(e)?))).collect::<Result<Vec<_>>>()?;
        self.wire.holdings.try_again(&bundles, object)
    }

    /// The folder's own desk, where it has one: for what is written before or after.
    #[must_use]
    pub fn desk(&self) -> Option<&Desk> {
        match &self.home {
            Home::Desk(desk) => Some(desk),
            Home::Hub(_) => None,
        }
    }
    /// The time of the session.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }
}

/// Seals what stands, and gives it: a segment's body. Where the key is kept outside, it goes with the next session.
fn seal(desk: &mut Desk) -> Result<Option<Vec<u8>>> {
    let from = desk.log().seals().last().map_or(0, |seal| seal.count);
    let to = desk.seal_if_here()?.filter(|to| *to > from);
    to.map(|to| desk.piece(from, to)).transpose()
}

fn files_of(folder: &Folder) -> Result<Files> {
    let (mut waits, mut aside_now) = (BTreeSet::new(), (0, 0));
    for (_, object) in folder.put_by()? {
        aside_now = (aside_now.0 + 1, aside_now.1 + object.len() as u64);
        waits.extend(short_ids(&object));
    }
    let at = |name: &str| folder.path().join(name);
    Ok(Files {
        medium: folder.medium().clone(),
        vault: folder.vault().clone(),
        logs: at("logs"),
        extracts: at("extracts"),
        aside: at("aside"),
        open: BTreeMap::new(),
        waits,
        aside_now,
    })
}

/// The own log's values from its last seal on.
fn tail_of(log: &LogFile) -> Vec<Hash> {
    log.shared().values_from(log.seals().last().map_or(0, |seal| seal.count)).to_vec()
}
