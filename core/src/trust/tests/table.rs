//! The rows of the table in `spec/trust.md` section 4, as far as they say what counts.

use super::*;

/// Root, an authority beneath it, a device beneath that with three sales.
fn world() -> (World, Hash, Hash, [RecordId; 3]) {
    let mut w = World::new();
    let authority = w.enrol(w.root, "authority", AUTHORITY);
    let device = w.enrol(authority, "device", DEVICE);
    let sales = [w.fill(device), w.fill(device), w.fill(device)];
    (w, authority, device, sales)
}

#[test]
fn what_is_enrolled_counts_at_the_depth_of_its_log() {
    let (w, _, _, sales) = world();
    assert_eq!(sales.map(|sale| w.of(sale)), [YES; 3]);
    assert_eq!(w.verdict(sales[0], Need::STOCK).depth, Some(2));
}

#[test]
fn malformed_a_record_where_its_kind_cannot_stand() {
    let (w, _, device, sales) = world();
    let first = RecordId { log: device, index: 0, identity: w.chain(device, 0)[1] };
    assert_eq!(w.of(first), no(Reason::Malformed));
    assert_eq!(w.verdict(first, Need::INTRODUCE).counts, Counts::Yes);
    assert_eq!(w.verdict(sales[0], Need::INTRODUCE).reason, Some(Reason::Malformed));
    let root = RecordId { log: w.root, index: 0, identity: w.chain(w.root, 0)[1] };
    assert_eq!(
        w.verdict(root, Need::INTRODUCE).reason,
        Some(Reason::Malformed),
        "a root introduces itself by its Root"
    );
}

#[test]
fn not_enrolled_a_log_that_no_enrol_names() {
    let (mut w, ..) = world();
    let stranger = child_of(&Hash([7; 32]), "stranger", "P-1");
    w.begin(stranger);
    let sale = w.fill(stranger);
    assert_eq!(w.of(sale), unknown(Reason::NotEnrolled));
    assert_eq!(w.verdict(sale, Need::STOCK).depth, None);
}

#[test]
fn not_enrolled_beneath_a_log_that_nothing_leads_to() {
    let (mut w, ..) = world();
    let stranger = child_of(&Hash([7; 32]), "stranger", "A");
    w.begin(stranger);
    let device = w.enrol(stranger, "device", DEVICE);
    let sale = w.fill(device);
    assert_eq!(w.of(sale), unknown(Reason::NotEnrolled));
}

#[test]
fn enrolment_refused_where_every_enrol_counts_no() {
    let (mut w, _, device, _) = world();
    let beneath = w.enrol(device, "beneath", DEVICE);
    let sale = w.fill(beneath);
    assert_eq!(w.of(sale), no(Reason::EnrolmentRefused));
}

#[test]
fn enrolment_refused_below_depth_6_however_deep() {
    let mut w = World::new();
    let mut log = w.root;
    for depth in 1..=9 {
        log = w.enrol(log, &format!("key {depth}"), AUTHORITY);
        let record = w.fill(log);
        let expected = if depth <= 6 { YES } else { no(Reason::EnrolmentRefused) };
        assert_eq!(w.of(record), expected, "depth {depth}");
    }
}

#[test]
fn role_exceeded_where_no_enrol_grants() {
    let (w, _, _, sales) = world();
    assert_eq!(w.verdict(sales[0], Need::role(Role::Attest)).reason, Some(Reason::RoleExceeded));
    assert_eq!(w.verdict(sales[0], Need::STOCK.of_facility("P-2")).reason, Some(Reason::RoleExceeded));
}

#[test]
fn path_unknown_where_the_granting_enrol_is_unknown() {
    let (mut w, authority, _, sales) = world();
    w.fill(authority);
    let tip = w.tip(authority);
    w.revoke(w.root, tip);
    assert_eq!(w.of(sales[0]), unknown(Reason::PathUnknown), "the authority's chain isn't here");
    w.hold(authority, 0);
    assert_eq!(w.of(sales[0]), YES, "parent cut, the Enrol admitted");
}

#[test]
fn cut_off_from_the_count_of_the_cut_on() {
    let (mut w, authority, device, sales) = world();
    w.revoke(authority, w.cut(device, 0, 2));
    w.hold(device, 0);
    assert_eq!(sales.map(|sale| w.of(sale)), [YES, no(Reason::CutOff), no(Reason::CutOff)]);
    assert_eq!(w.of(RecordId { index: 2, ..sales[0] }), no(Reason::CutOff), "index n itself is off");
}

#[test]
fn a_cut_at_0_takes_everything() {
    let (mut w, authority, device, sales) = world();
    w.revoke(authority, w.cut(device, 0, 0));
    assert_eq!(sales.map(|sale| w.of(sale)), [no(Reason::CutOff); 3]);
}

#[test]
fn every_issuer_above_is_held_to() {
    let (mut w, authority, device, sales) = world();
    w.hold(device, 0);
    w.revoke(authority, w.cut(device, 0, 4));
    w.revoke(w.root, w.cut(device, 0, 3));
    assert_eq!(sales.map(|sale| w.of(sale)), [YES, YES, no(Reason::CutOff)]);
    w.revoke(authority, w.cut(device, 0, 2));
    assert_eq!(sales.map(|sale| w.of(sale)), [YES, no(Reason::CutOff), no(Reason::CutOff)]);
}

#[test]
fn a_later_cut_of_the_same_log_replaces_the_earlier() {
    let (mut w, authority, device, sales) = world();
    w.hold(device, 0);
    w.revoke(authority, w.cut(device, 0, 2));
    assert_eq!(w.of(sales[2]), no(Reason::CutOff));
    w.revoke(authority, w.cut(device, 0, 4));
    assert_eq!(w.of(sales[2]), YES);
}

#[test]
fn two_cuts_at_one_index_both_hold() {
    let (mut w, authority, device, sales) = world();
    w.hold(device, 0);
    let (short, long) = (w.cut(device, 0, 2), w.cut(device, 0, 4));
    let state = w.revoke(authority, short);
    w.entries.push(Fact { at: state, kind: FactKind::Cut(long) });
    assert_eq!(sales.map(|sale| w.of(sale)), [YES, no(Reason::CutOff), no(Reason::CutOff)]);
}

#[test]
fn branch_cut_off_below_the_cut_on_the_other_branch() {
    let (mut w, authority, device, sales) = world();
    w.branch(device, 2);
    let other = w.fill_on(device, 1);
    w.fill_on(device, 1);
    w.revoke(authority, w.cut(device, 1, 4));
    w.hold(device, 1);
    assert_eq!(w.of(sales[0]), YES, "before the branches part");
    assert_eq!(w.of(sales[1]), no(Reason::BranchCutOff));
    assert_eq!(w.of(other), YES);
}

#[test]
fn cut_not_checked_where_the_chain_is_not_here() {
    let (mut w, authority, device, sales) = world();
    w.revoke(authority, w.tip(device));
    assert_eq!(w.of(sales[0]), unknown(Reason::CutNotChecked));
    assert_eq!(w.of(sales[2]), YES, "the last before the cut is its head");
}

#[test]
fn confirmed_where_the_chain_is_not_here() {
    let (mut w, authority, device, sales) = world();
    w.revoke(authority, w.tip(device));
    let prefix = w.cut(device, 0, 2);
    w.confirm(authority, prefix);
    assert_eq!(w.of(sales[0]), YES);
    assert_eq!(w.of(sales[1]), unknown(Reason::CutNotChecked), "beyond the prefix");
}

#[test]
fn a_confirm_speaks_for_the_issuers_line_and_those_above_only() {
    for (by_root, cut_by_root, counts) in
        [(true, true, true), (true, false, true), (false, false, true), (false, true, false)]
    {
        let (mut w, authority, device, sales) = world();
        let pick = |root: bool| if root { w.root } else { authority };
        let (issuer, confirmer) = (pick(cut_by_root), pick(by_root));
        w.revoke(issuer, w.tip(device));
        let prefix = w.cut(device, 0, 2);
        w.confirm(confirmer, prefix);
        assert_eq!(w.of(sales[0]) == YES, counts, "root confirms {by_root}, root cuts {cut_by_root}");
    }
}

#[test]
fn a_confirm_longer_than_the_cut_says_nothing() {
    let (mut w, authority, device, sales) = world();
    w.revoke(authority, w.cut(device, 0, 3));
    let prefix = w.cut(device, 0, 4);
    w.confirm(authority, prefix);
    w.spans.push(w.span(device, 0, 2, 4, false));
    assert_eq!(w.of(sales[0]), unknown(Reason::CutNotChecked));
}

#[test]
fn an_unknown_cut_lowers_to_unknown_and_not_to_no() {
    let (mut w, authority, device, sales) = world();
    w.hold(device, 0);
    let enrolled = w.tip(authority);
    let revoke = w.revoke(authority, w.cut(device, 0, 3));
    w.fill(authority);
    let tip = w.tip(authority);
    w.revoke(w.root, tip);
    assert_eq!(w.of_entry(revoke), unknown(Reason::CutNotChecked), "the authority's chain isn't here");
    assert_eq!(w.of(sales[0]), unknown(Reason::PathUnknown));
    // The Enrol is confirmed, the Revoke after it still isn't.
    w.confirm(w.root, enrolled);
    assert_eq!(w.of(sales[0]), YES);
    assert_eq!(w.of(sales[2]), unknown(Reason::CutNotChecked), "the cut would take it, were it known");
    // Once the chain is here the cut is known.
    w.hold(authority, 0);
    assert_eq!(w.of_entry(revoke), YES);
    assert_eq!([w.of(sales[1]), w.of(sales[2])], [YES, no(Reason::CutOff)]);
}

#[test]
fn a_cut_is_lifted_when_its_revoke_no_longer_counts() {
    let (mut w, authority, device, sales) = world();
    w.hold(device, 0);
    w.hold(authority, 0);
    let cut = w.cut(device, 0, 2);
    let revoke = w.revoke(authority, cut);
    assert_eq!(w.of(sales[2]), no(Reason::CutOff));
    w.revoke(w.root, w.cut(authority, 0, 2));
    assert_eq!(w.of_entry(revoke), no(Reason::CutOff));
    assert_eq!(w.of(sales[2]), YES, "the authority lost the Revoke; whoever cut it has to repeat it");
    w.revoke(w.root, cut);
    assert_eq!(w.of(sales[2]), no(Reason::CutOff));
}

#[test]
fn foreign_cut_has_no_effect_and_is_found() {
    let (mut w, authority, device, sales) = world();
    let sister = w.enrol(w.root, "sister", AUTHORITY);
    let cut = w.cut(device, 0, 0);
    w.revoke(sister, cut);
    assert_eq!(w.of(sales[0]), YES);
    let position = w.entries.len() - 1;
    assert_eq!(w.with(|trust| trust.is_foreign_cut(position)), Some(true));
    w.revoke(authority, cut);
    assert_eq!(w.with(|trust| trust.is_foreign_cut(position + 1)), Some(false));
    assert_eq!(w.with(|trust| trust.is_foreign_cut(0)), None, "no cut at all");
}

#[test]
fn a_log_does_not_cut_itself_nor_its_own_line() {
    let (mut w, authority, _, sales) = world();
    let cut = w.cut(authority, 0, 0);
    w.revoke(authority, cut);
    let root_cut = w.cut(w.root, 0, 1);
    w.revoke(w.root, root_cut);
    assert_eq!(w.of(sales[0]), YES);
}

#[test]
fn a_successor_cuts_beneath_its_line_and_keeps_the_children() {
    let (mut w, authority, device, sales) = world();
    w.hold(device, 0);
    let successor = child_of(&w.root, "authority, renewed", "A");
    let kind = FactKind::Enrol { under: w.root, child: successor, line: authority, grant: AUTHORITY, key: NO_KEY };
    w.begin_enrolled(w.root, kind);
    let second = w.enrol_under(successor, authority, "second device", DEVICE);
    let sale = w.fill(second);
    assert_eq!(w.of(sale), YES);
    w.revoke(successor, w.cut(device, 0, 2));
    assert_eq!(sales.map(|sale| w.of(sale)), [YES, no(Reason::CutOff), no(Reason::CutOff)]);
}

#[test]
fn an_enrol_under_a_line_that_its_log_is_not_of_enrols_nothing() {
    let (mut w, authority, ..) = world();
    let sister = w.enrol(w.root, "sister", AUTHORITY);
    let claimed = w.enrol_under(sister, authority, "claimed", DEVICE);
    let sale = w.fill(claimed);
    assert_eq!(w.of(sale), unknown(Reason::NotEnrolled));
}

#[test]
fn a_forked_device_counts_on_all_branches_until_a_cut_settles_it() {
    let (mut w, authority, device, sales) = world();
    w.branch(device, 2);
    let other = w.fill_on(device, 1);
    w.hold(device, 0);
    assert_eq!(w.with(|trust| trust.fork_of(&device)), None);
    w.hold(device, 1);
    assert_eq!(w.with(|trust| trust.fork_of(&device)), Some(Fork { count: 3, settled: false }));
    assert_eq!([w.of(sales[1]), w.of(other)], [YES; 2]);
    w.revoke(authority, w.tip(device));
    assert_eq!(w.with(|trust| trust.fork_of(&device)), Some(Fork { count: 3, settled: true }));
    assert_eq!([w.of(sales[1]), w.of(other)], [YES, no(Reason::BranchCutOff)]);
}

#[test]
fn a_forked_authority_is_found_from_beneath_and_counts() {
    let (mut w, authority, device, sales) = world();
    w.branch(authority, 1);
    w.push_on(authority, 1, FactKind::Confirm(w.tip(device)));
    w.hold(authority, 0);
    w.hold(authority, 1);
    let above = |w: &World, log: Hash| w.with(|trust| trust.forks_above(&log).collect::<Vec<_>>());
    assert_eq!(above(&w, device), [authority]);
    assert_eq!(above(&w, authority), [], "its own fork isn't above it");
    assert_eq!(w.of(sales[0]), YES);
    w.revoke(w.root, w.tip(authority));
    assert_eq!(above(&w, device), []);
}

#[test]
fn every_forked_authority_above_is_found_not_one_of_them_alone() {
    let (mut w, authority, device, sales) = world();
    for log in [w.root, authority] {
        w.branch(log, 1);
        w.push_on(log, 1, FactKind::Confirm(w.tip(device)));
        w.hold(log, 0);
        w.hold(log, 1);
    }
    let mut both = vec![w.root, authority];
    both.sort();
    assert_eq!(w.with(|trust| trust.forks_above(&device).collect::<Vec<_>>()), both);
    assert_eq!(w.with(|trust| trust.forks_above(&authority).collect::<Vec<_>>()), [w.root]);
    assert_eq!(w.of(sales[0]), YES);
}

#[test]
fn newer_format_makes_what_comes_after_unknown_in_an_authoritys_log() {
    let mut w = World::new();
    let authority = w.enrol(w.root, "authority", AUTHORITY);
    let before = w.enrol(authority, "before", DEVICE);
    w.push(authority, FactKind::Critical);
    let after = w.enrol(authority, "after", DEVICE);
    let revoke = w.revoke(authority, w.cut(before, 0, 1));
    let [before, after] = [before, after].map(|log| w.fill(log));
    assert_eq!(w.of(after), unknown(Reason::PathUnknown));
    assert_eq!(w.of_entry(revoke), unknown(Reason::NewerFormat));
    assert_eq!(w.of(before), unknown(Reason::CutNotChecked), "enrolled before it, but a cut after it may hold");
}

#[test]
fn a_critical_record_of_a_device_leaves_what_comes_after() {
    let (mut w, _, device, _) = world();
    w.push(device, FactKind::Critical);
    let sale = w.fill(device);
    assert_eq!(w.of(sale), YES);
}

#[test]
fn a_critical_record_that_counts_no_says_nothing() {
    let (mut w, authority, ..) = world();
    w.branch(authority, 2);
    let poison = w.push_on(authority, 1, FactKind::Critical);
    let device = w.enrol(authority, "after", DEVICE);
    w.enrol(authority, "later still", DEVICE);
    let kept = w.enrol(authority, "last", DEVICE);
    let [first, last] = [device, kept].map(|log| w.fill(log));
    assert_eq!(w.of(last), unknown(Reason::PathUnknown));
    w.hold(authority, 0);
    w.revoke(w.root, w.tip(authority));
    assert_eq!(w.of_entry(poison), no(Reason::BranchCutOff));
    assert_eq!([w.of(first), w.of(last)], [YES; 2]);
}

#[test]
fn a_reporters_log_counts_beside_the_facilitys_own_device() {
    let (mut w, authority, ..) = world();
    let reporter = w.enrol(authority, "gateway", grant(Roles::of(&[Role::Report]), Scope::OwnFacility, "P-1"));
    let report = w.fill(reporter);
    assert_eq!(w.of(report), YES);
    assert_eq!(w.verdict(report, Need::role(Role::Supply)).reason, Some(Reason::RoleExceeded));
}

#[test]
fn codes_are_stable_and_each_row_counts_as_the_specification_says() {
    let spec = include_str!("../../../../spec/trust.md");
    let rows: Vec<Vec<&str>> =
        spec.lines().filter(|l| l.starts_with("| ")).map(|l| l.split('|').map(str::trim).collect()).collect();
    for reason in Reason::ALL {
        let code = reason.code().to_string();
        let row = rows.iter().find(|row| row.len() == 7 && row[5] == code).expect(&code);
        let counts = match reason.counts() {
            Counts::No => "no",
            Counts::Unknown => "unknown",
            Counts::Yes => "yes",
        };
        assert!(row[2].starts_with(counts), "{row:?}");
        let listed = format!("| {code} | `{}` |", reason.name());
        assert!(include_str!("../../../../spec/error-codes.md").contains(&listed), "{listed}");
        assert!(!reason.to_string().is_empty());
    }
    let mut preferred: Vec<Counts> = Reason::ALL.iter().map(|reason| reason.counts()).collect();
    assert!(preferred.is_sorted(), "the graver first");
    preferred.dedup();
    assert_eq!(preferred, [Counts::No, Counts::Unknown]);
}

#[test]
fn too_little_space_is_refused_with_what_is_needed() {
    let (mut w, _, device, _) = world();
    w.hold(device, 0);
    let needed = SpaceTooSmall { verdicts: w.entries.len(), marks: 1 };
    let (mut verdicts, mut marks) = (vec![Verdict::default(); 2], [Mark::default()]);
    let mut slots = [Slot::default(); 9];
    assert_eq!(evaluate(w.facts(), &mut verdicts, &mut marks, &mut slots).unwrap_err(), needed);
    let mut verdicts = vec![Verdict::default(); 9];
    assert_eq!(evaluate(w.facts(), &mut verdicts, &mut [], &mut slots).unwrap_err(), needed);
    assert_eq!(evaluate(w.facts(), &mut verdicts, &mut marks, &mut slots[..2]).unwrap_err(), needed);
    assert_eq!(needed.to_string(), "the space is too small: 3 verdicts, 3 slots and 1 marks are needed");
    let trust = evaluate(w.facts(), &mut verdicts, &mut marks, &mut slots).unwrap();
    assert_eq!(trust.verdicts().len(), 3, "more than needed is left alone");
}

#[test]
fn what_stands_unsealed_in_the_own_log_is_judged_like_what_is_sealed() {
    use crate::crypto::chain_next;
    use crate::ident::{Product, Quantity};
    use crate::movement::{Direction, Movement};
    use crate::record::{EndRecall, Entry, Record};
    let (w, _, device, sales) = world();
    let bytes = |entry: Entry<'_>| {
        let mut out = [0; 256];
        let length = Record::new(crate::time::Timestamp::from_secs(9), entry).encode(&mut out).unwrap();
        out[..length].to_vec()
    };
    let product = Product::parse("local:PARA500").unwrap();
    let quantity = Quantity::units(1).unwrap();
    let movement = Movement::new(Direction::Out, 0, product, None, crate::time::Expiry::NotRead, quantity);
    let sale = bytes(Entry::Movement { movement, extensions: None });
    let ends = EndRecall { recall: crate::movement::Reference::Own(1), notice: None, extensions: None };
    let beyond = bytes(Entry::EndRecall(ends));
    let (previous, index) = (sales[2].identity, sales[2].index + 1);
    w.with(|trust| {
        let judged = trust.judge_unsealed(device, index, previous, &sale).unwrap();
        let verified = judged.verified().unwrap();
        assert_eq!((verified.facility(), verified.previous()), ("P-1", previous));
        assert_eq!(verified.at().identity, chain_next(&previous, index, &sale).unwrap());
        let judged = trust.judge_unsealed(device, index, previous, &beyond).unwrap();
        assert_eq!(judged.verdict.reason, Some(Reason::RoleExceeded));
        let stranger = trust.judge_unsealed(Hash([9; 32]), 1, previous, &sale).unwrap();
        assert_eq!((stranger.verdict.counts, stranger.verified()), (Counts::Unknown, None));
        assert!(trust.judge_unsealed(device, index, previous, &[0; 5_000]).is_err());
    });
}

#[test]
fn an_own_log_counts_what_its_enrolment_grants_and_nothing_else_that_stands_in_it() {
    use crate::ident::{Product, Quantity};
    use crate::movement::{Direction, Movement, Reference, reasons};
    use crate::record::{Attest, EndRecall, Entry, Record};
    let product = Product::parse("local:PARA500").unwrap();
    let movement = |direction, reason| {
        let quantity = Quantity::units(1).unwrap();
        let movement = Movement::new(direction, reason, product, None, crate::time::Expiry::NotRead, quantity);
        Entry::Movement { movement, extensions: None }
    };
    let attest = |capacity| {
        let record = Reference::Own(1);
        Entry::Attest(Attest { record, capacity, refused: false, operator: None, document: None, extensions: None })
    };
    let entries = [
        movement(Direction::Out, 0),
        movement(Direction::In, 0),
        movement(Direction::In, reasons::IN_MANUFACTURED),
        movement(Direction::In, reasons::IN_IMPORTED),
        Entry::Blind([7; 16]),
        attest(reasons::CAPACITY_WITNESS),
        attest(reasons::CAPACITY_PHARMACIST),
        attest(reasons::CAPACITY_INSPECTOR),
        attest(200),
        Entry::EndRecall(EndRecall { recall: Reference::Own(1), notice: None, extensions: None }),
    ];
    let grants = [&[Role::Move][..], &[Role::Move, Role::Supply], &[Role::Report, Role::Attest]];
    let mut granted = 0;
    for roles in grants {
        let mut w = World::new();
        let authority = w.enrol(w.root, "authority", AUTHORITY);
        let device = w.enrol(authority, "device", Grant { roles: Roles::of(roles), ..DEVICE });
        let last = w.fill(device);
        w.with(|trust| {
            let own = trust.own_log(&device).unwrap();
            for entry in entries {
                let mut out = [0; 256];
                let length = Record::new(crate::time::Timestamp::from_secs(9), entry).encode(&mut out).unwrap();
                for index in [last.index + 1, 0] {
                    let judged = trust.judge_unsealed(device, index, last.identity, &out[..length]).unwrap();
                    let counted = own.record(index, last.identity, &out[..length]);
                    assert_eq!(counted, judged.verified(), "{roles:?} at {index}: {entry:?}");
                    granted += u32::from(counted.is_some());
                }
            }
        });
    }
    assert_eq!(granted, 4 + 6 + 7, "each needs a grant of its own");
}
