//! tocsin-cli
fn main() {}
