use serde_json::{Map, Value};

use super::consistency::Claims;
use super::field::number;
use super::output::{OUTPUTS, is_nothing};
use super::{Decision, Finding};

/// How many things were worked on.
pub(super) const ITEMS: [&str; 6] =
    ["items_processed", "processed_items", "records_processed", "rows_processed", "items_returned", "items_count"];

/// Failures that look like success; the outputs they tell of.
pub(super) fn judge(data: &Map<String, Value>, claims: &Claims, findings: &mut Vec<Finding>) -> Vec<&'static str> {
    let mut told = Vec::new();
    if let Some(well) = claims.well() {
        for name in OUTPUTS.into_iter().filter(|name| data.get(*name).is_some_and(Value::is_null)) {
            told.push(name);
            findings.push(finding(format!("{well} comes with {name}: null")));
        }
    }
    let says = |name: &str| data.get(name) == Some(&Value::Bool(true));
    let has_output = OUTPUTS.iter().any(|name| data.get(*name).is_some_and(|value| !is_nothing(value)));
    if says("processed") && !has_output && told.is_empty() {
        told.extend(OUTPUTS);
        findings.push(finding("processed: true comes without any output".to_owned()));
    }
    let none = |name: &&&str| data.get(**name).and_then(number) == Some(0.0);
    if (says("completed") || completed(data))
        && let Some(name) = ITEMS.iter().find(none)
    {
        findings.push(finding(format!("it is completed with {name}: 0")));
    }
    told
}

fn completed(data: &Map<String, Value>) -> bool {
    data.get("status").and_then(Value::as_str).is_some_and(|status| status.eq_ignore_ascii_case("completed"))
}

fn finding(reason: String) -> Finding {
    Finding {
        rule: "silent-failure".to_owned(),
        reason,
        severity: 0.85,
        decision: Decision::Reprocess,
        suggestion: "work on the same input again, and let this job fail when it has nothing to show".to_owned(),
    }
}
