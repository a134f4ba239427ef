use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::field::{Field, number, short};
use super::{Decision, Finding};

/// What fields may be at most, unless a team says otherwise: milliseconds and percent.
pub const USUAL_LIMITS: [(&str, f64); 5] =
    [("response_time", 5000.0), ("latency", 3000.0), ("cpu_usage", 90.0), ("memory_usage", 85.0), ("error_rate", 10.0)];
/// Endings that name a unit and change nothing.
const UNIT_ENDINGS: [&str; 4] = ["_ms", "_percent", "_pct", "_millis"];
/// From this share of its limit on a value comes close.
const CLOSE: f64 = 0.9;

/// The largest value of each field, by its name or by the whole path to it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Limits(pub BTreeMap<String, f64>);

impl Default for Limits {
    fn default() -> Self {
        Self(USUAL_LIMITS.map(|(name, limit)| (name.to_owned(), limit)).into())
    }
}

impl Limits {
    /// Judges the fields that have a limit; the paths of those that it tells of.
    pub(super) fn judge<'f>(&self, fields: &'f [Field<'_>], findings: &mut Vec<Finding>) -> Vec<&'f str> {
        let mut told = Vec::new();
        for field in fields {
            if let Some(found) = self.of(field).and_then(|(name, limit)| judge(field, name, limit)) {
                findings.push(found);
                told.push(field.path.as_str());
            }
        }
        told
    }

    fn of(&self, field: &Field<'_>) -> Option<(&str, f64)> {
        let name = field.name();
        let known = |name: &str| self.0.get_key_value(name).map(|(name, limit)| (name.as_str(), *limit));
        let bare = || UNIT_ENDINGS.iter().find_map(|ending| name.strip_suffix(ending));
        known(&field.path).or_else(|| known(name)).or_else(|| known(bare()?))
    }
}

fn judge(field: &Field<'_>, name: &str, limit: f64) -> Option<Finding> {
    let path = &field.path;
    if field.value.is_null() {
        return None;
    }
    let Some(value) = number(field.value).filter(|value| *value >= 0.0) else {
        return Some(not_a_measurement(path, field.value));
    };
    // At its limit a value warns; at twice the limit it is critical by itself.
    let (severity, words) = if value > limit {
        (0.75 + 0.2 * (value / limit - 1.0).clamp(0.0, 1.0), "is above its limit of")
    } else if value >= CLOSE * limit && limit > 0.0 {
        (0.5, "comes close to its limit of")
    } else {
        return None;
    };
    let (decision, suggestion) = advice(name);
    Some(Finding {
        rule: format!("limit:{name}"),
        reason: format!("{path} {value} {words} {limit}"),
        severity,
        decision,
        suggestion: suggestion.to_owned(),
    })
}

fn not_a_measurement(path: &str, value: &Value) -> Finding {
    Finding {
        rule: format!("output:{path}"),
        reason: format!("{path} is {}, which it cannot be", short(value)),
        severity: 0.7,
        decision: Decision::Reprocess,
        suggestion: format!("check what writes {path}: it is a number, 0 or more"),
    }
}

fn advice(name: &str) -> (Decision, &'static str) {
    match name {
        "response_time" | "latency" => {
            (Decision::Retry, "look for a slow dependency or query, and for recent deployments; retry with a timeout")
        }
        "cpu_usage" => (Decision::Continue, "scale out, or find what burns CPU"),
        "memory_usage" => (Decision::Continue, "look for a leak; raise the memory before it is killed"),
        "error_rate" => (Decision::Retry, "look at the errors in the log and at recent deployments"),
        _ => (Decision::Continue, ""),
    }
}
