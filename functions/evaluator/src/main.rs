//! evaluator
fn main() {}
