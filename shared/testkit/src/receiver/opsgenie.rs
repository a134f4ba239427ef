//! What Opsgenie's Alert API takes. Source: <https://docs.opsgenie.com/docs/alert-api>.

use serde_json::Value;

/// Fields of an alert: their longest texts, in characters.
const FIELDS: [(&str, usize); 7] = [
    ("message", 130),
    ("alias", 512),
    ("description", 15_000),
    ("entity", 512),
    ("source", 100),
    ("user", 100),
    ("note", 25_000),
];

/// Characters of all details together.
const DETAILS_MAX: usize = 8000;

/// What Opsgenie would not accept in a call of `path` (with its query); empty: it is fine.
pub fn problems(path: &str, body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let Some(fields) = body.as_object() else { return vec!["not a JSON object".to_owned()] };
    let creates = path == "/v2/alerts";
    let alias = path.strip_prefix("/v2/alerts/").and_then(|rest| rest.split_once('/'));
    let known = alias.is_some_and(|(alias, verb)| {
        (1..=512).contains(&alias.len())
            && ["close?identifierType=alias", "acknowledge?identifierType=alias"].contains(&verb)
    });
    if !creates && !known {
        found.push(format!("there is no {path}"));
    }
    for (name, max) in FIELDS {
        let text = fields.get(name).map(|text| text.as_str().unwrap_or_default());
        let length = text.map(|text| text.encode_utf16().count());
        if length.is_some_and(|length| length > max) || (creates && name == "message" && length.unwrap_or(0) == 0) {
            found.push(format!("{name} has {} characters (1 to {max})", length.unwrap_or(0)));
        }
    }
    let priority = fields.get("priority").map(|priority| priority.as_str().unwrap_or_default());
    if priority.is_some_and(|priority| !["P1", "P2", "P3", "P4", "P5"].contains(&priority)) {
        found.push("priority is none of P1 to P5".to_owned());
    }
    let tags = fields.get("tags").map(|tags| tags.as_array().cloned().unwrap_or_default());
    if tags.is_some_and(|tags| tags.len() > 20 || tags.iter().any(|tag| tag.as_str().is_none_or(|tag| tag.len() > 50)))
    {
        found.push("tags are more than 20, or longer than 50".to_owned());
    }
    let details = fields.get("details").and_then(Value::as_object);
    if details.is_some_and(|details| details.values().any(|value| !value.is_string())) {
        found.push("details are not texts".to_owned());
    }
    let length = |text: &str| text.encode_utf16().count();
    let details = details.into_iter().flatten();
    let details: usize = details.map(|(name, value)| length(name) + length(value.as_str().unwrap_or_default())).sum();
    if details > DETAILS_MAX {
        found.push(format!("details have {details} characters (at most {DETAILS_MAX})"));
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn alerts_are_judged_at_the_limits() {
        let check = |path: &str, body: Value, expected: &str| {
            let found = problems(path, &body).join("; ");
            assert!(if expected.is_empty() { found.is_empty() } else { found.contains(expected) }, "{path}: {found}");
        };
        check("/v2/alerts", json!({"message": "x".repeat(130), "priority": "P1"}), "");
        check("/v2/alerts", json!({"message": "x".repeat(131)}), "131 characters");
        check("/v2/alerts", json!({}), "0 characters");
        check("/v2/alerts", json!({"message": "x", "priority": "P0"}), "priority");
        check("/v2/alerts", json!({"message": "x", "details": {"a": 1}}), "details");
        check("/v2/alerts", json!({"message": "x", "details": {"a": "x".repeat(7999)}}), "");
        check("/v2/alerts", json!({"message": "x", "details": {"a": "x".repeat(8000)}}), "8001 characters");
        check("/v2/alerts/inc-1/close?identifierType=alias", json!({"note": "over"}), "");
        check("/v2/alerts/inc-1/delete", json!({}), "there is no");
    }
}
