//! Buttons. Source: <https://docs.slack.dev/reference/block-kit/block-elements/button-element>.

use serde_json::{Map, Value};

use super::{check_text, length};

/// Buttons of a row.
const ELEMENTS_MAX: usize = 25;
/// Characters of a button's text, value, address and name.
const BUTTON_MAX: usize = 75;
const VALUE_MAX: usize = 2000;
const URL_MAX: usize = 3000;
const ACTION_ID_MAX: usize = 255;
/// Characters of a question's title, text and answers.
const QUESTION_MAX: [(&str, usize); 4] = [("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)];

pub(super) fn check_actions(block: &Map<String, Value>, found: &mut Vec<String>) {
    let elements = block.get("elements").and_then(Value::as_array).cloned().unwrap_or_default();
    if !(1..=ELEMENTS_MAX).contains(&elements.len()) {
        found.push(format!("{} elements", elements.len()));
    }
    let mut names: Vec<&str> = Vec::new();
    for element in &elements {
        if element.get("type").and_then(Value::as_str) != Some("button") {
            found.push("an element is not a button".to_owned());
        }
        check_text(element.get("text"), &["plain_text"], BUTTON_MAX, found);
        for (key, max) in [("value", VALUE_MAX), ("url", URL_MAX), ("action_id", ACTION_ID_MAX)] {
            let text = element.get(key).map(|value| value.as_str().unwrap_or_default());
            if text.is_some_and(|text| length(text) > max || text.is_empty()) {
                found.push(format!("a button's {key} is not 1 to {max} long"));
            }
        }
        let style = element.get("style").map(|style| style.as_str().unwrap_or_default());
        if style.is_some_and(|style| !["primary", "danger"].contains(&style)) {
            found.push("a button's style is neither primary nor danger".to_owned());
        }
        let name = element.get("action_id").and_then(Value::as_str).unwrap_or_default();
        if names.contains(&name) {
            found.push(format!("two buttons are called {name:?}"));
        }
        names.push(name);
        check_question(element.get("confirm"), found);
    }
}

fn check_question(question: Option<&Value>, found: &mut Vec<String>) {
    let Some(question) = question else { return };
    for (key, max) in QUESTION_MAX {
        check_text(question.get(key), &["plain_text"], max, found);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(button: &Value, expected: &str) {
        let mut found = Vec::new();
        let block = json!({"type": "actions", "elements": [button]});
        check_actions(block.as_object().expect("an object"), &mut found);
        let fits = if expected.is_empty() { found.is_empty() } else { found.join("; ").contains(expected) };
        assert!(fits, "{button}\n{found:?}");
    }

    #[test]
    fn buttons_are_judged_at_the_limits() {
        let button = |change: &dyn Fn(&mut Value)| {
            let mut button =
                json!({"type": "button", "action_id": "a", "value": "v", "text": {"type": "plain_text", "text": "Go"}});
            change(&mut button);
            button
        };
        let says = |length: usize| json!({"type": "plain_text", "text": "x".repeat(length)});
        check(&button(&|_| ()), "");
        check(&button(&|b| b["text"] = says(75)), "");
        check(&button(&|b| b["text"] = says(76)), "76 characters");
        check(&button(&|b| b["value"] = json!("x".repeat(2000))), "");
        check(&button(&|b| b["value"] = json!("x".repeat(2001))), "value");
        check(&button(&|b| b["action_id"] = json!("x".repeat(256))), "action_id");
        check(&button(&|b| b["style"] = json!("green")), "style");
        let question =
            |text: usize| json!({"title": says(100), "text": says(text), "confirm": says(30), "deny": says(30)});
        check(&button(&|b| b["confirm"] = question(300)), "");
        check(&button(&|b| b["confirm"] = question(301)), "301 characters");
    }
}
