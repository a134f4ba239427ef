use std::fmt;
use std::str::FromStr;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Time;

/// A time zone of the IANA database, such as `Europe/Vienna`; text in every format. The default is `UTC`.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// The text names no zone of the IANA database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time zone; write an IANA name, such as \"Europe/Berlin\" or \"UTC\"")]
pub struct ZoneError(String);

impl Zone {
    /// Characters of a wrong name that the error repeats; no name is longer.
    const SHOWN_MAX: usize = 64;

    /// Its name, with the capitals that the database gives it.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// The rules of the zone.
    pub const fn rules(&self) -> &TimeZone {
        &self.rules
    }

    /// What the clocks and calendars of the zone show at `at`; beyond the years -9999 to 9999, those of the epoch.
    pub fn shows(&self, at: Time) -> Zoned {
        Timestamp::from_second(at.epoch()).unwrap_or_default().to_zoned(self.rules.clone())
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self { name: "UTC".to_owned(), rules: TimeZone::UTC }
    }
}

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(text: &str) -> Result<Self, ZoneError> {
        let rules = TimeZone::get(text).ok();
        let known = rules.and_then(|rules| Some(Self { name: rules.iana_name()?.to_owned(), rules }));
        known.ok_or_else(|| ZoneError(text.chars().take(Self::SHOWN_MAX).collect()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({:?})", self.name)
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_its_name_and_its_rules() {
        let zone: Zone = "Europe/Vienna".parse().unwrap();
        assert_eq!(zone.shows("2026-07-01T12:00:00Z".parse().unwrap()).hour(), 14);
        assert_eq!(serde_json::to_string(&zone).unwrap(), "\"Europe/Vienna\"");
        assert_eq!(serde_json::from_str::<Zone>("\"Europe/Vienna\"").unwrap(), zone);
        assert_eq!("europe/vienna".parse::<Zone>().unwrap().as_str(), "Europe/Vienna");
        for text in ["", "Berlin", "+01:00", "Mars/Base", "CEST", "Europe/Atlantis"] {
            assert!(text.parse::<Zone>().unwrap_err().to_string().contains("IANA"), "{text}");
        }
        assert_eq!(Zone::default(), "UTC".parse().unwrap());
    }
}
