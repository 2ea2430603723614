//! Next roots: linked by commitment and cut, or not.
use super::{ED, Expect, Invalid, P256, Set, Unknown, Valid};
use crate::world::{ALL, AUTHORITY, Bundle, Done, Grant, Key, Log, MOVE};
use medlot_core::crypto::Suite;
use medlot_core::record::{Cut, Element};

pub(super) fn add(set: &mut Set) -> Done<()> {
    for (suite, name) in [(ED, "ed25519"), (P256, "p256")] {
        next(set, suite, name)?;
    }
    not_linked(set)?;
    three_roots(set)?;
    strange_roots(set)
}

/// A first root that commits to one key, an authority with a device beneath, and what the root wrote after both.
struct Old {
    root: Log,
    key: Key,
    a: usize,
    authority: Log,
    d: usize,
    device: Log,
}

fn old(suite: Suite) -> Done<Old> {
    let key = Key::new(suite, 100)?;
    let mut root = Log::root(suite, 1, key.commitment(&[0; 32])?)?;
    let mut authority = Log::under(&root, suite, 2, "V1-AUTH")?;
    let a = root.enrol(&authority, Grant::over(AUTHORITY, ALL))?;
    let mut device = Log::under(&authority, ED, 3, "V1-0417")?;
    let d = authority.enrol(&device, Grant::own(MOVE))?;
    device.sell(4)?;
    Ok(Old { root, key, a, authority, d, device })
}

impl Old {
    fn extract(&self) -> Done<Vec<u8>> {
        let path = Bundle::new().one(&self.root, self.a)?.under(&self.authority.one(self.d)?)?;
        Ok(path.under(&self.device.body(1, 5)?)?.object())
    }
}

/// An authority and a device beneath this root, as a bundle behind the root's own elements.
fn beneath(root: &mut Log, front: Bundle) -> Done<Vec<u8>> {
    let mut authority = Log::under(root, ED, 110, "V1-NEW")?;
    let a = root.enrol(&authority, Grant::over(AUTHORITY, ALL))?;
    let mut device = Log::under(&authority, P256, 111, "V1-SHOP")?;
    let d = authority.enrol(&device, Grant::own(MOVE))?;
    device.sell(2)?;
    Ok(front.one(root, a)?.under(&authority.one(d)?)?.under(&device.body(1, 3)?)?.object())
}

fn next(set: &mut Set, suite: Suite, name: &str) -> Done<()> {
    let mut o = old(suite)?;
    let end = o.root.len();
    let mut add = |what: &str, root: &Log, held: &[Vec<u8>], object: &[u8], expect: Expect| {
        set.add(&format!("{name}, a next root: {what}"), root, held, object, expect)
    };
    let mut root = Log::next_root(&o.root, o.key.clone(), o.root.at(end)?, [0; 32])?;
    let first = Bundle::new().keyed(&root, &root.one(0)?)?;
    add("its first record", &o.root, &[], &first.object(), Valid)?;
    let object = beneath(&mut root, first.clone())?;
    add("what it enrols", &o.root, &[], &object, Valid)?;
    let again = root.enrol(&o.authority.clone(), Grant::over(AUTHORITY, ALL))?;
    let path = first.clone().one(&root, again)?.under(&o.authority.one(o.d)?)?.under(&o.device.body(1, 5)?)?;
    add("the old root's authority, enrolled again", &o.root, &[], &path.object(), Valid)?;
    let held = [first.object()];
    add("what the old root enrolled, up to the cut", &o.root, &held, &o.extract()?, Valid)?;
    add("the old root's first record, chain not here", &o.root, &held, &o.root.anchor()?, Unknown(3008))?;
    let chain = Bundle::new().run(&o.root, 0, end)?.object();
    add("the old root's first record, chain here", &o.root, &[held[0].clone(), chain], &o.root.anchor()?, Valid)?;
    // What the old root writes beyond the cut.
    let late = Log::under(&o.root, ED, 8, "V1-LATE")?;
    let l = o.root.enrol(&late, Grant::over(AUTHORITY, ALL))?;
    let object = Bundle::new().one(&o.root, l)?.under(&late.one(0)?)?.object();
    add("what the old root enrols beyond the cut", &o.root, &held, &object, Invalid(3009))?;
    add("the same, the next root not held", &o.root, &[], &object, Valid)?;
    // The cut further on: the enrolment lies below it and its chain isn't here.
    let root = Log::next_root(&o.root, o.key.clone(), o.root.at(o.root.len())?, [0; 32])?;
    let held = [Bundle::new().keyed(&root, &root.one(0)?)?.object()];
    add("an enrolment below the cut, chain not here", &o.root, &held, &o.extract()?, Unknown(3008))?;
    let chain = Bundle::new().run(&o.root, 1, o.root.len())?.object();
    let with_chain = [held[0].clone(), chain];
    add("an enrolment below the cut, chain here", &o.root, &with_chain, &o.extract()?, Valid)?;
    // A next root confirms a prefix of the log of the root before.
    let mut root = root;
    let c = root.confirm(o.root.at(end)?)?;
    let confirmed = [held[0].clone(), Bundle::new().one(&root, c)?.object()];
    add("an enrolment below the cut, confirmed", &o.root, &confirmed, &o.extract()?, Valid)?;
    // Cuts by the next root reach everything beneath; those of the old root hold only up to its end.
    let at = root.revoke(o.device.at(2)?)?;
    let held = [with_chain[0].clone(), with_chain[1].clone(), Bundle::new().one(&root, at)?.object()];
    add("it cuts a device of the old root's", &o.root, &held, &o.extract()?, Invalid(3009))?;
    let beyond = o.root.revoke(o.device.at(2)?)?;
    let held = [with_chain[0].clone(), with_chain[1].clone(), Bundle::new().one(&o.root, beyond)?.object()];
    add("a cut by the old root, beyond its end", &o.root, &held, &o.extract()?, Valid)?;
    let mut strange = Log { records: Vec::new(), ..root.clone() };
    strange.push_raw(34, &[0, 4]);
    let object = Bundle::new().one(&strange, 0)?.object();
    add("an Introduce by its key", &o.root, &held, &object, Invalid(3001))
}

fn not_linked(set: &mut Set) -> Done<()> {
    let mut o = old(ED)?;
    let (end, cut) = (o.root.len(), o.root.at(o.root.len())?);
    let mut tried = |what: &str, mut root: Log| -> Done<()> {
        let first = Bundle::new().keyed(&root, &root.one(0)?)?;
        set.add(&format!("not linked: {what}"), &o.root, &[], &first.object(), Unknown(3004))?;
        let object = beneath(&mut root, first.clone())?;
        set.add(&format!("not linked: {what}, what it enrols"), &o.root, &[], &object, Unknown(3004))?;
        let name = format!("not linked: {what}, the old root's enrolments");
        set.add(&name, &o.root, &[first.object()], &o.extract()?, Valid)
    };
    tried("a rival's key", Log::next_root(&o.root, Key::new(ED, 101)?, cut, [0; 32])?)?;
    tried("a rival's key of the other suite", Log::next_root(&o.root, Key::new(P256, 100)?, cut, [0; 32])?)?;
    tried("it carries another commitment", Log::next_root(&o.root, o.key.clone(), cut, [1; 32])?)?;
    let other = Cut { log: o.authority.id.log16(), ..cut };
    tried("it cuts another log", Log::next_root(&o.root, o.key.clone(), other, [0; 32])?)?;
    // n ≥ 1 is part of the form: such a record is malformed.
    let mut zero = Log { records: Vec::new(), ..Log::next_root(&o.root, o.key.clone(), cut, [0; 32])? };
    let body = [&[0][..], &o.root.id.log16(), &[0], &o.root.id.0, &[0; 32]].concat();
    zero.push_raw(33, &body);
    let object = Bundle::new().keyed(&zero, &zero.one(0)?)?.object();
    set.add("a next root that cuts at 0", &o.root, &[], &object, Invalid(3913))?;
    // A root that commits to no further one.
    let last = Log::root(ED, 1, [0; 32])?;
    let root = Log::next_root(&last, Key::new(ED, 100)?, last.at(1)?, [0; 32])?;
    let object = Bundle::new().keyed(&root, &root.one(0)?)?.object();
    set.add("not linked: a root without a commitment", &last, &[], &object, Unknown(3004))?;
    // The next root of another first root: another line, so another log.
    let stranger = Log::root(ED, 9, o.key.commitment(&[0; 32])?)?;
    let root = Log::next_root(&stranger, o.key.clone(), stranger.at(1)?, [0; 32])?;
    let object = Bundle::new().keyed(&root, &root.one(0)?)?.object();
    set.add("a next root of another first root", &o.root, &[], &object, Invalid(3002))?;
    // The same bytes under another key.
    let root = Log::next_root(&o.root, o.key.clone(), cut, [0; 32])?;
    let body = root.one(0)?;
    let thief = Key::new(ED, 102)?;
    let object = Bundle::new().element(&Element::Keyed { suite: 0, key: &thief.public, body: &body })?.object();
    set.add("a next root's record under another key", &o.root, &[], &object, Invalid(3002))?;
    // A cut at a head that nobody has seen: linked, and what stands below it isn't sure.
    let unseen = Cut { count: 90, ..cut };
    let root = Log::next_root(&o.root, o.key.clone(), unseen, [0; 32])?;
    let held = [Bundle::new().keyed(&root, &root.one(0)?)?.object()];
    set.add("a next root that cuts at a head nobody has seen", &o.root, &held, &o.extract()?, Unknown(3008))?;
    // A next root that cuts a branch of the old root's log.
    let mut other = o.root.branch(end - 1);
    let ghost = Log::under(&other, ED, 70, "V1-GHOST")?;
    other.enrol(&ghost, Grant::over(AUTHORITY, ALL))?;
    let root = Log::next_root(&o.root, o.key.clone(), other.at(end)?, [0; 32])?;
    let held = [Bundle::new().keyed(&root, &root.one(0)?)?.object()];
    set.add("a next root names another branch of the old one", &o.root, &held, &o.extract()?, Invalid(3010))?;
    // A key of the root committed to, enrolled as an authority: no root.
    let plain = Log { key: o.key.clone(), ..Log::under(&o.root, ED, 55, "V1-PLAIN")? };
    let p = o.root.enrol(&plain, Grant::over(AUTHORITY, ALL))?;
    let object = Bundle::new().one(&o.root, p)?.object();
    set.add("the key of a next root, enrolled as an authority", &o.root, &[], &object, Valid)
}

fn three_roots(set: &mut Set) -> Done<()> {
    let keys = [Key::new(P256, 100)?, Key::new(ED, 101)?];
    let second = keys[1].commitment(&[0; 32])?;
    let mut root = Log::root(ED, 1, keys[0].commitment(&second)?)?;
    let authority = Log::under(&root, ED, 2, "V1-AUTH")?;
    let a = root.enrol(&authority, Grant::over(AUTHORITY, ALL))?;
    let of_first = Bundle::new().one(&root, a)?.under(&authority.one(0)?)?.object();
    let mut two = Log::next_root(&root, keys[0].clone(), root.at(root.len())?, second)?;
    let other = Log::under(&two, ED, 4, "V1-TWO")?;
    let b = two.enrol(&other, Grant::over(AUTHORITY, ALL))?;
    let mut three = Log::next_root(&root, keys[1].clone(), two.at(two.len())?, [0; 32])?;
    let (of_two, of_three) = (Bundle::new().keyed(&two, &two.one(0)?)?, Bundle::new().keyed(&three, &three.one(0)?)?);
    let held = [of_two.object(), of_three.object()];
    let beneath_two = of_two.clone().one(&two, b)?.under(&other.one(0)?)?.object();
    let chain = Bundle::new().run(&two, 0, 2)?.object();
    let object = beneath(&mut three, of_three.clone())?;
    let mut add = |what: &str, held: &[Vec<u8>], object: &[u8], expect: Expect| {
        set.add(&format!("three roots: {what}"), &root, held, object, expect)
    };
    add("the third, the second not held", &[], &object, Unknown(3004))?;
    add("the third, the second held", &held, &object, Valid)?;
    add("beneath the second", &[], &beneath_two, Valid)?;
    let with_chain = [of_three.object(), chain.clone()];
    add("beneath the second, the third not linked for want of it", &[of_three.object()], &of_first, Valid)?;
    add("beneath the second, the third held and its chain", &with_chain, &beneath_two, Valid)?;
    let ended = [held[0].clone(), held[1].clone(), chain];
    add("beneath the first, all held", &ended, &of_first, Valid)?;
    add("beneath the first, the second's own chain not here", &held, &of_first, Valid)?;
    // The third cuts the second at its first record: what it enrolled is gone, and so is nothing else.
    let short = Log::next_root(&root, keys[1].clone(), two.at(1)?, [0; 32])?;
    let held = [Bundle::new().keyed(&short, &short.one(0)?)?.object()];
    add("the second ends with its first record", &held, &beneath_two, Invalid(3009))?;
    // A third that skips the second isn't linked.
    let skip = Log::next_root(&root, keys[1].clone(), root.at(1)?, [0; 32])?;
    let held = [of_two.object(), Bundle::new().keyed(&skip, &skip.one(0)?)?.object()];
    add("the third cuts the first: not linked", &held, &beneath_two, Valid)
}

/// Roots whose first record a newer build wrote.
fn strange_roots(set: &mut Set) -> Done<()> {
    let extended = |ids: [u8; 2]| -> Done<Log> {
        let plain = Log::root(ED, 1, [0; 32])?;
        let mut record = plain.records[0].clone();
        record[5] = 1; // the presence bitmap
        record.extend([2, ids[0], 1, 7, ids[1], 0]);
        let parent = medlot_core::crypto::root_parent(&record);
        let id = medlot_core::crypto::log_identity(&parent, 0, &plain.key.public, "").ok_or("no log")?;
        Ok(Log { id, line: id, parent, records: vec![record], ..plain })
    };
    let mut root = extended([4, 8])?;
    set.add("a root with even extensions: itself", &root, &[], &root.anchor()?, Valid)?;
    let object = beneath(&mut root, Bundle::new())?;
    set.add("a root with even extensions: what it enrols", &root, &[], &object, Valid)?;
    // Everything rests on a root: one that isn't understood can't be the trust anchor here.
    let newer = extended([5, 9])?;
    set.add("a root with odd extensions, as an object", &root, &[], &newer.anchor()?, Unknown(3003))?;
    let object = Bundle::new().keyed(&newer, &newer.one(0)?)?.object();
    set.add("a root with odd extensions, in a bundle", &root, &[], &object, Unknown(3003))?;
    let o = old(ED)?;
    for (ids, name, expect) in [([4, 8], "even", Valid), ([5, 9], "odd", Unknown(3004))] {
        let mut next = Log::next_root(&o.root, o.key.clone(), o.root.at(o.root.len())?, [0; 32])?;
        next.records[0][5] = 1;
        next.records[0].extend([2, ids[0], 1, 7, ids[1], 0]);
        let object = Bundle::new().keyed(&next, &next.one(0)?)?.object();
        set.add(&format!("a next root with {name} extensions"), &o.root, &[], &object, expect)?;
    }
    Ok(())
}
