use serde_json::{Map, Value};

use super::field::short;
use super::{Decision, Finding};

/// Where work puts what comes out of it.
pub(super) const OUTPUTS: [&str; 5] = ["output", "result", "response", "value", "body"];
/// What a program writes where it has nothing to write.
const NOTHING: [&str; 7] = ["", "null", "none", "nil", "nan", "undefined", "[object object]"];

/// Outputs that are there and are nothing, but for those that a silent failure tells of.
pub(super) fn judge(data: &Map<String, Value>, told: &[&str], findings: &mut Vec<Finding>) {
    for name in OUTPUTS.into_iter().filter(|name| !told.contains(name)) {
        let Some(value) = data.get(name) else { continue };
        if value.is_null() {
            findings.push(Finding {
                rule: format!("output:{name}"),
                reason: format!("{name} is null"),
                severity: 0.75,
                decision: Decision::Retry,
                suggestion: "try again; if it stays empty, look at what produces it".to_owned(),
            });
        } else if is_nothing(value) {
            findings.push(Finding {
                rule: format!("output:{name}"),
                reason: format!("{name} is {}, which says nothing", short(value)),
                severity: 0.75,
                decision: Decision::Reprocess,
                suggestion: "check the conversion before the output: a missing value was written as text".to_owned(),
            });
        }
    }
}

/// Null, or a text for it.
pub(super) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => NOTHING.contains(&text.trim().to_ascii_lowercase().as_str()),
        _ => false,
    }
}
