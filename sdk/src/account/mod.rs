//! The account of a folder: stock, findings, cards, traces and reports, from everything that counts here.
//!
//! [`Account`] is the one place that turns verified records into an applied ledger. It takes all records that count, the
//! authorities' standing, and what the own device wrote and didn't seal yet (its own word: the sale of a second ago is in
//! the stock at the counter). Nothing of it is stored; the same records give the same answers.

mod card;
mod findings;
mod gather;
mod pick;
mod report;
mod say;
mod stock;

pub use card::LotQuery;
pub use findings::FindingsQuery;
pub use pick::Picked;
pub use report::{NEAR_EXPIRY_DAYS, Report, ReportKind, ReportQuery, SentReport, control_of, half_of};
pub use stock::{Opened, PartsLeft, RecallNote, StockAnswer, StockQuery, StockRow};

pub(crate) use findings::share;
pub(crate) use say::trust_finding;
pub(crate) use stock::{fact_notice, recall_note};

use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::evidence::{Evidence, Library};
use crate::fields::Fields;
use crate::folder::Folder;
use crate::lang::Lang;
use crate::view;
use gather::{Gathered, Missing, Own};
use medlot_core::crypto::Hash;
use medlot_core::ident::{LotNumber, Product};
use medlot_core::ledger::{Ledger, Settled};
use medlot_core::record::{Entry, Record};
use medlot_core::time::{Date, Timestamp};
use medlot_core::trust::RecordId;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Everything that counts in a folder, added up.
#[derive(Debug)]
pub struct Account {
    ledger: Ledger,
    facility: String,
    utc_offset: i16,
    now: Option<Timestamp>,
    gathered: Gathered,
    follows: Option<Follows>,
    kept: Kept,
}

/// What was asked for in pages: the question, the language, the day.
type Paged<Q> = (Q, Lang, Option<Date>);

/// Answers that are shown in pages, the last of each kind, with what was asked.
#[derive(Debug, Default)]
struct Kept {
    stock: Option<(Paged<StockQuery>, StockAnswer)>,
    report: Option<(Paged<(ReportKind, ReportQuery)>, Report)>,
}

/// The answer that was kept where the same is asked again, else a new one; with what was asked.
fn again<Q: PartialEq, A>(kept: Option<(Q, A)>, of: Q, work: impl FnOnce(&Q) -> Result<A>) -> Result<(Q, A)> {
    if let Some(kept) = kept.filter(|(asked, _)| *asked == of) {
        return Ok(kept);
    }
    let answer = work(&of)?;
    Ok((of, answer))
}

/// How far the own log stands in an account, to go on from there.
#[derive(Debug)]
struct Follows {
    count: u32,
    head: Hash,
    /// What was held besides ([`Folder::holds`]).
    holds: u64,
    since: Timestamp,
}

impl Account {
    /// Of a device or authority at work, at its time.
    ///
    /// # Errors
    /// Files that can't be read; a log that doesn't verify.
    pub fn of_desk(desk: &Desk) -> Result<Self> {
        let (log, library) = (desk.log(), desk.library()?);
        let own = Own { facility: Some(&desk.folder().config().facility), log: Some(log.id()) };
        let mut account = Self::of_own(&Evidence::of(&library)?, own, Some(desk.now()))?;
        let holds = desk.folder().holds();
        account.follows = Some(Follows { count: log.tip().count(), head: log.tip().head(), holds, since: desk.now() });
        Ok(account)
    }

    /// Goes on with what the own device wrote since: the same answers as of a new one, at the price of the new records.
    /// False where more than that changed: then it is to be worked out anew.
    #[must_use]
    pub(crate) fn follow(&mut self, desk: &Desk) -> bool {
        let (log, now) = (desk.log(), desk.now());
        let (Some(own), Some(follows)) = (self.gathered.own, &mut self.follows) else { return false };
        let day = gather::validity_day;
        let same = own.log() == log.id()
            && follows.holds == desk.folder().holds()
            && follows.since <= now
            && day(follows.since) == day(now);
        if !same {
            return false;
        }
        let mut previous = follows.head;
        for (index, bytes) in (follows.count..).zip(log.records().iter_from(follows.count)) {
            let Some(record) = own.record(index, previous, bytes) else { return false };
            let said = record.record();
            let of_now = !said.clock_unset && day(said.recorded_at) == day(now);
            // What another device's log is known to hold says what of it isn't here.
            if !of_now || matches!(said.entry, Entry::Observed(_)) {
                return false;
            }
            self.ledger.apply(&record);
            self.gathered.follow(&record);
            self.kept = Kept::default();
            previous = record.at().identity;
        }
        (follows.count, follows.head, self.now) = (log.tip().count(), previous, Some(now));
        true
    }

    /// Whether an enrolment of the own log counts, by which it writes stock; false also where that isn't known here.
    pub(crate) const fn may_write(&self) -> bool {
        self.gathered.own.is_some()
    }

    /// Of a folder. `now`: the time by which clocks, waiting and today are judged; `None` where no clock is set.
    ///
    /// # Errors
    /// As [`Account::of_desk`].
    pub fn of_folder(folder: &Folder, now: Option<Timestamp>) -> Result<Self> {
        let library = Library::of_folder(folder)?;
        Self::of(&Evidence::of(&library)?, &folder.config().facility, now)
    }

    /// Of evidence. `facility`: the own one, whose logs should be held whole; empty for a root's folder.
    ///
    /// # Errors
    /// The evaluation has no room.
    pub fn of(evidence: &Evidence<'_>, facility: &str, now: Option<Timestamp>) -> Result<Self> {
        Self::of_own(evidence, Own { facility: Some(facility), log: None }, now)
    }

    /// Of evidence that is nobody's own: who only looks, at any facility, at any time ([`Account::look_at`]).
    ///
    /// # Errors
    /// As [`Account::of`].
    pub(crate) fn of_nobody(evidence: &Evidence<'_>, now: Timestamp) -> Result<Self> {
        Self::of_own(evidence, Own { facility: None, log: None }, Some(now))
    }

    /// Looks at another time: the same answers as of one worked out anew. False where what was gathered was judged by
    /// the time: then it is to be worked out anew.
    #[must_use]
    pub(crate) fn look_at(&mut self, now: Timestamp) -> bool {
        let looks = self.gathered.timeless;
        if looks {
            self.now = Some(now);
        }
        looks
    }

    fn of_own(evidence: &Evidence<'_>, own: Own<'_>, now: Option<Timestamp>) -> Result<Self> {
        let mut ledger = Ledger::new();
        let gathered = gather::gather(evidence, &mut ledger, own, now)?;
        let (facility, utc_offset) = (own.facility.unwrap_or_default().to_owned(), utc_offset(evidence));
        Ok(Self { ledger, facility, utc_offset, now, gathered, follows: None, kept: Kept::default() })
    }

    /// The own facility's code.
    #[must_use]
    pub fn facility(&self) -> &str {
        &self.facility
    }

    /// The legal day's offset from UTC in minutes, as the root says it.
    #[must_use]
    pub const fn utc_offset(&self) -> i16 {
        self.utc_offset
    }

    /// The legal day of a moment; `None` beyond the dates that records hold.
    #[must_use]
    pub fn day_of(&self, moment: Timestamp) -> Option<Date> {
        moment.date_at(self.utc_offset)
    }

    /// The legal day of now.
    ///
    /// # Errors
    /// No clock is set, or it stands beyond the dates that records hold.
    pub fn today(&self) -> Result<Date> {
        let today = self.now.and_then(|now| self.day_of(now));
        today.ok_or_else(|| Error::argument("today: the clock isn't set; give the date"))
    }

    /// The legal day on which took place what is written down later; `None` where it says no time of its own.
    ///
    /// # Errors
    /// No time, or one that is still to come.
    pub fn effective_day(&self, fields: &Fields) -> Result<Option<Date>> {
        let took_place = self.now.map_or(Ok(None), |now| fields.took_place(now))?;
        Ok(took_place.and_then(|at| self.day_of(at)))
    }

    /// The ledger with everything worked out: for reports that `medlot_core::ledger` writes.
    pub fn settled(&mut self) -> Settled<'_> {
        self.ledger.settled()
    }

    /// Facilities of which records are here, in order.
    pub fn facilities(&mut self) -> Vec<String> {
        self.ledger.settled().facilities().into_iter().map(str::to_owned).collect()
    }

    /// The facility asked for: the own one where none is named.
    fn asked<'a>(&'a self, facility: Option<&'a str>) -> Result<&'a str> {
        match facility.unwrap_or(&self.facility) {
            "" => Err(Error::argument(
                "facility: this folder (a hub's, a root's) has none of its own; give --facility CODE",
            )),
            code => Ok(code),
        }
    }

    /// Up to which record of which device of a facility the answers go, as JSON: log, count, head. A device of which
    /// nothing is here stands with count 0.
    #[must_use]
    pub fn as_of(&self, facility: &str) -> Value {
        let heads = self.gathered.heads.get(facility);
        let json = |(log, (count, head)): (&Hash, &(u32, Hash))| json!({"log": log.to_string(), "count": count, "head": head.to_string()});
        heads.map_or_else(|| json!([]), |heads| heads.iter().map(json).collect())
    }

    /// What is missing for the answers about a facility to be whole, as JSON: code, name, message, what to ask for.
    /// Empty where nothing is known to be missing.
    #[must_use]
    pub fn incomplete(&self, facility: &str, lang: Lang) -> Vec<Value> {
        let about = |missing: &&Missing| missing.facility.as_deref().is_none_or(|of| of == facility);
        self.gathered.missing.iter().filter(about).map(|missing| missing.json(lang)).collect()
    }
}

/// The root's offset of the legal day from UTC; Vietnam's where the root says nothing that can be read.
fn utc_offset(evidence: &Evidence<'_>) -> i16 {
    const VIETNAM: i16 = 420;
    let authentic = evidence.anchor().authentic();
    let mut records = authentic.records();
    match records.next().map(|first| Record::decode(first.bytes()).map(|record| record.entry)) {
        Some(Ok(Entry::Root(root))) => root.utc_offset,
        _ => VIETNAM,
    }
}

/// Where a record stands.
fn record_json(at: &RecordId) -> Value {
    json!({"log": at.log.to_string(), "index": at.index, "id": at.identity.to_string()})
}

/// `product` and `lot`.
fn put_lot(out: &mut Map<String, Value>, product: Option<&Product<'_>>, lot: Option<&LotNumber<'_>>) {
    if let Some(product) = product {
        out.insert("product".into(), view::product(product));
    }
    if let Some(lot) = lot {
        out.insert("lot".into(), lot.as_str().into());
    }
}

/// Seconds since 2020 as a time.
fn time_text(secs: i64) -> String {
    let bounded = u32::try_from(secs.max(0)).unwrap_or(u32::MAX);
    Timestamp::from_secs(bounded).to_string()
}

/// Log and index of amounts that stand beside a hand-over.
type Amounts = BTreeMap<(Hash, u32), medlot_core::movement::Amount>;
