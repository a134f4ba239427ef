use serde::{Deserialize, Serialize};

use super::budget::Budget;
use super::count::Sum;
use super::counter::Counter;
use super::gate::{Gate, STALE_AFTER};
use super::{Reopen, Slo};
use crate::alert::AlertChange;
use crate::id::{ServiceName, SloName};
use crate::incident::Severity;
use crate::units::{Span, Time};

/// An objective as it stood at an instant, for whoever asks.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// The objective.
    pub slo: SloName,
    /// Its service.
    pub service: ServiceName,
    /// The end of the last step that was judged.
    pub as_of: Time,
    /// From then on nobody knows how it stands.
    pub valid_until: Time,
    /// When the first step with events began.
    pub since: Option<Time>,
    /// Its budget.
    pub budget: Budget,
    /// In how long the budget is spent if it burns on as it recently did.
    pub exhausted_in: Option<Span>,
    /// The alert about how fast it burns, if that fires: how bad, since when, why.
    pub burning: Option<(Severity, Time, String)>,
    /// Whether its spent budget keeps the gate closed, and what opens it; `None`: it closes no gate.
    pub gate: Option<(bool, Reopen)>,
    /// What was counted over the windows that people ask for and those of its rules, ascending.
    pub windows: Vec<(Span, Sum)>,
}

/// Windows that can be asked for besides those of an objective itself.
pub const WINDOWS: [Span; 4] = [Span::HOUR, Span::DAY, Span::DAY.times(7), Span::DAY.times(30)];

impl Snapshot {
    /// How `slo` stands, told at `now`. What it counted may lie `behind` so far, since its series are asked for seldom or
    /// have long periods; further, and a source has failed.
    pub fn of(
        slo: &Slo,
        counter: &Counter,
        burning: Option<&AlertChange>,
        closed: bool,
        (behind, now): (Span, Time),
    ) -> Self {
        let rules = slo.burn_rates.iter().flat_map(|rule| [Some(rule.long), rule.short]).flatten();
        let mut windows: Vec<Span> = rules.chain(WINDOWS).filter(|window| *window <= slo.period.length()).collect();
        windows.sort();
        windows.dedup();
        Self {
            slo: slo.name.clone(),
            service: slo.service.clone(),
            as_of: counter.until(),
            valid_until: (now + STALE_AFTER).min(counter.until() + behind + STALE_AFTER),
            since: counter.since(),
            budget: slo.budget(counter),
            exhausted_in: slo.exhausted_in(counter),
            burning: burning.map(|change| (change.severity, change.at, change.reason.clone())),
            gate: slo.gate.map(|reopen| (closed, reopen)),
            windows: windows.into_iter().map(|window| (window, counter.window(window))).collect(),
        }
    }

    /// What it says about the gate of its service.
    pub fn gate(&self) -> Option<Gate> {
        let (closed, reopen) = self.gate?;
        let (remaining, as_of) = (self.budget.remaining(), self.as_of);
        Some(Gate {
            slo: self.slo.clone(),
            closed: Some(closed),
            remaining,
            reopen,
            as_of,
            valid_until: self.valid_until,
        })
    }
}

/// What an objective counted on one day, in UTC.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Day {
    /// The objective.
    pub slo: SloName,
    /// Its first instant.
    pub from: Time,
    /// What was counted.
    pub sum: Sum,
    /// The share of the budget that was left at its end.
    pub remaining: f64,
}
