use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::units::{Time, Zone};

/// A date and a time of the clock, to the minute, without a zone: `2026-01-05 09:00`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Wall(pub(super) DateTime);

/// The text is no date with a time of the clock.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no date with a time of the clock; write for example \"2026-01-05 09:00\", without a zone")]
pub struct WallError(String);

impl Wall {
    /// What the clocks of `zone` show at `at`; beyond the years -9999 to 9999, at the epoch.
    pub fn shown(zone: &Zone, at: Time) -> Self {
        Self(zone.shows(at).datetime())
    }

    /// The instant at which the clocks of `zone` show it: the first of two, and as much later as the clocks skip where
    /// they never do (`compatible` of RFC 5545).
    pub fn at(self, zone: &Zone) -> Time {
        instant(self.0, zone.rules())
    }
}

/// The instant of `wall`, as [`Wall::at`].
pub(super) fn instant(wall: DateTime, rules: &TimeZone) -> Time {
    let found = rules.to_ambiguous_timestamp(wall).compatible();
    found.map_or(Time::from_epoch(i64::MAX), |instant| Time::from_epoch(instant.as_second()))
}

/// The furthest that the clock has shown by `at`, when it shows `wall`: while it shows a time for the second time, the last
/// moment before it was put back. What ended or began at a time ends or begins at the first of two.
pub(super) fn furthest_shown(rules: &TimeZone, wall: DateTime, at: Time) -> DateTime {
    let AmbiguousOffset::Fold { before, after } = rules.to_ambiguous_timestamp(wall).offset() else { return wall };
    let put_back = Timestamp::from_second(at.epoch()).ok().filter(|instant| rules.to_offset(*instant) == after);
    let put_back = put_back.and_then(|instant| rules.preceding(instant + 1.second()).next());
    let last = put_back.and_then(|change| before.to_datetime(change.timestamp()).checked_sub(1.second()).ok());
    last.unwrap_or(wall)
}

impl FromStr for Wall {
    type Err = WallError;
    fn from_str(text: &str) -> Result<Self, WallError> {
        let wall = text.parse().ok().map(Self).filter(|wall| wall.to_string() == text.replacen('T', " ", 1));
        wall.ok_or_else(|| WallError(text.chars().take(64).collect()))
    }
}

impl TryFrom<String> for Wall {
    type Error = WallError;
    fn try_from(text: String) -> Result<Self, WallError> {
        text.parse()
    }
}

impl From<Wall> for String {
    fn from(wall: Wall) -> Self {
        wall.to_string()
    }
}

impl fmt::Display for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.date(), self.0.time().to_string().get(..5).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walls_are_read() {
        for text in ["2026-01-05 09:00", "2026-01-05T09:00"] {
            assert_eq!(text.parse::<Wall>().map(String::from).as_deref(), Ok("2026-01-05 09:00"));
        }
        for text in ["2026-01-05", "2026-01-05 9:00", "2026-01-05 09:00:30", "2026-01-05 09:00Z", "2026-02-30 09:00"] {
            assert!(text.parse::<Wall>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_wall_that_never_is_and_one_that_is_twice() {
        let check = |zone: &str, wall: &str, expected: &str| {
            let (zone, wall): (Zone, Wall) = (zone.parse().unwrap(), wall.parse().unwrap());
            assert_eq!(wall.at(&zone).to_string(), expected, "{wall} in {zone}");
        };
        check("Europe/Berlin", "2026-03-29 02:30", "2026-03-29T01:30:00Z");
        check("Europe/Berlin", "2026-10-25 02:30", "2026-10-25T00:30:00Z");
        check("America/New_York", "2026-03-08 02:30", "2026-03-08T07:30:00Z");
        check("America/New_York", "2026-11-01 01:30", "2026-11-01T05:30:00Z");
        // Half an hour there.
        check("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03T15:45:00Z");
        check("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04T14:45:00Z");
    }
}
