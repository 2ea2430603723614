//! What one party makes of what it holds.
use medlot_core::crypto::Hash;
use medlot_core::ident::{LotNumber, Product};
use medlot_core::ledger::{Asked, Ledger, Settled};
use medlot_core::record::{Entry, ObjectType, Record, read_header};
use medlot_core::time::Timestamp;
use medlot_core::trust::{Ask, Counts, Fact, FactKind, Held, Need, RecordId, StateList, Verdict, Warning, read};
use medlot_sdk::evidence::{Evidence, Library};
use medlot_sdk::simulate::{Country, FUND, STORES, Spot, Truth};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// What trust finds: a code, and the record.
pub type Noted = (u16, RecordId);

/// A ledger of everything that counts, and what trust says of the rest.
pub struct Party {
    pub ledger: Ledger,
    pub noted: Vec<Noted>,
    pub problems: usize,
    pub judged: usize,
    /// What a person is told of each log by its last record.
    pub warned: BTreeMap<Hash, Vec<Warning>>,
}

/// Whether the facts gathered as records came are those that are read from all of them together.
pub fn reads_the_same(library: &Library) -> bool {
    let evidence = Evidence::of(library).unwrap();
    let all = evidence.parts().iter().flat_map(|part| Held::of_run(&part.run, &part.log));
    let mut held: Vec<Held<'_>> = all.collect();
    held.sort_by_key(|held| (held.at.log, held.at.index, held.at.identity));
    held.dedup_by_key(|held| held.at);
    let mut lists: Vec<StateList<'_>> = Vec::new();
    for object in &library.objects {
        if let Ok((ObjectType::StateList, rest)) = read_header(object) {
            let list = StateList::parse(rest).unwrap();
            if !lists.contains(&list) {
                lists.push(list);
            }
        }
    }
    let listed: usize = lists.iter().map(StateList::len).sum();
    assert!(listed > 0, "a country in which nobody is cut off says nothing of lists");
    let mut room = vec![Fact { at: Held::EMPTY.at, kind: FactKind::Critical }; held.len() * 2 + listed];
    let count = read(evidence.anchor().id(), &held, &lists, &mut room).unwrap();
    let text = |facts: &[Fact<'_>]| facts.iter().map(|fact| format!("{fact:?}")).collect::<BTreeSet<_>>();
    let gathered = evidence.all_facts();
    gathered.len() == count && text(gathered) == text(&room[..count])
}

impl Party {
    pub fn of(library: &Library, now: Timestamp) -> Self {
        let evidence = Evidence::of(library).unwrap();
        let (mut ledger, mut noted, mut judged) = (Ledger::new(), Vec::new(), 0);
        let mut warned: BTreeMap<Hash, Vec<Warning>> = BTreeMap::new();
        let ask = Ask { now: Some(now), max_age_days: None, elsewhere: false, remembered: &[] };
        evidence
            .judge(|evaluation| {
                // The first of each log, whatever came first.
                let mut unset: BTreeMap<Hash, RecordId> = BTreeMap::new();
                let mut stock: BTreeMap<Hash, RecordId> = BTreeMap::new();
                let mut last: BTreeMap<Hash, (RecordId, Verdict)> = BTreeMap::new();
                for part in evidence.parts() {
                    part.judge(evaluation, |evaluation, _, record| {
                        judged += 1;
                        let place = |at: &RecordId| (at.index, at.identity);
                        let end = last.entry(record.at.log).or_insert((record.at, record.verdict));
                        if place(&record.at) > place(&end.0) {
                            *end = (record.at, record.verdict);
                        }
                        let is_stock = |entry: &Entry<'_>| {
                            matches!(entry, Entry::Movement { .. } | Entry::Reversal(_) | Entry::Refuse(_))
                        };
                        if record.record.as_ref().is_ok_and(|said| is_stock(&said.entry)) {
                            let first = stock.entry(record.at.log).or_insert(record.at);
                            if place(&record.at) < place(first) {
                                *first = record.at;
                            }
                        }
                        if let Some(reason) = record.verdict.reason {
                            noted.push((reason.code(), record.at));
                        }
                        if let Ok(said) = &record.record
                            && record.verdict.counts == Counts::Yes
                        {
                            if said.clock_unset {
                                let first = unset.entry(record.at.log).or_insert(record.at);
                                if record.at.index < first.index {
                                    *first = record.at;
                                }
                            } else if evaluation.is_outside_validity(&record.at.log, said.recorded_at) {
                                noted.push((3015, record.at));
                            }
                        }
                        if let Some(verified) = record.verified() {
                            ledger.apply(&verified);
                        }
                    });
                }
                noted.extend(unset.into_values().map(|at| (3016, at)));
                let reported = stock.iter().filter(|(log, _)| evaluation.is_reported_beside_device(log));
                noted.extend(reported.map(|(_, at)| (3019, *at)));
                for (log, (at, verdict)) in last {
                    let current = evaluation.current(&at, &Need::ANY, &verdict, &ask);
                    noted.extend(evaluation.contradictions(&log, ask.remembered).map(|state| (3017, state)));
                    warned.insert(log, current.warnings().collect());
                }
                let logs: BTreeSet<Hash> = evidence.parts().iter().map(|part| part.log.id).collect();
                for log in &logs {
                    ledger.stand(&evaluation.standing(*log));
                    if let Some(fork) = evaluation.fork_of(log) {
                        noted.push((3013, RecordId { log: *log, index: fork.count, identity: Hash::ZERO }));
                    }
                }
                for (position, fact) in evaluation.facts().iter().enumerate() {
                    if evaluation.is_foreign_cut(position) == Some(true) {
                        noted.push((3012, fact.at));
                    }
                }
            })
            .unwrap();
        noted.sort_by_key(|(code, at)| (*code, at.log, at.index, at.identity));
        noted.dedup();
        Self { ledger, noted, problems: evidence.problems().len(), judged, warned }
    }
}

/// What is asked of a country.
pub fn asked<'q>(country: &Country, controlled: &'q dyn Fn(&Product<'_>) -> bool) -> Asked<'q> {
    Asked { facility: None, now: Some(country.now()), utc_offset: 420, answer_days: 7, controlled }
}

/// Whether a medicine of the country is controlled.
pub fn controlled(truth: &Truth) -> impl Fn(&Product<'_>) -> bool + use<> {
    let all: BTreeSet<&'static str> = truth.lots.iter().filter(|lot| lot.controlled).map(|lot| lot.product).collect();
    move |product| all.contains(product.to_string().as_str())
}

/// Stock of one facility, line by line.
pub fn stock_text(settled: Settled<'_>, facility: &str, out: &mut String) {
    for lot in settled.lots(facility) {
        let number = lot.number().map(|n| n.as_str().to_owned());
        writeln!(out, "{facility} {:?} {number:?} {} {:?}", lot.product(), lot.expiry(), lot.recalls()).unwrap();
        for stock in lot.stock() {
            writeln!(out, "  {stock:?}").unwrap();
        }
    }
}

/// Everything that a party says, as text.
pub fn says(settled: Settled<'_>, asked: &Asked<'_>) -> String {
    let mut out = String::new();
    for facility in settled.facilities() {
        stock_text(settled, facility, &mut out);
        writeln!(out, "{:?}", settled.as_of(facility)).unwrap();
    }
    for finding in settled.findings(asked) {
        writeln!(out, "{finding:?}").unwrap();
    }
    for shipment in settled.shipments() {
        writeln!(out, "{shipment:?}").unwrap();
    }
    out
}

/// What the ledger says stands of a lot at a facility, by place.
pub fn stands(settled: Settled<'_>, facility: &str, truth: &Truth, lot: usize) -> BTreeMap<Spot, i64> {
    let facts = &truth.lots[lot];
    let (product, number) = (Product::parse(facts.product).unwrap(), LotNumber::parse(&facts.number).unwrap());
    let held = settled.lot(facility, &product, Some(&number));
    let spots = held.into_iter().flat_map(|lot| lot.stock()).map(|stock| {
        let store = STORES.iter().position(|store| *store == stock.place.store).unwrap();
        let fund = stock.place.fund.is_some_and(|fund| fund == FUND);
        let parts = stock.parts.map_or(0, |(per, _)| per);
        let spot = Spot { lot, store, hold: stock.place.hold, fund, vvm: stock.place.vvm.unwrap_or(0), parts };
        (spot, stock.count)
    });
    spots.filter(|(_, count)| *count != 0).collect()
}

/// A record's bytes, decoded and handed over.
pub fn said<T>(settled: Settled<'_>, at: &RecordId, ask: impl FnOnce(&Record<'_>) -> T) -> Option<T> {
    let bytes = settled.record(at)?;
    Record::decode(bytes).ok().map(|record| ask(&record))
}
