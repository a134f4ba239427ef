//! What an escalation hears of while its incident is over for now: nobody is called on or asked before it is back.

use serde::{Deserialize, Serialize};

use super::{Escalation, Policy};
use crate::id::PolicyName;
use crate::incident::Severity;
use crate::units::Time;

/// A policy that a route has named meanwhile.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PutOff {
    /// Which.
    pub policy: PolicyName,
    /// For what is this bad.
    pub severity: Severity,
    /// When.
    pub at: Time,
}

impl Escalation {
    /// Puts off what `policy` would have called for, if that is news: it would take over, stand for something worse than
    /// before, or join. Whoever takes the incident takes it as well.
    pub fn put_off(&mut self, policy: &Policy, severity: Severity, now: Time) {
        let joins = self.policy != policy.name && !self.joined.contains(&policy.name);
        let is_news = joins || self.chosen_for.is_some_and(|known| severity < known);
        let known = self.put_off.iter().any(|one| one.policy == policy.name && one.severity <= severity);
        if is_news && !known {
            self.put_off.retain(|one| one.policy != policy.name);
            self.put_off.push(PutOff { policy: policy.name.clone(), severity, at: now });
        }
    }
}
