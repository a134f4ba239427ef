//! What is said, per vendor. Pure: the same notification gives the same message.

mod next;
mod pagerduty;
mod slack;
mod story;
mod text;
mod webhook;

pub use pagerduty::{DEDUP_KEY_MAX, EVENT_BYTES_MAX, SUMMARY_MAX, pagerduty};
pub use slack::{
    ACTION_ID_MAX, BLOCKS_MAX, BUTTON_MAX, BUTTONS_MAX, HEADER_MAX, SECTION_MAX, VALUE_MAX, slack, slack_reply,
    slack_root,
};
pub use webhook::{BODY_BYTES_MAX, LIST_MAX, webhook};
