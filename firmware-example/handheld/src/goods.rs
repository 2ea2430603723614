//! What is scanned, and what is done with it.

use crate::base::{Handheld, MAX_OWN_RECORD, number};
use crate::out::{Out, Say};
use crate::refusal::Refusal;
use crate::stock::Memory;
use embedded_storage::nor_flash::NorFlash;
use medlot_core::ident::{Product, Quantity};
use medlot_core::movement::{Bucket, Direction, Movement};
use medlot_core::record::{Entry, Record};
use medlot_core::scan::{Merged, Outcome, Profile, Scratch, scan};

/// Bytes of the lines that wait for a hand-over.
const BASKET: usize = 512;

/// Lines that wait for a hand-over, each as the record that it will be but for its group.
#[derive(Debug)]
pub(crate) struct Basket {
    bytes: [u8; BASKET],
    used: usize,
}

impl Basket {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; BASKET], used: 0 }
    }
    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.bytes.get(..self.used).unwrap_or_default();
        core::iter::from_fn(move || {
            let (length, front) = rest.split_first_chunk::<2>()?;
            let (line, behind) = front.split_at_checked(u16::from_le_bytes(*length).into())?;
            rest = behind;
            Some(line)
        })
    }
    pub(crate) fn lines(&self) -> usize {
        self.iter().count()
    }
    pub(crate) fn line(&self, at: u16) -> Option<&[u8]> {
        self.iter().nth(at.into())
    }
    pub(crate) const fn empty(&mut self) {
        self.used = 0;
    }
    fn push(&mut self, line: &[u8]) -> Option<()> {
        let length = u16::try_from(line.len()).ok()?.to_le_bytes();
        let room = self.bytes.get_mut(self.used..self.used + 2 + line.len())?;
        let (front, rest) = room.split_at_mut(2);
        front.copy_from_slice(&length);
        rest.copy_from_slice(line);
        self.used += 2 + line.len();
        Some(())
    }
}

impl<L: NorFlash + Clone, S: NorFlash, M: Memory> Handheld<L, S, M> {
    /// Reads a scan and says what it is. A product makes a new item; a lot or an expiry alone joins the item at hand.
    #[inline(never)]
    pub(crate) fn scanned(&mut self, work: &[u8], length: usize, out: &mut dyn Out) -> Result<(), Refusal> {
        let today = self.today()?;
        let mut scratch = Scratch::new();
        let raw = work.get(..length).unwrap_or_default();
        let item = match scan(raw, &Profile::default(), today, &mut scratch) {
            Outcome::Read { item, .. } => item,
            Outcome::Confirm(_) => return Err(Refusal::own("scan_again")),
            Outcome::Foreign(_) => return Err(Refusal::own("foreign_code")),
            Outcome::Refused(e) => return Err(e.into()),
        };
        let known = self.item.take().filter(|_| item.get(1).is_none());
        let mut merged = known.unwrap_or_else(|| Merged::new(today));
        merged.add(&item).map_err(|_| Refusal::own("another_pack"))?;
        self.item = Some(merged);
        self.say_item(out)
    }
    #[inline(never)]
    fn say_item(&self, out: &mut dyn Out) -> Result<(), Refusal> {
        let item = self.item.as_ref().and_then(Merged::item).ok_or(Refusal::own("no_item"))?;
        let mut say = Say(out);
        say.text("item");
        match item.gtin() {
            Some(gtin) => say.product(&Product::Gtin(gtin)),
            None => say.word("-"),
        };
        say.word(item.get(10).unwrap_or("-")).expiry(item.expiry()).word(item.get(21).unwrap_or("-")).end();
        Ok(())
    }
    /// A movement of so much of the item at hand.
    fn of_item<T>(
        &self,
        direction: Direction,
        quantity: &str,
        then: impl FnOnce(Movement<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let quantity = Quantity::units(number(quantity)?)?;
        let item = self.item.as_ref().and_then(Merged::item).ok_or(Refusal::own("no_item"))?;
        let product = Product::Gtin(item.gtin().ok_or(Refusal::own("product_missing"))?);
        let mut movement = Movement::new(direction, 0, product, item.lot(), item.expiry(), quantity);
        movement.serial = item.serial();
        then(movement)
    }
    /// Writes what was done with the item at hand.
    #[inline(never)]
    pub(crate) fn moved(&mut self, what: &str, quantity: &str, out: &mut dyn Out) -> Result<(), Refusal> {
        let now = self.time()?;
        let direction = match what {
            "receive" => Direction::In,
            "dispense" => Direction::Out,
            _ => Direction::Move,
        };
        let mut bytes = [0; MAX_OWN_RECORD];
        let length = self.of_item(direction, quantity, |mut movement| {
            match what {
                "hold" => movement.to_bucket = Some(Bucket::Hold),
                "release" => (movement.bucket, movement.to_bucket) = (Bucket::Hold, Some(Bucket::Available)),
                _ => {}
            }
            Ok(Record::new(now, Entry::Movement { movement, extensions: None }).encode(&mut bytes)?)
        })?;
        self.append_bytes(bytes.get(..length).unwrap_or_default())?;
        if what == "dispense" { self.warn(out) } else { Ok(()) }
    }
    /// Puts so much of the item at hand into the basket.
    #[inline(never)]
    pub(crate) fn put_in_basket(&mut self, quantity: &str) -> Result<(), Refusal> {
        let now = self.time()?;
        let mut bytes = [0; MAX_OWN_RECORD];
        let length = self.of_item(Direction::Out, quantity, |movement| {
            Ok(Record::new(now, Entry::Movement { movement, extensions: None }).encode(&mut bytes)?)
        })?;
        self.basket.push(bytes.get(..length).unwrap_or_default()).ok_or(Refusal::own("basket_full"))
    }
}
