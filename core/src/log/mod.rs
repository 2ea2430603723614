//! The own log on a medium: frames, recovery, and the logs in memory, in a file and on flash (`spec/log.md`).
//!
//! ```text
//! unit  = a group of records │ a mark │ a seal │ a checkpoint │ an acknowledgement      one or more frames
//! frame = length u16 │ kind u8 │ payload │ CRC-32
//! ```
//!
//! A unit is durable whole or not at all. A frame is accepted where its CRC holds *and* what it says stands at its
//! place of the hash chain: the CRC finds torn writes, the chain finds what a CRC lets through.
//!
//! Bytes go out, an acknowledgement comes in: a [`Writer`] hands the bytes of a unit to a [`Store`] and goes on when
//! they are said to be durable. [`FlashLog`] does the same with the sectors of a flash chip.

mod flash;
mod frame;
mod head;
mod recovery;
#[cfg(test)]
mod tests;
mod unit;
#[cfg(feature = "alloc")]
mod whole;
mod writer;

pub use flash::{Blob, FlashGroup, FlashLog, Layout, RecordCursor};
pub use frame::{FILE_MAGIC, FRAME_OVERHEAD, Frame, Frames, Kind, MAX_PAYLOAD, Place};
pub(crate) use frame::{Sum, sum_of};
pub use head::LogHead;
pub use recovery::{Found, Recovery, recover};
pub use unit::{GroupPart, GroupReader};
#[cfg(feature = "alloc")]
pub use whole::{Whole, read};
pub use writer::{MemoryLog, Records, Store, Writer, seal_of};

use crate::record::{Mark, TipError};
use core::fmt;

/// Why a log on a medium isn't opened, or doesn't take what it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogError {
    /// The medium doesn't begin as a log, or holds none.
    NotALog,
    /// A frame is damaged and whole units follow it: the medium lost what was acknowledged.
    Damaged(Place),
    /// A frame whose CRC holds stands at another place than its place in the hash chain.
    OffChain(Place),
    /// A frame whose CRC holds is in no form that this build knows.
    Form(Place),
    /// The records would take the room that is kept for the next seal and checkpoint.
    Full,
    /// Too few records are acknowledged: a checkpoint would take more room than it frees.
    NothingToReclaim,
    /// The application's bytes are more than this log was laid out for.
    BlobTooLong,
    /// A log is there already.
    NotEmpty,
    /// The flash is too small, or its sectors and words are of sizes that don't go together.
    Layout,
    /// Nothing was given to append, or a record of no byte.
    Empty,
    /// A write awaits its acknowledgement, or none does.
    Order,
    /// The medium's driver refused to read, write or erase, or gave back other bytes than were written.
    Medium,
    /// No such record here: it isn't written yet, or its sector was reclaimed.
    NotHere(u32),
    /// The buffer doesn't hold the record.
    Buffer,
    /// An acknowledgement names another branch, or more records than there are.
    NotThisChain,
    /// What the chain's end refuses.
    Tip(TipError),
}

crate::codes::codes! { LogError {
    Self::NotALog => 2601, "not_a_log";
    Self::Damaged(_) => 2602, "log_damaged";
    Self::OffChain(_) => 2603, "log_off_chain";
    Self::Form(_) => 2604, "log_form";
    Self::Full => 2605, "log_full";
    Self::NothingToReclaim => 2606, "nothing_to_reclaim";
    Self::BlobTooLong => 2607, "blob_too_long";
    Self::NotEmpty => 2608, "log_not_empty";
    Self::Layout => 2609, "flash_layout";
    Self::Empty => 2610, "group_empty";
    Self::Order => 2611, "log_order";
    Self::Medium => 2612, "log_medium";
    Self::NotHere(_) => 2613, "record_not_here";
    Self::Buffer => 2614, "log_buffer";
    Self::NotThisChain => 2615, "not_this_chain";
} from { Self::Tip(e) => e; } }

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotALog => f.write_str("no log begins here"),
            Self::Damaged(at) => write!(
                f,
                "damaged: at {at}, with whole records after it: keep the medium as it is and ask for help; \
                 work goes on with a new log and a new key"
            ),
            Self::OffChain(at) => write!(
                f,
                "damaged: at {at} the records don't follow those before them: keep the medium as it is and ask for \
                 help; work goes on with a new log and a new key"
            ),
            Self::Form(at) => {
                write!(f, "at {at} stands what this build doesn't read: use the newest build, or ask for help")
            }
            Self::Full => f.write_str(
                "the log's storage is full: synchronise, so that another device holds the old records, then reclaim \
                 their room",
            ),
            Self::NothingToReclaim => {
                f.write_str("too few records are held by another device to free room: synchronise, then reclaim again")
            }
            Self::BlobTooLong => f.write_str("the table kept beside the log is longer than the log was laid out for"),
            Self::NotEmpty => f.write_str("a log is here already: open it, or wipe it first if it may be lost"),
            Self::Layout => f.write_str(
                "the flash doesn't fit a log: sectors of at least 1,024 bytes that are multiples of the driver's \
                 sizes, words of at most 256 bytes, and room for two checkpoints and six sectors are needed",
            ),
            Self::Empty => {
                f.write_str("nothing to append: a group has at least one record, a record at least one byte")
            }
            Self::Order => {
                f.write_str("out of order: a write awaits its acknowledgement first, and none is acknowledged twice")
            }
            Self::Medium => f.write_str("the storage refused to read or write, or lost what was just written"),
            Self::NotHere(index) => {
                write!(f, "record {index} isn't on this medium: not written yet, or its room was reclaimed")
            }
            Self::Buffer => f.write_str("the buffer is shorter than the record: give 4,096 bytes"),
            Self::NotThisChain => f.write_str("the acknowledgement is not for records of this log as they stand here"),
            Self::Tip(e) => e.fmt(f),
        }
    }
}

impl core::error::Error for LogError {}

impl From<TipError> for LogError {
    fn from(e: TipError) -> Self {
        Self::Tip(e)
    }
}

/// What a frame breaks; where, its reader adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Chain,
    Form,
    MarkLost(Mark),
}

impl Fault {
    const fn at(self, place: Place) -> LogError {
        match self {
            Self::Chain => LogError::OffChain(place),
            Self::Form => LogError::Form(place),
            Self::MarkLost(mark) => LogError::Tip(TipError::MarkLost(mark)),
        }
    }
}
