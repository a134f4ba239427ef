use std::fmt;
use std::str::FromStr;

use jiff::civil::{Time as Clock, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::units::Time;

/// A time that does not count: neither its good nor its bad events.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exclusion {
    /// From one instant up to another.
    Once {
        /// The first instant.
        from: Time,
        /// The first one that counts again.
        until: Time,
        /// Why.
        reason: String,
    },
    /// Each week.
    Weekly {
        /// On these days.
        days: Weekdays,
        /// From this time of the clock.
        from: ClockTime,
        /// Up to this one; if it is not after `from`, up to it on the next day.
        until: ClockTime,
        /// The time zone of the clock, an IANA name.
        zone: String,
        /// Why.
        reason: String,
    },
}

impl Exclusion {
    /// Whether `at` is excluded.
    pub fn holds(&self, at: Time) -> bool {
        match self {
            Self::Once { from, until, .. } => (*from..*until).contains(&at),
            Self::Weekly { days, from, until, zone, .. } => weekly(*days, (*from, *until), zone, at).unwrap_or(false),
        }
    }

    /// Why.
    pub fn reason(&self) -> &str {
        let (Self::Once { reason, .. } | Self::Weekly { reason, .. }) = self;
        reason
    }
}

fn weekly(days: Weekdays, (from, until): (ClockTime, ClockTime), zone: &str, at: Time) -> Option<bool> {
    let zone = TimeZone::get(zone).ok()?;
    let local = Timestamp::from_second(at.epoch()).ok()?.to_zoned(zone).datetime();
    let (clock, today) = (ClockTime::of(local.time()), local.date());
    if from < until {
        return Some(days.has(today.weekday()) && (from..until).contains(&clock));
    }
    let yesterday = today.checked_sub(1.day()).ok()?;
    Some(days.has(today.weekday()) && clock >= from || days.has(yesterday.weekday()) && clock < until)
}

/// Days of the week.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Weekdays(u8);

impl Weekdays {
    /// These.
    pub fn of(days: impl IntoIterator<Item = Weekday>) -> Self {
        Self(days.into_iter().fold(0, |mask, day| mask | 1 << day.to_monday_zero_offset()))
    }

    /// The names of the days, Monday first: `mon`.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let all = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        (0..).zip(all).filter(move |(index, _)| self.0 & 1 << index != 0).map(|(_, name)| name)
    }

    pub(crate) fn has(self, day: Weekday) -> bool {
        self.0 & 1 << day.to_monday_zero_offset() != 0
    }
}

/// A time of the clock, in minutes: `02:30`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClockTime(u16);

/// The text is no time of the clock.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time of the clock; write hours and minutes, such as \"02:30\"")]
pub struct ClockTimeError(String);

impl ClockTime {
    #[expect(clippy::cast_sign_loss, reason = "hours and minutes of a clock")]
    pub(crate) fn of(time: Clock) -> Self {
        Self(time.hour() as u16 * 60 + time.minute() as u16)
    }

    /// Minutes since midnight.
    pub(crate) const fn minutes(self) -> u16 {
        self.0
    }
}

impl FromStr for ClockTime {
    type Err = ClockTimeError;

    fn from_str(text: &str) -> Result<Self, ClockTimeError> {
        let error = || ClockTimeError(text.to_owned());
        let (hour, minute) = text.split_once(':').ok_or_else(error)?;
        let number = |digits: &str, max: u16| {
            let two = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            two.then(|| digits.parse().ok()).flatten().filter(|number: &u16| *number <= max)
        };
        let (hour, minute) = number(hour, 23).zip(number(minute, 59)).ok_or_else(error)?;
        Ok(Self(hour * 60 + minute))
    }
}

impl TryFrom<String> for ClockTime {
    type Error = ClockTimeError;
    fn try_from(text: String) -> Result<Self, ClockTimeError> {
        text.parse()
    }
}

impl From<ClockTime> for String {
    fn from(time: ClockTime) -> Self {
        time.to_string()
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weekly(days: &[Weekday], from: &str, until: &str) -> Exclusion {
        Exclusion::Weekly {
            days: Weekdays::of(days.iter().copied()),
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
            zone: "Europe/Berlin".to_owned(),
            reason: "maintenance".to_owned(),
        }
    }

    fn check(exclusion: &Exclusion, at: &str, expected: bool) {
        assert_eq!(exclusion.holds(at.parse().unwrap()), expected, "{at}");
    }

    #[test]
    fn weekly_times_are_those_of_the_clock_in_their_zone() {
        // In Berlin summer time ended on 2026-10-25, a Sunday.
        let night = weekly(&[Weekday::Sunday], "02:00", "04:00");
        check(&night, "2026-10-18T00:00:00Z", true);
        check(&night, "2026-10-17T23:59:59Z", false);
        check(&night, "2026-10-18T01:59:59Z", true);
        check(&night, "2026-10-18T02:00:00Z", false);
        check(&night, "2026-11-01T00:30:00Z", false);
        check(&night, "2026-11-01T01:00:00Z", true);
        check(&night, "2026-11-02T01:00:00Z", false);
        // The hour that comes twice counts twice.
        check(&night, "2026-10-25T00:30:00Z", true);
        check(&night, "2026-10-25T02:30:00Z", true);
        check(&night, "2026-10-25T03:00:00Z", false);
    }

    #[test]
    fn a_night_belongs_to_the_day_it_begins_on() {
        let night = weekly(&[Weekday::Saturday], "22:00", "02:00");
        check(&night, "2026-01-10T20:59:00Z", false);
        check(&night, "2026-01-10T21:00:00Z", true);
        check(&night, "2026-01-11T00:59:00Z", true);
        check(&night, "2026-01-11T01:00:00Z", false);
        check(&night, "2026-01-11T21:00:00Z", false);
    }

    #[test]
    fn once_begins_inclusive_and_ends_exclusive() {
        let at = |text: &str| text.parse().unwrap();
        let once = Exclusion::Once {
            from: at("2026-02-03T10:00:00Z"),
            until: at("2026-02-03T11:00:00Z"),
            reason: "the region was down".to_owned(),
        };
        check(&once, "2026-02-03T09:59:59Z", false);
        check(&once, "2026-02-03T10:00:00Z", true);
        check(&once, "2026-02-03T11:00:00Z", false);
    }

    #[test]
    fn times_of_the_clock_are_read() {
        assert_eq!("23:59".parse::<ClockTime>().map(|time| time.to_string()).as_deref(), Ok("23:59"));
        for text in ["24:00", "2:00", "02:60", "0200", "02:0", "-1:00", "", "02:00:00"] {
            assert!(text.parse::<ClockTime>().is_err(), "{text}");
        }
    }
}
