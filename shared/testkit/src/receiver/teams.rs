//! What a workflow of Teams that waits for a webhook posts.
//!
//! Sources: <https://adaptivecards.io/explorer/>, <https://learn.microsoft.com/en-us/microsoftteams/limits-specifications-teams>.

use serde_json::Value;

/// Bytes of a message.
pub const MESSAGE_BYTES_MAX: usize = 28 * 1024;

/// Actions of a card that are shown.
pub const ACTIONS_MAX: usize = 6;

/// What Teams would not post of this message of `length` bytes; empty: it is fine.
pub fn problems(body: &Value, length: usize) -> Vec<String> {
    let mut found = Vec::new();
    if length > MESSAGE_BYTES_MAX {
        found.push(format!("the message has {length} bytes (at most {MESSAGE_BYTES_MAX})"));
    }
    if body["type"] != "message" {
        found.push("type is not message".to_owned());
    }
    let attachments = body["attachments"].as_array().cloned().unwrap_or_default();
    if attachments.len() != 1 {
        found.push(format!("{} attachments instead of one", attachments.len()));
    }
    for attachment in &attachments {
        if attachment["contentType"] != "application/vnd.microsoft.card.adaptive" {
            found.push("the attachment is no Adaptive Card".to_owned());
        }
        check_card(&attachment["content"], &mut found);
    }
    found
}

fn check_card(card: &Value, found: &mut Vec<String>) {
    if card["type"] != "AdaptiveCard" || !["1.2", "1.3", "1.4", "1.5"].contains(&card["version"].as_str().unwrap_or(""))
    {
        found.push("the card is no AdaptiveCard of a version that Teams shows".to_owned());
    }
    let body = card["body"].as_array().cloned().unwrap_or_default();
    if body.is_empty() {
        found.push("the card shows nothing".to_owned());
    }
    for element in &body {
        match element["type"].as_str().unwrap_or_default() {
            "TextBlock" if element["text"].as_str().is_some_and(|text| !text.is_empty()) => {}
            "FactSet" => {
                let facts = element["facts"].as_array().cloned().unwrap_or_default();
                if facts.is_empty() || facts.iter().any(|fact| !fact["title"].is_string() || !fact["value"].is_string())
                {
                    found.push("a fact without title or value".to_owned());
                }
            }
            other => found.push(format!("an element of type {other:?} that shows nothing")),
        }
    }
    if card["actions"].as_array().is_some_and(|actions| actions.len() > ACTIONS_MAX) {
        found.push(format!("more than {ACTIONS_MAX} actions"));
    }
    for action in card["actions"].as_array().into_iter().flatten() {
        let opens = action["url"].as_str().is_some_and(|url| url.starts_with("https://") || url.starts_with("http://"));
        if action["type"] != "Action.OpenUrl" || !opens || !action["title"].is_string() {
            found.push("an action that opens nothing".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cards_are_judged() {
        let message = |body: Value| {
            let card = json!({"type": "AdaptiveCard", "version": "1.4", "body": body});
            json!({"type": "message", "attachments":
                [{"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": card}]})
        };
        let check = |body: Value, length: usize, expected: &str| {
            let found = problems(&message(body), length).join("; ");
            assert!(if expected.is_empty() { found.is_empty() } else { found.contains(expected) }, "{found}");
        };
        let text = json!([{"type": "TextBlock", "text": "a"}]);
        check(text.clone(), MESSAGE_BYTES_MAX, "");
        check(text, MESSAGE_BYTES_MAX + 1, "28673 bytes");
        check(json!([]), 1, "shows nothing");
        check(json!([{"type": "Poem"}]), 1, "type \"Poem\"");
        check(json!([{"type": "TextBlock", "text": ""}]), 1, "shows nothing");
        assert!(!problems(&json!({}), 1).is_empty());
    }
}
