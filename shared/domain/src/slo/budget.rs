use serde::{Deserialize, Serialize};

use super::count::Sum;
use super::counter::Counter;
use super::{Objective, Slo};
use crate::units::Span;

/// How much of an error budget is spent.
///
/// The budget is the share that may be bad of all events of the whole period. While less than a period was counted, the
/// rest is taken to have as many events as what was counted: a first minute with one bad request of ten does not spend
/// the budget of a month.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Budget {
    /// What was counted in the period so far.
    pub counted: Sum,
    /// So many events may be bad in the whole period.
    pub allowed: f64,
    /// The share of that which was spent, from 0; above 1: more than there was.
    pub spent: f64,
}

impl Budget {
    pub(super) fn of(objective: Objective, counter: &Counter) -> Self {
        let so_far = counter.period();
        let (whole, elapsed) = counter.elapsed();
        let rest = f64::from(whole.seconds()) / f64::from(elapsed.seconds().max(1));
        let allowed = objective.budget() * so_far.total() * rest.max(1.0);
        let spent = if so_far.bad() > 0.0 && allowed > 0.0 { so_far.bad() / allowed } else { 0.0 };
        Self { counted: so_far, allowed, spent }
    }

    /// The share that is left; below 0: overspent.
    pub fn remaining(&self) -> f64 {
        1.0 - self.spent
    }

    /// Whether nothing is left.
    pub fn is_spent(&self) -> bool {
        self.spent >= 1.0
    }
}

impl Slo {
    /// How much of its budget is spent.
    pub fn budget(&self, counter: &Counter) -> Budget {
        Budget::of(self.objective, counter)
    }

    /// The burn rate over a window; `None` without events.
    pub fn burn_rate(&self, sum: Sum) -> Option<f64> {
        sum.ratio().map(|bad| bad / self.objective.budget())
    }

    /// The window whose burn rate a forecast goes on with: six hours of thirty days, at least one.
    pub fn recent(&self) -> Span {
        let part = Span::from_minutes(self.period.length().seconds() / 120 / 60);
        part.clamp(Span::HOUR, Span::DAY).min(self.period.length())
    }

    /// In how long the budget is spent if it burns on as it recently did; `None`: not within the running period, or not
    /// at all: what a rolling period regains is at least what it loses at a burn rate of 1.
    pub fn exhausted_in(&self, counter: &Counter) -> Option<Span> {
        let rate = self.burn_rate(counter.window(self.recent()))?;
        let remaining = self.budget(counter).remaining();
        let lasts = remaining.max(0.0) * f64::from(counter.elapsed().0.seconds()) / rate;
        let ends = counter.turns_at().map(|end| f64::from(end.since(counter.until()).seconds()));
        let in_time = match ends {
            Some(ends) => lasts <= ends,
            None => rate > 1.0,
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most the period's seconds")]
        let lasts = (rate > 0.0 && in_time).then_some(lasts as u32);
        lasts.map(Span::from_seconds)
    }
}
