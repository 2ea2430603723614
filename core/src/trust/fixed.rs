//! A shelf of fixed size: what a device without an allocator verifies bundles with.

use super::bundle::{Anchor, BundleError, Shelf};
use super::chain::{Mark, Span};
use super::evaluate::{Evaluation, Facts, evaluate};
use super::facts::{Fact, FactKind};
use super::index::Slot;
use super::reading::{Held, read};
use super::verdict::{SpaceTooSmall, Verdict};
use crate::record::{Authentic, LogKey};
use heapless::Vec;

/// Room for so many authorities' records and so many segments, all on the stack or in a static: about 340 bytes a
/// record and 130 a segment.
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
    anchor: Anchor<'a>,
    held: Vec<Held<'a>, RECORDS>,
    facts: Vec<Fact<'a>, RECORDS>,
    spans: Vec<Span<'a>, SEGMENTS>,
    last: Option<Authentic<'a>>,
}

impl<'a, const RECORDS: usize, const SEGMENTS: usize> FixedShelf<'a, RECORDS, SEGMENTS> {
    /// Empty, beneath this root.
    #[must_use]
    pub const fn new(anchor: &Anchor<'a>) -> Self {
        Self { anchor: *anchor, held: Vec::new(), facts: Vec::new(), spans: Vec::new(), last: None }
    }

    /// The segment taken last.
    #[must_use]
    pub const fn last(&self) -> Option<Authentic<'a>> {
        self.last
    }

    /// Evaluates what is held.
    ///
    /// # Errors
    /// Never: the space is of the shelf's own size.
    pub fn judge<T>(&self, ask: impl FnOnce(&mut Evaluation<'_, '_>) -> T) -> Result<T, SpaceTooSmall> {
        self.judge_on(&self.spans, ask)
    }

    /// The same with more pieces of chains: those of logs that stand on the host's own medium, verified when they came. A
    /// record below a cut of such a log is judged by the piece from it to the cut.
    ///
    /// # Errors
    /// More pieces than there is room for beside the segments.
    pub fn judge_beside<T>(
        &self,
        pieces: &[Span<'_>],
        ask: impl FnOnce(&mut Evaluation<'_, '_>) -> T,
    ) -> Result<T, SpaceTooSmall> {
        let too_small = SpaceTooSmall { verdicts: self.facts.len(), marks: self.spans.len() + pieces.len() };
        let mut spans: Vec<Span<'_>, SEGMENTS> = self.spans.iter().copied().collect();
        spans.extend_from_slice(pieces).map_err(|_| too_small)?;
        self.judge_on(&spans, ask)
    }

    fn judge_on<T>(
        &self,
        spans: &[Span<'_>],
        ask: impl FnOnce(&mut Evaluation<'_, '_>) -> T,
    ) -> Result<T, SpaceTooSmall> {
        let mut verdicts = [Verdict::YES; RECORDS];
        let mut marks = [Mark::default(); SEGMENTS];
        let facts = Facts { root: self.anchor.id(), entries: &self.facts, spans };
        let mut slots = [Slot::default(); RECORDS];
        evaluate(facts, &mut verdicts, &mut marks, &mut slots).map(|mut evaluation| ask(&mut evaluation))
    }
}

impl<'a, const RECORDS: usize, const SEGMENTS: usize> Shelf<'a> for FixedShelf<'a, RECORDS, SEGMENTS> {
    fn facts(&self) -> &[Fact<'a>] {
        &self.facts
    }

    fn take(&mut self, authentic: Authentic<'a>, log: LogKey<'a>) -> Result<(), BundleError> {
        let span = Span {
            log: authentic.log(),
            start: authentic.index(),
            start_hash: authentic.start(),
            end: authentic.end(),
            end_hash: authentic.head(),
            interior: None,
        };
        // Every bundle brings its way from the root along: what is held takes no second place.
        if self.spans.contains(&span) {
            self.last = Some(authentic);
            return Ok(());
        }
        self.spans.push(span).map_err(|_| BundleError::Full)?;
        for held in Held::of(&authentic, &log) {
            self.held.push(held).map_err(|_| BundleError::Full)?;
        }
        let nothing = Fact { at: Held::EMPTY.at, kind: FactKind::Critical };
        self.facts.clear();
        self.facts.resize(RECORDS, nothing).map_err(|_| BundleError::Full)?;
        let count = read(self.anchor.id(), &self.held, &[], &mut self.facts).map_err(|_| BundleError::Full)?;
        self.facts.truncate(count);
        self.last = Some(authentic);
        Ok(())
    }
}
