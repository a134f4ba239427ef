//! What whoever has an incident is asked, since it has become more than what they took; without a word from them
//! somebody else is called.

use serde::{Deserialize, Serialize};

use super::{Escalation, Why};
use crate::id::PolicyName;
use crate::incident::Severity;
use crate::units::{Span, Time};

/// A question to the holder that waits for a word.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// Since when.
    pub at: Time,
    /// Until when.
    pub until: Time,
    /// Which policy calls then.
    pub policy: PolicyName,
}

impl Escalation {
    /// The holder has the time of this severity to answer, unless there is less for what was asked before; how long.
    pub(super) fn ask(&mut self, policy: &PolicyName, severity: Severity, now: Time) -> Span {
        let until = now + severity.policy().respond_within;
        let known = self.asked.take().filter(|asked| asked.until <= until);
        let asked = known.unwrap_or_else(|| Asked { at: now, until, policy: policy.clone() });
        self.asked.insert(asked).until.since(now)
    }

    /// Which policy calls next: that of a question whose time is over, or the one that was chosen.
    pub fn calls_next(&self, now: Time) -> &PolicyName {
        self.asked.as_ref().filter(|asked| asked.until <= now).map_or(&self.policy, |asked| &asked.policy)
    }

    /// Why somebody is called in place of the holder, who has not answered in time.
    pub(super) fn unanswered(&self, now: Time) -> Option<Why> {
        let asked = self.asked.as_ref().filter(|asked| asked.until <= now)?;
        let by = self.holder()?.to_owned();
        Some(Why::NoAnswer { by, waited: asked.until.since(asked.at) })
    }
}
