//! What a settled ledger says, with the keys of `ledger.jsonl`. A microcontroller says it too (`tests/probe/vectors`), so
//! nothing here needs more than an allocator.
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use medlot_core::crypto::Hash;
use medlot_core::ident::{LotNumber, Product, Quantity};
use medlot_core::ledger::{Asked, Lot, Picking, Place, Settled};
use medlot_core::time::{Date, Timestamp};
use medlot_core::trust::RecordId;
use serde_json::{Map, Value, json};

/// An outcome, or why a question can't be answered.
pub(crate) type Done<T> = Result<T, Box<dyn core::error::Error>>;

/// Hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn short(at: &RecordId) -> String {
    hex(&at.identity.0[..8])
}

/// Leaves out what is null.
fn without_nothing(value: Value) -> Value {
    match value {
        Value::Object(map) => map.into_iter().filter(|(_, v)| !v.is_null()).collect::<Map<_, _>>().into(),
        other => other,
    }
}

/// Answers what is asked of a settled ledger, with the keys of `ledger.jsonl`.
///
/// # Errors
/// A question in no form.
pub(crate) fn say(settled: Settled<'_>, asked: &Value) -> Done<Value> {
    let as_of = settled.facilities().into_iter().map(|facility| {
        let logs = settled.as_of(facility).into_iter();
        (facility.to_owned(), logs.map(|(log, count): (Hash, u32)| json!([hex(&log.0[..8]), count])).collect())
    });
    let lots = settled.facilities().into_iter().flat_map(|facility| settled.lots(facility));
    let shipments = settled.shipments();
    let shipments = shipments.iter().map(|s| {
        without_nothing(json!({
            "record": short(&s.record), "to": s.to, "sent": s.sent, "received": s.received, "back": s.back,
            "refused": s.refused, "remaining": s.remaining, "answers": s.answers.iter().map(short).collect::<Vec<_>>(),
        }))
    });
    let picks = asked["picks"].as_array().into_iter().flatten().map(|wanted| pick(settled, wanted));
    Ok(json!({
        "as_of": as_of.collect::<Map<_, _>>(),
        "lots": lots.map(|lot| of_lot(&lot)).collect::<Vec<_>>(),
        "shipments": shipments.collect::<Vec<_>>(),
        "picks": picks.collect::<Done<Vec<_>>>()?,
        "findings": findings(settled, asked)?,
    }))
}

fn named(product: Option<Product<'_>>, lot: Option<LotNumber<'_>>) -> Value {
    json!({"product": product.map(|p| p.to_string()), "lot": lot.map(|l| l.as_str())})
}

fn place(at: &Place<'_>) -> Value {
    json!({"store": at.store, "fund": at.fund, "vvm": at.vvm, "hold": at.hold.then_some(true)})
}

/// Several objects as one.
fn joined(objects: impl IntoIterator<Item = Value>) -> Value {
    let maps = objects.into_iter().filter_map(|value| if let Value::Object(map) = value { Some(map) } else { None });
    without_nothing(maps.flatten().collect::<Map<_, _>>().into())
}

fn of_lot(lot: &Lot<'_>) -> Value {
    let stock = lot.shelf().into_iter().filter(|shelf| !shelf.is_empty()).map(|shelf| {
        let parts: Vec<Value> =
            shelf.parts.iter().map(|(left, per, measure)| json!([left, per, measure.number()])).collect();
        joined([place(&shelf.place), json!({"units": shelf.units, "parts": (!parts.is_empty()).then_some(parts)})])
    });
    let mut recalls: Vec<String> = lot.recalls().iter().map(short).collect();
    recalls.sort();
    joined([
        named(lot.product(), lot.number()),
        json!({
            "facility": lot.facility(), "expiry": lot.expiry().to_string(), "stock": stock.collect::<Vec<_>>(),
            "recalls": (!recalls.is_empty()).then_some(recalls),
        }),
    ])
}

fn pick(settled: Settled<'_>, wanted: &Value) -> Done<Value> {
    let text = |key: &str| wanted[key].as_str();
    let wanted = Picking {
        facility: text("facility").ok_or("facility")?,
        product: Product::parse(text("product").ok_or("product")?)?,
        quantity: Quantity::Units(u32::try_from(wanted["units"].as_u64().ok_or("units")?)?),
        opened: false,
        store: text("store").map(|store| Some(store).filter(|s| !s.is_empty())),
        fund: text("fund").map(|fund| Some(fund).filter(|f| !f.is_empty())),
        today: Date::parse(text("today").ok_or("today")?)?,
    };
    let (picked, short) = settled.pick(&wanted);
    let picked = picked.iter().map(|p| {
        joined([named(p.lot.product(), p.lot.number()), place(&p.place), json!({"units": p.quantity.count()})])
    });
    Ok(json!({"picked": picked.collect::<Vec<_>>(), "short": short}))
}

fn findings(settled: Settled<'_>, asked: &Value) -> Done<Vec<Value>> {
    let controlled: BTreeSet<&str> =
        asked["controlled"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let now = asked["now"].as_u64().map(u32::try_from).transpose()?;
    let question = Asked {
        facility: asked["facility"].as_str(),
        now: now.map(Timestamp::from_secs),
        utc_offset: i16::try_from(asked["utc_offset"].as_i64().ok_or("utc_offset")?)?,
        answer_days: u16::try_from(asked["answer_days"].as_u64().ok_or("answer_days")?)?,
        controlled: &|product| controlled.contains(product.to_string().as_str()),
    };
    let found = settled.findings(&question);
    let said = found.iter().map(|f| {
        joined([
            named(f.product, f.lot),
            json!({
                "code": f.kind.code(), "facility": f.facility, "other": f.other, "amount": f.amount,
                "records": f.records.iter().map(short).collect::<Vec<_>>(),
            }),
        ])
    });
    Ok(said.collect())
}
