//! Everything held about who may write what: read from the folder, verified, and evaluated.
//!
//! [`Library`] owns the bytes; [`Evidence`] borrows them and holds what was verified. Nothing of it is stored: it
//! follows from `root.mlt`, the own logs and what others sent.
use crate::error::{Error, Result};
use crate::folder::{Folder, LogFile};
use crate::seals;
use medlot_core::crypto::Hash;
use medlot_core::record::{
    AuthenticRecord, Chained, Element, ForkProof, LogKey, ObjectType, OwnRecords, Run, Seal, Segment, SegmentError,
    read_header, write_element,
};
use medlot_core::trust::{
    Anchor, BundleError, Evaluation, Fact, FactKind, Facts, Gathered, Held, Judged, Mark, RecordId, Shelf, Slot, Span,
    StateList, Verdict, elements, evaluate, keys, open,
};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// Bytes from which evidence is read.
#[derive(Debug, Default)]
pub struct Library {
    /// The trust anchor's object.
    pub root: Vec<u8>,
    /// Own logs, up to their last seal: verified under their own key without an enrolment.
    own: Vec<OwnLog>,
    /// Objects that others sent, as they came.
    pub objects: Vec<Vec<u8>>,
    /// What stands unsealed at the end of own logs.
    tails: Vec<Tail>,
}

/// Records at the end of an own log that no seal vouches for yet: the device's own word, for its own stock and for
/// nothing that others are to believe.
#[derive(Debug)]
pub struct Tail {
    /// The log.
    pub log: Hash,
    /// Its facility.
    pub facility: String,
    from: u32,
    records: Arc<OwnRecords>,
}

/// One of them.
#[derive(Debug, Clone, Copy)]
pub struct Unsealed<'t> {
    /// Its index in the log.
    pub index: u32,
    /// The chain's value before it.
    pub previous: Hash,
    /// Its identity.
    pub identity: Hash,
    /// Its bytes.
    pub bytes: &'t [u8],
}

impl Tail {
    /// The records in order.
    pub fn walk(&self) -> impl Iterator<Item = Unsealed<'_>> {
        let values = self.records.values_from(self.from).iter().zip(self.records.values_from(self.from + 1));
        let records = self.records.iter_from(self.from);
        (self.from..).zip(records.zip(values)).map(|(index, (bytes, (previous, identity)))| Unsealed {
            index,
            previous: *previous,
            identity: *identity,
            bytes,
        })
    }
}

#[derive(Debug)]
struct OwnLog {
    id: Hash,
    suite: medlot_core::crypto::Suite,
    key: Vec<u8>,
    records: Arc<OwnRecords>,
    seals: Vec<Seal>,
}

impl OwnLog {
    fn key(&self) -> LogKey<'_> {
        LogKey { id: self.id, suite: self.suite, key: &self.key }
    }
    /// One run from each seal to the next.
    fn runs(&self) -> impl Iterator<Item = std::result::Result<Run<'_>, SegmentError>> {
        let mut at = 0;
        self.seals.iter().map(move |seal| {
            let from = std::mem::replace(&mut at, seal.count);
            seals::own_run(&self.records, from, seal, &self.key())
        })
    }
}

impl Library {
    /// Of a trust anchor alone.
    #[must_use]
    pub fn of_root(root: Vec<u8>) -> Self {
        Self { root, ..Self::default() }
    }

    /// Reads a folder.
    ///
    /// # Errors
    /// Files that can't be read or are damaged.
    pub fn of_folder(folder: &Folder) -> Result<Self> {
        Self::of_logs(folder, None)
    }

    /// Reads a folder whose own log is open: its file isn't read again.
    ///
    /// # Errors
    /// As [`Library::of_folder`].
    pub(crate) fn of_desk(folder: &Folder, log: &LogFile) -> Result<Self> {
        Self::of_logs(folder, Some(log))
    }

    fn of_logs(folder: &Folder, own: Option<&LogFile>) -> Result<Self> {
        let mut library = Self { root: folder.root()?, objects: folder.kept()?, ..Self::default() };
        let open = own.map(|log| folder.log_path(&log.id()));
        for path in folder.logs()? {
            let opened = match own.filter(|_| open.as_ref() == Some(&path)) {
                Some(_) => None,
                None => Some(folder.open_log(&path)?),
            };
            let Some(log) = opened.as_ref().or(own) else { continue };
            library.add_log(log);
            if folder.is_own(&log.id()) {
                library.add_tail(log);
            }
        }
        Ok(library)
    }

    /// Adds an own log, up to its last seal.
    pub fn add_log(&mut self, log: &LogFile) {
        let (head, records, seals) = (log.head(), Arc::clone(log.shared()), log.seals().to_vec());
        self.own.push(OwnLog { id: log.id(), suite: head.suite, key: head.key.clone(), records, seals });
    }

    /// Adds what stands unsealed at the end of a log whose key is this device's own.
    fn add_tail(&mut self, log: &LogFile) {
        let from = log.seals().last().map_or(0, |seal| seal.count);
        if log.tip().unsealed() > 0 {
            let (facility, records) = (log.head().facility.clone(), Arc::clone(log.shared()));
            self.tails.push(Tail { log: log.id(), facility, from, records });
        }
    }
}

/// The body of a segment of an own log, from an index up to a seal's count.
///
/// # Errors
/// No seal at that count; records that don't fit a segment.
pub fn body_of(log: &LogFile, from: u32, to: u32) -> Result<Vec<u8>> {
    let seal = log.seals().iter().find(|seal| seal.count == to);
    let seal =
        seal.ok_or_else(|| Error::refused(format!("no seal stands at count {to} of this log: seal it first")))?;
    let key = LogKey { id: log.id(), suite: log.head().suite, key: &log.head().key };
    Ok(seals::own_run(log.shared(), from, seal, &key)?.body()?.into_owned())
}

/// Why an object couldn't be taken, by its place in the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    /// Its place in [`Library::objects`].
    pub object: usize,
    /// What refused it.
    pub error: BundleError,
}

/// What was verified, and what trust reads in it.
pub struct Evidence<'a> {
    library: &'a Library,
    anchor: Anchor<'a>,
    gathered: Gathered<'a>,
    parts: Vec<Part<'a>>,
    /// Places of each log's parts.
    by_log: HashMap<Hash, Vec<usize>>,
    proofs: Vec<(Hash, u32, [Hash; 2])>,
    problems: Vec<Problem>,
}

/// Records under a seal that holds.
pub struct Part<'a> {
    /// They.
    pub run: Run<'a>,
    /// Their log.
    pub log: LogKey<'a>,
}

impl<'a> Shelf<'a> for Evidence<'a> {
    type Verified = Chained<'a>;
    fn with_facts<T>(&self, ask: impl FnOnce(&[Fact<'a>]) -> T) -> std::result::Result<T, BundleError> {
        Ok(ask(self.gathered.facts()))
    }
    fn verify(&self, segment: Segment<'a>, log: &LogKey<'_>) -> std::result::Result<Chained<'a>, SegmentError> {
        seals::chained(segment, log)
    }
    fn take(&mut self, chained: Chained<'a>, log: LogKey<'a>) -> std::result::Result<(), BundleError> {
        // The same records may come in other bytes, sealed anew or in other rows: an object is known by its own.
        let is_here = self.parts_of(&log.id).any(|part| part.is(chained.as_ref().body()));
        if !is_here {
            self.hold(Part { run: chained.into(), log });
        }
        Ok(())
    }
}

impl<'a> Evidence<'a> {
    /// Verifies everything in a library. What can't be taken is a [`Problem`], not an error: the rest still stands.
    ///
    /// # Errors
    /// The trust anchor, or an own log, doesn't verify.
    pub fn of(library: &'a Library) -> Result<Self> {
        let anchor = Anchor::parse(&library.root)?;
        let mut this = Self {
            library,
            anchor,
            gathered: Gathered::new(anchor.id()),
            parts: Vec::new(),
            by_log: HashMap::new(),
            proofs: Vec::new(),
            problems: Vec::new(),
        };
        this.take(anchor.authentic().into(), anchor.log())?;
        for own in &library.own {
            for run in own.runs() {
                let part = Part { run: run?, log: own.key() };
                // A root's own log begins with the anchor.
                if !part.is(anchor.authentic().body()) {
                    this.hold(part);
                }
            }
        }
        // One object's keys may stand in another: go on while something more can be taken.
        let mut waiting: Vec<usize> = (0..library.objects.len()).collect();
        loop {
            let before = waiting.len();
            this.problems.clear();
            waiting.retain(|at| {
                let Some(object) = library.objects.get(*at) else { return false };
                let taken = this.add(object);
                if let Err(error) = taken {
                    this.problems.push(Problem { object: *at, error });
                }
                taken.is_err()
            });
            if waiting.len() == before {
                return Ok(this);
            }
        }
    }

    fn hold(&mut self, part: Part<'a>) {
        for held in Held::of_run(&part.run, &part.log) {
            self.gathered.take(&held);
        }
        self.by_log.entry(part.log.id).or_default().push(self.parts.len());
        self.parts.push(part);
    }

    /// Takes one object: a bundle, an invitation's path, a State list, a fork proof, the root.
    ///
    /// # Errors
    /// What refuses it; what stood before that in a bundle is taken.
    pub fn add(&mut self, object: &'a [u8]) -> std::result::Result<(), BundleError> {
        let anchor = self.anchor;
        let (kind, rest) = read_header(object)?;
        match kind {
            ObjectType::Bundle => open(&anchor, object, self),
            ObjectType::StateList => {
                self.gathered.list(StateList::parse(rest)?);
                Ok(())
            }
            ObjectType::Root => {
                if Anchor::parse(object)?.id() == anchor.id() {
                    Ok(())
                } else {
                    Err(BundleError::OtherRoot)
                }
            }
            ObjectType::ForkProof => {
                let proof = ForkProof::parse(rest)?;
                let mut last = BundleError::UnknownLog(0, proof.log);
                for log in keys(&anchor, self.gathered.facts(), &proof.log) {
                    match proof.verify(&log) {
                        Ok(values) => {
                            let found = (log.id, proof.count, values);
                            if !self.proofs.contains(&found) {
                                self.proofs.push(found);
                            }
                            return Ok(());
                        }
                        Err(e) => last = BundleError::Segment(0, e),
                    }
                }
                Err(last)
            }
            _ => Err(BundleError::NotA(ObjectType::Bundle)),
        }
    }

    /// Takes the elements of an invitation.
    ///
    /// # Errors
    /// What refuses them.
    pub fn add_elements(&mut self, bytes: &'a [u8]) -> std::result::Result<(), BundleError> {
        let anchor = self.anchor;
        elements(&anchor, bytes, self)
    }

    /// The root.
    #[must_use]
    pub const fn anchor(&self) -> &Anchor<'a> {
        &self.anchor
    }
    /// What was verified, each segment once.
    #[must_use]
    pub fn parts(&self) -> &[Part<'a>] {
        &self.parts
    }
    /// The parts whose segment these bytes are.
    pub fn parts_with(&self, body: &[u8]) -> impl Iterator<Item = &Part<'a>> {
        self.parts.iter().filter(move |part| part.is(body))
    }
    /// What was verified of a log, each segment once.
    pub fn parts_of(&self, log: &Hash) -> impl Iterator<Item = &Part<'a>> {
        self.by_log.get(log).into_iter().flatten().filter_map(|at| self.parts.get(*at))
    }
    /// The facts read in authorities' logs.
    #[must_use]
    pub fn all_facts(&self) -> &[Fact<'a>] {
        self.gathered.facts()
    }
    /// What stands unsealed at the end of own logs: judged for the own stock only.
    #[must_use]
    pub fn tails(&self) -> &'a [Tail] {
        &self.library.tails
    }
    /// What couldn't be taken.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
    /// Why this object couldn't be taken, where it couldn't.
    #[must_use]
    pub fn problem_of(&self, object: &[u8]) -> Option<BundleError> {
        let held = self.library.objects.iter().position(|o| o == object)?;
        self.problems.iter().find(|p| p.object == held).map(|p| p.error)
    }
    /// The keys of logs with this id.
    pub fn keys(&self, id: &[u8; 8]) -> Vec<LogKey<'a>> {
        keys(&self.anchor, self.gathered.facts(), id).collect()
    }

    /// The one log whose id begins with these hex digits (at least 8).
    ///
    /// # Errors
    /// Too few digits, none or several such logs.
    pub fn log_named(&self, text: &str) -> Result<Hash> {
        let bytes = crate::folder::unhex(text).filter(|b| b.len() >= 4);
        let bytes = bytes.ok_or_else(|| Error::argument(format!("log {text:?}: give 8 to 64 hex digits of its id")))?;
        let enrolled = self.gathered.facts().iter().filter_map(|fact| match fact.kind {
            FactKind::Enrol { child, .. } => Some(child),
            _ => None,
        });
        let mut found: Vec<Hash> =
            self.parts.iter().map(|p| p.log.id).chain(enrolled).filter(|id| id.0.starts_with(&bytes)).collect();
        found.sort();
        found.dedup();
        match found.as_slice() {
            [one] => Ok(*one),
            [] => Err(Error::unknown(format!("no log {text} is known here: fetch the authority's records"))),
            _ => Err(Error::argument(format!("log {text}: several logs begin so; give more digits"))),
        }
    }

    /// Evaluates everything that is held.
    pub fn judge<T>(&self, ask: impl FnOnce(&mut Evaluation<'_, '_>) -> T) -> Result<T> {
        let mut spans: Vec<Span<'_>> = self.parts.iter().map(Part::span).collect();
        for (log, count, values) in &self.proofs {
            let point = |hash: Hash| Span {
                log: *log,
                start: *count,
                start_hash: hash,
                end: *count,
                end_hash: hash,
                interior: None,
            };
            spans.extend(values.map(point));
        }
        let mut verdicts = vec![Verdict::default(); self.gathered.facts().len()];
        let mut marks = vec![Mark::default(); spans.len()];
        let facts = Facts { root: self.anchor.id(), entries: self.gathered.facts(), spans: &spans };
        let mut slots = vec![Slot::default(); self.gathered.facts().len()];
        let evaluation = evaluate(facts, &mut verdicts, &mut marks, &mut slots);
        let mut evaluation = evaluation.map_err(|e| Error::refused(e.to_string()))?;
        Ok(ask(&mut evaluation))
    }

    /// A record's bytes, and its log's facility where an enrolment of it is here; `None` where it isn't held.
    ///
    /// # Errors
    /// The evaluation has no room.
    pub fn record(&self, log: &[u8; 8], index: u32, identity: &[u8; 16]) -> Result<Option<(Vec<u8>, Option<String>)>> {
        let is = |part: &&Part<'_>| part.run.identity(index).is_some_and(|id| id.log16() == *identity);
        let logs = self.by_log.keys().filter(|id| id.log_id() == *log);
        let Some(part) = logs.flat_map(|id| self.parts_of(id)).find(is) else { return Ok(None) };
        let mut records = part.run.records();
        let mut bytes = None;
        while let Some(record) = records.next() {
            if record.index() == index {
                bytes = Some(record.bytes().to_vec());
            }
        }
        let facility = self.judge(|evaluation| evaluation.facility_of(&part.log.id).map(str::to_owned))?;
        Ok(bytes.map(|bytes| (bytes, facility)))
    }

    /// The part that holds this record, the smallest first.
    #[must_use]
    pub fn part_with(&self, at: &RecordId) -> Option<&Part<'a>> {
        let holds = |part: &&Part<'_>| part.run.identity(at.index) == Some(at.identity);
        self.parts_of(&at.log).filter(holds).min_by_key(|part| part.len())
    }

    /// The elements that lead a stranger with the root to this log, ready to be followed by a segment of it.
    ///
    /// # Errors
    /// An enrolment isn't here as a segment of its own.
    pub fn path_to(&self, log: &Hash) -> Result<Path> {
        if *log == self.anchor.id() {
            return Ok(Path::default());
        }
        let missing = || {
            let id = crate::folder::hex(&log.log_id());
            Error::unknown(format!("no enrolment of log {id} is here as a piece of its own: take its enrolment first"))
        };
        let next = self.parts_of(log).find(|part| {
            part.run.index() == 0
                && self.gathered.facts().iter().any(|f| f.at.log == *log && matches!(f.kind, FactKind::NextRoot { .. }))
        });
        if let Some(next) = next {
            let mut path = Path::default();
            let (suite, key) = (next.log.suite.number(), next.log.key);
            path.push(&Element::Keyed { suite, key, body: &next.body()? })?;
            return Ok(path);
        }
        // Of several enrolments one that counts, then one whose path is shorter.
        let verdicts = self.judge(|evaluation| evaluation.verdicts().to_vec())?;
        let mut enrols: Vec<(&Fact<'a>, Verdict)> = self
            .gathered
            .facts()
            .iter()
            .zip(verdicts)
            .filter(|(fact, _)| matches!(fact.kind, FactKind::Enrol { child, .. } if child == *log))
            .collect();
        enrols.sort_by_key(|(fact, verdict)| (std::cmp::Reverse(verdict.counts), std::cmp::Reverse(fact.at.index)));
        for (fact, _) in enrols {
            let Some(part) = self.part_with(&fact.at) else { continue };
            if part.len() != 1 {
                continue;
            }
            let Ok(mut path) = self.path_to(&fact.at.log) else { continue };
            path.follow(&part.log, &part.body()?)?;
            path.enrols = true;
            return Ok(path);
        }
        Err(missing())
    }
}

/// Elements that lead to a log.
#[derive(Debug, Clone, Default)]
pub struct Path {
    bytes: Vec<u8>,
    count: usize,
    enrols: bool,
}

impl Path {
    fn push(&mut self, element: &Element<'_>) -> Result<()> {
        let mut out = vec![0; medlot_core::limits::MAX_SEGMENT_BYTES + 4_096];
        let length = write_element(element, &mut out)?;
        self.bytes.extend(out.iter().take(length));
        self.count += 1;
        if self.count > medlot_core::limits::MAX_BUNDLE_ELEMENTS {
            return Err(Error::refused("more than 16 parts: hand over fewer records at once"));
        }
        Ok(())
    }
    /// Adds a segment of the log that the path leads to.
    ///
    /// # Errors
    /// More than 16 elements.
    pub fn follow(&mut self, log: &LogKey<'_>, body: &[u8]) -> Result<()> {
        if std::mem::take(&mut self.enrols) {
            self.push(&Element::Under { body })
        } else {
            self.push(&Element::OwnId { log: log.id.log_id(), suite: log.suite.number(), body })
        }
    }
    /// How many elements.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }
    /// Whether there is none: the path to the root.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }
    /// The elements' bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
    /// As a bundle.
    #[must_use]
    pub fn into_bundle(self) -> Vec<u8> {
        let mut object = medlot_core::record::header(ObjectType::Bundle).to_vec();
        object.extend(self.bytes);
        object
    }
}

impl<'a> Part<'a> {
    fn span(&self) -> Span<'_> {
        Span {
            log: self.log.id,
            start: self.run.index(),
            start_hash: self.run.start(),
            end: self.run.end(),
            end_hash: self.run.head(),
            interior: Some(self.run.between()),
        }
    }
    /// Its last record.
    #[must_use]
    pub fn last(&self) -> Option<RecordId> {
        let index = self.run.end().checked_sub(1)?;
        Some(RecordId { log: self.log.id, index, identity: self.run.identity(index)? })
    }
    /// How many records.
    fn len(&self) -> u32 {
        self.run.end() - self.run.index()
    }
    /// The bytes of its segment.
    ///
    /// # Errors
    /// Records of an own log that don't fit one.
    pub fn body(&self) -> Result<Cow<'a, [u8]>> {
        Ok(self.run.body()?)
    }
    /// Whether these are the bytes of its segment.
    fn is(&self, body: &[u8]) -> bool {
        self.run.is(body, self.log.suite.signature_length())
    }
    /// Judges each record.
    pub fn judge(
        &self,
        evaluation: &mut Evaluation<'_, '_>,
        mut each: impl FnMut(&Evaluation<'_, '_>, &AuthenticRecord<'_>, &Judged<'_>),
    ) {
        let mut records = self.run.records();
        while let Some(record) = records.next() {
            let judged = evaluation.judge_record(&record);
            each(evaluation, &record, &judged);
        }
    }
}
