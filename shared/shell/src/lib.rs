//! tocsin-shell
