//! What medlot's tests share: the bodies of fuzz targets, and figures.
pub mod figures;
pub mod fuzz_bodies;
pub mod measures;
pub mod shapes;
