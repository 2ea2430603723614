//! medlot-sdk.
