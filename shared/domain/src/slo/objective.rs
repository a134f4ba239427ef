use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The share of events that must be good, above 0 and below 1.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Objective(f64);

/// It is not a share of which something can be missed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectiveError {
    /// The text is no number.
    #[error("{0:?} is not an objective; write a percentage such as \"99.9%\"")]
    Malformed(String),
    /// All or nothing.
    #[error("{0} leaves no error budget or is no promise; write more than 0% and less than 100%, such as \"99.9%\"")]
    OutOfRange(String),
}

impl Objective {
    /// The share.
    pub const fn get(self) -> f64 {
        self.0
    }

    /// The share that may be bad.
    pub fn budget(self) -> f64 {
        // 1 - 0.999 is 0.0010000000000000009: nobody writes more than ten digits.
        ((1.0 - self.0) * 1e12).round() / 1e12
    }
}

impl TryFrom<f64> for Objective {
    type Error = ObjectiveError;

    fn try_from(share: f64) -> Result<Self, ObjectiveError> {
        let some_budget = share > 0.0 && 1.0 - share >= 1e-9;
        some_budget.then_some(Self(share)).ok_or_else(|| ObjectiveError::OutOfRange(share.to_string()))
    }
}

impl From<Objective> for f64 {
    fn from(objective: Objective) -> Self {
        objective.0
    }
}

impl FromStr for Objective {
    type Err = ObjectiveError;

    /// Reads `99.9%`, or `0.999`.
    fn from_str(text: &str) -> Result<Self, ObjectiveError> {
        let trimmed = text.trim();
        let (number, unit) = trimmed.strip_suffix('%').map_or((trimmed, 1.0), |number| (number.trim(), 100.0));
        let number: f64 = number.parse().map_err(|_| ObjectiveError::Malformed(text.to_owned()))?;
        Self::try_from(number / unit).map_err(|_| ObjectiveError::OutOfRange(text.to_owned()))
    }
}

impl fmt::Display for Objective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = (self.0 * 1e12).round() / 1e10;
        write!(f, "{percent}%")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<(f64, &str), &str>) {
        match (text.parse::<Objective>(), expected) {
            (Ok(found), Ok((budget, shown))) => {
                assert_eq!((found.budget().to_bits(), found.to_string()), (budget.to_bits(), shown.to_owned()));
            }
            (Err(error), Err(words)) => assert!(error.to_string().contains(words), "{text}: {error}"),
            (found, _) => panic!("{text}: {found:?}"),
        }
    }

    #[test]
    fn objectives_are_shares_with_a_budget() {
        check("99.9%", Ok((0.001, "99.9%")));
        check("0.999", Ok((0.001, "99.9%")));
        check("99.999 %", Ok((0.00001, "99.999%")));
        check("50%", Ok((0.5, "50%")));
        check("99.9", Err("leaves no error budget"));
        check("100%", Err("leaves no error budget"));
        check("0%", Err("is no promise"));
        check("-1%", Err("is no promise"));
        check("NaN", Err("is no promise"));
        check("three nines", Err("is not an objective"));
        check("", Err("is not an objective"));
    }
}
