//! The device: its flash, its log, what it was told last; and the words of a line.

use crate::count::Counting;
use crate::fellows::Fellows;
use crate::goods::Basket;
use crate::object::text_object;
use crate::out::{Out, Say};
use crate::refusal::Refusal;
use crate::settings::{Kind, Settings};
use crate::stock::{Counted, MAX_READ, Memory};
use embedded_storage::nor_flash::NorFlash;
use heapless::{String, Vec};
use medlot_core::crypto::{Hash, SIGNATURE_LEN, SoftwareKey, Suite};
use medlot_core::limits::MAX_FACILITY;
use medlot_core::log::{FlashLog, Layout, LogError, LogHead};
use medlot_core::record::{Entry, LogKey, Record, Seal, TipError};
use medlot_core::scan::Merged;
use medlot_core::time::{Date, Timestamp};

/// Bytes of the longest record that this device writes: product, lot, document and counterparty of 50 each and more.
pub(crate) const MAX_OWN_RECORD: usize = 384;
/// Records that stand unsealed at most, but for a delivery: 1 KiB or so, which a piece of a synchronisation holds.
const MAX_UNSEALED: u32 = 32;
/// Bytes of the longest root's object.
const MAX_ROOT: usize = 256;

/// A handheld on areas of flash: one for its log, one for who it is, and one each for the logs of other devices of its
/// facility. Areas are handles: their clones are the same flash.
pub struct Handheld<L, S, M> {
    flash: L,
    layout: Layout,
    pub(crate) settings: Settings<S>,
    pub(crate) log: Option<FlashLog<L>>,
    /// The time that was told last; it stands until the next.
    pub(crate) now: Option<Timestamp>,
    /// When the last record was written.
    pub(crate) last: Timestamp,
    pub(crate) seed: Option<[u8; 32]>,
    pub(crate) entropy: Option<[u8; 16]>,
    pub(crate) item: Option<Merged>,
    pub(crate) basket: Basket,
    pub(crate) counting: Option<Counting>,
    /// Another copy of this log was written on.
    pub(crate) stopped: bool,
    pub(crate) stock: M,
    /// Records that the table had when it was read from the checkpoint.
    pub(crate) from: u32,
    pub(crate) counted: Option<Counted>,
    /// The other devices of the facility.
    pub(crate) fellows: Fellows<L>,
    /// Where a record is read that the table asks for: here and not on the stack, where it would stand under much.
    pub(crate) read: [u8; MAX_READ],
    /// Why the table doesn't hold all that counts, or holds what doesn't.
    pub(crate) amiss: Option<&'static str>,
}

/// Who this device is, as its settings hold it.
pub(crate) struct Identity<'b> {
    pub(crate) seed: &'b [u8; 32],
    pub(crate) parent: Hash,
    pub(crate) facility: &'b str,
    /// The root's object.
    pub(crate) root: &'b [u8],
}

/// Bytes of the longest page of an identity.
pub(crate) const MAX_IDENTITY: usize = 384;

impl<'b> Identity<'b> {
    /// Its form in a page; `None` where it doesn't fit.
    pub(crate) fn write(&self) -> Option<Vec<u8, MAX_IDENTITY>> {
        let mut out = Vec::new();
        out.extend_from_slice(self.seed).ok()?;
        out.extend_from_slice(&self.parent.0).ok()?;
        out.push(u8::try_from(self.facility.len()).ok().filter(|n| usize::from(*n) <= MAX_FACILITY)?).ok()?;
        out.extend_from_slice(self.facility.as_bytes()).ok()?;
        out.extend_from_slice(self.root).ok()?;
        Some(out).filter(|_| self.root.len() <= MAX_ROOT)
    }
    fn read(bytes: &'b [u8]) -> Option<Self> {
        let (seed, rest) = bytes.split_first_chunk::<32>()?;
        let (parent, rest) = rest.split_first_chunk::<32>()?;
        let (length, rest) = rest.split_first()?;
        let (facility, root) = rest.split_at_checked(usize::from(*length))?;
        let facility = core::str::from_utf8(facility).ok()?;
        Some(Self { seed, parent: Hash(*parent), facility, root })
    }
}

/// The public key that follows from a seed.
pub(crate) fn public_of(key: &SoftwareKey) -> Result<[u8; 32], Refusal> {
    let mut buffer = [0; 33];
    <[u8; 32]>::try_from(key.public_key(&mut buffer)).map_err(|_| Refusal::own("key"))
}

pub(crate) fn key_of(seed: &[u8; 32]) -> Result<SoftwareKey, Refusal> {
    Ok(SoftwareKey::from_seed(Suite::Ed25519, seed)?)
}

impl<L: NorFlash + Clone, S: NorFlash, M: Memory> Handheld<L, S, M> {
    /// A device on its flash; [`Handheld::boot`] reads what is there.
    /// Areas for other devices' logs: at most [`crate::FELLOWS`], of the own log's sectors, 8 sectors each at least.
    pub fn new(log: L, layout: Layout, fellows: impl IntoIterator<Item = L>, settings: S, stock: M) -> Self {
        Self {
            flash: log,
            layout,
            settings: Settings::new(settings),
            log: None,
            now: None,
            last: Timestamp::from_secs(0),
            seed: None,
            entropy: None,
            item: None,
            basket: Basket::new(),
            counting: None,
            stopped: false,
            stock,
            from: 0,
            counted: None,
            fellows: Fellows::new(layout.sector, fellows),
            read: [0; MAX_READ],
            amiss: None,
        }
    }

    /// Reads the flash and says what is there. Call it once, first.
    pub fn boot(&mut self, work: &mut [u8], out: &mut dyn Out) {
        let closed = |log: &FlashLog<L>| log.closed().map_or(Ok(()), |e| Err(e.into()));
        let done = self.open(work).and_then(|()| self.learn(work, true));
        let done = done.and_then(|()| self.log.as_ref().map_or(Ok(()), closed));
        self.say_done("boot", done, out);
    }
    #[inline(never)]
    fn open(&mut self, work: &mut [u8]) -> Result<(), Refusal> {
        if self.settings.find(Kind::Identity)?.is_none() {
            return Ok(());
        }
        match FlashLog::open(self.flash.clone(), self.layout) {
            Ok(log) => self.log = Some(log),
            // Cut off between becoming somebody and beginning the log: the invitation is to be read again.
            Err(LogError::NotALog) => return Ok(()),
            Err(e) => return Err(e.into()),
        }
        self.stopped = self.settings.find(Kind::Stopped)?.is_some();
        self.fellows.open()?;
        self.load()?;
        self.replay(work)
    }
    /// Goes over the log's records again: the last one's time, the stock.
    #[inline(never)]
    fn replay(&mut self, work: &mut [u8]) -> Result<(), Refusal> {
        let log = self.log.as_mut().ok_or(Refusal::own("not_joined"))?;
        let from = log.blob()?.as_of();
        let mut cursor = log.records(from)?;
        while let Some((_, bytes)) = cursor.next(log, work)? {
            let record = Record::decode(bytes)?;
            self.last = self.last.max(record.recorded_at);
        }
        Ok(())
    }

    /// Does what a line says, and answers with lines of which the last begins with `ok` or `err`. The line stands at the
    /// front of the buffer; all of the buffer is used.
    pub fn line(&mut self, work: &mut [u8], length: usize, out: &mut dyn Out) {
        let line = work.get(..length).unwrap_or_default();
        if let Some(digits) = line.strip_prefix(crate::out::PREFIX).map(<[u8]>::len) {
            let done = text_object(work, length, digits).and_then(|length| self.object(work, length, out));
            self.say_done("object", done, out);
            return;
        }
        self.words(work, length, out);
    }
    #[inline(never)] // the copy of the line must not stand under the taking of an object
    fn words(&mut self, work: &mut [u8], length: usize, out: &mut dyn Out) {
        let line = work.get(..length).unwrap_or_default();
        let mut copy = String::<160>::new();
        let text = core::str::from_utf8(line).ok().filter(|text| copy.push_str(text).is_ok());
        let mut words = copy.split(' ').filter(|word| !word.is_empty());
        let name = if text.is_some() { words.next().unwrap_or_default() } else { "" };
        // A command begins with a small letter; what a scanner sends never does, but for a web address.
        let is_command = name.starts_with(|c: char| c.is_ascii_lowercase()) && !name.starts_with("http");
        let done = if is_command { self.command(name, &mut words, work, out) } else { self.scanned(work, length, out) };
        self.say_done(if is_command { name } else { "scan" }, done, out);
    }
    /// More came than the buffer holds.
    pub fn too_long(&self, out: &mut dyn Out) {
        self.say_done("line", Err(Refusal::own("line_too_long")), out);
    }
    #[inline(never)]
    pub(crate) fn say_done(&self, what: &str, done: Result<(), Refusal>, out: &mut dyn Out) {
        let mut say = Say(out);
        match done {
            Ok(()) => say.text("ok").word(what),
            Err(refusal) => say.text("err").number(refusal.code.into()).word(refusal.name),
        };
        say.end();
    }

    fn command<'w>(
        &mut self,
        name: &str,
        words: &mut impl Iterator<Item = &'w str>,
        work: &mut [u8],
        out: &mut dyn Out,
    ) -> Result<(), Refusal> {
        let mut next = || words.next().ok_or(Refusal::own("word_missing"));
        match name {
            "time" => self.set_time(Timestamp::parse(next()?)?),
            "entropy" => self.entropy = Some(hex(next()?)?),
            "seed" => self.seed = Some(hex(next()?)?),
            "request" => self.request(work, out)?,
            "receive" | "dispense" | "hold" | "release" => self.moved(name, next()?, out)?,
            "basket" => self.put_in_basket(next()?)?,
            "handover" => self.hand_over(next()?, next().ok(), work, out)?,
            "count" => self.count(next()?, next().ok(), out)?,
            "seal" => self.seal(out)?,
            "acknowledge" => {
                let (count, head) = (number(next()?)?, Hash(hex(next()?)?));
                self.log_mut()?.acknowledge(count, &head)?;
            }
            "reclaim" => self.reclaim(out)?,
            "stock" => self.say_stock(out)?,
            "pick" => self.pick(next()?, out)?,
            "status" => self.status(out)?,
            _ => return Err(Refusal::own("no_such_command")),
        }
        if words.next().is_some() { Err(Refusal::own("word_left_over")) } else { Ok(()) }
    }

    #[inline(never)]
    fn status(&mut self, out: &mut dyn Out) -> Result<(), Refusal> {
        let log = self.log_mut()?;
        let mut say = Say(out);
        say.text("log").hex(&log.tip().log().log_id()).word("records").number(log.tip().count().into());
        say.word("head").hex(&log.tip().head().0);
        say.word("sealed").number(log.seal().map_or(0, |seal| seal.count).into());
        say.word("acknowledged").number(log.acknowledged().into()).word("free").number(log.free_sectors().into()).end();
        Ok(())
    }

    #[inline(never)]
    pub(crate) fn log_mut(&mut self) -> Result<&mut FlashLog<L>, Refusal> {
        self.log.as_mut().ok_or(Refusal::own("not_joined"))
    }
    /// Begins the log of a key on the flash.
    pub(crate) fn begin_log(&mut self, head: &LogHead<'_>) -> Result<(), Refusal> {
        self.log = Some(FlashLog::create(self.flash.clone(), self.layout, head)?);
        Ok(())
    }
    /// Who this device is, read into the front of the room; and the rest of it.
    #[inline(never)]
    pub(crate) fn identity<'b>(&mut self, room: &'b mut [u8]) -> Result<(Identity<'b>, &'b mut [u8]), Refusal> {
        let (page, length) = self.settings.find(Kind::Identity)?.ok_or(Refusal::own("not_joined"))?;
        let (bytes, rest) = room.split_at_mut_checked(length).ok_or(Refusal::own("buffer_full"))?;
        self.settings.read(page, length, bytes)?;
        Ok((Identity::read(bytes).ok_or(Refusal::own("settings_damaged"))?, rest))
    }
    /// The facility of which this device is.
    #[inline(never)] // the page must not stand under what follows
    pub(crate) fn facility(&mut self) -> Result<String<MAX_FACILITY>, Refusal> {
        let mut room = [0; MAX_IDENTITY];
        let (identity, _) = self.identity(&mut room)?;
        String::try_from(identity.facility).map_err(|_| Refusal::own("settings_damaged"))
    }
    /// h₀ of the own log.
    pub(crate) fn own(&mut self) -> Result<Hash, Refusal> {
        Ok(self.log_mut()?.tip().log())
    }
    /// The time of a record that is written now.
    pub(crate) fn time(&self) -> Result<Timestamp, Refusal> {
        if self.stopped {
            return Err(Refusal::own("log_was_copied"));
        }
        self.now.ok_or(Refusal::own("clock_not_set"))
    }
    pub(crate) fn today(&self) -> Result<Date, Refusal> {
        // The legal day of a root is judged by who reads; for the century of a two-digit year any day of the week does.
        self.now.and_then(|now| now.date_at(0)).ok_or(Refusal::own("clock_not_set"))
    }
    #[inline(never)]
    fn set_time(&mut self, now: Timestamp) {
        self.now = Some(now);
    }

    /// Appends one entry; gives its index.
    #[inline(never)]
    pub(crate) fn append(&mut self, entry: Entry<'_>) -> Result<u32, Refusal> {
        let mut bytes = [0; MAX_OWN_RECORD];
        let length = Record::new(self.time()?, entry).encode(&mut bytes)?;
        self.append_bytes(bytes.get(..length).unwrap_or_default())
    }
    /// Appends a record written now; gives its index. Seals first where so many stand unsealed that more might not fit one
    /// piece of a synchronisation.
    #[inline(never)]
    pub(crate) fn append_bytes(&mut self, record: &[u8]) -> Result<u32, Refusal> {
        if self.log_mut()?.tip().unsealed() >= MAX_UNSEALED {
            self.sealed()?;
        }
        let index = self.log_mut()?.append(&[record])?;
        self.last = self.last.max(self.time()?);
        self.catch_up()?;
        Ok(index)
    }
    /// Seals what stands; the seal that stands already where nothing is new.
    #[inline(never)]
    pub(crate) fn sealed(&mut self) -> Result<Seal, Refusal> {
        let log = self.log_mut()?;
        if let Some(seal) = log.seal().filter(|_| log.tip().unsealed() == 0) {
            return Ok(*seal);
        }
        let (count, public, signature) = self.signed()?;
        let log = self.log_mut()?;
        let key = LogKey { id: log.tip().log(), suite: Suite::Ed25519, key: &public };
        Ok(log.attach(&key, count, &signature)?)
    }
    /// Offers the log's end to be sealed and signs it: the count there, the key, the signature.
    #[inline(never)] // the private key must not stand under the check of what it signed
    fn signed(&mut self) -> Result<(u32, [u8; 32], [u8; SIGNATURE_LEN]), Refusal> {
        let mut room = [0; MAX_IDENTITY];
        let key = key_of(self.identity(&mut room)?.0.seed)?;
        let log = self.log_mut()?;
        while log.offer() == Err(LogError::Tip(TipError::TooManyOffers)) {
            log.forget_oldest();
        }
        let offer = log.offer()?;
        Ok((offer.mark().count, public_of(&key)?, key.sign(&offer.durable())))
    }
    #[inline(never)]
    fn seal(&mut self, out: &mut dyn Out) -> Result<(), Refusal> {
        let seal = self.sealed()?;
        let mut say = Say(out);
        say.text("sealed").number(seal.count.into()).hex(&seal.head.0).end();
        Ok(())
    }
}

/// A number without sign or leading zeros.
pub(crate) fn number(text: &str) -> Result<u32, Refusal> {
    let digits = text.bytes().all(|b| b.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
    text.parse().ok().filter(|_| digits).ok_or(Refusal::own("not_a_number"))
}

/// Hexadecimal digits, exactly as many as fill it.
pub(crate) fn hex<const N: usize>(text: &str) -> Result<[u8; N], Refusal> {
    let mut out = [0; N];
    let refused = Refusal::own("not_hexadecimal");
    if text.len() != 2 * N {
        return Err(refused);
    }
    for (place, pair) in out.iter_mut().zip(text.as_bytes().chunks(2)) {
        for digit in pair {
            let value = char::from(*digit).to_digit(16).ok_or(refused)?;
            *place = *place << 4 | value as u8;
        }
    }
    Ok(out)
}
