//! Element strings: the strict reading, and every other legal split where separators were lost.
use super::error::{ScanError, ScanErrorKind as Kind};
use super::item::{Candidates, Repairs, ScannedItem, Spans};
use super::lint;
use super::spec::{AiSpec, ai_at};
use crate::time::Date;

pub(super) const GS: u8 = 0x1D;
const BUDGET: u32 = 4096;

fn skip_separators(text: &[u8], mut at: usize) -> usize {
    while text.get(at) == Some(&GS) {
        at += 1;
    }
    at
}

fn separator_after(text: &[u8], at: usize) -> usize {
    text.get(at..).and_then(|t| t.iter().position(|&b| b == GS)).map_or(text.len(), |n| at + n)
}

/// The element at `at`: its row, AI, and where the field begins and strictly ends.
fn element(text: &[u8], at: usize) -> Result<(u16, &'static AiSpec, usize, usize), ScanError> {
    let (ai, digits, row) =
        ai_at(text.get(at..).unwrap_or_default()).ok_or(ScanError::new(Kind::UnknownAi, None, at))?;
    let start = at + digits;
    let mut end = separator_after(text, start);
    if row.fixed {
        end = end.min(start + row.max());
    }
    Ok((ai, row, start, end))
}

fn check(row: &AiSpec, text: &[u8], ai: u16, start: usize, end: usize) -> Result<(), ScanError> {
    lint::check(row, text.get(start..end).unwrap_or_default())
        .map_err(|(kind, p)| ScanError::new(kind, Some(ai), start + p))
}

/// Reads as the General Specifications 7.8 say, without guessing.
pub(super) fn strict(text: &[u8]) -> Result<Spans, ScanError> {
    let mut spans = Spans::default();
    let mut at = skip_separators(text, 0);
    if at == text.len() {
        return Err(ScanError::new(Kind::Empty, None, 0));
    }
    while at < text.len() {
        let (ai, row, start, end) = element(text, at)?;
        check(row, text, ai, start, end)?;
        spans.add(text, ai, start, end - start)?;
        at = skip_separators(text, end);
    }
    Ok(spans)
}

/// Whether the element at the beginning of `text` is valid up to the next separator.
pub(super) fn valid_here(text: &[u8]) -> bool {
    element(text, 0).is_ok_and(|(ai, row, start, end)| check(row, text, ai, start, end).is_ok())
}

/// Separators around and between elements that the rules don't ask for.
pub(super) fn separator_repairs(text: &[u8], repairs: &mut Repairs) {
    if text.first() == Some(&GS) {
        repairs.insert(Repairs::LEADING_SEPARATOR);
    }
    if text.last() == Some(&GS) {
        repairs.insert(Repairs::TRAILING_SEPARATOR);
    }
    if text.windows(2).any(|w| w == [GS, GS]) {
        repairs.insert(Repairs::DOUBLED_SEPARATOR);
    }
}

/// Where a field may have run into the next element.
fn is_cut(ai: u16, text: &[u8], at: usize, start: usize, recovery: bool) -> bool {
    match ai_at(text.get(at..).unwrap_or_default()) {
        Some((10 | 17 | 21 | 710..=716, _, _)) => true,
        // Chestny ZNAK: serials have 13 characters, keys in 91 have four.
        Some((91 | 93, _, _)) => recovery && ai == 21 && at - start == 13,
        Some((92, _, _)) => recovery && ai == 91 && at - start == 4,
        _ => false,
    }
}

/// Whether a field of the strict reading holds the beginning of another element: most scans don't.
pub(super) fn may_split(text: &[u8], spans: &Spans) -> bool {
    spans.iter().filter(|s| matches!(s.ai, 10 | 21 | 710..=716)).any(|s| {
        let (start, end) = (usize::from(s.start), usize::from(s.start) + usize::from(s.len));
        (start + 1..end).any(|at| is_cut(s.ai, text, at, start, false))
    })
}

/// Walks every legal split.
pub(super) struct Splits<'a, 'c> {
    pub(super) text: &'a str,
    pub(super) repairs: Repairs,
    pub(super) today: Date,
    /// No strict reading is legal: any field may have swallowed the next element.
    pub(super) recovery: bool,
    pub(super) out: &'c mut Candidates<'a>,
    budget: u32,
}

impl<'a, 'c> Splits<'a, 'c> {
    pub(super) fn new(
        text: &'a str,
        repairs: Repairs,
        today: Date,
        recovery: bool,
        out: &'c mut Candidates<'a>,
    ) -> Self {
        Self { text, repairs, today, recovery, out, budget: BUDGET }
    }

    pub(super) fn explore(&mut self) {
        self.walk(0, Spans::default(), false);
    }

    fn walk(&mut self, at: usize, spans: Spans, cut: bool) {
        let text = self.text.as_bytes();
        if self.budget == 0 || self.out.is_full() {
            return;
        }
        self.budget -= 1;
        let at = skip_separators(text, at);
        if at >= text.len() {
            let mut repairs = self.repairs;
            if cut {
                repairs.insert(Repairs::RESTORED_SEPARATOR);
            }
            if let (true, Ok(item)) =
                (spans.iter().next().is_some(), ScannedItem::new(self.text, spans, repairs, self.today))
            {
                self.out.push(item);
            }
            return;
        }
        let Ok((ai, row, start, end)) = element(text, at) else { return };
        self.take(row, ai, start, end, spans, cut);
        let cuttable = !row.fixed && (self.recovery || matches!(ai, 10 | 21 | 710..=716));
        if cuttable {
            for next in start + 1..end.min(start + row.max() + 1) {
                if is_cut(ai, text, next, start, self.recovery) {
                    self.take(row, ai, start, next, spans, true);
                }
            }
        }
    }

    fn take(&mut self, row: &AiSpec, ai: u16, start: usize, end: usize, mut spans: Spans, cut: bool) {
        let text = self.text.as_bytes();
        if check(row, text, ai, start, end).is_ok() && spans.add(text, ai, start, end - start).is_ok() {
            self.walk(end, spans, cut);
        }
    }
}

/// Whether a legal strict reading must be confirmed: a split yields a whole date that the strict
/// reading lacks, a field that was cut is longer than 15 characters, or there is other damage.
pub(super) fn doubtful(strict: &ScannedItem<'_>, others: &Candidates<'_>) -> bool {
    others.iter().filter(|o| o.spans != strict.spans).any(|o| {
        let date = o.get(17).is_some() && strict.get(17).is_none();
        let long =
            strict.elements().any(|e| e.value.len() > 15 && o.get(e.ai).is_some_and(|v| v.len() < e.value.len()));
        date || long || strict.repairs.other_damage()
    })
}
