//! Writing a log that stands in one piece: bytes out, acknowledgement in.

use super::LogError;
use super::frame::{FILE_MAGIC, FRAME_OVERHEAD, Frame, Frames, Kind, MAX_PAYLOAD, Place};
use super::head::LogHead;
use super::recovery::{Recovery, mark_bytes, read_seal, recover, seal_bytes};
use super::unit::{GROUP_END, GroupPart, GroupReader, Lane, Next, Part, frames_of, group_length};
use crate::crypto::SIGNATURE_LEN;
use crate::record::{LogKey, Offer, Seal, Tip};

/// Where a log's bytes go. They are durable when the caller says so to the [`Writer`], not when this returns.
pub trait Store {
    /// Takes the bytes that belong at this place, behind those taken before.
    ///
    /// # Errors
    /// [`LogError::Full`] or [`LogError::Medium`]; then the whole unit counts as not written.
    fn write(&mut self, at: u64, bytes: &[u8]) -> Result<(), LogError>;
}

/// Writes units behind one another, each with one acknowledgement.
///
/// Every call that writes hands its bytes to the store and then waits: [`Writer::confirm`] says that they are durable,
/// [`Writer::failed`] that they aren't. Nothing else is taken in between. What was written of a failed unit is
/// overwritten by the next, and a log that ends in the middle of it is read up to the unit before.
#[derive(Debug, Clone)]
pub struct Writer {
    tip: Tip,
    seal: Option<Seal>,
    at: u64,
    waiting: Option<(Tip, Option<Seal>, u64)>,
}

/// Frames into a store.
struct Through<'s, S> {
    store: &'s mut S,
    at: u64,
}

impl<S: Store> Lane for Through<'_, S> {
    fn begin(&mut self, _: usize, _: &Next) -> Result<(Place, usize), LogError> {
        Ok((Place::File(self.at), MAX_PAYLOAD))
    }
    fn put(&mut self, bytes: &[u8]) -> Result<(), LogError> {
        self.store.write(self.at, bytes)?;
        self.at = self.at.saturating_add(bytes.len() as u64);
        Ok(())
    }
    fn end(&mut self) -> Result<(), LogError> {
        Ok(())
    }
}

impl Writer {
    /// Begins a log.
    ///
    /// # Errors
    /// [`crate::record::TipError::TooLong`]: key or facility; what the store refuses.
    pub fn create<S: Store>(head: &LogHead<'_>, store: &mut S) -> Result<Self, LogError> {
        let id = head.id().filter(|_| head.length() <= MAX_PAYLOAD);
        let tip = Tip::new(id.ok_or(crate::record::TipError::TooLong)?);
        store.write(0, &FILE_MAGIC)?;
        let mut lane = Through { store, at: FILE_MAGIC.len() as u64 };
        let mut part = Part::new(&mut lane, Kind::Log, head.length(), (false, false), (0, tip.log()));
        head.pieces(|piece| part.feed(piece))?;
        Ok(Self { tip, seal: None, at: 0, waiting: Some((tip, None, lane.at)) })
    }
    /// Goes on where [`recover`] found the log's end.
    #[must_use]
    pub fn resume(recovery: &Recovery, end: u64) -> Self {
        Self { tip: *recovery.tip(), seal: recovery.seal().copied(), at: end, waiting: None }
    }
    /// The chain's end, of what is durable.
    #[must_use]
    pub const fn tip(&self) -> &Tip {
        &self.tip
    }
    /// The last released seal.
    #[must_use]
    pub const fn seal(&self) -> Option<&Seal> {
        self.seal.as_ref()
    }
    /// Bytes of the log, of what is durable.
    #[must_use]
    pub const fn at(&self) -> u64 {
        self.at
    }
    /// What was written last is durable.
    ///
    /// # Errors
    /// [`LogError::Order`]: nothing awaits its acknowledgement.
    pub fn confirm(&mut self) -> Result<(), LogError> {
        (self.tip, self.seal, self.at) = self.waiting.take().ok_or(LogError::Order)?;
        Ok(())
    }
    /// What was written last isn't durable and never will be. An offer stands all the same: it may have been marked.
    pub fn failed(&mut self) {
        self.waiting = None;
    }
    fn idle(&self) -> Result<(), LogError> {
        if self.waiting.is_some() { Err(LogError::Order) } else { Ok(()) }
    }
    fn unit<S: Store>(&mut self, store: &mut S, kind: Kind, bytes: &[u8]) -> Result<u64, LogError> {
        let mut lane = Through { store, at: self.at };
        Part::new(&mut lane, kind, bytes.len(), (false, false), (self.tip.count(), self.tip.head())).feed(bytes)?;
        Ok(lane.at)
    }
    /// Appends records together: all of them or none. Gives the index of the first.
    ///
    /// # Errors
    /// [`crate::record::TipError::SealDue`], [`LogError::Empty`], [`LogError::Order`], what the store refuses.
    pub fn append<R: AsRef<[u8]>, S: Store>(&mut self, records: &[R], store: &mut S) -> Result<u32, LogError> {
        self.idle()?;
        let length = group_length(records)? + GROUP_END;
        let (first, mut tip) = (self.tip.count(), self.tip);
        // All or none: the chain's end says whether it takes them before a byte goes out.
        records.iter().try_for_each(|record| tip.append(record.as_ref()).map(drop))?;
        let mut tip = self.tip;
        let mut lane = Through { store, at: self.at };
        let mut part = Part::new(&mut lane, Kind::Group, length, (false, false), (first, tip.head()));
        for record in records {
            let head = tip.append(record.as_ref())?;
            part.record(record.as_ref(), (tip.count(), head))?;
        }
        part.group_end(&tip.head())?;
        self.waiting = Some((tip, self.seal, lane.at));
        Ok(first)
    }
    /// Offers what stands now for signing: the offer's bytes may be signed once its mark, which this writes, is
    /// confirmed.
    ///
    /// # Errors
    /// [`crate::record::TipError::NothingToSeal`], [`crate::record::TipError::TooManyOffers`], [`LogError::Order`], what
    /// the store refuses.
    pub fn offer<S: Store>(&mut self, store: &mut S) -> Result<Offer, LogError> {
        self.idle()?;
        let mut tip = self.tip;
        let offer = tip.prepare()?;
        let end = self.unit(store, Kind::Mark, &mark_bytes(&offer.mark()))?;
        self.waiting = Some((tip, self.seal, end));
        Ok(offer)
    }
    /// Gives up the oldest offer, whose signature will not come.
    pub fn forget_oldest(&mut self) -> Option<u32> {
        self.tip.forget_oldest()
    }
    /// Takes the signature of an offer and writes the seal.
    ///
    /// # Errors
    /// [`crate::record::TipError::NotOffered`], [`crate::record::TipError::Signature`], [`LogError::Order`], what the
    /// store refuses.
    pub fn attach<S: Store>(
        &mut self,
        log: &LogKey<'_>,
        count: u32,
        signature: &[u8; SIGNATURE_LEN],
        store: &mut S,
    ) -> Result<Seal, LogError> {
        self.idle()?;
        let mut tip = self.tip;
        let seal = tip.attach(log, count, signature)?;
        let end = self.unit(store, Kind::Seal, &seal_bytes(&seal))?;
        let last = self.seal.filter(|before| before.count > seal.count).or(Some(seal));
        self.waiting = Some((tip, last, end));
        Ok(seal)
    }
}

/// The seal that a frame of its kind holds.
#[must_use]
pub fn seal_of(frame: &Frame<'_>) -> Option<Seal> {
    read_seal(frame.payload).filter(|_| frame.kind() == Some(Kind::Seal))
}

/// The records of a log that stands in one piece, from the first on.
#[derive(Debug, Clone)]
pub struct Records<'b> {
    frames: Frames<'b>,
    payload: &'b [u8],
    group: GroupReader,
}

impl<'b> Records<'b> {
    /// Of the units in these bytes from a place on: as [`recover`] found them.
    #[must_use]
    pub fn new(bytes: &'b [u8], from: usize, end: usize) -> Self {
        let bytes = bytes.get(..end).unwrap_or(bytes);
        Self { frames: Frames::new(bytes, from), payload: &[], group: GroupReader::new(0) }
    }
    /// The next record's bytes, written into this buffer; `None` after the last.
    ///
    /// # Errors
    /// [`LogError::Buffer`]: shorter than the record.
    pub fn next<'o>(&mut self, out: &'o mut [u8]) -> Result<Option<&'o [u8]>, LogError> {
        let mut length = 0;
        loop {
            // What recovery accepted is in form.
            match self.group.next(&mut self.payload).map_err(|()| LogError::NotALog)? {
                Some(GroupPart::Begin(_)) => length = 0,
                Some(GroupPart::Bytes(bytes)) => {
                    let room = out.get_mut(length..length + bytes.len()).ok_or(LogError::Buffer)?;
                    room.copy_from_slice(bytes);
                    length += bytes.len();
                }
                Some(GroupPart::End) => return Ok(out.get(..length)),
                Some(GroupPart::Check(_)) => {}
                None => {
                    let groups = |frame: &Frame<'_>| frame.kind() == Some(Kind::Group);
                    let Some(frame) = self.frames.find(groups) else { return Ok(None) };
                    if !frame.continued() {
                        self.group = GroupReader::new(0);
                    }
                    self.payload = frame.payload;
                }
            }
        }
    }
}

/// A log in memory: for tests, and for devices that keep nothing over a restart. It holds `N` bytes, and refuses
/// records where the mark and the seal after them would no longer fit.
#[derive(Debug, Clone)]
pub struct MemoryLog<const N: usize> {
    writer: Writer,
    bytes: Memory<N>,
}

#[derive(Debug, Clone)]
struct Memory<const N: usize>([u8; N]);

impl<const N: usize> Store for Memory<N> {
    fn write(&mut self, at: u64, bytes: &[u8]) -> Result<(), LogError> {
        let at = usize::try_from(at).map_err(|_| LogError::Full)?;
        let end = at.checked_add(bytes.len()).ok_or(LogError::Full)?;
        self.0.get_mut(at..end).ok_or(LogError::Full)?.copy_from_slice(bytes);
        Ok(())
    }
}

impl<const N: usize> MemoryLog<N> {
    /// Room kept for a mark and a seal.
    const KEPT: usize = super::recovery::MARK_LEN + super::recovery::SEAL_LEN + 2 * FRAME_OVERHEAD;

    /// Begins a log.
    ///
    /// # Errors
    /// [`LogError::Full`]; a key or facility that is too long.
    pub fn create(head: &LogHead<'_>) -> Result<Self, LogError> {
        let mut bytes = Memory([0; N]);
        let mut writer = Writer::create(head, &mut bytes)?;
        writer.confirm()?;
        Ok(Self { writer, bytes })
    }
    /// Goes on with the bytes of such a log: what isn't whole at their end is dropped.
    ///
    /// # Errors
    /// As [`recover`]; [`LogError::Full`].
    pub fn open(bytes: &[u8]) -> Result<Self, LogError> {
        let found = recover(bytes)?;
        let whole = bytes.get(..found.end).unwrap_or_default();
        let mut memory = Memory([0; N]);
        memory.write(0, whole)?;
        Ok(Self { writer: Writer::resume(&found.recovery, found.end as u64), bytes: memory })
    }
    /// The chain's end.
    #[must_use]
    pub const fn tip(&self) -> &Tip {
        self.writer.tip()
    }
    /// The last released seal.
    #[must_use]
    pub const fn seal(&self) -> Option<&Seal> {
        self.writer.seal()
    }
    /// The log's bytes, in the form of a file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        usize::try_from(self.writer.at()).ok().and_then(|end| self.bytes.0.get(..end)).unwrap_or_default()
    }
    /// Its records.
    ///
    /// # Errors
    /// Never: the bytes are this log's own.
    pub fn records(&self) -> Result<Records<'_>, LogError> {
        let found = recover(self.bytes())?;
        Ok(Records::new(self.bytes(), found.first, found.end))
    }
    fn settle<T>(&mut self, written: Result<T, LogError>) -> Result<T, LogError> {
        match &written {
            Ok(_) => self.writer.confirm()?,
            Err(_) => self.writer.failed(),
        }
        written
    }
    /// Appends records together: all of them or none. Gives the index of the first.
    ///
    /// # Errors
    /// As [`Writer::append`]; [`LogError::Full`].
    pub fn append<R: AsRef<[u8]>>(&mut self, records: &[R]) -> Result<u32, LogError> {
        let room = N.saturating_sub(self.bytes().len());
        if frames_of(group_length(records)? + GROUP_END) + Self::KEPT > room {
            return Err(LogError::Full);
        }
        let written = self.writer.append(records, &mut self.bytes);
        self.settle(written)
    }
    /// Offers what stands now for signing; its mark is written.
    ///
    /// # Errors
    /// As [`Writer::offer`].
    pub fn offer(&mut self) -> Result<Offer, LogError> {
        let written = self.writer.offer(&mut self.bytes);
        self.settle(written)
    }
    /// Takes the signature of an offer and keeps the seal.
    ///
    /// # Errors
    /// As [`Writer::attach`].
    pub fn attach(&mut self, log: &LogKey<'_>, count: u32, signature: &[u8; 64]) -> Result<Seal, LogError> {
        let written = self.writer.attach(log, count, signature, &mut self.bytes);
        self.settle(written)
    }
}
