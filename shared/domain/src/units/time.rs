use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Span;

/// An instant, in whole seconds since 1970-01-01T00:00:00Z.
///
/// RFC 3339 in text formats, seconds in binary ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Time(i64);

impl Time {
    /// The instant `seconds` after the epoch.
    pub const fn from_epoch(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the epoch.
    pub const fn epoch(self) -> i64 {
        self.0
    }

    /// The latest multiple of `period` since the epoch that is not after this instant.
    #[must_use]
    pub const fn floor(self, period: Span) -> Self {
        Self(self.0 - self.0.rem_euclid(period.seconds() as i64))
    }

    /// How long after `earlier` this instant is; zero if it is before.
    pub fn since(self, earlier: Self) -> Span {
        Span::from_seconds(u32::try_from((self.0 - earlier.0).max(0)).unwrap_or(u32::MAX))
    }

    /// The day in UTC: `2026-01-31`.
    pub fn date(self) -> String {
        self.to_string().chars().take(10).collect()
    }

    /// Day and clock reading in UTC, for people: `2026-01-31 14:03:00`.
    pub fn stamp(self) -> String {
        self.to_string().replace('T', " ").replace('Z', "")
    }

    /// The clock reading in UTC, for people: `14:03:00`.
    pub fn clock(self) -> String {
        let day = self.0.rem_euclid(86_400);
        format!("{:02}:{:02}:{:02}", day / 3600, day / 60 % 60, day % 60)
    }
}

impl Add<Span> for Time {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(i64::from(span.seconds())))
    }
}

impl Sub<Span> for Time {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(i64::from(span.seconds())))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.0) {
            Ok(instant) => write!(f, "{instant}"),
            Err(_) => write!(f, "{}s", self.0),
        }
    }
}

/// The text is not an RFC 3339 instant such as `2026-01-31T14:03:00Z`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an instant; write RFC 3339, such as \"2026-01-31T14:03:00Z\"")]
pub struct TimeError(String);

impl FromStr for Time {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        text.parse::<jiff::Timestamp>().map(|t| Self(t.as_second())).map_err(|_| TimeError(text.to_owned()))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { serializer.serialize_i64(self.0) }
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
        } else {
            i64::deserialize(deserializer).map(Self)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        let time: Time = "2026-01-31T14:03:00Z".parse().unwrap();
        assert_eq!(time.to_string(), "2026-01-31T14:03:00Z");
        assert_eq!(time.clock(), "14:03:00");
        assert_eq!(serde_json::from_str::<Time>(&serde_json::to_string(&time).unwrap()).unwrap(), time);
        assert!("2026-01-31".parse::<Time>().is_err());
    }

    #[test]
    fn floors_towards_the_past_on_both_sides_of_the_epoch() {
        let minute = Span::from_seconds(60);
        assert_eq!(Time::from_epoch(119).floor(minute), Time::from_epoch(60));
        assert_eq!(Time::from_epoch(-1).floor(minute), Time::from_epoch(-60));
    }
}
