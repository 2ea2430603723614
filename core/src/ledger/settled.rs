//! What is asked of stock: lots, what may be dispensed, what is on the way.

use super::add::Ledger;
use super::names::{Place, lot_of, product_of};
use super::row::NONE;
use super::rules::encoding;
use super::shelf::Shelf;
use crate::crypto::Hash;
use crate::ident::{LotNumber, Measure, Product, Quantity};
use crate::movement::{Document, Movement};
use crate::record::Entry;
use crate::time::{Date, Expiry};
use crate::trust::RecordId;
use alloc::vec::Vec;

/// A ledger in which everything that follows from its records is worked out.
#[derive(Debug, Clone, Copy)]
pub struct Settled<'l> {
    pub(super) ledger: &'l Ledger,
}

/// What stands at one place, in whole units or in parts of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stock<'l> {
    /// Store, fund, vaccine vial monitor, bucket.
    pub place: Place<'l>,
    /// Units or parts; below 0 where more went out than came in.
    pub count: i64,
    /// Parts: how many make a unit, and what one is.
    pub parts: Option<(u16, Measure)>,
}

/// A lot at a facility.
#[derive(Debug, Clone, Copy)]
pub struct Lot<'l> {
    settled: Settled<'l>,
    part: u32,
}

/// A record that sent something, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipment<'l> {
    /// The record.
    pub record: RecordId,
    /// Who sent it.
    pub from: &'l str,
    /// The facility that it goes to (the successor of the one it names); `None`: not a facility's code.
    pub to: Option<&'l str>,
    /// The product, as the sender names it.
    pub product: Product<'l>,
    /// The lot number.
    pub lot: Option<LotNumber<'l>>,
    /// The expiry, as the sender saw it.
    pub expiry: Expiry,
    /// Parts of a unit, where it is no whole one.
    pub parts: Option<(u16, Measure)>,
    /// What was sent, less what was taken back.
    pub sent: u32,
    /// Received by the addressee.
    pub received: u64,
    /// Back with the sender, or closed by it as lost.
    pub back: u64,
    /// Refused: on the way until the sender takes it back or closes it.
    pub refused: u64,
    /// Still on the way.
    pub remaining: u64,
    /// Seconds since 2020 in its device's clock.
    pub time: i64,
    /// The first document of the delivery.
    pub document: Option<Document<'l>>,
    /// What answers it, in order.
    pub answers: Vec<RecordId>,
}

/// What to pick, and from where.
#[derive(Debug, Clone, Copy)]
pub struct Picking<'q> {
    /// The facility.
    pub facility: &'q str,
    /// The product; every product of its class will do.
    pub product: Product<'q>,
    /// How much: whole units, or parts of them.
    pub quantity: Quantity,
    /// Only what is left of opened units, to be thrown away: recalled, expired and spoilt ones too.
    pub opened: bool,
    /// Only from this store, where given; `Some(None)`: the main one.
    pub store: Option<Option<&'q str>>,
    /// Only of this fund, where given; `Some(None)`: the facility's own.
    pub fund: Option<Option<&'q str>>,
    /// The day of dispensing.
    pub today: Date,
}

/// What to take of one lot at one place.
#[derive(Debug, Clone, Copy)]
pub struct Picked<'l> {
    /// The lot.
    pub lot: Lot<'l>,
    /// Where it stands.
    pub place: Place<'l>,
    /// Its last usable day, where one is known.
    pub last_usable: Option<Date>,
    /// How much, in the form asked for: units, or parts.
    pub quantity: Quantity,
}

impl Picking<'_> {
    /// What may be taken of what stands at one place, in the form asked for; more than is asked for at once is said as far.
    fn of(&self, shelf: &Shelf<'_>) -> u32 {
        let count = match self.quantity {
            Quantity::Units(_) if self.opened => 0,
            Quantity::Units(_) => shelf.units,
            Quantity::Parts { per_unit, measure, .. } => {
                let opened = shelf.parts.iter().find(|(_, per, what)| (*per, *what) == (per_unit, measure));
                let whole = if self.opened { 0 } else { shelf.units.saturating_mul(i64::from(per_unit)) };
                opened.map_or(0, |(left, ..)| *left).saturating_add(whole)
            }
        };
        u32::try_from(count.max(0)).unwrap_or(u32::MAX)
    }
}

/// Whose turn it is, the least first: not at stage 2 of its monitor, without a date, the date. One number, since it is
/// compared often.
fn turn(vvm: Option<u8>, last_usable: Option<Date>) -> u64 {
    let day = |day: Date| u64::from(day.year()) << 16 | u64::from(day.month()) << 8 | u64::from(day.day());
    u64::from(vvm != Some(2)) << 33 | last_usable.map_or(1 << 32, day)
}

const fn parts_of(measure: u32) -> Option<(u16, u16)> {
    if measure == 0 { None } else { Some(((measure >> 16) as u16, measure as u16)) }
}

pub(super) fn measure(measure: u32) -> Option<(u16, Measure)> {
    parts_of(measure).and_then(|(per, number)| Some((per, Measure::of_number(number).ok()?)))
}

impl<'l> Settled<'l> {
    fn site(self, facility: &str) -> Option<(u32, &'l super::site::Site)> {
        let facility = self.ledger.book.facilities.find(facility.as_bytes())?;
        Some((facility, self.ledger.sites.get(facility as usize)?))
    }

    /// Facilities of which a record is held, in order.
    #[must_use]
    pub fn facilities(self) -> Vec<&'l str> {
        let book = &self.ledger.book;
        let mut all: Vec<&str> =
            book.logs.iter().filter(|l| l.records > 0).map(|l| book.facilities.text(l.facility)).collect();
        all.sort_unstable();
        all.dedup();
        all.retain(|facility| !facility.is_empty());
        all
    }

    /// Up to which count each log of a facility is held, by the logs' ids.
    #[must_use]
    pub fn as_of(self, facility: &str) -> Vec<(Hash, u32)> {
        let book = &self.ledger.book;
        let of = book.logs.iter().filter(|log| log.records > 0 && book.facilities.text(log.facility) == facility);
        let mut all: Vec<(Hash, u32)> = of.map(|log| (log.id, log.end)).collect();
        all.sort_unstable();
        all
    }

    pub(super) fn lot_at(self, part: u32) -> Lot<'l> {
        Lot { settled: self, part }
    }

    /// One lot at one facility.
    #[must_use]
    pub fn lot(self, facility: &str, product: &Product<'_>, lot: Option<&LotNumber<'_>>) -> Option<Lot<'l>> {
        let (facility, site) = self.site(facility)?;
        let ledger = self.ledger;
        let mut room = [0; super::names::ITEM_ROOM];
        let lot = lot.copied();
        let (name, split) = super::names::item_name(product, &lot, &mut room);
        let direct = ledger.book.items.find(name).and_then(|item| ledger.part_at(facility, item));
        if let Some(part) = direct {
            return Some(self.lot_at(ledger.leader(part)));
        }
        // Under another name of the same product.
        let (product, lot) = name.split_at_checked(split)?;
        let lot = ledger.book.lots.find(lot)?;
        let class = site.classes.get(product)?;
        let mut others = site.classes.iter().filter(|(_, other)| *other == class);
        others.find_map(|(product, _)| {
            let product = ledger.book.products.find(product)?;
            let mut parts = ledger.parts_of_product(site, product);
            let is = |part: &u32| {
                let item = ledger.parts.get(*part as usize).map_or(NONE, |p| p.item);
                ledger.book.of_item.get(item as usize).is_some_and(|(_, number)| *number == lot)
            };
            parts.find(is).map(|part| self.lot_at(ledger.leader(part)))
        })
    }

    /// Whether two products are one at a facility.
    #[must_use]
    pub fn is_one(self, facility: &str, a: &Product<'_>, b: &Product<'_>) -> bool {
        same(self.site(facility).map(|(_, site)| site), &encoding(a), &encoding(b))
    }

    /// Every lot of a facility, by product, then lot number.
    #[must_use]
    pub fn lots(self, facility: &str) -> Vec<Lot<'l>> {
        let Some((_, site)) = self.site(facility) else { return Vec::new() };
        let mut lots: Vec<Lot<'l>> = site
            .parts
            .iter()
            .filter(|part| self.ledger.leader(**part) == **part)
            .map(|part| self.lot_at(*part))
            .collect();
        lots.sort_by(|a, b| a.name().cmp(&b.name()));
        lots
    }

    /// The lots of a product, and of those that are one with it, at a facility.
    fn lots_of(self, facility: &str, product: &Product<'_>) -> Vec<Lot<'l>> {
        let Some((_, site)) = self.site(facility) else { return Vec::new() };
        let name = encoding(product);
        let class = site.classes.get(&name);
        let others = site.classes.iter().filter(|(_, other)| class == Some(*other)).map(|(product, _)| product);
        let names = class.is_none().then_some(&name).into_iter().chain(others);
        let products = names.filter_map(|name| self.ledger.book.products.find(name));
        let parts = products.flat_map(|product| self.ledger.parts_of_product(site, product));
        let mut leaders: Vec<u32> = parts.map(|part| self.ledger.leader(part)).collect();
        leaders.sort_unstable();
        leaders.dedup();
        leaders.into_iter().map(|part| self.lot_at(part)).collect()
    }

    /// Which lots to dispense from: what expires first goes first, vials at stage 2 of their monitor before all; nothing
    /// held, recalled, expired or at stage 3 or 4. Parts come out of what is left of opened units, then out of whole ones of
    /// the same lot and place. Also how much is missing, in the form asked for.
    #[must_use]
    pub fn pick(self, wanted: &Picking<'_>) -> (Vec<Picked<'l>>, u32) {
        let recalls = self.recalls_of(wanted.facility, &wanted.product);
        let lots = self.lots_of(wanted.facility, &wanted.product);
        let (mut from, mut order): (Vec<Picked<'l>>, Vec<(u64, u32)>) =
            (Vec::with_capacity(lots.len()), Vec::with_capacity(lots.len()));
        for lot in lots {
            let last_usable = lot.expiry().last_usable();
            let stopped = || last_usable.is_some_and(|day| day < wanted.today) || lot.is_named_by(&recalls);
            if !wanted.opened && stopped() {
                continue;
            }
            lot.each_shelf(|shelf| {
                let at = shelf.place;
                let fits = if wanted.opened { !at.hold } else { at.may_be_dispensed() };
                let usable = fits
                    && wanted.store.is_none_or(|store| store == at.store)
                    && wanted.fund.is_none_or(|fund| fund == at.fund);
                let count = if usable { wanted.of(&shelf) } else { 0 };
                if count > 0 {
                    order.push((turn(at.vvm, last_usable), from.len() as u32));
                    from.push(Picked { lot, place: at, last_usable, quantity: wanted.quantity.with_count(count) });
                }
            });
        }
        let of = |at: u32| from.get(at as usize).map(|picked| (picked.lot.name(), picked.place));
        order.sort_unstable_by(|(a, x), (b, y)| a.cmp(b).then_with(|| of(*x).cmp(&of(*y))));
        let mut left = wanted.quantity.count();
        let mut picked = Vec::with_capacity(order.len());
        for candidate in order.iter().filter_map(|(_, at)| from.get(*at as usize)) {
            let count = candidate.quantity.count().min(left);
            if count == 0 {
                break;
            }
            left -= count;
            picked.push(Picked { quantity: candidate.quantity.with_count(count), ..*candidate });
        }
        (picked, left)
    }

    /// Lots with something on the shelf whose last usable day is not after this one, that day's order; expired ones too.
    #[must_use]
    pub fn expiring(self, facility: &str, until: Date) -> Vec<(Date, Lot<'l>)> {
        let dated = self.lots(facility).into_iter().filter_map(|lot| {
            let day = lot.expiry().last_usable().filter(|day| *day <= until)?;
            lot.shelf().iter().any(Shelf::holds).then_some((day, lot))
        });
        let mut all: Vec<_> = dated.collect();
        all.sort_by(|(a, x), (b, y)| a.cmp(b).then_with(|| x.name().cmp(&y.name())));
        all
    }

    /// Recalls of a product at a facility that are not ended: rows, and whether they name all lots.
    fn recalls_of(self, facility: &str, product: &Product<'_>) -> Vec<u32> {
        let ledger = self.ledger;
        if ledger.rules.recalls.is_empty() {
            return Vec::new();
        }
        let name = encoding(product);
        match self.site(facility) {
            Some((_, site)) => ledger.rules.recalls(&ledger.book, facility, site.names_of(&name)),
            None => ledger.rules.recalls(&ledger.book, facility, core::iter::once(name.as_slice())),
        }
    }

    /// Recalls in force of a pack, whether or not its lot ever was at the facility; the gravest class first.
    #[must_use]
    pub fn recalls(self, facility: &str, product: &Product<'_>, lot: Option<&LotNumber<'_>>) -> Vec<RecordId> {
        let recalls = self.recalls_of(facility, product).into_iter();
        recalls.filter(|row| self.names_lot(*row, lot)).map(|row| self.ledger.book.id(row)).collect()
    }

    /// The regulator's word on the expiry of a pack, whether or not its lot ever was at the facility.
    #[must_use]
    pub fn expiry_fact(
        self,
        facility: &str,
        product: &Product<'_>,
        lot: Option<&LotNumber<'_>>,
    ) -> Option<(Expiry, RecordId)> {
        let ledger = self.ledger;
        let site = self.site(facility).map(|(_, site)| site);
        let name = encoding(product);
        let is = |other: &Product<'_>| same(site, &name, &encoding(other));
        let fact = ledger.rules.expiry(&ledger.book, facility, &is, lot);
        fact.map(|(expiry, row)| (expiry, ledger.book.id(row)))
    }

    /// Whether a recall is about this lot of its products.
    fn names_lot(self, recall: u32, lot: Option<&LotNumber<'_>>) -> bool {
        match self.ledger.book.record(recall).map(|r| r.entry) {
            Some(Entry::Recall(recall)) => {
                recall.lots.is_none_or(|lots| lots.iter().any(|named| named.as_ref() == lot))
            }
            _ => false,
        }
    }

    pub(super) fn shipment(self, row: u32) -> Option<Shipment<'l>> {
        let ledger = self.ledger;
        let (book, sent) = (&ledger.book, ledger.transit.sent.get(&row)?);
        let r = book.row(row).filter(|r| r.counts())?;
        let Entry::Movement { movement, .. } = book.record(row)?.entry else { return None };
        let head: Option<Movement<'_>> =
            book.group_head(row, &movement).and_then(|head| match book.record(head)?.entry {
                Entry::Movement { movement, .. } => Some(movement),
                _ => None,
            });
        Some(Shipment {
            record: book.id(row),
            from: book.facilities.text(book.facility_of(row)),
            to: (sent.to != NONE).then(|| book.facilities.text(sent.to)),
            product: movement.product,
            lot: movement.lot,
            expiry: movement.expiry,
            parts: measure(r.measure),
            sent: sent.sent,
            received: sent.received,
            back: sent.back,
            refused: sent.refused,
            remaining: sent.remaining(),
            time: book.time(row),
            document: movement.document.or(head.and_then(|head| head.document)),
            answers: sent.answers.iter().map(|answer| book.id(*answer)).collect(),
        })
    }

    /// Everything sent, with what became of it, by log, index and identity.
    #[must_use]
    pub fn shipments(self) -> Vec<Shipment<'l>> {
        let mut rows: Vec<u32> = self.ledger.transit.sent.keys().copied().collect();
        rows.sort_by_key(|row| self.ledger.book.order(*row));
        rows.into_iter().filter_map(|row| self.shipment(row)).collect()
    }
}

/// Whether two products are one at a site.
pub(super) fn same(site: Option<&super::site::Site>, a: &[u8], b: &[u8]) -> bool {
    a == b || site.is_some_and(|site| site.class_of(a) == site.class_of(b))
}

impl<'l> Lot<'l> {
    fn held_part(&self) -> Option<&'l super::part::Part> {
        self.settled.ledger.parts.get(self.part as usize)
    }

    /// Encodings of product and lot number: what lots are ordered by.
    pub(super) fn name(&self) -> (&'l [u8], &'l [u8]) {
        let book = &self.settled.ledger.book;
        let of = self.held_part().and_then(|part| book.of_item.get(part.item as usize));
        let Some((product, lot)) = of else { return (&[], &[]) };
        let name = book.products.get(*product);
        let site = self.held_part().and_then(|part| self.settled.ledger.sites.get(part.facility as usize));
        (site.map_or(name, |site| site.class_of(name)), book.lots.get(*lot))
    }

    /// The facility.
    #[must_use]
    pub fn facility(&self) -> &'l str {
        let facility = self.held_part().map_or(NONE, |part| part.facility);
        self.settled.ledger.book.facilities.text(facility)
    }

    /// The product; of several that are one, that with the smallest encoding.
    #[must_use]
    pub fn product(&self) -> Option<Product<'l>> {
        product_of(self.name().0)
    }

    /// The lot number; `None`: none is printed.
    #[must_use]
    pub fn number(&self) -> Option<LotNumber<'l>> {
        lot_of(self.name().1)
    }

    /// What stands where, also where nothing is left: by place, units before parts.
    #[must_use]
    pub fn stock(&self) -> Vec<Stock<'l>> {
        let mut all: Vec<Stock<'l>> = self.each_stock().collect();
        if all.len() > 1 {
            let parts = |stock: &Stock<'_>| stock.parts.map(|(per, measure)| (per, measure.number()));
            all.sort_by(|a, b| a.place.cmp(&b.place).then(parts(a).cmp(&parts(b))));
        }
        all
    }

    /// Whole units in a bucket, over all stores, funds and stages.
    #[must_use]
    pub fn units(&self, hold: bool) -> i64 {
        let of = self.each_stock().filter(|s| s.parts.is_none() && s.place.hold == hold);
        of.fold(0, |sum, stock| sum.saturating_add(stock.count))
    }

    /// Until when it may be used: the regulator's word on the lot, else the earliest last usable day that its records
    /// claim.
    #[must_use]
    pub fn expiry(&self) -> Expiry {
        let ledger = self.settled.ledger;
        if ledger.rules.has_facts()
            && let Some((expiry, _)) = self.fact()
        {
            return expiry;
        }
        let not_read = Expiry::NotRead.packed();
        let claims = ledger.group(self.part).filter_map(|part| ledger.parts.get(part as usize)).map(|part| part.expiry);
        let mut claims = claims.filter(|packed| *packed != not_read);
        // Nearly every lot has one claim: nothing is compared then.
        let least = claims.next().map(|first| {
            claims.fold(first, |least, other| {
                let order = |packed: u16| {
                    let day = Expiry::from_packed(packed).ok().and_then(Expiry::last_usable);
                    (day.is_none(), day, packed)
                };
                if order(other) < order(least) { other } else { least }
            })
        });
        Expiry::from_packed(least.unwrap_or(not_read)).unwrap_or(Expiry::NotRead)
    }

    fn fact(&self) -> Option<(Expiry, u32)> {
        let ledger = self.settled.ledger;
        ledger.rules.expiry(&ledger.book, self.facility(), &|product| self.is_of(product), self.number().as_ref())
    }

    /// Whether its records claim different expiries.
    #[must_use]
    pub fn expiries_differ(&self) -> bool {
        let ledger = self.settled.ledger;
        let day = |packed: u16| Expiry::from_packed(packed).ok().and_then(Expiry::last_usable);
        let mut seen = None;
        ledger.group(self.part).filter_map(|part| ledger.parts.get(part as usize)).any(|part| {
            let claims = part.expiry != Expiry::NotRead.packed();
            let other = claims && *seen.get_or_insert(day(part.expiry)) != day(part.expiry);
            part.expiries_differ || other
        })
    }

    /// Recalls in force that reach it, the gravest class first.
    #[must_use]
    pub fn recalls(&self) -> Vec<RecordId> {
        let Some(product) = self.product() else { return Vec::new() };
        self.settled.recalls(self.facility(), &product, self.number().as_ref())
    }

    /// Whether one of these recalls of its product is about this lot.
    fn is_named_by(&self, recalls: &[u32]) -> bool {
        recalls.iter().any(|row| self.settled.names_lot(*row, self.number().as_ref()))
    }

    /// What is on the way from this facility, of this lot.
    #[must_use]
    pub fn shipments_out(&self) -> Vec<Shipment<'l>> {
        let ledger = self.settled.ledger;
        let rows = ledger.group(self.part).filter_map(|part| ledger.transit.by_part.get(&part)).flatten();
        let mut all: Vec<Shipment<'l>> = rows.filter_map(|row| self.settled.shipment(*row)).collect();
        all.sort_by_key(|shipment| (shipment.record.log, shipment.record.index, shipment.record.identity));
        all
    }

    pub(super) fn place_at(&self, place: u32) -> Place<'l> {
        self.settled.ledger.book.places.get(place)
    }

    pub(super) const fn part(&self) -> u32 {
        self.part
    }

    pub(super) fn settled_site(&self) -> Option<&'l super::site::Site> {
        self.settled.site(self.facility()).map(|(_, site)| site)
    }

    pub(super) fn is_settled_by_fact(&self) -> bool {
        self.settled.ledger.rules.has_facts() && self.fact().is_some()
    }

    /// What stands where, by the places' numbers.
    pub(super) fn sums(&self) -> Vec<super::counts::Sum> {
        self.each_sum().collect()
    }

    /// The only sum, where it is one of whole units that no count settles.
    pub(super) fn only_units(&self) -> Option<super::counts::Sum> {
        let added = !self.settled.ledger.counted.contains_key(&self.part);
        self.held_part().filter(|_| added)?.only().filter(|sum| sum.measure == 0)
    }

    fn each_sum(&self) -> impl Iterator<Item = super::counts::Sum> + use<'l> {
        let counted = self.settled.ledger.counted.get(&self.part);
        let added = if counted.is_none() { self.held_part() } else { None };
        let counted = counted.into_iter().flat_map(|counted| counted.sums.iter().copied());
        counted.chain(added.into_iter().flat_map(super::part::Part::sums))
    }

    fn each_stock(&self) -> impl Iterator<Item = Stock<'l>> + use<'l> {
        let places = &self.settled.ledger.book.places;
        self.each_sum().map(|sum| Stock { place: places.get(sum.place), count: sum.count, parts: measure(sum.measure) })
    }

    /// Recalls that reach it, ended ones too: since when, and until when.
    pub(super) fn recalls_ever(&self) -> Vec<(u32, i64, Option<i64>)> {
        let ledger = self.settled.ledger;
        if ledger.rules.recalls.is_empty() {
            return Vec::new();
        }
        let (book, name) = (&ledger.book, self.name().0);
        let rows = match self.settled_site() {
            Some(site) => ledger.rules.recalls_ever(book, self.facility(), site.names_of(name)),
            None => ledger.rules.recalls_ever(book, self.facility(), core::iter::once(name)),
        };
        let mut all: Vec<(u32, i64, Option<i64>)> = rows
            .into_iter()
            .filter(|row| self.is_named_by(&[*row]))
            .map(|row| (row, book.time(row), ledger.rules.end_of(book, row).map(|end| book.time(end))))
            .collect();
        all.sort_by_key(|(row, ..)| book.order(*row));
        all
    }

    /// The rows of this lot, in no order.
    pub(super) fn rows(&self) -> impl Iterator<Item = u32> + use<'l> {
        let ledger = self.settled.ledger;
        ledger.group(self.part).flat_map(move |part| ledger.rows_of(part))
    }
}
