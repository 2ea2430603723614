//! By what a report splits what came in and went out: the reasons of the national connection (QĐ 232/QĐ-TTYQG, 17/07/2026,
//! `stock-in` and `stock-out`).

use crate::movement::{Direction, Movement, reasons};

macro_rules! groups {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $group:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$of])* $group,)* }

        impl $name {
            /// Every one, in the order in which a report splits.
            pub const ALL: &'static [Self] = &[$(Self::$group),*];
            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();

            /// The name of the national form; `moved` where there is none.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$group => $text,)* }
            }
        }
    };
}

groups! {
    /// Why something came in.
    InGroup {
        /// From a supplier.
        Supplier = "supplier",
        /// Stood there when the account was opened.
        OpeningBalance = "opening-balance",
        /// Brought back by who had it: a customer, or a receiver who refused it.
        Return = "return",
        /// From another facility of the same owner.
        TransferIn = "transfer-in",
        /// Made here.
        Manufactured = "manufactured",
        /// Imported.
        Imported = "imported",
        /// Donation, loan, found, made from other lots, other; also a reason of a newer build.
        Other = "other",
        /// From another store or fund of the facility, where the report is about one of them.
        Moved = "moved",
    }
}

groups! {
    /// Why something went out.
    OutGroup {
        /// Sold to who uses it.
        Retail = "sale-retail",
        /// Sold to who sells it or uses it up.
        Wholesale = "sale-wholesale",
        /// To another facility of the same owner.
        TransferOut = "transfer-out",
        /// Back to the supplier.
        Return = "return",
        /// Back, for it is recalled.
        Recall = "recall",
        /// Destroyed.
        Destroy = "destroy",
        /// Used in the facility, administered, wasted, expired, damaged, missing, stolen, sample, loan, donation, used up,
        /// other; also a reason of a newer build.
        Other = "other",
        /// To another store or fund of the facility, where the report is about one of them.
        Moved = "moved",
    }
}

impl InGroup {
    /// The group of a reason of what comes in.
    #[must_use]
    pub fn of(reason: u16) -> Self {
        match reasons::IN.name(reason) {
            Some("supplier") => Self::Supplier,
            Some("opening_balance") => Self::OpeningBalance,
            Some("customer_return" | "refused_goods_back") => Self::Return,
            Some("transfer") => Self::TransferIn,
            Some("manufactured") => Self::Manufactured,
            Some("imported") => Self::Imported,
            _ => Self::Other,
        }
    }
}

impl OutGroup {
    /// The group of a reason of what goes out.
    #[must_use]
    pub fn of(reason: u16) -> Self {
        match reasons::OUT.name(reason) {
            Some("retail") => Self::Retail,
            Some("wholesale") => Self::Wholesale,
            Some("transfer") => Self::TransferOut,
            Some("return_to_supplier") => Self::Return,
            Some("recall_return") => Self::Recall,
            Some("destroy") => Self::Destroy,
            _ => Self::Other,
        }
    }
}

/// Whether it is a loss that must be reported of a controlled medicine (NĐ 163/2025, Form 07): missing or stolen.
pub(in crate::ledger) fn is_loss(movement: &Movement<'_>) -> bool {
    movement.direction == Direction::Out && matches!(reasons::OUT.name(movement.reason), Some("missing" | "stolen"))
}
