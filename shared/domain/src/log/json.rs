use std::borrow::Cow;

use serde_json::{Map, Value};

/// Where a line of JSON has its message.
const MESSAGES: [&str; 6] = ["message", "msg", "log", "event", "text", "body"];

/// A line as it is compared with others: of JSON the names of its fields and its message, else the line itself.
pub fn sentence(line: &str) -> Cow<'_, str> {
    from_json(line).map_or(Cow::Borrowed(line), Cow::Owned)
}

fn from_json(line: &str) -> Option<String> {
    let line = line.trim();
    if !line.starts_with('{') {
        return None;
    }
    let fields: Map<String, Value> = serde_json::from_str(line).ok()?;
    let names: Vec<&str> = fields.keys().map(String::as_str).collect();
    let message = MESSAGES.iter().find_map(|name| fields.get(*name)?.as_str()).unwrap_or_default();
    Some(format!("{{{}}} {message}", names.join(",")))
}
