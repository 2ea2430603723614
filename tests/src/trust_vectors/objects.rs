//! Objects and elements: forms, sizes, what is refused.
use super::{ED, Invalid, P256, Set, Three, Unknown, Valid};
use crate::world::{ALL, AUTHORITY, Bundle, Done, Grant, Key, Log, MOVE};
use medlot_core::crypto::Suite;
use medlot_core::record::{Element, KeyOf};

pub(super) fn add(set: &mut Set) -> Done<()> {
    enrolments(set)?;
    sizes(set)?;
    forms(set)?;
    frames(set)?;
    keys_and_seals(set)
}

/// A root, so many authorities below each other, and a device that sells; the bundle that leads to it.
pub(super) fn chain(suites: &[Suite], sales: u32) -> Done<(Log, Bundle, Log)> {
    let first = Log::root(*suites.first().ok_or("no suite")?, 1, [0; 32])?;
    let (mut root, mut above, mut bundle) = (first.clone(), None::<Log>, Bundle::new());
    for (level, suite) in suites.iter().enumerate().skip(1) {
        let parent = above.as_mut().unwrap_or(&mut root);
        let mut child = Log::under(parent, *suite, 10 + level as u8, &format!("V1-{level}"))?;
        let is_device = level + 1 == suites.len();
        let grant = if is_device { Grant::own(MOVE) } else { Grant::over(AUTHORITY, ALL) };
        let at = parent.enrol(&child, grant)?;
        bundle = if level == 1 { bundle.one(parent, at)? } else { bundle.under(&parent.one(at)?)? };
        if is_device {
            child.sell(sales)?;
        }
        above = Some(child);
    }
    let device = above.ok_or("no device")?;
    let bundle = bundle.under(&device.body(1, device.len())?)?;
    Ok((first, bundle, device))
}

fn enrolments(set: &mut Set) -> Done<()> {
    for n in 1..=4 {
        let mixed: Vec<Suite> = (0..=n).map(|i| if i % 2 == 0 { ED } else { P256 }).collect();
        let other: Vec<Suite> = (0..=n).map(|i| if i % 2 == 1 { ED } else { P256 }).collect();
        for (name, suites) in
            [("ed25519", vec![ED; n + 1]), ("p256", vec![P256; n + 1]), ("mixed", mixed), ("mixed from p256", other)]
        {
            let (root, bundle, _) = chain(&suites, 2)?;
            set.add(&format!("{n} enrolments, {name}"), &root, &[], &bundle.object(), Valid)?;
        }
    }
    Ok(())
}

fn sizes(set: &mut Set) -> Done<()> {
    for (suite, name, sizes) in [(ED, "ed25519", [1, 10, 1_024]), (P256, "p256", [1, 10, 300])] {
        for sales in sizes {
            let three = Three::with([suite; 3], Grant::over(AUTHORITY, ALL), Grant::own(MOVE), sales)?;
            let object = three.extract(1, three.device.len())?;
            set.add(&format!("{sales} movements, {name}"), &three.root, &[], &object, Valid)?;
        }
    }
    let three = Three::new(12)?;
    let object = three.path()?.under(&three.device.body(0, 5)?)?.run(&three.device, 5, 9)?.run(&three.device, 9, 13)?;
    set.add("a log in three segments", &three.root, &[], &object.object(), Valid)?;
    let apart = three.path()?.under(&three.device.body(9, 13)?)?.run(&three.device, 1, 4)?;
    set.add("two segments of a log with a gap, the later first", &three.root, &[], &apart.object(), Valid)?;
    let raw = three.path()?.under(&three.device.raw_body(1, 6)?)?.object();
    set.add("every row raw", &three.root, &[], &raw, Valid)?;
    let held = [three.extract(1, 6)?];
    set.add("every row raw, the same records held as rows", &three.root, &held, &raw, Valid)?;
    let twice = three.path()?.under(&three.device.body(1, 4)?)?.run(&three.device, 1, 4)?;
    set.add("the same segment twice", &three.root, &[], &twice.object(), Valid)?;
    let over = three.path()?.under(&three.device.body(1, 8)?)?.run(&three.device, 4, 12)?;
    set.add("segments that overlap", &three.root, &[], &over.object(), Valid)
}

fn forms(set: &mut Set) -> Done<()> {
    let t = Three::new(3)?;
    let (a, d, sold) = (t.root.one(t.a)?, t.authority.one(t.d)?, t.device.body(1, 4)?);
    let add = |set: &mut Set, name: &str, held: &[Vec<u8>], bundle: Bundle, expect| {
        set.add(name, &t.root, held, &bundle.object(), expect)
    };
    let path = [t.path()?.object()];
    let by_id = Bundle::new().own(&t.root, &a)?.own(&t.authority, &d)?.own(&t.device, &sold)?;
    add(set, "every element by its log's id", &[], by_id, Valid)?;
    let with_root = Bundle::new().keyed(&t.root, &t.root.one(0)?)?.own(&t.root, &a)?.under(&d)?.under(&sold)?;
    add(set, "the root's record stands in front", &[], with_root, Valid)?;
    add(set, "no element", &[], Bundle::new(), Invalid(3910))?;
    add(set, "the root's record alone, by its id", &[], Bundle::new().one(&t.root, 0)?, Valid)?;
    add(set, "the path is held", &path, Bundle::new().own(&t.device, &sold)?, Valid)?;
    add(set, "the path isn't held", &[], Bundle::new().own(&t.device, &sold)?, Unknown(3004))?;
    add(
        set,
        "half of the path is held",
        &[Bundle::new().own(&t.root, &a)?.object()],
        Bundle::new().own(&t.device, &sold)?,
        Unknown(3004),
    )?;
    let halves = [Bundle::new().own(&t.authority, &d)?.object(), Bundle::new().own(&t.root, &a)?.object()];
    add(set, "the path is held in pieces, the last one first", &halves, Bundle::new().own(&t.device, &sold)?, Valid)?;
    let late = Bundle::new().own(&t.device, &sold)?.own(&t.root, &a)?.under(&d)?;
    add(set, "the path stands behind, in one bundle", &[], late.clone(), Unknown(3004))?;
    add(set, "the path stands behind, and is held", &path, late, Valid)?;
    let marked = Bundle::new().mark(&t.authority, t.d)?;
    add(set, "a marked omission, held", &path, marked.clone().under(&sold)?, Valid)?;
    add(set, "a marked omission, held, then by id", &path, marked.clone().own(&t.device, &sold)?, Valid)?;
    add(set, "a marked omission, not held", &[], marked.clone().under(&sold)?, Unknown(3007))?;
    add(set, "a mark alone, not held", &[], marked, Unknown(3007))?;
    let first = Bundle::new().mark(&t.root, t.a)?;
    let only_a = [Bundle::new().own(&t.root, &a)?.object()];
    add(set, "the first enrolment marked, held", &only_a, first.clone().under(&d)?.under(&sold)?, Valid)?;
    add(set, "the first enrolment marked, not held", &[], first.under(&d)?.under(&sold)?, Unknown(3007))?;
    let other = Bundle::new().mark(&t.authority, 0)?.under(&sold)?;
    add(set, "a mark of a record that enrols nothing", &path, other, Unknown(3007))?;
    add(set, "under, as the first element", &path, Bundle::new().under(&sold)?, Invalid(3913))?;
    let introduced = Bundle::new().own(&t.root, &a)?.one(&t.authority, 0)?.under(&sold)?;
    add(set, "under a record that enrols nothing", &path, introduced, Invalid(3913))?;
    let two = Bundle::new().run(&t.root, 0, 2)?.under(&d)?.under(&sold)?;
    add(set, "under a segment of two records", &[], two, Invalid(3913))?;
    let wrong = Bundle::new().own(&t.root, &a)?.under(&sold)?;
    add(set, "under the enrolment of another log", &[], wrong, Invalid(3002))?;
    let keyed = Bundle::new().keyed(&t.device, &sold)?;
    add(set, "keyed, but neither a root nor a next root", &path, keyed, Invalid(3913))?;

    let mut sixteen = t.path()?;
    for i in 0..14 {
        sixteen = sixteen.run(&t.device, 1 + i % 3, 2 + i % 3)?;
    }
    add(set, "16 elements", &[], sixteen.clone(), Valid)?;
    add(set, "17 elements", &[], sixteen.run(&t.device, 1, 2)?, Invalid(3910))?;

    let anchor = t.root.anchor()?;
    set.add("the root object itself", &t.root, &[], &anchor, Valid)?;
    let rival = Log::root(ED, 77, [0; 32])?;
    set.add("another root's object", &t.root, &[], &rival.anchor()?, Invalid(3914))?;
    let foreign = Bundle::new().keyed(&rival, &rival.one(0)?)?.own(&t.root, &a)?;
    add(set, "another root's record in front", &[], foreign, Invalid(3914))?;
    let (other, bundle, _) = chain(&[P256, P256, ED], 1)?;
    set.add("a bundle of another root", &t.root, &[], &bundle.object(), Unknown(3004))?;
    set.add("the same bundle for its own root", &other, &[], &bundle.object(), Valid)
}

fn frames(set: &mut Set) -> Done<()> {
    let t = Three::with([ED, P256, ED], Grant::over(AUTHORITY, ALL), Grant::own(MOVE), 2)?;
    let whole = t.extract(1, 3)?;
    let mut ends = vec![4];
    for bundle in [Bundle::new().one(&t.root, t.a)?, t.path()?, t.path()?.under(&t.device.body(1, 3)?)?] {
        ends.push(bundle.object().len());
    }
    // In each element: its frame, log id, suite, index, first value, number, rows, signature.
    for (element, pair) in ends.windows(2).enumerate() {
        let (begin, end) = (pair[0], pair[1]);
        let marks = [1, 2, 3, 6, 10, 11, 12, 13, 20, 44, 45, 46, 47, 50, 60, 80];
        let mut cuts: Vec<usize> = marks.iter().map(|at| begin + at).chain([end - 65, end - 64, end - 1]).collect();
        cuts.retain(|cut| (begin + 1..end).contains(cut));
        cuts.sort_unstable();
        cuts.dedup();
        for cut in cuts {
            let name = format!("element {element} cut off after {} of {} bytes", cut - begin, end - begin);
            set.add(&name, &t.root, &[], &whole[..cut], Invalid(3910))?;
        }
        let name = format!("the object ends with element {element}");
        set.add(&name, &t.root, &[], &whole[..end], Valid)?;
    }
    for (cut, what) in [(0, "nothing"), (1, "one byte"), (2, "two bytes"), (3, "three bytes")] {
        set.add(&format!("{what} of the header"), &t.root, &[], &whole[..cut], Invalid(3910))?;
    }
    let mut bytes = |name: &str, at: usize, value: u8, expect| {
        let mut changed = whole.clone();
        changed[at] = value;
        set.add(name, &t.root, &[], &changed, expect)
    };
    bytes("not medlot's bytes", 0, b'P', Invalid(3910))?;
    bytes("format version 0, the draft", 2, 0, Unknown(3910))?;
    bytes("format version 2", 2, 2, Unknown(3910))?;
    bytes("format version 255", 2, 255, Unknown(3910))?;
    bytes("object type 0", 3, 0, Unknown(3910))?;
    bytes("object type 9", 3, 9, Unknown(3910))?;
    bytes("object type 255", 3, 255, Unknown(3910))?;
    for (kind, name) in [(2, "an invitation"), (3, "a request"), (5, "a QR part"), (6, "a fork proof"), (7, "a list")] {
        bytes(&format!("the type of {name}"), 3, kind, Invalid(3911))?;
    }
    let mark = Bundle::new().mark(&t.root, t.a)?.object();
    let mut long = mark.clone();
    long[4] += 4; // one byte more in the element
    long.push(0);
    set.add("a mark with a byte left over", &t.root, &[], &long, Invalid(3910))?;
    let wide = [&mark[..4], &[mark[4] | 0x80, 0], &mark[5..]].concat();
    set.add("an element's frame not in its one form", &t.root, &[], &wide, Invalid(3910))?;
    let trailing = [&whole[..], &[0]].concat();
    set.add("a byte left over is an element cut off", &t.root, &[], &trailing, Invalid(3910))?;
    let huge = [&whole[..4], &[0xff, 0xff, 0xff, 0xff, 0x0f]].concat();
    set.add("an element of a gibibyte announced", &t.root, &[], &huge, Invalid(3910))
}

fn keys_and_seals(set: &mut Set) -> Done<()> {
    for (suite, name) in [(ED, "ed25519"), (P256, "p256")] {
        let t = Three::with([suite; 3], Grant::over(AUTHORITY, ALL), Grant::own(MOVE), 3)?;
        let (a, d, sold) = (t.root.one(t.a)?, t.authority.one(t.d)?, t.device.body(1, 4)?);
        // One bit: of the last byte of the seal, of a row, of the first value.
        for (what, from_end) in [("seal", 1), ("row", 66), ("first value", sold.len() - 5)] {
            let mut bad = sold.clone();
            let at = bad.len() - from_end;
            bad[at] ^= 1;
            let object = t.path()?.under(&bad)?.object();
            let expect = if what == "seal" || what == "first value" { Invalid(3002) } else { Invalid(3912) };
            let expect = if what == "row" { row_expect(&t, &bad)?.unwrap_or(expect) } else { expect };
            set.add(&format!("{name}: a bit of the device's {what} flipped"), &t.root, &[], &object, expect)?;
        }
        let mut bad = a.clone();
        let at = bad.len() - 3;
        bad[at] ^= 4;
        let object = Bundle::new().own(&t.root, &bad)?.under(&d)?.under(&sold)?.object();
        set.add(&format!("{name}: a bit of the root's seal flipped"), &t.root, &[], &object, Invalid(3002))?;
        let held = [t.path()?.object()];
        set.add(&format!("{name}: the same, the path held"), &t.root, &held, &object, Invalid(3002))?;
        let mut bad = d.clone();
        let at = bad.len() - 64;
        bad[at] ^= 1;
        let object = Bundle::new().own(&t.root, &a)?.under(&bad)?.under(&sold)?.object();
        set.add(&format!("{name}: a bit of the authority's seal flipped"), &t.root, &[], &object, Invalid(3002))?;
        // Another key's seal over the right message.
        let thief = Log { key: Key::new(suite, 99)?, ..t.device.clone() };
        let object = t.extract_of(&thief, 1, 4)?;
        set.add(&format!("{name}: sealed with another key"), &t.root, &[], &object, Invalid(3002))?;
        // The same key under another facility code is another log.
        let elsewhere = Log::under(&t.authority, suite, 3, "V1-0418")?;
        let mut elsewhere = elsewhere;
        elsewhere.sell(2)?;
        let object = t.extract_of(&elsewhere, 1, 3)?;
        set.add(&format!("{name}: the same key at another facility"), &t.root, &[], &object, Invalid(3002))?;
        let object = Bundle::new().element(&Element::OwnId { log: t.root.id.log_id(), suite: 9, body: &a })?;
        set.add(&format!("{name}: suite 9 in an element"), &t.root, &[], &object.object(), Unknown(3003))?;
        let keyed = Element::Keyed { suite: 9, key: &t.root.key.public, body: &t.root.one(0)? };
        let object = Bundle::new().element(&keyed)?;
        set.add(&format!("{name}: suite 9 of a keyed element"), &t.root, &[], &object.object(), Unknown(3003))?;
        let other = if suite == ED { 1 } else { 0 };
        let object = Bundle::new().element(&Element::OwnId { log: t.root.id.log_id(), suite: other, body: &a })?;
        set.add(&format!("{name}: the other suite in an element"), &t.root, &[], &object.object(), Unknown(3004))?;
    }
    let t = Three::with([P256; 3], Grant::over(AUTHORITY, ALL), Grant::own(MOVE), 3)?;
    let mut twin = t.device.body(1, 4)?;
    let at = twin.len() - 64;
    crate::world::high_s(&mut twin[at..]);
    set.add("p256: high S", &t.root, &[], &t.path()?.under(&twin)?.object(), Invalid(3002))?;
    for (name, r, s) in [("r is 0", true, false), ("s is 0", false, true)] {
        let mut zero = t.device.body(1, 4)?;
        let at = zero.len() - 64;
        if r {
            zero[at..at + 32].fill(0);
        }
        if s {
            zero[at + 32..].fill(0);
        }
        set.add(&format!("p256: {name}"), &t.root, &[], &t.path()?.under(&zero)?.object(), Invalid(3002))?;
    }
    weak_keys(set)
}

/// A row's flipped bit may break the row or only its meaning: then the seal says it.
fn row_expect(t: &Three, bad: &[u8]) -> Done<Option<super::Expect>> {
    use medlot_core::record::{LogKey, Segment, SegmentError};
    let log = LogKey { id: t.device.id, suite: t.device.key.suite, key: &t.device.key.public };
    let error = Segment::parse(bad, 64).and_then(|segment| segment.verify(&log)).err();
    Ok(error.filter(|e| *e == SegmentError::BadSeal).map(|_| Invalid(3002)))
}

fn weak_keys(set: &mut Set) -> Done<()> {
    // The neutral element, (0, −1), a point of order 8, the neutral element in a form that isn't canonical; and a
    // P-256 key whose x is on no point. With R of small order and s = 0 a lax verifier accepts some of them.
    let mut one = [0; 32];
    one[0] = 1;
    let mut minus = [0xff; 32];
    (minus[0], minus[31]) = (0xec, 0x7f);
    let mut eight = [0; 32];
    for (byte, hex) in
        eight.iter_mut().zip("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05".as_bytes().chunks(2))
    {
        *byte = u8::from_str_radix(std::str::from_utf8(hex)?, 16)?;
    }
    let mut loose = [0xff; 32];
    (loose[0], loose[31]) = (0xee, 0x7f);
    let no_point = [[2].as_slice(), &[0xff; 32]].concat();
    let keys: [(&str, u8, &[u8]); 6] = [
        ("the neutral element", 0, &one),
        ("a key of order 2", 0, &minus),
        ("a key of order 8", 0, &eight),
        ("a key that isn't canonical", 0, &loose),
        ("no point of P-256", 1, &no_point),
        ("a P-256 key with another first byte", 1, &[5; 33]),
    ];
    for (name, suite, key) in keys {
        let mut t = Three::new(1)?;
        let at = t.authority.enrol_key(&KeyOf { suite, key, format: 1 }, "V1-9", Grant::own(MOVE))?;
        let id = medlot_core::crypto::log_identity(&t.authority.line, suite, key, "V1-9").ok_or("no log")?;
        let device = Log { id, line: id, facility: "V1-9".into(), ..t.device.clone() };
        let mut body = device.body(1, 2)?;
        let signature = body.len() - 64;
        // R = the key, s = 0: holds wherever the key's multiple vanishes and small order is let pass.
        body[signature..].fill(0);
        body[signature..signature + 32].copy_from_slice(&one);
        let bundle = Bundle::new().one(&t.root, t.a)?.under(&t.authority.one(at)?)?;
        set.add(&format!("{name}, enrolled"), &t.root, &[], &bundle.object(), Valid)?;
        let object = bundle.under(&body)?.object();
        set.add(&format!("{name}, and what it seals"), &t.root, &[], &object, Invalid(3002))?;
    }
    Ok(())
}
