//! What was verified, in memory that grows: what a device with an allocator builds of the library's parts.
use alloc::vec;
use alloc::vec::Vec;
use medlot_core::crypto::Hash;
use medlot_core::record::{Authentic, Element, Elements, ForkProof, LogKey, ObjectType, read_header};
use medlot_core::trust::{
    Anchor, BundleError, Evaluation, Fact, Facts, Gathered, Held, Judged, Mark, Shelf, Slot, SpaceTooSmall, Span,
    StateList, Verdict, evaluate, keys, open,
};

/// A verified segment, with the chain's value at each count in it.
pub struct Part<'a> {
    /// The segment.
    pub authentic: Authentic<'a>,
    /// Its log.
    pub log: LogKey<'a>,
    chain: Vec<Hash>,
}

impl<'a> Part<'a> {
    fn new(authentic: Authentic<'a>, log: LogKey<'a>) -> Self {
        let mut chain = vec![authentic.start()];
        let mut records = authentic.records();
        while let Some(record) = records.next() {
            chain.push(record.identity());
        }
        Self { authentic, log, chain }
    }
    fn span(&self) -> Span<'_> {
        Span {
            log: self.log.id,
            start: self.authentic.index(),
            start_hash: self.authentic.start(),
            end: self.authentic.end(),
            end_hash: self.authentic.head(),
            interior: self.chain.get(1..self.chain.len().saturating_sub(1)),
        }
    }
    /// Judges each record.
    pub fn judge(&self, evaluation: &mut Evaluation<'_, '_>, mut each: impl FnMut(&Judged<'_>)) {
        let mut records = self.authentic.records();
        while let Some(record) = records.next() {
            each(&evaluation.judge_record(&record));
        }
    }
}

/// Everything that was taken.
pub struct Evidence<'a> {
    anchor: Anchor<'a>,
    gathered: Gathered<'a>,
    parts: Vec<Part<'a>>,
    /// Both values of a log at a count: it has two histories.
    forks: Vec<(Hash, u32, [Hash; 2])>,
    problems: Vec<(usize, BundleError)>,
}

impl<'a> Shelf<'a> for Evidence<'a> {
    type Verified = Authentic<'a>;
    fn with_facts<T>(&self, ask: impl FnOnce(&[Fact<'a>]) -> T) -> Result<T, BundleError> {
        Ok(ask(self.gathered.facts()))
    }
    fn take(&mut self, authentic: Authentic<'a>, log: LogKey<'a>) -> Result<(), BundleError> {
        let is_here = |part: &Part<'_>| part.log.id == log.id && part.authentic.body() == authentic.body();
        if !self.parts.iter().any(is_here) {
            self.parts.push(Part::new(authentic, log));
            Held::of(&authentic, &log).for_each(|held| {
                self.gathered.take(&held);
            });
        }
        Ok(())
    }
}

impl<'a> Evidence<'a> {
    /// Verifies objects beneath a root, whatever their order.
    pub fn of(root: &'a [u8], objects: &[&'a [u8]]) -> Result<Self, BundleError> {
        let anchor = Anchor::parse(root)?;
        let gathered = Gathered::new(anchor.id());
        let mut this = Self { anchor, gathered, parts: Vec::new(), forks: Vec::new(), problems: Vec::new() };
        this.take(anchor.authentic(), anchor.log())?;
        // One object's keys may stand in another: on while something more can be taken.
        let mut waiting: Vec<usize> = (0..objects.len()).collect();
        loop {
            let before = waiting.len();
            this.problems.clear();
            waiting.retain(|at| {
                let taken = objects.get(*at).map_or(Ok(()), |object| this.add(object));
                taken.map_err(|error| this.problems.push((*at, error))).is_err()
            });
            if waiting.len() == before {
                return Ok(this);
            }
        }
    }

    fn add(&mut self, object: &'a [u8]) -> Result<(), BundleError> {
        let anchor = self.anchor;
        let (kind, rest) = read_header(object)?;
        match kind {
            ObjectType::Bundle => open(&anchor, object, self),
            ObjectType::StateList => {
                self.gathered.list(StateList::parse(rest)?);
                Ok(())
            }
            ObjectType::Root if Anchor::parse(object)?.id() == anchor.id() => Ok(()),
            ObjectType::Root => Err(BundleError::OtherRoot),
            ObjectType::ForkProof => {
                let proof = ForkProof::parse(rest)?;
                let mut last = BundleError::UnknownLog(0, proof.log);
                for log in keys(&anchor, self.gathered.facts(), &proof.log) {
                    match proof.verify(&log) {
                        Ok(values) => {
                            self.forks.push((log.id, proof.count, values));
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

    /// Verified segments, each once.
    pub fn parts(&self) -> &[Part<'a>] {
        &self.parts
    }

    /// Those that an object holds.
    pub fn parts_of(&self, object: &[u8]) -> Vec<&Part<'a>> {
        let Ok((ObjectType::Bundle | ObjectType::Root, rest)) = read_header(object) else { return Vec::new() };
        let bodies = Elements::new(rest).flatten().filter_map(|element| match element {
            Element::OwnId { body, .. } | Element::Under { body } | Element::Keyed { body, .. } => Some(body),
            Element::Mark { .. } => None,
        });
        bodies.flat_map(|body| self.parts.iter().filter(move |part| part.authentic.body() == body)).collect()
    }

    /// Why the object at this place couldn't be taken.
    pub fn problem(&self, at: usize) -> Option<BundleError> {
        self.problems.iter().find(|(object, _)| *object == at).map(|(_, error)| *error)
    }

    /// Evaluates everything.
    pub fn judge<T>(&self, ask: impl FnOnce(&mut Evaluation<'_, '_>) -> T) -> Result<T, SpaceTooSmall> {
        let mut spans: Vec<Span<'_>> = self.parts.iter().map(Part::span).collect();
        for (log, count, values) in &self.forks {
            spans.extend(values.map(|hash| Span {
                log: *log,
                start: *count,
                start_hash: hash,
                end: *count,
                end_hash: hash,
                interior: None,
            }));
        }
        let entries = self.gathered.facts();
        let mut verdicts = vec![Verdict::default(); entries.len()];
        let (mut marks, mut slots) = (vec![Mark::default(); spans.len()], vec![Slot::default(); entries.len()]);
        let facts = Facts { root: self.anchor.id(), entries, spans: &spans };
        evaluate(facts, &mut verdicts, &mut marks, &mut slots).map(|mut evaluation| ask(&mut evaluation))
    }
}
