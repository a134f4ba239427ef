//! tests-journeys
