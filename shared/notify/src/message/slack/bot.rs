use domain::event::EventKind;
use domain::notification::Notification;
use domain::response::ActionState;
use serde_json::{Value, json};

use super::blocks::{self, SECTION_MAX, context, section};
use super::{buttons, message};
use crate::message::Words;
use crate::message::story::{Means, Story};
use crate::message::text::{escaped, plain};

/// The one message of an incident, as it stands at this event; with `with_buttons` people can act from it. It is
/// posted once and edited from then on, so it says how things are, not what happened last.
pub fn slack_root(notification: &Notification, words: &Words, with_buttons: bool) -> Value {
    let means = if with_buttons { Means::Buttons } else { Means::Api };
    let story = Story::standing(notification, means);
    let mut blocks = blocks::told(&story, words);
    if with_buttons {
        blocks.extend(buttons::blocks(&notification.incident));
    }
    blocks.push(blocks::footer(notification, &story));
    message(&story, words, &blocks)
}

/// What just happened, for the thread below the one message. An edit rings nobody, so what somebody must look at, a call
/// before all, is shown in the channel as well.
pub fn slack_reply(notification: &Notification) -> Value {
    let story = Story::of(notification);
    let words = [
        format!("{} *{}*", story.marker, escaped(&story.headline)),
        escaped(&story.happened),
        format!("*Do now:* {}", escaped(&story.next)),
    ];
    let at = blocks::local(notification.event.at);
    let about = format!("{}{} · {at}", blocks::take(&story), notification.event.kind);
    let text = format!("{} {}. {}", story.marker, story.headline, story.happened);
    let mut reply = json!({
        "text": escaped(&plain(&text, SECTION_MAX)),
        "blocks": [section(&words), context(&about)],
        "unfurl_links": false,
        "unfurl_media": false,
    });
    if must_be_seen(notification) {
        reply["reply_broadcast"] = json!(true);
    }
    reply
}

fn must_be_seen(notification: &Notification) -> bool {
    let about = |action: &&domain::response::Action| Some(&action.id) == notification.event.action.as_ref();
    match notification.event.kind {
        // Only a call follows an earlier message with it.
        EventKind::IncidentOpened => notification.page.is_some(),
        EventKind::IncidentReopened | EventKind::IncidentUpdated | EventKind::ActionFailed => true,
        EventKind::ActionPlanned => {
            let action = notification.incident.actions.iter().find(about);
            action.is_some_and(|action| action.state == ActionState::AwaitingApproval)
        }
        _ => false,
    }
}
