use domain::event::EventKind;
use domain::incident::Severity;
use domain::notification::Notification;
use serde_json::{Value, json};

use super::Words;
use super::links::Link;
use super::story::Story;
use super::text::plain;

/// Characters of an alert's message. Source: <https://docs.opsgenie.com/docs/alert-api>.
pub const MESSAGE_MAX: usize = 130;
/// Characters of an alert's description; same source.
pub const DESCRIPTION_MAX: usize = 15_000;
/// Characters of a note; same source.
pub const NOTE_MAX: usize = 25_000;
/// Characters of all details of an alert; same source. All links at their longest take two thirds.
pub const DETAILS_MAX: usize = 8000;
/// Characters of an alert's entity; same source.
const ENTITY_MAX: usize = 512;

/// Paths below the service's address and bodies of the calls, in order; none where a pager is not told. The alias is the name
/// of the incident's page: one alert, however often it is told, until nobody has it any more. Then it is a new one, and the
/// one before is closed.
pub fn opsgenie(notification: &Notification, words: &Words) -> Vec<(String, Value)> {
    let story = Story::of(notification);
    let of_alias = |alias: &str, verb: &str| format!("/v2/alerts/{alias}/{verb}?identifierType=alias");
    let mut aliases = notification.incident.page_keys();
    let current = aliases.next().expect("an incident has a page");
    let note = || {
        let note = plain(&story.happened, NOTE_MAX);
        json!({ "source": "Tocsin", "user": "Tocsin", "note": note })
    };
    let close = |alias: String| (of_alias(&alias, "close"), note());
    match notification.event.kind {
        EventKind::IncidentOpened | EventKind::IncidentReopened | EventKind::IncidentUpdated => {
            let opened = ("/v2/alerts".to_owned(), alert(notification, &story, (words, &current)));
            std::iter::once(opened).chain(aliases.next().map(close)).collect()
        }
        EventKind::IncidentAcknowledged => vec![(of_alias(&current, "acknowledge"), note())],
        EventKind::IncidentResolved => std::iter::once(current).chain(aliases).map(close).collect(),
        _ => Vec::new(),
    }
}

fn alert(notification: &Notification, story: &Story, (words, alias): (&Words, &str)) -> Value {
    let incident = &notification.incident;
    let severity = notification.event.severity;
    let title = words.title.as_deref().unwrap_or(&story.headline);
    let body = words.body_or(|| story.paragraphs().join("\n"));
    let mut alert = json!({
        "message": plain(title, MESSAGE_MAX),
        "alias": alias,
        "description": super::text::cut(&body, DESCRIPTION_MAX),
        "entity": plain(incident.service.as_str(), ENTITY_MAX),
        "source": "Tocsin",
        "user": "Tocsin",
        "priority": priority(severity),
        "tags": [severity.to_string(), incident.category.as_str()],
        "details": {
            "incident": incident.id,
            "service": incident.service,
            "state": incident.state.as_str(),
            "since": incident.opened_at.to_string(),
            "link": story.link.clone().unwrap_or_default(),
        },
    });
    if let Some(link) = &story.acknowledge {
        alert["details"]["acknowledge"] = json!(link);
    }
    for (name, address) in story.links.iter().filter_map(Link::opens) {
        alert["details"][name] = json!(address);
    }
    alert
}

const fn priority(severity: Severity) -> &'static str {
    match severity {
        Severity::Sev1 => "P1",
        Severity::Sev2 => "P2",
        Severity::Sev3 => "P3",
        Severity::Sev4 => "P4",
    }
}
