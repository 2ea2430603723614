//! The two languages in which people are answered.

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Vietnamese.
    Vi,
    /// English.
    #[default]
    En,
}

impl Lang {
    /// One of two texts.
    #[must_use]
    pub fn pick<T>(self, vi: T, en: T) -> T {
        if self == Self::Vi { vi } else { en }
    }
}
