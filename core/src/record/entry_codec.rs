//! How entries other than movements are written (`spec/wire-format.md` sections 5.3–5.5).

use super::bytes::{Reader, Writer};
use super::entries::*;
use super::movement::{self, behind, bits, group_head, group_line, put_count, put_parts, put_some, quantity};
use super::wire::{
    RecordError, Result, Wire, full, maybe, open, put_open, put_signed, put_text, put_varint, short, signed, text,
    varint, varint32, within,
};
use crate::crypto::Hash;
use crate::ident::{Code50, FacilityCode, Fund, LotNumber, Operator, Product, Quantity};
use crate::limits::{MAX_AMOUNT, MAX_QUANTITY};
use crate::movement::{Amount, Bucket, Group};
use crate::time::{Days, Expiry};
use core::marker::PhantomData;

/// Seconds that clocks may differ by.
const MAX_CLOCK: i64 = u32::MAX as i64;
/// A balance shown, in the unit of the quantity.
const MAX_SHOWN: i64 = MAX_AMOUNT as i64;

impl<'a> Wire<'a> for Prefix<'a> {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        FacilityCode::get(r).map(Self)
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        self.0.put(w)
    }
}
impl<'a> Wire<'a> for AnyFund<'a> {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        maybe(r, "fund", Fund::parse).map(Self)
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        put_text(w, self.0.map_or("", Fund::as_str))
    }
}
impl<'a> Wire<'a> for LineAmount {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        let n = varint(r, "amount", 0, MAX_AMOUNT * 2 + 2)?;
        Ok(Self(n.checked_sub(1).map(|n| Amount { value: n >> 1, tax_included: n & 1 == 1 })))
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        within(self.0.map_or(0, |a| a.value), 0, MAX_AMOUNT, "amount")?; // before it is shifted
        put_varint(w, self.0.map_or(0, |a| (a.value << 1 | u64::from(a.tax_included)) + 1))
    }
}
impl<'a> Wire<'a> for Cut {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        let field = "cut";
        let (log, count) = (short(r.array(), field)?, varint32(r, field, 0, u32::MAX)?);
        let cut = Self { log, count, head: Hash(short(r.array(), field)?) };
        if count == 0 && cut.head.log16() != log { Err(RecordError::Limit(field)) } else { Ok(cut) }
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        if self.count == 0 && self.head.log16() != self.log {
            return Err(RecordError::Limit("cut"));
        }
        full(w.put(&self.log))?;
        put_varint(w, self.count)?;
        full(w.put(&self.head.0))
    }
}
impl<'a> Wire<'a> for KeyOf<'a> {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        let (suite, key) = (short(r.byte(), "suite")?, short(r.text(), "key")?);
        key_length(key)?;
        Ok(Self { suite, key, format: short(r.byte(), "format")? })
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        key_length(self.key)?;
        full(w.byte(self.suite))?;
        put_varint(w, self.key.len() as u64)?;
        full(w.put(self.key))?;
        full(w.byte(self.format))
    }
}
impl<'a> Wire<'a> for Roles {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        open(r, "roles").map(Self)
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        put_open(w, self.0, "roles")
    }
}
impl<'a> Wire<'a> for Days {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        varint32(r, "days", 0, 65_535).map(|n| Self::new(n as u16))
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        put_varint(w, self.get())
    }
}
/// A label or notice of 1–50 bytes.
impl<'a> Wire<'a> for &'a str {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        Ok(Code50::parse(text(r, "notice")?)?.as_str())
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        put_text(w, Code50::parse(self)?.as_str())
    }
}

fn key_length(key: &[u8]) -> Result<()> {
    if (1..=2_048).contains(&key.len()) { Ok(()) } else { Err(RecordError::Limit("key")) }
}
fn clock(n: i64) -> Result<i64> {
    if n.unsigned_abs() <= MAX_CLOCK.unsigned_abs() { Ok(n) } else { Err(RecordError::Limit("clock")) }
}

/// The bounds of a list: its field, how many items, whether in strictly ascending order.
struct Bounds(&'static str, u32, u32, bool);

/// Passes over so many items; the one judge of lists, so that what can't be read again isn't written.
fn items<'a, T: Wire<'a>>(r: &mut Reader<'a>, count: u32, bounds: &Bounds) -> Result<List<'a, T>> {
    let Bounds(field, min, max, sorted) = *bounds;
    if !(min..=max).contains(&count) {
        return Err(RecordError::List(field));
    }
    let from = r.at();
    let mut last: Option<&[u8]> = None;
    for _ in 0..count {
        let start = r.at();
        T::get(r)?;
        let item = r.since(start).unwrap_or_default();
        if sorted && last.is_some_and(|l| l >= item) {
            return Err(RecordError::List(field));
        }
        last = Some(item);
    }
    Ok(List { count, bytes: r.since(from).unwrap_or_default(), of: PhantomData })
}
fn get_list<'a, T: Wire<'a>>(r: &mut Reader<'a>, bounds: &Bounds) -> Result<List<'a, T>> {
    let count = varint32(r, bounds.0, 0, u32::MAX)?;
    items(r, count, bounds)
}
fn put_list<'a, T: Wire<'a>>(w: &mut Writer<'_>, list: &List<'a, T>, bounds: &Bounds) -> Result<()> {
    let mut r = Reader::new(list.bytes, 0);
    items::<T>(&mut r, list.count, bounds)?;
    if !r.is_empty() {
        return Err(RecordError::List(bounds.0));
    }
    put_varint(w, list.count)?;
    full(w.put(list.bytes))
}

const FUNDS: Bounds = Bounds("funds", 1, 8, true);
const COUNTED: Bounds = Bounds("products", 1, 64, true);
const AMOUNTS: Bounds = Bounds("amounts", 1, 1_024, false);
const SCOPE: Bounds = Bounds("scope", 0, 16, true);
const RECALLED: Bounds = Bounds("products", 1, 16, true);
const LOTS: Bounds = Bounds("lots", 1, 64, true);

/// A presence bitmap whose highest bit opens the extensions.
struct Presence(u32, u32);
impl Presence {
    fn get(r: &mut Reader<'_>, ext: u32) -> Result<Self> {
        let bits = varint32(r, "presence", 0, u32::MAX)?;
        if bits >> (ext + 1) != 0 { Err(RecordError::UnknownBits(bits)) } else { Ok(Self(bits, ext)) }
    }
    const fn has(&self, bit: u32) -> bool {
        self.0 >> bit & 1 == 1
    }
    fn some<'a, T: Wire<'a>>(&self, r: &mut Reader<'a>, bit: u32) -> Result<Option<T>> {
        behind(r, self.0, bit)
    }
    fn extensions<'a>(&self, r: &mut Reader<'a>) -> Result<Extensions<'a>> {
        if !self.has(self.1) {
            return Ok(None);
        }
        let from = r.at();
        super::codec::extension_block(r)?;
        Ok(r.since(from))
    }
}
fn put_extensions(w: &mut Writer<'_>, block: Extensions<'_>) -> Result<()> {
    let Some(block) = block else { return Ok(()) };
    let mut r = Reader::new(block, 0);
    super::codec::extension_block(&mut r)?;
    if !r.is_empty() {
        return Err(RecordError::LeftOver);
    }
    full(w.put(block))
}

/// An entry's body.
pub(super) trait Body<'a>: Sized {
    fn get(r: &mut Reader<'a>) -> Result<Self>;
    fn put(&self, w: &mut Writer<'_>) -> Result<()>;
}

impl<'a> Body<'a> for Reversal<'a> {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        let (target, total) = (Wire::get(r)?, varint32(r, "total", 1, MAX_QUANTITY)?);
        let (of, extensions) = match short(r.byte(), "reversed kind")? {
            0 => {
                let (m, has) = movement::get(r)?;
                (Reversed::Movement(m), Presence(u32::from(has), 0).extensions(r)?)
            }
            1 => {
                let refuse = Refuse::get(r)?;
                (Reversed::Refuse(Refuse { extensions: None, ..refuse }), refuse.extensions)
            }
            _ => return Err(RecordError::Limit("reversed kind")),
        };
        let reversal = Self { target, total, of, extensions };
        reversal.check()?;
        Ok(reversal)
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        self.check()?;
        self.target.put(w)?;
        put_varint(w, self.total)?;
        match &self.of {
            Reversed::Movement(m) => {
                full(w.byte(0))?;
                movement::put(m, self.extensions.is_some(), w)?;
                put_extensions(w, self.extensions)
            }
            Reversed::Refuse(refuse) => {
                full(w.byte(1))?;
                Refuse { extensions: self.extensions, ..*refuse }.put(w)
            }
        }
    }
}
impl Reversal<'_> {
    fn check(&self) -> Result<()> {
        let quantity = match &self.of {
            Reversed::Movement(m) => m.quantity,
            // The reversal's own stand in their place: these would be lost.
            Reversed::Refuse(Refuse { extensions: Some(_), .. }) => return Err(RecordError::Limit("extensions")),
            Reversed::Refuse(r) => r.quantity,
        };
        within(u64::from(self.total), 1, u64::from(quantity.count()), "total")
    }
}

impl<'a> Body<'a> for Refuse<'a> {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        let p = Presence::get(r, 6)?;
        let shipment = Wire::get(r)?;
        let count = varint32(r, "quantity", 1, MAX_QUANTITY)?;
        let reason = open(r, "reason")?;
        let (operator, document) = (p.some(r, 0)?, p.some(r, 1)?);
        let group = match (p.has(2), p.has(3)) {
            (false, false) => Group::None,
            (true, false) => group_line(r)?,
            (false, true) => group_head(r)?,
            (true, true) => return Err(RecordError::Limit("group")),
        };
        let quantity = quantity(r, count, p.has(4))?;
        let local_reason = p.some(r, 5)?;
        Ok(Self { shipment, quantity, reason, operator, document, group, local_reason, extensions: p.extensions(r)? })
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        let (line, head) = (matches!(self.group, Group::Line(_)), matches!(self.group, Group::Head(_)));
        let parts = matches!(self.quantity, Quantity::Parts { .. });
        let (operator, document) = (self.operator.is_some(), self.document.is_some());
        let present = [operator, document, line, head, parts, self.local_reason.is_some(), self.extensions.is_some()];
        put_varint(w, bits(present))?;
        self.shipment.put(w)?;
        put_count(w, self.quantity, 1)?;
        put_open(w, self.reason, "reason")?;
        put_some(w, self.operator.as_ref())?;
        put_some(w, self.document.as_ref())?;
        match self.group {
            Group::None => {}
            Group::Line(0) | Group::Head(0) => return Err(RecordError::Limit("group")),
            Group::Line(n) => put_varint(w, n)?,
            Group::Head(n) => put_varint(w, n)?,
        }
        put_parts(w, self.quantity)?;
        put_some(w, self.local_reason.as_ref())?;
        put_extensions(w, self.extensions)
    }
}

impl<'a> Body<'a> for CountBegin<'a> {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        let p = Presence::get(r, 6)?;
        Ok(Self {
            operator: p.some(r, 0)?,
            store: p.some(r, 1)?,
            funds: if p.has(2) { Some(get_list(r, &FUNDS)?) } else { None },
            products: if p.has(3) { Some(get_list(r, &COUNTED)?) } else { None },
            blind: p.has(4),
            document: p.some(r, 5)?,
            extensions: p.extensions(r)?,
        })
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        let present = [
            self.operator.is_some(),
            self.store.is_some(),
            self.funds.is_some(),
            self.products.is_some(),
            self.blind,
            self.document.is_some(),
            self.extensions.is_some(),
        ];
        put_varint(w, bits(present))?;
        put_some(w, self.operator.as_ref())?;
        put_some(w, self.store.as_ref())?;
        self.funds.as_ref().map_or(Ok(()), |l| put_list(w, l, &FUNDS))?;
        self.products.as_ref().map_or(Ok(()), |l| put_list(w, l, &COUNTED))?;
        put_some(w, self.document.as_ref())?;
        put_extensions(w, self.extensions)
    }
}

impl<'a> Body<'a> for CountLine<'a> {
    fn get(r: &mut Reader<'a>) -> Result<Self> {
        let p = Presence::get(r, 8)?;
        let begin = varint32(r, "count", 1, u32::MAX)?;
        let (product, lot, expiry) = (Wire::get(r)?, Wire::get(r)?, Wire::get(r)?);
        let count = varint32(r, "quantity", 0, MAX_QUANTITY)?;
        let shown = if p.has(0) { Some(signed(r, "balance shown", MAX_SHOWN)?) } else { None };
        let operator = p.some(r, 1)?;
        let quantity = quantity(r, count, p.has(2))?;
        let bucket = if p.has(3) { varint32(r, "bucket", 1, 1).map(|_| Bucket::Hold)? } else { Bucket::Available };
        let fund = p.some(r, 4)?;
        let vvm = if p.has(5) { Some(short(r.byte(), "VVM")?) } else { None };
        within(u64::from(vvm.unwrap_or(1)), 1, 4, "VVM")?;
        let (made_on, serial) = (p.some(r, 6)?, p.some(r, 7)?);
        let extensions = p.extensions(r)?;
        Ok(Self {
            begin,
            product,
            lot,
            expiry,
            quantity,
            shown,
            operator,
            bucket,
            fund,
            vvm,
            made_on,
            serial,
            extensions,
        })
    }
    fn put(&self, w: &mut Writer<'_>) -> Result<()> {
        within(u64::from(self.begin), 1, u64::from(u32::MAX), "count")?;
        within(u64::from(self.vvm.unwrap_or(1)), 1, 4, "VVM")?;
        within(self.shown.unwrap_or(0).unsigned_abs(), 0, MAX_AMOUNT, "balance shown")?;
        if self.bucket == Bucket::Transit {
            return Err(RecordError::Limit("bucket")); // transit is never counted
        }
        let present = [
            self.shown.is_some(),
            self.operator.is_some(),
            matches!(self.quantity, Quantity::Parts { .. }),
            self.bucket == Bucket::Hold,
            self.fund.is_some(),
            self.vvm.is_some(),
            self.made_on.is_some(),
            self.serial.is_some(),
            self.extensions.is_some(),
        ];
        put_varint(w, bits(present))?;
        put_varint(w, self.begin)?;
        self.product.put(w)?;
        self.lot.put(w)?;
        self.expiry.put(w)?;
        put_count(w, self.quantity, 0)?;
        self.shown.map_or(Ok(()), |n| put_signed(w, n))?;
        put_some(w, self.operator.as_ref())?;
        put_parts(w, self.quantity)?;
        if self.bucket == Bucket::Hold {
            put_varint(w, 1u8)?;
        }
        put_some(w, self.fund.as_ref())?;
        self.vvm.map_or(Ok(()), |n| full(w.byte(n)))?;
        put_some(w, self.made_on.as_ref())?;
        put_some(w, self.serial.as_ref())?;
        put_extensions(w, self.extensions)
    }
}

/// Bodies that are a presence bitmap, fixed fields, fields behind bits, extensions: read and written
/// from one line each.
macro_rules! body {
    ($name:ident, ext $ext:literal, { $($fixed:ident: $get:expr, $put:expr;)* } { $($bit:literal $opt:ident: $oget:expr, $oput:expr, $has:expr;)* } $(check $check:expr)?) => {
        impl<'a> Body<'a> for $name<'a> {
            fn get(r: &mut Reader<'a>) -> Result<Self> {
                let p = Presence::get(r, $ext)?;
                $(let get: fn(&mut Reader<'a>) -> Result<_> = $get; let $fixed = get(r)?;)*
                $(let get: fn(&Presence, &mut Reader<'a>) -> Result<_> = $oget; let $opt = get(&p, r)?;)*
                let entry = Self { $($fixed,)* $($opt,)* extensions: p.extensions(r)? };
                $(let check: fn(&Self) -> Result<()> = $check; check(&entry)?;)?
                Ok(entry)
            }
            fn put(&self, w: &mut Writer<'_>) -> Result<()> {
                $(let check: fn(&Self) -> Result<()> = $check; check(self)?;)?
                let present = 0u32 $(| u32::from($has(&self.$opt)) << $bit)* | u32::from(self.extensions.is_some()) << $ext;
                put_varint(w, present)?;
                $($put(w, &self.$fixed)?;)*
                $($oput(w, &self.$opt)?;)*
                put_extensions(w, self.extensions)
            }
        }
    };
}

fn put_value<'a, T: Wire<'a>>(w: &mut Writer<'_>, value: &T) -> Result<()> {
    value.put(w)
}
fn put_option<'a, T: Wire<'a>>(w: &mut Writer<'_>, value: &Option<T>) -> Result<()> {
    put_some(w, value.as_ref())
}
fn put_number(w: &mut Writer<'_>, n: &u32) -> Result<()> {
    put_varint(w, *n)
}
fn put_nothing<T>(_: &mut Writer<'_>, _: &T) -> Result<()> {
    Ok(())
}
fn distance(r: &mut Reader<'_>) -> Result<u32> {
    varint32(r, "distance", 1, u32::MAX)
}
fn at_least_1(n: u32, field: &'static str) -> Result<()> {
    within(u64::from(n), 1, u64::from(u32::MAX), field)
}

body! { CountEnd, ext 2, {
    begin: |r| distance(r), put_number;
    lines: |r| varint32(r, "lines", 0, 65_535), put_number;
} {
    0 rest_is_zero: |p, _| Ok(p.has(0)), put_nothing, |b: &bool| *b;
    1 operator: |p, r| p.some::<Operator<'_>>(r, 1), put_option, Option::is_some;
} check |e| at_least_1(e.begin, "distance").and_then(|()| within(u64::from(e.lines), 0, 65_535, "lines")) }

body! { Observed, ext 1, {
    log: Wire::get, put_value;
    count: |r| varint32(r, "count", 1, u32::MAX), put_number;
    head: Wire::get, put_value;
} {
    0 clock: |p, r| if p.has(0) { signed(r, "clock", MAX_CLOCK).map(Some) } else { Ok(None) },
        |w: &mut Writer<'_>, n: &Option<i64>| n.map_or(Ok(()), |n| put_signed(w, clock(n)?)), Option::is_some;
} check |e| at_least_1(e.count, "count") }

body! { ClockSet, ext 0, {
    change: |r| signed(r, "clock", MAX_CLOCK), |w: &mut Writer<'_>, n: &i64| put_signed(w, clock(*n)?);
} {} check |e| if e.change == 0 { Err(RecordError::Limit("clock")) } else { Ok(()) } }

body! { Attest, ext 3, {
    record: Wire::get, put_value;
    capacity: |r| open(r, "capacity"), |w: &mut Writer<'_>, n: &u16| put_open(w, *n, "capacity");
} {
    0 refused: |p, _| Ok(p.has(0)), put_nothing, |b: &bool| *b;
    1 operator: |p, r| p.some(r, 1), put_option, Option::is_some;
    2 document: |p, r| p.some(r, 2), put_option, Option::is_some;
} }

body! { Detail, ext 1, {
    first: |r| distance(r), put_number;
    amounts: |r| get_list(r, &AMOUNTS),
        |w: &mut Writer<'_>, l: &List<'_, LineAmount>| put_list(w, l, &AMOUNTS);
} {
    0 operator: |p, r| p.some(r, 0), put_option, Option::is_some;
} check |e| at_least_1(e.first, "distance") }

body! { Close, ext 0, {} {} }

body! { Root, ext 0, {
    country: Wire::get, put_value;
    currency: Wire::get, put_value;
    utc_offset: |r| signed(r, "UTC offset", 1_440).map(|n| n as i16), |w: &mut Writer<'_>, n: &i16| put_signed(w, i64::from(*n));
    commitment: Wire::get, put_value;
} {} check |e| {
    let letters = e.country.iter().chain(&e.currency).all(u8::is_ascii_uppercase);
    if letters && e.utc_offset.unsigned_abs() <= 1_440 { Ok(()) } else { Err(RecordError::Limit("country, currency or UTC offset")) }
} }

body! { NextRoot, ext 0, { cut: Cut::get, put_value; commitment: Wire::get, put_value; } {} check |e| at_least_1(e.cut.count, "cut") }

body! { Introduce, ext 1, { roles: Roles::get, put_value; } {
    0 label: |p, r| p.some(r, 0), put_option, Option::is_some;
} }

body! { Enrol, ext 4, {
    key: KeyOf::get, put_value;
    facility: FacilityCode::get, put_value;
    roles: Roles::get, put_value;
} {
    0 first: |p, r| p.some(r, 0), put_option, Option::is_some;
    1 scope: |p, r| if p.has(1) { get_list(r, &SCOPE).map(Some) } else { Ok(None) },
        |w: &mut Writer<'_>, l: &Option<List<'_, Prefix<'_>>>| l.as_ref().map_or(Ok(()), |l| put_list(w, l, &SCOPE)), Option::is_some;
    2 valid_from: |p, r| p.some(r, 2), put_option, Option::is_some;
    3 valid_until: |p, r| p.some(r, 3), put_option, Option::is_some;
} check |e| match (e.valid_from, e.valid_until) {
    (Some(from), Some(until)) if until < from => Err(RecordError::Limit("valid until")),
    _ => Ok(()),
} }

body! { Confirm, ext 0, { prefix: Cut::get, put_value; } {} }

body! { State, ext 0, {
    good_for_days: |r| varint32(r, "good for days", 1, 3_660).map(|n| n as u16), |w: &mut Writer<'_>, n: &u16| put_varint(w, *n);
    entries: |r| varint32(r, "entries", 0, u32::MAX), put_number;
    root: Wire::get, put_value;
} {} check |e| within(u64::from(e.good_for_days), 1, 3_660, "good for days") }

body! { Recall, ext 2, {
    class: |r| short(r.byte(), "class"), |w: &mut Writer<'_>, n: &u8| full(w.byte(*n));
    notice: Wire::get, put_value;
    products: |r| get_list(r, &RECALLED),
        |w: &mut Writer<'_>, l: &List<'_, Product<'_>>| put_list(w, l, &RECALLED);
} {
    0 lots: |p, r| if p.has(0) { get_list(r, &LOTS).map(Some) } else { Ok(None) },
        |w: &mut Writer<'_>, l: &Option<List<'_, Option<LotNumber<'_>>>>| l.as_ref().map_or(Ok(()), |l| put_list(w, l, &LOTS)), Option::is_some;
    1 from: |p, r| p.some(r, 1), put_option, Option::is_some;
} check |e| within(u64::from(e.class), 1, 3, "class") }

body! { EndRecall, ext 1, { recall: Wire::get, put_value; } {
    0 notice: |p, r| p.some(r, 0), put_option, Option::is_some;
} }

body! { SameProduct, ext 0, { a: Product::get, put_value; b: Product::get, put_value; } {} check |e| {
    let (mut a, mut b) = ([0u8; 64], [0u8; 64]);
    let (mut wa, mut wb) = (Writer::new(&mut a), Writer::new(&mut b));
    e.a.put(&mut wa)?;
    e.b.put(&mut wb)?;
    if wa.written() < wb.written() { Ok(()) } else { Err(RecordError::List("products")) }
} }

body! { LotFact, ext 0, {
    product: Product::get, put_value;
    lot: LotNumber::get, put_value;
    expiry: Expiry::get, put_value;
    notice: Wire::get, put_value;
} {} check |e| if e.expiry.last_usable().is_some() { Ok(()) } else { Err(RecordError::Limit("expiry")) } }

body! { Facility, ext 3, {
    code: FacilityCode::get, put_value;
    kind: |r| open(r, "facility kind"), |w: &mut Writer<'_>, n: &u16| put_open(w, *n, "facility kind");
} {
    0 parent: |p, r| p.some(r, 0), put_option, Option::is_some;
    1 successor: |p, r| p.some(r, 1), put_option, Option::is_some;
    2 from: |p, r| p.some(r, 2), put_option, Option::is_some;
} }
