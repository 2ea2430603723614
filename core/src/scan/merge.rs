//! Scans of one pack add up: GTIN on one barcode, lot and expiry on another.
use super::item::{MAX_ELEMENTS, Repairs, ScannedItem, Spans, slice};
use crate::time::Date;
use core::fmt;

/// Bytes of values that a merged item can hold.
pub const MERGED_BYTES: usize = 512;

/// Why a scan doesn't join the item that is known. What is known stays as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// The same AI with another value: another pack was scanned, or one barcode is wrong.
    Differs {
        /// The AI.
        ai: u16,
    },
    /// Keys that must not stand together, or an attribute of another kind of key.
    Contradicts {
        /// The AI.
        ai: u16,
    },
    /// More than 24 elements or 512 bytes.
    Full,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Differs { ai } => write!(f, "AI {ai:02} differs from what was scanned before: is it the same pack?"),
            Self::Contradicts { ai } => write!(f, "AI {ai:02} can't belong to what was scanned before"),
            Self::Full => write!(f, "more than {MAX_ELEMENTS} elements or {MERGED_BYTES} bytes on one pack"),
        }
    }
}

impl core::error::Error for Conflict {}

/// What several scans of one pack say together.
#[derive(Clone, Debug)]
pub struct Merged {
    text: [u8; MERGED_BYTES],
    used: usize,
    spans: Spans,
    repairs: Repairs,
    today: Date,
}

impl Merged {
    /// Nothing known yet; `today` sets the century of years.
    #[must_use]
    pub fn new(today: Date) -> Self {
        Self { text: [0; MERGED_BYTES], used: 0, spans: Spans::default(), repairs: Repairs::default(), today }
    }

    /// The item as it stands. Its `incomplete` says what must still be scanned.
    #[must_use]
    pub fn item(&self) -> Option<ScannedItem<'_>> {
        let text = core::str::from_utf8(self.text.get(..self.used)?).ok()?;
        ScannedItem::new(text, self.spans, self.repairs, self.today).ok()
    }

    /// Adds a reading: what is new joins, nothing known is changed or erased.
    ///
    /// # Errors
    /// [`Conflict`]; the item is then as before.
    pub fn add(&mut self, new: &ScannedItem<'_>) -> Result<(), Conflict> {
        let mut next = self.clone();
        for s in new.spans.iter() {
            let value = slice(new.text.as_bytes(), s);
            if let Some(known) = next.spans.find(s.ai) {
                if slice(&next.text, known) != value {
                    return Err(Conflict::Differs { ai: s.ai });
                }
                continue;
            }
            let start = next.used;
            next.text.get_mut(start..start + value.len()).ok_or(Conflict::Full)?.copy_from_slice(value);
            next.used += value.len();
            next.spans.add(&next.text, s.ai, start, value.len()).map_err(|_| Conflict::Full)?;
        }
        next.spans.pairs().map_err(|e| Conflict::Contradicts { ai: e.ai.unwrap_or_default() })?;
        next.repairs.insert(new.repairs);
        *self = next;
        Ok(())
    }
}

/// Joins two readings of one pack.
///
/// # Errors
/// [`Conflict`] where they disagree.
pub fn merge(known: &ScannedItem<'_>, new: &ScannedItem<'_>, today: Date) -> Result<Merged, Conflict> {
    let mut merged = Merged::new(today);
    merged.add(known)?;
    merged.add(new)?;
    Ok(merged)
}
