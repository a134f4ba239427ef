use serde::{Deserialize, Serialize};

use jiff::civil::DateTime;
use jiff::{Timestamp, ToSpan};

use super::{ClockRange, DayRange, MonthRange, WeekdayRange, YearRange};
use crate::units::{Span, Time, Zone};

/// How far ahead a change is looked for; a leap day is not, and neither is a year.
const SEARCHED: Span = Span::DAY.times(366);

/// Times that satisfy every field; an empty field is satisfied always, a list by any of its ranges.
///
/// Source: Alertmanager `time_interval` (`timeinterval/timeinterval.go`).
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeInterval {
    /// Of the day, the end excluded.
    #[serde(default)]
    pub times: Vec<ClockRange>,
    /// Days of the week.
    #[serde(default)]
    pub weekdays: Vec<WeekdayRange>,
    /// Days of the month, from either end.
    #[serde(default)]
    pub days_of_month: Vec<DayRange>,
    /// Months.
    #[serde(default)]
    pub months: Vec<MonthRange>,
    /// Years.
    #[serde(default)]
    pub years: Vec<YearRange>,
    /// Whose clocks and calendar are meant.
    #[serde(default)]
    pub location: Zone,
}

/// Whether one of the intervals contains `at`.
pub fn contains(intervals: &[TimeInterval], at: Time) -> bool {
    intervals.iter().any(|interval| interval.contains(at))
}

/// The first instant after `at` at which [`contains`] is otherwise than at `at`; `None`: there is none for 366 days.
pub fn next_change(intervals: &[TimeInterval], at: Time) -> Option<Time> {
    let now = contains(intervals, at);
    let boundary = |from: Time| intervals.iter().filter_map(|interval| interval.boundary_after(from)).min();
    let boundaries = std::iter::successors(boundary(at), |from| boundary(*from));
    boundaries.take_while(|time| *time <= at + SEARCHED).find(|time| contains(intervals, *time) != now)
}

impl TimeInterval {
    /// Whether `at` lies within.
    pub fn contains(&self, at: Time) -> bool {
        let shown = self.location.shows(at);
        let minute = u16::try_from(i32::from(shown.hour()) * 60 + i32::from(shown.minute())).unwrap_or_default();
        any(&self.times, |range| range.contains(minute))
            && any(&self.days_of_month, |range| range.contains(shown.day(), shown.days_in_month()))
            && any(&self.months, |range| range.contains(shown.month()))
            && any(&self.weekdays, |range| range.contains(shown.weekday()))
            && any(&self.years, |range| range.contains(shown.year()))
    }

    /// The first instant after `at` at which [`TimeInterval::contains`] is otherwise; `None`: there is none for 366 days.
    pub fn next_change(&self, at: Time) -> Option<Time> {
        next_change(std::slice::from_ref(self), at)
    }

    /// The first instant after `at` at which a day or a range of the clock begins or ends or the clocks are changed.
    fn boundary_after(&self, at: Time) -> Option<Time> {
        let shown = self.location.shows(at);
        let midnight = shown.date().to_datetime(jiff::civil::Time::midnight());
        let minutes = self.times.iter().flat_map(|range| [range.first(), range.end()]).chain([24 * 60]);
        let clocks = minutes.filter_map(|minute| midnight.checked_add(i64::from(minute).minutes()).ok());
        let instants = clocks.flat_map(|clock| self.instants(clock)).flatten();
        let changed = self.location.rules().following(shown.timestamp()).next().map(|change| change.timestamp());
        instants.chain(changed).map(|instant| Time::from_epoch(instant.as_second())).filter(|time| *time > at).min()
    }

    /// When the clocks show that: twice where they are set back.
    fn instants(&self, clock: DateTime) -> [Option<Timestamp>; 2] {
        let ambiguous = || self.location.rules().to_ambiguous_timestamp(clock);
        [ambiguous().earlier().ok(), ambiguous().later().ok()]
    }
}

fn any<T>(ranges: &[T], holds: impl Fn(&T) -> bool) -> bool {
    ranges.is_empty() || ranges.iter().any(holds)
}
