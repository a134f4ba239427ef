//! Which policy calls, where several routes tell of one incident.

use super::{Effect, Escalation, Policy, Prompt, Reaches, State, Why};
use crate::incident::Severity;
use crate::units::Time;

impl Escalation {
    /// Another policy applies: whom it pages begins at once; who has it keeps it (goalert: `TestPolicyReassignment`).
    pub fn assign(&mut self, policy: &Policy, reaches: Reaches<'_>, now: Time) -> Vec<Effect> {
        self.choose(policy, self.severity);
        match self.state {
            State::Paging | State::Exhausted { .. } => {
                self.begin(now, now);
                self.page(policy, Why::OtherPolicy, reaches, now)
            }
            State::Acknowledged { .. } | State::Snoozed { .. } | State::Over => {
                (self.round, self.step) = (0, 0);
                self.due(policy, reaches, now)
            }
        }
    }

    /// The same policy is chosen once more, for something worse than before: it stands for that now. Whoever has it is asked
    /// about what they have not been told as this bad.
    pub fn choose_again(&mut self, policy: &Policy, severity: Severity, now: Time) -> Option<Vec<Effect>> {
        let is_worse = self.policy == policy.name && self.chosen_for.is_some_and(|known| severity < known);
        is_worse.then(|| {
            self.chosen_for = Some(severity);
            self.ask_as_worse(severity, policy, now).into_iter().collect()
        })
    }

    /// Whether `policy` takes over, which a route names for what is this bad: the policy was chosen for something less bad.
    pub fn yields_to(&self, policy: &Policy, severity: Severity) -> bool {
        self.is_other(policy) && self.chosen_for.is_some_and(|known| severity < known)
    }

    /// `policy` takes over, for an incident that is this bad: whom it pages begins at once. Whoever has it is told, and has
    /// it no more.
    pub fn yield_to(&mut self, policy: &Policy, severity: Severity, reaches: Reaches<'_>, now: Time) -> Vec<Effect> {
        let mut effects = Vec::new();
        if let Some(holder) = self.holder().map(str::to_owned) {
            effects.push(self.remind(holder, Prompt::Outranked { policy: policy.name.clone(), severity }));
        }
        self.severity = severity;
        self.choose(policy, severity);
        self.begin(now, now);
        effects.extend(self.page(policy, Why::OtherPolicy, reaches, now));
        effects
    }

    /// A route with another policy, which does not take over, tells of something this bad: whoever takes the incident takes
    /// that as well, and whoever has it already is asked. Nothing the second time.
    pub fn join(&mut self, policy: &Policy, severity: Severity, now: Time) -> Vec<Effect> {
        if !self.is_other(policy) || !self.joined.insert(policy.name.clone()) {
            return Vec::new();
        }
        self.ask_about(&policy.name, severity, now).into_iter().collect()
    }

    /// The incident, which is this bad now, takes another in, of which `other` is the escalation: who takes it takes that as
    /// well. Whoever has it has both with a word; it is not they who are asked if they have had the other, too, or have made
    /// them one: `by`.
    pub fn take_in(&mut self, other: &Self, by: &str, severity: Severity, now: Time) -> Vec<Effect> {
        if self.state == State::Over {
            return Vec::new();
        }
        let holder = self.holder().map(str::to_owned);
        if holder.is_some() || self.policy == other.policy {
            self.chosen_for = self.chosen_for.min(other.chosen_for).or(self.chosen_for);
        }
        let joined = other.joined.iter().chain([&other.policy]).filter(|name| **name != self.policy);
        self.joined.extend(joined.cloned().collect::<Vec<_>>());
        let Some(holder) = holder else { return Vec::new() };
        self.severity = severity;
        let waits = match &other.state {
            State::Paging | State::Exhausted { .. } => true,
            State::Acknowledged { .. } => other.asked.is_some(),
            State::Snoozed { by, .. } => *by != holder,
            State::Over => false,
        };
        let asks = waits && holder != by;
        asks.then(|| self.ask_about(other.would_call(), other.severity, now)).flatten().into_iter().collect()
    }

    fn is_other(&self, policy: &Policy) -> bool {
        self.state != State::Over && self.policy != policy.name
    }

    /// From now on `policy` is the one that calls; the one before has joined.
    pub(super) fn choose(&mut self, policy: &Policy, severity: Severity) {
        self.joined.remove(&policy.name);
        let before = std::mem::replace(&mut self.policy, policy.name.clone());
        if before != self.policy {
            self.joined.insert(before);
        }
        self.chosen_for = Some(severity);
    }
}
