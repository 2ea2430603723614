//! Shared by medlot's conformance and end-to-end tests.
