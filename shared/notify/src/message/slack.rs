//! Slack's Block Kit. Source: <https://docs.slack.dev/reference/block-kit>.

mod blocks;
mod bot;
mod buttons;

use domain::notification::Notification;
use serde_json::{Value, json};

use super::story::Story;
use super::text::{escaped, plain};

pub use blocks::{BLOCKS_MAX, HEADER_MAX, SECTION_MAX};
pub use bot::{slack_reply, slack_root};
pub use buttons::{ACTION_ID_MAX, BUTTON_MAX, BUTTONS_MAX, VALUE_MAX};

/// The message for a Slack incoming webhook: at most seven blocks, and a text for places that show no blocks.
pub fn slack(notification: &Notification) -> Value {
    let story = Story::of(notification);
    let mut blocks = blocks::told(notification, &story);
    blocks.push(blocks::footer(notification, &story));
    message(&story, &blocks)
}

fn message(story: &Story, blocks: &[Value]) -> Value {
    let text = format!("{}. {}. Do now: {}", story.headline, story.happened, story.next);
    json!({
        "text": escaped(&plain(&text, SECTION_MAX)),
        "blocks": blocks,
        "unfurl_links": false,
        "unfurl_media": false,
    })
}
