//! The stock card of a lot, and its way from facility to facility.

use super::stock::lot_of;
use super::{Account, put_lot, record_json, time_text};
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::view;
use medlot_core::ident::{Measure, Product};
use medlot_core::ledger::{CardLine, Lot, Settled, together};
use medlot_core::record::Record;
use serde_json::{Map, Value, json};

/// Which lot is asked for.
#[derive(Debug, Clone, Default)]
pub struct LotQuery {
    /// The facility of a card; the own one otherwise. A trace goes through all.
    pub facility: Option<String>,
    /// The product, `scheme:value`.
    pub product: String,
    /// The lot number; `none` where none is printed; every lot of the product otherwise.
    pub lot: Option<String>,
}

impl Account {
    /// The stock card of a lot, or of each lot of a product: every movement and every count that set a balance, by time,
    /// log and index. Keys of `spec/json/card.schema.json`; the last balance of a lot is its stock.
    ///
    /// # Errors
    /// A field that can't be; a lot that never was at the facility.
    pub fn card(&mut self, query: &LotQuery) -> Result<Vec<Value>> {
        let facility = self.asked(query.facility.as_deref())?.to_owned();
        let product = Product::parse(&query.product)?;
        let wanted = query.lot.as_deref().map(lot_of).transpose()?;
        let settled = self.ledger.settled();
        let lots = match wanted {
            Some(lot) => settled.lot(&facility, &product, lot.as_ref()).into_iter().collect(),
            None => settled.lots(&facility).into_iter().filter(|lot| lot.is_of(&product)).collect::<Vec<_>>(),
        };
        if lots.is_empty() {
            let lot = query.lot.as_deref().map_or_else(String::new, |lot| format!(", lot {lot}"));
            return Err(Error::argument(format!("{product}{lot}: never was at {facility} as far as is known here")));
        }
        Ok(lots.iter().flat_map(|lot| card_of(settled, lot)).collect())
    }

    /// Where a lot went and where it came from, through any number of facilities and through repacking: keys of
    /// `spec/json/trace.schema.json`. A facility of which nothing is held is said not to be known here: the trace ends
    /// there.
    ///
    /// # Errors
    /// A field that can't be.
    pub fn trace(&mut self, query: &LotQuery, lang: Lang) -> Result<Value> {
        let product = Product::parse(&query.product)?;
        let wanted = query.lot.as_deref().map(lot_of).transpose()?;
        let lot = wanted.ok_or_else(|| Error::argument("lot: missing; give the lot to trace, or none"))?;
        let own = self.facility.clone();
        let trace = self.ledger.settled().trace(&product, lot.as_ref());
        let nodes: Vec<Value> =
            trace.nodes.iter().map(|node| json!({"facility": node.name, "known": node.known})).collect();
        let edge = |edge: &medlot_core::ledger::Edge<'_>| {
            let mut out = Map::new();
            out.insert("record".into(), record_json(&edge.record));
            out.insert("from".into(), edge.from.clone().into());
            out.insert("to".into(), edge.to.clone().into());
            put_lot(&mut out, Some(&edge.product), edge.lot.as_ref());
            out.insert("quantity".into(), edge.quantity.into());
            out.insert("received".into(), edge.received.into());
            if let Some((product, lot)) = &edge.made_from {
                let mut from = Map::new();
                put_lot(&mut from, Some(product), lot.as_ref());
                out.insert("made_from".into(), from.into());
            }
            Value::Object(out)
        };
        let mut out = Map::new();
        put_lot(&mut out, Some(&product), lot.as_ref());
        let edges: Vec<Value> = trace.edges.iter().map(edge).collect();
        out.insert("nodes".into(), nodes.into());
        out.insert("edges".into(), edges.into());
        let incomplete = self.incomplete(&own, lang);
        if !incomplete.is_empty() {
            out.insert("incomplete".into(), incomplete.into());
        }
        Ok(Value::Object(out))
    }
}

/// Units and parts as JSON: `key`, and `key_parts` where a unit is open.
pub(super) fn put_amount(out: &mut Map<String, Value>, key: &str, amounts: &[(i64, Option<(u16, Measure)>)]) {
    let (units, parts) = together(amounts);
    out.insert(key.into(), units.into());
    if !parts.is_empty() {
        let json = |(count, per_unit, measure): &(i64, u16, Measure)| json!({"count": count, "per_unit": per_unit, "measure": measure.to_string()});
        out.insert(format!("{key}_parts"), parts.iter().map(json).collect());
    }
}

fn card_of(settled: Settled<'_>, lot: &Lot<'_>) -> Vec<Value> {
    // A balance of each measure goes on beside the others; a person reads them together.
    let mut balances: Vec<(i64, Option<(u16, Measure)>)> = Vec::new();
    let mut line_json = |line: &CardLine<'_>| {
        match balances.iter_mut().find(|(_, parts)| *parts == line.parts) {
            Some(balance) => balance.0 = line.balance,
            None => balances.push((line.balance, line.parts)),
        }
        let mut out = Map::new();
        out.insert("log".into(), line.record.log.to_string().into());
        out.insert("index".into(), line.record.index.into());
        out.insert("id".into(), line.record.identity.to_string().into());
        out.insert("facility".into(), lot.facility().into());
        let said = settled.record(&line.record).and_then(|bytes| Record::decode(bytes).ok());
        if let Some(Value::Object(said)) = said.map(|record| view::content(&record)) {
            out.extend(said);
        }
        // The lot under the name that it has here, and the place that this line is about: a move has two.
        put_lot(&mut out, lot.product().as_ref(), lot.number().as_ref());
        let place = |key: &str, value: Option<Value>, out: &mut Map<String, Value>| match value {
            Some(value) => out.insert(key.into(), value),
            None => out.remove(key),
        };
        place("store", line.place.store.map(Value::from), &mut out);
        place("fund", line.place.fund.map(Value::from), &mut out);
        place("vvm", line.place.vvm.map(Value::from), &mut out);
        out.insert("bucket".into(), if line.place.hold { "hold" } else { "available" }.into());
        out.insert("time".into(), time_text(line.time).into());
        put_amount(&mut out, "change", &[(line.change, line.parts)]);
        put_amount(&mut out, "balance", &balances);
        if line.counted {
            out.insert("counted".into(), true.into());
        }
        Value::Object(out)
    };
    settled.card(lot).iter().map(&mut line_json).collect()
}
