//! Views of records and verdicts: the JSON of `spec/json/` with fields.
use crate::error::Error;
use crate::words;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

view! {
    /// A product as it is named: by `gtin`, `registration`, `permit`, `national` or `local`.
    ProductName {
        /// How it is named.
        scheme: String,
        /// Its name there.
        value: String,
    }
}

/// `{scheme: value}`.
pub(crate) fn product<'de, D: Deserializer<'de>>(from: D) -> Result<Option<ProductName>, D::Error> {
    let named: Option<BTreeMap<String, String>> = Option::deserialize(from)?;
    Ok(named.and_then(|named| named.into_iter().next()).map(|(scheme, value)| ProductName { scheme, value }))
}

view! {
    /// Where a record stands.
    RecordAt {
        /// Its log, h₀ in hex.
        log: String,
        /// Its place in the log, from 0.
        index: u32,
    }
}

view! {
    /// A record that another points to.
    Reference {
        /// The first 16 digits of its log; absent: the same log.
        #[serde(default)]
        log: Option<String>,
        /// Its place there.
        index: u32,
        /// The first half of its identity, where the log is another.
        #[serde(default)]
        id: Option<String>,
    }
}

view! {
    /// Which other log's news would settle it.
    AskFor {
        /// The log, or the first 16 digits of it.
        log: String,
        /// From which record on.
        #[serde(default)]
        index: Option<u32>,
    }
}

view! {
    /// Why: a stable number and name (`spec/error-codes.md`), and a text.
    #[serde(from = "Said")]
    Reason {
        /// The stable number.
        code: u16,
        /// The stable name.
        name: String,
        /// What it means and what to do, in English, with its values.
        message: String,
        /// What it means and what to do, in Vietnamese; it goes by the number.
        vietnamese: String,
        /// What to ask the sender for.
        #[serde(default)]
        ask_for: Option<AskFor>,
        /// Since when, RFC 3339.
        #[serde(default)]
        since: Option<String>,
    }
}

view! {
    /// Something to look at, naming its records.
    #[serde(from = "Said")]
    Fault {
        /// The stable number.
        code: u16,
        /// The stable name.
        name: String,
        /// What was found, in English.
        message: String,
        /// What was found, in Vietnamese; it goes by the number.
        vietnamese: String,
        /// The records concerned.
        records: Vec<RecordAt>,
    }
}

/// What `spec/json/` says of a reason or a fault: its text in one language.
#[derive(Deserialize)]
struct Said {
    code: u16,
    name: String,
    message: String,
    #[serde(default)]
    ask_for: Option<AskFor>,
    #[serde(default)]
    since: Option<String>,
    #[serde(default)]
    records: Vec<RecordAt>,
}

/// What a number says to a person in Vietnamese.
pub(super) fn vietnamese(code: u16) -> String {
    words::vietnamese(code).unwrap_or_default().to_owned()
}

impl From<Said> for Reason {
    fn from(Said { code, name, message, ask_for, since, .. }: Said) -> Self {
        Self { code, name, message, vietnamese: vietnamese(code), ask_for, since }
    }
}

impl From<Said> for Fault {
    fn from(Said { code, name, message, records, .. }: Said) -> Self {
        Self { code, name, message, vietnamese: vietnamese(code), records }
    }
}

impl From<Error> for Reason {
    fn from(Error { code, name, message, .. }: Error) -> Self {
        Self { code, name: name.to_owned(), message, vietnamese: vietnamese(code), ask_for: None, since: None }
    }
}

view! {
    /// A document that a movement names.
    Document {
        /// Its kind, for example `invoice`.
        kind: String,
        /// Its number.
        number: String,
    }
}

view! {
    /// What a record was written together with: the first says how many there are, the others how far back it stands.
    GroupOf {
        /// Of the first: how many.
        #[serde(default)]
        lines: Option<u16>,
        /// Of another: how many places before it the first stands.
        #[serde(default)]
        back: Option<u32>,
    }
}

view! {
    /// Money.
    Amount {
        /// In the currency's smallest unit, đồng.
        value: i64,
        /// Whether tax is in it.
        tax_included: bool,
    }
}

view! {
    /// A record, with what its kind says; what it doesn't say is absent.
    RecordView {
        /// Its log, h₀ in hex.
        log: String,
        /// Its place in the log, from 0.
        index: u32,
        /// Its identity: the chain's value after it.
        #[serde(default)]
        id: Option<String>,
        /// What it is: `movement`, `reversal`, `count_line`, `enrol`, `recall` … (`spec/json/movements.schema.json`).
        kind: String,
        /// Who wrote it.
        #[serde(default)]
        facility: Option<String>,
        /// When it was written, RFC 3339.
        #[serde(default)]
        recorded_at: Option<String>,
        /// When it took place, where that is another time.
        #[serde(default)]
        effective_at: Option<String>,
        /// `in`, `out` or `move`.
        #[serde(default)]
        direction: Option<String>,
        /// Why goods moved, or a log is cut.
        #[serde(default)]
        reason: Option<String>,
        /// The product.
        #[serde(default, deserialize_with = "product")]
        product: Option<ProductName>,
        /// The lot.
        #[serde(default)]
        lot: Option<String>,
        /// The last usable day; `none` where the pack has none.
        #[serde(default)]
        expiry: Option<String>,
        /// The pack names the month, not the day.
        #[serde(default)]
        expiry_whole_month: Option<bool>,
        /// The serial.
        #[serde(default)]
        serial: Option<String>,
        /// Whole units.
        #[serde(default)]
        quantity: Option<u32>,
        /// Parts of a unit.
        #[serde(default)]
        parts: Option<u32>,
        /// How many parts a unit has.
        #[serde(default)]
        parts_per_unit: Option<u16>,
        /// What a part is.
        #[serde(default)]
        measure: Option<String>,
        /// The store.
        #[serde(default)]
        store: Option<String>,
        /// The fund that paid for it.
        #[serde(default)]
        fund: Option<String>,
        /// The vaccine vial monitor's stage, 1 to 4.
        #[serde(default)]
        vvm: Option<u8>,
        /// Out of which stock: `available`, `hold` or `transit`.
        #[serde(default)]
        from: Option<String>,
        /// Into which stock.
        #[serde(default)]
        to: Option<String>,
        /// The store that it moves to.
        #[serde(default)]
        to_store: Option<String>,
        /// The other party.
        #[serde(default)]
        counterparty: Option<String>,
        /// It is on its way to the other party.
        #[serde(default)]
        sent: bool,
        /// The shipment's line that it answers.
        #[serde(default)]
        answers: Option<Reference>,
        /// What it takes back.
        #[serde(default)]
        reverses: Option<Reference>,
        /// How much of it is taken back in all.
        #[serde(default)]
        total: Option<u32>,
        /// What it was written together with; documents stand in the first of them.
        #[serde(default)]
        group: Option<GroupOf>,
        /// Of an attestation: the record that it is about, and with it what was written together with that.
        #[serde(default, rename(deserialize = "record"))]
        attests: Option<Reference>,
        /// In which capacity: `witness_of_destruction`, `pharmacist_in_charge` …
        #[serde(default)]
        capacity: Option<String>,
        /// It was refused, not confirmed.
        #[serde(default)]
        refused: bool,
        /// Its documents.
        #[serde(default)]
        documents: Vec<Document>,
        /// What it cost.
        #[serde(default)]
        amount: Option<Amount>,
        /// Who did it.
        #[serde(default)]
        operator: Option<String>,
        /// Whether it counts: `yes`, `no` or `unknown`.
        #[serde(default)]
        counts: Option<String>,
        /// No seal vouches for it yet.
        #[serde(default)]
        unsealed: bool,
        /// Why it doesn't count.
        #[serde(default)]
        why: Option<Reason>,
    }
}

/// What may be believed of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, Deserialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// Every record counts.
    Valid,
    /// One does not, or the bytes are no such object.
    Invalid,
    /// What would decide isn't here.
    Unknown,
}

view! {
    /// The answer about an object.
    Verdict {
        /// What may be believed.
        verdict: VerdictKind,
        /// `yes`, or the gravest reason why what is known may be outdated.
        current: String,
        /// Why, the gravest first.
        reasons: Vec<Reason>,
        /// What to look at.
        findings: Vec<Fault>,
        /// The trust anchor, h₀ in hex.
        root: String,
        /// Its records.
        records: Vec<RecordView>,
    }
}
