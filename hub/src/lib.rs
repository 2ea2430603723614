//! medlot-hub: a national connection built on the sdk, and the `medlot` command.

pub mod carrier;
