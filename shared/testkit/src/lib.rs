//! Real parts for tests: what stands in for the world outside, and samples of what Tocsin stores.

pub mod receiver;
pub mod stack;

pub use domain::sample;
