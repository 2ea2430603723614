//! A movement from what a person gives: scans and fields as text.
use crate::error::{Error, Result};
use medlot_core::ident::{
    DocumentNumber, Fund, LocalReason, LotNumber, Operator, Party, Product, Quantity, RegistrationNumber, Serial, Sscc,
    Store,
};
use medlot_core::movement::{Amount, Bucket, Direction, Document, Movement, Reference, reasons};
use medlot_core::record::List;
use medlot_core::scan::{Candidates, Outcome, Profile, ScannedItem, Scratch, scan};
use medlot_core::time::{Date, Expiry, Timestamp};

/// What a person gives; what stays `None` is absent in the record.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    /// `scheme:value`.
    pub product: Option<String>,
    /// Lot number; `none` where none is printed.
    pub lot: Option<String>,
    /// `YYYY-MM-DD`, `YYYY-MM`, `none`.
    pub expiry: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Units, or parts as `31/10 dose`.
    pub quantity: Option<String>,
    /// The reason's name or number.
    pub reason: Option<String>,
    /// Store inside the facility.
    pub store: Option<String>,
    /// A move's target store; `main` for the main one.
    pub to_store: Option<String>,
    /// `available` or `hold`.
    pub from: Option<String>,
    /// A move's target: `available` or `hold`.
    pub to: Option<String>,
    /// Whose medicine.
    pub fund: Option<String>,
    /// A move's target fund; `none` for none.
    pub to_fund: Option<String>,
    /// Vaccine vial monitor, 1–4.
    pub vvm: Option<u8>,
    /// A move's target stage; 0 for none.
    pub to_vvm: Option<u8>,
    /// `scheme:value`, such as `facility:01C55`.
    pub counterparty: Option<String>,
    /// Up to two, each `kind:number`.
    pub documents: Vec<String>,
    /// Value in the currency's smallest unit.
    pub amount: Option<u64>,
    /// Whether the amount includes tax.
    pub tax_included: bool,
    /// Staff code.
    pub operator: Option<String>,
    /// Made on, `YYYY-MM-DD`.
    pub made_on: Option<String>,
    /// SSCC-18.
    pub logistic_unit: Option<String>,
    /// The facility's own reason.
    pub local_reason: Option<String>,
    /// When it took place, RFC 3339, where it is written down later.
    pub effective_at: Option<String>,
}

/// A direction by its name.
///
/// # Errors
/// No such direction.
pub fn direction(text: &str) -> Result<Direction> {
    match text {
        "in" => Ok(Direction::In),
        "out" => Ok(Direction::Out),
        "move" => Ok(Direction::Move),
        _ => Err(Error::argument(format!("direction: {text:?}; give in, out or move"))),
    }
}

/// An open number by its name, or as a number.
///
/// # Errors
/// No such name; lists those that there are.
pub fn number_of(names: reasons::Names, text: &str, what: &str) -> Result<u16> {
    names.number(text).or_else(|| text.parse().ok()).ok_or_else(|| {
        Error::argument(format!("{what}: {text:?} has no number; give one of {} or a number", names.all().join(", ")))
    })
}

pub(crate) fn document(text: &str) -> Result<Document<'_>> {
    let (kind, number) = text
        .split_once(':')
        .ok_or_else(|| Error::argument(format!("document: {text:?}; give kind:number, such as invoice:HD-41")))?;
    Ok(Document { kind: number_of(reasons::DOCUMENT, kind, "document kind")?, number: DocumentNumber::parse(number)? })
}

fn bucket(text: &str) -> Result<Bucket> {
    match text {
        "available" => Ok(Bucket::Available),
        "hold" => Ok(Bucket::Hold),
        "transit" => Ok(Bucket::Transit),
        _ => Err(Error::argument(format!("bucket: {text:?}; give available or hold"))),
    }
}

/// A text field that may say that there is none.
fn or_none<'a, T>(
    text: &'a str,
    none: &str,
    parse: impl FnOnce(&'a str) -> std::result::Result<T, medlot_core::ident::IdentError>,
) -> Result<Option<T>> {
    if text == none { Ok(None) } else { Ok(Some(parse(text)?)) }
}

impl Fields {
    /// When it took place, where it is written down later.
    ///
    /// # Errors
    /// No time, or one after `now`.
    pub fn took_place(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        let Some(text) = self.effective_at.as_deref() else { return Ok(None) };
        let at = Timestamp::parse(text).map_err(|e| Error::argument(format!("effective_at: {text:?}: {e}")))?;
        if at > now {
            let way = "give when it took place, or set the clock";
            return Err(Error::argument(format!("effective_at: {at} is later than now, {now}: {way}")));
        }
        Ok(Some(at))
    }

    /// Refuses a time of its own where what is written stands in the moment in which it is written.
    ///
    /// # Errors
    /// One is given.
    pub(crate) fn takes_place_now(&self, what: &str) -> Result<()> {
        match self.effective_at {
            None => Ok(()),
            Some(_) => Err(Error::argument(format!("effective_at: {what} has none: it stands where it is written"))),
        }
    }
    /// Fills in what a scan says. Two scans of one pack complete each other; what is known is never overwritten, a
    /// contradiction is refused.
    ///
    /// # Errors
    /// A scan that is refused, or that a person must decide: `pick` chooses a reading, from 1.
    pub fn scan(&mut self, raw: &str, gs: Option<&str>, today: Date, pick: Option<usize>) -> Result<()> {
        let mut scratch = Scratch::new();
        match scan(raw.as_bytes(), &Profile { gs }, today, &mut scratch) {
            Outcome::Read { item, alternatives } => match pick {
                Some(n) if n > 1 => self.take(pick_of(&alternatives, n - 1)?),
                _ => self.take(&item),
            },
            Outcome::Confirm(candidates) => match pick {
                Some(n) => self.take(pick_of(&candidates, n)?),
                None => Err(Error::unknown(format!(
                    "scan: {} readings are possible; see them with `medlot scan`, then choose with --pick",
                    candidates.iter().count()
                ))),
            },
            Outcome::Foreign(foreign) => {
                let product = match (foreign.gtin, foreign.product) {
                    (Some(gtin), _) => format!("gtin:{gtin}"),
                    (None, Some(number)) if RegistrationNumber::parse(number).is_ok() => {
                        format!("registration:{number}")
                    }
                    _ if RegistrationNumber::parse(foreign.text).is_ok() => format!("registration:{}", foreign.text),
                    _ => {
                        return Err(Error::invalid(format!(
                            "scan: a {} code holds no product number that is known here: give --product",
                            foreign.system
                        )));
                    }
                };
                set(&mut self.product, Some(product), "product")?;
                set(&mut self.lot, foreign.lot.map(str::to_owned), "lot")?;
                set(&mut self.serial, foreign.serial.map(str::to_owned), "serial")?;
                set(&mut self.expiry, expiry_text(foreign.expiry), "expiry")
            }
            Outcome::Refused(e) => Err(Error::invalid(format!("scan: {e}"))),
        }
    }

    fn take(&mut self, item: &ScannedItem<'_>) -> Result<()> {
        set(&mut self.product, item.gtin().map(|g| format!("gtin:{g}")), "product")?;
        set(&mut self.lot, item.get(10).map(str::to_owned), "lot")?;
        set(&mut self.serial, item.get(21).map(str::to_owned), "serial")?;
        set(&mut self.expiry, expiry_text(item.expiry()), "expiry")?;
        set(&mut self.logistic_unit, item.get(0).map(str::to_owned), "logistic unit")
    }

    /// The movement that the fields say.
    ///
    /// # Errors
    /// A field that is missing or can't be; a rule of movements.
    pub fn movement(&self, direction: Direction) -> Result<Movement<'_>> {
        let missing = |what: &str, how: &str| Error::argument(format!("{what}: missing; give {how}"));
        let product = self.product.as_deref().ok_or_else(|| missing("product", "--scan, or --product scheme:value"))?;
        let quantity = self.quantity.as_deref().ok_or_else(|| missing("quantity", "--quantity, in smallest units"))?;
        let default = if direction == Direction::Move {
            "other"
        } else if direction == Direction::In {
            "supplier"
        } else {
            "retail"
        };
        let reason = number_of(reasons::of(direction), self.reason.as_deref().unwrap_or(default), "reason")?;
        let lot = match self.lot.as_deref() {
            None => return Err(missing("lot", "--scan, --lot, or --lot none where none is printed")),
            Some(text) => or_none(text, "none", LotNumber::parse)?,
        };
        let expiry = self.expiry.as_deref().map_or(Ok(Expiry::NotRead), Expiry::parse)?;
        let mut m = Movement::new(direction, reason, Product::parse(product)?, lot, expiry, Quantity::parse(quantity)?);
        m.serial = self.serial.as_deref().map(Serial::parse).transpose()?;
        m.store = self.store.as_deref().map(Store::parse).transpose()?;
        m.to_store = self.to_store.as_deref().map(|s| or_none(s, "main", Store::parse)).transpose()?;
        m.bucket = self.from.as_deref().map_or(Ok(Bucket::Available), bucket)?;
        m.to_bucket = self.to.as_deref().map(bucket).transpose()?;
        m.fund = self.fund.as_deref().map(Fund::parse).transpose()?;
        m.to_fund = self.to_fund.as_deref().map(|f| or_none(f, "none", Fund::parse)).transpose()?;
        m.vvm = self.vvm;
        m.to_vvm = self.to_vvm.map(|v| (v != 0).then_some(v));
        m.counterparty = self.counterparty.as_deref().map(Party::parse).transpose()?;
        let mut documents = self.documents.iter();
        m.document = documents.next().map(|d| document(d)).transpose()?;
        m.second_document = documents.next().map(|d| document(d)).transpose()?;
        if documents.next().is_some() {
            return Err(Error::argument("document: at most two stand on a record"));
        }
        m.amount = self.amount.map(|value| Amount { value, tax_included: self.tax_included });
        m.operator = self.operator.as_deref().map(Operator::parse).transpose()?;
        m.made_on = self.made_on.as_deref().map(Date::parse).transpose()?;
        m.logistic_unit = self.logistic_unit.as_deref().map(Sscc::parse).transpose()?;
        m.local_reason = self.local_reason.as_deref().map(LocalReason::parse).transpose()?;
        Ok(m)
    }
}

fn pick_of<'c, 'a>(candidates: &'c Candidates<'a>, n: usize) -> Result<&'c ScannedItem<'a>> {
    let count = candidates.iter().count();
    n.checked_sub(1)
        .and_then(|at| candidates.iter().nth(at))
        .ok_or_else(|| Error::argument(format!("pick: {n}; there are {count} readings to choose from")))
}

fn expiry_text(expiry: Expiry) -> Option<String> {
    (expiry != Expiry::NotRead).then(|| expiry.to_string())
}

/// Fills a field that is still empty; refuses another value than the one known.
fn set(field: &mut Option<String>, value: Option<String>, what: &str) -> Result<()> {
    match (field.as_deref(), value) {
        (_, None) => Ok(()),
        (None, value) => {
            *field = value;
            Ok(())
        }
        (Some(known), Some(value)) if known == value => Ok(()),
        (Some(known), Some(value)) => {
            Err(Error::invalid(format!("{what}: {value} contradicts {known}: these aren't one pack; scan it again")))
        }
    }
}

/// One line of a delivery as a person gives it: `QUANTITY=SCAN` or `QUANTITY=scheme:value;lot;expiry`.
///
/// # Errors
/// Another form, or what its fields refuse.
pub fn line(text: &str, gs: Option<&str>, today: Date) -> Result<Fields> {
    let (quantity, what) = text.split_once('=').ok_or_else(|| {
        Error::argument(format!("line: {text:?}; give QUANTITY=SCAN or QUANTITY=scheme:value;lot;expiry"))
    })?;
    let mut fields = Fields { quantity: Some(quantity.to_owned()), ..Fields::default() };
    let by_hand = ["gtin:", "registration:", "permit:", "national:", "local:"].iter().any(|s| what.starts_with(s));
    if by_hand {
        let mut parts = what.splitn(3, ';').map(str::to_owned);
        fields.product = parts.next();
        fields.lot = parts.next();
        fields.expiry = parts.next();
    } else {
        fields.scan(what, gs, today, None)?;
    }
    Ok(fields)
}

/// Sorts texts as records want them: by encoding, so length first.
pub(crate) fn by_encoding(text: &str) -> (usize, &str) {
    (text.len(), text)
}

/// Products in the one order of a list: ascending by encoding.
pub(crate) fn products_in_order(products: &[String]) -> Result<Vec<Product<'_>>> {
    let mut products = products.iter().map(|p| Product::parse(p)).collect::<std::result::Result<Vec<_>, _>>()?;
    products.sort_by_key(|product| {
        let mut out = [0; 128];
        List::encode(&[*product], &mut out).map_or(Vec::new(), |list| list.bytes().to_vec())
    });
    Ok(products)
}

/// A record of another log that this one answers, as `log:index:id`, as JSON shows it.
///
/// # Errors
/// Another form.
pub fn reference(text: &str) -> Result<Reference> {
    let bad = || Error::argument(format!("answers: {text:?}; give log:index:id as movements show them"));
    let mut parts = text.split(':');
    let (Some(log), Some(index), Some(id), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(bad());
    };
    let front = |hex: &str, n: usize| crate::folder::unhex(hex).filter(|b| b.len() >= n);
    let log = front(log, 8).and_then(|b| b.first_chunk::<8>().copied()).ok_or_else(bad)?;
    let identity = front(id, 16).and_then(|b| b.first_chunk::<16>().copied()).ok_or_else(bad)?;
    Ok(Reference::Other { log, index: index.parse().map_err(|_| bad())?, identity })
}
