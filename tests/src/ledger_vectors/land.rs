//! A little country for vectors of the ledger: a root, a ministry, a province, and devices that write what is said.
use crate::world::{ALL, AUTHORITY, Bundle, Done, Grant, Log};
use medlot_core::crypto::Suite;
use medlot_core::ident::{DocumentNumber, FacilityCode, Fund, LotNumber, Operator, Party, Product, Quantity, Store};
use medlot_core::movement::{Bucket, Direction, Document, Group, Movement, Reference};
use medlot_core::record::{
    Attest, CountBegin, CountEnd, CountLine, Cut, Entry, Facility, Introduce, List, LotFact, Observed, Recall, Record,
    Refuse, Reversal, Reversed, Role, Roles, SameProduct,
};
use medlot_core::time::{Expiry, Timestamp};

/// Noon, from which the times of cases are told: 2026-11-23T05:00:00Z.
pub const NOON: u32 = 217_573_200;
/// The ministry's log: its words reach everybody.
pub const MINISTRY: usize = 0;
/// The province's log: its words reach facilities that begin with `HN-`.
pub const PROVINCE: usize = 1;
/// The first device's log.
pub const FIRST: usize = 2;
/// The second device's log.
pub const SECOND: usize = 3;
/// The third device's log.
pub const THIRD: usize = 4;

/// A product with a GTIN.
pub const A: &str = "gtin:08936098966893";
/// The same with a registration number, where somebody says so.
pub const B: &str = "registration:893110495225";
/// A controlled one.
pub const C: &str = "local:MORPHINE10";

/// A product and a lot number; empty: none printed.
pub type Of = (&'static str, &'static str);

const DEVICE: &[Role] = &[Role::Move, Role::Supply, Role::Attest, Role::Regulate];

/// Logs of a root.
#[derive(Clone)]
pub struct Land {
    root: Log,
    /// The ministry's, the province's, those of the devices, then branches.
    pub logs: Vec<Log>,
    /// From where each log's records are its own: more than 0 in a branch.
    own: Vec<usize>,
    /// Pieces that reach the reader; `None`: one with everything.
    pieces: Vec<Option<Vec<(usize, usize)>>>,
}

impl Land {
    /// A device at each of these facilities.
    ///
    /// # Errors
    /// A code that is none.
    pub fn new(facilities: &[&str]) -> Done<Self> {
        let mut root = Log::root(Suite::Ed25519, 1, [0; 32])?;
        let mut ministry = Log::under(&root, Suite::Ed25519, 2, "MOH")?;
        root.enrol(&ministry, Grant::over(AUTHORITY, ALL))?;
        let province = Log::under(&ministry, Suite::Ed25519, 3, "HN-DOH")?;
        ministry.enrol(&province, Grant::over(AUTHORITY, &["HN-"]))?;
        let mut land = Self { root, logs: vec![ministry, province], own: vec![0; 2], pieces: vec![None; 2] };
        for (seed, facility) in (10..).zip(facilities) {
            let parent = land.logs.get_mut(usize::from(facility.starts_with("HN-"))).ok_or("no parent")?;
            let device = Log::under(parent, Suite::Ed25519, seed, facility)?;
            parent.enrol(&device, Grant::own(DEVICE))?;
            land.keep(device, 0);
        }
        Ok(land)
    }

    fn keep(&mut self, log: Log, own: usize) -> usize {
        self.logs.push(log);
        self.own.push(own);
        self.pieces.push(None);
        self.logs.len() - 1
    }

    /// The trust anchor.
    ///
    /// # Errors
    /// Never.
    pub fn anchor(&self) -> Done<Vec<u8>> {
        self.root.anchor()
    }

    /// Everything as objects: the authorities' records in one, each device's in one or some.
    ///
    /// # Errors
    /// Never.
    pub fn objects(&self) -> Done<Vec<Vec<u8>>> {
        let mut authorities = Bundle::new().run(&self.root, 1, self.root.len())?;
        for log in &self.logs[..FIRST] {
            authorities = authorities.run(log, 0, log.len())?;
        }
        let mut objects = vec![authorities.object()];
        for ((log, own), pieces) in self.logs.iter().zip(&self.own).zip(&self.pieces).skip(FIRST) {
            let whole = [(*own, log.len())];
            for (from, to) in pieces.as_deref().unwrap_or(&whole).iter().filter(|(from, to)| from < to) {
                objects.push(Bundle::new().run(log, *from, *to)?.object());
            }
        }
        Ok(objects)
    }

    /// Only these pieces of a log reach the reader.
    pub fn show(&mut self, log: usize, pieces: &[(usize, usize)]) {
        self.pieces[log] = Some(pieces.to_vec());
    }

    /// From where a log's records are its own: more than 0 in a branch.
    #[must_use]
    pub fn from(&self, log: usize) -> usize {
        self.own[log]
    }

    /// Goes on from a count of a log as another history; gives the branch, which is written like a log.
    pub fn branch(&mut self, log: usize, count: usize) -> usize {
        let branch = self.logs[log].branch(count);
        self.keep(branch, count)
    }

    /// Number of a log's records.
    #[must_use]
    pub fn len(&self, log: usize) -> usize {
        self.logs[log].len()
    }

    /// Whether a log has no record: none is ever empty.
    #[must_use]
    pub fn is_empty(&self, log: usize) -> bool {
        self.logs[log].is_empty()
    }

    /// Writes at a time, seconds from noon; gives how other logs refer to it.
    ///
    /// # Errors
    /// An entry that breaks a rule.
    pub fn say(&mut self, log: usize, at: i64, entry: Entry<'_>) -> Done<Reference> {
        self.write(log, &Record::new(time(at)?, entry))
    }

    /// Writes what took place earlier.
    ///
    /// # Errors
    /// An entry that breaks a rule.
    pub fn say_late(&mut self, log: usize, at: i64, took_place: i64, entry: Entry<'_>) -> Done<Reference> {
        let effective = Some(u32::try_from(at - took_place)?);
        self.write(log, &Record { effective, ..Record::new(time(at)?, entry) })
    }

    /// Writes by a clock that was never set.
    ///
    /// # Errors
    /// An entry that breaks a rule.
    pub fn say_unset(&mut self, log: usize, uptime: u32, entry: Entry<'_>) -> Done<Reference> {
        self.write(log, &Record { clock_unset: true, ..Record::new(Timestamp::from_secs(uptime), entry) })
    }

    /// Begins a device's log anew, by a clock that was never set.
    ///
    /// # Errors
    /// Never.
    pub fn begin_unset(&mut self, log: usize) -> Done<()> {
        self.logs[log].records.clear();
        let introduce = Introduce { roles: Roles::of(DEVICE), label: None, extensions: None };
        self.say_unset(log, 1, Entry::Introduce(introduce)).map(drop)
    }

    /// Writes a record.
    ///
    /// # Errors
    /// A record that breaks a rule.
    pub fn write(&mut self, log: usize, record: &Record<'_>) -> Done<Reference> {
        let index = self.logs[log].push_record(record)?;
        self.reference(log, index)
    }

    /// How other logs refer to a record.
    ///
    /// # Errors
    /// Never.
    pub fn reference(&self, log: usize, index: usize) -> Done<Reference> {
        let of = &self.logs[log];
        let (log, identity) = (of.id.log_id(), of.head(index + 1)?.log16());
        Ok(Reference::Other { log, index: u32::try_from(index)?, identity })
    }

    /// Notes everything of another log, and by how much its clock differs.
    ///
    /// # Errors
    /// Never.
    pub fn observe(&mut self, log: usize, at: i64, other: usize, clock: Option<i64>) -> Done<()> {
        let Cut { log: of, count, head } = self.logs[other].at(self.len(other))?;
        let entry = Observed { log: of, count, head: head.log16(), clock, extensions: None };
        self.say(log, at, Entry::Observed(entry)).map(drop)
    }

    /// The same, with an effective time, which an `Observed` doesn't heed.
    ///
    /// # Errors
    /// Never.
    pub fn observe_late(&mut self, log: usize, at: i64, took_place: i64, other: usize, clock: Option<i64>) -> Done<()> {
        let Cut { log: of, count, head } = self.logs[other].at(self.len(other))?;
        let entry = Observed { log: of, count, head: head.log16(), clock, extensions: None };
        self.say_late(log, at, took_place, Entry::Observed(entry)).map(drop)
    }

    /// Begins a count; gives its index.
    ///
    /// # Errors
    /// Never.
    pub fn begin(&mut self, log: usize, at: i64, store: Option<&str>) -> Done<usize> {
        let begin = CountBegin { store: store.map(Store::parse).transpose()?, ..COUNT };
        self.say(log, at, Entry::CountBegin(begin))?;
        Ok(self.len(log) - 1)
    }

    /// Counts units of a lot.
    ///
    /// # Errors
    /// Never.
    pub fn line(&mut self, log: usize, at: i64, begin: usize, of: Of, units: u32) -> Done<Reference> {
        let line = self.line_of(log, begin, of, Quantity::Units(units))?;
        self.say(log, at, Entry::CountLine(line))
    }

    /// A line of a count, to be written next.
    ///
    /// # Errors
    /// Never.
    pub fn line_of(&self, log: usize, begin: usize, of: Of, quantity: Quantity) -> Done<CountLine<'static>> {
        let (product, lot) = (Product::parse(of.0)?, lot_of(of.1)?);
        Ok(CountLine {
            begin: u32::try_from(self.len(log) - begin)?,
            product,
            lot,
            expiry: Expiry::NotRead,
            quantity,
            shown: None,
            operator: None,
            bucket: Bucket::Available,
            fund: None,
            vvm: None,
            made_on: None,
            serial: None,
            extensions: None,
        })
    }

    /// Ends a count.
    ///
    /// # Errors
    /// Never.
    pub fn end(&mut self, log: usize, at: i64, begin: usize, rest_is_zero: bool) -> Done<()> {
        let begin = u32::try_from(self.len(log) - begin)?;
        let end = CountEnd { begin, lines: 1, rest_is_zero, operator: None, extensions: None };
        self.say(log, at, Entry::CountEnd(end)).map(drop)
    }

    /// Takes back a record, in sum this much.
    ///
    /// # Errors
    /// A record that is neither a movement nor a refusal.
    pub fn take_back(&mut self, log: usize, at: i64, of: (usize, usize), total: u32) -> Done<Reference> {
        let bytes = self.logs[of.0].records[of.1].clone();
        let said = match Record::decode(&bytes)?.entry {
            Entry::Movement { movement, .. } => {
                Reversed::Movement(Movement { operator: None, document: None, local_reason: None, ..movement })
            }
            Entry::Refuse(refuse) => Reversed::Refuse(refuse),
            _ => return Err("only movements and refusals are taken back".into()),
        };
        self.repeat(log, at, of, total, said)
    }

    /// Takes back a record that it repeats as is said.
    ///
    /// # Errors
    /// Never.
    pub fn repeat(
        &mut self,
        log: usize,
        at: i64,
        of: (usize, usize),
        total: u32,
        said: Reversed<'_>,
    ) -> Done<Reference> {
        let same = self.logs[log].id == self.logs[of.0].id;
        let target = if same { own(of.1)? } else { self.reference(of.0, of.1)? };
        self.say(log, at, Entry::Reversal(Reversal { target, total, of: said, extensions: None }))
    }

    /// A recall of a product's lots; of all where none is named.
    ///
    /// # Errors
    /// Never.
    pub fn recall(&mut self, log: usize, at: i64, product: &str, lots: &[&str]) -> Done<Reference> {
        let (mut x, mut y) = ([0; 64], [0; 200]);
        let mut named = lots.iter().map(|lot| lot_of(lot)).collect::<Done<Vec<_>>>()?;
        named.sort_by_key(|lot| lot.map(|l| (l.as_str().len(), l.as_str().to_owned())));
        let recall = Recall {
            class: 1,
            notice: "4567/QLD-CL",
            products: List::encode(&[Product::parse(product)?], &mut x)?,
            lots: (!lots.is_empty()).then(|| List::encode(&named, &mut y)).transpose()?,
            from: None,
            extensions: None,
        };
        self.say(log, at, Entry::Recall(recall))
    }

    /// The regulator's word on a lot's expiry.
    ///
    /// # Errors
    /// Never.
    pub fn fact(&mut self, log: usize, at: i64, of: Of, expiry: &str) -> Done<Reference> {
        let (product, lot) = (Product::parse(of.0)?, lot_of(of.1)?.ok_or("no lot number")?);
        let fact = LotFact { product, lot, expiry: Expiry::parse(expiry)?, notice: "88/QLD-DK", extensions: None };
        self.say(log, at, Entry::LotFact(fact))
    }

    /// Two products are one.
    ///
    /// # Errors
    /// Two that stand the other way round.
    pub fn same(&mut self, log: usize, at: i64, a: &str, b: &str) -> Done<Reference> {
        let entry = SameProduct { a: Product::parse(a)?, b: Product::parse(b)?, extensions: None };
        self.say(log, at, Entry::SameProduct(entry))
    }

    /// A facility's successor.
    ///
    /// # Errors
    /// Never.
    pub fn merge(&mut self, log: usize, at: i64, code: &str, successor: Option<&str>) -> Done<Reference> {
        let successor = successor.map(FacilityCode::parse).transpose()?;
        let code = FacilityCode::parse(code)?;
        let entry = Facility { code, kind: 1, parent: None, successor, from: None, extensions: None };
        self.say(log, at, Entry::Facility(entry))
    }

    /// Somebody stands for a record.
    ///
    /// # Errors
    /// Never.
    pub fn attest(
        &mut self,
        log: usize,
        at: i64,
        record: Reference,
        capacity: u16,
        who: &str,
        refused: bool,
    ) -> Done<Reference> {
        let operator = Some(Operator::parse(who)?);
        let entry = Attest { record, capacity, refused, operator, document: None, extensions: None };
        self.say(log, at, Entry::Attest(entry))
    }
}

/// A count of everything in the main store.
pub const COUNT: CountBegin<'static> = CountBegin {
    operator: None,
    store: None,
    funds: None,
    products: None,
    blind: false,
    document: None,
    extensions: None,
};

fn time(at: i64) -> Done<Timestamp> {
    Ok(Timestamp::from_secs(u32::try_from(i64::from(NOON) + at)?))
}

/// A record of the own log.
///
/// # Errors
/// Never.
pub fn own(index: usize) -> Done<Reference> {
    Ok(Reference::Own(u32::try_from(index)?))
}

/// A lot number; none of an empty text.
///
/// # Errors
/// A lot number that is none.
pub fn lot_of(number: &str) -> Done<Option<LotNumber<'_>>> {
    Ok(if number.is_empty() { None } else { Some(LotNumber::parse(number)?) })
}

/// So many units of a lot.
///
/// # Errors
/// A product that is none.
pub fn moves(direction: Direction, of: Of, units: u32) -> Done<Movement<'static>> {
    let (product, lot) = (Product::parse(of.0)?, lot_of(of.1)?);
    Ok(Movement::new(direction, 0, product, lot, Expiry::NotRead, Quantity::Units(units)))
}

/// As an entry.
#[must_use]
pub const fn said(movement: Movement<'_>) -> Entry<'_> {
    Entry::Movement { movement, extensions: None }
}

/// Comes in.
///
/// # Errors
/// As [`moves`].
pub fn goes_in(of: Of, units: u32) -> Done<Entry<'static>> {
    Ok(said(moves(Direction::In, of, units)?))
}

/// Is sold.
///
/// # Errors
/// As [`moves`].
pub fn goes_out(of: Of, units: u32) -> Done<Entry<'static>> {
    Ok(said(moves(Direction::Out, of, units)?))
}

/// A delivery note.
///
/// # Errors
/// Never.
pub fn note(number: &'static str) -> Done<Option<Document<'static>>> {
    Ok(Some(Document { kind: 1, number: DocumentNumber::parse(number)? }))
}

/// A facility as a party.
///
/// # Errors
/// Never.
pub fn facility(code: &'static str) -> Done<Option<Party<'static>>> {
    Ok(Some(Party::Facility(FacilityCode::parse(code)?)))
}

/// Is sent to a facility, with delivery note DN77.
///
/// # Errors
/// As [`moves`].
pub fn sends(to: &'static str, of: Of, units: u32) -> Done<Movement<'static>> {
    let out = moves(Direction::Out, of, units)?;
    Ok(Movement { sent: true, reason: 1, counterparty: facility(to)?, document: note("DN77")?, ..out })
}

/// Is received, answering a record.
///
/// # Errors
/// As [`moves`].
pub fn answers(reference: Reference, of: Of, units: u32) -> Done<Entry<'static>> {
    Ok(said(Movement { answers: Some(reference), ..moves(Direction::In, of, units)? }))
}

/// Isn't accepted.
#[must_use]
pub const fn refuses(shipment: Reference, units: u32) -> Entry<'static> {
    Entry::Refuse(Refuse {
        shipment,
        quantity: Quantity::Units(units),
        reason: 1,
        operator: None,
        document: None,
        group: Group::None,
        local_reason: None,
        extensions: None,
    })
}

/// A store's name.
///
/// # Errors
/// Never.
pub fn store(name: &'static str) -> Done<Option<Store<'static>>> {
    Ok(Some(Store::parse(name)?))
}

/// A fund's name.
///
/// # Errors
/// Never.
pub fn fund(name: &'static str) -> Done<Option<Fund<'static>>> {
    Ok(Some(Fund::parse(name)?))
}
