use domain::event::EventKind;
use domain::incident::Severity;
use domain::notification::Notification;
use serde_json::{Value, json};

use super::Words;
use super::story::{Story, WORDS_MAX};
use super::text::plain;

/// Bytes of a message. Source: <https://learn.microsoft.com/en-us/microsoftteams/limits-specifications-teams>.
pub const CARD_BYTES_MAX: usize = 28 * 1024;
/// Bytes of all texts together; escaped as JSON they may double, and the card around them needs some.
const TEXTS_BYTES_MAX: usize = 8 * 1024;
/// Buttons of a card. Source:
/// <https://learn.microsoft.com/en-us/microsoftteams/platform/task-modules-and-cards/cards/cards-reference>.
pub const ACTIONS_MAX: usize = 6;
/// Bytes of a text block around its text.
const BLOCK_BYTES: usize = 64;

/// The message for a workflow of Teams that waits for a webhook: one Adaptive Card.
///
/// Source: <https://adaptivecards.io/explorer/AdaptiveCard.html>.
pub fn teams(notification: &Notification, words: &Words) -> Value {
    let (story, incident) = (Story::of(notification), &notification.incident);
    let title = words.title.clone().unwrap_or_else(|| format!("{} {}", story.marker, story.headline));
    let mut body = vec![json!({
        "type": "TextBlock", "size": "large", "weight": "bolder", "wrap": true, "text": escaped(&plain(&title, WORDS_MAX)),
        "color": colour(notification),
    })];
    let mut room = TEXTS_BYTES_MAX;
    let mut paragraphs: Vec<String> = match &words.body {
        Some(text) => text.lines().map(str::to_owned).collect(),
        None => story.paragraphs(),
    };
    let ways = story.ways();
    let (buttons, others) = ways.split_at(ways.len().min(ACTIONS_MAX));
    paragraphs.extend(others.iter().map(|(name, link)| format!("{name}: {link}")));
    for paragraph in paragraphs.iter().chain(&words.note).filter(|text| !text.trim().is_empty()) {
        let text = escaped(&plain(paragraph, 2 * WORDS_MAX));
        let takes = text.len() + BLOCK_BYTES;
        if takes > room {
            body.push(json!({"type": "TextBlock", "wrap": true, "text": "… more in the incident"}));
            break;
        }
        room -= takes;
        body.push(json!({"type": "TextBlock", "wrap": true, "text": text}));
    }
    let mut facts = vec![
        json!({"title": "Service", "value": incident.service}),
        json!({"title": "Incident", "value": incident.id}),
    ];
    if words.body.is_some() {
        facts.push(json!({"title": "Since", "value": story.since(|at| story.clock.exact(at))}));
    }
    body.push(json!({"type": "FactSet", "facts": facts}));
    let mut card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "msteams": {"width": "Full"},
    });
    let open = |(title, link): &(&str, &str)| json!({"type": "Action.OpenUrl", "title": title, "url": link});
    if !buttons.is_empty() {
        card["actions"] = buttons.iter().map(open).collect();
    }
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": card,
        }],
    })
}

const fn colour(notification: &Notification) -> &'static str {
    match (notification.event.kind, notification.event.severity) {
        (EventKind::IncidentResolved | EventKind::ActionVerified, _) => "good",
        (_, Severity::Sev1 | Severity::Sev2) => "attention",
        (_, Severity::Sev3) => "warning",
        (_, Severity::Sev4) => "default",
    }
}

/// Text blocks read a part of Markdown: foreign words must not become links or emphasis.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_[]<>".contains(c) {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}
