//! Counting stock: a beginning, a line for each lot on the shelf, an end.
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::fields::{Fields, by_encoding, document, products_in_order};
use crate::stock::written;
use medlot_core::ident::{Fund, Operator, Store};
use medlot_core::movement::{Bucket, Direction};
use medlot_core::record::{AnyFund, CountBegin, CountEnd, CountLine, Entry, List, Record};
use serde_json::Value;

/// What is counted.
#[derive(Debug, Clone, Default)]
pub struct CountPlan {
    /// The store; the main one otherwise.
    pub store: Option<String>,
    /// Only these funds; `none` for the facility's own. All where there are none.
    pub funds: Vec<String>,
    /// Only these products, `scheme:value`. All where there are none.
    pub products: Vec<String>,
    /// Whether who counts isn't shown what should be there.
    pub blind: bool,
    /// `kind:number`.
    pub document: Option<String>,
    /// Who counts.
    pub operator: Option<String>,
}

/// Begins a count; its index is what the end and further lines go by.
///
/// # Errors
/// A field that can't be; more than 8 funds or 64 products, or one of them twice.
pub fn begin(desk: &mut Desk, plan: &CountPlan) -> Result<Value> {
    let mut funds: Vec<&str> = plan.funds.iter().map(|f| if f == "none" { "" } else { f.as_str() }).collect();
    funds.sort_unstable_by_key(|f| by_encoding(f));
    let funds = funds
        .into_iter()
        .map(|f| if f.is_empty() { Ok(AnyFund(None)) } else { Fund::parse(f).map(|f| AnyFund(Some(f))) });
    let funds = funds.collect::<std::result::Result<Vec<_>, _>>()?;
    let products = products_in_order(&plan.products)?;
    let (mut of_funds, mut of_products) = ([0; 256], [0; 4_096]);
    let entry = CountBegin {
        operator: plan.operator.as_deref().map(Operator::parse).transpose()?,
        store: plan.store.as_deref().map(Store::parse).transpose()?,
        funds: if funds.is_empty() { None } else { Some(List::encode(&funds, &mut of_funds)?) },
        products: if products.is_empty() { None } else { Some(List::encode(&products, &mut of_products)?) },
        blind: plan.blind,
        document: plan.document.as_deref().map(document).transpose()?,
        extensions: None,
    };
    let first = desk.write(Entry::CountBegin(entry))?;
    written(desk, first, 1)
}

/// A count of the own log, as far as it goes.
struct Open {
    begin: u32,
    lines: u32,
    ended: bool,
}

/// The index at which the count begins that a line would belong to: the one given, else the last.
///
/// # Errors
/// No such count, or one that has ended.
pub(crate) fn begun(desk: &Desk, at: Option<u32>) -> Result<u32> {
    open(desk, at).map(|count| count.begin)
}

/// The count that begins at this index; the last one where none is given.
fn open(desk: &Desk, at: Option<u32>) -> Result<Open> {
    let mut found: Option<Open> = None;
    for (index, bytes) in (0u32..).zip(desk.log().records().iter()) {
        match Record::decode(bytes).map(|r| r.entry) {
            Ok(Entry::CountBegin(_)) if at.is_none_or(|at| at == index) => {
                found = Some(Open { begin: index, lines: 0, ended: false });
            }
            Ok(Entry::CountLine(line)) => {
                if let Some(count) = found.as_mut().filter(|c| index.checked_sub(line.begin) == Some(c.begin)) {
                    count.lines += 1;
                }
            }
            Ok(Entry::CountEnd(end)) => {
                if let Some(count) = found.as_mut().filter(|c| index.checked_sub(end.begin) == Some(c.begin)) {
                    count.ended = true;
                }
            }
            _ => {}
        }
    }
    let found = found.ok_or_else(|| match at {
        Some(at) => Error::argument(format!("count {at}: no count begins at this record of the own log")),
        None => Error::refused("no count was begun: begin one with `medlot count begin`"),
    })?;
    if found.ended {
        let begin = found.begin;
        return Err(Error::refused(format!("count {begin}: is ended; what was missed is a new count")));
    }
    Ok(found)
}

/// Writes what stands on the shelf of one lot; 0 where nothing of it is left. `shown` is the balance that the person
/// saw; it stays `None` in a blind count.
///
/// # Errors
/// No open count; a field that can't be, or that a count line doesn't have; a transit, which is never counted.
pub fn line(desk: &mut Desk, count: Option<u32>, fields: &Fields, shown: Option<i64>) -> Result<Value> {
    let open = open(desk, count)?;
    fields.takes_place_now("a count line")?;
    let seen = fields.movement(Direction::Out)?;
    if seen.bucket == Bucket::Transit {
        return Err(Error::refused("bucket: what is in transit is never counted; give available or hold"));
    }
    // A line says what stands there. What else was given is refused rather than lost; a pack's SSCC comes with a scan.
    let more = [
        ("store", fields.store.is_some()),
        ("reason", fields.reason.is_some()),
        ("target", [&fields.to_store, &fields.to, &fields.to_fund].into_iter().any(Option::is_some)),
        ("target VVM", fields.to_vvm.is_some()),
        ("counterparty", fields.counterparty.is_some()),
        ("document", !fields.documents.is_empty()),
        ("amount", fields.amount.is_some()),
        ("local reason", fields.local_reason.is_some()),
    ];
    if let Some((field, _)) = more.into_iter().find(|(_, given)| *given) {
        return Err(Error::argument(format!("{field}: a count line has none; store and document are its count's")));
    }
    let entry = CountLine {
        begin: desk.log().tip().count() - open.begin,
        product: seen.product,
        lot: seen.lot,
        expiry: seen.expiry,
        quantity: seen.quantity,
        shown,
        operator: seen.operator,
        bucket: seen.bucket,
        fund: seen.fund,
        vvm: seen.vvm,
        made_on: seen.made_on,
        serial: seen.serial,
        extensions: None,
    };
    let first = desk.write(Entry::CountLine(entry))?;
    written(desk, first, 1)
}

/// Ends a count. `rest_is_zero`: what was counted and has no line is gone from the shelf.
///
/// # Errors
/// No open count.
pub fn end(desk: &mut Desk, count: Option<u32>, rest_is_zero: bool, operator: Option<&str>) -> Result<Value> {
    let open = open(desk, count)?;
    let entry = CountEnd {
        begin: desk.log().tip().count() - open.begin,
        lines: open.lines,
        rest_is_zero,
        operator: operator.map(Operator::parse).transpose()?,
        extensions: None,
    };
    let first = desk.write(Entry::CountEnd(entry))?;
    written(desk, first, 1)
}
