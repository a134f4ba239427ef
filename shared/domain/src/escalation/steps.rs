//! What the machine does when something is due.

use super::machine::{Called, Escalation, Reaches, State};
use super::{Cause, Effect, Policy, Prompt, Why};
use crate::units::{Span, Time};

/// A wake that is later than this moves the steps after it: who was paged late has as long to answer as anybody.
const LATE_MAX: Span = Span::MINUTE;

impl Escalation {
    pub(super) fn begin(&mut self, first_at: Time, now: Time) {
        self.state = State::Paging;
        self.started_at = now;
        (self.round, self.step) = (0, 0);
        self.next_at = Some(first_at);
        self.paged_at = None;
        self.waits_since = None;
        self.called.clear();
        self.asked = None;
    }

    /// Nobody is paged any more, and no link works.
    pub(super) fn rest(&mut self, state: State) {
        self.state = state;
        self.called.clear();
        self.asked = None;
        self.put_off.clear();
        self.spent = self.pages;
    }

    fn generation(&mut self) -> u32 {
        self.pages = self.pages.saturating_add(1);
        self.pages
    }

    /// What waits are counted from: the promised time, where it is about now.
    pub(super) fn base(&self, now: Time) -> Time {
        self.next_at.filter(|at| *at <= now && now <= *at + LATE_MAX).unwrap_or(now)
    }

    pub(super) fn page(&mut self, policy: &Policy, mut why: Why, reaches: Reaches<'_>, now: Time) -> Vec<Effect> {
        let base = self.base(now);
        let steps = policy.steps.len();
        let by_hand = matches!(why, Why::ByHand { .. });
        if self.step >= steps && steps > 0 {
            // The policy has become shorter.
            self.advance(steps);
        }
        if steps == 0 || self.step == 0 && self.round > u32::from(policy.repeat) && !by_hand {
            return vec![self.exhaust(policy, base, now)];
        }
        let mut effects = Vec::new();
        loop {
            let (round, step) = (self.round, self.step);
            let targets = policy.steps[step].targets.clone();
            let answered = reaches(&targets);
            self.advance(steps);
            if answered {
                let generation = self.generation();
                effects.push(Effect::Page { generation, round, step, steps, targets, why });
                // Who has not answered the call before has no more time by being called again.
                if self.called.iter().all(|called| called.step != step) {
                    let by = base + self.severity.policy().respond_within;
                    self.called.push(Called { step, at: base, by });
                }
                (self.paged_at, self.paged_step) = (Some(base), step);
                break;
            }
            effects.push(Effect::Skipped { round, step, steps, targets });
            if self.step == 0 {
                effects.push(self.fallback(policy, Cause::NobodyOnCall));
                break;
            }
            why = Why::NobodyBefore;
        }
        self.waits_since = Some(base);
        self.next_at = Some(base + policy.wait_for(self.step, self.severity));
        effects
    }

    fn advance(&mut self, steps: usize) {
        self.step += 1;
        if self.step >= steps {
            self.step = 0;
            self.round = self.round.saturating_add(1);
        }
    }

    fn exhaust(&mut self, policy: &Policy, base: Time, now: Time) -> Effect {
        self.state = State::Exhausted { at: now };
        self.next_at = Some(base + Policy::FALLBACK_EVERY);
        self.fallback(policy, Cause::Exhausted { rounds: self.round })
    }

    pub(super) fn fallback(&mut self, policy: &Policy, cause: Cause) -> Effect {
        let targets = policy.steps.last().map(|step| step.targets.clone()).unwrap_or_default();
        Effect::Fallback { generation: self.generation(), channel: policy.fallback.clone(), targets, cause }
    }

    /// The steps whose time to respond is over; those that the policy has no more are forgotten.
    pub(super) fn overdue(&mut self, policy: &Policy, now: Time) -> Vec<Effect> {
        let late: Vec<Called> = self.called.extract_if(.., |called| called.by <= now).collect();
        let mut effects = Vec::new();
        for Called { step, at, by } in late {
            let Some(found) = policy.steps.get(step) else { continue };
            let (targets, respond_within) = (found.targets.clone(), by.since(at));
            effects.push(Effect::Overdue { generation: self.generation(), step, targets, respond_within });
        }
        effects
    }

    pub(super) fn remind(&mut self, holder: String, prompt: Prompt) -> Effect {
        Effect::Remind { generation: self.generation(), holder, prompt }
    }
}
