//! Logs of a given shape, for figures: real signatures over made-up movements.
use medlot_core::crypto::{Hash, SoftwareKey, Suite, chain_next, log_identity, seal_message};
use medlot_core::ident::{DocumentNumber, IdentError, LotNumber, Operator, Product, Quantity};
use medlot_core::movement::{Amount, Direction, Document, Movement};
use medlot_core::record::{Entry, LogKey, Record, SegmentWriter};
use medlot_core::time::{Date, Expiry, Timestamp};

/// A sealed segment and what verifies it.
pub struct Sealed {
    /// The segment's body.
    pub body: Vec<u8>,
    /// h₀ of its log.
    pub id: Hash,
    /// Its suite.
    pub suite: Suite,
    /// Its key.
    pub key: Vec<u8>,
    /// The records' own bytes.
    pub records: Vec<Vec<u8>>,
}

impl Sealed {
    /// What verifies it.
    pub fn log(&self) -> LogKey<'_> {
        LogKey { id: self.id, suite: self.suite, key: &self.key }
    }
}

/// Products by their registration numbers, made up but for their form.
fn sale(i: u32, lots: u32, full: bool, bytes: &mut [u8]) -> Result<usize, Box<dyn std::error::Error>> {
    let lot = i * 7_919 % lots;
    let (registration, number) = (format!("registration:893110{:04}25", 1_000 + lot), format!("LOT{lot:05}"));
    let bill = format!("HD{:06}", 4_100 + i);
    let expiry = Expiry::Day(Date::new(2027, 1 + (lot % 12) as u8, 28)?);
    let quantity = Quantity::units(1 + i % 40)?;
    let lot: Result<LotNumber<'_>, IdentError> = LotNumber::parse(&number);
    let mut m = Movement::new(Direction::Out, 0, Product::parse(&registration)?, Some(lot?), expiry, quantity);
    if full {
        m.operator = Some(Operator::parse("DS07")?);
        m.document = Some(Document { kind: 0, number: DocumentNumber::parse(&bill)? });
        m.amount = Some(Amount { value: 12_000 + u64::from(i) * 500, tax_included: true });
    }
    let at = Timestamp::from_secs(217_000_000 + i * 97);
    Ok(Record::new(at, Entry::Movement { movement: m, extensions: None }).encode(bytes)?)
}

/// A day's sales over so many lots, in one segment; `full` = operator, document and amount on each.
///
/// # Errors
/// What the core refuses.
pub fn sales(suite: Suite, count: u32, lots: u32, full: bool) -> Result<Sealed, Box<dyn std::error::Error>> {
    let key = SoftwareKey::from_seed(suite, &[7; 32])?;
    let public = key.public_key(&mut [0; 33]).to_vec();
    let id = log_identity(&Hash([9; 32]), suite.number(), &public, "01-008179").ok_or("no such log")?;
    let (mut records, mut head) = (Vec::new(), id);
    for i in 0..count {
        let mut buffer = [0; 4096];
        let n = sale(i, lots, full, &mut buffer)?;
        let record = buffer.get(..n).unwrap_or_default().to_vec();
        head = chain_next(&head, i, &record)?;
        records.push(record);
    }
    let seal = key.sign(&seal_message(&id, count, &head));
    let mut body = vec![0; 65_535];
    let mut writer = SegmentWriter::new(&mut body, 0, &id, count, seal.len())?;
    records.iter().try_for_each(|r| writer.push(r))?;
    let n = writer.finish(&seal)?;
    body.truncate(n);
    Ok(Sealed { body, id, suite, key: public, records })
}
