use domain::notification::Notification;
use domain::units::Time;
use serde_json::{Value, json};

use crate::message::Words;
use crate::message::clock::Clock;
use crate::message::story::{Story, WORDS_MAX};
use crate::message::text::{cut, escaped, joined, lines, plain};

/// Blocks of a message. Source: <https://docs.slack.dev/reference/block-kit/blocks>.
pub const BLOCKS_MAX: usize = 50;
/// Characters of a header block. Source: <https://docs.slack.dev/reference/block-kit/blocks/header-block>.
pub const HEADER_MAX: usize = 150;
/// Characters of a section. Source: <https://docs.slack.dev/reference/block-kit/blocks/section-block>.
pub const SECTION_MAX: usize = 3000;
/// Characters that are kept free at the end of a section, for the line that counts what is left out.
const ROOM: usize = 40;

/// What a person must know, in at most nine blocks.
pub(super) fn told(story: &Story, words: &Words) -> Vec<Value> {
    let title = words.title.clone().unwrap_or_else(|| format!("{} {}", story.marker, story.headline));
    let title = Some(plain(&title, HEADER_MAX)).filter(|title| !title.is_empty());
    let title = title.unwrap_or_else(|| plain(&story.headline, HEADER_MAX));
    let mut blocks = vec![json!({"type": "header", "text": {"type": "plain_text", "text": title, "emoji": false}})];
    match words.body.as_ref().filter(|body| !body.trim().is_empty()) {
        Some(body) => blocks.push(section(&[cut(body, SECTION_MAX - ROOM)])),
        None => blocks.extend(ours(story)),
    }
    blocks.extend(links(story));
    blocks.extend(words.note.as_ref().map(|note| context(&escaped(&cut(note, WORDS_MAX)))));
    blocks
}

fn ours(story: &Story) -> Vec<Value> {
    let mut about = vec![
        format!("*What:* {}", escaped(&story.happened)),
        format!("*Since:* {}", story.since(|at| format!("{} ({} UTC)", local(at), at.clock()))),
    ];
    about.extend(story.labelled().map(|(label, labels)| format!("*{label}:* {}", escaped(&labels))));
    let mut blocks = vec![section(&about)];
    for (label, bullets) in story.lists(escaped, local) {
        let bullets = bullets.iter().map(|line| format!("• {line}"));
        blocks.push(section(&std::iter::once(format!("*{label}*")).chain(bullets).collect::<Vec<_>>()));
    }
    blocks.push(section(&[format!("*Do now:* {}", escaped(&story.next))]));
    blocks
}

/// The links of the alerts, if there are any.
fn links(story: &Story) -> Option<Value> {
    let links = story.links.iter().map(|link| match link.opens() {
        Some((name, address)) => format!("<{}|{}>", escaped(address), escaped(name)),
        None => escaped(&link.text()),
    });
    let links: Vec<String> = links.collect();
    (!links.is_empty()).then(|| context(&joined(&links, " · ", SECTION_MAX)))
}

/// Where to read more, and what the message is about.
pub(super) fn footer(notification: &Notification, story: &Story) -> Value {
    let incident = &notification.incident;
    let open = story.link.as_ref().map_or_else(String::new, |link| format!("<{}|Open the incident> · ", escaped(link)));
    context(&format!(
        "{}{open}{} · {} · {} · {}",
        take(story),
        escaped(incident.id.as_str()),
        incident.service,
        notification.event.kind,
        local(notification.event.at)
    ))
}

/// The link that takes the incident, or says that one has it.
pub(super) fn take(story: &Story) -> String {
    let link = story.acknowledge.as_ref();
    link.map_or_else(String::new, |link| format!("*<{}|{}>* · ", escaped(link), story.takes))
}

pub(super) fn context(text: &str) -> Value {
    json!({"type": "context", "elements": [mrkdwn(text)]})
}

pub(super) fn section(texts: &[String]) -> Value {
    json!({"type": "section", "text": mrkdwn(&lines(texts, SECTION_MAX))})
}

/// `verbatim`: no name in a text becomes a mention that rings somebody.
fn mrkdwn(text: &str) -> Value {
    json!({"type": "mrkdwn", "text": text, "verbatim": true})
}

/// The instant in the reader's own zone; in UTC where Slack shows no dates.
/// Source: <https://docs.slack.dev/messaging/formatting-message-text#date-formatting>.
pub(super) fn local(at: Time) -> String {
    format!("<!date^{}^{{date_short_pretty}} {{time}}|{}>", at.epoch(), Clock::default().dated(at))
}
