//! What Slack's incoming webhooks accept.
//!
//! Sources: <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>,
//! <https://docs.slack.dev/reference/block-kit/blocks>, <https://docs.slack.dev/messaging/formatting-message-text>.

mod elements;
mod mrkdwn;
mod workspace;

use serde_json::{Map, Value};

pub(in crate::receiver) use workspace::Workspace;
pub use workspace::{Posted, call_problems};

/// Blocks of a message.
pub const BLOCKS_MAX: usize = 50;
/// Characters of a text object, in UTF-16 units.
pub const TEXT_MAX: usize = 3000;
/// Characters of a header.
pub const HEADER_MAX: usize = 150;
/// Characters of the message's own text.
pub const MESSAGE_TEXT_MAX: usize = 40_000;
/// Characters of a section's field.
pub const FIELD_MAX: usize = 2000;
/// Fields of a section, elements of a context block.
pub const ELEMENTS_MAX: usize = 10;

/// What Slack would not accept in this message; empty: it is fine.
pub fn problems(body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let Some(message) = body.as_object() else {
        return vec!["invalid_payload: not a JSON object".to_owned()];
    };
    if !["text", "blocks", "attachments"].iter().any(|key| message.contains_key(*key)) {
        found.push("no_text: neither text nor blocks".to_owned());
    }
    match message.get("text") {
        None => {}
        Some(Value::String(text)) => {
            if length(text) > MESSAGE_TEXT_MAX || text.trim().is_empty() {
                found.push(format!("no_text: text has {} characters", length(text)));
            }
            found.extend(mrkdwn::problems(text).map(|problem| format!("text: {problem}")));
        }
        Some(_) => found.push("invalid_payload: text is not a string".to_owned()),
    }
    match message.get("blocks") {
        None => {}
        Some(Value::Array(blocks)) if (1..=BLOCKS_MAX).contains(&blocks.len()) => {
            for (index, block) in blocks.iter().enumerate() {
                let mut of_block = Vec::new();
                check_block(block, &mut of_block);
                found.extend(of_block.into_iter().map(|problem| format!("invalid_blocks: blocks[{index}]: {problem}")));
            }
        }
        Some(_) => found.push(format!("invalid_blocks: not a list of 1 to {BLOCKS_MAX}")),
    }
    let ids = message.get("blocks").and_then(Value::as_array).into_iter().flatten();
    let mut ids: Vec<&str> = ids.filter_map(|block| block.get("block_id")?.as_str()).collect();
    ids.sort_unstable();
    if ids.windows(2).any(|pair| pair[0] == pair[1]) {
        found.push("invalid_blocks: two blocks have one block_id".to_owned());
    }
    found
}

/// Status and body of Slack's answer.
pub(super) fn answer(body: Option<&Value>, problems: &[String]) -> (u16, String) {
    let word = match (body, problems.first()) {
        (None, _) => "invalid_payload",
        (_, None) => return (200, "ok".to_owned()),
        (_, Some(problem)) => problem.split(':').next().filter(|word| word.contains('_')).unwrap_or("invalid_payload"),
    };
    (400, word.to_owned())
}

fn check_block(block: &Value, found: &mut Vec<String>) {
    let Some(block) = block.as_object() else {
        found.push("not an object".to_owned());
        return;
    };
    match block.get("type").and_then(Value::as_str) {
        Some("section") => check_section(block, found),
        Some("header") => check_text(block.get("text"), &["plain_text"], HEADER_MAX, found),
        Some("divider") => {}
        Some("context") => check_context(block, found),
        Some("actions") => elements::check_actions(block, found),
        other => found.push(format!("type {other:?} is not known")),
    }
    if block.get("block_id").is_some_and(|id| id.as_str().is_none_or(|id| length(id) > 255)) {
        found.push("block_id is longer than 255".to_owned());
    }
}

fn check_section(block: &Map<String, Value>, found: &mut Vec<String>) {
    let fields = block.get("fields").map(|fields| fields.as_array().cloned().unwrap_or_default());
    if block.contains_key("text") || fields.is_none() {
        check_text(block.get("text"), &["mrkdwn", "plain_text"], TEXT_MAX, found);
    }
    if let Some(fields) = fields {
        if !(1..=ELEMENTS_MAX).contains(&fields.len()) {
            found.push(format!("{} fields", fields.len()));
        }
        for field in &fields {
            check_text(Some(field), &["mrkdwn", "plain_text"], FIELD_MAX, found);
        }
    }
}

fn check_context(block: &Map<String, Value>, found: &mut Vec<String>) {
    let elements = block.get("elements").and_then(Value::as_array).cloned().unwrap_or_default();
    if !(1..=ELEMENTS_MAX).contains(&elements.len()) {
        found.push(format!("{} elements", elements.len()));
    }
    for element in &elements {
        check_text(Some(element), &["mrkdwn", "plain_text"], TEXT_MAX, found);
    }
}

fn check_text(text: Option<&Value>, kinds: &[&str], max: usize, found: &mut Vec<String>) {
    let Some(object) = text.and_then(Value::as_object) else {
        found.push("no text object".to_owned());
        return;
    };
    let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
    if !kinds.contains(&kind) {
        found.push(format!("a text of type {kind:?} where {kinds:?} is allowed"));
    }
    let text = object.get("text").and_then(Value::as_str).unwrap_or_default();
    if text.is_empty() || length(text) > max {
        found.push(format!("a text of {} characters, 1 to {max} are allowed", length(text)));
    }
    let (allowed, kind_of_text) = match kind {
        "mrkdwn" => ("verbatim", true),
        _ => ("emoji", false),
    };
    for (key, value) in object {
        if !["type", "text"].contains(&key.as_str()) && (key != allowed || !value.is_boolean()) {
            found.push(format!("a {kind} text does not take {key:?}"));
        }
    }
    if kind_of_text {
        found.extend(mrkdwn::problems(text));
    }
}

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(body: &Value, expected: &str) {
        let found = problems(body);
        let fits = if expected.is_empty() { found.is_empty() } else { found.iter().any(|p| p.contains(expected)) };
        assert!(fits, "{body}\n{found:?}");
    }

    fn section(text: &str) -> Value {
        json!({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": true}}]})
    }

    #[test]
    fn messages_are_judged_at_the_limits() {
        check(&json!({"text": "hello"}), "");
        check(&json!({}), "no_text");
        check(&json!({"text": ""}), "no_text");
        check(&json!([]), "invalid_payload");
        check(&section(&"x".repeat(TEXT_MAX)), "");
        check(&section(&"x".repeat(TEXT_MAX + 1)), "3001 characters");
        check(&section(""), "0 characters");
        check(&json!({"blocks": vec![json!({"type": "divider"}); BLOCKS_MAX]}), "");
        check(&json!({"blocks": vec![json!({"type": "divider"}); BLOCKS_MAX + 1]}), "1 to 50");
        check(&json!({"blocks": []}), "1 to 50");
        check(&json!({"blocks": [{"type": "poem"}]}), "not known");
        let header =
            |text: String| json!({"blocks": [{"type": "header", "text": {"type": "plain_text", "text": text}}]});
        check(&header("x".repeat(HEADER_MAX)), "");
        check(&header("x".repeat(HEADER_MAX + 1)), "151 characters");
        check(&json!({"blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]}), "type \"mrkdwn\"");
        check(&json!({"blocks": [{"type": "context", "elements": []}]}), "0 elements");
    }

    #[test]
    fn answers_are_slacks_words() {
        let said = |body: &Value| answer(Some(body), &problems(body));
        assert_eq!(said(&json!({"text": "x"})), (200, "ok".to_owned()));
        assert_eq!(said(&json!({})), (400, "no_text".to_owned()));
        assert_eq!(said(&json!({"blocks": 1})), (400, "invalid_blocks".to_owned()));
        assert_eq!(said(&json!({"text": "a < b"})), (400, "invalid_payload".to_owned()));
        assert_eq!(answer(None, &[]), (400, "invalid_payload".to_owned()));
    }
}
