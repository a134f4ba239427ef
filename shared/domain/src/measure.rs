//! What a monitor holds against its limits: the signal itself, or how far it is from what was to be expected.
//!
//! Each measure takes in one period after another, in the order of time, and remembers a bounded amount. As long as it
//! knows too little its answer is [`Cell::Unknown`], which changes no standing.

mod absence;
mod buckets;
mod change;
mod deviation;
mod forecast;
mod note;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use absence::{Cron, CronError, Due};
pub use change::Against;
pub use note::Note;

use crate::anomaly::{Detector, Direction, Tuning};
use crate::metric::Cell;
use crate::units::{Span, Time, Unit};
use crate::week::Week;
use absence::Absence;
use change::Change;
use deviation::{Mad, ZScore};
use forecast::Forecast;

/// What is compared with the limits.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// The signal as it is.
    #[default]
    Value,
    /// The score of the anomaly detector, 0 to 1; an alarm has at least [`crate::anomaly::ALARM_SCORE`].
    Anomaly {
        /// Every sign counts so many times.
        sensitivity: f64,
        /// Which side of what is expected counts.
        side: Direction,
    },
    /// Standard deviations from the mean, both averaged over about this long.
    ZScore {
        /// How long.
        over: Span,
    },
    /// The distance from the median of the last points in units of their median absolute deviation.
    Mad {
        /// How far back the points reach.
        over: Span,
    },
    /// Standard deviations from the mean of the same hour of the week.
    WeekBand {
        /// Over about how many weeks both are averaged.
        weeks: u32,
    },
    /// By how many percent the signal differs from an earlier time.
    Change {
        /// Which.
        against: Against,
        /// Both are means over so long.
        over: Span,
        /// While both are below this, there is no change.
        at_least: f64,
    },
    /// Where the trend will have led.
    Forecast {
        /// In how long.
        within: Span,
        /// From how much of the past the trend is taken.
        over: Span,
    },
    /// For how many seconds data are overdue.
    Absence {
        /// When they are due.
        due: Due,
        /// How late they may come.
        grace: Span,
        /// Whether a zero is no data.
        nonzero: bool,
    },
}

impl Measure {
    /// The unit of its limits; `None`: that of the signal.
    pub const fn unit(&self) -> Option<Unit> {
        match self {
            Self::Value | Self::Forecast { .. } => None,
            Self::Anomaly { .. } | Self::ZScore { .. } | Self::Mad { .. } | Self::WeekBand { .. } => Some(Unit::Count),
            Self::Change { .. } => Some(Unit::Percent),
            Self::Absence { .. } => Some(Unit::Seconds),
        }
    }

    /// Whether what was remembered for `other` serves this: what only weighs the answer may differ.
    pub fn remembers_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Anomaly { .. }, Self::Anomaly { .. }) | (Self::WeekBand { .. }, Self::WeekBand { .. }) => true,
            (Self::Change { against: a, over: b, .. }, Self::Change { against: c, over: d, .. }) => a == c && b == d,
            (Self::Forecast { over, .. }, Self::Forecast { over: other, .. }) => over == other,
            (Self::Absence { nonzero, .. }, Self::Absence { nonzero: other, .. }) => nonzero == other,
            _ => self == other,
        }
    }
}

/// Values are cut off here, so that squares of them stay finite.
const LARGEST: f64 = 1e30;

/// What a measure remembers of one signal.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Memory {
    period: Span,
    kept: Kept,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
enum Kept {
    Nothing,
    Anomaly(Box<Detector>),
    ZScore(ZScore),
    Mad(Mad),
    WeekBand(Box<Week>),
    Change(Box<Change>),
    Forecast(Forecast),
    Absence(Absence),
}

/// What a measure makes of one period.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Measured {
    /// What is compared with the limits, in [`Measure::unit`].
    pub cell: Cell,
    /// Why.
    pub note: Note,
}

impl Memory {
    /// The empty memory of `measure` for a signal with this period.
    pub fn begin(measure: &Measure, period: Span) -> Self {
        let kept = match measure {
            Measure::Value => Kept::Nothing,
            Measure::Anomaly { .. } => Kept::Anomaly(Box::new(Detector::new(period))),
            Measure::ZScore { .. } => Kept::ZScore(ZScore::default()),
            Measure::Mad { over } => Kept::Mad(Mad::new(points(*over, period))),
            Measure::WeekBand { .. } => Kept::WeekBand(Box::default()),
            Measure::Change { against, over, .. } => Kept::Change(Box::new(Change::new(*against, *over))),
            Measure::Forecast { over, .. } => Kept::Forecast(Forecast::new(*over)),
            Measure::Absence { .. } => Kept::Absence(Absence::default()),
        };
        Self { period, kept }
    }

    /// The period of the signal that it remembers.
    pub const fn period(&self) -> Span {
        self.period
    }

    /// Takes in what is known of the period that begins at `from`, the next in time, and measures it.
    pub fn look(&mut self, measure: &Measure, cell: Cell, from: Time) -> Measured {
        let end = from + self.period;
        if let (Kept::Absence(absence), Measure::Absence { due, grace, nonzero }) = (&mut self.kept, measure) {
            return absence.look(cell, (from, end), due, *grace, *nonzero);
        }
        let Cell::Value(value) = cell else {
            return Measured { cell, note: Note::None };
        };
        let value = value.clamp(-LARGEST, LARGEST);
        let found = match (&mut self.kept, measure) {
            (Kept::Nothing, Measure::Value) => Some((value, Note::None)),
            (Kept::Anomaly(detector), Measure::Anomaly { sensitivity, side }) => {
                let tuning = Tuning { direction: *side, ..Tuning::default().sensitive(*sensitivity) };
                let learning = detector.is_learning();
                let verdict = detector.observe(value, &tuning, from);
                (!learning).then_some((verdict.score, Note::Anomaly { value, verdict }))
            }
            (Kept::ZScore(kept), Measure::ZScore { over }) => kept.look(value, points(*over, self.period)),
            (Kept::Mad(kept), Measure::Mad { .. }) => kept.look(value),
            (Kept::WeekBand(kept), Measure::WeekBand { weeks }) => deviation::of_week(kept, value, *weeks, from),
            (Kept::Change(kept), Measure::Change { at_least, .. }) => kept.look(value, *at_least, (from, end)),
            (Kept::Forecast(kept), Measure::Forecast { within, .. }) => kept.look(value, *within, from),
            _ => None,
        };
        match found {
            Some((number, note)) => Measured { cell: Cell::Value(number), note },
            None => Measured { cell: Cell::Unknown, note: Note::Learning },
        }
    }
}

/// How many periods there are in `over`, at least 1.
fn points(over: Span, period: Span) -> u32 {
    (over.seconds() / period.seconds().max(1)).max(1)
}
