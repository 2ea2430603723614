//! medlot for browsers and Node.js: everything is `medlot_sdk::api`, this makes a module of it.
pub use medlot_sdk::api::*;
