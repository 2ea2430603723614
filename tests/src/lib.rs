//! What medlot's tests share: the bodies of fuzz targets, figures, and the world of the vectors.
pub mod figures;
pub mod fuzz_bodies;
pub mod measures;
pub mod shapes;
pub mod sizes;
pub mod trust_vectors;
pub mod world;
