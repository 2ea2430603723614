//! Rows of reports as JSON: the keys of `spec/json/report.schema.json`.

use super::super::card::put_amount;
use super::super::{put_lot, record_json, time_text};
use super::SentReport;
use super::say::{amounts_of, column_name, control_name, decimal, number, put_turnover, worth};
use crate::error::Result;
use crate::view;
use medlot_core::ident::{LotNumber, Product};
use medlot_core::ledger::Settled;
use medlot_core::ledger::report::{
    AtRisk, Cause, Control, Correction, Delivery, Exact, Fraction, Half, HalfYearLine, Page, PageLine, Period,
    PeriodLine, Posting, ProductLine, Run, StockOut, Turnover, Usage,
};
use medlot_core::movement::{Direction, reasons};
use medlot_core::time::{Date, Expiry};
use serde_json::{Map, Value, json};

/// What rows are made of.
#[derive(Clone, Copy)]
pub(super) struct Rows<'l, 'q> {
    pub(super) settled: Settled<'l>,
    pub(super) period: &'q Period<'q>,
}

fn put_exact(out: &mut Map<String, Value>, key: &str, exact: &Exact) {
    put_amount(out, key, &amounts_of(exact));
}

/// `key` in decimals, and `key_exact` as numerator and denominator.
fn put_fraction(out: &mut Map<String, Value>, key: &str, of: Option<Fraction>, decimals: u32) {
    let Some((of, text)) = of.and_then(|of| Some((of, decimal(of, decimals)?))) else { return };
    out.insert(key.into(), text.into());
    out.insert(format!("{key}_exact"), json!([number(of.numerator), number(of.denominator)]));
}

fn put_control(out: &mut Map<String, Value>, control: Control) {
    out.insert("control".into(), control_name(control).into());
}

/// A run of records as JSON.
pub(super) fn run_json(run: &Run) -> Value {
    let Run { log, from, until, head } = run;
    json!({"log": log.to_string(), "from": from, "until": until, "head": head.to_string()})
}

impl<'l> Rows<'l, '_> {
    fn row(&self, product: &Product<'_>, lot: Option<&LotNumber<'_>>, expiry: Option<Expiry>) -> Map<String, Value> {
        let mut out = Map::new();
        out.insert("facility".into(), self.period.facility.into());
        put_lot(&mut out, Some(product), lot);
        if let Some(expiry) = expiry {
            view::put_expiry(&mut out, expiry);
        }
        out
    }

    pub(super) fn turnover(&self) -> Vec<Value> {
        let report = self.settled.period(self.period);
        // A lot's units and parts stand beside each other; a person reads them together.
        let row = |lot: &[PeriodLine<'l>]| {
            let first = lot.first()?;
            let mut out = self.row(&first.product, first.lot.as_ref(), Some(first.expiry));
            put_turnover(&mut out, &lot.iter().map(|line| (line.parts, &line.turnover)).collect::<Vec<_>>());
            Some(Value::Object(out))
        };
        report.lots.chunk_by(|a, b| a.product == b.product && a.lot == b.lot).filter_map(row).collect()
    }

    pub(super) fn products(&self) -> Vec<Value> {
        let report = self.settled.period(self.period);
        let row = |product: &[ProductLine<'l>]| {
            let mut out = self.row(&product.first()?.product, None, None);
            put_turnover(&mut out, &product.iter().map(|line| (line.parts, &line.turnover)).collect::<Vec<_>>());
            Some(Value::Object(out))
        };
        report.products.chunk_by(|a, b| a.product == b.product).filter_map(row).collect()
    }

    /// Each page begins with what stood before.
    pub(super) fn register(&self, control: &dyn Fn(&Product<'_>) -> Control) -> Vec<Value> {
        let register = self.settled.register(self.period, control);
        let mut rows = Vec::new();
        for page in &register.pages {
            let mut opening = self.row(&page.product, None, None);
            put_control(&mut opening, page.control);
            opening.insert("reason".into(), "opening".into());
            put_amount(&mut opening, "balance", &[(page.turnover.opening, page.parts)]);
            rows.push(Value::Object(opening));
            rows.extend(page.lines.iter().map(|line| self.register_line(page, line)));
        }
        rows
    }

    fn register_line(&self, page: &Page<'l>, line: &PageLine<'l>) -> Value {
        let mut out = self.row(&page.product, line.lot.as_ref(), Some(line.expiry));
        put_control(&mut out, page.control);
        out.insert("record".into(), record_json(&line.record));
        out.insert("time".into(), time_text(line.time).into());
        let name = |direction| reasons::of(direction).name(line.reason).map(str::to_owned);
        let (way, reason) = match line.direction {
            Some(direction @ Direction::In) => ("in", name(direction)),
            Some(direction @ Direction::Out) => ("out", name(direction)),
            Some(direction @ Direction::Move) => ("move", name(direction)),
            None => ("count", Some("counted".into())),
        };
        out.insert("direction".into(), way.into());
        out.insert("reason".into(), reason.unwrap_or_else(|| format!("other-{}", line.reason)).into());
        put_amount(&mut out, "quantity", &[(line.quantity, page.parts)]);
        put_amount(&mut out, "change", &[(line.change, page.parts)]);
        put_amount(&mut out, "balance", &[(line.balance, page.parts)]);
        let documents = || line.documents.iter().flatten();
        if let Some(first) = documents().next() {
            out.insert("document".into(), first.number.as_str().into());
        }
        out.insert("documents".into(), documents().map(view::document).collect());
        if let Some(party) = line.counterparty {
            out.insert("counterparty".into(), party.to_string().into());
        }
        if let Some(operator) = line.operator {
            out.insert("operator".into(), operator.as_str().into());
        }
        Value::Object(out)
    }

    pub(super) fn half_year(
        &self,
        half: (u16, Half),
        control: &dyn Fn(&Product<'_>) -> Control,
        more: &mut Map<String, Value>,
    ) -> Result<Vec<Value>> {
        let form = self.settled.half_year(self.period, half, control)?;
        more.insert("due".into(), form.due.to_string().into());
        let row = |lines: &[HalfYearLine<'l>]| {
            let first = lines.first()?;
            let mut out = self.row(&first.product, None, None);
            put_control(&mut out, first.control);
            let mut put = |key: &str, of: &dyn Fn(&HalfYearLine<'l>) -> i64| {
                put_amount(&mut out, key, &lines.iter().map(|line| (of(line), line.parts)).collect::<Vec<_>>());
            };
            put("opening", &|l| l.opening);
            put("in", &|l| l.came);
            put("out", &|l| l.went);
            put("lost", &|l| l.lost);
            put("counted", &|l| l.counted);
            put("closing", &|l| l.closing);
            Some(Value::Object(out))
        };
        Ok(form.lines.chunk_by(|a, b| a.product == b.product).filter_map(row).collect())
    }

    pub(super) fn correction(&self, sent: &SentReport, more: &mut Map<String, Value>) -> Vec<Value> {
        let (mut earlier, missing) = self.settled.earlier(&sent.held, true);
        if !missing.is_empty() {
            more.insert("no_longer_held".into(), missing.iter().map(run_json).collect());
        }
        let corrections = self.settled.corrections(earlier.settled(), self.period);
        corrections.iter().map(|correction| self.corrected(correction)).collect()
    }

    fn corrected(&self, of: &Correction<'_>) -> Value {
        let mut out = self.row(&of.product, of.lot.as_ref(), None);
        let side = |turnover: &Turnover| {
            let mut side = Map::new();
            put_turnover(&mut side, &[(of.parts, turnover)]);
            Value::Object(side)
        };
        out.insert("before".into(), side(&of.before));
        out.insert("after".into(), side(&of.after));
        put_amount(&mut out, "closing_before", &[(of.before.closing, of.parts)]);
        put_amount(&mut out, "closing_after", &[(of.after.closing, of.parts)]);
        let posting = |posting: &Posting| {
            let mut side = Map::new();
            side.insert("column".into(), column_name(posting.column).into());
            put_amount(&mut side, "change", &[(posting.change, of.parts)]);
            side.insert("value".into(), worth(&posting.value));
            Value::Object(side)
        };
        let cause = |cause: &Cause| {
            let mut json = Map::new();
            json.insert("record".into(), record_json(&cause.record));
            json.insert("why".into(), cause.why.name().into());
            json.insert("before".into(), cause.before.as_ref().map_or(Value::Null, posting));
            json.insert("after".into(), cause.after.as_ref().map_or(Value::Null, posting));
            json.insert("because".into(), cause.because.iter().map(record_json).collect());
            Value::Object(json)
        };
        out.insert("causes".into(), of.causes.iter().map(cause).collect());
        Value::Object(out)
    }

    pub(super) fn usage(&self, today: Date) -> Vec<Value> {
        let row = |usage: &Usage<'l>| {
            let mut out = self.row(&usage.product, None, None);
            put_exact(&mut out, "retail", &usage.retail);
            put_exact(&mut out, "administered", &usage.administered);
            put_exact(&mut out, "used_in_facility", &usage.used_in_facility);
            put_exact(&mut out, "consumed", &usage.consumed());
            put_exact(&mut out, "open_vial_wastage", &usage.open_vial_wastage);
            put_exact(&mut out, "usable", &usage.usable);
            out.insert("months".into(), usage.months.into());
            out.insert("days".into(), usage.days.into());
            out.insert("days_in_stock".into(), usage.days_in_stock.into());
            put_fraction(&mut out, "average", usage.average(), 2);
            let in_stock = usage.average_in_stock();
            put_fraction(&mut out, "average_in_stock", in_stock, 2);
            // Where a product was out of stock its need is that of the days on which it wasn't.
            let months = in_stock.or(usage.average()).and_then(|average| usage.months_of_stock(average));
            put_fraction(&mut out, "months_of_stock", months, 1);
            let percent = usage.wastage().and_then(|share| share.times(Fraction::new(100, 1)?));
            put_fraction(&mut out, "wastage_percent", percent, 1);
            Value::Object(out)
        };
        self.settled.usage(self.period, today).iter().map(row).collect()
    }

    pub(super) fn stock_outs(&self) -> Vec<Value> {
        let row = |of: &StockOut<'l>| {
            let mut out = self.row(&of.product, None, None);
            out.insert("days".into(), of.days.into());
            out.insert("out_of_stock".into(), of.out.into());
            let span = |(from, to): &(Date, Date)| json!({"from": from.to_string(), "until": to.to_string()});
            out.insert("spans".into(), of.spans.iter().map(span).collect());
            Value::Object(out)
        };
        self.settled.stock_outs(self.period).iter().map(row).collect()
    }

    pub(super) fn at_risk(&self, today: Date, within: u16) -> Result<Vec<Value>> {
        let rows = self.settled.at_risk(self.period.facility, today, within)?;
        let row = |of: &AtRisk<'l>| {
            let mut out = self.row(&of.product, of.lot.as_ref(), None);
            out.insert("last_usable".into(), of.last_usable.to_string().into());
            put_exact(&mut out, "on_hand", &of.on_hand);
            put_fraction(&mut out, "price", of.price, 2);
            if let Some(by) = &of.priced_by {
                out.insert("priced_by".into(), record_json(by));
                out.insert("tax_included".into(), of.tax_included.into());
            }
            if let Some(value) = of.value {
                out.insert("value".into(), number(value));
            }
            Value::Object(out)
        };
        let wanted = |of: &&AtRisk<'l>| self.period.products.is_none_or(|wanted| wanted(&of.product));
        Ok(rows.iter().filter(wanted).map(row).collect())
    }

    pub(super) fn deliveries(&self) -> Vec<Value> {
        self.settled.deliveries(self.period).iter().map(|delivery| self.delivery(delivery)).collect()
    }

    fn delivery(&self, of: &Delivery<'_>) -> Value {
        let s = &of.shipment;
        let mut out = self.row(&s.product, s.lot.as_ref(), Some(s.expiry));
        out.insert("record".into(), record_json(&s.record));
        out.insert("time".into(), time_text(s.time).into());
        out.insert("from".into(), s.from.into());
        if let Some(to) = s.to {
            out.insert("to".into(), to.into());
        }
        if let Some(document) = &s.document {
            out.insert("document".into(), view::document(document));
        }
        for (key, n) in [
            ("sent", u64::from(s.sent)),
            ("received", s.received),
            ("refused", s.refused),
            ("back", of.taken_back),
            ("lost", of.lost),
            ("on_the_way", s.remaining),
            ("short", of.short),
            ("over", of.over),
        ] {
            put_amount(&mut out, key, &[(i64::try_from(n).unwrap_or(i64::MAX), s.parts)]);
        }
        out.insert("answers".into(), s.answers.iter().map(record_json).collect());
        Value::Object(out)
    }
}
