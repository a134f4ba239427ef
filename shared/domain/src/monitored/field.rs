use serde_json::{Map, Value};

/// How deep fields are looked at; what lies deeper is kept, not judged.
const DEPTH_MAX: usize = 4;
/// Fields of an event that are looked at; the rest is kept, not judged.
const FIELDS_MAX: usize = 128;

/// A value inside an event that holds no others, and the way to it, such as `response.items`.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Field<'e> {
    pub(super) path: String,
    pub(super) value: &'e Value,
}

impl Field<'_> {
    /// The last part of the path.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }
}

/// All fields of an event's data; a list counts as one value.
pub(super) fn fields(data: &Map<String, Value>) -> Vec<Field<'_>> {
    let mut found = Vec::new();
    gather(data, "", 1, &mut found);
    found
}

fn gather<'e>(data: &'e Map<String, Value>, prefix: &str, depth: usize, found: &mut Vec<Field<'e>>) {
    for (name, value) in data {
        if found.len() == FIELDS_MAX {
            return;
        }
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            Value::Object(inner) if depth < DEPTH_MAX && !inner.is_empty() => gather(inner, &path, depth + 1, found),
            _ => found.push(Field { path, value }),
        }
    }
}

/// Beyond it a number measures nothing, and its square is infinite.
const LARGEST: f64 = 1e100;

/// A number, also one that is written as text.
pub(super) fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| number.abs() <= LARGEST)
}

/// A text as it is repeated in a reason: short.
pub(super) fn short(value: &Value) -> String {
    const CHARS_MAX: usize = 40;
    let text = value.to_string();
    if text.chars().count() <= CHARS_MAX {
        return text;
    }
    text.chars().take(CHARS_MAX).chain(['\u{2026}']).collect()
}
