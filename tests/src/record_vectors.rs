//! Vectors of single records: every kind with its least and its most, what a newer build may write, and what is refused,
//! each with its error's number. Of every record all truncations and one flipped bit of each byte stand beside it, with
//! the verdict that the bytes then have.
use crate::images::hex;
use medlot_core::crypto::Hash;
use medlot_core::ident::{
    DocumentNumber, FacilityCode, Fund, LocalReason, LotNumber, Measure, Operator, Party, Product, Quantity, Serial,
    Sscc, Store,
};
use medlot_core::movement::{Amount, Bucket, Direction, Document, Group, Movement, Reference};
use medlot_core::record::*;
use medlot_core::time::{Date, Days, Expiry, Timestamp};
use serde_json::{Value, json};
use std::error::Error;
use std::path::Path;

type Done<T> = Result<T, Box<dyn Error>>;

/// The index at which every record here is judged, unless it may stand at 0 only.
const INDEX: u32 = 50;

/// What this build says of bytes at an index: the record, or the error's number.
fn judge(bytes: &[u8], index: u32) -> Result<Value, u16> {
    let record = Record::decode(bytes).map_err(|e| e.code())?;
    record.check_place(index).map_err(|e| e.code())?;
    Ok(medlot_sdk::view::content(&record))
}

#[derive(Default)]
struct Set {
    vectors: Vec<Value>,
    wrong: Vec<String>,
}

impl Set {
    fn push(&mut self, name: &str, index: u32, bytes: &[u8], says: bool) -> Result<(), u16> {
        let judged = judge(bytes, index);
        let mut vector = json!({"name": name, "index": index, "bytes": hex(bytes), "valid": judged.is_ok()});
        match &judged {
            Ok(said) if says => vector["says"] = said.clone(),
            Ok(_) => {}
            Err(code) => vector["code"] = (*code).into(),
        }
        self.vectors.push(vector);
        judged.map(drop)
    }

    /// A valid record, and what it becomes when it is cut off or a bit of it flips.
    fn valid(&mut self, name: &str, bytes: &[u8]) {
        let kind = bytes.get(4).map_or(0, |head| head & 0x3f);
        let index = if matches!(kind, 32..=34) { 0 } else { INDEX };
        if let Err(code) = self.push(name, index, bytes, true) {
            self.wrong.push(format!("{name}: refused with {code}"));
        }
        for length in 0..bytes.len() {
            let _ =
                self.push(&format!("{name}, cut to {length}"), index, bytes.get(..length).unwrap_or_default(), false);
        }
        for at in 0..bytes.len() {
            let mut flipped = bytes.to_vec();
            if let Some(byte) = flipped.get_mut(at) {
                *byte ^= 1 << (at * 5 % 8);
            }
            // Another kind may need another place: the kind's byte is tried by hand below.
            if at != 4 {
                let _ = self.push(&format!("{name}, a bit of byte {at} flipped"), index, &flipped, false);
            }
        }
    }

    fn refused(&mut self, name: &str, bytes: &[u8], code: u16) {
        match self.push(name, INDEX, bytes, false) {
            Err(found) if found == code => {}
            other => self.wrong.push(format!("{name}: expected {code}, got {other:?}")),
        }
    }
}

fn encode(record: &Record<'_>) -> Done<Vec<u8>> {
    let mut out = vec![0; 4_096];
    let n = record.encode(&mut out)?;
    out.truncate(n);
    Ok(out)
}

fn of(entry: Entry<'_>) -> Done<Vec<u8>> {
    encode(&Record::new(Timestamp::from_secs(217_000_000), entry))
}

/// What many entries share.
struct Parts<'a> {
    registration: Product<'a>,
    gtin: Product<'a>,
    lot: LotNumber<'a>,
    expiry: Expiry,
    operator: Operator<'a>,
    document: Document<'a>,
    other: Reference,
    cut: Cut,
    facility: FacilityCode<'a>,
}

fn parts() -> Done<Parts<'static>> {
    Ok(Parts {
        registration: Product::parse("registration:QLĐB-382-13")?,
        gtin: Product::parse("gtin:08936098966893")?,
        lot: LotNumber::parse("241021VA")?,
        expiry: Expiry::Day(Date::new(2028, 2, 29)?),
        operator: Operator::parse("DS07")?,
        document: Document { kind: 1, number: DocumentNumber::parse("PX-77")? },
        other: Reference::Other { log: [1; 8], index: 70_000, identity: [5; 16] },
        cut: Cut { log: [3; 16], count: 40, head: Hash([6; 32]) },
        facility: FacilityCode::parse("01-008179")?,
    })
}

/// An even and an odd extension, as a newer build would write them.
const EXTENSIONS: Extensions<'static> = Some(&[2, 4, 1, 7, 5, 0]);

fn movements(set: &mut Set, p: &Parts<'_>) -> Done<()> {
    let entry = |movement| Entry::Movement { movement, extensions: None };
    let units = Quantity::units(15)?;
    let least = Movement::new(Direction::Out, 0, p.registration, None, Expiry::NotRead, Quantity::units(1)?);
    set.valid("movement, least", &of(entry(least))?);
    let products = [
        "gtin:08936098966893",
        "registration:893110495225",
        "registration:VD-22739-15",
        "permit:GPNK-7",
        "national:X1",
        "local:PARA500",
        "other-900:Z",
    ];
    for text in products {
        let m = Movement { product: Product::parse(text)?, ..least };
        set.valid(&format!("movement of {text}"), &of(entry(m))?);
    }
    let most = Movement {
        operator: Some(p.operator),
        document: Some(p.document),
        amount: Some(Amount { value: 1_000_000_000_000_000, tax_included: true }),
        counterparty: Some(Party::parse("gln:8930000000002").or_else(|_| Party::parse("facility:01C55"))?),
        sent: true,
        group: Group::Head(65_535),
        serial: Some(Serial::parse("5(lCi:R_B(>N.12345")?),
        store: Some(Store::parse("T05.A-12")?),
        fund: Some(Fund::parse("BHYT")?),
        vvm: Some(4),
        second_document: Some(Document { kind: 16_383, number: DocumentNumber::parse("Đ-1")? }),
        logistic_unit: Some(Sscc::parse("106141412345678908")?),
        prescription: Some([9; 10]),
        local_reason: Some(LocalReason::parse("K9")?),
        made_on: Some(Date::new(2026, 1, 2)?),
        ..Movement::new(Direction::Out, 16_383, p.gtin, Some(p.lot), p.expiry, Quantity::units(999_999_999)?)
    };
    set.valid("movement, most", &of(Entry::Movement { movement: most, extensions: EXTENSIONS })?);
    let moved = Movement {
        store: Some(Store::parse("K1")?),
        to_store: Some(None),
        to_bucket: Some(Bucket::Hold),
        fund: Some(Fund::parse("BHYT")?),
        to_fund: Some(None),
        vvm: Some(1),
        to_vvm: Some(Some(2)),
        ..Movement::new(Direction::Move, 4, p.gtin, Some(p.lot), Expiry::whole_month(2028, 2)?, units)
    };
    set.valid("move of everything", &of(entry(moved))?);
    let answers = Movement {
        answers: Some(p.other),
        group: Group::Line(3),
        ..Movement::new(Direction::In, 0, p.gtin, Some(p.lot), p.expiry, units)
    };
    set.valid("receipt that answers another log", &of(entry(answers))?);
    let own = Movement { answers: Some(Reference::Own(INDEX - 1)), ..answers };
    set.valid("receipt that answers the own log", &of(entry(own))?);
    let closing = Movement { direction: Direction::Out, bucket: Bucket::Transit, reason: 17, ..own };
    set.valid("out of transit", &of(entry(closing))?);
    let parts_of = Movement { quantity: Quantity::parts(31, 10, Measure::Other(99))?, expiry: Expiry::None, ..least };
    set.valid("parts in another measure", &of(entry(parts_of))?);
    let record =
        Record { clock_unset: true, effective: Some(0), ..Record::new(Timestamp::from_secs(70), entry(least)) };
    set.valid("clock never set, effective 0 before", &encode(&record)?);
    for (name, movement, code) in [
        ("answers a later record", Movement { answers: Some(Reference::Own(INDEX)), ..answers }, 2108),
        ("a group that reaches before the log", Movement { group: Group::Line(INDEX + 1), ..least }, 2108),
    ] {
        set.refused(name, &of(entry(movement))?, code);
    }
    // What is repeated speaks from its target's place, which may lie further in another log than this record in its own.
    let taken_back = |target, back| {
        let movement = Movement { group: Group::Line(back), ..least };
        of(Entry::Reversal(Reversal { target, total: 1, of: Reversed::Movement(movement), extensions: None }))
    };
    set.valid("reversal of a line far in another log", &taken_back(p.other, 70_000)?);
    set.refused("reversal of a line that reaches before the other log", &taken_back(p.other, 70_001)?, 2108);
    set.valid("reversal of a line of the own log", &taken_back(Reference::Own(4), 4)?);
    set.refused("reversal of a line that reaches before the own log", &taken_back(Reference::Own(4), 5)?, 2108);
    Ok(())
}

#[expect(clippy::too_many_lines, reason = "one after the other, as the specification lists them")]
fn others(set: &mut Set, p: &Parts<'_>, all: bool) -> Done<()> {
    let name = |kind: &str| format!("{kind}, {}", if all { "most" } else { "least" });
    let extensions = if all { EXTENSIONS } else { None };
    let (operator, document) = (all.then_some(p.operator), all.then_some(p.document));
    let quantity = if all { Quantity::parts(9, 10, Measure::Dose)? } else { Quantity::units(9)? };
    let mut buffers = [[0u8; 300]; 6];
    let [b1, b2, b3, b4, b5, b6] = &mut buffers;
    let fund = Fund::parse("BHYT")?;
    let funds = List::encode(&[AnyFund(None), AnyFund(Some(fund))], b1)?;
    let products = List::encode(&[p.gtin, p.registration], b2)?;
    let lots = List::encode(&[None, Some(LotNumber::parse("AB")?), Some(p.lot)], b3)?;
    let scope = List::encode(&[Prefix(FacilityCode::parse("01")?), Prefix(FacilityCode::parse("DEMO-")?)], b4)?;
    let amounts =
        List::encode(&[LineAmount(None), LineAmount(Some(Amount { value: 12_345, tax_included: true }))], b5)?;
    let everywhere = List::encode(&[], b6)?;
    let refuse = Refuse {
        shipment: p.other,
        quantity,
        reason: if all { 16_383 } else { 0 },
        operator,
        document,
        group: if all { Group::Head(3) } else { Group::None },
        local_reason: if all { Some(LocalReason::parse("K9")?) } else { None },
        extensions: None,
    };
    let sale =
        Movement { operator, ..Movement::new(Direction::Out, 0, p.registration, Some(p.lot), p.expiry, quantity) };
    let from = all.then(|| Days::new(2_500));
    let key = KeyOf { suite: 1, key: &[2; 33], format: 1 };
    let entries: Vec<(&str, Entry<'_>)> = vec![
        (
            "reversal of a movement",
            Entry::Reversal(Reversal { target: Reference::Own(4), total: 9, of: Reversed::Movement(sale), extensions }),
        ),
        (
            "reversal of a refusal",
            Entry::Reversal(Reversal { target: p.other, total: 1, of: Reversed::Refuse(refuse), extensions }),
        ),
        ("refuse", Entry::Refuse(Refuse { extensions, ..refuse })),
        (
            "count begin",
            Entry::CountBegin(CountBegin {
                operator,
                store: if all { Some(Store::parse("K1")?) } else { None },
                funds: all.then_some(funds),
                products: all.then_some(products),
                blind: all,
                document,
                extensions,
            }),
        ),
        (
            "count line",
            Entry::CountLine(CountLine {
                begin: if all { INDEX } else { 1 },
                product: p.registration,
                lot: all.then_some(p.lot),
                expiry: p.expiry,
                quantity: if all { quantity } else { Quantity::units(0)? },
                shown: all.then_some(-1_000_000_000_000_000),
                operator,
                bucket: if all { Bucket::Hold } else { Bucket::Available },
                fund: all.then_some(fund),
                vvm: all.then_some(2),
                made_on: if all { Some(Date::new(2026, 1, 2)?) } else { None },
                serial: if all { Some(Serial::parse("S1")?) } else { None },
                extensions,
            }),
        ),
        (
            "count end",
            Entry::CountEnd(CountEnd {
                begin: 7,
                lines: if all { 65_535 } else { 0 },
                rest_is_zero: all,
                operator,
                extensions,
            }),
        ),
        (
            "observed",
            Entry::Observed(Observed {
                log: [3; 16],
                count: if all { u32::MAX } else { 1 },
                head: [8; 16],
                clock: all.then_some(-172_800),
                extensions,
            }),
        ),
        ("clock set", Entry::ClockSet(ClockSet { change: if all { -86_400 } else { 1 }, extensions })),
        (
            "attest",
            Entry::Attest(Attest {
                record: p.other,
                capacity: if all { 900 } else { 0 },
                refused: all,
                operator,
                document,
                extensions,
            }),
        ),
        ("blind", Entry::Blind([if all { 0xff } else { 0 }; 16])),
        ("detail", Entry::Detail(Detail { first: 2, amounts, operator, extensions })),
        ("close", Entry::Close(Close { extensions })),
        (
            "root",
            Entry::Root(Root {
                country: *b"VN",
                currency: *b"VND",
                utc_offset: if all { -1_440 } else { 420 },
                commitment: [9; 32],
                extensions,
            }),
        ),
        ("next root", Entry::NextRoot(NextRoot { cut: p.cut, commitment: [9; 32], extensions })),
        (
            "introduce",
            Entry::Introduce(Introduce {
                roles: Roles(if all { 16_383 } else { 4 }),
                label: all.then_some("Quầy 1"),
                extensions,
            }),
        ),
        (
            "enrol",
            Entry::Enrol(Enrol {
                key,
                facility: p.facility,
                roles: Roles(0b10_0101),
                first: all.then_some(KeyOf { suite: 0, key: &[4; 32], format: 1 }),
                scope: all.then_some(scope),
                valid_from: from,
                valid_until: all.then(|| Days::new(2_500)),
                extensions,
            }),
        ),
        ("revoke", Entry::Revoke(if all { p.cut } else { Cut { log: [6; 16], count: 0, head: Hash([6; 32]) } })),
        ("confirm", Entry::Confirm(Confirm { prefix: p.cut, extensions })),
        (
            "state",
            Entry::State(State { good_for_days: if all { 3_660 } else { 1 }, entries: 4, root: [1; 32], extensions }),
        ),
        (
            "recall",
            Entry::Recall(Recall {
                class: if all { 3 } else { 1 },
                notice: "CV-12/QLD",
                products,
                lots: all.then_some(lots),
                from,
                extensions,
            }),
        ),
        (
            "end of a recall",
            Entry::EndRecall(EndRecall { recall: p.other, notice: all.then_some("CV-13/QLD"), extensions }),
        ),
        ("same product", Entry::SameProduct(SameProduct { a: p.gtin, b: p.registration, extensions })),
        (
            "lot fact",
            Entry::LotFact(LotFact {
                product: p.registration,
                lot: p.lot,
                expiry: p.expiry,
                notice: "CV-14/QLD",
                extensions,
            }),
        ),
        (
            "facility",
            Entry::Facility(Facility {
                code: p.facility,
                kind: if all { 16_383 } else { 0 },
                parent: all.then_some(p.facility),
                successor: all.then_some(p.facility),
                from,
                extensions,
            }),
        ),
    ];
    for (kind, entry) in entries {
        set.valid(&name(kind), &of(entry)?);
    }
    if !all {
        let wide = Enrol {
            key,
            facility: p.facility,
            roles: Roles(1),
            first: None,
            scope: Some(everywhere),
            valid_from: None,
            valid_until: None,
            extensions: None,
        };
        set.valid("enrol with scope all", &of(Entry::Enrol(wide))?);
    }
    Ok(())
}

/// What a newer build may write, and what nobody may: bytes by hand.
fn by_hand(set: &mut Set, p: &Parts<'_>) -> Done<()> {
    let front = |head: u8| [&217_000_000u32.to_le_bytes()[..], &[head]].concat();
    let with = |head: u8, body: &[u8]| [&front(head)[..], body].concat();
    for kind in [20u8, 31, 44, 63] {
        set.valid(&format!("unknown kind {kind}"), &with(kind, &[1, 2, 3]));
    }
    for kind in 8..16u8 {
        set.refused(&format!("stock kind {kind} doesn't exist"), &with(kind, &[1, 2, 3]), 2106);
    }
    set.refused("nothing after the head", &front(20), 2101);
    set.refused("over 4,096 bytes", &with(20, &[1; 4_092]), 2107);
    set.refused("effective before 2020", &with(0x40 | 20, &[0xff, 0xff, 0xff, 0xff, 0x0f, 1]), 2103);
    // The least movement: presence, what, product, lot, expiry, quantity.
    let gtin: &[u8] = &[0, 0x6d, 0x58, 0x1c, 0xa6, 0x20, 0x08];
    let right = of(Entry::Movement {
        movement: Movement::new(Direction::Out, 0, p.gtin, None, Expiry::NotRead, Quantity::units(1)?),
        extensions: None,
    })?;
    let product = right.get(7..14).unwrap_or_default();
    let movement = |presence: &[u8], what: &[u8], product: &[u8], tail: &[u8]| {
        [&front(0)[..], presence, what, product, tail].concat()
    };
    let cases: Vec<(&str, Vec<u8>, u16)> = vec![
        ("a varint with a needless byte", movement(&[0x80, 0], &[1], product, &[0, 1, 0, 1]), 2101),
        ("presence bit 24", movement(&[0x80, 0x80, 0x80, 0x08], &[1], product, &[0, 1, 0, 1]), 2104),
        ("direction 3", movement(&[0], &[3], product, &[0, 1, 0, 1]), 2103),
        ("reason over 16,383", movement(&[0], &[0x81, 0x80, 0x04], product, &[0, 1, 0, 1]), 2103),
        ("GTIN with a wrong check digit", movement(&[0], &[1], gtin, &[0, 1, 0, 1]), 1106),
        ("GTIN 0", movement(&[0], &[1], &[0; 7], &[0, 1, 0, 1]), 1108),
        ("lot with a control character", movement(&[0], &[1], product, &[2, b'A', 7, 1, 0, 1]), 1104),
        ("lot with a blank in front", movement(&[0], &[1], product, &[2, b' ', b'A', 1, 0, 1]), 1105),
        ("lot that isn't UTF-8", movement(&[0], &[1], product, &[1, 0xff, 1, 0, 1]), 2103),
        ("lot of 51 bytes", movement(&[0], &[1], product, &[&[51][..], &[b'A'; 51], &[1, 0, 1]].concat()), 1102),
        ("expiry in month 13", movement(&[0], &[1], product, &[0, 0xa1, 0x6b, 1]), 1122),
        ("expiry on 30 February", movement(&[0], &[1], product, &[0, 0x5e, 0x6a, 1]), 1123),
        ("expiry with month 0", movement(&[0], &[1], product, &[0, 2, 0, 1]), 1122),
        ("quantity 0", movement(&[0], &[1], product, &[0, 1, 0, 0]), 2103),
        ("quantity of 1,000,000,000", movement(&[0], &[1], product, &[0, 1, 0, 0x80, 0x94, 0xeb, 0xdc, 3]), 2103),
        ("a byte left over", movement(&[0], &[1], product, &[0, 1, 0, 1, 0]), 2102),
        ("sent, coming in", movement(&[0x18], &[0], product, &[0, 1, 0, 1, 2, 1, b'A']), 2002),
        ("sent to nobody", movement(&[0x10], &[1], product, &[0, 1, 0, 1]), 2003),
        ("a group of 0 lines", movement(&[0x40], &[1], product, &[0, 1, 0, 1, 0]), 2103),
        ("head and line of a group", movement(&[0x60], &[1], product, &[0, 1, 0, 1, 1, 1]), 2103),
        ("out that answers", movement(&[0x80, 1], &[1], product, &[0, 1, 0, 1, 0, 1]), 2004),
        ("out of transit that answers nothing", movement(&[0x80, 0x20], &[1], product, &[0, 1, 0, 1, 2]), 2005),
        ("a target on what isn't moved", movement(&[0x80, 0x40], &[1], product, &[0, 1, 0, 1, 1]), 2006),
        ("a move that changes nothing", movement(&[0], &[2], product, &[0, 1, 0, 1]), 2007),
        ("VVM 5", movement(&[0x80, 0x80, 4], &[1], product, &[0, 1, 0, 1, 5]), 2103),
        ("a second document alone", movement(&[0x80, 0x80, 0x10], &[1], product, &[0, 1, 0, 1, 0, 1, b'A']), 2008),
        ("bucket 0 behind its bit", movement(&[0x80, 0x20], &[1], product, &[0, 1, 0, 1, 0]), 2103),
        ("store of small letters", movement(&[0x80, 8], &[1], product, &[0, 1, 0, 1, 1, b'k']), 1104),
        ("an empty operator", movement(&[1], &[1], product, &[0, 1, 0, 1, 0]), 1101),
        ("parts of 1", movement(&[0x80, 4], &[1], product, &[0, 1, 0, 1, 1, 0]), 2103),
        (
            "an SSCC with a wrong check digit",
            movement(&[0x80, 0x80, 0x20], &[1], product, &[0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0]),
            1106,
        ),
        ("a reference in no form", movement(&[0x80, 1], &[0], product, &[0, 1, 0, 1, 2, 0]), 2103),
        ("an empty extension block", movement(&[0x80, 0x80, 0x80, 4], &[1], product, &[0, 1, 0, 1, 0]), 2103),
        (
            "extensions out of order",
            movement(&[0x80, 0x80, 0x80, 4], &[1], product, &[0, 1, 0, 1, 2, 4, 0, 2, 0]),
            2105,
        ),
        ("scheme over 16,383", movement(&[0], &[1], &[0x80, 0x80, 1, 1, b'A'], &[0, 1, 0, 1]), 2103),
        (
            "12 digits as an old registration number",
            movement(&[0], &[1], &[&[1, 12][..], b"893110495225"].concat(), &[0, 1, 0, 1]),
            2103,
        ),
        ("a revoke of another log at 0", with(36, &[&[1; 16][..], &[0], &[2; 32]].concat()), 2103),
        ("a clock set by nothing", with(7, &[0, 0]), 2103),
        ("a recall of class 4", with(39, &[0, 4, 1, b'A', 1, 4, 1, b'A']), 2103),
        ("a recall of no product", with(39, &[0, 1, 1, b'A', 0]), 2105),
        ("products out of order", with(39, &[0, 1, 1, b'A', 2, 4, 1, b'B', 4, 1, b'A']), 2105),
        ("a product that is the same", with(41, &[0, 4, 1, b'A', 4, 1, b'A']), 2105),
        ("a State good for 0 days", with(38, &[&[0, 0, 0][..], &[1; 32]].concat()), 2103),
        ("a country in small letters", with(32, &[&[0][..], b"vnVND", &[0], &[1; 32]].concat()), 2103),
        ("a count line of transit", with(4, &[8, 1, 4, 1, b'A', 0, 1, 0, 1, 2]), 2103),
        ("a line's distance of 0", with(5, &[0, 0, 0]), 2103),
        ("a count that reaches before the log", with(5, &[0, 51, 0]), 2108),
        ("a recall of the own log that comes later", with(40, &[0, 0, 50]), 2108),
    ];
    for (name, bytes, code) in cases {
        set.refused(name, &bytes, code);
    }
    Ok(())
}

/// Writes `records.jsonl` into a folder; gives the number of vectors.
///
/// # Errors
/// A verdict that isn't the one expected; a file that can't be written.
pub fn write(folder: &Path) -> Done<usize> {
    let (mut set, p) = (Set::default(), parts()?);
    movements(&mut set, &p)?;
    others(&mut set, &p, false)?;
    others(&mut set, &p, true)?;
    by_hand(&mut set, &p)?;
    if !set.wrong.is_empty() {
        return Err(set.wrong.join("\n").into());
    }
    let lines: Vec<String> = set.vectors.iter().map(Value::to_string).collect();
    std::fs::write(folder.join("records.jsonl"), lines.join("\n") + "\n")?;
    Ok(lines.len())
}
