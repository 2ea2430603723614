//! Where logs end: cuts, confirms, States, forks.
use super::{ED, Expect, Invalid, P256, Set, Three, Unknown, Valid};
use crate::world::{ALL, AUTHORITY, Bundle, Done, Grant, Log, MOVE};
use medlot_core::crypto::Suite;
use medlot_core::record::{Cut, Role, Witness};

pub(super) fn add(set: &mut Set) -> Done<()> {
    of_a_device(set)?;
    branches(set)?;
    confirms(set)?;
    replaced(set)?;
    foreign(set)?;
    of_an_authority(set)?;
    renewals(set)?;
    states(set)?;
    forks(set)
}

fn of_a_device(set: &mut Set) -> Done<()> {
    for (suite, name) in [(ED, "ed25519"), (P256, "p256")] {
        // Records 0 (its Introduce) to 11; the cut at 8.
        let mut t = Three::with([suite; 3], Grant::over(AUTHORITY, ALL), Grant::own(MOVE), 11)?;
        let held = [t.cut(t.device.at(8)?)?];
        let mut add = |what: &str, held: &[Vec<u8>], object: &[u8], expect| {
            set.add(&format!("{name}, cut at 8: {what}"), &t.root, held, object, expect)
        };
        add("the first record beyond it", &held, &t.extract(8, 9)?, Invalid(3009))?;
        add("all beyond it", &held, &t.extract(9, 12)?, Invalid(3009))?;
        add("the last record before it", &held, &t.extract(7, 8)?, Valid)?;
        add("up to it", &held, &t.extract(3, 8)?, Valid)?;
        add("over it", &held, &t.extract(3, 12)?, Invalid(3009))?;
        add("below it, chain not here", &held, &t.extract(3, 6)?, Unknown(3008))?;
        add("the first record, chain not here", &held, &t.extract(0, 1)?, Unknown(3008))?;
        let with_chain = [held[0].clone(), t.extract(6, 8)?];
        add("below it, chain here", &with_chain, &t.extract(3, 6)?, Valid)?;
        let longer = [held[0].clone(), t.extract(6, 12)?];
        add("below it, chain here in a segment beyond the cut", &longer, &t.extract(3, 6)?, Valid)?;
        let pieces = [held[0].clone(), t.extract(7, 8)?, t.extract(6, 7)?];
        add("below it, chain here in pieces", &pieces, &t.extract(3, 6)?, Valid)?;
        let gap = [held[0].clone(), t.extract(7, 8)?];
        add("below it, chain with a gap", &gap, &t.extract(3, 6)?, Unknown(3008))?;
        let over = [held[0].clone(), t.extract(5, 8)?];
        add("below it, chain here, overlapping", &over, &t.extract(3, 6)?, Valid)?;
        let inside = t.extract(3, 10)?;
        add("below it, another segment holds it and the chain", &[held[0].clone(), inside], &t.extract(4, 5)?, Valid)?;
        let same = t.path()?.under(&t.device.body(3, 6)?)?.run(&t.device, 6, 8)?.object();
        add("below it, chain in the same bundle", &held, &same, Valid)?;
        add("the cut isn't held", &[], &t.extract(3, 12)?, Valid)?;
        let own = t.path()?.run(&t.authority, t.d + 1, t.d + 2)?.own(&t.device, &t.device.body(8, 9)?)?.object();
        add("the cut in the same bundle", &[], &own, Invalid(3009))?;
    }
    let mut t = Three::new(3)?;
    let held = [t.cut(t.device.at(0)?)?];
    set.add("cut at 0: its Introduce", &t.root, &held, &t.extract(0, 1)?, Invalid(3009))?;
    set.add("cut at 0: everything", &t.root, &held, &t.extract(0, 4)?, Invalid(3009))?;
    let mut t = Three::new(3)?;
    let held = [t.cut(Cut { count: 90, ..t.device.at(4)? })?];
    set.add("cut at a count nobody has seen", &t.root, &held, &t.extract(1, 4)?, Unknown(3008))?;
    let mut t = Three::new(3)?;
    let held = [t.cut(Cut { head: t.device.head(2)?, ..t.device.at(4)? })?];
    set.add("cut at a head of another count", &t.root, &held, &t.extract(1, 4)?, Invalid(3008))
}

fn branches(set: &mut Set) -> Done<()> {
    let mut t = Three::new(9)?;
    // From count 4 on the device shows others a second branch.
    let mut other = t.device.branch(4);
    other.moved(medlot_core::movement::Direction::Out, 8, None)?;
    other.sell(5)?;
    let (main, second) = (t.extract(1, 10)?, t.extract_of(&other, 1, 10)?);
    set.add("two branches, both held, no cut", &t.root, std::slice::from_ref(&main), &second, Valid)?;
    let held = [t.cut(t.device.at(8)?)?];
    let mut add = |what: &str, held: &[Vec<u8>], object: &[u8], expect| {
        set.add(&format!("a cut at 8 names one branch of two: {what}"), &t.root, held, object, expect)
    };
    add("the other, chain not here", &held, &t.extract_of(&other, 4, 7)?, Unknown(3008))?;
    add("the other, its last before the cut", &held, &t.extract_of(&other, 7, 8)?, Invalid(3010))?;
    add("the other, up to the cut", &held, &t.extract_of(&other, 4, 8)?, Invalid(3008))?;
    add("the other, beyond the cut", &held, &t.extract_of(&other, 8, 10)?, Invalid(3009))?;
    let with_main = [held[0].clone(), t.extract(4, 8)?];
    add("the other, chain here", &with_main, &t.extract_of(&other, 4, 7)?, Invalid(3010))?;
    add("what both have, chain here", &with_main, &t.extract_of(&other, 1, 4)?, Valid)?;
    add("what both have and the other, chain here", &with_main, &t.extract_of(&other, 2, 6)?, Invalid(3010))?;
    let part = [held[0].clone(), t.extract(6, 8)?];
    add("the other, half of the chain here", &part, &t.extract_of(&other, 4, 8)?, Invalid(3008))?;
    add("the other, first of it, half of the chain here", &part, &t.extract_of(&other, 4, 6)?, Invalid(3008))?;
    add("the one named, the other held", &[held[0].clone(), second], &t.extract(4, 8)?, Valid)?;
    add("one record of the other within a longer segment", &with_main, &t.extract_of(&other, 3, 5)?, Invalid(3010))?;
    // Two cuts of two issuers, one on each branch: none satisfies both where they differ.
    let mut t = Three::new(9)?;
    let by_authority = t.cut(t.device.at(8)?)?;
    let at = t.root.revoke(other.at(8)?)?;
    let held = [by_authority, Bundle::new().one(&t.root, at)?.object(), main, t.extract_of(&other, 4, 8)?];
    set.add("two issuers cut on two branches: one of them", &t.root, &held, &t.extract(4, 8)?, Invalid(3010))?;
    set.add("two issuers cut on two branches: what both have", &t.root, &held, &t.extract(1, 4)?, Valid)
}

fn confirms(set: &mut Set) -> Done<()> {
    let mut t = Three::new(9)?;
    let revoked = t.cut(t.device.at(8)?)?;
    let prefix = t.device.at(5)?;
    let at = t.authority.confirm(prefix)?;
    let confirmed = t.of_authority(at)?;
    let held = [revoked.clone(), confirmed.clone()];
    let mut add = |what: &str, held: &[Vec<u8>], object: &[u8], expect| {
        set.add(&format!("cut at 8, confirmed up to 5: {what}"), &t.root, held, object, expect)
    };
    add("up to 5", &held, &t.extract(1, 5)?, Valid)?;
    add("beyond 5", &held, &t.extract(1, 7)?, Unknown(3008))?;
    add("below 5, chain to 5 not here", &held, &t.extract(1, 3)?, Unknown(3008))?;
    add("below 5, chain to 5 here", &[held[0].clone(), held[1].clone(), t.extract(3, 5)?], &t.extract(1, 3)?, Valid)?;
    add("beyond the cut all the same", &held, &t.extract(8, 9)?, Invalid(3009))?;
    add("the cut isn't held", std::slice::from_ref(&confirmed), &t.extract(1, 7)?, Valid)?;
    let mut other = t.device.branch(2);
    other.moved(medlot_core::movement::Direction::Out, 8, None)?;
    other.sell(5)?;
    add("a branch off the confirmed prefix", &held, &t.extract_of(&other, 2, 5)?, Unknown(3008))?;
    // Who may confirm: the line of the issuer, and those above it.
    let mut t = Three::new(9)?;
    let revoked = t.cut(t.device.at(8)?)?;
    let by_root = t.root.confirm(prefix)?;
    let held = [revoked.clone(), Bundle::new().one(&t.root, by_root)?.object()];
    set.add("confirmed by a line above the issuer", &t.root, &held, &t.extract(1, 5)?, Valid)?;
    let renewed = t.authority.renewed(P256, 44)?;
    let mut renewed = renewed;
    let grant = Grant { first: Some(&t.authority.key), ..Grant::over(AUTHORITY, ALL) };
    let r = t.root.enrol(&renewed, grant)?;
    let c = renewed.confirm(prefix)?;
    let held = [revoked.clone(), Bundle::new().one(&t.root, r)?.under(&renewed.one(c)?)?.object()];
    set.add("confirmed by a successor of the issuer", &t.root, &held, &t.extract(1, 5)?, Valid)?;
    let own = t.device.confirm(prefix)?;
    let held = [revoked.clone(), t.extract(own, own + 1)?];
    set.add("confirmed by the device itself", &t.root, &held, &t.extract(1, 5)?, Unknown(3008))?;
    let mut sister = Log::under(&t.root, ED, 5, "V1-SISTER")?;
    let s = t.root.enrol(&sister, Grant::over(AUTHORITY, ALL))?;
    let c = sister.confirm(prefix)?;
    let held = [revoked.clone(), Bundle::new().one(&t.root, s)?.under(&sister.one(c)?)?.object()];
    set.add("confirmed by a sister of the issuer", &t.root, &held, &t.extract(1, 5)?, Unknown(3008))?;
    let by_root = t.root.revoke(t.device.at(8)?)?;
    let held = [Bundle::new().one(&t.root, by_root)?.object(), confirmed];
    set.add("confirmed by a line below the issuer", &t.root, &held, &t.extract(1, 5)?, Unknown(3008))?;
    let far = t.authority.confirm(t.device.at(9)?)?;
    let held = [revoked, t.of_authority(far)?, t.extract(8, 9)?];
    set.add("a prefix longer than the cut", &t.root, &held, &t.extract(1, 5)?, Unknown(3008))?;
    // A cut that names the prefix itself is its own chain; the two heads differ here.
    let mut t = Three::new(9)?;
    let (revoked, at) = (t.cut(t.device.at(8)?)?, t.authority.confirm(t.device.at(8)?)?);
    let held = [revoked, t.of_authority(at)?];
    set.add("confirmed up to the cut itself", &t.root, &held, &t.extract(1, 5)?, Unknown(3008))
}

fn replaced(set: &mut Set) -> Done<()> {
    for (first, second, expect) in [(3, 8, Valid), (8, 3, Invalid(3009))] {
        let mut t = Three::new(9)?;
        let chain = t.extract(1, 8)?;
        let held = [t.cut(t.device.at(first)?)?, chain.clone(), t.cut(t.device.at(second)?)?];
        let name = format!("a cut at {first}, then one at {second}");
        set.add(&name, &t.root, &held, &t.extract(4, 7)?, expect)?;
        let later_only = [held[1].clone(), held[2].clone()];
        set.add(&format!("{name}: the later one alone"), &t.root, &later_only, &t.extract(4, 7)?, expect)?;
        let backwards: Vec<Vec<u8>> = held.iter().rev().cloned().collect();
        set.add(&format!("{name}, the later one first"), &t.root, &backwards, &t.extract(4, 7)?, expect)?;
        // Two issuers: the earlier one isn't replaced.
        let mut t = Three::new(9)?;
        let by_authority = t.cut(t.device.at(first)?)?;
        let at = t.root.revoke(t.device.at(second)?)?;
        let held = [by_authority, chain, Bundle::new().one(&t.root, at)?.object()];
        let name = format!("a cut at {first} by the authority, one at {second} by the root");
        set.add(&name, &t.root, &held, &t.extract(4, 7)?, Invalid(3009))?;
    }
    let mut t = Three::new(9)?;
    let held = [t.cut(t.device.at(3)?)?, t.cut(t.device.at(8)?)?];
    set.add("a cut at 3, then one at 8: chain not here", &t.root, &held, &t.extract(4, 7)?, Unknown(3008))?;
    set.add("a cut at 3, then one at 8: beyond both", &t.root, &held, &t.extract(8, 9)?, Invalid(3009))?;
    // The later of two cuts doesn't count: the earlier one stands.
    let mut t = Three::new(9)?;
    let (chain, early) = (t.extract(1, 8)?, t.cut(t.device.at(3)?)?);
    let end = t.authority.len();
    let late = t.cut(t.device.at(8)?)?;
    let at = t.root.revoke(t.authority.at(end)?)?;
    let whole = t.path()?.run(&t.authority, 0, end)?.object();
    let held = [early, chain, late, Bundle::new().one(&t.root, at)?.object(), whole];
    set.add("of two cuts the later is itself cut off", &t.root, &held, &t.extract(4, 7)?, Invalid(3009))?;
    // Two cuts at one index on two branches of the authority both hold.
    let mut t = Three::new(9)?;
    let mut other = t.authority.branch(t.authority.len());
    let (one, chain) = (t.cut(t.device.at(8)?)?, t.extract(1, 8)?);
    let index = other.revoke(t.device.at(3)?)?;
    let two = Bundle::new().one(&t.root, t.a)?.one(&other, index)?.object();
    set.add(
        "two cuts at one index of a forked authority",
        &t.root,
        &[one, two, chain],
        &t.extract(4, 7)?,
        Invalid(3009),
    )
}

/// Cuts by those who don't stand above.
fn foreign(set: &mut Set) -> Done<()> {
    let mut t = Three::new(9)?;
    let mut sister = Log::under(&t.root, ED, 5, "V1-SISTER")?;
    let s = t.root.enrol(&sister, Grant::over(AUTHORITY, ALL))?;
    let at = sister.revoke(t.device.at(3)?)?;
    let held = [Bundle::new().one(&t.root, s)?.under(&sister.one(at)?)?.object()];
    set.add("a sister's cut", &t.root, &held, &t.extract(1, 9)?, Valid)?;
    let own = Grant::own(&[Role::Move, Role::Enrol]);
    let mut t = Three::with([ED; 3], Grant::over(AUTHORITY, ALL), own, 5)?;
    let at = t.device.revoke(t.device.at(2)?)?;
    set.add("a cut of one's own log", &t.root, &[], &t.extract(1, at + 1)?, Valid)?;
    let at = t.authority.revoke(t.authority.at(1)?)?;
    let held = [t.of_authority(at)?];
    set.add("an authority's cut of its own log", &t.root, &held, &t.extract(1, 3)?, Valid)?;
    let at = t.device.revoke(t.authority.at(1)?)?;
    let held = [t.extract(at, at + 1)?];
    set.add("a child's cut of its authority", &t.root, &held, &t.extract(1, 3)?, Valid)?;
    let at = t.device.revoke(t.root.at(1)?)?;
    let held = [t.extract(at, at + 1)?];
    set.add("a child's cut of the root", &t.root, &held, &t.extract(1, 3)?, Valid)?;
    let at = t.root.revoke(t.root.at(1)?)?;
    let held = [Bundle::new().one(&t.root, at)?.object()];
    set.add("the root's cut of its own log", &t.root, &held, &t.extract(1, 3)?, Valid)?;
    // One above, but without the role to enrol: its cut doesn't count.
    let mut root = Log::root(ED, 1, [0; 32])?;
    let mut a = Log::under(&root, ED, 2, "V1-A")?;
    let with = root.enrol(&a, Grant::over(&[Role::Enrol, Role::Move], ALL))?;
    let mut d = Log::under(&a, ED, 3, "V1-D")?;
    let ad = a.enrol(&d, Grant::own(MOVE))?;
    d.sell(4)?;
    let at = a.push_raw(36, &[&[0][..], &d.id.log16(), &[2], &[7; 32]].concat());
    let path = Bundle::new().one(&root, with)?.under(&a.one(ad)?)?;
    let held = [Bundle::new().one(&root, with)?.one(&a, at)?.object()];
    set.add("a malformed cut", &root, &held, &path.under(&d.body(1, 5)?)?.object(), Valid)?;
    // A rival enrols a key of its own as a renewal of the authority, under its own line.
    let mut t = Three::new(9)?;
    let mut rival = Log::under(&t.root, ED, 5, "V1-RIVAL")?;
    let s = t.root.enrol(&rival, Grant::over(AUTHORITY, ALL))?;
    let mut puppet = Log::under(&rival, ED, 6, "V1-AUTH")?;
    let grant = Grant { first: Some(&t.authority.key), ..Grant::over(AUTHORITY, ALL) };
    let p = rival.enrol(&puppet, grant)?;
    let at = puppet.revoke(t.device.at(3)?)?;
    let object = Bundle::new().one(&t.root, s)?.under(&rival.one(p)?)?.under(&puppet.one(at)?)?.object();
    set.add("a rival's renewal of another line's key: its cut", &t.root, &[object], &t.extract(1, 9)?, Valid)?;
    let mut child = Log::under(&puppet, ED, 7, "V1-CHILD")?;
    child.sell(1)?;
    let claimed = puppet.enrol(&t.device.clone(), Grant::own(MOVE))?;
    let path = Bundle::new().one(&t.root, s)?.under(&rival.one(p)?)?.under(&puppet.one(claimed)?)?;
    let object = path.under(&t.device.body(1, 3)?)?.object();
    set.add("a rival's renewal of another line's key: its enrolment", &t.root, &[], &object, Invalid(3002))
}

fn of_an_authority(set: &mut Set) -> Done<()> {
    let cases = |set: &mut Set, suites: [Suite; 3], name: &str| -> Done<()> {
        let mut t = Three::with(suites, Grant::over(AUTHORITY, ALL), Grant::own(MOVE), 5)?;
        let late = Log::under(&t.authority, ED, 6, "V1-LATE")?;
        let end = t.authority.len();
        t.authority.revoke(t.device.at(3)?)?;
        let l = t.authority.enrol(&late, Grant::own(MOVE))?;
        let at = t.root.revoke(t.authority.at(end)?)?;
        let held = [Bundle::new().one(&t.root, at)?.object()];
        let add = |set: &mut Set, what: &str, held: &[Vec<u8>], object: &[u8], expect| {
            set.add(&format!("{name}: {what}"), &t.root, held, object, expect)
        };
        let of_late = Bundle::new().one(&t.root, t.a)?.under(&t.authority.one(l)?)?.under(&late.one(0)?)?.object();
        add(set, "a child enrolled before", &held, &t.extract(1, 6)?, Valid)?;
        add(set, "a child enrolled after", &held, &of_late, Invalid(3009))?;
        add(set, "a cut written after is lifted", &[held[0].clone(), t.of_authority(end)?], &t.extract(1, 6)?, Valid)
    };
    cases(set, [ED; 3], "an authority cut behind its child")?;
    cases(set, [P256; 3], "an authority cut behind its child, p256")?;
    // The cut further on: the enrolment is below it, and its chain isn't here.
    let mut t = Three::new(5)?;
    for i in 0..4 {
        let other = Log::under(&t.authority, ED, 40 + i, &format!("V1-{i}"))?;
        t.authority.enrol(&other, Grant::own(MOVE))?;
    }
    let by = t.authority.revoke(t.device.at(3)?)?;
    let end = t.authority.len();
    let at = t.root.revoke(t.authority.at(end)?)?;
    let cut = Bundle::new().one(&t.root, at)?.object();
    let chain = Bundle::new().one(&t.root, t.a)?.run(&t.authority, 2, end)?.object();
    let add = |set: &mut Set, what: &str, held: &[Vec<u8>], expect| {
        set.add(&format!("an authority cut further on: {what}"), &t.root, held, &t.extract(4, 6)?, expect)
    };
    add(set, "chain not here", std::slice::from_ref(&cut), Unknown(3008))?;
    // The last record before the cut is on it; between that and the enrolment nothing is here.
    add(
        set,
        "its own cut of the device counts, the enrolment isn't sure",
        &[cut.clone(), t.of_authority(by)?],
        Invalid(3008),
    )?;
    add(set, "chain here", &[cut.clone(), chain], Invalid(3009))?;
    let early = Bundle::new().one(&t.root, t.a)?.run(&t.authority, 2, 4)?.object();
    add(set, "a piece of the chain", &[cut, early], Unknown(3008))?;
    // A cut that isn't sure may still end the device: unknown, and what it would admit counts.
    let mut t = Three::new(5)?;
    let by = t.authority.revoke(t.device.at(3)?)?;
    let end = t.authority.len() + 1;
    t.authority.revoke(Cut { log: [9; 16], count: 1, head: t.device.id })?;
    let at = t.root.revoke(t.authority.at(end)?)?;
    let path = Bundle::new().run(&t.authority, 0, t.d + 1)?;
    let sure = Bundle::new().one(&t.root, t.a)?.object();
    let held = [Bundle::new().one(&t.root, at)?.object(), t.of_authority(by)?, sure, path.object()];
    let name = "a cut that isn't sure itself";
    set.add(&format!("{name}: beyond it"), &t.root, &held, &t.extract(4, 6)?, Unknown(3008))?;
    set.add(&format!("{name}: before it"), &t.root, &held, &t.extract(1, 3)?, Unknown(3008))?;
    // The same, and a second enrolment by the root that is sure.
    let mut t = Three::new(5)?;
    let mut other = Log::under(&t.root, ED, 60, "V1-B")?;
    let b = t.root.enrol(&other, Grant::over(AUTHORITY, ALL))?;
    let mut below = Log::under(&other, ED, 61, "V1-C")?;
    let c = other.enrol(&below, Grant::own(MOVE))?;
    below.sell(4)?;
    let by = other.revoke(below.at(3)?)?;
    other.sell(1)?;
    let end = other.len();
    let at = t.root.revoke(other.at(end)?)?;
    let confirm = t.root.confirm(other.at(c + 1)?)?;
    let held = [
        Bundle::new().one(&t.root, at)?.object(),
        Bundle::new().one(&t.root, confirm)?.object(),
        Bundle::new().one(&t.root, b)?.one(&other, by)?.object(),
    ];
    let path = Bundle::new().one(&t.root, b)?.under(&other.one(c)?)?;
    let name = "the enrolment is confirmed, the cut by its authority isn't sure";
    let object = |from, to| -> Done<Vec<u8>> { Ok(path.clone().under(&below.body(from, to)?)?.object()) };
    set.add(&format!("{name}: beyond it"), &t.root, &held, &object(3, 5)?, Unknown(3008))?;
    set.add(&format!("{name}: up to it"), &t.root, &held, &object(1, 3)?, Valid)?;
    set.add(&format!("{name}: below it, chain not here"), &t.root, &held, &object(1, 2)?, Unknown(3008))
}

/// An authority with a new key: one line, two logs.
fn renewals(set: &mut Set) -> Done<()> {
    for (name, old, new) in [("ed25519", ED, ED), ("p256 for ed25519", ED, P256), ("ed25519 for p256", P256, ED)] {
        let mut t = Three::with([ED, old, ED], Grant::over(AUTHORITY, ALL), Grant::own(MOVE), 6)?;
        let mut next = t.authority.renewed(new, 44)?;
        let first = t.authority.key.clone();
        let r = t.root.enrol(&next, Grant { first: Some(&first), ..Grant::over(AUTHORITY, ALL) })?;
        let mut device = Log::under(&next, ED, 7, "V1-NEW")?;
        let d = next.enrol(&device, Grant::own(MOVE))?;
        device.sell(2)?;
        let again = next.enrol(&t.device.clone(), Grant::own(MOVE))?;
        let cut = next.revoke(t.device.at(3)?)?;
        let path = Bundle::new().one(&t.root, r)?;
        let mut add = |what: &str, held: &[Vec<u8>], object: &[u8], expect: Expect| {
            set.add(&format!("a renewed key, {name}: {what}"), &t.root, held, object, expect)
        };
        let object = path.clone().under(&next.one(d)?)?.under(&device.body(1, 3)?)?.object();
        add("what the new one enrols", &[], &object, Valid)?;
        let object = path.clone().under(&next.one(again)?)?.under(&t.device.body(1, 6)?)?.object();
        add("the old one's child, enrolled again", &[], &object, Valid)?;
        let by_new = path.clone().under(&next.one(cut)?)?.object();
        add("the new one cuts the old one's child", std::slice::from_ref(&by_new), &t.extract(3, 6)?, Invalid(3009))?;
        // The old key is cut; what the successor repeats stays.
        let at = t.root.revoke(t.authority.at(1)?)?;
        let gone = Bundle::new().one(&t.root, at)?.object();
        let mut add = |what: &str, held: &[Vec<u8>], object: &[u8], expect: Expect| {
            set.add(&format!("a renewed key, {name}, the old one cut: {what}"), &t.root, held, object, expect)
        };
        add("the child, not enrolled again", std::slice::from_ref(&gone), &t.extract(1, 6)?, Invalid(3009))?;
        let repeated = path.clone().one(&next, again)?.object();
        let by_id = Bundle::new().run(&t.device, 1, 3)?.object();
        let chain = [gone.clone(), repeated.clone()];
        add("the child, enrolled again", &chain, &by_id, Valid)?;
        let chain = [gone, repeated, by_new];
        add("the child, enrolled again and cut", &chain, &Bundle::new().run(&t.device, 1, 5)?.object(), Invalid(3009))?;
    }
    // Two renewals; the second names the line's first key, or wrongly the key before.
    let mut t = Three::new(3)?;
    let first = t.authority.key.clone();
    let second = t.authority.renewed(ED, 44)?;
    t.root.enrol(&second, Grant { first: Some(&first), ..Grant::over(AUTHORITY, ALL) })?;
    let mut third = t.authority.renewed(ED, 45)?;
    let right = t.root.enrol(&third, Grant { first: Some(&first), ..Grant::over(AUTHORITY, ALL) })?;
    let wrong = t.root.enrol(&third, Grant { first: Some(&second.key), ..Grant::over(AUTHORITY, ALL) })?;
    let cut = third.revoke(t.device.at(2)?)?;
    let object = |at| -> Done<Vec<u8>> { Ok(Bundle::new().one(&t.root, at)?.under(&third.one(cut)?)?.object()) };
    set.add("a third key cuts", &t.root, &[object(right)?], &t.extract(1, 4)?, Invalid(3009))?;
    set.add("a third key enrolled as the line of the second cuts", &t.root, &[object(wrong)?], &t.extract(1, 4)?, Valid)
}

fn states(set: &mut Set) -> Done<()> {
    let mut t = Three::new(9)?;
    let other = Log::under(&t.authority, ED, 50, "V1-50")?;
    let cuts = vec![t.device.at(5)?, other.at(1)?];
    let list = t.authority.state(cuts.clone())?;
    let state = t.of_authority(t.authority.len() - 1)?;
    let mut add = |what: &str, held: &[Vec<u8>], object: &[u8], expect: Expect| {
        set.add(&format!("a State with a cut at 5: {what}"), &t.root, held, object, expect)
    };
    add("its list isn't held", std::slice::from_ref(&state), &t.extract(1, 9)?, Valid)?;
    add("the list without its State", std::slice::from_ref(&list), &t.extract(1, 9)?, Valid)?;
    let held = [state.clone(), list.clone()];
    add("beyond", &held, &t.extract(5, 9)?, Invalid(3009))?;
    add("up to it", &held, &t.extract(1, 5)?, Valid)?;
    add("below it, chain not here", &held, &t.extract(1, 3)?, Unknown(3008))?;
    add("the list comes first", &[list.clone(), state.clone()], &t.extract(5, 9)?, Invalid(3009))?;
    let at = t.authority.len() - 1;
    let mut sorted = cuts.clone();
    sorted.sort_by_key(medlot_core::trust::state_entry);
    let short = t.authority.list(at, &sorted[..1])?;
    add("a list that lacks an entry", &[state.clone(), short], &t.extract(5, 9)?, Valid)?;
    let elsewhere = t.authority.list(at + 1, &sorted)?;
    add("a list of another index", &[state.clone(), elsewhere], &t.extract(5, 9)?, Valid)?;
    let stranger = Log { id: other.id, ..t.authority.clone() }.list(at, &sorted)?;
    add("a list of another log", &[state.clone(), stranger], &t.extract(5, 9)?, Valid)?;
    let mut changed = list.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    add("a list with a bit flipped", &[state.clone(), changed], &t.extract(5, 9)?, Valid)?;
    let mut swapped = list.clone();
    let begin = swapped.len() - 104;
    swapped[begin..].rotate_left(52);
    add("a list out of order", &[state.clone(), swapped], &t.extract(5, 9)?, Valid)?;
    add("a list cut off", &[state.clone(), list[..list.len() - 1].to_vec()], &t.extract(5, 9)?, Valid)?;
    add("a list with a byte left over", &[state.clone(), [&list[..], &[0]].concat()], &t.extract(5, 9)?, Valid)?;
    // A later State without the cut doesn't lift it; one with a later cut replaces it.
    let empty = t.authority.state(Vec::new())?;
    let without = t.of_authority(t.authority.len() - 1)?;
    let held = [state.clone(), list.clone(), without, empty];
    set.add("a later State without the cut", &t.root, &held, &t.extract(5, 9)?, Invalid(3009))?;
    let later = t.authority.state(vec![t.device.at(9)?])?;
    let with = t.of_authority(t.authority.len() - 1)?;
    let held = [state.clone(), list.clone(), with, later];
    set.add("a later State with a later cut", &t.root, &held, &t.extract(5, 9)?, Valid)?;
    let revoked = t.cut(t.device.at(7)?)?;
    let held = [state, list, revoked];
    set.add("a State's cut, then a Revoke", &t.root, &held, &t.extract(5, 7)?, Valid)?;
    // A State with two cuts of one log: both hold. One with a cut of a log not beneath: no effect.
    let mut t = Three::new(9)?;
    let list = t.authority.state(vec![t.device.at(8)?, t.device.at(3)?])?;
    let held = [t.of_authority(t.authority.len() - 1)?, list, t.extract(1, 8)?];
    set.add("a State with two cuts of one log", &t.root, &held, &t.extract(2, 5)?, Invalid(3009))?;
    let mut sister = Log::under(&t.root, ED, 5, "V1-SISTER")?;
    let s = t.root.enrol(&sister, Grant::over(AUTHORITY, ALL))?;
    let list = sister.state(vec![t.device.at(3)?])?;
    let held = [Bundle::new().one(&t.root, s)?.one(&sister, sister.len() - 1)?.object(), list];
    set.add("a sister's State", &t.root, &held, &t.extract(2, 5)?, Valid)?;
    let many: Vec<Cut> = (0..37u8).map(|i| Cut { log: [i; 16], ..t.device.at(3).unwrap_or(cuts[0]) }).collect();
    for size in [0, 1, 2, 3, 5, 8, 37] {
        let mut t = Three::new(9)?;
        let mut all = many[..size].to_vec();
        all.push(t.device.at(5)?);
        let list = t.authority.state(all)?;
        let held = [t.of_authority(t.authority.len() - 1)?, list];
        let name = format!("a State with {} entries", size + 1);
        set.add(&name, &t.root, &held, &t.extract(5, 9)?, Invalid(3009))?;
    }
    Ok(())
}

fn forks(set: &mut Set) -> Done<()> {
    for (suite, name) in [(ED, "ed25519"), (P256, "p256")] {
        let mut t = Three::with([suite; 3], Grant::over(AUTHORITY, ALL), Grant::own(MOVE), 9)?;
        let mut other = t.device.branch(4);
        other.moved(medlot_core::movement::Direction::Out, 8, None)?;
        other.sell(5)?;
        let proof = t.device.fork(&other, 7)?;
        let path = t.path()?.object();
        let add = |set: &mut Set, what: &str, held: &[Vec<u8>], object: &[u8], expect: Expect| {
            set.add(&format!("{name}: a fork at 7 proven, {what}"), &t.root, held, object, expect)
        };
        let held = [path.clone(), proof.clone()];
        add(set, "not settled: one branch", &held, &t.extract(4, 9)?, Valid)?;
        add(set, "not settled: the other", &held, &t.extract_of(&other, 4, 9)?, Valid)?;
        add(set, "the path comes later", std::slice::from_ref(&proof), &t.extract(4, 9)?, Valid)?;
        let mut broken = proof.clone();
        let last = broken.len() - 1;
        broken[last] ^= 1;
        add(set, "with a bad seal", &[path.clone(), broken], &t.extract(4, 9)?, Valid)?;
        let (a, b) = (t.device.body(7, 8)?, other.body(7, 8)?);
        let segments = t.device.proof(7, [Witness::Segment(&a), Witness::Segment(&b)])?;
        add(set, "by two segments", &[path.clone(), segments.clone()], &t.extract(4, 9)?, Valid)?;
        let revoked = t.cut(t.device.at(8)?)?;
        let add = |set: &mut Set, what: &str, held: &[Vec<u8>], object: &[u8], expect: Expect| {
            set.add(&format!("{name}: a fork at 7 proven, {what}"), &t.root, held, object, expect)
        };
        let held = [path.clone(), proof, revoked.clone()];
        add(set, "settled by a cut at 8: the one named", &held, &t.extract(4, 8)?, Valid)?;
        add(set, "settled by a cut at 8: the other", &held, &t.extract_of(&other, 4, 8)?, Invalid(3008))?;
        add(set, "settled by a cut at 8: the other up to 7", &held, &t.extract_of(&other, 4, 7)?, Unknown(3008))?;
        let held = [path, segments, revoked, t.extract(7, 8)?];
        add(
            set,
            "settled by a cut at 8, chain from 7 here: the other up to 7",
            &held,
            &t.extract_of(&other, 4, 7)?,
            Invalid(3008),
        )?;
    }
    // A fork of an authority: what both branches enrol counts until a cut names one.
    let mut t = Three::new(4)?;
    let mut other = t.authority.branch(t.d);
    let mut ghost = Log::under(&other, ED, 70, "V1-GHOST")?;
    let g = other.enrol(&ghost, Grant::own(MOVE))?;
    ghost.sell(2)?;
    let object = Bundle::new().one(&t.root, t.a)?.under(&other.one(g)?)?.under(&ghost.body(1, 3)?)?.object();
    let held = [t.path()?.object()];
    set.add("a forked authority: a child of the other branch", &t.root, &held, &object, Valid)?;
    set.add(
        "a forked authority: a child of this branch",
        &t.root,
        std::slice::from_ref(&object),
        &t.extract(1, 3)?,
        Valid,
    )?;
    let at = t.root.revoke(t.authority.at(t.d + 1)?)?;
    let held = [t.path()?.object(), Bundle::new().one(&t.root, at)?.object()];
    set.add("a forked authority, settled: a child of the other branch", &t.root, &held, &object, Invalid(3010))?;
    let name = "a forked authority, settled: a child of this branch";
    set.add(name, &t.root, &[held[1].clone(), object], &t.extract(1, 3)?, Valid)
}
