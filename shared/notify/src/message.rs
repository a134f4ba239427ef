//! What is said, per vendor. Pure: the same notification gives the same message.

mod alerts;
mod change;
mod clock;
mod email;
mod labels;
mod links;
mod next;
mod opsgenie;
mod pagerduty;
mod related;
mod slack;
mod sms;
mod sns;
mod story;
mod teams;
pub mod template;
mod text;
mod webhook;

pub use change::change;
pub use email::{BODY_MAX, Mail, SUBJECT_MAX, email};
pub use labels::LABEL_VALUE_MAX;
pub use links::{ADDRESS_BYTES_MAX, LINKS_MAX};
pub use opsgenie::{DESCRIPTION_MAX, DETAILS_MAX, MESSAGE_MAX, NOTE_MAX, opsgenie};
pub use pagerduty::{DEDUP_KEY_MAX, EVENT_BYTES_MAX, SUMMARY_MAX, pagerduty};
pub use slack::{
    ACTION_ID_MAX, BLOCKS_MAX, BUTTON_MAX, BUTTONS_MAX, HEADER_MAX, SECTION_MAX, VALUE_MAX, slack, slack_reply,
    slack_root,
};
pub use sms::{PARTS_MAX, parts, sms};
pub use sns::{NOTICE_BYTES_MAX, NOTICE_SUBJECT_MAX, Notice, sns};
pub use teams::{ACTIONS_MAX, CARD_BYTES_MAX, teams};
pub use template::Words;
pub use webhook::{BODY_BYTES_MAX, LIST_MAX, webhook};
