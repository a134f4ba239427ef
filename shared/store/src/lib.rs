//! Tocsin's memory in `DynamoDB`: the log of chunks, and alerts, incidents and all that belongs to them.

pub mod packed;
