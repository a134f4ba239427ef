//! tocsin-testkit
