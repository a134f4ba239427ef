use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::label::{Labels, Matchers, value_of};

/// A rule by which an alert that fires keeps others from being told.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Inhibition {
    /// What people call it.
    pub name: Option<String>,
    /// What an alert that inhibits satisfies.
    pub source: Matchers,
    /// What an alert that is inhibited satisfies.
    pub target: Matchers,
    /// Labels in which both agree; missing and empty is the same.
    pub equal: BTreeSet<String>,
}

impl Inhibition {
    /// Whether an alert with the labels `source`, which fires, inhibits one with the labels `target`.
    ///
    /// Alerts that both satisfy both sides do not inhibit each other, and no alert inhibits itself
    /// (Alertmanager `inhibit.go`, `excludeTwoSidedMatch`).
    pub fn inhibits(&self, source: &Labels, target: &Labels) -> bool {
        self.target.matches(target)
            && self.source.matches(source)
            && self.equal.iter().all(|label| value_of(source, label) == value_of(target, label))
            && !(self.target.matches(source) && self.source.matches(target))
    }
}
