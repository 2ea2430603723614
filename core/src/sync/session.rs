//! The session: giving and taking at once, in turns of a page each (`spec/sync.md` section 4).

use super::give::{Give, Turn};
use super::message::{END, HAVE, HELLO, Hello, INFORMATIVE, LEFT, MIN_MESSAGE, MORE, PIECE, Peer, TOOK, WANT};
use super::take::Take;
use super::{Archive, SyncError};
use crate::limits::MAX_FACILITY;
use crate::record::bytes::Reader;

/// Offers and pieces that a session goes through in each direction; for more, another session follows.
pub const MAX_ITEMS: u32 = 1 << 20;
/// Most bytes of a message.
const MAX_MESSAGE: usize = 65_535;

/// The session's memory: what the peer is told to keep to.
#[derive(Debug, Clone)]
pub struct Buffers<B> {
    /// Holds a piece that is coming in: the longest that can be taken.
    pub piece: B,
    /// Holds a message: the longest that can be taken, at least [`MIN_MESSAGE`] bytes.
    pub wants: B,
}

/// Whether the own log stands here as the peer holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// Nothing that the peer holds contradicts it.
    #[default]
    AsHere,
    /// The peer holds so many records of it, more than are here: this copy was restored. Nothing may be appended.
    Behind(u32),
    /// The peer holds another branch at this count: this copy or another was written on. Nothing may be appended.
    Forked(u32),
}

/// What went over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Pieces sent, and their bytes.
    pub sent: (u32, u64),
    /// Pieces that came and were stored, and their bytes.
    pub stored: (u32, u64),
    /// Pieces that came and were set aside.
    pub aside: u32,
    /// Pieces that the peer set aside.
    pub refused_there: u32,
    /// Things wanted that were left out by the peer, or here: longer than the other side takes.
    pub left_out: u32,
}

/// A session with one peer. See the [module](super) for how a host works with it.
#[derive(Debug, Clone)]
pub struct Session<B> {
    root: [u8; 16],
    clock: Option<u32>,
    /// Bytes of the own hello, until it is sent.
    hello: usize,
    peer: Option<Peer>,
    going: Going<B>,
}

/// What goes on, once the peer is known.
#[derive(Debug, Clone)]
pub(super) struct Going<B> {
    pub(super) buffers: Buffers<B>,
    pub(super) log: Option<[u8; 16]>,
    pub(super) facility: [u8; MAX_FACILITY],
    pub(super) facility_length: usize,
    pub(super) give: Give,
    pub(super) take: Take,
    pub(super) standing: Standing,
    pub(super) acknowledged: u32,
    pub(super) totals: Totals,
}

impl<B: AsRef<[u8]> + AsMut<[u8]>> Session<B> {
    /// Begins a session: [`Session::transmit`] gives the hello first.
    ///
    /// # Errors
    /// [`SyncError::Buffer`]: `wants` shorter than [`MIN_MESSAGE`]; [`SyncError::Form`]: a window of 0, more than
    /// [`super::MAX_FACILITIES`] facilities, or a code that is empty or too long.
    pub fn new(hello: &Hello<'_>, buffers: Buffers<B>) -> Result<Self, SyncError> {
        let mut buffers = buffers;
        let message = buffers.wants.as_ref().len().min(MAX_MESSAGE);
        if message < MIN_MESSAGE {
            return Err(SyncError::Buffer);
        }
        let piece = buffers.piece.as_ref().len().min(u32::MAX as usize);
        let length = hello.write(buffers.wants.as_mut(), message, piece).ok_or(SyncError::Form)?;
        let (mut facility, own) = ([0; MAX_FACILITY], hello.facilities.first().copied().unwrap_or_default());
        facility.iter_mut().zip(own.bytes()).for_each(|(place, byte)| *place = byte);
        let give = Give {
            turn: Turn::Page,
            first: 0,
            count: 0,
            last: false,
            held: false,
            stated: false,
            wants: 0,
            at: 0,
            current: None,
            outstanding: 0,
            pieces: 0,
        };
        let going = Going {
            buffers,
            log: hello.log,
            facility,
            facility_length: own.len(),
            give,
            take: Take::default(),
            standing: Standing::AsHere,
            acknowledged: 0,
            totals: Totals::default(),
        };
        let clock = hello.clock.map(crate::time::Timestamp::as_secs);
        Ok(Self { root: hello.root, clock, hello: length, peer: None, going })
    }

    /// The other party, once it said hello.
    #[must_use]
    pub const fn peer(&self) -> Option<&Peer> {
        self.peer.as_ref()
    }
    /// Whether both sides have given all they have to give.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.going.take.ended && matches!(self.going.give.turn, Turn::Ended)
    }
    /// Whether the own log stands here as the peer holds it, as far as it said.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        self.going.standing
    }

    /// Says that the own log holds records that no seal covers yet. The archive doesn't offer that log before
    /// [`Session::release`], and until then no page is the last.
    pub const fn hold(&mut self) {
        self.going.give.held = true;
    }
    /// Where [`Session::hold`] was said and the peer's first page came: what that said of the own log. Where it stands
    /// [as here](Standing::AsHere) it may be sealed; else this copy is an old one, and a seal could begin a second
    /// history. Then [`Session::release`].
    #[must_use]
    pub const fn told(&self) -> Option<Standing> {
        if self.going.give.held && self.going.take.stated { Some(self.going.standing) } else { None }
    }
    /// The archive offers the own log from now on, as the last thing.
    pub const fn release(&mut self) {
        self.going.give.held = false;
    }
    /// Records of the own log that the peer holds, from the first on.
    #[must_use]
    pub const fn acknowledged(&self) -> u32 {
        self.going.acknowledged
    }
    /// What went over.
    #[must_use]
    pub const fn totals(&self) -> Totals {
        self.going.totals
    }
    /// The peer's clock minus the own, in seconds, where both are set: what `Observed.clock` says of the peer's own log,
    /// and of no other.
    #[must_use]
    pub fn clock_ahead(&self) -> Option<i64> {
        Some(i64::from(self.peer.as_ref()?.clock()?.as_secs()) - i64::from(self.clock?))
    }

    /// Writes the next message into `out`; 0 when there is none before the peer sends something.
    ///
    /// # Errors
    /// [`SyncError::Buffer`]; [`SyncError::Storage`]; [`SyncError::TooMuch`].
    pub fn transmit<A: Archive>(&mut self, archive: &mut A, out: &mut [u8]) -> Result<usize, SyncError> {
        if out.len() < MIN_MESSAGE {
            return Err(SyncError::Buffer);
        }
        if self.hello > 0 {
            let hello = self.going.buffers.wants.as_ref().get(..self.hello).ok_or(SyncError::Buffer)?;
            out.get_mut(..self.hello).ok_or(SyncError::Buffer)?.copy_from_slice(hello);
            return Ok(core::mem::take(&mut self.hello));
        }
        match &self.peer {
            Some(peer) => self.going.transmit(archive, peer, out),
            None => Ok(0),
        }
    }

    /// Takes a message; writes the reply that it needs into `out` and gives its length, 0 for none. The reply goes out
    /// before the next message is taken.
    ///
    /// # Errors
    /// What ends the session. [`SyncError::Restarted`]: give the message to a new session.
    pub fn receive<A: Archive>(&mut self, archive: &mut A, message: &[u8], out: &mut [u8]) -> Result<usize, SyncError> {
        if out.len() < MIN_MESSAGE {
            return Err(SyncError::Buffer);
        }
        let kind = *message.first().ok_or(SyncError::Form)?;
        match &self.peer {
            Some(peer) => self.going.receive(archive, peer, (kind, message), out),
            None => match kind {
                HELLO => self.meet(message).map(|()| 0),
                INFORMATIVE.. => Ok(0),
                _ => Err(SyncError::Order),
            },
        }
    }
}

impl<B> Session<B> {
    #[inline(never)] // what is read must not stand under all that follows
    fn meet(&mut self, hello: &[u8]) -> Result<(), SyncError> {
        self.peer = Some(Peer::read(hello, &self.root)?);
        Ok(())
    }
}

impl<B: AsRef<[u8]> + AsMut<[u8]>> Going<B> {
    /// The longest message that both take.
    fn longest(&self, peer: &Peer, out: &[u8]) -> usize {
        let own = self.buffers.wants.as_ref().len().min(MAX_MESSAGE);
        own.min(peer.message as usize).min(out.len())
    }

    fn transmit<A: Archive>(&mut self, archive: &mut A, peer: &Peer, out: &mut [u8]) -> Result<usize, SyncError> {
        let most = self.longest(peer, out);
        let out = out.get_mut(..most).ok_or(SyncError::Buffer)?;
        loop {
            match self.give.turn {
                Turn::Page if self.give.last => {
                    self.give.turn = Turn::Ended;
                    return one(out, END);
                }
                Turn::Page => {
                    if let Some(length) = self.page(archive, peer, out)? {
                        return Ok(length);
                    }
                    if self.give.held {
                        return Ok(0);
                    }
                }
                Turn::Work => {
                    if let Some(length) = self.work(archive, peer, out)? {
                        return Ok(length);
                    }
                }
                Turn::Asked | Turn::Ended => return Ok(0),
            }
            if self.give.turn == Turn::Work {
                return Ok(0);
            }
        }
    }

    fn receive<A: Archive>(
        &mut self,
        archive: &mut A,
        peer: &Peer,
        (kind, message): (u8, &[u8]),
        out: &mut [u8],
    ) -> Result<usize, SyncError> {
        let most = self.longest(peer, out);
        let out = out.get_mut(..most).ok_or(SyncError::Buffer)?;
        let mut r = Reader::new(message, 1);
        match kind {
            HELLO => Err(SyncError::Restarted),
            HAVE => self.have(archive, peer, r, out),
            WANT => self.want(message).map(|()| 0),
            PIECE => {
                let begun = self.begin(&mut r);
                begun.and_then(|()| self.fill(archive, peer, r.rest(), out))
            }
            MORE => self.fill(archive, peer, r.rest(), out),
            TOOK => self.took(archive, peer, r).map(|()| 0),
            LEFT => {
                r.varint32().filter(|_| r.is_empty()).ok_or(SyncError::Form)?;
                self.spend()?;
                self.totals.left_out += 1;
                Ok(0)
            }
            END if !r.is_empty() => Err(SyncError::Form),
            END if self.take.filling.is_none() && !self.take.ended => {
                (self.take.ended, self.take.stated) = (true, true);
                Ok(0)
            }
            INFORMATIVE.. => Ok(0),
            END => Err(SyncError::Order),
            _ => Err(SyncError::Form),
        }
    }

    /// One more offer or piece: a session ends, whatever the peer sends.
    pub(super) const fn spend(&mut self) -> Result<(), SyncError> {
        self.take.items += 1;
        if self.take.items > 2 * MAX_ITEMS { Err(SyncError::TooMuch) } else { Ok(()) }
    }
}

/// A message of its type alone.
fn one(out: &mut [u8], kind: u8) -> Result<usize, SyncError> {
    *out.first_mut().ok_or(SyncError::Buffer)? = kind;
    Ok(1)
}
