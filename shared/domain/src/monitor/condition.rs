use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::incident::Severity;

/// A severity and the limit that earns it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Condition {
    /// How bad a breach is.
    pub severity: Severity,
    /// A period beyond this breaches.
    pub when: Limit,
    /// Once breached, a period counts as fine only within this (hysteresis); `None`: as soon as it does not breach.
    pub recover: Option<Limit>,
}

impl Condition {
    /// Whether `value` breaches, given whether the condition is in breach already: then only [`Condition::recover`]
    /// makes a period fine again.
    pub fn breaches(&self, value: f64, already: bool) -> bool {
        match &self.recover {
            Some(recover) if already => !recover.holds(value),
            _ => self.when.holds(value),
        }
    }
}

/// A comparison with a number, such as `> 5`.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Limit {
    /// How.
    pub comparison: Comparison,
    /// With what, in the monitor's unit.
    pub threshold: f64,
}

impl Limit {
    /// Whether `value` compares so.
    pub fn holds(&self, value: f64) -> bool {
        match self.comparison {
            Comparison::Above => value > self.threshold,
            Comparison::AtLeast => value >= self.threshold,
            Comparison::Below => value < self.threshold,
            Comparison::AtMost => value <= self.threshold,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.comparison.symbol(), self.threshold)
    }
}

/// CloudWatch's four comparison operators.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Comparison {
    /// `>`
    #[serde(rename = ">")]
    Above,
    /// `>=`
    #[serde(rename = ">=")]
    AtLeast,
    /// `<`
    #[serde(rename = "<")]
    Below,
    /// `<=`
    #[serde(rename = "<=")]
    AtMost,
}

impl Comparison {
    /// The operator.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
        }
    }

    /// Whether larger numbers are worse.
    pub const fn upward(self) -> bool {
        matches!(self, Self::Above | Self::AtLeast)
    }
}

/// The text is not a limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a limit; write an operator (>, >=, <, <=) and a finite number, such as \"> 5%\"")]
pub struct ConditionError(String);

impl FromStr for Limit {
    type Err = ConditionError;

    /// Reads `> 5`; a trailing `%` may stand and changes nothing, since the unit belongs to the monitor.
    fn from_str(text: &str) -> Result<Self, ConditionError> {
        let error = || ConditionError(text.to_owned());
        let trimmed = text.trim();
        let operators = [Comparison::AtLeast, Comparison::AtMost, Comparison::Above, Comparison::Below];
        let comparison = operators.into_iter().find(|op| trimmed.starts_with(op.symbol())).ok_or_else(error)?;
        let number = trimmed[comparison.symbol().len()..].trim();
        let number = number.strip_suffix('%').unwrap_or(number).trim();
        let threshold: f64 = number.parse().map_err(|_| error())?;
        threshold.is_finite().then_some(Self { comparison, threshold }).ok_or_else(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_people_write_them() {
        assert_eq!("> 5%".parse(), Ok(Limit { comparison: Comparison::Above, threshold: 5.0 }));
        assert_eq!("<=0.5".parse(), Ok(Limit { comparison: Comparison::AtMost, threshold: 0.5 }));
        for text in ["5", "> ", "> x", "=> 5", "> inf", "> NaN", ""] {
            assert!(text.parse::<Limit>().is_err(), "{text}");
        }
    }

    #[test]
    fn hysteresis_holds_a_breach_until_the_recovery_limit() {
        let condition = Condition {
            severity: Severity::Sev2,
            when: "> 10".parse().unwrap(),
            recover: Some("< 5".parse().unwrap()),
        };
        assert!(!condition.breaches(8.0, false));
        assert!(condition.breaches(8.0, true));
        assert!(!condition.breaches(4.0, true));
    }
}
