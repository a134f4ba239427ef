use domain::notification::Notification;
use domain::units::Time;
use serde_json::{Value, json};

use super::story::Story;
use super::text::{escaped, lines, plain};

/// Characters of a header block. Source: <https://docs.slack.dev/reference/block-kit/blocks/header-block>.
pub const HEADER_MAX: usize = 150;
/// Characters of a section. Source: <https://docs.slack.dev/reference/block-kit/blocks/section-block>.
pub const SECTION_MAX: usize = 3000;

/// The message for a Slack incoming webhook: at most seven blocks, and a text for places that show no blocks.
pub fn slack(notification: &Notification) -> Value {
    let story = Story::of(notification);
    let incident = &notification.incident;
    let title = plain(&format!("{} {}", story.marker, story.headline), HEADER_MAX);
    let mut blocks = vec![json!({"type": "header", "text": {"type": "plain_text", "text": title, "emoji": false}})];
    let lasted = if incident.resolved_at.is_some() { "lasted" } else { "for" };
    blocks.push(section(&[
        format!("*What:* {}", escaped(&story.happened)),
        format!("*Since:* {}, {lasted} {}", local(incident.opened_at), story.lasted),
    ]));
    for (label, bullets) in
        [("Alerts", &story.alerts), ("Changed before", &story.changes), ("Done or suggested", &story.actions)]
    {
        if !bullets.is_empty() {
            let bullets = bullets.iter().map(|line| format!("• {}", escaped(line)));
            blocks.push(section(&std::iter::once(format!("*{label}*")).chain(bullets).collect::<Vec<_>>()));
        }
    }
    blocks.push(section(&[format!("*Do now:* {}", escaped(&story.next))]));
    blocks.push(json!({"type": "context", "elements": [mrkdwn(&footer(notification, story.link.as_deref()))]}));
    let text = format!("{}. {}. Do now: {}", story.headline, story.happened, story.next);
    json!({
        "text": escaped(&plain(&text, SECTION_MAX)),
        "blocks": blocks,
        "unfurl_links": false,
        "unfurl_media": false,
    })
}

fn footer(notification: &Notification, link: Option<&str>) -> String {
    let incident = &notification.incident;
    let open = link.map_or_else(String::new, |link| format!("<{}|Open the incident> · ", escaped(link)));
    format!(
        "{open}{} · {} · {} · {} UTC",
        escaped(incident.id.as_str()),
        incident.service,
        notification.event.kind,
        notification.event.at.clock()
    )
}

fn section(texts: &[String]) -> Value {
    json!({"type": "section", "text": mrkdwn(&lines(texts, SECTION_MAX))})
}

/// `verbatim`: no name in a text becomes a mention that rings somebody.
fn mrkdwn(text: &str) -> Value {
    json!({"type": "mrkdwn", "text": text, "verbatim": true})
}

/// The instant in UTC, as the timeline has it, and in the reader's own zone.
/// Source: <https://docs.slack.dev/messaging/formatting-message-text#date-formatting>.
fn local(at: Time) -> String {
    format!("{} UTC (<!date^{}^{{date_short_pretty}} {{time}}|{at}>)", at.clock(), at.epoch())
}
