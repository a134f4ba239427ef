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

/// The message for a Slack incoming webhook: at most seven blocks, and a text for places that show no blocks.
pub fn slack(notification: &Notification, words: &Words) -> Value {
    let story = Story::of(notification);
    let mut blocks = blocks::told(notification, &story, words);
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
