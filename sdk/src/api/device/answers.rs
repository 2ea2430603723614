//! What a device answers.
use super::super::views::product;
use super::super::{AskFor, ProductName, Reason, RecordAt, RecordView};

view! {
    /// How a device stands.
    StatusView {
        /// Its own log, h₀ in hex.
        log: String,
        /// Its facility.
        facility: String,
        /// Whether an enrolment of it counts.
        enrolled: bool,
        /// Records in its log.
        records: u32,
        /// Records that no seal vouches for yet.
        unsealed: u32,
        /// Why the log takes no further record, with the way on; absent where it does.
        #[serde(default)]
        read_only: Option<Reason>,
        /// Bytes that a cut-off write had left and that were dropped when it was opened.
        dropped: u32,
    }
}

view! {
    /// What was written.
    Written {
        /// The own log.
        log: String,
        /// The place of the first record.
        first: u32,
        /// The records.
        records: Vec<RecordView>,
        /// Records that no seal vouches for yet.
        unsealed: u32,
        /// What a person should know of it, for example that a count covers what is taken back.
        #[serde(default, deserialize_with = "note")]
        note: Option<String>,
    }
}

view! {
    /// Movements that were written together.
    WrittenAll {
        /// The own log.
        log: String,
        /// The place of the first.
        first: u32,
        /// How many.
        count: u32,
        /// Records that no seal vouches for yet.
        unsealed: u32,
    }
}

/// The message of a note.
fn note<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    #[derive(serde::Deserialize)]
    struct Note {
        message: String,
    }
    let note: Option<Note> = serde::Deserialize::deserialize(from)?;
    Ok(note.map(|note| note.message))
}

view! {
    /// What a key store is to sign.
    ToSign {
        /// Up to which count it holds: hand it back with the signature.
        count: u32,
        /// The bytes.
        #[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), serde(with = "serde_bytes"), tsify(type = "Uint8Array"))]
        bytes: Vec<u8>,
    }
}

view! {
    /// A hand-over that was written.
    Handover {
        /// The place of its first line.
        first: u32,
        /// How many lines.
        lines: u32,
        /// The bundle, for a QR code or a file. Absent where the key is kept outside: seal, then [`super::Device::bundle`].
        #[cfg_attr(
            all(feature = "wasm", target_arch = "wasm32"),
            serde(with = "serde_bytes"),
            tsify(optional, type = "Uint8Array")
        )]
        bundle: Option<Vec<u8>>,
    }
}

view! {
    /// What became of an object that was taken.
    Taken {
        /// Whether it is kept and counts.
        taken: bool,
        /// Why not.
        why: Option<Reason>,
        /// It may be right: it is kept, and counts once what it needs comes.
        waits: bool,
    }
}

view! {
    /// What became of objects that others sent.
    Accepted {
        /// Each of them.
        objects: Vec<Taken>,
        /// Whether this device is enrolled now.
        enrolled: bool,
    }
}

view! {
    /// What is missing for an answer to be whole, and what to ask for.
    Incomplete {
        /// The stable number.
        code: u16,
        /// The stable name.
        name: String,
        /// What is missing.
        message: String,
        /// The log concerned.
        log: String,
        /// Records here that can't be judged.
        records: u32,
        /// What to ask the others for.
        ask_for: AskFor,
    }
}

view! {
    /// What is left of opened units, in parts: what is held back is an entry of its own.
    PartsOf {
        /// How many; below 0 where more went out than came in.
        count: i64,
        /// How many make a unit.
        per_unit: u16,
        /// What one is.
        measure: String,
        /// What may be dispensed of it.
        available: i64,
        /// What is held back.
        hold: i64,
        /// What of it is recalled.
        recalled: i64,
        /// What of it is past its last usable day.
        expired: i64,
    }
}

view! {
    /// A recall in force.
    RecallView {
        /// 1 (may kill) to 3.
        class: u8,
        /// The notice's number.
        notice: String,
        /// The record.
        record: RecordAt,
    }
}

view! {
    /// Stock of one lot at one place, in whole smallest units.
    StockView {
        /// The facility.
        facility: String,
        /// The store; absent: the main one.
        #[serde(default)]
        store: Option<String>,
        /// The product.
        #[serde(deserialize_with = "product")]
        product: Option<ProductName>,
        /// The lot; absent: none is printed.
        #[serde(default)]
        lot: Option<String>,
        /// The last usable day; `none` where the pack has none.
        #[serde(default)]
        expiry: Option<String>,
        /// The pack names the month, not the day.
        expiry_whole_month: bool,
        /// The notice by which a regulator said the expiry.
        #[serde(default)]
        expiry_notice: Option<String>,
        /// Whose medicine; absent: the facility's own.
        #[serde(default)]
        fund: Option<String>,
        /// The vaccine vial monitor's stage.
        #[serde(default)]
        vvm: Option<u8>,
        /// Everything that stands there.
        on_hand: i64,
        /// What may be dispensed.
        available: i64,
        /// What is held back.
        hold: i64,
        /// What of it is recalled.
        recalled: i64,
        /// What of it is past its last usable day.
        expired: i64,
        /// Sent to this facility and not received.
        in_transit_in: i64,
        /// Sent from here and not received.
        in_transit_out: i64,
        /// What was refused of what was sent here.
        #[serde(default)]
        refused_in: i64,
        /// What was refused of what was sent from here.
        #[serde(default)]
        refused_out: i64,
        /// What is left of opened units.
        #[serde(default)]
        parts: Vec<PartsOf>,
        /// Recalls in force, the gravest first.
        #[serde(default)]
        recalls: Vec<RecallView>,
    }
}

view! {
    /// Stock, by product and then by what is to be dispensed first.
    StockPage {
        /// How many rows there are in all.
        total: u32,
        /// Those asked for.
        rows: Vec<StockView>,
        /// What is missing for the answer to be whole; empty where nothing is known to be.
        incomplete: Vec<Incomplete>,
    }
}

view! {
    /// What to take from a lot at a place.
    PickLine {
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
        expiry_whole_month: bool,
        /// The store.
        #[serde(default)]
        store: Option<String>,
        /// Whose medicine.
        #[serde(default)]
        fund: Option<String>,
        /// The vaccine vial monitor's stage.
        #[serde(default)]
        vvm: Option<u8>,
        /// How much, as a movement names it: `3`, or `7/10 dose`.
        take: String,
        /// The same in numbers: whole units.
        #[serde(default)]
        quantity: Option<u32>,
        /// Parts, where parts were asked for.
        #[serde(default)]
        parts: Option<u32>,
        /// How many parts a unit has.
        #[serde(default)]
        parts_per_unit: Option<u16>,
        /// What a part is.
        #[serde(default)]
        measure: Option<String>,
    }
}

view! {
    /// What to dispense, the first to expire first.
    Pick {
        /// From where.
        lines: Vec<PickLine>,
        /// What is missing: so many units, or parts where parts were asked for.
        missing: u32,
        /// The same as a movement names it.
        lacks: String,
    }
}

view! {
    /// Why a pack isn't to be given.
    Stop {
        /// `recalled`, `expired`, `held` or `vvm`.
        name: String,
        /// What a person is told.
        message: String,
    }
}

view! {
    /// What is known of a scanned pack.
    PackAnswer {
        /// Nothing speaks against giving it.
        usable: bool,
        /// What does.
        stops: Vec<Stop>,
        /// Its last usable day, where one is known.
        #[serde(default)]
        last_usable: Option<String>,
        /// The notice by which a regulator said its expiry.
        #[serde(default)]
        expiry_notice: Option<String>,
        /// What to dispense instead, the first first.
        propose: Vec<PickLine>,
    }
}

view! {
    /// Something that was found.
    FindingView {
        /// The stable number.
        code: u16,
        /// The stable name.
        name: String,
        /// What was found and what to do.
        message: String,
        /// The records concerned.
        records: Vec<RecordAt>,
        /// The facility concerned.
        #[serde(default)]
        facility: Option<String>,
        /// The product.
        #[serde(default, deserialize_with = "product")]
        product: Option<ProductName>,
        /// The lot.
        #[serde(default)]
        lot: Option<String>,
        /// The numbers behind it, as far as it has any.
        #[serde(default)]
        detail: FindingDetail,
    }
}

view! {
    /// The numbers behind a finding, in whole smallest units.
    #[derive(Default)]
    FindingDetail {
        /// By how much, or how much of it.
        amount: Option<i64>,
        /// The other facility, or what it is about besides.
        other: Option<String>,
        /// Of a shipment: what was sent.
        sent: Option<u32>,
        /// What came and was taken.
        received: Option<i64>,
        /// What was refused.
        refused: Option<i64>,
        /// What the sender took back.
        back: Option<i64>,
        /// What neither came nor was refused.
        missing: Option<i64>,
        /// What it was worth, where the record says.
        value: Option<ShipmentValue>,
        /// The log, of a finding about a device.
        log: Option<String>,
        /// At which count of the log.
        count: Option<u32>,
        /// Places of the log of which nothing is here.
        #[serde(default)]
        missing_records: Vec<Places>,
    }
}

view! {
    /// The value of a shipment, in the currency's smallest unit.
    ShipmentValue {
        /// Of what was sent.
        sent: i64,
        /// Its share that was taken.
        received: i64,
    }
}

view! {
    /// Places of a log, from one to another, both among them.
    Places {
        /// The first.
        first: u32,
        /// The last.
        last: u32,
    }
}

view! {
    /// Findings, by facility, number, product and lot.
    FindingPage {
        /// How many there are in all.
        total: u32,
        /// Those asked for.
        rows: Vec<FindingView>,
    }
}

view! {
    /// A line of a stock card.
    CardRow {
        /// The record.
        #[serde(flatten)]
        record: RecordView,
        /// `available` or `hold`.
        bucket: String,
        /// When it took place, RFC 3339.
        time: String,
        /// What it changes.
        change: i64,
        /// What stands there afterwards, over all places.
        balance: i64,
    }
}

view! {
    /// A stock card.
    Card {
        /// How many lines there are in all.
        total: u32,
        /// Those asked for.
        rows: Vec<CardRow>,
    }
}

view! {
    /// Movements.
    MovementPage {
        /// How many there are in all.
        total: u32,
        /// Those asked for.
        rows: Vec<RecordView>,
    }
}

view! {
    /// A row of a report.
    ReportRow {
        /// A text for each column; empty where the row says nothing.
        cells: Vec<String>,
    }
}

view! {
    /// A report: a table for people, and all of it for programs.
    ReportView {
        /// Which, for example `turnover`.
        report: String,
        /// The facility.
        facility: String,
        /// The first day.
        from: String,
        /// The last day.
        until: String,
        /// Whether something may still come that changes it.
        provisional: bool,
        /// What the cells of each row are, as stable names. Units are whole ones; parts stand in `json`.
        columns: Vec<String>,
        /// How many rows there are in all.
        total: u32,
        /// Those asked for.
        rows: Vec<ReportRow>,
        /// What is missing for the answer to be whole.
        incomplete: Vec<Incomplete>,
        /// All of it as `spec/json/report.schema.json` says: what is sent and kept. A correction is asked for with it. It
        /// comes with the first page, and is empty in the others.
        json: String,
    }
}

view! {
    /// A lot of a product.
    LotRef {
        /// The product.
        #[serde(default, deserialize_with = "product")]
        product: Option<ProductName>,
        /// The lot.
        #[serde(default)]
        lot: Option<String>,
    }
}

view! {
    /// A place on a lot's way.
    Node {
        /// A facility, another party, or how goods came into being.
        facility: String,
        /// False where the trace ends: nothing of it is here.
        known: bool,
    }
}

view! {
    /// A step on a lot's way.
    Edge {
        /// The record.
        record: RecordAt,
        /// From where.
        from: String,
        /// To where.
        to: String,
        /// The product.
        #[serde(default, deserialize_with = "product")]
        product: Option<ProductName>,
        /// The lot.
        #[serde(default)]
        lot: Option<String>,
        /// Units that went.
        quantity: u32,
        /// Units that are known to have come.
        received: u32,
        /// What it was repacked from.
        #[serde(default)]
        made_from: Option<LotRef>,
    }
}

view! {
    /// Where a lot came from and went.
    Trace {
        /// The places.
        nodes: Vec<Node>,
        /// The steps.
        edges: Vec<Edge>,
        /// What is missing for the answer to be whole.
        #[serde(default)]
        incomplete: Vec<Incomplete>,
    }
}
