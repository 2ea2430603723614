//! Giving: pages of what the peer may have, and the pieces that it wants of them.

use super::message::{HAVE, LEFT, MAX_POINTS, MORE, Offer, PIECE, Peer, PieceForm, Point};
use super::session::{Going, MAX_ITEMS};
use super::{Archive, Opened, SyncError};
use crate::record::bytes::{Reader, Writer};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
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
pub(super) struct Current {
    pub(super) position: u32,
    pub(super) offer: Offer,
    pub(super) from: u32,
    pub(super) open: Option<Open>,
}

/// A piece on its way out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    pub(super) form: PieceForm,
    pub(super) end: u32,
    pub(super) length: u32,
    pub(super) sent: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Give {
    pub(super) turn: Turn,
    /// The number of the page's first offer, and how many it has.
    pub(super) first: u32,
    pub(super) count: u32,
    pub(super) last: bool,
    /// The own log isn't sealed to its end yet: there is no last page before the host says so.
    pub(super) held: bool,
    /// A page went out.
    pub(super) stated: bool,
    /// Of the want: bytes, and the next to read.
    pub(super) wants: usize,
    pub(super) at: usize,
    pub(super) current: Option<Current>,
    pub(super) outstanding: u8,
    pub(super) pieces: u32,
}

impl<B: AsRef<[u8]> + AsMut<[u8]>> Going<B> {
    /// The next page of offers; `None` where there are none. What is held back makes no page the last, and the first
    /// one goes out empty where it is all that there is: else two parties that both hold back would wait for each other.
    #[inline(never)] // as `have`
    pub(super) fn page<A: Archive>(
        &mut self,
        archive: &mut A,
        peer: &Peer,
        out: &mut [u8],
    ) -> Result<Option<usize>, SyncError> {
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
        self.give.last = last && !self.give.held;
        let may_be_empty = self.give.held && !self.give.stated;
        if nth == first && !may_be_empty {
            return Ok(None);
        }
        self.give.stated = true;
        if let Some(flags) = out.get_mut(1) {
            *flags = self.give.last.into();
        }
        (self.give.first, self.give.count, self.give.turn) = (first, nth - first, Turn::Asked);
        Ok(Some(length))
    }

    /// Goes on with what the peer wants of the page; `None` where it waits, or the page is done.
    #[inline(never)] // as `have`
    pub(super) fn work<A: Archive>(
        &mut self,
        archive: &mut A,
        peer: &Peer,
        out: &mut [u8],
    ) -> Result<Option<usize>, SyncError> {
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
    pub(super) fn leave(&mut self, position: u32, out: &mut [u8]) -> Result<usize, SyncError> {
        self.totals.left_out += 1;
        let mut w = Writer::new(out);
        w.byte(LEFT).and_then(|()| w.varint(u64::from(position))).ok_or(SyncError::Buffer)?;
        Ok(w.len())
    }

    /// What the peer wants of the page: kept, and worked through by `transmit`.
    pub(super) fn want(&mut self, message: &[u8]) -> Result<(), SyncError> {
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

    /// What became of a piece at the peer's.
    #[inline(never)] // as `have`
    pub(super) fn took<A: Archive>(
        &mut self,
        archive: &mut A,
        peer: &Peer,
        mut r: Reader<'_>,
    ) -> Result<(), SyncError> {
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

/// Position and points of the next want.
pub(super) fn read_want<'w>(r: &mut Reader<'w>) -> Option<(u32, Points<'w>)> {
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

/// Places of a chain that are held with all before them, the greatest first.
#[derive(Debug, Clone)]
pub struct Points<'w>(Reader<'w>);

impl Iterator for Points<'_> {
    type Item = Point;
    fn next(&mut self) -> Option<Point> {
        Some(Point { count: self.0.varint32()?, head: self.0.array()? })
    }
}

/// Where giving begins: the highest place that is on the chain offered.
fn base<A: Archive>(archive: &mut A, offer: &Offer, points: Points<'_>) -> Result<u32, SyncError> {
    for point in points {
        let inside = (offer.index()..=offer.end()).contains(&point.count);
        if inside && offer.log().is_some() && archive.on_chain(offer, &point)? {
            return Ok(point.count);
        }
    }
    Ok(offer.index())
}
