//! A small world for vectors: logs, enrolments, cuts and bundles, the same bytes at every run. Keys come from seeds,
//! times from the place of a record.
use medlot_core::crypto::{Hash, SoftwareKey, Suite, chain_next, commitment, log_identity, root_parent, seal_message};
use medlot_core::ident::{FacilityCode, LotNumber, Product, Quantity};
use medlot_core::movement::{Direction, Movement};
use medlot_core::record::{
    Confirm, Cut, Element, Enrol, Entry, FORMAT, ForkProof, Introduce, KeyOf, List, NextRoot, ObjectType, Prefix,
    Record, Role, Roles, Root, SegmentWriter, State, Witness, header, write_element,
};
use medlot_core::time::{Date, Days, Expiry, Timestamp};
use medlot_core::trust::{StateList, state_entry, state_root};
use std::error::Error;

/// What making a world gives.
pub type Done<T> = Result<T, Box<dyn Error>>;

/// Most bytes of anything written here: the largest segment and its frame.
const ROOM: usize = 70_000;
/// When the first record of every log is written.
const BEGIN: u32 = 217_000_000;

/// A key that a seed gives again.
#[derive(Clone)]
pub struct Key {
    /// Its suite.
    pub suite: Suite,
    seed: [u8; 32],
    /// The public key.
    pub public: Vec<u8>,
}

impl Key {
    /// Of a number.
    ///
    /// # Errors
    /// A seed that is no key of the suite.
    pub fn new(suite: Suite, seed: u8) -> Done<Self> {
        let seed = [seed; 32];
        let public = SoftwareKey::from_seed(suite, &seed)?.public_key(&mut [0; 33]).to_vec();
        Ok(Self { suite, seed, public })
    }
    fn sign(&self, message: &[u8]) -> Done<[u8; 64]> {
        Ok(SoftwareKey::from_seed(self.suite, &self.seed)?.sign(message))
    }
    /// As an enrolment names it.
    #[must_use]
    pub fn of(&self) -> KeyOf<'_> {
        KeyOf { suite: self.suite.number(), key: &self.public, format: FORMAT }
    }
    /// The commitment of a root to this key.
    ///
    /// # Errors
    /// Never with keys of these suites.
    pub fn commitment(&self, next: &[u8; 32]) -> Done<[u8; 32]> {
        Ok(commitment(self.suite.number(), &self.public, next).ok_or("key too long")?)
    }
}

/// A log with all its records.
#[derive(Clone)]
pub struct Log {
    /// Its key.
    pub key: Key,
    /// h₀.
    pub id: Hash,
    /// Its line's id.
    pub line: Hash,
    /// The parent's line id.
    pub parent: Hash,
    /// Its facility.
    pub facility: String,
    /// Its records' exact bytes.
    pub records: Vec<Vec<u8>>,
}

/// What an enrolment gives, to which log.
#[derive(Clone, Copy)]
pub struct Grant<'g> {
    /// Roles.
    pub roles: &'g [Role],
    /// Prefixes; none = own facility; an empty list = all.
    pub scope: Option<&'g [&'g str]>,
    /// The line's first key, where this is a renewal.
    pub first: Option<&'g Key>,
    /// First and last valid day.
    pub valid: Option<(u16, u16)>,
    /// An extension block.
    pub extensions: Option<&'g [u8]>,
    /// The format that the log's tags name.
    pub format: u8,
    /// Role bits without a name.
    pub bits: u16,
}

impl<'g> Grant<'g> {
    /// These roles for the own facility.
    #[must_use]
    pub const fn own(roles: &'g [Role]) -> Self {
        Self { roles, scope: None, first: None, valid: None, extensions: None, format: FORMAT, bits: 0 }
    }
    /// These roles for facilities with these prefixes.
    #[must_use]
    pub const fn over(roles: &'g [Role], scope: &'g [&'g str]) -> Self {
        Self { scope: Some(scope), ..Self::own(roles) }
    }
}

/// A device's role.
pub const MOVE: &[Role] = &[Role::Move];
/// An authority's roles: it gives on all of them.
pub const AUTHORITY: &[Role] = &[Role::Enrol, Role::Regulate, Role::Move, Role::Supply, Role::Attest, Role::Report];
/// Scope *all*.
pub const ALL: &[&str] = &[];

impl Log {
    /// A root with its first record.
    ///
    /// # Errors
    /// Never with keys of these suites.
    pub fn root(suite: Suite, seed: u8, commitment: [u8; 32]) -> Done<Self> {
        let root = Root { country: *b"VN", currency: *b"VND", utc_offset: 420, commitment, extensions: None };
        let first = encode(&Record::new(Timestamp::from_secs(BEGIN), Entry::Root(root)))?;
        let mut log = Self::begin(Key::new(suite, seed)?, root_parent(&first), "")?;
        log.records.push(first);
        Ok(log)
    }
    /// A next root of this first root with its first record.
    ///
    /// # Errors
    /// Never with keys of these suites.
    pub fn next_root(root: &Self, key: Key, cut: Cut, commitment: [u8; 32]) -> Done<Self> {
        let mut log = Self { line: root.id, ..Self::begin(key, root.id, "")? };
        log.push(Entry::NextRoot(NextRoot { cut, commitment, extensions: None }))?;
        Ok(log)
    }
    /// A log under a parent, with its first record.
    ///
    /// # Errors
    /// Never with keys of these suites.
    pub fn under(parent: &Self, suite: Suite, seed: u8, facility: &str) -> Done<Self> {
        let mut log = Self::begin(Key::new(suite, seed)?, parent.line, facility)?;
        log.push(Entry::Introduce(Introduce { roles: Roles::of(MOVE), label: None, extensions: None }))?;
        Ok(log)
    }
    /// A successor of this log with a new key.
    ///
    /// # Errors
    /// Never with keys of these suites.
    pub fn renewed(&self, suite: Suite, seed: u8) -> Done<Self> {
        let mut log = Self { line: self.line, ..Self::begin(Key::new(suite, seed)?, self.parent, &self.facility)? };
        log.push(Entry::Introduce(Introduce { roles: Roles::of(MOVE), label: None, extensions: None }))?;
        Ok(log)
    }
    fn begin(key: Key, parent: Hash, facility: &str) -> Done<Self> {
        let id = log_identity(&parent, key.suite.number(), &key.public, facility).ok_or("no such log")?;
        Ok(Self { key, id, line: id, parent, facility: facility.into(), records: Vec::new() })
    }
    /// Number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }
    /// Whether it has no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
    fn time(&self) -> Timestamp {
        Timestamp::from_secs(BEGIN + self.records.len() as u32 * 61)
    }
    /// Appends an entry; gives its index.
    ///
    /// # Errors
    /// An entry that breaks a rule.
    pub fn push(&mut self, entry: Entry<'_>) -> Done<usize> {
        self.push_record(&Record::new(self.time(), entry))
    }
    /// Appends a record; gives its index.
    ///
    /// # Errors
    /// A record that breaks a rule.
    pub fn push_record(&mut self, record: &Record<'_>) -> Done<usize> {
        self.records.push(encode(record)?);
        Ok(self.records.len() - 1)
    }
    /// Appends bytes behind time and head: what another build may write.
    pub fn push_raw(&mut self, head: u8, body: &[u8]) -> usize {
        self.records.push([&self.time().as_secs().to_le_bytes()[..], &[head], body].concat());
        self.records.len() - 1
    }
    /// Appends this many sales.
    ///
    /// # Errors
    /// Never.
    pub fn sell(&mut self, sales: u32) -> Done<()> {
        for i in 0..sales {
            let (number, lot) = (self.records.len() as u32, format!("LOT{:03}", i % 150));
            let product = ["gtin:08936098966893", "registration:893110495225", "local:PARA500"][i as usize % 3];
            let expiry = Expiry::Day(Date::new(2028, 3, 31)?);
            let (product, lot) = (Product::parse(product)?, Some(LotNumber::parse(&lot)?));
            let mut sale = Movement::new(Direction::Out, 0, product, lot, expiry, Quantity::units(1 + number % 30)?);
            if i % 20 == 7 {
                sale.reason = 6; // an open vial's rest
            }
            self.push(Entry::Movement { movement: sale, extensions: None })?;
        }
        Ok(())
    }
    /// A movement with this direction and reason.
    ///
    /// # Errors
    /// Never.
    pub fn moved(&mut self, direction: Direction, reason: u16, extensions: Option<&[u8]>) -> Done<usize> {
        let product = Product::parse("gtin:08936098966893")?;
        let movement = Movement::new(direction, reason, product, None, Expiry::NotRead, Quantity::units(5)?);
        self.push(Entry::Movement { movement, extensions })
    }
    /// Enrols a log; gives the index.
    ///
    /// # Errors
    /// A grant that can't be written.
    pub fn enrol(&mut self, child: &Self, grant: Grant<'_>) -> Done<usize> {
        self.enrol_key(&child.key.of(), &child.facility, grant)
    }
    /// Enrols any key; gives the index.
    ///
    /// # Errors
    /// A grant that can't be written.
    pub fn enrol_key(&mut self, key: &KeyOf<'_>, facility: &str, grant: Grant<'_>) -> Done<usize> {
        let prefixes = grant
            .scope
            .map(|scope| scope.iter().map(|p| FacilityCode::parse(p).map(Prefix)).collect::<Result<Vec<_>, _>>());
        let (mut prefixes, mut buffer) = (prefixes.transpose()?, [0; 400]);
        // By encoding: that of a text begins with its length.
        prefixes.iter_mut().for_each(|all| all.sort_by_key(|prefix| (prefix.0.as_str().len(), prefix.0.as_str())));
        let scope = prefixes.map(|prefixes| List::encode(&prefixes, &mut buffer)).transpose()?;
        self.push(Entry::Enrol(Enrol {
            key: KeyOf { format: grant.format, ..*key },
            facility: FacilityCode::parse(facility)?,
            roles: Roles(Roles::of(grant.roles).0 | grant.bits),
            first: grant.first.map(Key::of),
            scope,
            valid_from: grant.valid.map(|(from, _)| Days::new(from)),
            valid_until: grant.valid.map(|(_, until)| Days::new(until)),
            extensions: grant.extensions,
        }))
    }
    /// Ends a log; gives the index.
    ///
    /// # Errors
    /// Never.
    pub fn revoke(&mut self, cut: Cut) -> Done<usize> {
        self.push(Entry::Revoke(cut))
    }
    /// Says that a prefix lies on a cut's chain.
    ///
    /// # Errors
    /// Never.
    pub fn confirm(&mut self, prefix: Cut) -> Done<usize> {
        self.push(Entry::Confirm(Confirm { prefix, extensions: None }))
    }
    /// A State of these cuts, and its list's object.
    ///
    /// # Errors
    /// Two cuts that are alike.
    pub fn state(&mut self, mut cuts: Vec<Cut>) -> Done<Vec<u8>> {
        cuts.sort_by_key(state_entry);
        let (entries, root) = (u32::try_from(cuts.len())?, state_root(&cuts));
        let at = self.push(Entry::State(State { good_for_days: 30, entries, root, extensions: None }))?;
        self.list(at, &cuts)
    }
    /// A list's object for the State at this index, whatever that commits to.
    ///
    /// # Errors
    /// Cuts not in order.
    pub fn list(&self, at: usize, cuts: &[Cut]) -> Done<Vec<u8>> {
        let mut out = vec![0; ROOM];
        let n = StateList::write(self.id.log16(), u32::try_from(at)?, cuts, &mut out)?;
        Ok([&header(ObjectType::StateList)[..], &out[..n]].concat())
    }
    /// hₙ.
    ///
    /// # Errors
    /// Never.
    pub fn head(&self, count: usize) -> Done<Hash> {
        let mut head = self.id;
        for (i, record) in self.records.iter().take(count).enumerate() {
            head = chain_next(&head, u32::try_from(i)?, record)?;
        }
        Ok(head)
    }
    /// (log, n, hₙ).
    ///
    /// # Errors
    /// Never.
    pub fn at(&self, count: usize) -> Done<Cut> {
        Ok(Cut { log: self.id.log16(), count: u32::try_from(count)?, head: self.head(count)? })
    }
    /// The same log up to a count: another branch when something else is appended.
    #[must_use]
    pub fn branch(&self, count: usize) -> Self {
        let mut branch = self.clone();
        branch.records.truncate(count);
        branch
    }
    /// The seal's signature at a count.
    ///
    /// # Errors
    /// Never.
    pub fn seal(&self, count: usize) -> Done<[u8; 64]> {
        self.key.sign(&seal_message(&self.id, u32::try_from(count)?, &self.head(count)?))
    }
    /// The body of a segment of the records from … to − 1, under its own seal.
    ///
    /// # Errors
    /// More than a segment holds.
    pub fn body(&self, from: usize, to: usize) -> Done<Vec<u8>> {
        let mut out = vec![0; ROOM];
        let (index, count) = (u32::try_from(from)?, u32::try_from(to - from)?);
        let mut writer = SegmentWriter::new(&mut out, index, &self.head(from)?, count, 64)?;
        for record in self.records.get(from..to).ok_or("no such records")? {
            writer.push(record)?;
        }
        let n = writer.finish(&self.seal(to)?)?;
        out.truncate(n);
        Ok(out)
    }
    /// The same records in other bytes: every row raw.
    ///
    /// # Errors
    /// No such records.
    pub fn raw_body(&self, from: usize, to: usize) -> Done<Vec<u8>> {
        let varint = |n: usize| if n < 0x80 { vec![n as u8] } else { vec![n as u8 & 0x7f | 0x80, (n >> 7) as u8] };
        let mut body = varint(from);
        if from > 0 {
            body.extend(self.head(from)?.0);
        }
        body.extend(varint(to - from));
        for record in self.records.get(from..to).ok_or("no such records")? {
            body.extend([&[0xff], &varint(record.len())[..], record].concat());
        }
        body.extend(self.seal(to)?);
        Ok(body)
    }
    /// A segment of one record.
    ///
    /// # Errors
    /// No such record.
    pub fn one(&self, index: usize) -> Done<Vec<u8>> {
        self.body(index, index + 1)
    }
    /// The trust anchor's object.
    ///
    /// # Errors
    /// Never.
    pub fn anchor(&self) -> Done<Vec<u8>> {
        let elements = Bundle::new().keyed(self, &self.one(0)?)?;
        Ok([&header(ObjectType::Root)[..], &elements.bytes].concat())
    }
    /// The proof of a fork: the seals of two branches at one count.
    ///
    /// # Errors
    /// Never.
    pub fn fork(&self, other: &Self, count: usize) -> Done<Vec<u8>> {
        let (seals, heads) = ([self.seal(count)?, other.seal(count)?], [self.head(count)?, other.head(count)?]);
        let [a, b] = [0, 1].map(|i| Witness::Seal { head: heads[i], signature: &seals[i] });
        self.proof(count, [a, b])
    }
    /// A fork proof of these witnesses.
    ///
    /// # Errors
    /// Never.
    pub fn proof(&self, count: usize, witnesses: [Witness<'_>; 2]) -> Done<Vec<u8>> {
        let (log, suite) = (self.id.log_id(), self.key.suite.number());
        let mut out = vec![0; ROOM];
        let n = ForkProof { log, suite, count: u32::try_from(count)?, witnesses }.write(&mut out)?;
        Ok([&header(ObjectType::ForkProof)[..], &out[..n]].concat())
    }
}

/// A record's bytes.
fn encode(record: &Record<'_>) -> Done<Vec<u8>> {
    let mut out = vec![0; 4_096];
    let n = record.encode(&mut out)?;
    out.truncate(n);
    Ok(out)
}

/// A bundle, element by element.
#[derive(Clone, Default)]
pub struct Bundle {
    /// The elements' bytes.
    pub bytes: Vec<u8>,
}

impl Bundle {
    /// No element.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// Adds an element.
    ///
    /// # Errors
    /// Never.
    pub fn element(mut self, element: &Element<'_>) -> Done<Self> {
        let mut out = vec![0; ROOM];
        let n = write_element(element, &mut out)?;
        self.bytes.extend_from_slice(&out[..n]);
        Ok(self)
    }
    /// A segment by its log's id.
    ///
    /// # Errors
    /// Never.
    pub fn own(self, log: &Log, body: &[u8]) -> Done<Self> {
        self.element(&Element::OwnId { log: log.id.log_id(), suite: log.key.suite.number(), body })
    }
    /// One record by its log's id.
    ///
    /// # Errors
    /// Never.
    pub fn one(self, log: &Log, index: usize) -> Done<Self> {
        self.own(log, &log.one(index)?)
    }
    /// Records by their log's id.
    ///
    /// # Errors
    /// Never.
    pub fn run(self, log: &Log, from: usize, to: usize) -> Done<Self> {
        self.own(log, &log.body(from, to)?)
    }
    /// A segment of the log that the element before enrols.
    ///
    /// # Errors
    /// Never.
    pub fn under(self, body: &[u8]) -> Done<Self> {
        self.element(&Element::Under { body })
    }
    /// A segment with its log's key.
    ///
    /// # Errors
    /// Never.
    pub fn keyed(self, log: &Log, body: &[u8]) -> Done<Self> {
        self.element(&Element::Keyed { suite: log.key.suite.number(), key: &log.key.public, body })
    }
    /// A mark of an omission.
    ///
    /// # Errors
    /// Never.
    pub fn mark(self, log: &Log, index: usize) -> Done<Self> {
        self.element(&Element::Mark { log: log.id.log_id(), index: u32::try_from(index)? })
    }
    /// The object.
    #[must_use]
    pub fn object(&self) -> Vec<u8> {
        [&header(ObjectType::Bundle)[..], &self.bytes].concat()
    }
}

/// The malleable twin of a P-256 signature: n − s.
pub fn high_s(signature: &mut [u8]) {
    const N: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad,
        0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let mut borrow = 0i16;
    for (s, n) in signature.iter_mut().skip(32).zip(N).rev() {
        let d = i16::from(n) - i16::from(*s) - borrow;
        borrow = i16::from(d < 0);
        *s = d.rem_euclid(256) as u8;
    }
}
