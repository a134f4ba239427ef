use crate::anomaly::Verdict;
use crate::units::{Span, Time, Unit};

use super::Against;

/// Why a measure says what it says.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Note {
    /// There is nothing to say.
    None,
    /// Too little is known yet.
    Learning,
    /// What the anomaly detector saw.
    Anomaly {
        /// The value.
        value: f64,
        /// What it is.
        verdict: Verdict,
    },
    /// The value against mean or median.
    Deviation {
        /// The value.
        value: f64,
        /// The mean or the median.
        center: f64,
        /// The standard deviation, or what stands for it.
        spread: f64,
        /// Whether the center is the median.
        median: bool,
    },
    /// The value against its hour of the week.
    Week {
        /// The value.
        value: f64,
        /// The mean.
        center: f64,
        /// The standard deviation.
        spread: f64,
    },
    /// The value against an earlier one.
    Change {
        /// The value.
        now: f64,
        /// The earlier one.
        before: f64,
        /// When it was.
        against: Against,
    },
    /// The value and where it leads.
    Trend {
        /// The value.
        now: f64,
        /// Its change a second.
        slope: f64,
        /// What it will be.
        ahead: f64,
        /// In how long.
        within: Span,
    },
    /// Data came.
    Present,
    /// None came.
    Overdue {
        /// How long they are overdue.
        late: Span,
        /// When the last came; `None`: there never were any.
        last: Option<Time>,
    },
}

impl Note {
    /// A clause for people, with numbers in the signal's unit; `None` where there is nothing to add.
    pub fn show(&self, unit: Unit) -> Option<String> {
        let show = |number: f64| unit.show(number);
        Some(match *self {
            Self::None | Self::Present => return None,
            Self::Learning => "too little is known yet".to_owned(),
            Self::Anomaly { verdict, .. } => verdict.to_string(),
            Self::Deviation { value, center, spread, median } => {
                let (center_is, spread_is) = if median { ("median", "spread") } else { ("mean", "standard deviation") };
                format!("{} with {center_is} {} and {spread_is} {}", show(value), show(center), show(spread))
            }
            Self::Week { value, center, spread } => {
                let (low, high) = (show(center - spread), show(center + spread));
                format!("{} where this hour of the week has {} ({low} to {high})", show(value), show(center))
            }
            Self::Change { now, before, against } => {
                let when = match against {
                    Against::Yesterday => "yesterday",
                    Against::LastWeek => "a week ago",
                    Against::Usual { .. } => "as usual at this hour of the week",
                };
                format!("{} after {} {when}", show(now), show(before))
            }
            Self::Trend { now, slope, ahead, within } => {
                let hourly = show(slope.abs() * 3600.0);
                let turn = if slope < 0.0 { "falls" } else { "rises" };
                format!("{} now, {turn} {hourly} an hour: {} in {within}", show(now), show(ahead))
            }
            Self::Overdue { late, last: Some(last) } => format!("nothing since {last}, overdue for {late}"),
            Self::Overdue { late, last: None } => format!("nothing was ever there, overdue for {late}"),
        })
    }

    /// In how long the trend reaches `limit`; `None`: there is no trend towards it.
    pub fn reaches(&self, limit: f64) -> Option<Span> {
        let Self::Trend { now, slope, .. } = *self else { return None };
        let minutes = (limit - now) / slope / 60.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the range of a span")]
        (minutes > 0.0 && minutes < 1e6).then(|| Span::from_minutes(minutes.ceil() as u32))
    }
}
