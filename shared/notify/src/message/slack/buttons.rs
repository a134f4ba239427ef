use domain::incident::Incident;
use domain::response::{Action, ActionState};
use serde_json::{Value, json};

use super::blocks::section;
use crate::message::story::NAMED_MAX;
use crate::message::text::{escaped, plain};

/// Characters of a button. Source: <https://docs.slack.dev/reference/block-kit/block-elements/button-element>.
pub const BUTTON_MAX: usize = 75;
/// Characters of what a button carries; same source.
pub const VALUE_MAX: usize = 2000;
/// Characters of what a button is called; same source.
pub const ACTION_ID_MAX: usize = 255;
/// Buttons of one row. Source: <https://docs.slack.dev/reference/block-kit/blocks/actions-block>.
pub const BUTTONS_MAX: usize = 25;
/// Characters of a question before something is done. Source:
/// <https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object>.
const QUESTION_MAX: usize = 300;

/// What an open incident can be told by a button: what waits for leave first, then the incident itself. At most two
/// blocks for each of [`NAMED_MAX`] actions, and one.
pub(super) fn blocks(incident: &Incident) -> Vec<Value> {
    if !incident.state.is_open() {
        return Vec::new();
    }
    let waiting = incident.actions.iter().filter(|action| action.state == ActionState::AwaitingApproval);
    let waiting: Vec<&Action> = waiting.collect();
    let newest = &waiting[waiting.len().saturating_sub(NAMED_MAX)..];
    let mut blocks: Vec<Value> = newest.iter().flat_map(|action| leave(incident, action)).collect();
    let mut row = Vec::new();
    let is_asked = incident.escalation.as_ref().is_some_and(|paging| paging.asked.is_some());
    if incident.waits_for_somebody() || is_asked {
        let text = if is_asked { "I still have it" } else { "Acknowledge" };
        row.push(button(incident, "acknowledge", text, Some("primary"), None));
    }
    if !incident.alerts.is_empty() {
        let question = Some("Tell nobody of its alerts for an hour, in any incident?");
        row.push(button(incident, "silence", "Silence 1 h", None, question));
    }
    row.push(button(incident, "resolve", "Resolve", None, Some("End the incident, whatever its alerts say?")));
    blocks.push(json!({"type": "actions", "block_id": "incident", "elements": row}));
    blocks
}

/// Two blocks: what waits for leave, and the buttons.
fn leave(incident: &Incident, action: &Action) -> [Value; 2] {
    let (what, why) = (action.summary(), &action.reason);
    let words = plain(&format!("{what}, because {why}"), crate::message::story::WORDS_MAX);
    let question = plain(&format!("{what}. It changes what is serving now."), QUESTION_MAX);
    let carries = |word, text, style, ask: Option<&str>| {
        let mut button = button(incident, word, text, Some(style), ask);
        button["value"] = json!(plain(&format!("{}/{}", incident.id, action.id), VALUE_MAX));
        button
    };
    [
        section(&[format!("*Waits for approval:* {}", escaped(&words))]),
        json!({
            "type": "actions",
            "block_id": plain(action.id.as_str(), ACTION_ID_MAX),
            "elements": [
                carries("approve", "Approve", "primary", Some(&question)),
                carries("refuse", "Refuse", "danger", None),
            ],
        }),
    ]
}

/// A button called `word` that carries the incident's id.
fn button(incident: &Incident, word: &str, text: &str, style: Option<&str>, ask: Option<&str>) -> Value {
    let says = |text: &str| json!({"type": "plain_text", "text": text, "emoji": false});
    let mut button = json!({
        "type": "button",
        "action_id": word,
        "text": says(text),
        "value": plain(incident.id.as_str(), VALUE_MAX),
    });
    if let Some(style) = style {
        button["style"] = json!(style);
    }
    if let Some(question) = ask {
        button["confirm"] =
            json!({"title": says(text), "text": says(question), "confirm": says(text), "deny": says("Cancel")});
    }
    button
}
