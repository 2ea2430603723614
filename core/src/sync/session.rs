//! The session: giving and taking at once, in turns of a page each (`spec/sync.md` section 4).

use super::message::{
    END, HAVE, HELLO, Hello, INFORMATIVE, LEFT, MAX_POINTS, MIN_MESSAGE, MORE, Offer, PIECE, Peer, Piece, PieceForm,
    Point, TOOK, WANT,
};
use super::{Archive, Opened, SyncError, Taken};
use crate::limits::MAX_FACILITY;
use crate::record::bytes::{Reader, Writer};

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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// The next page is to be sent, or the end.
    Page,
    /// The want of a page is awaited.
    Asked,
    /// The want is being worked through.
    Work,
    Ended,
}

/// What is being given of the page.
#[derive(Debug, Clone, Copy)]
struct Current {
    position: u32,
    offer: Offer,
    from: u32,
    open: Option<Open>,
}

/// A piece on its way out.
#[derive(Debug, Clone, Copy)]
struct Open {
    form: PieceForm,
    end: u32,
    length: u32,
    sent: u32,
}

#[derive(Debug, Clone)]
struct Give {
    turn: Turn,
    /// The number of the page's first offer, and how many it has.
    first: u32,
    count: u32,
    last: bool,
    /// Of the want: bytes, and the next to read.
    wants: usize,
    at: usize,
    current: Option<Current>,
    outstanding: u8,
    pieces: u32,
}

/// A piece on its way in.
#[derive(Debug, Clone, Copy)]
struct Filling {
    position: u32,
    form: PieceForm,
    length: usize,
    got: usize,
}

#[derive(Debug, Clone, Default)]
struct Take {
    items: u32,
    wanted: u32,
    /// The position of the last piece in the page.
    position: u32,
    filling: Option<Filling>,
    last: bool,
    ended: bool,
}

/// A session with one peer. See the [module](super) for how a host works with it.
#[derive(Debug, Clone)]
pub struct Session<B> {
    buffers: Buffers<B>,
    root: [u8; 16],
    log: Option<[u8; 16]>,
    clock: Option<u32>,
    facility: [u8; MAX_FACILITY],
    facility_length: usize,
    /// Bytes of the own hello, until it is sent.
    hello: usize,
    peer: Option<Peer>,
    give: Give,
    take: Take,
    standing: Standing,
    acknowledged: u32,
    totals: Totals,
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
            wants: 0,
            at: 0,
            current: None,
            outstanding: 0,
            pieces: 0,
        };
        Ok(Self {
            buffers,
            root: hello.root,
            log: hello.log,
            clock: hello.clock.map(crate::time::Timestamp::as_secs),
            facility,
            facility_length: own.len(),
            hello: length,
            peer: None,
            give,
            take: Take::default(),
            standing: Standing::AsHere,
            acknowledged: 0,
            totals: Totals::default(),
        })
    }

    /// The other party, once it said hello.
    #[must_use]
    pub const fn peer(&self) -> Option<&Peer> {
        self.peer.as_ref()
    }
    /// Whether both sides have given all they have to give.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.take.ended && matches!(self.give.turn, Turn::Ended)
    }
    /// Whether the own log stands here as the peer holds it.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        self.standing
    }
    /// Records of the own log that the peer holds, from the first on.
    #[must_use]
    pub const fn acknowledged(&self) -> u32 {
        self.acknowledged
    }
    /// What went over.
    #[must_use]
    pub const fn totals(&self) -> Totals {
        self.totals
    }
    /// The peer's clock minus the own, in seconds, where both are set: what `Observed.clock` says of the peer's own log,
    /// and of no other.
    #[must_use]
    pub fn clock_ahead(&self) -> Option<i64> {
        Some(i64::from(self.peer.as_ref()?.clock()?.as_secs()) - i64::from(self.clock?))
    }

    /// The longest message that both take.
    fn longest(&self, out: &[u8]) -> usize {
        let own = self.buffers.wants.as_ref().len().min(MAX_MESSAGE);
        let theirs = self.peer.as_ref().map_or(MIN_MESSAGE, |peer| peer.message as usize);
        own.min(theirs).min(out.len())
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
            let hello = self.buffers.wants.as_ref().get(..self.hello).ok_or(SyncError::Buffer)?;
            out.get_mut(..self.hello).ok_or(SyncError::Buffer)?.copy_from_slice(hello);
            return Ok(core::mem::take(&mut self.hello));
        }
        let Some(peer) = self.peer.clone() else { return Ok(0) };
        let most = self.longest(out);
        let out = out.get_mut(..most).ok_or(SyncError::Buffer)?;
        loop {
            match self.give.turn {
                Turn::Page if self.give.last => {
                    self.give.turn = Turn::Ended;
                    return one(out, END);
                }
                Turn::Page => {
                    if let Some(length) = self.page(archive, &peer, out)? {
                        return Ok(length);
                    }
                }
                Turn::Work => {
                    if let Some(length) = self.work(archive, &peer, out)? {
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

    /// The next page of offers; `None` where there are none.
    fn page<A: Archive>(&mut self, archive: &mut A, peer: &Peer, out: &mut [u8]) -> Result<Option<usize>, SyncError> {
        let mut w = Writer::new(out);
        w.put(&[HAVE, 0]).ok_or(SyncError::Buffer)?;
        let first = self.give.first + self.give.count;
        let (mut nth, mut last_log) = (first, None);
        let last = loop {
            if nth == MAX_ITEMS {
                return Err(SyncError::TooMuch);
            }
            let Some(offer) = archive.offer(peer, nth)? else { break true };
            let before = w.len();
            if offer.put(last_log, &mut w).is_none() {
                if nth == first {
                    return Err(SyncError::Buffer);
                }
                w.rewind(before);
                break false;
            }
            last_log = offer.log();
            nth += 1;
        };
        let length = w.len();
        self.give.last = last;
        if nth == first {
            return Ok(None);
        }
        if let Some(flags) = out.get_mut(1) {
            *flags = last.into();
        }
        (self.give.first, self.give.count, self.give.turn) = (first, nth - first, Turn::Asked);
        Ok(Some(length))
    }

    /// Goes on with what the peer wants of the page; `None` where it waits, or the page is done.
    fn work<A: Archive>(&mut self, archive: &mut A, peer: &Peer, out: &mut [u8]) -> Result<Option<usize>, SyncError> {
        loop {
            let Some(mut current) = self.give.current else {
                let want = self.buffers.wants.as_ref().get(..self.give.wants).unwrap_or_default();
                let mut r = Reader::new(want, self.give.at);
                if r.is_empty() {
                    if self.give.outstanding == 0 {
                        self.give.turn = Turn::Page;
                    }
                    return Ok(None);
                }
                // It was read through when it came.
                let (position, points) = read_want(&mut r).ok_or(SyncError::Form)?;
                self.give.at = r.at();
                let Some(offer) = archive.offer(peer, self.give.first + position)? else {
                    return self.leave(position, out).map(Some);
                };
                let from = base(archive, &offer, points)?;
                self.give.current = Some(Current { position, offer, from, open: None });
                continue;
            };
            let Some(mut open) = current.open else {
                if current.from >= current.offer.end() {
                    self.give.current = None;
                    continue;
                }
                if self.give.outstanding >= peer.window {
                    return Ok(None);
                }
                match archive.open(&current.offer, current.from, peer.piece)? {
                    Opened::Piece { form, end, length } if length > 0 && length <= peer.piece => {
                        let end = if form == PieceForm::Object { current.offer.end() } else { end };
                        // What doesn't lead on would be sent for ever.
                        if end <= current.from {
                            return Err(SyncError::Storage);
                        }
                        self.give.pieces += 1;
                        if self.give.pieces > MAX_ITEMS {
                            return Err(SyncError::TooMuch);
                        }
                        current.open = Some(Open { form, end, length, sent: 0 });
                        self.give.current = Some(current);
                    }
                    Opened::Nothing => self.give.current = None,
                    Opened::Piece { .. } | Opened::TooLong => {
                        self.give.current = None;
                        return self.leave(current.position, out).map(Some);
                    }
                }
                continue;
            };
            let mut w = Writer::new(out);
            let front = if open.sent == 0 {
                w.byte(PIECE)
                    .and_then(|()| w.varint(u64::from(current.position)))
                    .and_then(|()| w.byte(open.form.number()))
                    .and_then(|()| w.varint(u64::from(open.length)))
            } else {
                w.byte(MORE)
            };
            front.ok_or(SyncError::Buffer)?;
            let begin = w.len();
            let room = out.get_mut(begin..).unwrap_or_default();
            let now = room.len().min((open.length - open.sent) as usize);
            archive.read(open.sent, room.get_mut(..now).ok_or(SyncError::Buffer)?)?;
            open.sent += now as u32;
            if open.sent == open.length {
                self.give.outstanding += 1;
                self.totals.sent.0 += 1;
                self.totals.sent.1 += u64::from(open.length);
                (current.from, current.open) = (current.from.max(open.end), None);
            } else {
                current.open = Some(open);
            }
            self.give.current = Some(current);
            return Ok(Some(begin + now));
        }
    }

    /// Says that something wanted isn't sent.
    fn leave(&mut self, position: u32, out: &mut [u8]) -> Result<usize, SyncError> {
        self.totals.left_out += 1;
        let mut w = Writer::new(out);
        w.byte(LEFT).and_then(|()| w.varint(u64::from(position))).ok_or(SyncError::Buffer)?;
        Ok(w.len())
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
        let Some(peer) = self.peer.clone() else {
            return match kind {
                HELLO => {
                    self.peer = Some(Peer::read(message, &self.root)?);
                    Ok(0)
                }
                INFORMATIVE.. => Ok(0),
                _ => Err(SyncError::Order),
            };
        };
        let most = self.longest(out);
        let out = out.get_mut(..most).ok_or(SyncError::Buffer)?;
        let mut r = Reader::new(message, 1);
        match kind {
            HELLO => Err(SyncError::Restarted),
            HAVE => self.have(archive, &peer, r, out),
            WANT => self.want(message).map(|()| 0),
            PIECE => {
                let begun = self.begin(&mut r);
                begun.and_then(|()| self.fill(archive, &peer, r.rest(), out))
            }
            MORE => self.fill(archive, &peer, r.rest(), out),
            TOOK => self.took(archive, &peer, r).map(|()| 0),
            LEFT => {
                r.varint32().filter(|_| r.is_empty()).ok_or(SyncError::Form)?;
                self.spend()?;
                self.totals.left_out += 1;
                Ok(0)
            }
            END if r.is_empty() && self.take.filling.is_none() && !self.take.ended => {
                self.take.ended = true;
                Ok(0)
            }
            INFORMATIVE.. => Ok(0),
            END => Err(SyncError::Order),
            _ => Err(SyncError::Form),
        }
    }

    /// One more offer or piece: a session ends, whatever the peer sends.
    const fn spend(&mut self) -> Result<(), SyncError> {
        self.take.items += 1;
        if self.take.items > 2 * MAX_ITEMS { Err(SyncError::TooMuch) } else { Ok(()) }
    }

    /// A page of the peer's: says what is wanted of it.
    fn have<A: Archive>(
        &mut self,
        archive: &mut A,
        peer: &Peer,
        mut r: Reader<'_>,
        out: &mut [u8],
    ) -> Result<usize, SyncError> {
        if self.take.last || self.take.ended || self.take.filling.is_some() {
            return Err(SyncError::Order);
        }
        let flags = r.byte().filter(|flags| *flags < 2).ok_or(SyncError::Form)?;
        let mut w = Writer::new(out);
        w.byte(WANT).ok_or(SyncError::Buffer)?;
        let (mut position, mut last_log, mut wanted) = (0u32, None, 0);
        while !r.is_empty() {
            self.spend()?;
            let offer = Offer::get(last_log, &mut r).ok_or(SyncError::Form)?;
            last_log = offer.log();
            self.compare(archive, peer, &offer)?;
            if archive.wants(peer, &offer)? {
                wanted += 1;
                // An offer takes 19 bytes at least, a want with one point 17 at most: what is left of the page is what
                // the wants of the rest can need.
                let room = most_points(w.len() + r.rest().len(), w.room());
                put_want(archive, &offer, position, room, &mut w)?;
            }
            position += 1;
        }
        self.take.last = flags == 1;
        (self.take.wanted, self.take.position) = (wanted, 0);
        Ok(w.len())
    }

    /// What the peer holds of the own log.
    fn compare<A: Archive>(&mut self, archive: &mut A, peer: &Peer, offer: &Offer) -> Result<(), SyncError> {
        let (Some(log), Some(tip)) = (offer.log().filter(|log| Some(*log) == self.log), offer.tip()) else {
            return Ok(());
        };
        let Some(own) = archive.own()?.filter(|own| own.log() == Some(log)) else { return Ok(()) };
        if tip.count > own.end() {
            // A branch that parted counts more than records that are lacking.
            if !matches!(self.standing, Standing::Forked(_)) {
                self.standing = Standing::Behind(tip.count);
            }
        } else if !archive.on_chain(&own, &tip)? {
            self.standing = Standing::Forked(tip.count);
        } else if matches!(offer, Offer::Whole { .. }) {
            self.acknowledge(peer, tip.count);
        }
        Ok(())
    }

    /// Only who keeps whole logs of this facility can say that it holds the own one.
    fn acknowledge(&mut self, peer: &Peer, count: u32) {
        let own = self.facility.get(..self.facility_length).unwrap_or_default();
        let same = peer.facilities().next().is_some_and(|first| first.as_bytes() == own);
        if peer.asks_for_everything() || same {
            self.acknowledged = self.acknowledged.max(count);
        }
    }

    /// What the peer wants of the page: kept, and worked through by `transmit`.
    fn want(&mut self, message: &[u8]) -> Result<(), SyncError> {
        if self.give.turn != Turn::Asked {
            return Err(SyncError::Order);
        }
        let mut r = Reader::new(message, 1);
        let mut least = 0;
        while !r.is_empty() {
            let (position, _) = read_want(&mut r).ok_or(SyncError::Form)?;
            if position < least || position >= self.give.count {
                return Err(SyncError::Form);
            }
            least = position + 1;
        }
        let room = self.buffers.wants.as_mut().get_mut(..message.len()).ok_or(SyncError::Form)?;
        room.copy_from_slice(message);
        (self.give.wants, self.give.at, self.give.turn) = (message.len(), 1, Turn::Work);
        Ok(())
    }

    /// A piece begins.
    fn begin(&mut self, r: &mut Reader<'_>) -> Result<(), SyncError> {
        let form = SyncError::Form;
        let position = r.varint32().ok_or(form)?;
        let piece = PieceForm::of(r.byte().ok_or(form)?).ok_or(form)?;
        let length = r.varint32().ok_or(form)? as usize;
        if self.take.filling.is_some() || self.take.wanted == 0 || position < self.take.position {
            return Err(SyncError::Order);
        }
        if length == 0 || length > self.buffers.piece.as_ref().len() {
            return Err(form);
        }
        self.spend()?;
        self.take.position = position;
        self.take.filling = Some(Filling { position, form: piece, length, got: 0 });
        Ok(())
    }

    /// The next bytes of a piece; the whole one is taken, and what became of it is the reply.
    fn fill<A: Archive>(
        &mut self,
        archive: &mut A,
        peer: &Peer,
        bytes: &[u8],
        out: &mut [u8],
    ) -> Result<usize, SyncError> {
        let mut filling = self.take.filling.ok_or(SyncError::Order)?;
        let end = filling.got.checked_add(bytes.len()).filter(|end| *end <= filling.length && !bytes.is_empty());
        let end = end.ok_or(SyncError::Form)?;
        let room = self.buffers.piece.as_mut().get_mut(filling.got..end).ok_or(SyncError::Form)?;
        room.copy_from_slice(bytes);
        filling.got = end;
        if end < filling.length {
            self.take.filling = Some(filling);
            return Ok(0);
        }
        self.take.filling = None;
        let bytes = self.buffers.piece.as_ref().get(..end).unwrap_or_default();
        let taken = match Piece::read(filling.form, bytes) {
            Some(piece) => archive.take(peer, &piece)?,
            None => Taken::Refused,
        };
        let (status, count) = match taken {
            Taken::Stored(count) => (0, count),
            Taken::Waits => (1, 0),
            Taken::Refused => (2, 0),
            Taken::Full => (3, 0),
        };
        if status == 0 {
            self.totals.stored.0 += 1;
            self.totals.stored.1 += end as u64;
        } else {
            self.totals.aside += 1;
        }
        let mut w = Writer::new(out);
        w.byte(TOOK)
            .and_then(|()| w.varint(u64::from(filling.position)))
            .and_then(|()| w.byte(status))
            .and_then(|()| w.varint(u64::from(count)))
            .ok_or(SyncError::Buffer)?;
        Ok(w.len())
    }

    /// What became of a piece at the peer's.
    fn took<A: Archive>(&mut self, archive: &mut A, peer: &Peer, mut r: Reader<'_>) -> Result<(), SyncError> {
        let form = SyncError::Form;
        let (position, status) = (r.varint32().ok_or(form)?, r.byte().ok_or(form)?);
        let count = r.varint32().filter(|_| r.is_empty() && status <= 3).ok_or(form)?;
        self.give.outstanding = self.give.outstanding.checked_sub(1).ok_or(SyncError::Order)?;
        if position >= self.give.count {
            return Err(form);
        }
        if status > 0 {
            self.totals.refused_there += 1;
        }
        if status > 1
            && let Some(current) = self.give.current.as_mut().filter(|current| current.position == position)
        {
            // The piece on its way is sent to its end; nothing follows it.
            current.from = u32::MAX;
        }
        if status == 0
            && let Some(Offer::Whole { log, end, .. }) = archive.offer(peer, self.give.first + position)?
            && Some(log) == self.log
        {
            self.acknowledge(peer, count.min(end));
        }
        Ok(())
    }
}

/// A message of its type alone.
fn one(out: &mut [u8], kind: u8) -> Result<usize, SyncError> {
    *out.first_mut().ok_or(SyncError::Buffer)? = kind;
    Ok(1)
}

/// How many points fit besides the first, where so many bytes of the room are used or kept.
const fn most_points(used: usize, room: usize) -> u32 {
    // Position 3, number 1, and 13 for each point.
    let free = room.saturating_sub(used).saturating_sub(4 + 13) / 13;
    if free as u32 > MAX_POINTS - 1 { MAX_POINTS } else { free as u32 + 1 }
}

fn put_want<A: Archive>(
    archive: &mut A,
    offer: &Offer,
    position: u32,
    most: u32,
    w: &mut Writer<'_>,
) -> Result<(), SyncError> {
    let full = SyncError::Buffer;
    w.varint(u64::from(position)).ok_or(full)?;
    let number = w.len();
    w.byte(0).ok_or(full)?;
    let (mut points, mut below) = (0u8, u32::MAX);
    for nth in 0..most {
        let Some(point) = archive.held(offer, nth)? else { break };
        // Only what leads down: the peer reads them in this order.
        if point.count >= below || point.count == 0 {
            continue;
        }
        w.varint(u64::from(point.count)).and_then(|()| w.put(&point.head)).ok_or(full)?;
        (points, below) = (points + 1, point.count);
    }
    w.set(number, points);
    Ok(())
}

/// Position and points of the next want.
fn read_want<'w>(r: &mut Reader<'w>) -> Option<(u32, Points<'w>)> {
    let (position, number) = (r.varint32()?, u32::from(r.byte()?));
    if number > MAX_POINTS {
        return None;
    }
    let (from, mut below) = (r.at(), u32::MAX);
    for _ in 0..number {
        let count = r.varint32()?;
        r.take(8)?;
        if count == 0 || count >= below {
            return None;
        }
        below = count;
    }
    Some((position, Points(Reader::new(r.since(from)?, 0))))
}

struct Points<'w>(Reader<'w>);

/// Where giving begins: the highest place that is on the chain offered.
fn base<A: Archive>(archive: &mut A, offer: &Offer, points: Points<'_>) -> Result<u32, SyncError> {
    let Points(mut r) = points;
    while let (Some(count), Some(head)) = (r.varint32(), r.array()) {
        let inside = (offer.index()..=offer.end()).contains(&count);
        if inside && offer.log().is_some() && archive.on_chain(offer, &Point { count, head })? {
            return Ok(count);
        }
    }
    Ok(offer.index())
}
