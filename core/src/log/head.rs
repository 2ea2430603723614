//! What a log is: the line above it, its key, its facility.

use crate::crypto::{self, Hash, Suite};

/// What a log is. Its identity h₀ follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogHead<'a> {
    /// The parent's line id.
    pub parent: Hash,
    /// The suite of its key.
    pub suite: Suite,
    /// Its public key, at most 65,535 bytes.
    pub key: &'a [u8],
    /// Its facility, at most 20 bytes; empty for a root's.
    pub facility: &'a str,
}

impl<'a> LogHead<'a> {
    /// h₀; `None` where key or facility is too long.
    #[must_use]
    pub fn id(&self) -> Option<Hash> {
        crypto::log_identity(&self.parent, self.suite.number(), self.key, self.facility)
    }
    /// Bytes of its form.
    pub(super) const fn length(&self) -> usize {
        35 + self.key.len() + self.facility.len()
    }
    /// Its form, in pieces.
    pub(super) fn pieces<E>(&self, mut piece: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let [low, high] = u16::try_from(self.key.len()).unwrap_or(u16::MAX).to_le_bytes();
        piece(&self.parent.0)?;
        piece(&[self.suite.number(), low, high])?;
        piece(self.key)?;
        piece(self.facility.as_bytes())
    }
    /// Reads it; `None` in no form, or with a suite of a newer build.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let (parent, rest) = bytes.split_first_chunk::<32>()?;
        let (suite, rest) = rest.split_first()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (key, facility) = rest.split_at_checked(u16::from_le_bytes(*length).into())?;
        let facility = core::str::from_utf8(facility).ok()?;
        let head = Self { parent: Hash(*parent), suite: Suite::of_number(*suite)?, key, facility };
        head.id().map(|_| head)
    }
}
