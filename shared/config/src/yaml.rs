//! YAML that is written, as people would.

use std::fmt::Write;

use serde_json::Value as Json;

/// Fields that stand before others.
const FIRST: [&str; 4] = ["name", "kind", "source", "severity"];

/// `value` as YAML on one line: `{ name: a, labels: { team: "b c" } }`.
pub(crate) fn flow(value: &Json) -> String {
    match value {
        Json::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Json::Array(items) if items.is_empty() => "[]".to_owned(),
        Json::Object(fields) => {
            let mut text = String::from("{ ");
            // What it is comes first, as people write it.
            let first = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| first(name));
            for (index, (name, value)) in fields.into_iter().enumerate() {
                let comma = if index > 0 { ", " } else { "" };
                let _ = write!(text, "{comma}{}: {}", scalar(name), flow(value));
            }
            text + " }"
        }
        Json::Array(items) => format!("[ {} ]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Json::String(text) => scalar(text),
        other => other.to_string(),
    }
}

/// `value` over several lines, as a document.
pub(crate) fn block(value: &Json) -> String {
    let mut text = String::new();
    write_block(value, 0, &mut text);
    text
}

fn write_block(value: &Json, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Json::Object(fields) => {
            for (name, value) in fields {
                let _ = write!(text, "{indent}{}:", scalar(name));
                write_below(value, depth + 1, text);
            }
        }
        Json::Array(items) => {
            for item in items {
                let _ = write!(text, "{indent}-");
                let is_mapping = item.as_object().is_some_and(|fields| !fields.is_empty());
                if is_mapping {
                    let mut inner = String::new();
                    write_block(item, depth + 1, &mut inner);
                    let _ = writeln!(text, " {}", inner.trim_start().trim_end());
                } else {
                    write_below(item, depth + 1, text);
                }
            }
        }
        other => {
            let _ = writeln!(text, "{indent}{}", flow(other));
        }
    }
}

/// After a name or a dash: a scalar on the same line, the rest below.
fn write_below(value: &Json, depth: usize, text: &mut String) {
    let is_empty = match value {
        Json::Object(fields) => fields.is_empty(),
        Json::Array(items) => items.is_empty(),
        _ => true,
    };
    if is_empty {
        let _ = writeln!(text, " {}", flow(value));
    } else {
        text.push('\n');
        write_block(value, depth, text);
    }
}

/// Plain where no reader takes it for anything but this text, else in quotes.
fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./%".contains(c);
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let is_plain = text.chars().all(plain)
        && text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric())
        && !words.contains(&text.to_ascii_lowercase().as_str());
    if is_plain { text.to_owned() } else { Json::String(text.to_owned()).to_string() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{block, flow};

    #[test]
    fn mappings_and_lists_over_several_lines() {
        let found = block(&json!({ "a": { "b": [{ "c": 1, "d": [2, []] }, "on"] }, "e": {} }));
        assert_eq!(found, "a:\n  b:\n    - c: 1\n      d:\n        - 2\n        - []\n    - \"on\"\ne: {}\n");
    }

    #[test]
    fn what_could_be_misread_stands_in_quotes() {
        let found = flow(&json!({ "a": "b-c", "d": "on", "e": ["f g", "99.9%", 5], "h": "x: {y}", "i": {}, "j": "" }));
        assert_eq!(found, "{ a: b-c, d: \"on\", e: [ \"f g\", 99.9%, 5 ], h: \"x: {y}\", i: {}, j: \"\" }");
    }
}
