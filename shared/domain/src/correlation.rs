//! Which incidents may be one: services that depend on each other break together.
//!
//! A new incident is held against the open ones of the services near its own, in the graph of `depends_on`. One that
//! began at about the same time is a *candidate*; where both fire on for a while and the one service calls the other, it
//! is *confirmed*. What is confirmed is merged, unless a page could be lost by it.

mod near;
mod rules;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use near::{HOPS_MAX, NEIGHBOURS_MAX, Neighbour, neighbours};
pub use rules::{Unconfirmed, answers, candidate, confirm, loses_a_page, may_merge};

use crate::units::Span;

/// When incidents are taken to be one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Correlation {
    /// They began at most this far apart.
    pub within: Span,
    /// So long after the later one was found, both still fire.
    pub confirm_after: Span,
    /// What is confirmed becomes one by itself; false: it is only said.
    pub merges: bool,
}

impl Default for Correlation {
    /// Ten minutes: the slowest monitors look at as many. Three minutes: longer than a page of a group takes, shorter
    /// than a second step.
    fn default() -> Self {
        Self { within: Span::from_minutes(10), confirm_after: Span::from_minutes(3), merges: true }
    }
}
