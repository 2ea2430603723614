//! A movement's fields on the wire (`spec/wire-format.md` section 5.2).

use super::bytes::{Reader, Writer};
use super::wire::{RecordError, Result, Wire, full, maybe, open, put_text, put_varint, short, varint32, within};
use crate::ident::{Fund, Measure, Quantity, Store};
use crate::limits::{MAX_OPEN, MAX_QUANTITY, PARTS_PER_UNIT};
use crate::movement::{Bucket, Direction, Group, Movement};

/// The extension bit: above the 23 optional fields.
pub(super) const EXT: u32 = 1 << 23;

/// A field behind its presence bit.
pub(super) fn behind<'a, T: Wire<'a>>(r: &mut Reader<'a>, presence: u32, bit: u32) -> Result<Option<T>> {
    if presence >> bit & 1 == 1 { T::get(r).map(Some) } else { Ok(None) }
}
pub(super) fn put_some<'a, T: Wire<'a>>(w: &mut Writer<'_>, value: Option<&T>) -> Result<()> {
    value.map_or(Ok(()), |v| v.put(w))
}
/// Presence bits, lowest first.
pub(super) fn bits<const N: usize>(present: [bool; N]) -> u32 {
    present.iter().enumerate().fold(0, |bits, (i, p)| bits | u32::from(*p) << i)
}

pub(super) fn group_line(r: &mut Reader<'_>) -> Result<Group> {
    varint32(r, "group", 1, u32::MAX).map(Group::Line)
}
pub(super) fn group_head(r: &mut Reader<'_>) -> Result<Group> {
    varint32(r, "group", 1, 65_535).map(|n| Group::Head(n as u16))
}

/// Parts of a unit: how many, and of what.
pub(super) fn quantity(r: &mut Reader<'_>, count: u32, parts: bool) -> Result<Quantity> {
    if !parts {
        return Ok(Quantity::units(count)?);
    }
    let (least, most) = (u32::from(*PARTS_PER_UNIT.start()), u32::from(*PARTS_PER_UNIT.end()));
    let per_unit = varint32(r, "parts per unit", least, most)? as u16;
    Ok(Quantity::parts(count, per_unit, Measure::of_number(open(r, "measure")?)?)?)
}
/// The number of units or parts, from `least`; judges the parts too, which follow later.
pub(super) fn put_count(w: &mut Writer<'_>, quantity: Quantity, least: u32) -> Result<()> {
    within(u64::from(quantity.count()), u64::from(least), u64::from(MAX_QUANTITY), "quantity")?;
    if let Quantity::Parts { per_unit, measure, .. } = quantity {
        let (from, to) = (*PARTS_PER_UNIT.start(), *PARTS_PER_UNIT.end());
        within(u64::from(per_unit), u64::from(from), u64::from(to), "parts per unit")?;
        if Measure::of_number(measure.number())? != measure {
            return Err(RecordError::Limit("measure"));
        }
    }
    put_varint(w, quantity.count())
}
pub(super) fn put_parts(w: &mut Writer<'_>, quantity: Quantity) -> Result<()> {
    if let Quantity::Parts { per_unit, measure, .. } = quantity {
        put_varint(w, per_unit)?;
        put_varint(w, measure.number())?;
    }
    Ok(())
}

/// A stage of the vaccine vial monitor, from `least` (0 = none, in a move's target).
fn stage(r: &mut Reader<'_>, least: u8) -> Result<u8> {
    short(r.byte(), "VVM").and_then(|n| if (least..=4).contains(&n) { Ok(n) } else { Err(RecordError::Limit("VVM")) })
}

pub(super) fn get<'a>(r: &mut Reader<'a>) -> Result<(Movement<'a>, bool)> {
    let presence = varint32(r, "presence", 0, u32::MAX)?;
    if presence >> 24 != 0 {
        return Err(RecordError::UnknownBits(presence));
    }
    let has = |bit: u32| presence >> bit & 1 == 1;
    let what = varint32(r, "reason", 0, u32::from(MAX_OPEN) * 4 + 2)?;
    let direction = match what & 3 {
        0 => Direction::In,
        1 => Direction::Out,
        2 => Direction::Move,
        _ => return Err(RecordError::Limit("direction")),
    };
    let (product, lot, expiry) = (Wire::get(r)?, Wire::get(r)?, Wire::get(r)?);
    let count = varint32(r, "quantity", 1, MAX_QUANTITY)?;
    let mut m = Movement::new(direction, (what >> 2) as u16, product, lot, expiry, Quantity::Units(count));
    if presence == 0 {
        m.check()?;
        return Ok((m, false));
    }
    m.operator = behind(r, presence, 0)?;
    m.document = behind(r, presence, 1)?;
    m.amount = behind(r, presence, 2)?;
    m.counterparty = behind(r, presence, 3)?;
    m.sent = has(4);
    m.group = match (has(5), has(6)) {
        (false, false) => Group::None,
        (true, false) => group_line(r)?,
        (false, true) => group_head(r)?,
        (true, true) => return Err(RecordError::Limit("group")),
    };
    m.answers = behind(r, presence, 7)?;
    m.serial = behind(r, presence, 8)?;
    m.quantity = quantity(r, count, has(9))?;
    m.store = behind(r, presence, 10)?;
    if has(11) {
        m.to_store = Some(maybe(r, "to store", Store::parse)?);
    }
    if has(12) {
        m.bucket = if varint32(r, "bucket", 1, 2)? == 1 { Bucket::Hold } else { Bucket::Transit };
    }
    if has(13) {
        m.to_bucket = Some(if varint32(r, "to bucket", 0, 1)? == 0 { Bucket::Available } else { Bucket::Hold });
    }
    m.fund = behind(r, presence, 14)?;
    if has(15) {
        m.to_fund = Some(maybe(r, "to fund", Fund::parse)?);
    }
    if has(16) {
        m.vvm = Some(stage(r, 1)?);
    }
    if has(17) {
        m.to_vvm = Some(Some(stage(r, 0)?).filter(|n| *n > 0));
    }
    m.second_document = behind(r, presence, 18)?;
    m.logistic_unit = behind(r, presence, 19)?;
    m.prescription = behind(r, presence, 20)?;
    m.local_reason = behind(r, presence, 21)?;
    m.made_on = behind(r, presence, 22)?;
    m.check()?;
    Ok((m, has(23)))
}

pub(super) fn put(m: &Movement<'_>, ext: bool, w: &mut Writer<'_>) -> Result<()> {
    m.check()?;
    let present = [
        m.operator.is_some(),
        m.document.is_some(),
        m.amount.is_some(),
        m.counterparty.is_some(),
        m.sent,
        matches!(m.group, Group::Line(_)),
        matches!(m.group, Group::Head(_)),
        m.answers.is_some(),
        m.serial.is_some(),
        matches!(m.quantity, Quantity::Parts { .. }),
        m.store.is_some(),
        m.to_store.is_some(),
        m.bucket != Bucket::Available,
        m.to_bucket.is_some(),
        m.fund.is_some(),
        m.to_fund.is_some(),
        m.vvm.is_some(),
        m.to_vvm.is_some(),
        m.second_document.is_some(),
        m.logistic_unit.is_some(),
        m.prescription.is_some(),
        m.local_reason.is_some(),
        m.made_on.is_some(),
    ];
    put_varint(w, bits(present) | if ext { EXT } else { 0 })?;
    let direction = match m.direction {
        Direction::In => 0u32,
        Direction::Out => 1,
        Direction::Move => 2,
    };
    put_varint(w, u32::from(m.reason) << 2 | direction)?;
    m.product.put(w)?;
    m.lot.put(w)?;
    m.expiry.put(w)?;
    put_count(w, m.quantity, 1)?;
    put_some(w, m.operator.as_ref())?;
    put_some(w, m.document.as_ref())?;
    put_some(w, m.amount.as_ref())?;
    put_some(w, m.counterparty.as_ref())?;
    match m.group {
        Group::None => {}
        Group::Line(n) => put_varint(w, n)?,
        Group::Head(n) => put_varint(w, n)?,
    }
    put_some(w, m.answers.as_ref())?;
    put_some(w, m.serial.as_ref())?;
    put_parts(w, m.quantity)?;
    put_some(w, m.store.as_ref())?;
    if let Some(to) = m.to_store {
        put_text(w, to.map_or("", Store::as_str))?;
    }
    match m.bucket {
        Bucket::Available => {}
        Bucket::Hold => put_varint(w, 1u8)?,
        Bucket::Transit => put_varint(w, 2u8)?,
    }
    if let Some(to) = m.to_bucket {
        put_varint(w, u8::from(to == Bucket::Hold))?;
    }
    put_some(w, m.fund.as_ref())?;
    if let Some(to) = m.to_fund {
        put_text(w, to.map_or("", Fund::as_str))?;
    }
    for stage in [m.vvm, m.to_vvm.map(|to| to.unwrap_or(0))].into_iter().flatten() {
        full(w.byte(stage))?;
    }
    put_some(w, m.second_document.as_ref())?;
    put_some(w, m.logistic_unit.as_ref())?;
    put_some(w, m.prescription.as_ref())?;
    put_some(w, m.local_reason.as_ref())?;
    put_some(w, m.made_on.as_ref())
}
