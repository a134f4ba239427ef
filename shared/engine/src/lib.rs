//! The use cases of Tocsin over six small ports.
//!
//! The rules are two pure machines: the fold over chunks ([`fold`]) and the decision about alerts and incidents
//! ([`decide`]). The use cases load, let a machine decide, commit, and only then perform. Nothing here reads a clock:
//! `now` is always the last argument.

pub mod port;
