use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Asked, Cause, Effect, Policy, Prompt, PutOff, Target, Why};
use crate::id::PolicyName;
use crate::incident::Severity;
use crate::units::{Span, Time};

/// Whether anybody stands behind these targets now.
pub type Reaches<'r> = &'r dyn Fn(&[Target]) -> bool;

/// Where one incident stands in its policy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Escalation {
    /// Which policy.
    pub policy: PolicyName,
    /// The severity whose clocks it keeps.
    pub severity: Severity,
    /// When it last began: the incident's start, its reopen, the end of a snooze.
    pub started_at: Time,
    /// How bad it was when this policy was chosen; `None`: it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen_for: Option<Severity>,
    /// Others whose routes have told of it too: who takes it takes what they tell of.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub joined: BTreeSet<PolicyName>,
    /// What it waits for.
    pub state: State,
    /// What the holder has been asked, and has not answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
    /// What it is to begin with when its incident, which was over for now, is back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub put_off: Vec<PutOff>,
    /// The round of the step that is paged next, from 0.
    pub round: u32,
    /// The step that is paged next, from 0.
    pub step: usize,
    /// When the state has something to do next.
    pub next_at: Option<Time>,
    /// When the latest step was paged; `None`: none since it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paged_at: Option<Time>,
    /// The step that was paged then.
    #[serde(default)]
    pub paged_step: usize,
    /// What the wait for the next step is counted from, whether a step was paged then or nobody stood behind any; `None`: none
    /// was due since it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_since: Option<Time>,
    /// The steps that have been paged and still have time to respond, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub called: Vec<Called>,
    /// The generation: how many messages it has asked for.
    pub pages: u32,
    /// Links of generations up to this one are used up.
    #[serde(default)]
    pub spent: u32,
}

/// A step that has been paged and may still answer in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Called {
    /// Which, from 0.
    pub step: usize,
    /// When.
    pub at: Time,
    /// When the severity's time to respond is over, and it is paged at every address.
    pub by: Time,
}

/// What an escalation waits for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum State {
    /// For an acknowledgement, or the next step's time.
    Paging,
    /// For the end; the holder is reminded.
    Acknowledged {
        /// The holder.
        by: String,
        /// Since when.
        at: Time,
        /// The holder's last word.
        heard_at: Time,
    },
    /// For a time; then it begins again.
    Snoozed {
        /// The holder.
        by: String,
        /// Until when.
        until: Time,
    },
    /// For an acknowledgement; all rounds are over and the fallback is told every hour.
    Exhausted {
        /// Since when.
        at: Time,
    },
    /// For nothing, but a reopen.
    Over,
}

/// Why an escalation does not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The incident is over.
    #[error("it is over; nobody is paged any more")]
    Over,
    /// Somebody has it.
    #[error("{by} has it already; take it over instead")]
    Held {
        /// Who.
        by: String,
    },
    /// The link was used, or its page is from before.
    #[error("this link was used already, or the incident has begun anew since; use the latest message")]
    Spent,
    /// A snooze must end later than now.
    #[error("a snooze must end in the future")]
    SnoozePast,
    /// A snooze must end.
    #[error("a snooze can last {max} at most; resolve the incident, or silence its alerts", max = Escalation::SNOOZE_MAX)]
    SnoozeTooLong,
}

impl Escalation {
    /// The longest snooze: over a long weekend, not over a holiday.
    pub const SNOOZE_MAX: Span = Span::DAY.times(7);

    /// Begins; call [`Escalation::due`] next, for the first step may be due at once.
    pub fn start(policy: &Policy, severity: Severity, now: Time) -> Self {
        let mut escalation = Self {
            policy: policy.name.clone(),
            severity,
            chosen_for: Some(severity),
            joined: BTreeSet::new(),
            started_at: now,
            state: State::Paging,
            asked: None,
            put_off: Vec::new(),
            round: 0,
            step: 0,
            next_at: None,
            paged_at: None,
            paged_step: 0,
            waits_since: None,
            called: Vec::new(),
            pages: 0,
            spent: 0,
        };
        escalation.begin(now + policy.first_after(), now);
        escalation
    }

    /// When [`Escalation::due`] must be called; `None`: nothing will be due.
    pub fn next_wake(&self) -> Option<Time> {
        match self.state {
            State::Over => None,
            _ => {
                let answer = self.asked.as_ref().map(|asked| asked.until);
                let put_off = self.put_off.iter().map(|one| one.at);
                self.called.iter().map(|called| called.by).chain(self.next_at).chain(answer).chain(put_off).min()
            }
        }
    }

    /// Who has it.
    pub fn holder(&self) -> Option<&str> {
        match &self.state {
            State::Acknowledged { by, .. } | State::Snoozed { by, .. } => Some(by),
            State::Paging | State::Exhausted { .. } | State::Over => None,
        }
    }

    /// Does what is due: those whose time to respond is over first. However late it is called, one step is paged, and the
    /// next has its whole wait. A step behind which nobody stands is skipped at once; where nobody stands behind the rest of
    /// the round either, the fallback is told and the wait for the next round kept (goalert:
    /// `TestEscalationSkipIfEmpty_SingleStep`).
    pub fn due(&mut self, policy: &Policy, reaches: Reaches<'_>, now: Time) -> Vec<Effect> {
        if let Some(why) = self.unanswered(now) {
            self.choose(policy, self.severity);
            self.begin(now, now);
            return self.page(policy, why, reaches, now);
        }
        if policy.name != self.policy {
            return self.assign(policy, reaches, now);
        }
        let is_due = self.next_at.is_some_and(|at| at <= now);
        let mut effects = self.overdue(policy, now);
        effects.extend(match &self.state {
            State::Paging if is_due => {
                let why = match self.paged_at {
                    Some(at) => Why::Unacknowledged { waited: now.since(at) },
                    None if self.pages > 0 => Why::Again,
                    None => Why::Began,
                };
                self.page(policy, why, reaches, now)
            }
            State::Snoozed { by, .. } if is_due => {
                let why = Why::SnoozeOver { by: by.clone() };
                self.begin(now, now);
                self.page(policy, why, reaches, now)
            }
            State::Exhausted { .. } if is_due => {
                self.next_at = Some(self.base(now) + Policy::FALLBACK_EVERY);
                vec![self.fallback(policy, Cause::StillUnacknowledged)]
            }
            State::Acknowledged { by, heard_at, .. } if is_due => {
                let (holder, since) = (by.clone(), now.since(*heard_at));
                self.next_at = policy.reminder_after(now);
                // Who is asked already is not asked twice.
                let asks = self.asked.is_none();
                asks.then(|| self.remind(holder, Prompt::NoWord { since })).into_iter().collect()
            }
            _ => Vec::new(),
        });
        effects
    }

    /// Somebody takes it: nobody is paged any more. Who has it, and has been asked about it, answers.
    ///
    /// # Errors
    /// [`Refused`] when it is over or somebody has it.
    pub fn acknowledge(&mut self, by: &str, policy: &Policy, now: Time) -> Result<(), Refused> {
        match &self.state {
            State::Acknowledged { by: holder, .. } if holder == by && self.asked.is_some() => {
                self.heard(by, policy, now);
                Ok(())
            }
            State::Acknowledged { by, .. } => Err(Refused::Held { by: by.clone() }),
            _ => self.take_over(by, policy, now),
        }
    }

    /// The link of the page `generation` is pressed: acknowledges, once. Pages of all steps since it last began work
    /// until somebody has it; the link of a reminder is a word of the holder's.
    ///
    /// # Errors
    /// [`Refused`] when it is over, somebody has it, or the link is used up.
    pub fn redeem(&mut self, generation: u32, by: &str, policy: &Policy, now: Time) -> Result<(), Refused> {
        match &self.state {
            State::Over => Err(Refused::Over),
            State::Acknowledged { by: holder, .. } | State::Snoozed { by: holder, .. } if holder != by => {
                Err(Refused::Held { by: holder.clone() })
            }
            _ if generation <= self.spent || generation > self.pages => Err(Refused::Spent),
            _ if self.asked.as_ref().is_some_and(|asked| generation < asked.generation) => Err(Refused::Spent),
            State::Acknowledged { .. } | State::Snoozed { .. } => {
                self.spent = generation;
                self.heard(by, policy, now);
                Ok(())
            }
            State::Paging | State::Exhausted { .. } => self.acknowledge(by, policy, now),
        }
    }

    /// Somebody takes it, from whoever has it.
    ///
    /// # Errors
    /// [`Refused::Over`].
    pub fn take_over(&mut self, by: &str, policy: &Policy, now: Time) -> Result<(), Refused> {
        if self.state == State::Over {
            return Err(Refused::Over);
        }
        self.rest(State::Acknowledged { by: by.to_owned(), at: now, heard_at: now });
        self.next_at = policy.reminder_after(now);
        Ok(())
    }

    /// Acknowledged until `until`; then the first step is paged again.
    ///
    /// # Errors
    /// [`Refused`] when it is over, or `until` is not within [`Escalation::SNOOZE_MAX`] from now.
    pub fn snooze(&mut self, by: &str, until: Time, now: Time) -> Result<(), Refused> {
        match &self.state {
            State::Over => return Err(Refused::Over),
            _ if until <= now => return Err(Refused::SnoozePast),
            _ if until > now + Self::SNOOZE_MAX => return Err(Refused::SnoozeTooLong),
            _ => {}
        }
        self.rest(State::Snoozed { by: by.to_owned(), until });
        self.next_at = Some(until);
        Ok(())
    }

    /// A word about it: a note or an update. The holder's puts the next reminder off and is an answer; whether it was theirs.
    pub fn heard(&mut self, from: &str, policy: &Policy, now: Time) -> bool {
        if self.holder() != Some(from) {
            return false;
        }
        self.asked = None;
        if let State::Acknowledged { heard_at, .. } = &mut self.state {
            *heard_at = now;
            self.next_at = policy.reminder_after(now);
        }
        true
    }

    /// A person wants the next step paged now. It is unacknowledged again, whoever had it; after the last step comes the
    /// first, even when all rounds are over (goalert: `TestManualEscalation`, `TestEscalationNotification`).
    ///
    /// # Errors
    /// [`Refused::Over`].
    pub fn escalate_now(
        &mut self,
        by: &str,
        policy: &Policy,
        reaches: Reaches<'_>,
        now: Time,
    ) -> Result<Vec<Effect>, Refused> {
        if self.state == State::Over {
            return Err(Refused::Over);
        }
        if policy.name != self.policy {
            return Ok(self.assign(policy, reaches, now));
        }
        if self.holder().is_some() {
            // Whoever was paged before has been answered for.
            self.paged_at = None;
            self.asked = None;
        }
        self.state = State::Paging;
        self.next_at = Some(now);
        let mut effects = self.overdue(policy, now);
        effects.extend(self.page(policy, Why::ByHand { by: by.to_owned() }, reaches, now));
        Ok(effects)
    }

    /// The severity has changed. Worse: the shorter clocks count from each page, a snooze ends, the first step is paged anew if
    /// all rounds were over; the holder is asked when it may be told ([`Escalation::choose_again`]).
    /// Less bad: what is promised stays, the longer clocks count from the next page on.
    pub fn rate(&mut self, severity: Severity, policy: &Policy, reaches: Reaches<'_>, now: Time) -> Vec<Effect> {
        let worse = severity < self.severity;
        self.severity = severity;
        if worse {
            for called in &mut self.called {
                called.by = called.by.min(called.at + severity.policy().respond_within);
            }
        }
        if self.unanswered(now).is_some() {
            return self.due(policy, reaches, now);
        }
        match &self.state {
            State::Paging if worse => {
                if let Some(at) = self.waits_since {
                    let next_at = at + policy.wait_for(self.step, severity);
                    self.next_at = self.next_at.map(|promised| promised.min(next_at));
                }
            }
            State::Snoozed { .. } | State::Exhausted { .. } if worse => {
                self.begin(now, now);
                return self.page(policy, Why::Worse { severity }, reaches, now);
            }
            _ => {}
        }
        self.due(policy, reaches, now)
    }

    /// The incident is over.
    pub fn resolve(&mut self) {
        self.rest(State::Over);
        self.next_at = None;
    }

    /// The incident is back: everything begins anew, but for the generation. Call [`Escalation::due`] next. Nothing
    /// happens to what is not over.
    pub fn reopen(&mut self, policy: &Policy, severity: Severity, now: Time) {
        if self.state == State::Over {
            self.severity = severity;
            self.choose(policy, severity);
            self.joined.clear();
            self.begin(now + policy.first_after(), now);
        }
    }
}
