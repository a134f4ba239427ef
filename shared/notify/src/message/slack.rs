//! Slack's Block Kit. Source: <https://docs.slack.dev/reference/block-kit>.

mod blocks;
mod bot;
mod buttons;

use domain::notification::Notification;
use serde_json::{Value, json};

use super::Words;
use super::story::Story;
use super::text::{escaped, plain};

pub use blocks::{BLOCKS_MAX, HEADER_MAX, SECTION_MAX};
pub use bot::{slack_reply, slack_root};
pub use buttons::{ACTION_ID_MAX, BUTTON_MAX, BUTTONS_MAX, VALUE_MAX};

/// The message for a Slack incoming webhook: at most ten blocks, and a text for places that show no blocks.
pub fn slack(notification: &Notification, words: &Words) -> Value {
    let story = Story::of(notification);
    let mut blocks = blocks::told(&story, words);
    blocks.push(blocks::footer(notification, &story));
    message(&story, words, &blocks)
}

fn message(story: &Story, words: &Words, blocks: &[Value]) -> Value {
    let text = words.title.clone();
    let text = text.unwrap_or_else(|| format!("{}. {}. Do now: {}", story.headline, story.happened, story.next));
    json!({
        "text": escaped(&plain(&text, SECTION_MAX)),
        "blocks": blocks,
        "unfurl_links": false,
        "unfurl_media": false,
    })
}

#[cfg(test)]
mod tests {
    use domain::event::{EventKind, IncidentEvent};
    use domain::notification::{ChannelKind, Secret, Template};
    use domain::sample;

    use super::*;
    use crate::message::template::words;

    #[test]
    fn a_teams_words_are_escaped_once() {
        let told = sample::notification(EventKind::IncidentOpened, "ops");
        let summary = "A & B <!channel>".to_owned();
        let event = IncidentEvent { summary, ..told.event.clone() };
        let told = Notification { event, ..told };
        let text = Some("{{ summary }}".to_owned());
        let template = Template { title: text.clone(), body: text };
        let kind = ChannelKind::Slack { url: Secret::Ssm("/slack".to_owned()) };
        let message = slack(&told, &words(&template, &kind, &told, told.event.at));
        assert_eq!(message["blocks"][0]["text"]["text"], "A & B <!channel>", "a header is plain text");
        assert_eq!(message["text"], "A &amp; B &lt;!channel&gt;");
        assert_eq!(message["blocks"][1]["text"]["text"], "A &amp; B &lt;!channel&gt;");
    }
}
