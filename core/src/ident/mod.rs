//! Validated names of things: products, lots, places, people's codes, quantities.
//!
//! Each type parses from text, prints the same text back, and refuses with the field, the limit and
//! the offending position. They borrow their text and are `Copy`: holding one is the proof that it
//! was checked.

mod error;
mod numbers;
mod party;
mod product;
mod quantity;
mod registration;
mod text;

pub use error::{Field, IdentError, IdentErrorKind};
pub use numbers::{Gln, Gtin, Sscc, check_digit};
pub use party::Party;
pub use product::Product;
pub use quantity::{Measure, Quantity};
pub use registration::{NewRegistration, OldRegistration, RegistrationNumber};
pub use text::{
    Code50, DocumentNumber, FacilityCode, Fund, LocalReason, LotNumber, Operator, Serial, Store, is_gs1_82,
};
