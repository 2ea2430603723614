//! Everything held, as a session sees it: what may be given to whom, what is lacking, and what becomes of what comes.
use super::concern::Concern;
use super::held::{HeldLog, Seg, value_in};
use super::keyring::{Keyring, KnownLog};
use crate::error::{Error, Kind, Result};
use crate::evidence::Evidence;
use crate::folder::LogHead;
use crate::seals;
use medlot_core::crypto::{Hash, Suite};
use medlot_core::record::{Authentic, Element, ForkProof, ObjectType, Segment, header, read_header, write_element};
use medlot_core::sync::{Offer, Peer, Point, SyncError, Taken};
use medlot_core::trust::{BundleError, StateList};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The kind number of `Observed`: what brings nothing else is no news.
const OBSERVED: u8 = 6;

/// Where what came is kept durably.
pub trait Keeper {
    /// Appends the records of a segment from `from` on, and its seal, to a log that is kept whole; `false` where they
    /// can't stand between two seals. Never called for the log that is written here.
    ///
    /// # Errors
    /// A medium that is full.
    fn append(&mut self, log: &LogHead, authentic: &Authentic<'_>, from: u32) -> Result<bool>;
    /// Keeps an object: a bundle of one segment, a State's list, a fork proof.
    ///
    /// # Errors
    /// A medium that is full.
    fn keep(&mut self, object: &[u8]) -> Result<()>;
    /// Keeps what couldn't be taken, with the reason; `false` where there is no more room for such.
    ///
    /// # Errors
    /// A medium that is full.
    fn put_aside(&mut self, object: &[u8], reason: &Error) -> Result<bool>;
    /// Whether something of the log with this id waits aside already.
    fn waits(&self, log: &[u8; 8]) -> bool;
}

impl<K: Keeper + ?Sized> Keeper for Box<K> {
    fn append(&mut self, log: &LogHead, authentic: &Authentic<'_>, from: u32) -> Result<bool> {
        (**self).append(log, authentic, from)
    }
    fn keep(&mut self, object: &[u8]) -> Result<()> {
        (**self).keep(object)
    }
    fn put_aside(&mut self, object: &[u8], reason: &Error) -> Result<bool> {
        (**self).put_aside(object, reason)
    }
    fn waits(&self, log: &[u8; 8]) -> bool {
        (**self).waits(log)
    }
}

/// Whose records a party keeps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interest {
    /// Everything: a hub.
    pub everything: bool,
    /// Else the own facility first, then those that are carried for.
    pub facilities: Vec<String>,
}

/// A log of which something came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// h₀.
    pub log: Hash,
    /// Count up to which it is held now.
    pub count: u32,
    /// The head there.
    pub head: Hash,
}

/// What was set aside, and why.
#[derive(Debug, Clone)]
pub struct Aside {
    /// The log's short id, where it is a segment.
    pub log: Option<[u8; 8]>,
    /// The reason.
    pub error: Error,
}

#[derive(Clone)]
pub(super) struct Object {
    pub(super) kind: ObjectType,
    pub(super) bytes: Vec<u8>,
    /// Of a list: its State's log and index. Of a proof: its log's short id and the count.
    pub(super) about: ([u8; 16], u32),
}

/// Everything that is held, in memory, with a [`Keeper`] behind it.
#[derive(Clone)]
pub struct Holdings<K> {
    /// Where it is kept.
    pub keeper: K,
    pub(super) keys: Keyring,
    pub(super) logs: BTreeMap<[u8; 16], HeldLog>,
    pub(super) objects: BTreeMap<[u8; 16], Object>,
    pub(super) interest: Interest,
    /// At most this is given, whatever the peer asks for; `None`: as it asks.
    pub(super) ceiling: Option<Vec<String>>,
    pub(super) own: Option<Hash>,
    /// The own log's values beyond its last seal, from that seal's count on.
    pub(super) own_tail: Vec<Hash>,
    pub(super) offers: Option<Vec<Offer>>,
    /// The own log isn't offered yet: it has records that no seal covers.
    pub(super) own_held: bool,
    /// It is to be offered last, behind what was listed without it.
    pub(super) own_late: bool,
    pub(super) wanted: BTreeSet<[u8; 16]>,
    pub(super) points: Option<([u8; 16], Vec<Point>)>,
    pub(super) opened: Vec<u8>,
    pub(super) news: BTreeMap<[u8; 16], bool>,
    /// Logs found to have two histories.
    pub(super) forks: BTreeSet<Hash>,
    /// What was set aside.
    pub(super) aside: Vec<Aside>,
    pub(super) failure: Option<Error>,
    /// Something from aside is tried again: it stays there where it still can't be taken.
    pub(super) again: bool,
}

/// What this peer may have.
struct Entitled {
    everything: bool,
    whole: Option<String>,
    batches: Vec<String>,
}

fn id_of(object: &[u8]) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::digest(object).into();
    Hash(digest).log16()
}

impl<K: Keeper> Holdings<K> {
    /// Of what was verified. `whole` are the logs that are kept whole, in files of their own, each with the count of its
    /// last seal there; `own` is the one that is written here.
    ///
    /// # Errors
    /// A log in the evidence that doesn't verify any more.
    pub fn of(
        evidence: &Evidence<'_>,
        objects: &[Vec<u8>],
        whole: &[(Hash, LogHead, u32)],
        own: Option<Hash>,
        interest: Interest,
        keeper: K,
    ) -> Result<Self> {
        let mut this = Self {
            keeper,
            keys: Keyring::of_root(evidence.anchor()),
            logs: BTreeMap::new(),
            objects: BTreeMap::new(),
            interest,
            ceiling: None,
            own,
            own_tail: Vec::new(),
            offers: None,
            own_held: false,
            own_late: false,
            wanted: BTreeSet::new(),
            points: None,
            opened: Vec::new(),
            news: BTreeMap::new(),
            forks: BTreeSet::new(),
            aside: Vec::new(),
            failure: None,
            again: false,
        };
        let mut parts: Vec<_> = evidence.parts().iter().collect();
        parts.sort_by_key(|part| part.run.index());
        for part in parts {
            let held = this.logs.entry(part.log.id.log16()).or_default();
            let seg = Seg::of_part(part)?;
            let (count, head) = held.tip(part.log.id);
            // What stands in its file, and no more of it: what came otherwise may reach over that.
            let in_file = whole.iter().any(|(id, _, end)| *id == part.log.id && seg.end <= *end);
            let goes_on = in_file && seg.index <= count && count < seg.end;
            let at_count = if seg.index == count { Some(seg.start) } else { part.run.value(count) };
            if goes_on && at_count == Some(head) {
                held.main.push(if seg.index == count { seg } else { seg.remainder(&part.log, count) });
            } else {
                held.extras.push(seg);
            }
        }
        this.learn_from(evidence.anchor().id());
        for next in evidence.parts().iter().filter(|p| p.run.index() == 0) {
            let (Some(first), log) = (next.run.lasting().next(), next.log) else { continue };
            if let Some(id) = this.keys.next_root(log.suite.number(), log.key, first.bytes()) {
                this.learn_from(id);
            }
        }
        for (id, head, _) in whole {
            this.keys.add_own(head, *id);
        }
        for part in evidence.parts() {
            this.drop_covered(&part.log.id.log16());
        }
        for object in objects {
            this.know_object(object);
        }
        Ok(this)
    }

    /// Gives at most what these facilities may have, whatever the peer asks for.
    pub fn give_only(&mut self, facilities: Vec<String>) {
        self.ceiling = Some(facilities);
    }
    /// Logs of the own facility of which records came that are no `Observed`, with what is held of them now.
    pub fn news(&self) -> Vec<News> {
        let news = self.news.iter().filter(|(_, real)| **real).filter_map(|(log, _)| {
            let known = self.keys.get(log)?;
            let (count, head) = self.logs.get(log)?.tip(known.id);
            (count > 0).then_some(News { log: known.id, count, head })
        });
        news.collect()
    }
    /// Logs found in this session to have two histories.
    pub fn forks(&self) -> impl Iterator<Item = &Hash> {
        self.forks.iter()
    }
    /// Whether a proof is held that this log has two histories.
    pub fn is_forked(&self, log: &Hash) -> bool {
        self.objects.values().any(|o| o.kind == ObjectType::ForkProof && o.about.0.starts_with(&log.log_id()))
    }
    /// What was set aside in this session.
    pub fn aside(&self) -> &[Aside] {
        &self.aside
    }
    /// Why the storage refused, where it did.
    pub fn failure(&mut self) -> Option<Error> {
        self.failure.take()
    }

    /// Pieces that stand on the chain too needn't be kept in mind.
    fn drop_covered(&mut self, log: &[u8; 16]) {
        let (Some(known), Some(held)) = (self.keys.get(log), self.logs.get_mut(log)) else { return };
        if held.main.is_empty() {
            return;
        }
        let (key, main) = (known.key(), HeldLog { main: std::mem::take(&mut held.main), extras: Vec::new() });
        held.extras.retain(|seg| main.value(&key, seg.end) != Some(seg.head));
        held.main = main.main;
    }

    fn know_object(&mut self, object: &[u8]) {
        let Ok((kind, rest)) = read_header(object) else { return };
        let about = match kind {
            ObjectType::StateList => StateList::parse(rest).ok().map(|list| (list.log, list.index)),
            ObjectType::ForkProof => ForkProof::parse(rest).ok().map(|proof| {
                let mut log = [0; 16];
                log.iter_mut().zip(proof.log).for_each(|(to, byte)| *to = byte);
                (log, proof.count)
            }),
            _ => None,
        };
        if let Some(about) = about {
            self.objects.insert(id_of(object), Object { kind, bytes: object.to_vec(), about });
        }
    }

    /// Learns what an authority's log enrols, and what those enrol.
    fn learn_from(&mut self, log: Hash) {
        let mut waiting = vec![log];
        while let Some(log) = waiting.pop() {
            let Some(known) = self.keys.get(&log.log16()).cloned() else { continue };
            let Some(held) = self.logs.get(&log.log16()) else { continue };
            for seg in held.main.iter().chain(&held.extras) {
                if let Ok(authentic) = seg.verify(&known.key()) {
                    waiting.extend(self.keys.learn(&authentic));
                }
            }
        }
    }

    fn entitled(&self, peer: &Peer) -> Entitled {
        let asked: Vec<String> = peer.facilities().map(str::to_owned).collect();
        match &self.ceiling {
            None => Entitled { everything: asked.is_empty(), whole: asked.first().cloned(), batches: asked },
            Some(most) => {
                let may = |f: &String| most.contains(f);
                if asked.is_empty() {
                    return Entitled { everything: false, whole: most.first().cloned(), batches: most.clone() };
                }
                let whole = asked.first().filter(|f| may(f)).cloned();
                Entitled { everything: false, whole, batches: asked.into_iter().filter(may).collect() }
            }
        }
    }

    /// What this peer may have: of the log that it writes first, so that it learns at once whether its copy is an old one;
    /// then authorities' logs and lists.
    pub(super) fn list(&self, peer: &Peer) -> Vec<Offer> {
        let entitled = self.entitled(peer);
        let facility_of = |id: &[u8; 8]| self.keys.with_id(id).map(|log| log.head.facility.clone()).collect();
        let (mut first, mut authorities, mut devices) = (Vec::new(), Vec::new(), Vec::new());
        for known in self.keys.in_order() {
            let log = known.id.log16();
            let Some(held) = self.logs.get(&log) else { continue };
            let whole = known.authority
                || entitled.everything
                || entitled.whole.as_ref().is_some_and(|f| !f.is_empty() && *f == known.head.facility);
            let offers = match known.authority {
                _ if peer.log() == Some(log) => &mut first,
                true => &mut authorities,
                false => &mut devices,
            };
            let range = |index, seg: &Seg| Offer::Range { log, index, end: seg.end, head: seg.head.log16() };
            if whole {
                if let Some(seg) = held.main.last() {
                    offers.push(Offer::Whole { log, end: seg.end, head: seg.head.log16() });
                }
                offers.extend(held.extras.iter().map(|seg| range(seg.index, seg)));
                continue;
            }
            let mut concern = Concern::new(&entitled.batches, &facility_of);
            let mut segments: Vec<&Seg> = held.main.iter().chain(&held.extras).collect();
            segments.sort_by_key(|seg| seg.index);
            for seg in segments {
                let from = seg.verify(&known.key()).ok().and_then(|authentic| concern.run(&authentic));
                offers.extend(from.map(|from| range(from, seg)));
            }
        }
        // Of each authority's lists the last; of each forked log the proof at the lowest count, to everybody.
        let goes = |id: &[u8; 16], object: &Object| {
            let alike = self.objects.iter().filter(|(_, o)| o.kind == object.kind && o.about.0 == object.about.0);
            let mut better = alike.filter(|(other, o)| match object.kind {
                ObjectType::StateList => o.about.1 > object.about.1,
                _ => (o.about.1, *other) < (object.about.1, id),
            });
            better.next().is_none()
        };
        authorities.extend(self.objects.iter().filter(|(id, object)| goes(id, object)).map(|(id, object)| {
            let length = u32::try_from(object.bytes.len()).unwrap_or(u32::MAX);
            Offer::Object { kind: object.kind, id: *id, length }
        }));
        first.extend(authorities);
        first.extend(devices);
        first
    }

    /// Whether a log's records are kept whole here.
    pub(super) fn keeps_whole(&self, known: &KnownLog) -> bool {
        let own = self.interest.facilities.first();
        known.authority
            || self.interest.everything
            || own.is_some_and(|own| !own.is_empty() && *own == known.head.facility)
    }

    pub(super) fn failed<T>(&mut self, result: Result<T>) -> std::result::Result<T, SyncError> {
        result.map_err(|error| {
            self.failure = Some(error);
            SyncError::Storage
        })
    }

    fn set_aside(
        &mut self,
        log: Option<[u8; 8]>,
        object: &[u8],
        error: Error,
    ) -> std::result::Result<Taken, SyncError> {
        if self.again {
            return Ok(Taken::Waits);
        }
        let kept = self.keeper.put_aside(object, &error);
        let room = self.failed(kept)?;
        let waits = error.kind == Kind::Unknown;
        self.aside.push(Aside { log, error });
        Ok(match (room, waits) {
            (false, _) => Taken::Full,
            (true, true) => Taken::Waits,
            (true, false) => Taken::Refused,
        })
    }

    /// Takes a segment: verified under the key that an authority named, then kept.
    ///
    /// # Errors
    /// [`SyncError::Storage`].
    pub fn take_segment(&mut self, element: &Element<'_>, bundle: &[u8]) -> std::result::Result<Taken, SyncError> {
        match *element {
            Element::OwnId { log: id, suite, body } => {
                let Some(suite) = Suite::of_number(suite) else {
                    return self.set_aside(Some(id), bundle, BundleError::Suite(0, suite).into());
                };
                let segment = match Segment::parse(body, suite.signature_length()) {
                    Ok(segment) => segment,
                    Err(e) => return self.set_aside(Some(id), bundle, e.into()),
                };
                let mut why = BundleError::UnknownLog(0, id);
                let candidates: Vec<KnownLog> =
                    self.keys.with_id(&id).filter(|log| log.head.suite == suite).cloned().collect();
                for known in candidates {
                    match seals::verify(segment, &known.key()) {
                        Ok(authentic) => return self.store(&known, &authentic, bundle),
                        Err(e) => why = BundleError::Segment(0, e),
                    }
                }
                self.set_aside(Some(id), bundle, why.into())
            }
            Element::Keyed { suite, key, body } => {
                let Some(known_suite) = Suite::of_number(suite) else {
                    return self.set_aside(None, bundle, BundleError::Suite(0, suite).into());
                };
                let segment = match Segment::parse(body, known_suite.signature_length()) {
                    Ok(segment) => segment,
                    Err(e) => return self.set_aside(None, bundle, e.into()),
                };
                let first = segment.first_raw().unwrap_or_default();
                let Some(id) = self.keys.next_root(suite, key, first) else {
                    // The root that committed to it may come later.
                    return self.set_aside(
                        None,
                        bundle,
                        Error::unknown("a next root that no root known here committed to"),
                    );
                };
                let known = self.keys.get(&id.log16()).cloned();
                match known.map(|known| (seals::verify(segment, &known.key()), known)) {
                    Some((Ok(authentic), known)) => self.store(&known, &authentic, bundle),
                    Some((Err(e), _)) => self.set_aside(None, bundle, e.into()),
                    None => Ok(Taken::Refused),
                }
            }
            Element::Under { .. } | Element::Mark { .. } => Ok(Taken::Refused),
        }
    }

    fn store(
        &mut self,
        known: &KnownLog,
        authentic: &Authentic<'_>,
        bundle: &[u8],
    ) -> std::result::Result<Taken, SyncError> {
        let (log, key) = (known.id.log16(), known.key());
        let (is_own, whole) = (self.own == Some(known.id), self.keeps_whole(known));
        if !is_own && !whole && !self.again && !self.wanted.contains(&log) {
            return Ok(Taken::Refused); // not asked for
        }
        let stored = Ok(Taken::Stored(authentic.end()));
        let held = self.logs.entry(log).or_default();
        let (count, head) = held.tip(known.id);
        if authentic.end() <= count && held.value(&key, authentic.end()) == Some(authentic.head()) {
            return stored; // held already
        }
        let follows = authentic.index() <= count && count < authentic.end() && value_in(authentic, count) == Some(head);
        let mut kept = false;
        if follows && whole && !is_own {
            let appended = self.keeper.append(&known.head, authentic, count);
            kept = self.failed(appended)?;
        }
        let seg = Seg::of(authentic);
        if kept {
            let seg = if authentic.index() == count { seg } else { seg.remainder(&key, count) };
            self.logs.entry(log).or_default().main.push(seg);
        } else {
            let held = self.logs.entry(log).or_default();
            if held
                .extras
                .iter()
                .any(|extra| extra.index <= seg.index && extra.end == seg.end && extra.head == seg.head)
            {
                return stored;
            }
            let proof = held.fork(&key, &seg);
            let written = self.keeper.keep(bundle);
            self.failed(written)?;
            if let Some(proof) = proof {
                self.forks.insert(known.id);
                if !self.is_forked(&known.id) {
                    let written = self.keeper.keep(&proof);
                    self.failed(written)?;
                    self.know_object(&proof);
                }
            }
            self.logs.entry(log).or_default().extras.push(seg);
        }
        self.points = None;
        self.note_news(known, authentic);
        for enrolled in self.keys.learn(authentic) {
            self.learn_from(enrolled);
        }
        stored
    }

    fn note_news(&mut self, known: &KnownLog, authentic: &Authentic<'_>) {
        let own = self.interest.facilities.first();
        if self.own == Some(known.id) || own.is_none_or(|own| own.is_empty() || *own != known.head.facility) {
            return;
        }
        let mut records = authentic.records();
        let mut real = false;
        while let Some(record) = records.next() {
            real |= record.bytes().get(4).is_some_and(|head| head & 0x3f != OBSERVED);
        }
        *self.news.entry(known.id.log16()).or_default() |= real;
    }

    /// Takes something again that was set aside; `false` where it still can't be taken.
    ///
    /// # Errors
    /// A medium that is full.
    pub fn try_again(&mut self, elements: &[(Element<'_>, Vec<u8>)], object: &[u8]) -> Result<bool> {
        self.again = true;
        let mut all = true;
        let mut taken = Ok(Taken::Stored(0));
        if elements.is_empty() {
            taken = self.take_object(object);
        }
        for (element, bundle) in elements {
            taken = self.take_segment(element, bundle);
            all &= matches!(taken, Ok(Taken::Stored(_)));
        }
        self.again = false;
        match taken {
            Ok(taken) => Ok(all && matches!(taken, Taken::Stored(_))),
            Err(e) => Err(self.failure().unwrap_or_else(|| e.into())),
        }
    }

    /// Takes a State's list or a fork proof.
    ///
    /// # Errors
    /// [`SyncError::Storage`].
    pub fn take_object(&mut self, object: &[u8]) -> std::result::Result<Taken, SyncError> {
        if self.objects.contains_key(&id_of(object)) {
            return Ok(Taken::Stored(0));
        }
        let judged = self.judge_object(object);
        if let Err(error) = judged {
            return self.set_aside(None, object, error);
        }
        let kept = self.keeper.keep(object);
        self.failed(kept)?;
        self.know_object(object);
        Ok(Taken::Stored(0))
    }

    fn judge_object(&mut self, object: &[u8]) -> Result<()> {
        let (kind, rest) = read_header(object)?;
        match kind {
            ObjectType::StateList => {
                let list = StateList::parse(rest)?;
                match self.keys.get(&list.log).filter(|log| log.authority) {
                    Some(_) => Ok(()),
                    None => Err(Error::unknown("a list of cuts whose authority isn't known here")),
                }
            }
            ObjectType::ForkProof => {
                let proof = ForkProof::parse(rest)?;
                let mut why = BundleError::UnknownLog(0, proof.log);
                let candidates: Vec<KnownLog> = self.keys.with_id(&proof.log).cloned().collect();
                for known in candidates {
                    match proof.verify(&known.key()) {
                        Ok(_) => {
                            self.forks.insert(known.id);
                            return Ok(());
                        }
                        Err(e) => why = BundleError::Segment(0, e),
                    }
                }
                Err(why.into())
            }
            _ => Err(Error::invalid("an object of this type isn't synchronised")),
        }
    }
}

/// A bundle of one element, as it is kept.
pub(super) fn bundle_of(element: &Element<'_>) -> Result<Vec<u8>> {
    let mut out = vec![0; medlot_core::limits::MAX_SEGMENT_BYTES + 4_096];
    let length = write_element(element, &mut out)?;
    out.truncate(length);
    Ok([&header(ObjectType::Bundle)[..], &out].concat())
}
