use serde::{Deserialize, Serialize};

use crate::units::Time;

/// What a source said about one series over the asked range.
///
/// A failed query is not "no data", and "no data" is not zero: a period inside a range that was read and that has no
/// sample is empty; a failure says nothing about any period.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Outcome {
    /// The source answered for the whole range; oldest sample first.
    Read(Vec<Sample>),
    /// The source did not answer, or not completely.
    Failed(Failure),
}

/// The number of one period.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Sample {
    /// The period's start.
    pub at: Time,
    /// Its number.
    pub value: Value,
}

/// A finite number, or a mean that can still be merged.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub enum Value {
    /// A number as it was given.
    Number(f64),
    /// Sum over count; the count is above zero.
    Mean {
        /// The sum of all values of the period.
        sum: f64,
        /// How many values the period holds.
        count: f64,
    },
}

impl Value {
    /// A number; `None` if it is infinite or not a number.
    pub fn number(number: f64) -> Option<Self> {
        number.is_finite().then_some(Self::Number(number))
    }

    /// A mean; `None` unless both are finite and the count is above zero.
    pub fn mean(sum: f64, count: f64) -> Option<Self> {
        (sum.is_finite() && count.is_finite() && count > 0.0).then_some(Self::Mean { sum, count })
    }

    /// The number that is judged.
    pub fn get(self) -> f64 {
        match self {
            Self::Number(number) => number,
            Self::Mean { sum, count } => sum / count,
        }
    }
}

/// Why a source gave no complete answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Failure {
    /// The kind, by what can be done about it.
    pub kind: FailureKind,
    /// What the source said, shortened, without secrets.
    pub detail: String,
}

/// The kinds of failure, by what can be done about them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// Too many requests; the next tick asks again.
    Throttled,
    /// `PartialData` or `InternalError`: some of the range is missing from the answer.
    Partial,
    /// The credentials may not read it.
    Denied,
    /// No answer before the deadline.
    TimedOut,
    /// No connection.
    Unreachable,
    /// The source says that the question is wrong, or answers in a shape that cannot be read.
    Rejected,
    /// The deadline came before the question was asked.
    NotAsked,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self.kind {
            FailureKind::Throttled => "throttled",
            FailureKind::Partial => "partial data",
            FailureKind::Denied => "access denied",
            FailureKind::TimedOut => "timed out",
            FailureKind::Unreachable => "unreachable",
            FailureKind::Rejected => "rejected",
            FailureKind::NotAsked => "not asked before the deadline",
        };
        if self.detail.is_empty() { f.write_str(kind) } else { write!(f, "{kind}: {}", self.detail) }
    }
}
