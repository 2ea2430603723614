//! What is given to a device.
use super::super::Answer;
use crate::account::{
    FindingsQuery, LotQuery, NEAR_EXPIRY_DAYS, ReportKind, ReportQuery, SentReport, control_of, half_of,
};
use crate::correct::Note;
use crate::count::CountPlan;
use crate::error::{Error, Result};
use crate::fields::Fields;
use crate::lang::Lang;
use crate::movements::MovementsQuery;
use crate::stock::{HandoverPlan, ReceivePlan};
use medlot_core::movement;
use medlot_core::time::Date;

macro_rules! choice {
    ($(#[$meta:meta])* $name:ident { $($(#[$inner:meta])* $kind:ident,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
        #[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), derive(tsify::Tsify))]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$inner])* $kind,)* }
    };
}

choice! {
    /// A language for people.
    Language {
        /// Vietnamese.
        Vi,
        /// English.
        En,
    }
}

impl From<Language> for Lang {
    fn from(of: Language) -> Self {
        match of {
            Language::Vi => Self::Vi,
            Language::En => Self::En,
        }
    }
}

choice! {
    /// Which way goods move.
    Direction {
        /// Into the facility.
        In,
        /// Out of it, or used up.
        Out,
        /// Inside it: to another store, fund or monitor stage, held or released.
        Move,
    }
}

impl From<Direction> for movement::Direction {
    fn from(of: Direction) -> Self {
        match of {
            Direction::In => Self::In,
            Direction::Out => Self::Out,
            Direction::Move => Self::Move,
        }
    }
}

choice! {
    /// A key's suite.
    KeySuite {
        /// Ed25519 (RFC 8032).
        Ed25519,
        /// ECDSA over P-256 with SHA-256: what phones' key stores hold.
        P256,
    }
}

input! {
    /// A scan that says what the pack is.
    ScanInput {
        /// What the scanner sent.
        raw: String,
        /// What the scanner sends for the GS1 separator, from its profile.
        gs: Option<String>,
        /// The legal day, which places two-digit years.
        today: String,
        /// Which reading a person chose, from 1, where several are possible.
        pick: Option<u32>,
    }
}

input! {
    /// A movement, or a line of a hand-over or count. What stays absent is absent in the record.
    MovementInput {
        /// A scan of the pack: fills product, lot, expiry and serial. Given fields must agree with it.
        scan: Option<ScanInput>,
        /// `scheme:value`, such as `gtin:08934567000017`.
        product: Option<String>,
        /// The lot; `none` where none is printed.
        lot: Option<String>,
        /// `YYYY-MM-DD`, `YYYY-MM` or `none`.
        expiry: Option<String>,
        /// The serial.
        serial: Option<String>,
        /// Smallest units, or parts as `31/10 dose`.
        quantity: Option<String>,
        /// The reason's name or number.
        reason: Option<String>,
        /// The store; the main one where absent.
        store: Option<String>,
        /// A move's target store; `main` for the main one.
        to_store: Option<String>,
        /// Out of `available` or `hold`.
        from: Option<String>,
        /// A move's target: `available` or `hold`.
        to: Option<String>,
        /// Whose medicine.
        fund: Option<String>,
        /// A move's target fund; `none` for none.
        to_fund: Option<String>,
        /// The vaccine vial monitor's stage, 1 to 4.
        vvm: Option<u8>,
        /// A move's target stage; 0 for none.
        to_vvm: Option<u8>,
        /// `scheme:value`, such as `facility:01C55`.
        counterparty: Option<String>,
        /// Up to two, each `kind:number`.
        documents: Vec<String>,
        /// Value in đồng.
        amount: Option<u64>,
        /// Whether tax is in it.
        tax_included: bool,
        /// Staff code.
        operator: Option<String>,
        /// Made on, `YYYY-MM-DD`.
        made_on: Option<String>,
        /// SSCC-18.
        logistic_unit: Option<String>,
        /// The facility's own reason.
        local_reason: Option<String>,
        /// When it took place, RFC 3339, where it is written down later (`Device.record`, `record_all`): stock on the days between
        /// and a count in between take it from then. Absent: now.
        effective_at: Option<String>,
    }
}

impl MovementInput {
    pub(super) fn fields(self) -> Result<Fields> {
        let mut fields = Fields {
            product: self.product,
            lot: self.lot,
            expiry: self.expiry,
            serial: self.serial,
            quantity: self.quantity,
            reason: self.reason,
            store: self.store,
            to_store: self.to_store,
            from: self.from,
            to: self.to,
            fund: self.fund,
            to_fund: self.to_fund,
            vvm: self.vvm,
            to_vvm: self.to_vvm,
            counterparty: self.counterparty,
            documents: self.documents,
            amount: self.amount,
            tax_included: self.tax_included,
            operator: self.operator,
            made_on: self.made_on,
            logistic_unit: self.logistic_unit,
            local_reason: self.local_reason,
            effective_at: self.effective_at,
        };
        if let Some(scan) = self.scan {
            let today = day("today", &scan.today)?;
            fields.scan(&scan.raw, scan.gs.as_deref(), today, scan.pick.map(|n| n as usize))?;
        }
        Ok(fields)
    }
}

/// Lines of a hand-over or of what is entered together: an error names the line.
pub(super) fn lines(of: Vec<MovementInput>) -> Result<Vec<Fields>> {
    let fields = |(at, line): (usize, MovementInput)| line.fields().map_err(|error| error.of_line(at, Lang::En));
    (1..).zip(of).map(fields).collect()
}

/// A date.
pub(super) fn day(field: &str, text: &str) -> Result<Date> {
    Date::parse(text).map_err(|e| Error::argument(format!("{field}: {text:?}: {e}")))
}

input! {
    /// What a device says of itself when it joins.
    JoinInput {
        /// Its facility, where the invitation names none.
        facility: Option<String>,
        /// What it is called, for the person who enrols it.
        label: Option<String>,
        /// Its key's suite; Ed25519 where absent.
        suite: Option<KeySuite>,
        /// The public key, where a key store outside keeps the private one: 32 bytes of Ed25519, 33 of P-256 (SEC 1,
        /// compressed). Absent: a key is made and kept with the files.
        #[cfg_attr(
            all(feature = "wasm", target_arch = "wasm32"),
            serde(with = "serde_bytes"),
            tsify(optional, type = "Uint8Array")
        )]
        public_key: Option<Vec<u8>>,
    }
}

input! {
    /// What is counted.
    CountInput {
        /// The store; the main one where absent.
        store: Option<String>,
        /// Only these funds; `none` for the facility's own. All where empty.
        funds: Vec<String>,
        /// Only these products, `scheme:value`. All where empty.
        products: Vec<String>,
        /// Whether who counts isn't shown what should be there.
        blind: bool,
        /// `kind:number`.
        document: Option<String>,
        /// Who counts.
        operator: Option<String>,
    }
}

impl From<CountInput> for CountPlan {
    fn from(of: CountInput) -> Self {
        let CountInput { store, funds, products, blind, document, operator } = of;
        Self { store, funds, products, blind, document, operator }
    }
}

input! {
    /// What stands beside a correction.
    NoteInput {
        /// Staff code.
        operator: Option<String>,
        /// `kind:number`.
        document: Option<String>,
        /// The facility's own reason.
        local_reason: Option<String>,
    }
}

impl From<NoteInput> for Note {
    fn from(of: NoteInput) -> Self {
        let NoteInput { operator, document, local_reason } = of;
        Self { operator, document, local_reason }
    }
}

input! {
    /// A hand-over.
    HandoverInput {
        /// To whom, `facility:01C55`.
        to: String,
        /// The reason's name; `wholesale` where absent.
        reason: Option<String>,
        /// Up to two documents, `kind:number`.
        documents: Vec<String>,
        /// The lines.
        lines: Vec<MovementInput>,
        /// Who hands over.
        operator: Option<String>,
        /// Whether amounts and operator stand in the code, for whoever reads it.
        show_detail: bool,
    }
}

impl HandoverInput {
    pub(super) fn plan(self) -> Answer<HandoverPlan> {
        let Self { to, reason, documents, lines, operator, show_detail } = self;
        let lines = self::lines(lines)?;
        Ok(HandoverPlan { to, reason, documents, lines, operator, show_detail })
    }
}

input! {
    /// A line of which another quantity came than was sent.
    GotLine {
        /// The line, from 1.
        line: u32,
        /// What came.
        quantity: String,
    }
}

input! {
    /// The stage that the vaccine vial monitor of a line shows.
    SeenStage {
        /// The line, from 1.
        line: u32,
        /// 1 to 4; 0 where it has none.
        vvm: u8,
    }
}

input! {
    /// What was refused of a line.
    RefusedLine {
        /// The line, from 1.
        line: u32,
        /// How much.
        quantity: String,
        /// The reason's name.
        reason: String,
    }
}

input! {
    /// What a person found when the goods came.
    ReceiveInput {
        /// Lines of which another quantity came.
        got: Vec<GotLine>,
        /// What was refused.
        refused: Vec<RefusedLine>,
        /// Lines whose vaccine vial monitor shows another stage than their sender wrote.
        vvm: Vec<SeenStage>,
        /// The reason's name; `supplier` where absent.
        reason: Option<String>,
        /// A further document of the own facility, `kind:number`.
        document: Option<String>,
        /// Who receives.
        operator: Option<String>,
        /// Take it though what is known is old or unknown.
        despite_warnings: bool,
    }
}

impl From<ReceiveInput> for ReceivePlan {
    fn from(of: ReceiveInput) -> Self {
        let got = of.got.into_iter().map(|of| (of.line as usize, of.quantity)).collect();
        let refuse = of.refused.into_iter().map(|of| (of.line as usize, of.quantity, of.reason)).collect();
        Self {
            got,
            refuse,
            vvm: of.vvm.into_iter().map(|of| (of.line as usize, of.vvm)).collect(),
            reason: of.reason,
            document: of.document,
            operator: of.operator,
            despite_warnings: of.despite_warnings,
        }
    }
}

input! {
    /// Which stock is asked for; what stays absent isn't restricted.
    StockInput {
        /// The facility; the own one where absent.
        facility: Option<String>,
        /// Only this store; `main` for the main one.
        store: Option<String>,
        /// Only this product, `scheme:value`, under any of its names.
        product: Option<String>,
        /// Only this lot; `none` where none is printed.
        lot: Option<String>,
        /// The legal day that decides what is expired; that of now where absent.
        today: Option<String>,
        /// Only what is last usable on this day or before.
        until: Option<String>,
        /// Also where nothing is left and nothing is on the way.
        empty_too: bool,
    }
}

impl StockInput {
    pub(in crate::api) fn query(self) -> Answer<crate::account::StockQuery> {
        let date = |field: &str, text: Option<String>| text.map(|text| day(field, &text)).transpose();
        Ok(crate::account::StockQuery {
            facility: self.facility,
            store: self.store,
            product: self.product,
            lot: self.lot,
            today: date("today", self.today)?,
            until: date("until", self.until)?,
            empty_too: self.empty_too,
        })
    }
}

input! {
    /// Which movements are asked for; what stays absent isn't restricted.
    MovementsInput {
        /// Only `movement`, `reversal`, `refuse`, `attest`. All of these where empty.
        kinds: Vec<String>,
        /// Only what moved this way, and what takes it back.
        direction: Option<Direction>,
        /// Only for this reason of that direction: its name or number.
        reason: Option<String>,
        /// Only what devices of this facility wrote.
        facility: Option<String>,
    }
}

impl From<MovementsInput> for MovementsQuery {
    fn from(of: MovementsInput) -> Self {
        let MovementsInput { kinds, direction, reason, facility } = of;
        Self { kinds, direction: direction.map(Into::into), reason, facility }
    }
}

input! {
    /// Which findings are asked for.
    FindingsInput {
        /// The facility, as sender or receiver; the own one where absent.
        facility: Option<String>,
        /// Those of every facility of which something is held here.
        all: bool,
        /// After how many days without an answer a shipment is a finding; 14 where absent.
        answer_days: Option<u16>,
        /// Products that are controlled medicines, `scheme:value`: what no record says.
        controlled: Vec<String>,
    }
}

impl From<FindingsInput> for FindingsQuery {
    fn from(of: FindingsInput) -> Self {
        let FindingsInput { facility, all, answer_days, controlled } = of;
        let answer_days = answer_days.unwrap_or(Self::default().answer_days);
        Self { facility, all, answer_days, controlled }
    }
}

input! {
    /// Which lot.
    LotInput {
        /// The facility of a card; the own one where absent. A trace goes through all.
        facility: Option<String>,
        /// The product, `scheme:value`.
        product: String,
        /// The lot; `none` where none is printed. A card without one is of every lot of the product.
        lot: Option<String>,
    }
}

impl LotInput {
    pub(in crate::api) fn query(self) -> LotQuery {
        let Self { facility, product, lot } = self;
        LotQuery { facility, product, lot }
    }
}

choice! {
    /// Which report.
    ReportName {
        /// Opening, in, out, closing of each lot in a period: the national form.
        Turnover,
        /// The same of each product.
        Products,
        /// The register of specially controlled medicines: every movement with the balance after it.
        Register,
        /// The half-year's form of specially controlled medicines.
        HalfYear,
        /// Which lines of a report that was sent differ now, and by which records.
        Correction,
        /// Consumption, its monthly average, months of stock, open-vial wastage.
        Usage,
        /// Days on which there was nothing to dispense.
        StockOuts,
        /// What expires soon, and what it is worth.
        AtRisk,
        /// What was sent and what became of it, from both ends.
        Deliveries,
    }
}

impl From<ReportName> for ReportKind {
    fn from(of: ReportName) -> Self {
        match of {
            ReportName::Turnover => Self::Turnover,
            ReportName::Products => Self::Products,
            ReportName::Register => Self::Register,
            ReportName::HalfYear => Self::HalfYear,
            ReportName::Correction => Self::Correction,
            ReportName::Usage => Self::Usage,
            ReportName::StockOuts => Self::StockOuts,
            ReportName::AtRisk => Self::AtRisk,
            ReportName::Deliveries => Self::Deliveries,
        }
    }
}

input! {
    /// What a report is about.
    ReportInput {
        /// Which; the turnover where absent.
        report: Option<ReportName>,
        /// The facility; the own one where absent.
        facility: Option<String>,
        /// The first legal day.
        from: Option<String>,
        /// The last legal day; today where absent.
        until: Option<String>,
        /// Half a year instead of days: `2026-1` or `2026-2`.
        half: Option<String>,
        /// Only this store; `main` for the main one.
        store: Option<String>,
        /// Only this fund; `own` for the facility's own.
        fund: Option<String>,
        /// Only these products, `scheme:value`; all where empty.
        products: Vec<String>,
        /// Specially controlled products: `scheme:value`, or with how, `narcotic=scheme:value`.
        controlled: Vec<String>,
        /// Of what is at risk: within how many days from today it expires; 90 where absent.
        within_days: Option<u16>,
        /// Of a correction: the `json` of the report that was sent.
        sent: Option<String>,
    }
}

impl ReportInput {
    pub(in crate::api) fn query(self) -> Answer<(ReportKind, ReportQuery)> {
        let date = |field: &str, text: Option<String>| text.map(|text| day(field, &text)).transpose();
        let unless = |text: Option<String>, none: &str| text.map(|text| Some(text).filter(|text| text != none));
        let query = ReportQuery {
            facility: self.facility,
            from: date("from", self.from)?,
            until: date("until", self.until)?,
            half: self.half.as_deref().map(half_of).transpose()?,
            store: unless(self.store, "main"),
            fund: unless(self.fund, "own"),
            products: self.products,
            controlled: self.controlled.iter().map(|text| control_of(text)).collect::<Result<_>>()?,
            within: self.within_days.unwrap_or(NEAR_EXPIRY_DAYS),
            sent: self.sent.as_deref().map(SentReport::parse).transpose()?,
        };
        Ok((self.report.map_or(ReportKind::Turnover, Into::into), query))
    }
}
