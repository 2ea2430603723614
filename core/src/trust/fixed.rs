//! A shelf of fixed size: what a device without an allocator verifies bundles with.

use super::bundle::{Anchor, BundleError, Shelf};
use super::chain::{Mark, Span};
use super::evaluate::{Evaluation, Facts, evaluate};
use super::facts::{Fact, FactKind};
use super::index::Slot;
use super::reading::{Held, read};
use super::verdict::{SpaceTooSmall, Verdict};
use crate::crypto::{Hash, Suite};
use crate::record::{Authentic, LogKey};
use heapless::Vec;

/// Room for so many authorities' records and so many segments, all on the stack or in a static: about 120 bytes a
/// segment. While it is asked for facts or evaluated it takes 300 bytes a record more, on the stack: not while a
/// signature is checked.
///
/// Of each segment only the ends are kept, so a record below a cut whose chain isn't here is *unknown* unless a
/// `Confirm` names its prefix.
///
/// ```
/// use medlot_core::trust::{Anchor, Counts, FixedShelf, open};
///
/// /// Whether every record of the bundle's last segment counts.
/// fn counts(root: &[u8], bundle: &[u8]) -> Option<bool> {
///     let anchor = Anchor::parse(root).ok()?;
///     let mut shelf = FixedShelf::<8, 6>::new(&anchor);
///     open(&anchor, bundle, &mut shelf).ok()?;
///     let last = shelf.last()?;
///     let mut all = true;
///     shelf.judge(|evaluation| {
///         let mut records = last.records();
///         while let Some(record) = records.next() {
///             all &= evaluation.judge_record(&record).verdict.counts == Counts::Yes;
///         }
///     }).ok()?;
///     Some(all)
/// }
/// assert_eq!(counts(b"no root", b"no bundle"), None);
/// ```
pub struct FixedShelf<'a, const RECORDS: usize, const SEGMENTS: usize> {
    root: Hash,
    segments: Vec<Taken<'a>, SEGMENTS>,
    /// Where the segment stands that was taken last.
    last: Option<usize>,
}

/// A verified segment, and the key that vouches for it.
struct Taken<'a> {
    authentic: Authentic<'a>,
    suite: Suite,
    key: &'a [u8],
}

impl<'a> Taken<'a> {
    const fn log(&self) -> LogKey<'a> {
        LogKey { id: self.authentic.log(), suite: self.suite, key: self.key }
    }
    const fn span(&self) -> Span<'a> {
        let Self { authentic, .. } = self;
        Span {
            log: authentic.log(),
            start: authentic.index(),
            start_hash: authentic.start(),
            end: authentic.end(),
            end_hash: authentic.head(),
            interior: None,
        }
    }
}

impl<'a, const RECORDS: usize, const SEGMENTS: usize> FixedShelf<'a, RECORDS, SEGMENTS> {
    /// Empty, beneath this root.
    #[must_use]
    pub const fn new(anchor: &Anchor<'_>) -> Self {
        Self { root: anchor.id(), segments: Vec::new(), last: None }
    }

    /// The segment taken last.
    #[must_use]
    pub fn last(&self) -> Option<Authentic<'a>> {
        self.last.and_then(|last| self.segments.get(last)).map(|taken| taken.authentic)
    }

    /// Every segment, each once.
    pub fn segments(&self) -> impl Iterator<Item = &Authentic<'a>> {
        self.segments.iter().map(|taken| &taken.authentic)
    }

    /// Evaluates what is held.
    ///
    /// # Errors
    /// More facts than there is room for.
    pub fn judge<T>(&self, ask: impl FnOnce(&mut Evaluation<'_, '_>) -> T) -> Result<T, SpaceTooSmall> {
        self.judge_beside(&[], ask)
    }

    /// The same with more pieces of chains: those of logs that stand on the host's own medium, verified when they came. A
    /// record below a cut of such a log is judged by the piece from it to the cut.
    ///
    /// # Errors
    /// More facts, or more pieces beside the segments, than there is room for.
    #[inline(never)] // its room on the stack is for the time of the question
    pub fn judge_beside<T>(
        &self,
        pieces: &[Span<'_>],
        ask: impl FnOnce(&mut Evaluation<'_, '_>) -> T,
    ) -> Result<T, SpaceTooSmall> {
        let mut facts = Vec::new();
        self.read(&mut facts).map_err(|_| SpaceTooSmall { verdicts: RECORDS + 1, marks: self.segments.len() })?;
        self.evaluate(&facts, pieces, ask)
    }

    /// Reads the facts in all that is held.
    #[inline(never)] // what is held as such must not stand under the evaluation
    fn read(&self, facts: &mut Vec<Fact<'a>, RECORDS>) -> Result<(), BundleError> {
        let mut held = Vec::new();
        self.hold(&mut held)?;
        let nothing = Fact { at: Held::EMPTY.at, kind: FactKind::Critical };
        facts.resize(RECORDS, nothing).map_err(|_| BundleError::Full)?;
        let count = read(self.root, &held, &[], facts).map_err(|_| BundleError::Full)?;
        facts.truncate(count);
        Ok(())
    }

    #[inline(never)] // nor what rebuilds records under their reading
    fn hold(&self, held: &mut Vec<Held<'a>, RECORDS>) -> Result<(), BundleError> {
        let mut done = Ok(());
        for taken in &self.segments {
            taken.authentic.each_raw(|record| {
                if let Some(record) = Held::of_record(&record, &taken.log()) {
                    done = done.and(held.push(record).map_err(|_| BundleError::Full));
                }
            });
        }
        done
    }

    #[inline(never)] // space for the evaluation must not stand under the reading of facts
    fn evaluate<T>(
        &self,
        facts: &[Fact<'_>],
        pieces: &[Span<'_>],
        ask: impl FnOnce(&mut Evaluation<'_, '_>) -> T,
    ) -> Result<T, SpaceTooSmall> {
        let too_small = SpaceTooSmall { verdicts: facts.len(), marks: self.segments.len() + pieces.len() };
        let mut spans: Vec<Span<'_>, SEGMENTS> = Vec::new();
        for span in self.segments.iter().map(Taken::span).chain(pieces.iter().copied()) {
            spans.push(span).map_err(|_| too_small)?;
        }
        let mut verdicts = [Verdict::YES; RECORDS];
        let mut marks = [Mark::default(); SEGMENTS];
        let mut slots = [Slot::default(); RECORDS];
        let facts = Facts { root: self.root, entries: facts, spans: &spans };
        Ok(asked(ask, &mut evaluate(facts, &mut verdicts, &mut marks, &mut slots)?))
    }
}

#[inline(never)] // what is asked must not stand under the evaluation
fn asked<T>(ask: impl FnOnce(&mut Evaluation<'_, '_>) -> T, evaluation: &mut Evaluation<'_, '_>) -> T {
    ask(evaluation)
}

impl<'a, const RECORDS: usize, const SEGMENTS: usize> Shelf<'a> for FixedShelf<'a, RECORDS, SEGMENTS> {
    type Verified = Authentic<'a>;
    #[inline(never)] // as above
    fn with_facts<T>(&self, ask: impl FnOnce(&[Fact<'a>]) -> T) -> Result<T, BundleError> {
        let mut facts = Vec::new();
        self.read(&mut facts)?;
        Ok(ask(&facts))
    }

    fn taken(&self, body: &[u8], log: &LogKey<'_>) -> Option<Authentic<'a>> {
        let is = |taken: &&Taken<'_>| taken.log() == *log && taken.authentic.body() == body;
        self.segments.iter().find(is).map(|taken| taken.authentic)
    }

    fn take(&mut self, authentic: Authentic<'a>, log: LogKey<'a>) -> Result<(), BundleError> {
        let new = Taken { authentic, suite: log.suite, key: log.key };
        // Every bundle brings its way from the root along: what is held takes no second place.
        let span = new.span();
        self.last = self.segments.iter().position(|taken| taken.span() == span);
        if self.last.is_none() {
            self.segments.push(new).map_err(|_| BundleError::Full)?;
            self.with_facts(|_| ())?;
            self.last = self.segments.len().checked_sub(1);
        }
        Ok(())
    }
}
