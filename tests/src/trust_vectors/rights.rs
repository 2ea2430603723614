//! Who may write what: kinds, roles, scopes, levels, entries of newer builds.
use super::objects::chain;
use super::{ED, Expect, Invalid, P256, Set, Three, Unknown, Valid};
use crate::world::{ALL, AUTHORITY, Bundle, Done, Grant, Log, MOVE};
use medlot_core::crypto::Hash;
use medlot_core::ident::{FacilityCode, LotNumber, Measure, Product, Quantity};
use medlot_core::movement::{Bucket, Direction, Group, Movement, Reference};
use medlot_core::record::{
    Attest, ClockSet, Close, CountBegin, CountEnd, CountLine, Cut, Detail, EndRecall, Entry, Facility, List, LotFact,
    Observed, Recall, Record, Refuse, Reversal, Reversed, Role, SameProduct, State,
};
use medlot_core::time::{Expiry, Timestamp};

pub(super) fn add(set: &mut Set) -> Done<()> {
    kinds(set)?;
    places(set)?;
    scopes(set)?;
    several_enrolments(set)?;
    levels(set)?;
    newer(set)
}

/// A device with these roles writes one record after its first: what does that count?
fn wrote(
    set: &mut Set,
    name: &str,
    grant: Grant<'_>,
    write: impl Fn(&mut Log) -> Done<usize>,
    expect: Expect,
) -> Done<()> {
    let mut t = Three::with([ED; 3], Grant { bits: 0x3fff, ..Grant::over(AUTHORITY, ALL) }, grant, 0)?;
    let at = write(&mut t.device)?;
    let object = t.extract(at, at + 1)?;
    set.add(name, &t.root, &[], &object, expect)
}

fn roles_of(bits: u16) -> Grant<'static> {
    Grant { bits, ..Grant::own(&[]) }
}

fn product() -> Done<Product<'static>> {
    Ok(Product::parse("gtin:08936098966893")?)
}

/// One entry of each kind that a device or an authority writes after its first.
fn entries<'b>(buffer: &'b mut [u8; 64], amounts: &'b mut [u8; 8]) -> Done<Vec<(&'static str, u16, Entry<'b>)>> {
    const ENROL: u16 = 1;
    const REGULATE: u16 = 2;
    const MOVES: u16 = 4 | 32;
    const SUPPLY: u16 = 8;
    const ATTEST: u16 = 16;
    const ANY: u16 = 0x3fff;
    let units = Quantity::units(5)?;
    let moved = |direction, reason| -> Done<Movement<'static>> {
        Ok(Movement::new(direction, reason, product()?, None, Expiry::NotRead, units))
    };
    let movement = |direction, reason| -> Done<Entry<'static>> {
        Ok(Entry::Movement { movement: moved(direction, reason)?, extensions: None })
    };
    let attest = |capacity| {
        let record = Reference::Own(0);
        Entry::Attest(Attest { record, capacity, refused: false, operator: None, document: None, extensions: None })
    };
    let other = Reference::Other { log: [1; 8], index: 70_000, identity: [5; 16] };
    let products = List::encode(&[product()?], buffer)?;
    let amounts = List::encode(&[medlot_core::record::LineAmount(None)], amounts)?;
    let b = Product::parse("local:PARA500")?;
    Ok(vec![
        ("retail", MOVES, movement(Direction::Out, 0)?),
        ("used in the facility, reason 4 of out", MOVES, movement(Direction::Out, 4)?),
        ("administered, reason 5 of out", MOVES, movement(Direction::Out, 5)?),
        ("from a supplier", MOVES, movement(Direction::In, 0)?),
        ("a transfer in", MOVES, movement(Direction::In, 3)?),
        ("manufactured", SUPPLY, movement(Direction::In, 4)?),
        ("imported", SUPPLY, movement(Direction::In, 5)?),
        ("a donation in", MOVES, movement(Direction::In, 6)?),
        ("an unknown reason in", MOVES, movement(Direction::In, 4_000)?),
        ("to hold", MOVES, {
            let mut m = moved(Direction::Move, 2)?;
            m.to_bucket = Some(Bucket::Hold);
            Entry::Movement { movement: m, extensions: None }
        }),
        ("a reversal of goods manufactured", MOVES, {
            let of = Reversed::Movement(moved(Direction::In, 4)?);
            Entry::Reversal(Reversal { target: Reference::Own(0), total: 5, of, extensions: None })
        }),
        ("a refusal", MOVES, {
            let (operator, document, local_reason) = (None, None, None);
            let group = Group::None;
            Entry::Refuse(Refuse {
                shipment: other,
                quantity: units,
                reason: 1,
                operator,
                document,
                group,
                local_reason,
                extensions: None,
            })
        }),
        ("a count's beginning", MOVES, {
            let (operator, store, funds, products, document) = (None, None, None, None, None);
            Entry::CountBegin(CountBegin { operator, store, funds, products, blind: true, document, extensions: None })
        }),
        ("a line of a count", MOVES, {
            let (operator, fund, vvm, made_on, serial) = (None, None, None, None, None);
            let quantity = Quantity::parts(3, 10, Measure::Dose)?;
            Entry::CountLine(CountLine {
                begin: 1,
                product: product()?,
                lot: None,
                expiry: Expiry::NotRead,
                quantity,
                shown: Some(-3),
                operator,
                bucket: Bucket::Available,
                fund,
                vvm,
                made_on,
                serial,
                extensions: None,
            })
        }),
        ("a count's end", MOVES, {
            Entry::CountEnd(CountEnd { begin: 1, lines: 1, rest_is_zero: true, operator: None, extensions: None })
        }),
        ("observed", ANY, {
            Entry::Observed(Observed { log: [3; 16], count: 4, head: [5; 16], clock: Some(-90), extensions: None })
        }),
        ("a clock set", ANY, Entry::ClockSet(ClockSet { change: 3_600, extensions: None })),
        ("a witness", ATTEST, attest(0)),
        ("a pharmacist in charge", ATTEST, attest(1)),
        ("a receiver", MOVES | ATTEST, attest(2)),
        ("an inspector", ATTEST, attest(3)),
        ("a loss reported", MOVES | ATTEST, attest(4)),
        ("an open capacity", MOVES | ATTEST, attest(900)),
        ("random bytes", ANY, Entry::Blind([9; 16])),
        ("a detail", ANY, Entry::Detail(Detail { first: 1, amounts, operator: None, extensions: None })),
        ("a close", ANY, Entry::Close(Close { extensions: None })),
        ("a revoke", ENROL, Entry::Revoke(Cut { log: [7; 16], count: 0, head: Hash([7; 32]) })),
        ("a State", ENROL, {
            let root = medlot_core::trust::state_root(&[]);
            Entry::State(State { good_for_days: 7, entries: 0, root, extensions: None })
        }),
        ("a recall", REGULATE, {
            let (lots, from) = (None, None);
            Entry::Recall(Recall { class: 1, notice: "QĐ 12", products, lots, from, extensions: None })
        }),
        ("a recall's end", REGULATE, { Entry::EndRecall(EndRecall { recall: other, notice: None, extensions: None }) }),
        ("one product", REGULATE, Entry::SameProduct(SameProduct { a: product()?, b, extensions: None })),
        ("a lot's fact", REGULATE, {
            let lot = LotNumber::parse("LOT1")?;
            let expiry = Expiry::whole_month(2028, 2)?;
            Entry::LotFact(LotFact { product: product()?, lot, expiry, notice: "CV 3", extensions: None })
        }),
    ])
}

fn kinds(set: &mut Set) -> Done<()> {
    let (mut buffer, mut amounts) = ([0; 64], [0; 8]);
    for (name, needs, entry) in entries(&mut buffer, &mut amounts)? {
        for (bit, role) in ["enrol", "regulate", "move", "supply", "attest", "report"].iter().enumerate() {
            let grants = needs >> bit & 1 == 1;
            let expect = if grants { Valid } else { Invalid(3006) };
            let name = format!("{name}, by one who may only {role}");
            wrote(set, &name, roles_of(1 << bit), |log| log.push(entry), expect)?;
        }
        let expect = if needs == 0x3fff { Valid } else { Invalid(3006) };
        wrote(set, &format!("{name}, by one without a role"), roles_of(0), |log| log.push(entry), expect)?;
        wrote(set, &format!("{name}, by a role without a name"), roles_of(1 << 9), |log| log.push(entry), expect)?;
        let mut root = Log::root(ED, 1, [0; 32])?;
        let at = root.push(entry)?;
        let object = Bundle::new().one(&root, at)?.object();
        set.add(&format!("{name}, by the root"), &root, &[], &object, Valid)?;
    }
    let confirm = |log: &mut Log| log.confirm(Cut { log: [7; 16], count: 3, head: Hash([7; 32]) });
    wrote(set, "a confirm, by one without a role", roles_of(0), confirm, Valid)?;
    // Facility codes within the scope of the one who speaks of them (its own code is V1-0417).
    let facility = |code: &'static str| {
        move |log: &mut Log| {
            let (parent, successor, from) = (None, None, None);
            let code = FacilityCode::parse(code)?;
            log.push(Entry::Facility(Facility { code, kind: 1, parent, successor, from, extensions: None }))
        }
    };
    let regulate: &[Role] = &[Role::Regulate];
    for (name, grant, code, expect) in [
        ("own, itself", Grant::own(regulate), "V1-0417", Valid),
        ("own, another", Grant::own(regulate), "V1-0418", Invalid(3006)),
        ("own, a longer code", Grant::own(regulate), "V1-04170", Invalid(3006)),
        ("list, within", Grant::over(regulate, &["V1-", "V3-"]), "V3-9", Valid),
        ("list, outside", Grant::over(regulate, &["V1-", "V3-"]), "V10-9", Invalid(3006)),
        ("list V1, code V10", Grant::over(regulate, &["V1"]), "V10-9", Valid),
        ("list, not the own", Grant::over(regulate, &["V3-"]), "V1-0417", Invalid(3006)),
        ("all", Grant::over(regulate, ALL), "Z9", Valid),
        ("all, without regulate", Grant::over(&[Role::Enrol], ALL), "Z9", Invalid(3006)),
    ] {
        wrote(set, &format!("a facility: {name}"), grant, facility(code), expect)?;
    }
    let outside = Grant { valid: Some((1, 2)), ..Grant::own(MOVE) };
    let sale = |log: &mut Log| log.moved(Direction::Out, 0, None);
    wrote(set, "written outside the validity of the enrolment", outside, sale, Valid)?;
    let unset = |log: &mut Log| {
        let movement = Movement::new(Direction::Out, 0, product()?, None, Expiry::NotRead, Quantity::units(1)?);
        let entry = Entry::Movement { movement, extensions: None };
        let record = Record::new(Timestamp::from_secs(900), entry);
        log.push_record(&Record { clock_unset: true, effective: Some(0), ..record })
    };
    wrote(set, "a clock that was never set, effective at once", Grant::own(MOVE), unset, Valid)
}

/// Records that are malformed, and those at an index where their kind can't stand.
fn places(set: &mut Set) -> Done<()> {
    let everything = Grant { bits: 0x3fff, ..Grant::over(AUTHORITY, ALL) };
    let mut raw = |name: &str, head: u8, body: &[u8], expect| {
        wrote(set, name, everything, |log| Ok(log.push_raw(head, body)), expect)
    };
    for kind in 8..16 {
        raw(&format!("unknown stock kind {kind}"), kind, &[0, 0, 0], Invalid(3001))?;
    }
    for kind in [20, 25, 31] {
        raw(&format!("unknown informative kind {kind}"), kind, &[0xff, 0xff, 0xff], Valid)?;
    }
    for kind in [44, 50, 63] {
        raw(&format!("unknown critical kind {kind}"), kind, &[1, 2, 3], Valid)?;
    }
    raw("a close with an unlisted bit", 19, &[2], Invalid(3001))?;
    raw("a close with a byte left over", 19, &[0, 0], Invalid(3001))?;
    raw("a close with an extension of none", 19, &[1, 0], Invalid(3001))?;
    raw("a close whose extensions aren't increasing", 19, &[1, 2, 4, 0, 4, 0], Invalid(3001))?;
    raw("a close with extensions", 19, &[1, 2, 4, 0, 5, 1, 7], Valid)?;
    raw("random bytes, one missing", 17, &[7; 15], Invalid(3001))?;
    raw("random bytes, one too many", 17, &[7; 17], Invalid(3001))?;
    raw("a clock set by 0", 7, &[0, 0], Invalid(3001))?;
    raw("a varint not in its one form", 7, &[0, 0x82, 0], Invalid(3001))?;
    raw("effective before the beginning of time", 0x40 | 19, &[0xff, 0xff, 0xff, 0xff, 0x0f, 0], Invalid(3001))?;
    raw("a revoke with a bitmap", 36, &[&[0][..], &[7; 16], &[1], &[7; 32]].concat(), Invalid(3001))?;
    raw("a revoke at 0 whose hash is of another log", 36, &[&[7; 16][..], &[0], &[8; 32]].concat(), Invalid(3001))?;
    raw("an attest of its own record", 16, &[0, 0, 1, 0], Invalid(3001))?;
    raw("an attest of a later record", 16, &[0, 0, 40, 0], Invalid(3001))?;
    raw("an attest of the record before", 16, &[0, 0, 0, 0], Valid)?;
    let sale = [0, 1, 2, 5, b'P', b'A', b'R', b'A', b'1', 0, 1, 0, 5];
    let with = |presence: u8, tail: &[u8]| [&[presence], &sale[1..], tail].concat();
    raw("a movement, raw", 0, &with(0, &[]), Valid)?;
    raw("a group's line, one back", 0, &with(0x20, &[1]), Valid)?;
    raw("a group's line, two back from index 1", 0, &with(0x20, &[2]), Invalid(3001))?;
    raw("a movement of 0", 0, &[&[0], &sale[1..sale.len() - 1], &[0]].concat(), Invalid(3001))?;
    raw("a movement in direction 3", 0, &[&[0, 3], &sale[2..]].concat(), Invalid(3001))?;
    raw("a move that changes nothing", 0, &[&[0, 2], &sale[2..]].concat(), Invalid(3001))?;
    raw("a detail that begins before the log", 18, &[0, 2, 1, 0], Invalid(3001))?;
    raw("a count's end that begins before the log", 5, &[0, 2, 1], Invalid(3001))?;

    raw("a Root at index 1", 32, &[&[0][..], b"VNVND", &[0], &[0; 32]].concat(), Invalid(3001))?;
    raw("a NextRoot at index 1", 33, &[&[0][..], &[7; 16], &[1], &[7; 32], &[0; 32]].concat(), Invalid(3001))?;
    raw("an Introduce at index 1", 34, &[0, 4], Invalid(3001))?;
    let mut first = |name: &str, head: u8, body: &[u8], expect| {
        let mut t = Three::new(2)?;
        let mut other = t.device.branch(0);
        let at = other.push_raw(head, body);
        other.sell(1)?;
        set.add(&format!("{name} at index 0"), &t.root, &[], &t.extract_of(&other, at, at + 1)?, expect)?;
        t.device = other;
        set.add(&format!("{name} at index 0, and a sale"), &t.root, &[], &t.extract(0, 2)?, expect)
    };
    first("a movement", 0, &with(0, &[]), Invalid(3001))?;
    first("random bytes", 17, &[7; 16], Invalid(3001))?;
    first("an unknown informative kind", 20, &[7; 16], Invalid(3001))?;
    first("an unknown critical kind", 50, &[7; 16], Invalid(3001))?;
    first("a revoke", 36, &[&[7; 16][..], &[1], &[7; 32]].concat(), Invalid(3001))?;
    first("a device's Root", 32, &[&[0][..], b"VNVND", &[0], &[0; 32]].concat(), Invalid(3001))?;
    first("a device's NextRoot", 33, &[&[0][..], &[7; 16], &[1], &[7; 32], &[0; 32]].concat(), Invalid(3001))?;
    first("an Introduce with an odd extension", 34, &[2, 4, 1, 5, 0], Valid)?;

    let mut t = Three::new(2)?;
    t.device.push_raw(9, &[1, 2]);
    t.device.sell(2)?;
    set.add("a malformed record among others", &t.root, &[], &t.extract(1, 6)?, Invalid(3001))?;
    let at = t.root.push_raw(34, &[0, 4]);
    let object = Bundle::new().one(&t.root, at)?.object();
    set.add("an Introduce in the root's log", &t.root, &[], &object, Invalid(3001))
}

fn enrolled(
    set: &mut Set,
    name: &str,
    to_authority: Grant<'_>,
    facility: &str,
    to_device: Grant<'_>,
    expect: Expect,
) -> Done<()> {
    let mut root = Log::root(ED, 1, [0; 32])?;
    let mut authority = Log::under(&root, P256, 2, "V1-AUTH")?;
    let a = root.enrol(&authority, to_authority)?;
    let mut device = Log::under(&authority, ED, 3, facility)?;
    let d = authority.enrol(&device, to_device)?;
    device.sell(2)?;
    let bundle = Bundle::new().one(&root, a)?.under(&authority.one(d)?)?.under(&device.body(0, 3)?)?;
    set.add(name, &root, &[], &bundle.object(), expect)
}

fn scopes(set: &mut Set) -> Done<()> {
    let own = Grant::own(AUTHORITY);
    let list = |scope| Grant::over(AUTHORITY, scope);
    let device = Grant::own(MOVE);
    let no = Invalid(3006);
    for (name, to_authority, facility, to_device, expect) in [
        ("own, the same facility", own, "V1-AUTH", device, Valid),
        ("own, another facility", own, "V1-0417", device, no),
        ("own, a longer code", own, "V1-AUTH2", device, no),
        ("own, the same facility, as a list", own, "V1-AUTH", Grant::over(MOVE, &["V1-AUTH"]), no),
        ("own, the same facility, as all", own, "V1-AUTH", Grant::over(MOVE, ALL), no),
        ("list, within", list(&["V1-", "V2-"]), "V2-7", device, Valid),
        ("list, outside", list(&["V1-", "V2-"]), "V3-7", device, no),
        ("list V1-, V10", list(&["V1-"]), "V10-7", device, no),
        ("list V1, V10", list(&["V1"]), "V10-7", device, Valid),
        ("list, a code shorter than the prefix", list(&["V1-04"]), "V1-", device, no),
        ("list, the code itself", list(&["V1-04"]), "V1-04", device, Valid),
        ("list, smaller letters", list(&["v1-"]), "V1-04", device, no),
        ("list, a list within", list(&["V1-", "V2-"]), "V1-0", Grant::over(MOVE, &["V1-0", "V2-"]), Valid),
        ("list, a list of which one is outside", list(&["V1-", "V2-"]), "V1-0", Grant::over(MOVE, &["V1-0", "V3"]), no),
        ("list, a wider list", list(&["V1-"]), "V1-0", Grant::over(MOVE, &["V1"]), no),
        ("list, all", list(&["V1-"]), "V1-0", Grant::over(MOVE, ALL), no),
        ("all, own", list(ALL), "Z", device, Valid),
        ("all, a list", list(ALL), "Z", Grant::over(MOVE, &["Q", "R"]), Valid),
        ("all, all", list(ALL), "Z", Grant::over(MOVE, ALL), Valid),
    ] {
        enrolled(set, &format!("scope {name}"), to_authority, facility, to_device, expect)?;
    }
    let enrols: &[Role] = &[Role::Enrol];
    let both: &[Role] = &[Role::Enrol, Role::Move];
    let bits = |bits, roles| Grant { bits, ..Grant::over(roles, ALL) };
    let add = enrolled;
    add(set, "roles: gives what it hasn't", Grant::over(enrols, ALL), "V1-1", device, no)?;
    add(set, "roles: gives what it has", Grant::over(both, ALL), "V1-1", device, Valid)?;
    add(set, "roles: without enrol", Grant::over(MOVE, ALL), "V1-1", device, no)?;
    add(set, "roles: an unnamed bit that it hasn't", bits(0, both), "V1-1", bits(1 << 9, MOVE), no)?;
    add(set, "roles: an unnamed bit that it has", bits(1 << 9, both), "V1-1", bits(1 << 9, MOVE), Valid)?;
    add(set, "roles: no role given", Grant::over(enrols, ALL), "V1-1", roles_of(0), no)?;
    let first_and_last = Grant { valid: Some((2_000, 4_000)), ..device };
    add(set, "an enrolment with first and last day", list(ALL), "V1-1", first_and_last, Valid)
}

/// A record needs one enrolment that alone grants it.
fn several_enrolments(set: &mut Set) -> Done<()> {
    let grants = [Grant::own(MOVE), Grant::own(&[Role::Supply, Role::Attest])];
    let mut t = Three::with([ED; 3], Grant::over(AUTHORITY, ALL), grants[0], 1)?;
    let second = t.authority.enrol(&t.device.clone(), grants[1])?;
    t.device.moved(Direction::In, 4, None)?;
    let also = [t.of_authority(second)?];
    let name = "two enrolments, each grants one record";
    set.add(name, &t.root, &also, &t.extract(1, 3)?, Valid)?;
    set.add("of two enrolments one is held", &t.root, &[], &t.extract(1, 3)?, Invalid(3006))?;
    let by_second = Bundle::new().one(&t.root, t.a)?.under(&t.authority.one(second)?)?.under(&t.device.body(1, 3)?)?;
    set.add("of two enrolments the other is held", &t.root, &[], &by_second.object(), Invalid(3006))?;

    // An authority enrolled twice: roles of one and roles of the other aren't added together.
    for (name, e1, e2, child, expect) in [
        (
            "roles of two enrolments",
            Grant::over(&[Role::Enrol, Role::Move], ALL),
            Grant::over(&[Role::Enrol, Role::Attest], ALL),
            Grant::own(&[Role::Move, Role::Attest]),
            Invalid(3006),
        ),
        (
            "roles of one, the scope of the other",
            Grant::over(&[Role::Enrol, Role::Move], &["V2-"]),
            Grant::over(&[Role::Enrol], ALL),
            Grant::own(MOVE),
            Invalid(3006),
        ),
        (
            "one enrolment of two has both",
            Grant::over(&[Role::Enrol], ALL),
            Grant::over(&[Role::Enrol, Role::Move], &["V1-"]),
            Grant::own(MOVE),
            Valid,
        ),
    ] {
        let mut root = Log::root(ED, 1, [0; 32])?;
        let mut authority = Log::under(&root, ED, 2, "V1-AUTH")?;
        let (one, two) = (root.enrol(&authority, e1)?, root.enrol(&authority, e2)?);
        let mut device = Log::under(&authority, ED, 3, "V1-7")?;
        let d = authority.enrol(&device, child)?;
        device.sell(1)?;
        let bundle = Bundle::new().one(&root, one)?.one(&root, two)?.own(&authority, &authority.one(d)?)?;
        let bundle = bundle.under(&device.body(1, 2)?)?;
        set.add(name, &root, &[], &bundle.object(), expect)?;
    }
    // A role to enrol that rests on an enrolment refused is refused, also two levels down.
    let mut root = Log::root(ED, 1, [0; 32])?;
    let mut a = Log::under(&root, ED, 2, "V1-A")?;
    let ra = root.enrol(&a, Grant::over(&[Role::Enrol, Role::Move], &["V1-"]))?;
    let mut b = Log::under(&a, ED, 3, "V2-B")?;
    let ab = a.enrol(&b, Grant::over(&[Role::Enrol, Role::Move], &["V1-"]))?;
    let mut c = Log::under(&b, ED, 4, "V1-C")?;
    let bc = b.enrol(&c, Grant::own(MOVE))?;
    c.sell(1)?;
    let bundle = Bundle::new().one(&root, ra)?.under(&a.one(ab)?)?.under(&b.one(bc)?)?.under(&c.body(1, 2)?)?;
    set.add("what stands beneath a refused enrolment", &root, &[], &bundle.object(), Invalid(3006))?;
    // The same log, enrolled by another authority too: another line, so another log.
    let mut t = Three::new(2)?;
    let mut sister = Log::under(&t.root, ED, 5, "V1-SISTER")?;
    let s = t.root.enrol(&sister, Grant::over(AUTHORITY, ALL))?;
    let d = sister.enrol(&t.device.clone(), Grant::own(MOVE))?;
    let path = Bundle::new().one(&t.root, s)?.under(&sister.one(d)?)?;
    let object = path.clone().under(&t.device.body(1, 3)?)?.object();
    set.add("a device's records behind a sister's enrolment of its key", &t.root, &[], &object, Invalid(3002))?;
    let mut own = Log::under(&sister, ED, 3, "V1-0417")?;
    own.sell(2)?;
    let object = path.under(&own.body(1, 3)?)?.object();
    set.add("the same key under a sister is a log of its own", &t.root, &[], &object, Valid)
}

fn levels(set: &mut Set) -> Done<()> {
    for depth in [5, 6] {
        let (root, bundle, _) = chain(&vec![ED; depth + 1], 1)?;
        set.add(&format!("{depth} levels below the root"), &root, &[], &bundle.object(), Valid)?;
    }
    for (depth, what) in [(7, "7 levels"), (8, "8 levels")] {
        let (root, bundle, _) = chain(&vec![ED; depth + 1], 1)?;
        set.add(&format!("{what} below the root"), &root, &[], &bundle.object(), Invalid(3005))?;
    }
    let (root, bundle, _) = chain(&[P256; 8], 1)?;
    set.add("7 levels below the root, p256", &root, &[], &bundle.object(), Invalid(3005))
}

/// Kinds and extensions of newer builds, in front of and within a path.
fn newer(set: &mut Set) -> Done<()> {
    for (ids, name) in [([4, 8], "even"), ([5, 9], "odd")] {
        let block = [2, ids[0], 1, 7, ids[1], 0];
        let extended = |log: &mut Log| log.moved(Direction::Out, 0, Some(&block));
        wrote(set, &format!("a movement with {name} extensions"), Grant::own(MOVE), extended, Valid)?;
    }
    // An authority with the role to enrol: what comes after what it doesn't understand is unknown.
    for (name, kind, body, expect) in [
        ("an unknown critical kind", 50, &[1, 2, 3][..], Unknown(3011)),
        ("an unknown informative kind", 25, &[1, 2, 3][..], Valid),
        ("a malformed known kind", 43, &[1, 2, 3][..], Valid),
        ("a facility with an odd extension", 43, &[8, 3, b'V', b'1', b'-', 1, 1, 5, 0][..], Unknown(3011)),
        ("a facility with an even extension", 43, &[8, 3, b'V', b'1', b'-', 1, 1, 4, 0][..], Valid),
        ("a close with an odd extension", 19, &[1, 1, 5, 0][..], Valid),
        ("an unknown stock kind", 12, &[1, 2, 3][..], Valid),
    ] {
        for place in ["before", "after"] {
            let mut root = Log::root(ED, 1, [0; 32])?;
            let mut authority = Log::under(&root, ED, 2, "V1-AUTH")?;
            let a = root.enrol(&authority, Grant::over(AUTHORITY, ALL))?;
            let mut device = Log::under(&authority, ED, 3, "V1-1")?;
            device.sell(1)?;
            let (mut d, mut strange) = (0, 0);
            if place == "after" {
                d = authority.enrol(&device, Grant::own(MOVE))?;
            }
            if place == "after" || place == "before" {
                strange = authority.push_raw(kind, body);
            }
            if place == "before" {
                d = authority.enrol(&device, Grant::own(MOVE))?;
            }
            let held = [Bundle::new().one(&root, a)?.one(&authority, strange)?.object()];
            let object =
                Bundle::new().one(&root, a)?.own(&authority, &authority.one(d)?)?.under(&device.body(1, 2)?)?.object();
            let expect = if place == "after" { Valid } else { expect };
            set.add(&format!("{name} {place} the enrolment, held"), &root, &held, &object, expect)?;
            set.add(&format!("{name} {place} the enrolment, not held"), &root, &[], &object, Valid)?;
            // The same in a root's log, and in the device's.
            let mut t = Three::new(1)?;
            let before_the_device = t.root.push_raw(kind, body);
            let late = Log::under(&t.root, ED, 8, "V1-LATE")?;
            let at = t.root.enrol(&late, Grant::own(MOVE))?;
            if place == "before" {
                let held = [Bundle::new().one(&t.root, before_the_device)?.object()];
                let object = Bundle::new().one(&t.root, at)?.under(&late.body(0, 1)?)?.object();
                set.add(&format!("{name} in the root's log"), &t.root, &held, &object, expect)?;
                let own = t.device.push_raw(kind, body);
                t.device.sell(1)?;
                let held = [t.extract(own, own + 1)?];
                set.add(&format!("{name} in a device's log"), &t.root, &held, &t.extract(own + 1, own + 2)?, Valid)?;
            }
        }
    }
    // A device with the role to regulate is an authority.
    let mut t = Three::with([ED; 3], Grant::over(AUTHORITY, ALL), Grant::own(&[Role::Move, Role::Regulate]), 1)?;
    t.device.push_raw(50, &[1, 2, 3]);
    t.device.sell(1)?;
    set.add("one who may regulate, after an unknown critical kind", &t.root, &[], &t.extract(2, 4)?, Unknown(3011))?;
    // Enrolments with extensions.
    for (ids, name, under, by_id) in [([4, 6], "even", Valid, Valid), ([5, 7], "odd", Unknown(3003), Unknown(3004))] {
        let block = [2, ids[0], 1, 7, ids[1], 0];
        let grant = Grant { extensions: Some(&block), ..Grant::own(MOVE) };
        let t = Three::with([ED; 3], Grant::over(AUTHORITY, ALL), grant, 1)?;
        set.add(&format!("an enrolment with {name} extensions"), &t.root, &[], &t.path()?.object(), Valid)?;
        set.add(&format!("under an enrolment with {name} extensions"), &t.root, &[], &t.extract(1, 2)?, under)?;
        let object = t.path()?.run(&t.device, 1, 2)?.object();
        set.add(&format!("by its id, an enrolment with {name} extensions"), &t.root, &[], &object, by_id)?;
    }
    let t = Three::with([ED; 3], Grant::over(AUTHORITY, ALL), Grant { format: 0, ..Grant::own(MOVE) }, 1)?;
    set.add("an enrolment of another format", &t.root, &[], &t.path()?.object(), Valid)?;
    set.add("under an enrolment of another format", &t.root, &[], &t.extract(1, 2)?, Unknown(3003))?;
    let object = t.path()?.run(&t.device, 1, 2)?.object();
    set.add("by its id, an enrolment of another format", &t.root, &[], &object, Unknown(3004))?;
    let mut t = Three::new(1)?;
    let key = medlot_core::record::KeyOf { suite: 9, key: &[8; 700], format: 1 };
    let at = t.authority.enrol_key(&key, "V1-0417", Grant::own(MOVE))?;
    let path = Bundle::new().one(&t.root, t.a)?.under(&t.authority.one(at)?)?;
    set.add("an enrolment of a key of suite 9", &t.root, &[], &path.object(), Valid)?;
    let object = path.under(&t.device.body(1, 2)?)?.object();
    set.add("under an enrolment of a key of suite 9", &t.root, &[], &object, Unknown(3003))
}
