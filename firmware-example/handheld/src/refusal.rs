//! Why something was refused: the core's stable numbers and names, and a few of the handheld's own.

use medlot_core::crypto::CryptoError;
use medlot_core::ident::IdentError;
use medlot_core::log::LogError;
use medlot_core::movement::MovementError;
use medlot_core::record::{ObjectError, RecordError, SegmentError, TipError};
use medlot_core::scan::ScanError;
use medlot_core::time::TimeError;
use medlot_core::trust::{BundleError, Reason};

/// A refusal: a number (0 for the handheld's own) and a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// As in `spec/error-codes.md`; 0 where the name is the handheld's own.
    pub code: u16,
    /// The name, one word.
    pub name: &'static str,
}

impl Refusal {
    /// One of the handheld's own.
    pub(crate) const fn own(name: &'static str) -> Self {
        Self { code: 0, name }
    }
}

macro_rules! coded {
    ($($error:ty),*) => {$(
        impl From<$error> for Refusal {
            #[inline(never)] // its tables once, not at every `?`
            fn from(e: $error) -> Self {
                Self { code: e.code(), name: e.name() }
            }
        }
    )*};
}
coded!(BundleError, CryptoError, IdentError, LogError, MovementError, ObjectError, Reason);
coded!(RecordError, SegmentError, TimeError, TipError);

impl From<ScanError> for Refusal {
    #[inline(never)]
    fn from(e: ScanError) -> Self {
        Self { code: e.kind.code(), name: e.kind.name() }
    }
}
