//! What whoever has an incident is asked, since it has become more than what they took; without a word from them
//! somebody else is called.

use serde::{Deserialize, Serialize};

use super::{Effect, Escalation, Policy, Prompt, Why};
use crate::id::PolicyName;
use crate::incident::Severity;
use crate::units::Time;

/// A question to the holder that waits for a word.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// Since when.
    pub at: Time,
    /// Until when.
    pub until: Time,
    /// Which policy calls then.
    pub policy: PolicyName,
    /// How bad that is which it calls for.
    pub severity: Severity,
    /// The generation of the message that asked it last: links of earlier ones are no answer.
    #[serde(default)]
    pub generation: u32,
}

impl Escalation {
    /// The holder has the time of this severity to answer, unless there is less for what was asked before; the
    /// question as it stands. The policy of
    /// what is worst will call, and of equals another one than that which the holder has answered.
    pub(super) fn ask(&mut self, policy: &PolicyName, severity: Severity, now: Time) -> &Asked {
        let mut asked = Asked {
            at: now,
            until: now + severity.policy().respond_within,
            policy: policy.clone(),
            severity,
            generation: self.pages + 1,
        };
        if let Some(known) = self.asked.take() {
            if known.until <= asked.until {
                (asked.at, asked.until) = (known.at, known.until);
            }
            if known.severity < severity || known.severity == severity && *policy == self.policy {
                (asked.policy, asked.severity) = (known.policy, known.severity);
            }
        }
        self.asked.insert(asked)
    }

    /// Which policy calls if nobody answers: that of the question, or the one that was chosen.
    pub fn would_call(&self) -> &PolicyName {
        self.asked.as_ref().map_or(&self.policy, |asked| &asked.policy)
    }

    /// Which policy calls next: that of a question whose time is over, or the one that was chosen.
    pub fn calls_next(&self, now: Time) -> &PolicyName {
        self.asked.as_ref().filter(|asked| asked.until <= now).map_or(&self.policy, |asked| &asked.policy)
    }

    /// Asks whoever has it about something this bad, for which `policy` calls.
    pub(super) fn ask_about(&mut self, policy: &PolicyName, severity: Severity, now: Time) -> Option<Effect> {
        let holder = self.holder()?.to_owned();
        let asked = self.ask(policy, severity, now);
        let (policy, within) = (asked.policy.clone(), asked.until.since(now));
        Some(self.remind(holder, Prompt::Joined { policy, severity, within }))
    }

    /// Asks whoever has it about what is worse than what they took.
    pub(super) fn ask_as_worse(&mut self, severity: Severity, policy: &Policy, now: Time) -> Option<Effect> {
        let holder = self.holder()?.to_owned();
        self.severity = self.severity.min(severity);
        let within = self.ask(&policy.name, severity, now).until.since(now);
        Some(self.remind(holder, Prompt::Worse { severity, within }))
    }

    /// Why somebody is called in place of the holder, who has not answered in time.
    pub(super) fn unanswered(&self, now: Time) -> Option<Why> {
        let asked = self.asked.as_ref().filter(|asked| asked.until <= now)?;
        let by = self.holder()?.to_owned();
        Some(Why::NoAnswer { by, waited: asked.until.since(asked.at) })
    }
}
