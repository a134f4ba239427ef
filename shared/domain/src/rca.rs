//! Root-cause analysis: candidates, each with its evidence.

use serde::{Deserialize, Serialize};

use crate::deployment::Deployment;
use crate::id::SeriesId;
use crate::units::{Time, Unit};

/// What probably caused an incident, the most probable first.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Analysis {
    /// Candidates in order; empty: nothing in the data explains it, and the report says so.
    pub causes: Vec<Cause>,
    /// Why the first candidate is the first, or why there is none, in a sentence.
    #[serde(default)]
    pub reason: String,
    /// Series that changed, the most changed first.
    pub changes: Vec<SeriesChange>,
}

/// A candidate.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Cause {
    /// What it is.
    pub kind: CauseKind,
    /// One line for people.
    pub summary: String,
    /// What speaks for it, each a sentence with its numbers.
    pub evidence: Vec<String>,
}

/// The kinds of cause.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum CauseKind {
    /// A change of what serves, shortly before.
    Deployment(Deployment),
    /// A series of a service that this one depends on changed first.
    Dependency {
        /// The series.
        series: SeriesId,
    },
}

/// How much a series changed between the hour before and the incident.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SeriesChange {
    /// Which.
    pub series: SeriesId,
    /// Median before.
    pub before: f64,
    /// During: the 90th percentile of the incident's periods on the side that is worse (10th where lower is worse),
    /// since a median would be drowned by the recovery.
    pub during: f64,
    /// Their unit.
    pub unit: Unit,
    /// Distance of both in robust standard deviations (MAD x 1.4826, floor 2 % of the median before); positive: worse.
    pub score: f64,
    /// Start of the first period beyond 4 robust standard deviations, of the run that reaches into the incident.
    pub since: Option<Time>,
}
