//! From which lots to take what is dispensed, or thrown away of opened units.

use super::stock::store_of;
use super::{Account, StockQuery, put_lot};
use crate::error::{Error, Result};
use crate::view;
use medlot_core::ident::{Product, Quantity};
use medlot_core::ledger::Picking;
use serde_json::{Map, Value};

/// What to dispense, and from where.
#[derive(Debug, Clone, PartialEq)]
pub struct Picked {
    /// How much of each lot and place, in order: keys of stock, the quantity's of movements, and `take`: the quantity as a
    /// movement names it.
    pub lines: Vec<Value>,
    /// How much is missing, in the form asked for: units, or parts.
    pub missing: Quantity,
}

impl Account {
    /// Which lots to dispense so much from, units or parts: what expires first goes first, vials at stage 2 of their monitor
    /// before all; nothing held, recalled, expired or at stage 3 or 4. Of a lot what is opened goes before what isn't.
    ///
    /// # Errors
    /// No product; a field that can't be.
    pub fn pick(&mut self, query: &StockQuery, quantity: &str) -> Result<Picked> {
        self.picked(query, quantity, false)
    }

    /// Which opened units to throw so many parts of away: in the same order, but recalled, expired and spoilt ones too, and
    /// no unit is opened for it. What is held isn't among it.
    ///
    /// # Errors
    /// As [`Account::pick`]; whole units instead of parts.
    pub fn pick_opened(&mut self, query: &StockQuery, quantity: &str) -> Result<Picked> {
        if let Quantity::Units(_) = Quantity::parse(quantity)? {
            return Err(Error::argument(format!(
                "quantity: {quantity}; of opened units give parts, such as 3/10 dose"
            )));
        }
        self.picked(query, quantity, true)
    }

    fn picked(&mut self, query: &StockQuery, quantity: &str, opened: bool) -> Result<Picked> {
        let facility = self.asked(query.facility.as_deref())?.to_owned();
        let today = query.today.map_or_else(|| self.today(), Ok)?;
        let product = query.product.as_deref().ok_or_else(|| {
            Error::argument("product: missing; give the product to dispense, as scheme:value or by a scan")
        })?;
        let quantity = Quantity::parse(quantity)?;
        let wanted = Picking {
            facility: &facility,
            product: Product::parse(product)?,
            quantity,
            opened,
            store: query.store.as_deref().map(store_of).transpose()?,
            fund: None,
            today,
        };
        let (picked, missing) = self.ledger.settled().pick(&wanted);
        let line = |picked: &medlot_core::ledger::Picked<'_>| {
            let mut out = Map::new();
            put_lot(&mut out, picked.lot.product().as_ref(), picked.lot.number().as_ref());
            view::put_expiry(&mut out, picked.lot.expiry());
            let mut maybe = |key: &str, value: Option<Value>| value.map(|value| out.insert(key.into(), value));
            maybe("store", picked.place.store.map(Value::from));
            maybe("fund", picked.place.fund.map(Value::from));
            maybe("vvm", picked.place.vvm.map(Value::from));
            maybe("take", Some(picked.quantity.to_string().into()));
            view::put_quantity(&mut out, &picked.quantity);
            Value::Object(out)
        };
        Ok(Picked { lines: picked.iter().map(line).collect(), missing: quantity.with_count(missing) })
    }
}
