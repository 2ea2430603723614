//! What went wrong, with what to do next: one type for everything that a command may be refused.
use crate::lang::Lang;
use medlot_core::ident::IdentError;
use medlot_core::log::LogError;
use medlot_core::movement::MovementError;
use medlot_core::record::{ObjectError, RecordError, SegmentError, TipError};
use medlot_core::sync::SyncError;
use medlot_core::time::TimeError;
use medlot_core::trust::BundleError;
use std::fmt;
use std::path::Path;

/// How grave it is; the numbers are the command's exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The bytes are wrong: nobody will ever take them.
    Invalid = 1,
    /// They may be right, but what would decide isn't here.
    Unknown = 2,
    /// Arguments, files, the folder.
    Usage = 3,
    /// A rule forbids it; the text says the way out.
    Refused = 4,
}

/// An error with its stable number and name (`spec/error-codes.md`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// How grave.
    pub kind: Kind,
    /// The stable number.
    pub code: u16,
    /// The stable name.
    pub name: &'static str,
    /// What happened and what to do.
    pub message: String,
}

/// What sdk calls give.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The numbers and names that stand for themselves; others are those of the error inside.
    pub const CODES: &'static [(u16, &'static str)] = &[
        (4001, "argument"),
        (4002, "file"),
        (4003, "folder"),
        (4004, "refused"),
        (4005, "unknown_here"),
        (4006, "invalid"),
        (4010, "stopped"),
        (4011, "signature_due"),
        (4012, "unconfirmed"),
        (4013, "closed"),
        (4014, "restored"),
        (4015, "ahead"),
        (4020, "catalogue_page"),
        (4021, "catalogue_saved"),
    ];

    fn new(kind: Kind, code: u16, name: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code, name, message: message.into() }
    }
    /// The same, said of a line of several (from 1).
    #[must_use]
    pub fn of_line(self, at: usize, lang: Lang) -> Self {
        let message = lang.pick(format!("dòng {at}: {self}"), format!("line {at}: {self}"));
        Self { message, ..self }
    }
    /// An argument that can't be; names it. Code 4001.
    pub fn argument(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, 4001, "argument", message)
    }
    /// A file or folder that can't be read or written. Code 4002.
    pub fn file(path: &Path, e: &std::io::Error) -> Self {
        Self::new(Kind::Usage, 4002, "file", format!("{}: {e}", path.display()))
    }
    /// The folder isn't one of medlot's, is in use, or is damaged. Code 4003.
    pub fn folder(path: &Path, message: impl fmt::Display) -> Self {
        Self::new(Kind::Usage, 4003, "folder", format!("{}: {message}", path.display()))
    }
    /// A rule forbids it; say the way out. Code 4004.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(Kind::Refused, 4004, "refused", message)
    }
    /// What would decide isn't here. Code 4005.
    pub fn unknown(message: impl Into<String>) -> Self {
        Self::new(Kind::Unknown, 4005, "unknown_here", message)
    }
    /// A person is stopped before a pack is given that isn't to be used; say what instead. Code 4010.
    pub fn stopped(message: impl Into<String>) -> Self {
        Self::new(Kind::Refused, 4010, "stopped", message)
    }
    /// The own key is kept outside, and its signature must come first. Code 4011.
    pub fn signature_due() -> Self {
        let text = "what stands unsealed must be signed first: sign what prepare_seal gives, hand it to attach_seal, then \
                    call again";
        Self::new(Kind::Refused, 4011, "signature_due", text)
    }
    /// What was written before isn't durable yet. Code 4012.
    pub fn unconfirmed() -> Self {
        let text = "what the last call wrote isn't durable yet: store its changes, then confirm them, then call again";
        Self::new(Kind::Refused, 4012, "unconfirmed", text)
    }
    /// The object was closed. Code 4013.
    pub fn closed(why: &str) -> Self {
        Self::new(Kind::Usage, 4013, "closed", format!("{why}: open it anew"))
    }
    /// The own log takes no further record, since it was restored from a backup; say the way on. Code 4014.
    pub fn restored(message: impl Into<String>) -> Self {
        Self::new(Kind::Refused, 4014, "restored", message)
    }
    /// The own log takes no further record, since another device holds more of it; say the way on. Code 4015.
    pub fn ahead(message: impl Into<String>) -> Self {
        Self::new(Kind::Refused, 4015, "ahead", message)
    }
    /// Bytes that nobody will take. Code 4006.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, 4006, "invalid", message)
    }
    /// A page of the catalogue, or a list, of which no row can be read. Code 4020.
    pub fn catalogue_page(message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, 4020, "catalogue_page", message)
    }
    /// A kept catalogue that is damaged or of another version: load its pages anew. Code 4021.
    pub fn catalogue_saved(message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, 4021, "catalogue_saved", message)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

macro_rules! from_core {
    ($($error:ty => $kind:ident;)*) => { $(
        impl From<$error> for Error {
            fn from(e: $error) -> Self {
                Self::new(Kind::$kind, e.code(), e.name(), e.to_string())
            }
        }
    )* };
}
from_core! {
    IdentError => Usage;
    TimeError => Usage;
    MovementError => Usage;
    RecordError => Usage;
    TipError => Refused;
}
impl From<LogError> for Error {
    fn from(e: LogError) -> Self {
        let kind = match e {
            LogError::NotALog | LogError::Form(_) | LogError::Medium | LogError::Layout => Kind::Usage,
            _ => Kind::Refused,
        };
        Self::new(kind, e.code(), e.name(), e.to_string())
    }
}
impl From<SyncError> for Error {
    fn from(e: SyncError) -> Self {
        let kind = match e {
            SyncError::OtherRoot | SyncError::Form | SyncError::Order => Kind::Invalid,
            SyncError::Version(_) | SyncError::Format(_) => Kind::Unknown,
            _ => Kind::Usage,
        };
        Self::new(kind, e.code(), e.name(), e.to_string())
    }
}
impl From<ObjectError> for Error {
    fn from(e: ObjectError) -> Self {
        BundleError::Object(e).into()
    }
}
impl From<SegmentError> for Error {
    fn from(e: SegmentError) -> Self {
        BundleError::Segment(0, e).into()
    }
}
impl From<BundleError> for Error {
    fn from(e: BundleError) -> Self {
        let kind = if e.is_unknown() { Kind::Unknown } else { Kind::Invalid };
        Self::new(kind, e.code(), e.name(), e.to_string())
    }
}
