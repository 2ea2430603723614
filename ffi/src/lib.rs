//! medlot for Kotlin, Swift and Python: everything is `medlot_sdk::api`, this makes a library of it.
pub use medlot_sdk::api::*;

medlot_sdk::uniffi_reexport_scaffolding!();
