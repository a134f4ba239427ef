//! tests-edges
