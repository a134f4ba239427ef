//! Monitored events: what a service says about a piece of its work, and what is to be thought of it.
//!
//! An event is judged by itself (limits, outputs, contradictions, silent failures, a team's own conditions) and against
//! what its source usually says (outliers, drift of the schema, volume of the weekday hour). Severities add up as
//! independent evidence: `1 - (1 - a)(1 - b)`; below 0.7 the event is normal, from 0.9 on critical.

mod condition;
mod consistency;
mod event;
mod field;
mod history;
mod limits;
mod logged;
mod output;
mod rules;
mod silence;
mod verdict;
mod volume;

pub use condition::{Condition, ConditionError};
pub use event::{Event, EventText, MaskedFields};
pub use history::History;
pub use limits::{Limits, USUAL_LIMITS};
pub use logged::Logged;
pub use rules::{Rule, Rules, Standing};
pub use verdict::{Decision, Finding, Status, Verdict};
pub use volume::Volume;

#[cfg(test)]
mod tests;
