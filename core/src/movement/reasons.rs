//! The open numbers that have names (`spec/wire-format.md` sections 5.2–5.5). An unknown number is shown as
//! "other (n)" and counts the same: the effect never follows from a reason.

use super::Direction;

/// An open number's names, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Names(&'static [&'static str]);

impl Names {
    /// The name of a number.
    ///
    /// ```
    /// use medlot_core::movement::reasons;
    /// assert_eq!(reasons::OUT.name(1), Some("wholesale"));
    /// assert_eq!(reasons::OUT.number("wholesale"), Some(1));
    /// assert_eq!(reasons::OUT.name(900), None);
    /// ```
    #[must_use]
    pub fn name(&self, number: u16) -> Option<&'static str> {
        self.0.get(usize::from(number)).copied()
    }
    /// The number of a name.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u16> {
        self.0.iter().position(|n| *n == name).and_then(|at| u16::try_from(at).ok())
    }
    /// Every name, in the order of their numbers.
    #[must_use]
    pub const fn all(&self) -> &'static [&'static str] {
        self.0
    }
}

/// Reasons of what comes in.
pub const IN: Names = Names(&[
    "supplier",
    "opening_balance",
    "customer_return",
    "transfer",
    "manufactured",
    "imported",
    "donation",
    "loan",
    "found",
    "refused_goods_back",
    "made_from",
    "other",
]);
/// Reasons of what goes out.
pub const OUT: Names = Names(&[
    "retail",
    "wholesale",
    "transfer",
    "return_to_supplier",
    "used_in_facility",
    "administered",
    "open_vial_wastage",
    "expired",
    "damaged",
    "heat_or_frost",
    "missing",
    "stolen",
    "recall_return",
    "destroy",
    "sample",
    "loan",
    "donation",
    "lost_in_transit",
    "used_up",
    "other",
]);
/// Reasons of what changes its place.
pub const MOVE: Names = Names(&["other", "store_to_store", "hold", "release", "vaccine_vial_monitor", "fund"]);
/// Reasons of a refusal.
pub const REFUSE: Names = Names(&[
    "other",
    "damaged",
    "expired_or_too_near",
    "wrong_product",
    "wrong_quantity",
    "cold_chain",
    "recalled",
    "documents",
]);
/// Kinds of documents.
pub const DOCUMENT: Names =
    Names(&["invoice", "delivery_note", "order", "contract", "destruction_minutes", "complaint", "other"]);
/// Capacities of who attests.
pub const CAPACITY: Names =
    Names(&["witness_of_destruction", "pharmacist_in_charge", "receiver", "inspector", "loss_reported"]);
/// Kinds of facilities.
pub const FACILITY: Names = Names(&[
    "other",
    "pharmacy",
    "drug_store",
    "commune_cabinet",
    "hospital",
    "clinic",
    "health_station",
    "wholesaler",
    "manufacturer",
    "importer",
    "warehouse",
    "authority",
]);

/// *In*: manufactured. It needs the role *supply*.
pub const IN_MANUFACTURED: u16 = 4;
/// *In*: imported. It needs the role *supply*.
pub const IN_IMPORTED: u16 = 5;
/// Attest: witness of destruction. It needs the role *attest*.
pub const CAPACITY_WITNESS: u16 = 0;
/// Attest: pharmacist in charge. It needs the role *attest*.
pub const CAPACITY_PHARMACIST: u16 = 1;
/// Attest: inspector. It needs the role *attest*.
pub const CAPACITY_INSPECTOR: u16 = 3;

/// The reasons of a direction.
#[must_use]
pub const fn of(direction: Direction) -> Names {
    match direction {
        Direction::In => IN,
        Direction::Out => OUT,
        Direction::Move => MOVE,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn numbers_that_decide_a_role_have_the_names_of_the_specification() {
        assert_eq!(IN.name(IN_MANUFACTURED), Some("manufactured"));
        assert_eq!(IN.name(IN_IMPORTED), Some("imported"));
        assert_eq!(CAPACITY.name(CAPACITY_WITNESS), Some("witness_of_destruction"));
        assert_eq!(CAPACITY.name(CAPACITY_PHARMACIST), Some("pharmacist_in_charge"));
        assert_eq!(CAPACITY.name(CAPACITY_INSPECTOR), Some("inspector"));
    }

    #[test]
    fn every_name_leads_back_to_its_number() {
        for names in [IN, OUT, MOVE, REFUSE, DOCUMENT, CAPACITY, FACILITY] {
            for (at, name) in names.all().iter().enumerate() {
                assert_eq!(names.number(name).map(usize::from), Some(at));
            }
        }
    }
}
