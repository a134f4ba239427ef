//! tocsin-report
