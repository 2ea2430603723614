//! What is asked of the table.

use super::error::FixedError;
use super::state::{Row, Table, is};
use crate::ident::{LotNumber, Measure, Product};
use crate::record::read_value;
use crate::time::{Date, Expiry};

/// What stands of one lot at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held<'t> {
    /// The product; of several that are one, that with the smallest encoding.
    pub product: Product<'t>,
    /// The lot number; `None`: none is printed.
    pub lot: Option<LotNumber<'t>>,
    /// The store; `None`: the main one.
    pub store: Option<&'t str>,
    /// The fund; `None`: the facility's own.
    pub fund: Option<&'t str>,
    /// Vaccine vial monitor.
    pub vvm: Option<u8>,
    /// Whether it is held back.
    pub hold: bool,
    /// Units or parts; below 0 where more went out than came in.
    pub count: i64,
    /// Parts: how many make a unit, and what one is.
    pub parts: Option<(u16, Measure)>,
    /// The regulator's word on the lot, else the earliest last usable day that its records claim.
    pub expiry: Expiry,
    /// Whether a recall that isn't ended names it.
    pub recalled: bool,
    /// Whether the number is that of all that was applied; else [`Table::settle`] has to read the log.
    pub settled: bool,
}

/// What to pick, and from where.
#[derive(Debug, Clone, Copy)]
pub struct Pick<'q> {
    /// The product; every product that is one with it will do.
    pub product: &'q Product<'q>,
    /// Only from this store, where given; `Some(None)`: the main one.
    pub store: Option<Option<&'q str>>,
    /// Only of this fund, where given; `Some(None)`: the facility's own.
    pub fund: Option<Option<&'q str>>,
    /// The day of dispensing.
    pub today: Date,
}

/// Whose turn it is: not at stage 2 of its monitor, without a date, the date; then lot number, store, fund, stage.
type Turn<'t> = (bool, bool, Option<Date>, &'t [u8], Option<&'t str>, Option<&'t str>, Option<u8>);

impl Table<'_> {
    #[inline(never)]
    fn short(&self, id: u16) -> Option<&str> {
        core::str::from_utf8(self.text(id)).ok().filter(|text| !text.is_empty())
    }

    #[inline(never)]
    pub(super) fn held(&self, row: &Row) -> Option<Held<'_>> {
        let (lot, at) = (self.lot(row.lot), self.at(row.place));
        let (product, _) = read_value::<Product<'_>>(self.text(lot.product))?;
        let (number, _) = read_value::<Option<LotNumber<'_>>>(self.text(lot.number))?;
        let parts = if row.measure == 0 {
            None
        } else {
            Some(((row.measure >> 16) as u16, Measure::of_number(row.measure as u16).ok()?))
        };
        Some(Held {
            product,
            lot: number,
            store: self.short(at.store),
            fund: self.short(at.fund),
            vvm: (at.vvm > 0).then_some(at.vvm),
            hold: at.hold,
            count: row.stock,
            parts,
            expiry: self.expiry(row.lot),
            recalled: self.is_recalled(row.lot),
            settled: !row.is(is::STALE) && !lot.is_stale(),
        })
    }

    /// Every balance, also where nothing is left, in no order.
    pub fn balances(&self) -> impl Iterator<Item = Held<'_>> {
        self.rows().iter().filter_map(|row| self.held(row))
    }

    /// The balances of one lot.
    ///
    /// # Errors
    /// None that a table gives which took records.
    pub fn lot_balances(
        &mut self,
        product: &Product<'_>,
        number: Option<&LotNumber<'_>>,
    ) -> Result<impl Iterator<Item = Held<'_>>, FixedError> {
        let lot = self.lot_at(product, number, false)?;
        Ok(self.rows().iter().filter(move |row| Some(row.lot) == lot).filter_map(|row| self.held(row)))
    }

    /// Whole units of a lot: what may be dispensed if it isn't recalled or expired, and what is held back too.
    ///
    /// # Errors
    /// [`FixedError::NotHere`]: a balance of it isn't settled.
    pub fn units(&mut self, product: &Product<'_>, number: Option<&LotNumber<'_>>) -> Result<(i64, i64), FixedError> {
        let (mut available, mut on_hand) = (0i64, 0i64);
        let lot = self.lot_at(product, number, false)?;
        for row in self.rows().iter().filter(|row| Some(row.lot) == lot) {
            let Some(held) = self.held(row) else { continue };
            if !held.settled {
                return Err(FixedError::NotHere(0));
            }
            let units = self.whole(row).unwrap_or(0);
            on_hand = on_hand.saturating_add(units);
            available = available.saturating_add(if held.hold { 0 } else { units });
        }
        Ok((available, on_hand))
    }

    /// Whole units where this row stands, opened ones reckoned in (`spec/ledger.md` section 1); `None` of all rows but one
    /// of a lot at a place.
    fn whole(&self, row: &Row) -> Option<i64> {
        let (mut units, mut left) = (0i64, false);
        for other in self.rows().iter().filter(|other| other.lot == row.lot && other.place == row.place) {
            if other.measure < row.measure {
                return None;
            }
            let per = i64::from(other.measure >> 16).max(1);
            units = units.saturating_add(other.stock.div_euclid(per));
            left |= other.stock.rem_euclid(per) != 0;
        }
        Some(if units < 0 && left { units + 1 } else { units })
    }

    fn turn<'s>(&'s self, row: &Row, wanted: &Pick<'_>, product: u16) -> Option<Turn<'s>> {
        let lot = self.lot(row.lot);
        if lot.product != product || self.is_recalled(row.lot) || self.whole(row).is_none_or(|units| units <= 0) {
            return None;
        }
        let at = self.at(row.place);
        let (store, fund) = (self.short(at.store), self.short(at.fund));
        let day = self.expiry(row.lot).last_usable();
        let usable = !at.hold
            && at.vvm < 3
            && day.is_none_or(|day| day >= wanted.today)
            && wanted.store.is_none_or(|wanted| wanted == store)
            && wanted.fund.is_none_or(|wanted| wanted == fund);
        let vvm = (at.vvm > 0).then_some(at.vvm);
        usable.then(|| (vvm != Some(2), day.is_none(), day, self.text(lot.number), store, fund, vvm))
    }

    /// What to dispense from, one lot at one place after the other: what expires first goes first, vials at stage 2 of
    /// their monitor before all; nothing held, recalled, expired or at stage 3 or 4. Calls `take` with each and ends
    /// where that says `false`.
    ///
    /// # Errors
    /// [`FixedError::NotHere`]: a balance of the product isn't settled.
    pub fn pick(&mut self, wanted: &Pick<'_>, take: &mut dyn FnMut(&Held<'_>) -> bool) -> Result<(), FixedError> {
        let Some(product) = self.product_at(wanted.product, false)? else { return Ok(()) };
        let stale = |row: &Row| {
            let lot = self.lot(row.lot);
            lot.product == product && (lot.is_stale() || row.is(is::STALE))
        };
        if self.rows().iter().any(stale) {
            return Err(FixedError::NotHere(0));
        }
        let mut last: Option<Turn<'_>> = None;
        loop {
            let turns = self.rows().iter().filter_map(|row| Some((self.turn(row, wanted, product)?, row)));
            let next = turns.filter(|(turn, _)| last.is_none_or(|last| *turn > last)).min_by_key(|(turn, _)| *turn);
            let Some((turn, row)) = next else { return Ok(()) };
            let whole = |held: Held<'_>| take(&Held { count: self.whole(row).unwrap_or(0), parts: None, ..held });
            if !self.held(row).is_some_and(whole) {
                return Ok(());
            }
            last = Some(turn);
        }
    }

    /// Calls `show` with every balance of which something stands and whose last usable day is not after this one,
    /// expired ones too, the earliest first.
    pub fn expiring(&self, until: Date, show: &mut dyn FnMut(Date, &Held<'_>)) {
        let mut last: Option<(Date, usize)> = None;
        let day = |row: &Row| self.expiry(row.lot).last_usable().filter(|day| *day <= until && row.stock > 0);
        loop {
            let rows = self.rows().iter().enumerate().filter_map(|(at, row)| Some((day(row)?, at)));
            let Some(next) = rows.filter(|next| last.is_none_or(|last| *next > last)).min() else { return };
            if let Some(held) = self.held(&self.row(next.1)) {
                show(next.0, &held);
            }
            last = Some(next);
        }
    }
}
