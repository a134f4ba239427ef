use serde_json::{Map, Value};

use super::output::OUTPUTS;
use super::{Decision, Finding};

/// Where an event says how it went.
const STATES: [&str; 6] = ["status", "state", "outcome", "output", "result", "response"];
const GOOD: [&str; 7] = ["success", "succeeded", "successful", "ok", "completed", "done", "passed"];
const BAD: [&str; 6] = ["error", "failed", "failure", "exception", "fatal", "crashed"];
/// Where an event puts its error.
const ERRORS: [&str; 4] = ["error", "errors", "exception", "error_message"];

/// What an event claims about itself, and the words it does so with.
pub(super) struct Claims {
    pub(super) success: Option<String>,
    pub(super) failure: Option<String>,
    pub(super) code: Option<i64>,
}

impl Claims {
    pub(super) fn of(data: &Map<String, Value>) -> Self {
        let code = data.get("status_code").or_else(|| data.get("statusCode")).or_else(|| data.get("http_status"));
        Self { success: success(data), failure: failure(data), code: code.and_then(Value::as_i64) }
    }

    /// Whether it says that all went well, and nothing that it did not.
    pub(super) fn well(&self) -> Option<String> {
        let by_code = self.code.filter(|code| (200..300).contains(code)).map(|code| format!("status {code}"));
        self.success.clone().or(by_code).filter(|_| self.failure.is_none())
    }

    pub(super) fn judge(&self, findings: &mut Vec<Finding>) {
        let contradiction = match (self.code, &self.failure, &self.success) {
            (Some(code @ 200..=299), Some(failure), _) => Some(format!("status {code} comes with {failure}")),
            (Some(code @ 500..), _, Some(success)) => Some(format!("status {code} comes with {success}")),
            (_, Some(failure), Some(success)) => Some(format!("{success} comes with {failure}")),
            _ => None,
        };
        findings.extend(contradiction.map(|reason| Finding {
            rule: "consistency".to_owned(),
            reason,
            severity: 0.85,
            decision: Decision::Reprocess,
            suggestion: "do not trust this answer; mend the status so that it tells what happened".to_owned(),
        }));
    }
}

fn success(data: &Map<String, Value>) -> Option<String> {
    let said = |name: &str| (data.get(name) == Some(&Value::Bool(true))).then(|| format!("{name}: true"));
    said("success").or_else(|| said("ok")).or_else(|| state(data, &GOOD))
}

fn failure(data: &Map<String, Value>) -> Option<String> {
    let denied = |name: &str| (data.get(name) == Some(&Value::Bool(false))).then(|| format!("{name}: false"));
    let inner = || {
        let parts = OUTPUTS.iter().filter_map(|name| Some((*name, data.get(*name)?.as_object()?)));
        parts.into_iter().find_map(|(name, part)| Some(format!("{} in {name}", error(part)?)))
    };
    denied("success").or_else(|| error(data)).or_else(|| state(data, &BAD)).or_else(inner)
}

/// The name alone: what the error says may hold anything.
fn error(data: &Map<String, Value>) -> Option<String> {
    let carries = |value: &Value| match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !super::output::is_nothing(value) && text != "false",
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::Bool(true) => true,
    };
    ERRORS.iter().find(|name| data.get(**name).is_some_and(carries)).map(|name| format!("an {name}"))
}

/// A text that is one of the words, or begins with one as in `Error: timeout`.
fn state(data: &Map<String, Value>, words: &[&str]) -> Option<String> {
    STATES.iter().find_map(|name| {
        let text = data.get(*name)?.as_str()?.trim_start();
        let first: String = text.chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
        let alone = text.len() == first.len() || text[first.len()..].starts_with(':');
        (alone && words.contains(&first.as_str())).then(|| format!("{name} {first:?}"))
    })
}
