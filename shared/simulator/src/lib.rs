//! tocsin-simulator
