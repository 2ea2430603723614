//! What authorities say of lots, as far as it reaches the facility: recalls, lot facts, products that are one.

use super::error::{FixedError, Room};
use super::names::DAY;
use super::state::{Row, Rule, Table, front, is, kind};
use crate::crypto::Hash;
use crate::ident::{LotNumber, Product};
use crate::movement::Reference;
use crate::record::{EndRecall, Entry, LotFact, Recall, Role, SameProduct, write_value};
use crate::time::Expiry;
use crate::trust::{Evaluation, Scope, Verified};

/// Longest text.
const TEXT: usize = 255;

/// How far authorities' words reach: what trust knows of their logs.
pub trait Reach {
    /// Whether recalls and lot facts of this log reach a facility.
    fn reaches(&self, log: &Hash, facility: &str) -> bool;
    /// Whether a log may end a recall of another: it is of the same line or of one above.
    fn may_end(&self, by: &Hash, issuer: &Hash) -> bool;
}

impl Reach for Evaluation<'_, '_> {
    fn reaches(&self, log: &Hash, facility: &str) -> bool {
        self.standing(*log).scopes(Role::Regulate).any(|(scope, own)| match scope {
            Scope::OwnFacility => own == facility,
            Scope::Prefixes(list) => {
                list.is_empty() || list.iter().any(|p| facility.as_bytes().starts_with(p.0.as_str().as_bytes()))
            }
        })
    }

    fn may_end(&self, by: &Hash, issuer: &Hash) -> bool {
        let (by, of) = (self.standing(*by), self.standing(*issuer));
        by.lines().any(|line| of.lines().chain(of.above()).any(|other| other == line))
    }
}

impl Table<'_> {
    /// Takes a record of an authority: a recall or its end, a lot fact, products that are one; whether it is news that
    /// reaches the facility. Any order, also before the lots that it is about.
    ///
    /// How far authorities reach can change when records of theirs come: then [`Table::forget_rules`] and hand all that
    /// count again.
    ///
    /// # Errors
    /// [`FixedError::Full`]: the table is incomplete.
    #[inline(never)] // nothing of it must stand under the judging of the next record
    pub fn rule(&mut self, record: &Verified<'_>, reach: &dyn Reach) -> Result<bool, FixedError> {
        let at = record.at();
        let said = &record.record().entry;
        if !matches!(said, Entry::EndRecall(_)) && !reach.reaches(&at.log, self.facility) {
            return Ok(false);
        }
        if !matches!(said, Entry::Recall(_) | Entry::EndRecall(_) | Entry::LotFact(_) | Entry::SameProduct(_)) {
            return Ok(false);
        }
        let held = self.s.issuer.iter().position(|log| *log == at.log);
        let free = || self.s.issuer.iter().position(|log| *log == Hash::ZERO);
        let Some(by) = held.or_else(free) else { return self.full(Room::Rules) };
        if let Some(log) = self.s.issuer.get_mut(by) {
            *log = at.log;
        }
        let identity = front(&at.identity.log16());
        let time = record.record().recorded_at.as_secs().saturating_sub(record.record().effective.unwrap_or(0));
        let new = Rule { by: by as u8, index: at.index, identity, time, ..Rule::EMPTY };
        if self
            .s
            .rules
            .iter()
            .any(|rule| rule.kind != 0 && (rule.by, rule.index, rule.identity) == (new.by, new.index, new.identity))
        {
            return Ok(false);
        }
        match said {
            Entry::Recall(recall) => self.recall(new, recall, reach),
            Entry::EndRecall(end) => self.end(new, end, reach),
            Entry::LotFact(fact) => self.fact(new, fact),
            Entry::SameProduct(same) => self.same(new, same),
            _ => Ok(()),
        }
        .map(|()| true)
    }

    /// Forgets what authorities said; products that were one stay so.
    pub fn forget_rules(&mut self) {
        for rule in self.s.rules.iter_mut().filter(|rule| rule.kind != kind::SAME) {
            *rule = Rule::EMPTY;
        }
    }

    #[inline(never)]
    fn rule_put(&mut self, rule: Rule) -> Result<(), FixedError> {
        match self.s.rules.iter_mut().find(|rule| rule.kind == 0) {
            Some(free) => {
                *free = rule;
                Ok(())
            }
            None => self.full(Room::Rules),
        }
    }

    fn recall(&mut self, new: Rule, recall: &Recall<'_>, reach: &dyn Reach) -> Result<(), FixedError> {
        let ended = self.s.rules.iter().any(|end| end.kind == kind::END && self.ends(end, &new, reach));
        let new = Rule { kind: kind::RECALL, ended, ..new };
        for product in recall.products.iter() {
            let product = self.product_at(&product, true)?.unwrap_or(0);
            let Some(lots) = recall.lots else {
                self.rule_put(Rule { product, lots: 0, ..new })?;
                continue;
            };
            // As many lots as one text holds, again and again.
            let (mut text, mut length) = ([0; TEXT], 0);
            for lot in lots.iter() {
                let mut one = [0; 96];
                let n = write_value::<Option<LotNumber<'_>>>(&lot, &mut one).unwrap_or(0);
                if length + n > TEXT {
                    let lots = self.text_at(text.get(..length).unwrap_or_default(), true)?.unwrap_or(0);
                    self.rule_put(Rule { product, lots, ..new })?;
                    length = 0;
                }
                text.iter_mut().skip(length).zip(one.iter().take(n)).for_each(|(t, o)| *t = *o);
                length += n;
            }
            let lots = self.text_at(text.get(..length).unwrap_or_default(), true)?.unwrap_or(0);
            self.rule_put(Rule { product, lots, ..new })?;
        }
        Ok(())
    }

    /// Whether an end names this recall and may.
    #[inline(never)]
    fn ends(&self, end: &Rule, recall: &Rule, reach: &dyn Reach) -> bool {
        let (Some(by), Some(issuer)) =
            (self.s.issuer.get(usize::from(end.by)), self.s.issuer.get(usize::from(recall.by)))
        else {
            return false;
        };
        let named = if end.lots == 0 {
            end.by == recall.by
        } else {
            self.text(end.lots).get(..8) == Some(&issuer.log_id())
                && self.text(end.lots).get(8..) == Some(&recall.identity)
        };
        named && end.names == recall.index && (by == issuer || reach.may_end(by, issuer))
    }

    fn end(&mut self, new: Rule, end: &EndRecall<'_>, reach: &dyn Reach) -> Result<(), FixedError> {
        let (names, lots) = match &end.recall {
            Reference::Own(index) => (*index, 0),
            Reference::Other { log, index, identity } => {
                let mut text = [0; 16];
                text.iter_mut().zip(log.iter().chain(identity)).for_each(|(t, b)| *t = *b);
                (*index, self.text_at(&text, true)?.unwrap_or(0))
            }
        };
        let new = Rule { kind: kind::END, names, lots, ..new };
        for at in 0..self.s.rules.len() {
            let Some(recall) = self.s.rules.get(at).copied().filter(|rule| rule.kind == kind::RECALL) else { continue };
            let ended = recall.ended || self.ends(&new, &recall, reach);
            if let Some(recall) = self.s.rules.get_mut(at) {
                recall.ended = ended;
            }
        }
        self.rule_put(new)
    }

    fn fact(&mut self, new: Rule, fact: &LotFact<'_>) -> Result<(), FixedError> {
        let product = self.product_at(&fact.product, true)?.unwrap_or(0);
        let lots = self.number_at(Some(&fact.lot), true)?.unwrap_or(0);
        self.rule_put(Rule { kind: kind::FACT, product, lots, expiry: fact.expiry.packed(), ..new })
    }

    /// Products are one from now on, and their lots with them.
    pub(super) fn same(&mut self, new: Rule, same: &SameProduct<'_>) -> Result<(), FixedError> {
        let mut one = |product: &Product<'_>| self.product_at(product, true);
        let (a, b) = (one(&same.a)?.unwrap_or(0), one(&same.b)?.unwrap_or(0));
        if a == b {
            return Ok(());
        }
        let (less, more) = if self.text(a) < self.text(b) { (a, b) } else { (b, a) };
        self.rule_put(Rule { kind: kind::SAME, product: less, lots: more, ..new })?;
        // Where anything was counted the log says what is under which line now.
        let counted = self.s.rests.iter().any(|rest| rest.begin.slot != 0)
            || self.s.limited
            || self.rows().iter().any(|row| row.slot != 0 || row.is(is::STALE));
        for lot in self.lots.iter_mut().take(self.s.lots.into()).filter(|lot| lot.product == more) {
            lot.product = less;
        }
        for at in 0..self.rows().len() {
            let lot = self.lot(self.row(at).lot);
            let first = |other: &super::state::Lot| (other.product, other.number) == (lot.product, lot.number);
            let first = self.lots.iter().position(first).unwrap_or(0) as u16;
            if let Some(row) = self.rows.get_mut(at) {
                row.lot = first;
                row.flags |= if counted && lot.product == less { is::FULL } else { 0 };
            }
        }
        self.join_rows();
        self.join_lots();
        Ok(())
    }

    /// Rows of one lot at one place become one.
    fn join_rows(&mut self) {
        let mut at = 0;
        while at < self.rows().len() {
            let r = self.row(at);
            let is = |row: &Row| (row.lot, row.place, row.measure) == (r.lot, r.place, r.measure);
            let first = self.rows().iter().position(is).unwrap_or(at);
            if first == at {
                at += 1;
                continue;
            }
            if let Some(row) = self.rows.get_mut(first) {
                row.stock = row.stock.saturating_add(r.stock);
            }
            let last = self.row(self.rows().len() - 1);
            if let Some(row) = self.rows.get_mut(at) {
                *row = last;
            }
            self.s.rows -= 1;
        }
    }

    /// Lots of one product and number become the first of them: rows name it already.
    fn join_lots(&mut self) {
        let mut at = 0;
        while at < self.s.lots {
            let lot = self.lot(at);
            let same = |other: &super::state::Lot| (other.product, other.number) == (lot.product, lot.number);
            let first = self.lots.iter().position(same).unwrap_or(0) as u16;
            if first == at {
                at += 1;
                continue;
            }
            self.claim(first, lot.expiry);
            self.touch(first, i64::from(lot.day()) * DAY);
            if let Some(first) = self.lots.get_mut(usize::from(first)).filter(|_| lot.is_stale()) {
                first.set_stale(true);
            }
            let last = self.s.lots - 1;
            let moved = self.lot(last);
            if let Some(lot) = self.lots.get_mut(usize::from(at)) {
                *lot = moved;
            }
            let to = if last == at { first } else { at };
            self.rows_mut().iter_mut().filter(|row| row.lot == last).for_each(|row| row.lot = to);
            for line in self.sent.iter_mut() {
                line.lot = if line.lot == at { first } else { line.lot };
                line.lot = if line.lot == last { to } else { line.lot };
            }
            self.s.lots = last;
        }
    }

    /// What stands for a product: the least of those that are one with it.
    #[inline(never)]
    pub(super) fn class(&self, product: u16) -> u16 {
        let mut at = product;
        // Each step goes to a lesser text, so it ends.
        while let Some(rule) = self.s.rules.iter().find(|rule| rule.kind == kind::SAME && rule.lots == at) {
            at = rule.product;
        }
        at
    }

    /// Whether a recall that isn't ended names a lot.
    #[inline(never)]
    pub(super) fn is_recalled(&self, lot: u16) -> bool {
        let lot = self.lot(lot);
        let number = self.text(lot.number);
        self.s.rules.iter().any(|rule| {
            let about = rule.kind == kind::RECALL && !rule.ended && self.class(rule.product) == lot.product;
            let mut lots = self.text(rule.lots);
            let mut named = rule.lots == 0;
            while let Some(length) = lots.first().filter(|_| about && !named) {
                let (one, rest) = lots.split_at_checked(usize::from(*length) + 1).unwrap_or_default();
                named = one == number;
                lots = rest;
            }
            about && named
        })
    }

    /// The regulator's word on a lot, else what its records claim.
    #[inline(never)]
    pub(super) fn expiry(&self, lot: u16) -> Expiry {
        let lot = self.lot(lot);
        let facts = self.s.rules.iter().filter(|rule| {
            rule.kind == kind::FACT && rule.lots == lot.number && self.class(rule.product) == lot.product
        });
        let key = |rule: &&Rule| {
            let by = self.s.issuer.get(usize::from(rule.by)).copied().unwrap_or(Hash::ZERO);
            (rule.time, by, rule.index, rule.identity)
        };
        let packed = facts.max_by_key(key).map_or(lot.expiry, |fact| fact.expiry);
        Expiry::from_packed(packed).unwrap_or(Expiry::NotRead)
    }
}
