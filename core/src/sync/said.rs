//! What a message says by itself, for whoever looks at a line that was recorded: no session is needed.

use super::SyncError;
use super::give::{Points, read_want};
use super::message::{
    END, HAVE, HELLO, INFORMATIVE, LEFT, MIN_MESSAGE, MORE, Offer, PIECE, Peer, PieceForm, TOOK, WANT,
};
use crate::record::bytes::Reader;

/// A message, read and nothing of it judged: whether it can come where it came only a [`Session`](super::Session) knows.
#[derive(Debug, Clone)]
pub enum Said<'m> {
    /// A party says what it is.
    Hello {
        /// First 16 bytes of its root id.
        root: [u8; 16],
        /// The rest.
        peer: Peer,
    },
    /// A page of what the giver has.
    Have {
        /// No page follows.
        last: bool,
        /// What it offers.
        items: Items<'m>,
    },
    /// What the taker wants of a page.
    Want(Wants<'m>),
    /// A piece begins.
    Piece {
        /// The place in the page.
        position: u32,
        /// What it is.
        form: PieceForm,
        /// How long the whole is.
        length: u32,
        /// Its first bytes.
        bytes: &'m [u8],
    },
    /// The next bytes of a piece.
    More(&'m [u8]),
    /// What became of a piece.
    Took {
        /// The place in the page.
        position: u32,
        /// 0 stored, 1 waits, 2 wrong, 3 no room.
        status: u8,
        /// The count at its end.
        count: u32,
    },
    /// What was wanted at this place isn't sent.
    Left(u32),
    /// Nothing follows from this giver.
    End,
    /// A type that is passed over by who doesn't know it.
    PassedOver(u8),
}

impl<'m> Said<'m> {
    /// Reads a message.
    ///
    /// ```
    /// use medlot_core::sync::Said;
    /// assert!(matches!(Said::read(&[7, 3]), Ok(Said::Left(3))));
    /// ```
    ///
    /// # Errors
    /// [`SyncError::Form`]; of a hello [`SyncError::Version`] and [`SyncError::Format`].
    pub fn read(message: &'m [u8]) -> Result<Self, SyncError> {
        let kind = *message.first().ok_or(SyncError::Form)?;
        let mut r = Reader::new(message, 1);
        match kind {
            HELLO if message.len() > MIN_MESSAGE => Err(SyncError::Form),
            HELLO => Peer::of_any_root(message).map(|(root, peer)| Self::Hello { root, peer }),
            INFORMATIVE.. => Ok(Self::PassedOver(kind)),
            _ => Self::body(kind, &mut r).filter(|_| r.is_empty()).ok_or(SyncError::Form),
        }
    }

    fn body(kind: u8, r: &mut Reader<'m>) -> Option<Self> {
        Some(match kind {
            HAVE => {
                let last = r.byte().filter(|flags| *flags < 2)? == 1;
                let items = Items { rest: *r, last_log: None };
                let mut all = items.clone();
                while !all.rest.is_empty() {
                    all.next()?;
                }
                *r = all.rest;
                Self::Have { last, items }
            }
            WANT => {
                let wants = Wants(*r);
                let mut least = 0;
                while !r.is_empty() {
                    let (position, _) = read_want(r).filter(|(position, _)| *position >= least)?;
                    least = position.checked_add(1)?;
                }
                Self::Want(wants)
            }
            PIECE => {
                let (position, form, length) = (r.varint32()?, PieceForm::of(r.byte()?)?, r.varint32()?);
                let bytes = some(r)?;
                // The first bytes can't be more than all.
                (bytes.len() <= length as usize).then_some(Self::Piece { position, form, length, bytes })?
            }
            MORE => Self::More(some(r)?),
            TOOK => Self::Took {
                position: r.varint32()?,
                status: r.byte().filter(|status| *status <= 3)?,
                count: r.varint32()?,
            },
            LEFT => Self::Left(r.varint32()?),
            END => Self::End,
            _ => return None,
        })
    }
}

/// The rest, at least one byte.
fn some<'m>(r: &mut Reader<'m>) -> Option<&'m [u8]> {
    let length = r.rest().len();
    r.take(length).filter(|bytes| !bytes.is_empty())
}

/// What a page offers.
#[derive(Debug, Clone)]
pub struct Items<'m> {
    rest: Reader<'m>,
    last_log: Option<[u8; 16]>,
}

impl Iterator for Items<'_> {
    type Item = Offer;
    fn next(&mut self) -> Option<Offer> {
        let offer = Offer::get(self.last_log, &mut self.rest)?;
        self.last_log = offer.log();
        Some(offer)
    }
}

/// What is wanted: the place in the page, and the places of the chain that are held.
#[derive(Debug, Clone)]
pub struct Wants<'m>(Reader<'m>);

impl<'m> Iterator for Wants<'m> {
    type Item = (u32, Points<'m>);
    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        read_want(&mut self.0)
    }
}
