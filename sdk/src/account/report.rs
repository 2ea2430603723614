//! Reports: what a facility hands in or plans by. A further kind is a variant of [`ReportKind`] and an arm of
//! [`Account::report`]; the command lists kinds and prints columns as they are said here.

mod rows;
mod say;
mod sent;

pub use sent::SentReport;

use super::{Account, again};
use crate::error::{Error, Result};
use crate::lang::Lang;
use medlot_core::crypto::Hash;
use medlot_core::ident::Product;
use medlot_core::ledger::report::{Completeness, Control, Half, Period, Run, Span};
use medlot_core::time::{Date, Days};
use rows::{Rows, run_json};
use serde_json::{Map, Value};

/// From how many days before its last usable day a lot is said to expire soon.
pub const NEAR_EXPIRY_DAYS: u16 = 90;

/// Reads half a year: `2026-1` or `2026-2`.
///
/// # Errors
/// Another form.
pub fn half_of(text: &str) -> Result<(u16, Half)> {
    let form = || Error::argument(format!("half: {text:?}; give the year and 1 or 2, as 2026-1"));
    let (year, half) = text.split_once('-').ok_or_else(form)?;
    let half = match half {
        "1" => Half::First,
        "2" => Half::Second,
        _ => return Err(form()),
    };
    Ok((year.parse().map_err(|_| form())?, half))
}

/// Reads a product that is specially controlled: `scheme:value`, or with how, `narcotic=scheme:value`. Without a type the
/// catalogue's number isn't known.
///
/// # Errors
/// No such type.
pub fn control_of(text: &str) -> Result<(String, Control)> {
    let Some((how, product)) = text.split_once('=') else { return Ok((text.to_owned(), Control::Other(u8::MAX))) };
    let named = (1..=6).map(Control::of_number).find(|control| control.name() == Some(how));
    let how = named.ok_or_else(|| {
        let types = "narcotic, psychotropic, precursor, poison, banned or radioactive";
        Error::argument(format!("controlled: {how:?} is no control type; give {types}"))
    })?;
    Ok((product.to_owned(), how))
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal: [$($column:literal),*],)*) => {
        /// Which report.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ReportKind { $($(#[$doc])* $kind,)* }

        impl ReportKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// Its name in commands and answers.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }

            /// The keys of its rows that a table shows, in order.
            #[must_use]
            pub const fn columns(self) -> &'static [&'static str] {
                match self { $(Self::$kind => &[$($column),*],)* }
            }
        }
    };
}

kinds! {
    /// Opening, in, out, closing of each lot in a period: the national form.
    Turnover = "turnover": ["product", "lot", "expiry", "opening", "in", "out", "counted", "closing"],
    /// The same of each product.
    Products = "products": ["product", "opening", "in", "out", "counted", "closing"],
    /// The register of specially controlled medicines: every movement with the balance after it.
    Register = "register":
        ["time", "product", "lot", "reason", "document", "counterparty", "change", "balance", "operator"],
    /// The half-year's form of specially controlled medicines (NĐ 163/2025, Form 06).
    HalfYear = "half-year": ["product", "opening", "in", "out", "lost", "counted", "closing"],
    /// Which lines of a report that was sent differ now, and by which records.
    Correction = "correction": ["product", "lot", "closing_before", "closing_after", "causes"],
    /// Consumption, its monthly average, months of stock, open-vial wastage.
    Usage = "usage":
        ["product", "consumed", "average", "average_in_stock", "usable", "months_of_stock", "wastage_percent"],
    /// Days on which there was nothing to dispense.
    StockOuts = "stock-outs": ["product", "days", "out_of_stock", "spans"],
    /// What expires soon, and what it is worth.
    AtRisk = "at-risk": ["product", "lot", "last_usable", "on_hand", "price", "value"],
    /// What was sent and what became of it, from both ends.
    Deliveries = "deliveries":
        ["time", "from", "to", "product", "lot", "sent", "received", "refused", "short", "over", "lost"],
}

/// What a report is about.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReportQuery {
    /// The facility; the own one otherwise.
    pub facility: Option<String>,
    /// The first legal day.
    pub from: Option<Date>,
    /// The last legal day; today otherwise.
    pub until: Option<Date>,
    /// Half a year, instead of days.
    pub half: Option<(u16, Half)>,
    /// Only this store; `Some(None)`: the main one.
    pub store: Option<Option<String>>,
    /// Only this fund; `Some(None)`: the facility's own.
    pub fund: Option<Option<String>>,
    /// Only these products, `scheme:value`; all otherwise.
    pub products: Vec<String>,
    /// Products that are specially controlled, and how.
    pub controlled: Vec<(String, Control)>,
    /// Within how many days from today what is at risk expires.
    pub within: u16,
    /// The report that was sent, of which corrections are asked.
    pub sent: Option<SentReport>,
}

/// A report: what it is about, and its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Which.
    pub kind: ReportKind,
    /// The facility.
    pub facility: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Rows with the keys of `spec/json/report.schema.json`.
    pub rows: Vec<Value>,
    /// Up to which record of which device it goes.
    pub as_of: Value,
    /// Whether something may still come that changes it: something is missing, or a device of the facility isn't held past
    /// the last day.
    pub provisional: bool,
    /// Exactly which records of the facility it rests on: runs of its logs. A correction begins there.
    pub held: Vec<Run>,
    /// What is missing: while there is anything, the report is provisional.
    pub incomplete: Vec<Value>,
    /// What the kind says besides its rows.
    pub more: Map<String, Value>,
}

impl Report {
    /// As JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut out = Map::new();
        out.insert("report".into(), self.kind.name().into());
        out.insert("facility".into(), self.facility.clone().into());
        out.insert("from".into(), self.from.to_string().into());
        out.insert("until".into(), self.until.to_string().into());
        out.insert("provisional".into(), self.provisional.into());
        out.extend(self.more.clone());
        out.insert("rows".into(), self.rows.clone().into());
        out.insert("as_of".into(), self.as_of.clone());
        out.insert("held".into(), self.held.iter().map(run_json).collect());
        if !self.incomplete.is_empty() {
            out.insert("incomplete".into(), self.incomplete.clone().into());
        }
        Value::Object(out)
    }
}

impl Account {
    /// Writes a report.
    ///
    /// # Errors
    /// No first day; a period that ends before it begins; days before 2020; a product, a store that can't be; no report
    /// that was sent, for a correction of it.
    pub fn report(&mut self, kind: ReportKind, query: &ReportQuery, lang: Lang) -> Result<Report> {
        let sent = query.sent.as_ref().filter(|_| kind == ReportKind::Correction);
        let asked = query.facility.as_deref().or(sent.map(|sent| sent.facility.as_str()));
        let facility = self.asked(asked)?.to_owned();
        let span = self.span_of(kind, query, sent)?;
        self.begin_of(span.from())?;
        let products: Vec<Product<'_>> =
            query.products.iter().map(|text| Ok(Product::parse(text)?)).collect::<Result<_>>()?;
        let controlled: Vec<(Product<'_>, Control)> =
            query.controlled.iter().map(|(text, how)| Ok((Product::parse(text)?, *how))).collect::<Result<_>>()?;
        let devices: Vec<Hash> =
            self.gathered.heads.get(&facility).into_iter().flat_map(|heads| heads.keys().copied()).collect();
        let today = self.today();
        let incomplete = self.incomplete(&facility, lang);
        let as_of = self.as_of(&facility);
        let utc_offset = self.utc_offset;
        let settled = self.ledger.settled();
        // A product is one with others here: what is asked for is meant under each name.
        let is_one = |a: &Product<'_>, b: &Product<'_>| a == b || settled.is_one(&facility, a, b);
        let wanted = |product: &Product<'_>| products.iter().any(|other| is_one(product, other));
        let control = |product: &Product<'_>| {
            let how = controlled.iter().find(|(other, _)| is_one(product, other));
            how.map_or(Control::None, |(_, how)| *how)
        };
        let period = Period {
            store: query.store.as_ref().map(|store| store.as_deref()),
            fund: query.fund.as_ref().map(|fund| fund.as_deref()),
            products: if products.is_empty() { None } else { Some(&wanted) },
            devices: &devices,
            ..Period::new(&facility, span, utc_offset)
        };
        let rows = Rows { settled, period: &period };
        let mut more = Map::new();
        let rows = match kind {
            ReportKind::Turnover => rows.turnover(),
            ReportKind::Products => rows.products(),
            ReportKind::Register => rows.register(&control),
            ReportKind::HalfYear => {
                let half = query.half.ok_or_else(|| Error::argument("half-year: missing; give --half 2026-1 or -2"))?;
                rows.half_year(half, &control, &mut more)?
            }
            ReportKind::Correction => {
                let sent = sent.ok_or_else(|| Error::argument("sent: missing; give the report that was sent"))?;
                rows.correction(sent, &mut more)
            }
            ReportKind::Usage => rows.usage(today?),
            ReportKind::StockOuts => rows.stock_outs(),
            ReportKind::AtRisk => rows.at_risk(today?, query.within)?,
            ReportKind::Deliveries => rows.deliveries(),
        };
        let completeness = settled.completeness(&period);
        put_completeness(&mut more, &completeness);
        let provisional = completeness.is_provisional() || !incomplete.is_empty();
        let (from, until, held) = (span.from(), span.to(), settled.held(Some(&facility)));
        Ok(Report { kind, facility, from, until, rows, as_of, provisional, held, incomplete, more })
    }

    /// The same, kept: the next page of the same report isn't worked out again while nothing more came.
    ///
    /// # Errors
    /// As [`Account::report`].
    pub(crate) fn report_in_pages(&mut self, kind: ReportKind, query: ReportQuery, lang: Lang) -> Result<&Report> {
        let of = ((kind, query), lang, self.today().ok());
        let kept = again(self.kept.report.take(), of, |((_, query), ..)| self.report(kind, query, lang))?;
        Ok(&self.kept.report.insert(kept).1)
    }

    /// Which days.
    fn span_of(&self, kind: ReportKind, query: &ReportQuery, sent: Option<&SentReport>) -> Result<Span> {
        if let Some(sent) = sent {
            return Ok(sent.span);
        }
        if let Some((year, half)) = query.half {
            return Ok(Span::half_year(year, half)?);
        }
        let today = || query.until.map_or_else(|| self.today(), Ok);
        let from = match (query.from, kind) {
            (Some(from), _) => from,
            // It is about what stands today.
            (None, ReportKind::AtRisk) => today()?,
            (None, _) => return Err(Error::argument("from: missing; give --month YYYY-MM or --from DATE")),
        };
        let until = today()?;
        if until < from {
            return Err(Error::argument(format!("until: {until} lies before from: {from}")));
        }
        Ok(Span::new(from, until)?)
    }

    /// When a legal day begins: seconds since 2020, the ledger's times.
    ///
    /// # Errors
    /// A day before 2020.
    pub fn begin_of(&self, day: Date) -> Result<i64> {
        let days = Days::of(day).ok_or_else(|| Error::argument(format!("{day}: reports begin in 2020")))?;
        Ok(i64::from(days.get()) * 86_400 - i64::from(self.utc_offset) * 60)
    }

    /// When a legal day ends: when the next begins.
    ///
    /// # Errors
    /// As [`Account::begin_of`].
    pub fn end_of(&self, day: Date) -> Result<i64> {
        Ok(self.begin_of(day)? + 86_400)
    }
}

fn put_completeness(more: &mut Map<String, Value>, of: &Completeness) {
    let devices = of.devices.iter().map(|device| {
        let mut out = Map::new();
        out.insert("log".into(), device.log.to_string().into());
        out.insert("records".into(), device.records.into());
        if let Some(last) = device.last {
            out.insert("last".into(), super::time_text(last).into());
        }
        out.insert("complete".into(), device.complete.into());
        Value::Object(out)
    });
    more.insert("devices".into(), devices.collect());
    if of.undated > 0 {
        more.insert("undated".into(), of.undated.into());
    }
}
