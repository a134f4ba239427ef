use serde::{Deserialize, Serialize};

use super::buckets::Buckets;
use super::note::Note;
use crate::units::{Span, Time};
use crate::week::Week;

/// Changes beyond this, in percent, are told as this: so much is anything against nothing.
const CHANGE_MAX: f64 = 100_000.0;

/// The earlier time that a signal is compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Against {
    /// 24 hours before.
    Yesterday,
    /// Seven days before.
    LastWeek,
    /// The mean of the same hour of the week over about so many weeks.
    Usual {
        /// How many.
        weeks: u32,
    },
}

impl Against {
    /// How far back one time lies; `None`: it is many.
    pub const fn back(self) -> Option<Span> {
        match self {
            Self::Yesterday => Some(Span::DAY),
            Self::LastWeek => Some(Span::DAY.times(7)),
            Self::Usual { .. } => None,
        }
    }
}

/// What is remembered to compare with.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Change {
    against: Against,
    buckets: Buckets,
    back: usize,
    week: Option<Week>,
}

impl Change {
    pub(super) fn new(against: Against, over: Span) -> Self {
        let back = against.back().map_or(1, |back| (back.seconds() / over.seconds().max(1)) as usize);
        let week = matches!(against, Against::Usual { .. }).then(Week::default);
        Self { against, buckets: Buckets::new(over, back + 1), back, week }
    }

    pub(super) fn look(&mut self, value: f64, at_least: f64, (from, end): (Time, Time)) -> Option<(f64, Note)> {
        self.buckets.push(value, from);
        let now = self.buckets.trailing(0, end)?;
        let before = match (&mut self.week, self.against) {
            (Some(week), Against::Usual { weeks }) => {
                week.learn(value, weeks, from);
                let (middle, _) = week.usual(end - Span::from_seconds(self.buckets.width().seconds() / 2 + 1))?;
                middle
            }
            _ => self.buckets.trailing(self.back, end)?,
        };
        let distance = now - before;
        let percent = if now.abs() < at_least && before.abs() < at_least || distance == 0.0 {
            0.0
        } else {
            (100.0 * distance / before.abs()).clamp(-CHANGE_MAX, CHANGE_MAX)
        };
        Some((percent, Note::Change { now, before, against: self.against }))
    }
}
