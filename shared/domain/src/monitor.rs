//! Rules over series and over other rules, and the verdict on a window of periods.

mod condition;
mod expression;
mod window;

use serde::{Deserialize, Serialize};

pub use condition::{Comparison, Condition, ConditionError, Limit};
pub use expression::{Expression, ExpressionError};
pub use window::{Datum, MissingData, Standing, Window, WindowVerdict};

use crate::anomaly::Direction;
use crate::id::{Fingerprint, MonitorName, SeriesId, ServiceName};
use crate::incident::Severity;
use crate::label::Labels;
use crate::measure::Measure;
use crate::metric::Cell;
use crate::units::{Span, Unit};

/// A rule over one signal, with one or more severities from the same fetch.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Monitor {
    /// Its name, unique in the configuration.
    pub name: MonitorName,
    /// The service whose health it judges.
    pub service: ServiceName,
    /// What it looks at.
    pub signal: Signal,
    /// How it looks at it.
    #[serde(default)]
    pub measure: Measure,
    /// Multiplied onto the signal before it is measured: the unit conversion.
    pub factor: f64,
    /// The unit of the signal as it is shown.
    pub unit: Unit,
    /// Its limits, the worst severity first, at most one of each.
    pub conditions: Vec<Condition>,
    /// M of N.
    pub window: Window,
    /// What a missing period counts as.
    pub missing_data: MissingData,
    /// How long a period rests before it is judged, since sources revise their newest minutes.
    pub settle: Span,
    /// A breach this soon after a resolve belongs to the same trouble and reopens it.
    pub cooldown: Span,
    /// Whose topic it is told on.
    pub category: Category,
    /// Carried by its alerts.
    pub labels: Labels,
    /// It is judged, and nobody is told: it serves other monitors.
    #[serde(default)]
    pub quiet: bool,
}

impl Monitor {
    /// The identity of this monitor's alert.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::derive(&["monitor", self.service.as_str(), self.name.as_str()])
    }

    /// The series it reads.
    pub fn series(&self) -> impl Iterator<Item = &SeriesId> {
        self.signal.series()
    }

    /// The unit of its limits.
    pub fn limit_unit(&self) -> Unit {
        self.measure.unit().unwrap_or(self.unit)
    }

    /// Whether more of its signal is worse; `None`: both more and less are.
    pub fn more_is_worse(&self) -> Option<bool> {
        match self.measure {
            Measure::Anomaly { side: Direction::Both, .. } => None,
            Measure::Anomaly { side, .. } => Some(side == Direction::Up),
            Measure::Absence { .. } => Some(false),
            _ => Some(self.conditions.first().is_none_or(|condition| condition.when.comparison.upward())),
        }
    }

    /// The condition of `severity`.
    pub fn condition(&self, severity: Severity) -> Option<&Condition> {
        self.conditions.iter().find(|condition| condition.severity == severity)
    }
}

/// What a monitor looks at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// One series as it is.
    Series(SeriesId),
    /// One series over another, period by period; a period whose denominator is zero has no value.
    Ratio {
        /// The part.
        numerator: SeriesId,
        /// The whole.
        denominator: SeriesId,
    },
    /// By how much a counter has grown in each period; one that has fallen began anew at zero.
    Increase(SeriesId),
    /// 1 while this holds of other monitors, else 0; a value each minute.
    Monitors(Expression),
}

impl Signal {
    /// The series it is made of.
    pub fn series(&self) -> impl Iterator<Item = &SeriesId> {
        match self {
            Self::Series(series) | Self::Increase(series) => [Some(series), None],
            Self::Monitors(_) => [None, None],
            Self::Ratio { numerator, denominator } => [Some(numerator), Some(denominator)],
        }
        .into_iter()
        .flatten()
    }

    /// What its series' cells of one period make of it; `before`: what its first series had in the period before. Unknown
    /// where a series is, or is missing.
    pub fn cell(&self, cells: [Option<Cell>; 2], before: impl FnOnce() -> Option<Cell>) -> Cell {
        match (self, cells) {
            (Self::Series(_), [Some(cell), _]) => cell,
            (Self::Ratio { .. }, [Some(part), Some(whole)]) => ratio(part, whole),
            (Self::Increase(_), [Some(now), _]) => increase(before(), now),
            _ => Cell::Unknown,
        }
    }

    /// The monitors it is made of.
    pub fn monitors(&self) -> Vec<&MonitorName> {
        if let Self::Monitors(expression) = self { expression.monitors() } else { Vec::new() }
    }
}

fn ratio(part: Cell, whole: Cell) -> Cell {
    match (part, whole) {
        (Cell::Unknown, _) | (_, Cell::Unknown) => Cell::Unknown,
        (Cell::Value(part), Cell::Value(whole)) if whole != 0.0 => Cell::Value(part / whole),
        _ => Cell::Empty,
    }
}

fn increase(before: Option<Cell>, now: Cell) -> Cell {
    match (before, now) {
        (Some(Cell::Value(before)), Cell::Value(now)) => Cell::Value(growth(before, now)),
        (None | Some(Cell::Unknown), _) | (_, Cell::Unknown) => Cell::Unknown,
        _ => Cell::Empty,
    }
}

/// By how much a counter has grown from `before` to `now`; one that has fallen began anew at zero.
pub fn growth(before: f64, now: f64) -> f64 {
    if now < before { now } else { now - before }
}

impl std::fmt::Display for Signal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Series(series) => write!(f, "{}", series.name()),
            Self::Increase(series) => write!(f, "increase of {}", series.name()),
            Self::Monitors(expression) => write!(f, "{expression}"),
            Self::Ratio { numerator, denominator } => write!(f, "{} / {}", numerator.name(), denominator.name()),
        }
    }
}

/// Who cares about a breach: it chooses the topic.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Engineers.
    #[default]
    Technical,
    /// People who answer for revenue.
    Business,
}

impl Category {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Technical, Self::Business];

    /// The word in attributes and configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Business => "business",
        }
    }
}
