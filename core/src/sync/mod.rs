//! Synchronisation of any two parties: what I have, what you lack, sealed segments as they are stored (`spec/sync.md`).
//!
//! ```text
//! hello ⇄ hello
//! giver: have ──▶   taker: ◀── want   giver: piece, more … ──▶   taker: ◀── took      page by page, then end
//! ```
//!
//! Both sides give and take at the same time, in one session each. A [`Session`] does no input or output and needs no
//! allocator: messages go in and come out, and what is stored is behind the [`Archive`] that the host writes over its
//! medium. Bytes of pieces are never looked at here but for their front: the archive verifies them and says what became
//! of them.
//!
//! # How a host works with it
//!
//! ```text
//! let mut session = Session::new(&hello, Buffers { piece, wants })?;
//! if … { session.hold() }                                  // records of the own log that no seal covers
//! loop {
//!     while let n @ 1.. = session.transmit(&mut archive, &mut out)? { send(frame(&out[..n])) }
//!     if session.is_done() { break }
//!     let message = …;                                     // the next one, from a Deframer or a body
//!     let n = session.receive(&mut archive, message, &mut out)?;
//!     if n > 0 { send(frame(&out[..n])) }
//!     if let Some(standing) = session.told() {
//!         if standing == Standing::AsHere { … }                // seal the own log
//!         session.release();
//!     }
//! }
//! session.standing(); session.acknowledged(); session.clock_ahead();
//! ```
//!
//! - `out` holds a message: as many bytes as [`Buffers::wants`]. The session asks its peer for no longer message and for
//!   no piece that exceeds [`Buffers::piece`], whatever the peer holds; 256 and about 1,100 bytes do for a
//!   microcontroller whose devices seal often, 16 KiB and 64 KiB for a phone.
//! - Over a stream each message is a [`frame`]; a [`Deframer`] hands back the lines of text between frames, so that one
//!   serial port carries both. Over HTTP body and answer are frames one behind the other: the answer is everything that
//!   the session sends until it waits.
//! - A cut costs what was under way. The next session states anew what is held; what was stored stays.
//! - An error ends the session, never what it stored. [`SyncError::Restarted`] says that the peer began anew: begin a
//!   session and give it the same message.
//! - When it ends: `Observed` goes into the own log for each log of the own facility of which records came that are no
//!   `Observed` themselves, with [`Session::clock_ahead`] where it is the peer's own log.
//! - [`Session::standing`]: where the peer holds more of the own log than stands here, or another branch, the log was
//!   restored or copied. Nothing may be appended; the way on is a new log with a new key.
//! - So nothing of the own log is sealed before the peer's first page was read: a folder that was restored, or copied and
//!   written on, would seal a second history ([`Session::hold`]).
//! - [`Session::acknowledged`]: so many of the own records the peer holds: their room on flash may be reclaimed. Only
//!   said by who is of the own facility or keeps everything; that it is no liar, the host knows from how it is connected.
//!
//! # What the archive owes
//!
//! Offers come in an order that doesn't change while a session runs: what is held of the log that the peer writes, so
//! that it learns at once whether its copy is an old one; then authorities' logs and lists, so that the keys of what
//! follows are known when it is verified; then the rest. A piece is *stored* when it is durable, before [`Archive::take`]
//! returns. Who may have what is the archive's to decide: it knows the peer's [`Peer::facilities`].

mod frame;
mod give;
mod message;
mod said;
mod session;
mod take;
#[cfg(test)]
mod tests;

pub use frame::{Deframer, FRAME_OVERHEAD, Unit, frame, frame_length};
pub use give::Points;
pub use message::{Hello, MAX_FACILITIES, MAX_POINTS, MIN_MESSAGE, Offer, Peer, Piece, PieceForm, Point, SYNC_VERSION};
pub use said::{Items, Said, Wants};
pub use session::{Buffers, MAX_ITEMS, Session, Standing, Totals};

use core::fmt;

/// Why a session can't go on, or a message not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SyncError {
    /// A message in no form.
    Form,
    /// The peer speaks another version; holds it.
    Version(u8),
    /// The peer's records are of another format version; holds it.
    Format(u8),
    /// The peer rests on another root.
    OtherRoot,
    /// A message that can't come now.
    Order,
    /// More offers and pieces than one session goes through.
    TooMuch,
    /// A buffer is too short.
    Buffer,
    /// The own storage refused to read or to write.
    Storage,
    /// The peer began anew.
    Restarted,
}

crate::codes::codes! { SyncError {
    Self::Form => 2701, "sync_form";
    Self::Version(_) => 2702, "sync_version";
    Self::Format(_) => 2703, "sync_format";
    Self::OtherRoot => 2704, "sync_other_root";
    Self::Order => 2705, "sync_order";
    Self::TooMuch => 2706, "sync_too_much";
    Self::Buffer => 2707, "sync_buffer";
    Self::Storage => 2708, "sync_storage";
    Self::Restarted => 2709, "sync_restarted";
} }

impl fmt::Display for SyncError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => {
                f.write_str("the other device sent a message in no known form: update both, then synchronise")
            }
            Self::Version(v) => write!(
                f,
                "the other device synchronises by version {v}, this one by {SYNC_VERSION}: update the older one"
            ),
            Self::Format(v) => write!(
                f,
                "the other device's records are of format {v}, this one's of {}: update the older one",
                crate::record::FORMAT
            ),
            Self::OtherRoot => f.write_str("the other device belongs to another root: nothing can be synchronised"),
            Self::Order => f.write_str("the other device sent what can't come now: begin the synchronisation anew"),
            Self::TooMuch => write!(
                f,
                "more than {MAX_ITEMS} things in one synchronisation: what came is stored; synchronise again for the rest"
            ),
            Self::Buffer => write!(
                f,
                "a buffer is too short: messages need {MIN_MESSAGE} bytes, and as many as were agreed with the peer"
            ),
            Self::Storage => f.write_str("the storage refused: what came before is stored; synchronise again"),
            Self::Restarted => f.write_str("the other device began the synchronisation anew"),
        }
    }
}

impl core::error::Error for SyncError {}

/// What [`Archive::open`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// Nothing more of it.
    Nothing,
    /// The next piece is longer than the peer takes.
    TooLong,
    /// A piece, to be read.
    Piece {
        /// What it is.
        form: PieceForm,
        /// Count at its end: greater than where it was asked from. Of an object: any.
        end: u32,
        /// Its bytes.
        length: u32,
    },
}

/// What became of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is stored, durably; count at its end (0 for an object).
    Stored(u32),
    /// It is set aside and may be right, when its key or a newer build is here: send on.
    Waits,
    /// It is wrong and set aside: send nothing more of this log.
    Refused,
    /// There is no room for it: send nothing more of this log.
    Full,
}

/// What a party holds, as the host keeps it.
///
/// Errors are [`SyncError::Storage`]: they end the session.
pub trait Archive {
    /// The thing with this number, from 0, among those that the peer may have; `None` after the last. The order doesn't
    /// change while a session runs; the same number names the same log or object.
    ///
    /// # Errors
    /// [`SyncError::Storage`].
    fn offer(&mut self, peer: &Peer, nth: u32) -> Result<Option<Offer>, SyncError>;
    /// The own log as far as it is written, sealed or not; `None` where there is none.
    ///
    /// # Errors
    /// [`SyncError::Storage`].
    fn own(&mut self) -> Result<Option<Offer>, SyncError>;
    /// Whether the chain that leads to this offer's head has this value at this count.
    ///
    /// # Errors
    /// [`SyncError::Storage`].
    fn on_chain(&mut self, offer: &Offer, point: &Point) -> Result<bool, SyncError>;
    /// Whether something of what the peer offers is lacking here and to be kept.
    ///
    /// # Errors
    /// [`SyncError::Storage`].
    fn wants(&mut self, peer: &Peer, offer: &Offer) -> Result<bool, SyncError>;
    /// Of what the peer offers, the place up to which it is held here with all before it: the greatest first, then some
    /// below it, in case that one isn't on the peer's chain ([`points`] says which are worth while). `None`: send all.
    ///
    /// # Errors
    /// [`SyncError::Storage`].
    fn held(&mut self, offer: &Offer, nth: u32) -> Result<Option<Point>, SyncError>;
    /// Opens the piece of what is offered that begins at this count, or holds it; at most so many bytes.
    ///
    /// # Errors
    /// [`SyncError::Storage`].
    fn open(&mut self, offer: &Offer, from: u32, longest: u32) -> Result<Opened, SyncError>;
    /// Bytes of the piece opened last, from this place on; fills the buffer.
    ///
    /// # Errors
    /// [`SyncError::Storage`].
    fn read(&mut self, at: u32, out: &mut [u8]) -> Result<(), SyncError>;
    /// Verifies a piece that came and stores it durably, or sets it aside with the reason.
    ///
    /// # Errors
    /// [`SyncError::Storage`].
    fn take(&mut self, peer: &Peer, piece: &Piece<'_>) -> Result<Taken, SyncError>;
}

/// The counts worth naming where so many records are held whole: that one, then ever wider steps down.
///
/// ```
/// let counts: Vec<u32> = (0..9).map_while(|nth| medlot_core::sync::points(20, nth)).collect();
/// assert_eq!(counts, [20, 19, 18, 16, 12, 4]);
/// ```
#[must_use]
pub fn points(held: u32, nth: u32) -> Option<u32> {
    let back = match nth {
        0 => 0,
        n => 1u32.checked_shl(n - 1)?,
    };
    held.checked_sub(back).filter(|count| *count > 0)
}
