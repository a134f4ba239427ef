//! incident-response
fn main() {}
