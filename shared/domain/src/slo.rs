//! Service level objectives: which share of events must be good over which time, how fast the error budget burns, and
//! what follows when it is spent.
//!
//! Source: The Site Reliability Workbook, chapters 2 and 5, <https://sre.google/workbook/alerting-on-slos/>.

mod budget;
mod burn_rate;
mod confidence;
mod count;
mod counter;
mod exclusion;
mod gate;
mod hours;
mod indicator;
mod objective;
mod period;
mod slot;
mod snapshot;
mod standing;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use budget::Budget;
pub use burn_rate::{BurnRate, by_budget, scaled, thresholds, usual};
pub use confidence::{lower_bound, surely_above};
pub use count::{Count, Step, Sum};
pub use counter::{Counter, FINE_MAX, Shape};
pub use exclusion::{ClockTime, ClockTimeError, Exclusion, Weekdays};
pub use gate::{Gate, GateOverride, Reopen, STALE_AFTER, Verdict as GateVerdict, decide as decide_gate};
pub use indicator::{Indicator, Part, WhenEmpty};
pub use objective::{Objective, ObjectiveError};
pub use period::{CalendarUnit, Period};
pub use snapshot::{Day, Snapshot, WINDOWS};
pub use standing::Burning;

use crate::id::{Fingerprint, SeriesId, ServiceName, SloName};
use crate::incident::Severity;
use crate::label::Labels;
use crate::monitor::Category;
use crate::units::Span;

/// A service level objective.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Slo {
    /// Its name, unique among objectives.
    pub name: SloName,
    /// The service that it is promised for.
    pub service: ServiceName,
    /// What it is, for people.
    pub description: String,
    /// Which events there are, and which of them are good.
    pub indicator: Indicator,
    /// The share that must be good.
    pub objective: Objective,
    /// Over which time.
    pub period: Period,
    /// Times that do not count.
    pub exclusions: Vec<Exclusion>,
    /// When it alerts, the worst severity first.
    pub burn_rates: Vec<BurnRate>,
    /// What must be known before it alerts.
    pub guard: Guard,
    /// What a step without data counts as.
    pub no_data: WhenEmpty,
    /// Whether a spent budget closes the deployment gate of its service, and when that opens again.
    pub gate: Option<Reopen>,
    /// How long a period rests before it is counted; what is revised within the look-back afterwards is corrected.
    pub settle: Span,
    /// A breach this soon after a resolve belongs to the same trouble.
    pub cooldown: Span,
    /// Whose topic it is told on.
    pub category: Category,
    /// Carried by its alerts.
    pub labels: Labels,
}

/// What must be known before an objective alerts, so that a few bad events among few do not page.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Guard {
    /// So many events in the long window.
    pub events: u32,
    /// The true ratio of the long window is above the limit with this probability, above 0 and below 1; see
    /// [`surely_above`].
    pub confidence: f64,
}

impl Default for Guard {
    /// Ten events, 95 %.
    fn default() -> Self {
        Self { events: 10, confidence: 0.95 }
    }
}

impl Slo {
    /// The identity of the alert of a severity about how fast its budget burns.
    pub fn burn_fingerprint(&self, severity: Severity) -> Fingerprint {
        Fingerprint::derive(&["slo", self.service.as_str(), self.name.as_str(), "burn-rate", severity.as_str()])
    }

    /// The identity of the alert about its spent budget.
    pub fn budget_fingerprint(&self) -> Fingerprint {
        Fingerprint::derive(&["slo", self.service.as_str(), self.name.as_str(), "budget"])
    }

    /// The series it reads.
    pub fn series(&self) -> impl Iterator<Item = &SeriesId> {
        self.indicator.series()
    }

    /// What its counter keeps, for series of `period`.
    pub fn shape(&self, period: Span) -> Shape {
        Shape::of(self, period)
    }
}
