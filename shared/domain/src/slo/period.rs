use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::units::{Span, Time};

/// Over which time an objective is held.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    /// The last so long.
    Rolling(Span),
    /// Since the calendar last turned; the budget is whole again when it turns.
    Calendar {
        /// What turns.
        unit: CalendarUnit,
        /// Where, an IANA name.
        zone: String,
    },
}

/// What turns.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CalendarUnit {
    /// At midnight.
    Day,
    /// On Monday.
    Week,
    /// On the first.
    Month,
    /// On the first of January, April, July and October.
    Quarter,
}

impl CalendarUnit {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
        }
    }

    /// About how long it is: what burn rates are reckoned by, and at least how much is remembered.
    pub const fn length(self) -> Span {
        match self {
            Self::Day => Span::DAY,
            Self::Week => Span::DAY.times(7),
            Self::Month => Span::DAY.times(30),
            Self::Quarter => Span::DAY.times(90),
        }
    }
}

impl Period {
    /// The shortest rolling period, two steps: people promise an hour or more, a drill wants to see a budget come back.
    pub const ROLLING_MIN: Span = Span::from_minutes(2);
    /// The longest: a quarter, and about what is remembered of one.
    pub const ROLLING_MAX: Span = Span::DAY.times(90);

    /// Its length; of a calendar period about.
    pub const fn length(&self) -> Span {
        match self {
            Self::Rolling(span) => *span,
            Self::Calendar { unit, .. } => unit.length(),
        }
    }

    /// The calendar period that `at` lies in; `None` for a rolling one.
    pub fn turn(&self, at: Time) -> Option<(Time, Time)> {
        let Self::Calendar { unit, zone } = self else { return None };
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let today = Timestamp::from_second(at.epoch()).ok()?.to_zoned(zone.clone()).date();
        let (first, next) = turn(*unit, today)?;
        let instant = |date: Date| Some(Time::from_epoch(date.to_zoned(zone.clone()).ok()?.timestamp().as_second()));
        Some((instant(first)?, instant(next)?))
    }
}

fn turn(unit: CalendarUnit, today: Date) -> Option<(Date, Date)> {
    Some(match unit {
        CalendarUnit::Day => (today, today.tomorrow().ok()?),
        CalendarUnit::Week => {
            let monday = today.checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days()).ok()?;
            (monday, monday.checked_add(7.days()).ok()?)
        }
        CalendarUnit::Month => {
            let first = today.first_of_month();
            (first, first.checked_add(1.month()).ok()?)
        }
        CalendarUnit::Quarter => {
            let first = Date::new(today.year(), (today.month() - 1) / 3 * 3 + 1, 1).ok()?;
            (first, first.checked_add(3.months()).ok()?)
        }
    })
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rolling(span) => write!(f, "{span}"),
            Self::Calendar { unit, .. } => write!(f, "calendar {}", unit.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(unit: CalendarUnit, zone: &str, at: &str, from: &str, until: &str) {
        let period = Period::Calendar { unit, zone: zone.to_owned() };
        let (first, next) = period.turn(at.parse().unwrap()).unwrap();
        assert_eq!((first.to_string(), next.to_string()), (from.to_owned(), until.to_owned()), "{unit:?} {at}");
    }

    #[test]
    fn the_calendar_turns_where_people_live() {
        use CalendarUnit::{Day, Month, Quarter, Week};
        let berlin = "Europe/Berlin";
        check(Month, "UTC", "2026-02-14T12:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z");
        check(Month, berlin, "2026-03-31T21:59:59Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z");
        check(Month, berlin, "2026-03-31T22:00:00Z", "2026-03-31T22:00:00Z", "2026-04-30T22:00:00Z");
        check(Week, berlin, "2026-03-29T12:00:00Z", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z");
        check(Day, berlin, "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
        check(Quarter, "Asia/Kolkata", "2025-12-31T18:30:00Z", "2025-12-31T18:30:00Z", "2026-03-31T18:30:00Z");
        check(Quarter, "UTC", "2026-11-21T00:00:00Z", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z");
    }

    #[test]
    fn a_rolling_period_never_turns() {
        assert_eq!(Period::Rolling(Span::DAY).turn(Time::from_epoch(0)), None);
    }
}
