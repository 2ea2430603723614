//! medlot-sdk: the façade that scanner apps, pages and national systems program against.
extern crate alloc;

pub use medlot_core;

#[cfg(feature = "uniffi")]
uniffi::setup_scaffolding!("medlot");

pub mod account;
pub mod api;
pub mod authority;
pub mod backup;
pub mod catalogue;
pub mod changes;
pub mod correct;
pub mod count;
pub mod counter;
pub mod desk;
pub mod destroy;
pub mod error;
pub mod evidence;
pub mod fields;
pub mod folder;
pub mod lang;
pub mod movements;
pub mod qr;
pub mod scan;
mod seals;
#[cfg(feature = "simulate")]
pub mod simulate;
pub mod stock;
pub mod sync;
pub mod today;
pub mod verify;
pub mod view;
pub mod words;

#[cfg(feature = "simulate")]
pub use seals::forget as forget_seals;
