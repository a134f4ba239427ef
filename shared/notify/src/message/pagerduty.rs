use domain::event::EventKind;
use domain::incident::Severity;
use domain::notification::Notification;
use serde_json::{Map, Value, json};

use super::Words;
use super::labels;
use super::links::Link;
use super::story::Story;
use super::text::{cut, plain};

/// Characters of a summary. Source: <https://developer.pagerduty.com/docs/send-alert-event>.
pub const SUMMARY_MAX: usize = 1024;
/// Characters of a dedup key; same source.
pub const DEDUP_KEY_MAX: usize = 255;
/// Bytes of an event; same source.
pub const EVENT_BYTES_MAX: usize = 512 * 1024;

/// Characters of the smaller fields; the documents name no limit, so it is ours.
const FIELD_MAX: usize = 255;
/// Characters of a team's own text; ours as well.
const TEXT_MAX: usize = 10_000;

/// The events for `PagerDuty`, in order, without its routing key, which is a secret; none where a pager is not told.
///
/// All events carry the name of the incident's page as dedup key: one page, however often it is told, until nobody has it
/// any more. What is told then opens a page that rings, and closes the one before: to an acknowledged one it would only be
/// added (<https://support.pagerduty.com/main/docs/event-management>).
pub fn pagerduty(notification: &Notification, words: &Words) -> Vec<Value> {
    let mut keys = notification.incident.page_keys().map(|key| plain(&key, DEDUP_KEY_MAX));
    let current = keys.next().expect("an incident has a page");
    let event = |key: &str, action: &str| json!({ "dedup_key": key, "event_action": action });
    match notification.event.kind {
        EventKind::IncidentOpened | EventKind::IncidentReopened | EventKind::IncidentUpdated => {
            let closed = keys.next().map(|before| event(&before, "resolve"));
            std::iter::once(trigger(notification, words, &current)).chain(closed).collect()
        }
        EventKind::IncidentAcknowledged => vec![event(&current, "acknowledge")],
        EventKind::IncidentResolved => std::iter::once(current).chain(keys).map(|key| event(&key, "resolve")).collect(),
        _ => Vec::new(),
    }
}

fn trigger(notification: &Notification, words: &Words, key: &str) -> Value {
    let mut event = Map::new();
    let mut put = |key: &str, value: Value| event.insert(key.to_owned(), value);
    put("dedup_key", json!(key));
    put("event_action", json!("trigger"));
    let story = Story::of(notification);
    put("payload", payload(notification, &story, words));
    put("client", json!("Tocsin"));
    if let Some(link) = &story.link {
        put("client_url", json!(link));
    }
    // PagerDuty has buttons of its own for the same.
    let ours = [(&story.acknowledge, "Acknowledge in Tocsin"), (&story.link, "The incident in Tocsin")];
    let ours = ours.into_iter().filter_map(|(link, text)| Some((text, link.as_deref()?)));
    let links = ours.chain(story.links.iter().filter_map(Link::opens));
    let links: Vec<Value> = links.map(|(text, href)| json!({"href": href, "text": text})).collect();
    if !links.is_empty() {
        put("links", json!(links));
    }
    Value::Object(event)
}

fn payload(notification: &Notification, story: &Story, words: &Words) -> Value {
    let incident = &notification.incident;
    let alert = incident.alerts.iter().find(|alert| alert.resolved_at.is_none()).or(incident.alerts.first());
    let summary = words.title.clone().unwrap_or_else(|| format!("{}. {}", story.headline, story.happened));
    let mut payload = json!({
        "summary": plain(&summary, SUMMARY_MAX),
        "source": incident.service,
        "severity": severity(notification.event.severity),
        "timestamp": notification.event.at,
        "group": incident.category.as_str(),
        "custom_details": {
            "incident": incident.id,
            "state": incident.state.as_str(),
            "severity": notification.event.severity,
            "since": incident.opened_at,
            "what": story.happened,
            "do_now": story.next,
        },
    });
    if !story.labels.is_empty() {
        payload["custom_details"]["labels"] = json!(labels::shown(story.labels()));
    }
    let lists = [
        ("alerts", story.alert_lines()),
        ("related", super::related::lines(incident, "")),
        ("changed_before", story.changes.clone()),
        ("done_or_suggested", story.actions.clone()),
        ("links", story.links.iter().filter(|link| link.opens().is_none()).map(Link::text).collect()),
    ];
    for (name, lines) in lists.into_iter().filter(|(_, lines)| !lines.is_empty()) {
        payload["custom_details"][name] = json!(lines);
    }
    if let Some(body) = &words.body {
        payload["custom_details"]["text"] = json!(cut(body, TEXT_MAX));
    }
    if let Some(note) = &words.note {
        payload["custom_details"]["note"] = json!(note);
    }
    if let Some(alert) = alert {
        payload["component"] = json!(plain(&alert.name, FIELD_MAX));
        if let Some(reading) = &alert.reading {
            payload["class"] = json!(plain(&reading.signal, FIELD_MAX));
        }
    }
    payload
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Sev1 => "critical",
        Severity::Sev2 => "error",
        Severity::Sev3 => "warning",
        Severity::Sev4 => "info",
    }
}

#[cfg(test)]
mod tests {
    use EventKind::{IncidentAcknowledged, IncidentResolved, IncidentUpdated};
    use domain::sample;

    use super::*;

    #[test]
    fn each_severity_has_its_word() {
        let words = ["critical", "error", "warning", "info"];
        for (severity, word) in Severity::ALL.iter().zip(words) {
            let mut told = sample::notification(EventKind::IncidentOpened, "pager");
            told.event.severity = *severity;
            let event = &pagerduty(&told, &Words::default())[0];
            assert_eq!(event["payload"]["severity"], word, "{severity}");
        }
    }
    #[test]
    fn who_lets_go_of_it_lets_a_new_page_ring() {
        let said = |kind: EventKind, releases: u32| -> Vec<(String, String)> {
            let mut told = sample::notification(kind, "pager");
            told.incident.releases = releases;
            let id = told.incident.id.to_string();
            let of = |event: &Value, field: &str| event[field].as_str().unwrap_or_default().replace(&id, "inc");
            let events = pagerduty(&told, &Words::default());
            events.iter().map(|event| (of(event, "event_action"), of(event, "dedup_key"))).collect()
        };
        let cases = [
            (IncidentUpdated, 0, &[("trigger", "inc")][..]),
            (IncidentUpdated, 2, &[("trigger", "inc.2"), ("resolve", "inc.1")]),
            (IncidentAcknowledged, 2, &[("acknowledge", "inc.2")]),
            (IncidentResolved, 0, &[("resolve", "inc")]),
            (IncidentResolved, 2, &[("resolve", "inc.2"), ("resolve", "inc.1"), ("resolve", "inc")]),
        ];
        for (kind, releases, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(what, key)| ((*what).to_owned(), (*key).to_owned())).collect();
            assert_eq!(said(kind, releases), expected, "{kind} {releases}");
        }
    }
}
