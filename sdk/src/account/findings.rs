//! Everything that was found: the ledger's findings and trust's, joined.

use super::gather::Gathered;
use super::{Account, put_lot, record_json, say};
use crate::error::Result;
use crate::lang::Lang;
use medlot_core::ident::Product;
use medlot_core::ledger::{Asked, Finding, FindingKind, Settled, Shipment};
use medlot_core::record::{Entry, Record};
use medlot_core::time::Timestamp;
use medlot_core::trust::RecordId;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Which findings are asked for.
#[derive(Debug, Clone)]
pub struct FindingsQuery {
    /// The facility, as sender or receiver; the own one otherwise.
    pub facility: Option<String>,
    /// Those of every facility here.
    pub all: bool,
    /// After how many days without an answer a shipment is a finding.
    pub answer_days: u16,
    /// Products that are controlled medicines, `scheme:value`: what no record says.
    pub controlled: Vec<String>,
}

impl Default for FindingsQuery {
    fn default() -> Self {
        Self { facility: None, all: false, answer_days: 14, controlled: Vec::new() }
    }
}

/// The value of a part of a line: the part's share of it, rounded half up to the currency's smallest unit.
pub(crate) fn share(value: u64, part: u64, whole: u64) -> Option<u64> {
    let (part, whole) = (u128::from(part), u128::from(whole));
    let twice = (u128::from(value) * part * 2 + whole).checked_div(whole * 2)?;
    u64::try_from(twice).ok()
}

impl Account {
    /// Everything found, by facility, number, product, lot: keys of `spec/json/findings.schema.json`.
    ///
    /// # Errors
    /// A product that can't be; a root's folder without a facility named.
    pub fn findings(&mut self, query: &FindingsQuery, lang: Lang) -> Result<Vec<Value>> {
        let only = if query.all { None } else { Some(self.asked(query.facility.as_deref())?.to_owned()) };
        let controlled =
            query.controlled.iter().map(|p| Product::parse(p)).collect::<std::result::Result<Vec<_>, _>>()?;
        let asked = Asked {
            facility: only.as_deref(),
            now: self.now,
            utc_offset: self.utc_offset,
            answer_days: query.answer_days,
            controlled: &|product| controlled.contains(product),
        };
        let Self { ledger, gathered, facility: own, .. } = self;
        let settled = ledger.settled();
        let of = Of { gathered, now: asked.now };
        let shipments = settled.shipments();
        let sent: BTreeMap<_, &Shipment<'_>> =
            shipments.iter().map(|sent| ((sent.record.log, sent.record.index, sent.record.identity), sent)).collect();
        let mut forked = Vec::new();
        let mut found: Vec<(String, u16, Value)> = Vec::new();
        for finding in settled.findings(&asked) {
            // Of another's log only pieces are here: what it has, nobody can tell.
            let in_pieces = finding.facility != own && gathered.in_pieces.contains(finding.facility);
            if finding.kind == FindingKind::NegativeStock && in_pieces {
                continue;
            }
            if finding.kind == FindingKind::Fork {
                forked.extend(finding.records.first().map(|record| record.log));
            }
            let shipment = finding.records.iter().find_map(|r| sent.get(&(r.log, r.index, r.identity)).copied());
            let json = of.finding_json(settled, &finding, shipment, lang);
            found.push((finding.facility.to_owned(), finding.kind.code(), json));
        }
        for trusted in &gathered.trust {
            let about = only
                .as_deref()
                .is_none_or(|only| trusted.facility.as_deref().is_none_or(|of| of == only || of.is_empty()));
            if !about || trusted.code == 3013 && forked.contains(&trusted.log) {
                continue;
            }
            let mut out = head(
                trusted.code,
                trusted.name,
                say::trusted(trusted.code, &trusted.device(), trusted.records.len(), lang),
            );
            out.insert("records".into(), trusted.records_json());
            let facility = trusted.facility.clone().filter(|facility| !facility.is_empty());
            if let Some(facility) = &facility {
                out.insert("facility".into(), facility.clone().into());
            }
            let mut detail = trusted.detail.clone();
            detail.insert("log".into(), trusted.log.to_string().into());
            out.insert("detail".into(), detail.into());
            found.push((facility.unwrap_or_default(), trusted.code, Value::Object(out)));
        }
        // Stable: the ledger's own order goes on within a facility and number.
        found.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        Ok(found.into_iter().map(|(.., json)| json).collect())
    }
}

/// What findings say besides what the ledger knows.
struct Of<'g> {
    gathered: &'g Gathered,
    now: Option<Timestamp>,
}

impl Of<'_> {
    fn finding_json(
        &self,
        settled: Settled<'_>,
        finding: &Finding<'_>,
        shipment: Option<&Shipment<'_>>,
        lang: Lang,
    ) -> Value {
        let product = finding.product.map_or_else(String::new, |product| product.to_string());
        let what = match finding.lot {
            Some(lot) => lang.pick(
                format!("{product} lô {lot}", lot = lot.as_str()),
                format!("{product} lot {lot}", lot = lot.as_str()),
            ),
            None => product,
        };
        let mut said = say::Said {
            what: &what,
            facility: finding.facility,
            other: finding.other.unwrap_or_default(),
            amount: finding.amount.unwrap_or(0),
            ..say::Said::default()
        };
        let mut detail = Map::new();
        if let Some(amount) = finding.amount {
            detail.insert("amount".into(), amount.into());
        }
        if let Some(other) = finding.other {
            detail.insert("other".into(), other.into());
        }
        if let Some(sent) = shipment {
            let missing = sent.remaining.saturating_sub(sent.refused);
            (said.sent, said.received, said.refused, said.missing) =
                (sent.sent.into(), sent.received, sent.refused, missing);
            said.days = self.now.map_or(0, |now| (i64::from(now.as_secs()) - sent.time) / 86_400);
            detail.insert("sent".into(), sent.sent.into());
            for (key, value) in
                [("received", sent.received), ("refused", sent.refused), ("back", sent.back), ("missing", missing)]
            {
                detail.insert(key.into(), value.into());
            }
            let value = self.gathered.amount_of(settled, &sent.record);
            let received = value.and_then(|value| share(value, sent.received, sent.sent.into()));
            if let (Some(value), Some(received)) = (value, received) {
                detail.insert("value".into(), json!({"sent": value, "received": received}));
            }
        }
        if finding.kind == FindingKind::AbsorbedByCount
            && let Some(units) = finding.records.first().and_then(|record| quantity_of(settled, record))
        {
            said.amount = units;
            detail.insert("amount".into(), units.into());
        }
        let mut out = head(finding.kind.code(), finding.kind.name(), say::finding(finding.kind, &said, lang));
        out.insert("records".into(), finding.records.iter().map(record_json).collect());
        out.insert("facility".into(), finding.facility.into());
        put_lot(&mut out, finding.product.as_ref(), finding.lot.as_ref());
        if !detail.is_empty() {
            out.insert("detail".into(), detail.into());
        }
        Value::Object(out)
    }
}

/// What a movement moved: units or parts.
fn quantity_of(settled: Settled<'_>, at: &RecordId) -> Option<i64> {
    match Record::decode(settled.record(at)?).ok()?.entry {
        Entry::Movement { movement, .. } => Some(i64::from(movement.quantity.count())),
        _ => None,
    }
}

fn head(code: u16, name: &str, message: String) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("code".into(), code.into());
    out.insert("name".into(), name.into());
    out.insert("message".into(), message.into());
    out
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn the_value_of_what_came_is_its_share_of_the_line() {
        assert_eq!(share(1_481_400, 11_800, 12_000), Some(1_456_710));
        assert_eq!(share(100, 1, 3), Some(33));
        assert_eq!(share(101, 1, 2), Some(51));
        assert_eq!(share(u64::MAX, 1, 1), Some(u64::MAX));
        assert_eq!(share(5, 0, 0), None);
    }
}
