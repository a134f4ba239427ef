use serde::{Deserialize, Serialize};

use crate::units::Span;

/// A question about lines of log groups.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LogQuery {
    /// Names or ARNs of the groups, at least one.
    pub groups: Vec<String>,
    /// What is read of their lines.
    pub reads: LogReading,
}

impl LogQuery {
    /// How many groups one question may be about. Source: `StartQuery`, `logGroupIdentifiers`.
    pub const GROUPS_MAX: usize = 50;
}

/// What is read of the lines of a period.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogReading {
    /// An aggregate of Logs Insights.
    Insights {
        /// What comes before `stats`, such as `filter level = 'ERROR'`; empty: every line counts.
        query: String,
        /// The aggregate, such as `count(*)` or `pct(duration, 99)`.
        stats: String,
    },
    /// How many lines match a filter pattern.
    Count {
        /// In CloudWatch's syntax for filter patterns.
        pattern: String,
    },
    /// What sentences the lines are, see [`crate::log`].
    Templates {
        /// Only lines that match this filter pattern; empty: all.
        pattern: String,
        /// What is read of them.
        reads: TemplateReading,
    },
}

impl LogReading {
    /// Whether its numbers can be added up over periods.
    pub fn is_count(&self) -> bool {
        match self {
            Self::Insights { stats, .. } => stats.trim_start().starts_with("count("),
            Self::Count { .. } => true,
            Self::Templates { reads, .. } => {
                matches!(reads, TemplateReading::New { .. } | TemplateReading::Count { .. })
            }
        }
    }
}

/// What is read of the templates of a period's lines.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TemplateReading {
    /// How many were seen for the first time.
    New {
        /// For so long after the first look there is no number: everything is new then.
        learn: Span,
    },
    /// How many lines the most frequent one has.
    Busiest,
    /// How many lines are of this one.
    Count {
        /// Words, with `<*>` for values.
        template: String,
    },
    /// How many percent of the lines are of this one.
    Share {
        /// Words, with `<*>` for values.
        template: String,
    },
}
