//! What `PagerDuty`'s Events API v2 accepts, and what becomes of it.
//!
//! Sources: <https://developer.pagerduty.com/docs/send-alert-event>, <https://developer.pagerduty.com/docs/send-change-event>
//! and the schema in <https://github.com/PagerDuty/api-schema>.

mod pager;

use domain::units::Time;
use serde_json::{Map, Value, json};

use super::Vendor;
pub(super) use pager::Pager;

/// Characters of a routing key.
pub const ROUTING_KEY_LENGTH: usize = 32;
/// Characters of a dedup key.
pub const DEDUP_KEY_MAX: usize = 255;
/// Characters of a summary.
pub const SUMMARY_MAX: usize = 1024;
/// Bytes of an event.
pub const EVENT_BYTES_MAX: usize = 512 * 1024;

/// What `PagerDuty` would not accept in this alert event of `length` bytes; empty: it is fine.
pub fn problems(body: &Value, length: usize) -> Vec<String> {
    let mut found = common(body, length);
    let Some(event) = body.as_object() else {
        return found;
    };
    let action = event.get("event_action").and_then(Value::as_str).unwrap_or_default();
    if !["trigger", "acknowledge", "resolve"].contains(&action) {
        found.push("'event_action' is missing or is not one of trigger, acknowledge, resolve".to_owned());
    }
    match event.get("dedup_key").map(|key| key.as_str().unwrap_or_default().chars().count()) {
        None if action == "trigger" => {}
        Some(1..=DEDUP_KEY_MAX) => {}
        length => found.push(format!("'dedup_key' has {} characters (1 to {DEDUP_KEY_MAX})", length.unwrap_or(0))),
    }
    let known = ["routing_key", "event_action", "dedup_key", "payload", "images", "links", "client", "client_url"];
    unknown(event, &known, &mut found);
    match event.get("payload") {
        None if action != "trigger" => {}
        payload => check_payload(payload, &mut found),
    }
    found
}

/// As [`problems`], of a change event.
pub fn change_problems(body: &Value, length: usize) -> Vec<String> {
    let mut found = common(body, length);
    let payload = body.get("payload").and_then(Value::as_object).cloned().unwrap_or_default();
    check_summary(&payload, &mut found);
    check_timestamp(&payload, &mut found);
    unknown(&payload, &["summary", "timestamp", "source", "custom_details"], &mut found);
    found
}

/// Status and body of the answer.
pub(super) fn answer(vendor: Vendor, body: Option<&Value>, length: usize, problems: &[String]) -> (u16, Value) {
    let Some(body) = body else {
        let said = json!({"status": "Unrecognized object", "message": "Event object format is unrecognized",
            "errors": ["JSON parse error"]});
        return (400, said);
    };
    if length > EVENT_BYTES_MAX {
        return (413, json!({"status": "invalid event", "message": "Event object is too large", "errors": problems}));
    }
    if !problems.is_empty() {
        return (400, json!({"status": "invalid event", "message": "Event object is invalid", "errors": problems}));
    }
    if vendor == Vendor::PagerDutyChange {
        return (202, json!({"status": "success", "message": "Change event processed"}));
    }
    let key = body.get("dedup_key").cloned().unwrap_or_else(|| json!("drawn-by-the-vendor"));
    (202, json!({"status": "success", "message": "Event processed", "dedup_key": key}))
}

fn common(body: &Value, length: usize) -> Vec<String> {
    let Some(event) = body.as_object() else {
        return vec!["not a JSON object".to_owned()];
    };
    let mut found = Vec::new();
    if length > EVENT_BYTES_MAX {
        found.push(format!("the event has {length} bytes (at most {EVENT_BYTES_MAX})"));
    }
    let key = event.get("routing_key").and_then(Value::as_str).unwrap_or_default();
    if key.chars().count() != ROUTING_KEY_LENGTH {
        found.push(format!("Length of 'routing_key' is incorrect (should be {ROUTING_KEY_LENGTH} characters)"));
    }
    for link in event.get("links").and_then(Value::as_array).into_iter().flatten() {
        if !link.get("href").and_then(Value::as_str).is_some_and(is_url) {
            found.push("a link has no 'href' that is a URL".to_owned());
        }
    }
    if event.get("client_url").is_some_and(|url| !url.as_str().is_some_and(is_url)) {
        found.push("'client_url' is not a URL".to_owned());
    }
    found
}

fn check_payload(payload: Option<&Value>, found: &mut Vec<String>) {
    let Some(payload) = payload.and_then(Value::as_object) else {
        found.push("'payload' is missing or is not an object".to_owned());
        return;
    };
    check_summary(payload, found);
    check_timestamp(payload, found);
    let severity = payload.get("severity").and_then(Value::as_str).unwrap_or_default();
    if !["critical", "error", "warning", "info"].contains(&severity) {
        found.push("'payload.severity' is invalid (must be one of: critical, warning, error, info)".to_owned());
    }
    if payload.get("source").and_then(Value::as_str).is_none_or(str::is_empty) {
        found.push("'payload.source' is missing or blank".to_owned());
    }
    for key in ["component", "group", "class"] {
        if payload.get(key).is_some_and(|value| !value.is_string()) {
            found.push(format!("'payload.{key}' is not a string"));
        }
    }
    if payload.get("custom_details").is_some_and(|details| !details.is_object()) {
        found.push("'payload.custom_details' is not an object".to_owned());
    }
    let known = ["summary", "timestamp", "severity", "source", "component", "group", "class", "custom_details"];
    unknown(payload, &known, found);
}

fn check_summary(payload: &Map<String, Value>, found: &mut Vec<String>) {
    let summary = payload.get("summary").and_then(Value::as_str).unwrap_or_default();
    let length = summary.chars().count();
    if summary.trim().is_empty() || length > SUMMARY_MAX {
        found.push(format!("'payload.summary' has {length} characters (1 to {SUMMARY_MAX})"));
    }
}

fn check_timestamp(payload: &Map<String, Value>, found: &mut Vec<String>) {
    let timestamp = payload.get("timestamp").map(|at| at.as_str().unwrap_or_default());
    if timestamp.is_some_and(|at| at.parse::<Time>().is_err()) {
        found.push("'payload.timestamp' is not an ISO 8601 date".to_owned());
    }
}

fn unknown(object: &Map<String, Value>, known: &[&str], found: &mut Vec<String>) {
    let others = object.keys().filter(|key| !known.contains(&key.as_str()));
    found.extend(others.map(|key| format!("'{key}' is not part of the schema")));
}

fn is_url(text: &str) -> bool {
    (text.starts_with("https://") || text.starts_with("http://")) && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(change: impl FnOnce(&mut Value)) -> Value {
        let mut event = json!({
            "routing_key": "0123456789abcdef0123456789abcdef", "event_action": "trigger", "dedup_key": "inc-1",
            "payload": {"summary": "errors", "source": "shop", "severity": "error", "timestamp": "2026-01-31T14:03:00Z"},
            "links": [{"href": "https://example.com/i", "text": "the incident"}],
        });
        change(&mut event);
        event
    }

    fn check(event: &Value, expected: &str) {
        let found = problems(event, event.to_string().len());
        let fits = if expected.is_empty() { found.is_empty() } else { found.iter().any(|p| p.contains(expected)) };
        assert!(fits, "{event}\n{found:?}");
    }

    #[test]
    fn events_are_judged_at_the_limits() {
        check(&event(|_| ()), "");
        check(&event(|e| e["routing_key"] = json!("short")), "routing_key");
        check(&event(|e| e["event_action"] = json!("open")), "event_action");
        check(&event(|e| e["dedup_key"] = json!("k".repeat(DEDUP_KEY_MAX))), "");
        check(&event(|e| e["dedup_key"] = json!("k".repeat(DEDUP_KEY_MAX + 1))), "256 characters");
        check(&event(|e| e["payload"]["summary"] = json!("s".repeat(SUMMARY_MAX))), "");
        check(&event(|e| e["payload"]["summary"] = json!("s".repeat(SUMMARY_MAX + 1))), "1025 characters");
        check(&event(|e| e["payload"]["severity"] = json!("SEV2")), "severity");
        check(&event(|e| e["payload"]["timestamp"] = json!("yesterday")), "timestamp");
        check(&event(|e| e["links"][0]["href"] = json!("")), "href");
        check(&event(|e| e["colour"] = json!(1)), "'colour'");
        check(&json!({"routing_key": "0123456789abcdef0123456789abcdef", "event_action": "resolve"}), "dedup_key");
        assert_eq!(problems(&event(|_| ()), EVENT_BYTES_MAX), Vec::<String>::new());
        assert_eq!(answer(Vendor::PagerDuty, Some(&event(|_| ())), EVENT_BYTES_MAX + 1, &[]).0, 413);
    }

    #[test]
    fn change_events_need_a_summary() {
        let key = "0123456789abcdef0123456789abcdef";
        let change = json!({"routing_key": key, "payload": {"summary": "deployed", "source": "ci"}});
        assert_eq!(change_problems(&change, 100), Vec::<String>::new());
        assert_eq!(change_problems(&json!({"routing_key": key}), 100).len(), 1);
    }
}
