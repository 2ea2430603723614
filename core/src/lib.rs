//! medlot-core: a tamper-evident account of every medicine lot.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
