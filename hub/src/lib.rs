//! medlot-hub.
