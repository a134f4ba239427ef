//! post-mortem
fn main() {}
