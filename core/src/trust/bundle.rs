//! From an object's elements to verified segments: which key each is held to (`spec/wire-format.md` section 7).
//!
//! A bundle names its logs by eight bytes, or not at all: the key of each follows from the enrolments before it, and
//! those from the root. What is verified here is authentic, no more: whether it *counts* is for the evaluation.

use super::evaluate::root_logs;
use super::facts::{Fact, FactKind};
use super::reading::child_of;
use crate::crypto::{self, Hash, Suite};
use crate::record::{
    Authentic, Element, Elements, Entry, FORMAT, LogKey, ObjectError, ObjectType, Record, Segment, SegmentError,
    read_header,
};
use core::fmt;

/// Why an object wasn't taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BundleError {
    /// The object's frame.
    Object(ObjectError),
    /// Another type of object than the one needed; holds what is needed.
    NotA(ObjectType),
    /// The element with this number (from 0) holds a segment that is refused.
    Segment(u8, SegmentError),
    /// The element's suite is not known to this build: unknown here.
    Suite(u8, u8),
    /// No enrolment here names the log with this id: fetch its authority's log.
    UnknownLog(u8, [u8; 8]),
    /// An enrolment that was left out isn't held here: ask for this log and index.
    Omitted(u8, [u8; 8], u32),
    /// The element before doesn't enrol the log of this one.
    NotUnder(u8),
    /// What enrols the log of this one, or the root, needs a newer build to be read: unknown here.
    NewerFormat(u8),
    /// The root is not the one that is trusted here.
    OtherRoot,
    /// The trust anchor isn't one sealed `Root`.
    BadRoot,
    /// The space handed in is full.
    Full,
}

impl BundleError {
    /// Whether the object may be right but can't be read here: *unknown*, not *invalid*.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        matches!(
            self,
            Self::Suite(..)
                | Self::NewerFormat(_)
                | Self::UnknownLog(..)
                | Self::Omitted(..)
                | Self::Segment(_, SegmentError::NotBuilt)
                | Self::Object(ObjectError::Version(_) | ObjectError::Type(_))
        )
    }
}

// Where trust has a reason for it, the number is that reason's (`spec/trust.md` section 4).
crate::codes::codes! { BundleError {
    Self::Segment(_, SegmentError::BadSeal) => 3002, "bad_seal";
    Self::Suite(..) | Self::NewerFormat(_) | Self::Segment(_, SegmentError::NotBuilt) => 3003, "not_readable_here";
    Self::UnknownLog(..) => 3004, "not_enrolled";
    Self::Omitted(..) => 3007, "path_unknown";
    Self::Full => 3901, "space_too_small";
    Self::Object(_) => 3910, "object";
    Self::NotA(_) => 3911, "other_object";
    Self::Segment(..) => 3912, "segment";
    Self::NotUnder(_) => 3913, "not_under";
    Self::OtherRoot => 3914, "other_root";
    Self::BadRoot => 3915, "bad_root";
} }

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = |f: &mut fmt::Formatter<'_>, id: &[u8; 8]| id.iter().try_for_each(|b| write!(f, "{b:02x}"));
        match self {
            Self::Object(e) => e.fmt(f),
            Self::NotA(kind) => write!(f, "these bytes are another medlot object than the {kind:?} needed here"),
            Self::Segment(at, e) => write!(f, "part {at}: {e}"),
            Self::Suite(at, suite) => {
                write!(f, "part {at}: signature suite {suite} is not known to this build; use a newer build")
            }
            Self::UnknownLog(at, id) => {
                write!(f, "part {at}: no enrolment of log ")?;
                hex(f, id)?;
                f.write_str(" is here: fetch it from the authority")
            }
            Self::Omitted(at, id, index) => {
                write!(f, "part {at}: the enrolment at index {index} of log ")?;
                hex(f, id)?;
                f.write_str(" was left out and isn't here: ask the sender for it")
            }
            Self::NotUnder(at) => write!(f, "part {at}: the part before it doesn't enrol its log"),
            Self::NewerFormat(at) => {
                write!(f, "part {at}: what enrols its log is of a newer format; use a newer build")
            }
            Self::OtherRoot => f.write_str("the bundle rests on another root than the one trusted here"),
            Self::BadRoot => f.write_str("this is no trust anchor: one sealed root record is needed"),
            Self::Full => f.write_str("more records than the space handed in can hold"),
        }
    }
}

impl core::error::Error for BundleError {}

impl From<ObjectError> for BundleError {
    fn from(e: ObjectError) -> Self {
        Self::Object(e)
    }
}

/// The trust anchor: a root's first record under its seal. A device gets it once, by a way that it trusts.
#[derive(Clone, Copy)]
pub struct Anchor<'a> {
    log: LogKey<'a>,
    authentic: Authentic<'a>,
}

impl<'a> Anchor<'a> {
    /// Reads and verifies a root object (type 1).
    ///
    /// # Errors
    /// Another object, a seal that doesn't hold, a record that is no `Root`.
    pub fn parse(object: &'a [u8]) -> Result<Self, BundleError> {
        let (kind, rest) = read_header(object)?;
        if kind != ObjectType::Root {
            return Err(BundleError::NotA(ObjectType::Root));
        }
        let mut elements = Elements::new(rest);
        let element = elements.next().ok_or(BundleError::BadRoot)??;
        if elements.next().is_some() {
            return Err(BundleError::BadRoot);
        }
        Self::of(&element)
    }

    /// Of the keyed element that holds it.
    ///
    /// # Errors
    /// As [`Anchor::parse`].
    pub fn of(element: &Element<'a>) -> Result<Self, BundleError> {
        let (segment, log) = Self::claimed(element)?;
        let authentic = segment.verify(&log).map_err(|e| BundleError::Segment(0, e))?;
        Ok(Self { log, authentic })
    }

    /// The segment and the key that it is to be held to.
    #[inline(never)] // a decoded record must not stand under the signature's check
    fn claimed(element: &Element<'a>) -> Result<(Segment<'a>, LogKey<'a>), BundleError> {
        let Element::Keyed { suite, key, body } = *element else { return Err(BundleError::BadRoot) };
        let suite = Suite::of_number(suite).ok_or(BundleError::Suite(0, suite))?;
        let segment = Segment::parse(body, suite.signature_length()).map_err(|e| BundleError::Segment(0, e))?;
        if segment.index() != 0 || segment.count() != 1 {
            return Err(BundleError::BadRoot);
        }
        // Its parent's line id hashes record 0: that is read before the seal is checked, and only hashed.
        let record = segment.first_raw().ok_or(BundleError::BadRoot)?;
        let entry = Record::decode(record).map(|r| r.entry);
        if !matches!(entry, Ok(Entry::Root(_))) {
            return Err(BundleError::BadRoot);
        }
        if entry.is_ok_and(|entry| !entry.is_fully_understood()) {
            return Err(BundleError::NewerFormat(0)); // everything rests on what it says
        }
        let id = crypto::log_identity(&crypto::root_parent(record), suite.number(), key, "");
        Ok((segment, LogKey { id: id.ok_or(BundleError::BadRoot)?, suite, key }))
    }

    /// The root id.
    #[must_use]
    pub const fn id(&self) -> Hash {
        self.log.id
    }
    /// Its log's key.
    #[must_use]
    pub const fn log(&self) -> LogKey<'a> {
        self.log
    }
    /// Its one record.
    #[must_use]
    pub const fn authentic(&self) -> Authentic<'a> {
        self.authentic
    }
}

/// Where an application keeps what is verified: it gives the facts known so far, and takes each segment at once, since
/// the next one's key may stand in it.
pub trait Shelf<'a> {
    /// What a verified segment is kept as: [`Authentic`], or [`crate::record::Chained`] where its records are asked for
    /// again.
    type Verified: AsRef<Authentic<'a>> + From<Authentic<'a>>;
    /// Shows the facts read so far. They needn't stand in memory in between: a microcontroller reads them anew, so that
    /// they don't stand under a signature's check.
    ///
    /// # Errors
    /// [`BundleError::Full`].
    fn with_facts<T>(&self, ask: impl FnOnce(&[Fact<'a>]) -> T) -> Result<T, BundleError>;
    /// A segment taken before that has these bytes and was held to this key: its seal needn't be checked again.
    fn taken(&self, _body: &[u8], _log: &LogKey<'_>) -> Option<Authentic<'a>> {
        None
    }
    /// Verifies a segment; a shelf that has a [`crate::record::SealMemory`] doesn't check what held before.
    ///
    /// # Errors
    /// As [`Segment::verify`].
    fn verify(&self, segment: Segment<'a>, log: &LogKey<'_>) -> Result<Self::Verified, SegmentError> {
        segment.verify(log).map(Self::Verified::from)
    }
    /// Takes a verified segment.
    ///
    /// # Errors
    /// [`BundleError::Full`].
    fn take(&mut self, verified: Self::Verified, log: LogKey<'a>) -> Result<(), BundleError>;
}

/// Verifies the elements of a bundle, in order, and hands each segment to the shelf; reading stops at the first
/// refusal, and what came before it stays verified.
///
/// # Errors
/// The first refusal.
pub fn open<'a>(anchor: &Anchor<'a>, object: &'a [u8], shelf: &mut impl Shelf<'a>) -> Result<(), BundleError> {
    let (kind, rest) = read_header(object)?;
    if kind != ObjectType::Bundle {
        return Err(BundleError::NotA(ObjectType::Bundle));
    }
    elements(anchor, rest, shelf)
}

/// The same for the elements alone, as an invitation holds them too.
///
/// # Errors
/// The first refusal.
pub fn elements<'a>(anchor: &Anchor<'a>, bytes: &'a [u8], shelf: &mut impl Shelf<'a>) -> Result<(), BundleError> {
    let mut before = Before::Nothing;
    for (at, element) in (0u8..).zip(Elements::new(bytes)) {
        let element = element?;
        if let Element::Mark { log, index } = element {
            if !shelf.with_facts(|facts| facts.iter().any(|fact| is_enrol_at(fact, &log, index)))? {
                return Err(BundleError::Omitted(at, log, index));
            }
            before = Before::Mark(log, index);
            continue;
        }
        let (verified, key) = authenticate(anchor, shelf, &element, at, &before)?;
        let authentic = *verified.as_ref();
        shelf.take(verified, key)?;
        before = Before::Segment(authentic);
    }
    Ok(())
}

fn is_enrol_at(fact: &Fact<'_>, log: &[u8; 8], index: u32) -> bool {
    matches!(fact.kind, FactKind::Enrol { .. }) && fact.at.log.log_id() == *log && fact.at.index == index
}

/// What stood before an element: an *under* element is held to it.
#[derive(Clone, Copy)]
pub enum Before<'a> {
    /// It is the first.
    Nothing,
    /// A verified segment.
    Segment(Authentic<'a>),
    /// An enrolment left out: its log and index.
    Mark([u8; 8], u32),
}

/// Verifies one element under the key that the facts on the shelf give.
///
/// # Errors
/// What refuses it; `at` is its number.
pub fn authenticate<'a, S: Shelf<'a>>(
    anchor: &Anchor<'a>,
    shelf: &S,
    element: &Element<'a>,
    at: u8,
    before: &Before<'a>,
) -> Result<(S::Verified, LogKey<'a>), BundleError> {
    let refused = |e| BundleError::Segment(at, e);
    let (body, mut last) = match *element {
        Element::Mark { log, index } => return Err(BundleError::Omitted(at, log, index)),
        Element::Keyed { body, .. } => (body, BundleError::NotUnder(at)),
        Element::OwnId { log, suite, body } => {
            let suite = Suite::of_number(suite).ok_or(BundleError::Suite(at, suite))?;
            Segment::parse(body, suite.signature_length()).map_err(refused)?;
            (body, BundleError::UnknownLog(at, log))
        }
        Element::Under { body } => (body, not_under(before, at)),
    };
    // Where a key doesn't hold the next one is looked for anew: nothing of the search stands under a signature's check.
    for nth in 0.. {
        let found = match element {
            Element::Keyed { .. } => (nth == 0).then(|| keyed(anchor, element, at)),
            _ => shelf.with_facts(|facts| nth_key(anchor, facts, element, at, before, nth))?,
        };
        match found {
            Some(Ok(log)) => {
                // The anchor's own seal was checked when it became the anchor.
                let is_anchor = log == anchor.log && body == anchor.authentic.body();
                if let Some(authentic) =
                    Some(anchor.authentic).filter(|_| is_anchor).or_else(|| shelf.taken(body, &log))
                {
                    return Ok((authentic.into(), log));
                }
                let segment = Segment::parse(body, log.suite.signature_length()).map_err(refused)?;
                match shelf.verify(segment, &log) {
                    Ok(verified) => return Ok((verified, log)),
                    Err(e) => last = refused(e),
                }
            }
            Some(Err(e)) => last = e,
            None => break,
        }
    }
    Err(last)
}

/// The key of a root's or a next root's element, which it brings along.
#[inline(never)] // a decoded record must not stand under the signature's check
fn keyed<'a>(anchor: &Anchor<'a>, element: &Element<'a>, at: u8) -> Result<LogKey<'a>, BundleError> {
    let Element::Keyed { suite, key, body } = *element else { return Err(BundleError::NotUnder(at)) };
    let suite = Suite::of_number(suite).ok_or(BundleError::Suite(at, suite))?;
    let segment = Segment::parse(body, suite.signature_length()).map_err(|e| BundleError::Segment(at, e))?;
    match segment.first_raw().map(|bytes| Record::decode(bytes).map(|record| record.entry)) {
        Some(Ok(Entry::Root(_))) => {
            let (_, log) = Anchor::claimed(element)?;
            if log.id == anchor.id() { Ok(log) } else { Err(BundleError::OtherRoot) }
        }
        // A next root goes on as the line of the reader's root; whether it is linked is for the evaluation.
        // Anybody can make a log that claims to be one, so no more than that claim is taken.
        Some(Ok(Entry::NextRoot(_))) if segment.count() == 1 => {
            let id = crypto::log_identity(&anchor.id(), suite.number(), key, "").ok_or(BundleError::BadRoot)?;
            Ok(LogKey { id, suite, key })
        }
        _ => Err(BundleError::NotUnder(at)),
    }
}

/// Of the keys that may have sealed an element the one with this number: the log, or why it can't be read here.
fn nth_key<'a>(
    anchor: &Anchor<'a>,
    facts: &[Fact<'a>],
    element: &Element<'a>,
    at: u8,
    before: &Before<'a>,
    nth: usize,
) -> Option<Result<LogKey<'a>, BundleError>> {
    match *element {
        // Two keys under one id are possible; each is tried, four at most.
        Element::OwnId { log: id, suite, .. } => {
            keys(anchor, facts, &id).filter(|log| log.suite.number() == suite).take(4).nth(nth).map(Ok)
        }
        Element::Under { .. } => {
            let (suite, key, id) = children(facts, before).nth(nth)?;
            let suite = Suite::of_number(suite).ok_or(BundleError::Suite(at, suite));
            Some(suite.map(|suite| LogKey { id, suite, key }))
        }
        Element::Mark { .. } | Element::Keyed { .. } => None,
    }
}

/// Every log known with this id: the root, next roots, and what is enrolled.
pub fn keys<'f, 'a>(
    anchor: &Anchor<'a>,
    facts: &'f [Fact<'a>],
    id: &[u8; 8],
) -> impl Iterator<Item = LogKey<'a>> + use<'f, 'a> {
    let (id, root, root_log) = (*id, anchor.id(), anchor.log());
    let from_root = Some(root_log).filter(|log| log.id.log_id() == id);
    let others = facts.iter().filter_map(move |fact| {
        let (log, of) = match fact.kind {
            FactKind::Enrol { child, key, .. } => (child, key),
            // Only of roots that the one before committed to: anybody can make a log that claims to be the next.
            FactKind::NextRoot { key, .. } if is_next_root(root, facts, &fact.at.log) => (fact.at.log, key),
            _ => return None,
        };
        let suite = Suite::of_number(of.suite).filter(|_| of.format == FORMAT && log.log_id() == id)?;
        Some(LogKey { id: log, suite, key: of.key })
    });
    // A log enrolled twice is one log.
    let mut seen = [Hash::ZERO; 4];
    from_root.into_iter().chain(others).filter(move |log| {
        let new = !seen.contains(&log.id);
        if let Some(slot) = seen.iter_mut().find(|slot| **slot == Hash::ZERO).filter(|_| new) {
            *slot = log.id;
        }
        new
    })
}

/// Why an *under* element is refused where nothing enrols its log.
#[inline(never)] // as above
fn not_under(before: &Before<'_>, at: u8) -> BundleError {
    let newer = matches!(before, Before::Segment(authentic) if enrols_newer(authentic));
    if newer { BundleError::NewerFormat(at) } else { BundleError::NotUnder(at) }
}

/// Whether this is one `Enrol` that this build can't follow: of another format, or with an extension that must be
/// understood.
fn enrols_newer(authentic: &Authentic<'_>) -> bool {
    let record = authentic.raw_records().next().and_then(|record| Record::decode(record.bytes()).ok());
    authentic.end() - authentic.index() == 1
        && record.is_some_and(|record| match record.entry {
            Entry::Enrol(enrol) => enrol.key.format != FORMAT || !record.entry.is_fully_understood(),
            _ => false,
        })
}

fn is_next_root(root: Hash, facts: &[Fact<'_>], log: &Hash) -> bool {
    *log != root && root_logs(root, facts).any(|linked| linked.log == *log)
}

/// The logs (suite, key, h₀) that the element before enrols, one for each line that its log is of.
fn children<'f, 'a>(
    facts: &'f [Fact<'a>],
    before: &Before<'a>,
) -> impl Iterator<Item = (u8, &'a [u8], Hash)> + use<'f, 'a> {
    let (log, index) = match before {
        Before::Nothing => (None, 0),
        Before::Segment(authentic) if authentic.end() - authentic.index() == 1 => {
            (Some(authentic.log().log_id()), authentic.index())
        }
        Before::Segment(_) => (None, 0),
        Before::Mark(log, index) => (Some(*log), *index),
    };
    facts.iter().filter_map(move |fact| match fact.kind {
        FactKind::Enrol { child, key, .. } if log.is_some_and(|log| is_enrol_at(fact, &log, index)) => {
            Some((key.suite, key.key, child))
        }
        _ => None,
    })
}

/// A request (type 3): a log that asks its parent to be enrolled, and proves that it has the key.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The parent's line id.
    pub parent: Hash,
    /// The facility.
    pub facility: crate::ident::FacilityCode<'a>,
    /// The log's key.
    pub log: LogKey<'a>,
    /// Its record 0.
    pub authentic: Authentic<'a>,
}

impl<'a> Request<'a> {
    /// Reads and verifies a request.
    ///
    /// # Errors
    /// Another object, a facility that can't be, a seal that doesn't hold, a record that is no `Introduce`.
    pub fn parse(object: &'a [u8]) -> Result<Self, BundleError> {
        let (kind, rest) = read_header(object)?;
        if kind != ObjectType::Request {
            return Err(BundleError::NotA(ObjectType::Request));
        }
        let short = BundleError::Object(ObjectError::Truncated);
        let (parent, rest) = rest.split_first_chunk::<32>().ok_or(short)?;
        let (length, rest) = crate::record::read_varint32(rest).ok_or(short)?;
        let (facility, rest) = rest.split_at_checked(length as usize).ok_or(short)?;
        let facility = core::str::from_utf8(facility).ok().and_then(|f| crate::ident::FacilityCode::parse(f).ok());
        let facility = facility.ok_or(short)?;
        let mut elements = Elements::new(rest);
        let Some(Ok(Element::Keyed { suite, key, body })) = elements.next() else { return Err(short) };
        if elements.next().is_some() {
            return Err(short);
        }
        let suite = Suite::of_number(suite).ok_or(BundleError::Suite(0, suite))?;
        let segment = Segment::parse(body, suite.signature_length()).map_err(|e| BundleError::Segment(0, e))?;
        let introduces = segment
            .first_raw()
            .is_some_and(|bytes| matches!(Record::decode(bytes).map(|r| r.entry), Ok(Entry::Introduce(_))));
        if segment.index() != 0 || segment.count() != 1 || !introduces {
            return Err(BundleError::NotUnder(0));
        }
        let parent = Hash(*parent);
        let id = crypto::log_identity(&parent, suite.number(), key, facility.as_str()).ok_or(short)?;
        let log = LogKey { id, suite, key };
        let authentic = segment.verify(&log).map_err(|e| BundleError::Segment(0, e))?;
        Ok(Self { parent, facility, log, authentic })
    }

    /// The log that an `Enrol` answering it must enrol.
    #[must_use]
    pub fn is_answered_by(&self, under: &Hash, enrol: &crate::record::Enrol<'_>) -> bool {
        child_of(under, enrol).is_some_and(|(child, _)| child == self.log.id)
    }
}

/// An invitation (type 2): what a device needs to know of its parent to make its request.
#[derive(Clone, Copy)]
pub struct Invitation<'a> {
    /// The parent's line id.
    pub parent: Hash,
    /// The facility proposed; empty where the device names it.
    pub facility: &'a str,
    /// The roles proposed.
    pub roles: crate::record::Roles,
    /// The root, by the way of the invitation: an application shows its id to be compared.
    pub anchor: Anchor<'a>,
    /// The elements after the root: what enrols the parent.
    pub path: &'a [u8],
}

impl<'a> Invitation<'a> {
    /// Reads an invitation and verifies its root; its path is verified with [`elements`].
    ///
    /// # Errors
    /// Another object, a part cut off, a root whose seal doesn't hold.
    pub fn parse(object: &'a [u8]) -> Result<Self, BundleError> {
        let (kind, rest) = read_header(object)?;
        if kind != ObjectType::Invitation {
            return Err(BundleError::NotA(ObjectType::Invitation));
        }
        let short = BundleError::Object(ObjectError::Truncated);
        let (parent, rest) = rest.split_first_chunk::<32>().ok_or(short)?;
        let (length, rest) = crate::record::read_varint32(rest).ok_or(short)?;
        let (facility, rest) = rest.split_at_checked(length as usize).ok_or(short)?;
        let facility = core::str::from_utf8(facility).map_err(|_| short)?;
        if !facility.is_empty() && crate::ident::FacilityCode::parse(facility).is_err() {
            return Err(short);
        }
        let (roles, rest) = crate::record::read_varint32(rest).ok_or(short)?;
        let roles = u16::try_from(roles).ok().filter(|r| *r <= crate::limits::MAX_OPEN).ok_or(short)?;
        let mut elements = Elements::new(rest);
        let anchor = Anchor::of(&elements.next().ok_or(BundleError::BadRoot)??)?;
        let path = elements.rest();
        Ok(Self { parent: Hash(*parent), facility, roles: crate::record::Roles(roles), anchor, path })
    }
}
