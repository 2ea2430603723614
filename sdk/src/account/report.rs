//! Reports: what a facility hands in or plans by. A further kind is a variant of [`ReportKind`] and an arm of
//! [`Account::report`]; the command lists kinds and prints columns as they are said here.

use super::card::put_amount;
use super::{Account, put_lot};
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::view;
use medlot_core::ledger::Turnover;
use medlot_core::time::{Date, Days};
use serde_json::{Map, Value};

/// Which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportKind {
    /// Opening, in, out, closing of each lot in a period: the national form.
    Turnover,
}

impl ReportKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Turnover];

    /// Its name in commands and answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Turnover => "turnover",
        }
    }

    /// The keys of its rows that a table shows, in order.
    #[must_use]
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Turnover => &["product", "lot", "expiry", "opening", "in", "out", "counted", "closing"],
        }
    }
}

/// What a report is about.
#[derive(Debug, Clone, Default)]
pub struct ReportQuery {
    /// The facility; the own one otherwise.
    pub facility: Option<String>,
    /// The first legal day.
    pub from: Option<Date>,
    /// The last legal day; today otherwise.
    pub until: Option<Date>,
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
    /// What is missing: while there is anything, the report is provisional.
    pub incomplete: Vec<Value>,
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
        out.insert("rows".into(), self.rows.clone().into());
        out.insert("as_of".into(), self.as_of.clone());
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
    /// No first day; a period that ends before it begins; days before 2020.
    pub fn report(&mut self, kind: ReportKind, query: &ReportQuery, lang: Lang) -> Result<Report> {
        let facility = self.asked(query.facility.as_deref())?.to_owned();
        let from = query.from.ok_or_else(|| Error::argument("from: missing; give --month YYYY-MM or --from DATE"))?;
        let until = query.until.map_or_else(|| self.today(), Ok)?;
        if until < from {
            return Err(Error::argument(format!("until: {until} lies before from: {from}")));
        }
        let rows = match kind {
            ReportKind::Turnover => self.turnover(&facility, self.begin_of(from)?, self.end_of(until)?),
        };
        let (as_of, incomplete) = (self.as_of(&facility), self.incomplete(&facility, lang));
        Ok(Report { kind, facility, from, until, rows, as_of, incomplete })
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

    fn turnover(&mut self, facility: &str, from: i64, until: i64) -> Vec<Value> {
        let settled = self.ledger.settled();
        let mut rows = Vec::new();
        for lot in settled.lots(facility) {
            for turnover in settled.turnover(&lot, from, until) {
                let Turnover { parts, opening, came, went, counted, closing } = turnover;
                if [opening, came, went, counted].iter().all(|n| *n == 0) {
                    continue; // nothing was there and nothing moved
                }
                let mut out = Map::new();
                out.insert("facility".into(), facility.into());
                put_lot(&mut out, lot.product().as_ref(), lot.number().as_ref());
                view::put_expiry(&mut out, lot.expiry());
                for (key, n) in
                    [("opening", opening), ("in", came), ("out", went), ("counted", counted), ("closing", closing)]
                {
                    put_amount(&mut out, key, &[(n, parts)]);
                }
                rows.push(Value::Object(out));
            }
        }
        rows
    }
}
