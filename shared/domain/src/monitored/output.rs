use serde_json::{Map, Value};

use super::field::short;
use super::{Decision, Finding};

/// Where work puts what comes out of it.
pub(super) const OUTPUTS: [&str; 5] = ["output", "result", "response", "value", "body"];
/// What a program writes where it has nothing to write.
const NOTHING: [&str; 7] = ["", "null", "none", "nil", "nan", "undefined", "[object object]"];

/// Outputs that are there and are nothing, but for those that are told of; the others join them.
pub(super) fn judge(data: &Map<String, Value>, told: &mut Vec<&str>, findings: &mut Vec<Finding>) {
    for name in OUTPUTS {
        let Some(value) = data.get(name).filter(|value| is_nothing(value) && !told.contains(&name)) else { continue };
        told.push(name);
        if value.is_null() {
            findings.push(Finding {
                rule: format!("output:{name}"),
                reason: format!("{name} is null"),
                severity: 0.75,
                decision: Decision::Retry,
                suggestion: "try again; if it stays empty, look at what produces it".to_owned(),
            });
        } else {
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
