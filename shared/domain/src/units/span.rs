use std::fmt;
use std::ops::Add;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A length of time in whole seconds. Text needs a unit: `90s`, `5m`, `1h`, `15d`, `2w`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Span(u32);

impl Span {
    /// One minute.
    pub const MINUTE: Self = Self(60);
    /// One hour.
    pub const HOUR: Self = Self(3600);
    /// One day of 24 hours.
    pub const DAY: Self = Self(86_400);

    /// A span of `seconds`.
    pub const fn from_seconds(seconds: u32) -> Self {
        Self(seconds)
    }

    /// A span of `minutes`, which must fit 32-bit seconds.
    pub const fn from_minutes(minutes: u32) -> Self {
        Self(minutes * 60)
    }

    /// The number of seconds.
    pub const fn seconds(self) -> u32 {
        self.0
    }

    /// Whether the span is empty.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// `times` as long, at most about 136 years.
    #[must_use]
    pub const fn times(self, times: u32) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

const UNITS: [(&str, u32); 5] = [("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)];

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        if rest == 0 {
            return f.write_str("0s");
        }
        for (name, seconds) in UNITS.into_iter().skip(1) {
            if rest >= seconds {
                write!(f, "{}{name}", rest / seconds)?;
                rest %= seconds;
            }
        }
        Ok(())
    }
}

/// Why a text is not a span.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    /// A bare number.
    #[error("{0:?} has no unit; write \"{0}s\", \"{0}m\" or \"{0}h\"")]
    NoUnit(String),
    /// Anything else.
    #[error("{0:?} is not a length of time; write for example \"90s\", \"5m\", \"1h\" or \"15d\"")]
    Malformed(String),
    /// Beyond 32-bit seconds.
    #[error("{0:?} is longer than 136 years, the longest a length of time can be")]
    TooLong(String),
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        let malformed = || SpanError::Malformed(text.to_owned());
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(SpanError::NoUnit(text.to_owned()));
        }
        let mut total: u64 = 0;
        let mut rest = text;
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number: u64 = rest[..digits].parse().map_err(|_| malformed())?;
            rest = &rest[digits..];
            let (name, seconds) = UNITS.into_iter().find(|(name, _)| rest.starts_with(name)).ok_or_else(malformed)?;
            total = total.saturating_add(number.saturating_mul(u64::from(seconds)));
            rest = &rest[name.len()..];
        }
        if text.is_empty() {
            return Err(malformed());
        }
        u32::try_from(total).map(Self).map_err(|_| SpanError::TooLong(text.to_owned()))
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { serializer.serialize_u32(self.0) }
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
        } else {
            u32::deserialize(deserializer).map(Self)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<u32, &str>) {
        let found = text.parse::<Span>();
        match expected {
            Ok(seconds) => assert_eq!(found, Ok(Span(seconds)), "{text}"),
            Err(words) => assert!(found.as_ref().unwrap_err().to_string().contains(words), "{text}: {found:?}"),
        }
    }

    #[test]
    fn reads_units_and_refuses_the_rest() {
        check("90s", Ok(90));
        check("1h30m", Ok(5400));
        check("15d", Ok(1_296_000));
        check("2w", Ok(1_209_600));
        check("5", Err("has no unit; write \"5s\""));
        check("", Err("is not a length of time"));
        check("m", Err("is not a length of time"));
        check("5 m", Err("is not a length of time"));
        check("-5m", Err("is not a length of time"));
        check("99999999999d", Err("longer than 136 years"));
        check("99999999999999999999999d", Err("is not a length of time"));
    }

    proptest::proptest! {
        #[test]
        fn text_and_back(seconds: u32) {
            proptest::prop_assert_eq!(Span(seconds).to_string().parse(), Ok(Span(seconds)));
        }
    }
}
