//! The deployment gate of a service: closed while a budget that it answers for is spent.

use serde::{Deserialize, Serialize};

use crate::id::{ServiceName, SloName};
use crate::units::{Span, Time};

/// When a gate that a spent budget has closed opens again.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Reopen {
    /// Once this share of the budget is there again, from 0 to 1.
    pub remaining: f64,
}

impl Default for Reopen {
    /// A twentieth, so that a budget at its edge does not open and close the gate each minute.
    fn default() -> Self {
        Self { remaining: 0.05 }
    }
}

impl Reopen {
    /// Whether the gate is closed, given whether it was and what is left of the budget.
    pub fn closed(self, was: bool, remaining: f64) -> bool {
        remaining <= 0.0 || was && remaining < self.remaining
    }
}

/// A person's word against the budget.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct GateOverride {
    /// The service.
    pub service: ServiceName,
    /// Whether the gate is open.
    pub open: bool,
    /// Who says so.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub at: Time,
    /// Until when.
    pub until: Time,
}

impl GateOverride {
    /// The longest time: what should hold for longer is a change of the objective.
    pub const MAX: Span = Span::DAY.times(7);
}

/// What an objective says about the gate of its service.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Gate {
    /// The objective.
    pub slo: SloName,
    /// Whether it keeps the gate closed; `None`: it was not judged yet.
    pub closed: Option<bool>,
    /// What is left of its budget.
    pub remaining: f64,
    /// What must be left for the gate to open.
    pub reopen: Reopen,
    /// Up to when events were counted.
    pub as_of: Time,
    /// From then on nobody knows what is left.
    pub valid_until: Time,
}

/// Whether a service may be changed, and why.
#[derive(Clone, PartialEq, Debug)]
pub struct Verdict {
    /// `None`: it cannot be told.
    pub open: Option<bool>,
    /// Why, in a sentence.
    pub reason: String,
    /// The override that decided.
    pub overridden: Option<GateOverride>,
}

/// Budgets that were told of longer ago say nothing: three times as long as the evaluator may take.
pub const STALE_AFTER: Span = Span::from_minutes(15);

/// Whether a service may be changed: an override first, then any objective that closes the gate.
pub fn decide(gates: &[Gate], overridden: Option<GateOverride>, now: Time) -> Verdict {
    if let Some(word) = overridden.filter(|word| now < word.until) {
        let is = if word.open { "open" } else { "closed" };
        let reason = format!("{} keeps it {is} until {}: {}", word.by, word.until, word.reason);
        return Verdict { open: Some(word.open), reason, overridden: Some(word) };
    }
    let verdict = |open, reason| Verdict { open, reason, overridden: None };
    let closing: Vec<_> = gates.iter().filter(|gate| gate.closed == Some(true)).map(why_closed).collect();
    let stale = gates.iter().find(|gate| gate.closed.is_some() && now > gate.valid_until);
    let unjudged = gates.iter().find(|gate| gate.closed.is_none());
    if let Some(stale) = stale {
        let reason =
            format!("the budget of {} was last counted up to {}: nobody knows what is left", stale.slo, stale.as_of);
        return verdict(None, reason);
    }
    if !closing.is_empty() {
        return verdict(Some(false), closing.join("; "));
    }
    if let Some(unjudged) = unjudged {
        return verdict(None, format!("{} was not judged yet", unjudged.slo));
    }
    let least = gates.iter().min_by(|a, b| a.remaining.total_cmp(&b.remaining));
    verdict(Some(true), least.map_or_else(no_objective, why_open))
}

fn no_objective() -> String {
    "no objective of this service closes a gate".to_owned()
}

fn why_open(gate: &Gate) -> String {
    format!("{} of the budget of {} are left", percent(gate.remaining), gate.slo)
}

fn why_closed(gate: &Gate) -> String {
    let (slo, again) = (&gate.slo, percent(gate.reopen.remaining));
    if gate.remaining <= 0.0 {
        let over = percent(-gate.remaining);
        format!("the budget of {slo} is spent, and {over} more; it opens when {again} are there again")
    } else {
        let left = percent(gate.remaining);
        format!("the budget of {slo} was spent; {left} are there again, it opens at {again}")
    }
}

/// `12.5 %`.
fn percent(share: f64) -> String {
    crate::units::Unit::Percent.show(share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Time {
        Time::from_epoch(minute * 60)
    }

    fn gate(slo: &str, closed: Option<bool>, remaining: f64) -> Gate {
        Gate {
            slo: slo.parse().unwrap(),
            closed,
            remaining,
            reopen: Reopen::default(),
            as_of: at(100),
            valid_until: at(115),
        }
    }

    fn word(open: bool, until: i64) -> GateOverride {
        let (by, reason) = ("ann".to_owned(), "the fix must go out".to_owned());
        GateOverride { service: "shop".parse().unwrap(), open, by, reason, at: at(90), until: at(until) }
    }

    fn check(gates: &[Gate], word: Option<GateOverride>, open: Option<bool>, reason: &str) {
        let found = decide(gates, word, at(110));
        assert_eq!((found.open, found.reason.as_str()), (open, reason));
    }

    #[test]
    fn the_gate_says_why() {
        let (fine, spent) = (gate("fast", Some(false), 0.4), gate("up", Some(true), -0.25));
        let back = gate("up", Some(true), 0.04);
        check(&[], None, Some(true), "no objective of this service closes a gate");
        check(&[fine.clone(), gate("up", Some(false), 0.9)], None, Some(true), "40 % of the budget of fast are left");
        check(
            &[fine.clone(), spent.clone()],
            None,
            Some(false),
            "the budget of up is spent, and 25 % more; it opens when 5 % are there again",
        );
        check(&[back], None, Some(false), "the budget of up was spent; 4 % are there again, it opens at 5 %");
        check(&[fine.clone(), gate("up", None, 1.0)], None, None, "up was not judged yet");
        let open = "ann keeps it open until 1970-01-01T02:00:00Z: the fix must go out";
        check(std::slice::from_ref(&spent), Some(word(true, 120)), Some(true), open);
        let closed = "ann keeps it closed until 1970-01-01T02:00:00Z: the fix must go out";
        check(&[fine], Some(word(false, 120)), Some(false), closed);
        let over = "the budget of up is spent, and 25 % more; it opens when 5 % are there again";
        check(&[spent], Some(word(true, 110)), Some(false), over);
    }

    #[test]
    fn a_silent_evaluator_opens_no_gate() {
        let found = decide(&[gate("up", Some(false), 0.9)], None, at(116));
        assert_eq!(found.open, None);
        assert!(found.reason.contains("was last counted up to 1970-01-01T01:40:00Z"), "{}", found.reason);
        assert_eq!(decide(&[gate("up", Some(false), 0.9)], None, at(115)).open, Some(true));
    }

    #[test]
    fn a_gate_at_its_edge_stays_as_it_is() {
        let reopen = Reopen::default();
        assert_eq!(
            [0.06, 0.05, 0.04, 0.01, 0.0, -1.0].map(|left| reopen.closed(true, left)),
            [false, false, true, true, true, true]
        );
        assert_eq!([0.06, 0.01, 0.0].map(|left| reopen.closed(false, left)), [false, false, true]);
    }
}
