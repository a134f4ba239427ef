//! Slack's Web API: one message per incident, edited, and a thread below it.
//!
//! Source: <https://docs.slack.dev/reference/methods/chat.postMessage>, <https://docs.slack.dev/reference/methods/chat.update>,
//! <https://docs.slack.dev/apis/web-api/rate-limits>.

use domain::notification::{Delivery, Notification, Secret, SlackId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Vendors, address_in, now, refused};
use crate::answer::{Answer, Vendor, judge, later, shown};
use crate::message::{self, Words};
use crate::secret::{Revealed, Secrets};

/// Bytes of an answer that are read: Slack repeats the message in it.
const ANSWER_BYTES_MAX: usize = 512 * 1024;
/// Error words that pass.
const PASSING: [&str; 8] = [
    "ratelimited",
    "rate_limited",
    "message_limit_exceeded",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
];
/// Error words that mean that the message to edit or to answer is no longer there for us: it is posted anew.
const GONE: [&str; 6] = [
    "message_not_found",
    "cant_update_message",
    "edit_window_closed",
    "thread_not_found",
    "cannot_reply_to_message",
    "restricted_action_thread_locked",
];

/// Whose bot writes where.
#[derive(Clone, Copy)]
pub(super) struct Bot<'a> {
    pub(super) token: &'a Secret,
    pub(super) channel: &'a SlackId,
    pub(super) url: &'a str,
    pub(super) buttons: bool,
}

/// What Slack calls a message: the channel, which for a member is another than what was written to, and its time.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Handle {
    channel: String,
    ts: String,
}

/// What the Web API says; HTTP's status is 200 for nearly all of it.
#[derive(Deserialize)]
struct Said {
    ok: bool,
    #[serde(default)]
    error: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    ts: String,
}

/// How a call ended.
enum Called {
    /// The message is there.
    Done(Handle),
    /// What it refers to is not.
    Gone,
    /// Nothing came of it.
    Not(Delivery),
}

impl Handle {
    fn parse(text: &str) -> Option<Self> {
        let (channel, ts) = text.split_once('/')?;
        Some(Self { channel: channel.to_owned(), ts: ts.to_owned() })
    }

    /// Whether it stands in a member's direct messages.
    fn is_direct(&self) -> bool {
        self.channel.starts_with('D')
    }

    fn accepted(&self, answer: &str) -> Delivery {
        Delivery::Accepted { answer: answer.to_owned(), handle: Some(format!("{}/{}", self.channel, self.ts)) }
    }
}

impl<S: Secrets> Vendors<S> {
    /// Edits the incident's message and says in its thread, or below it, what happened; posts it, if there is none. The edit comes
    /// first, since a try that fails after it can be repeated without anybody seeing anything twice.
    pub(super) async fn slack_bot(
        &self,
        notification: &Notification,
        words: &Words,
        bot: &Bot<'_>,
    ) -> Result<Delivery, Delivery> {
        let token = self.reveal(bot.token).await?;
        if !token.expose().starts_with("xox") {
            return Err(refused(format!("{} does not hold a token of Slack, which begins with xoxb-", bot.token)));
        }
        let root = message::slack_root(notification, words, bot.buttons);
        let Some(handle) = notification.follows.as_deref().and_then(Handle::parse) else {
            return Ok(self.post_root(bot, &token, root).await);
        };
        let mut edit = root.clone();
        edit["channel"] = json!(handle.channel);
        edit["ts"] = json!(handle.ts);
        match self.call(bot, &token, "chat.update", &edit).await {
            Called::Done(_) => {}
            Called::Gone => return Ok(self.post_root(bot, &token, root).await),
            Called::Not(delivery) => return Ok(delivery),
        }
        let mut reply = message::slack_reply(notification);
        reply["channel"] = json!(handle.channel);
        // Between two, a message of its own rings, and one in a thread need not.
        let apart =
            handle.is_direct() && reply.as_object_mut().is_some_and(|it| it.remove("reply_broadcast").is_some());
        if !apart {
            reply["thread_ts"] = json!(handle.ts);
        }
        match self.call(bot, &token, "chat.postMessage", &reply).await {
            Called::Done(_) => Ok(handle.accepted("200 ok, edited and answered")),
            Called::Gone => Ok(self.post_root(bot, &token, root).await),
            Called::Not(delivery) => Ok(delivery),
        }
    }

    async fn post_root(&self, bot: &Bot<'_>, token: &Revealed, mut root: Value) -> Delivery {
        root["channel"] = json!(bot.channel);
        match self.call(bot, token, "chat.postMessage", &root).await {
            Called::Done(handle) => handle.accepted("200 ok, posted"),
            Called::Gone => refused("200 a message that refers to no other is refused as if it did".to_owned()),
            Called::Not(delivery) => delivery,
        }
    }

    async fn call(&self, bot: &Bot<'_>, token: &Revealed, method: &str, body: &Value) -> Called {
        let address = format!("{}/{method}", bot.url.trim_end_matches('/'));
        let address = match address_in(&address, "the channel's url") {
            Ok(address) => address,
            Err(delivery) => return Called::Not(delivery),
        };
        let headers = [("authorization", format!("Bearer {}", token.expose()))];
        let body = body.to_string().into_bytes();
        match self.send(address, &headers, body, token, ANSWER_BYTES_MAX).await {
            Ok(answer) => understood(&answer, now()),
            Err(delivery) => Called::Not(delivery),
        }
    }
}

/// What an answer of the Web API means.
fn understood(answer: &Answer, now: i64) -> Called {
    let said = match serde_json::from_str::<Said>(&answer.body) {
        Ok(said) if answer.status == 200 => said,
        // A proxy's page, say: 200 alone is not Slack's word that it took the message.
        _ if answer.status == 200 => return Called::Not(refused(shown(answer.status, &answer.body))),
        _ => return Called::Not(judge(Vendor::Webhook, answer, now)),
    };
    match said {
        Said { ok: true, channel, ts, .. } if !channel.is_empty() && !ts.is_empty() => {
            Called::Done(Handle { channel, ts })
        }
        Said { ok: true, .. } => Called::Not(refused("200 ok, without channel and ts".to_owned())),
        Said { error, .. } if GONE.contains(&error.as_str()) => Called::Gone,
        Said { error, .. } if PASSING.contains(&error.as_str()) => {
            Called::Not(later(answer, &shown(answer.status, &error), now))
        }
        Said { error, .. } => Called::Not(refused(shown(answer.status, &error))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_mean_what_slack_says() {
        let check = |status: u16, body: &str, expected: &str| {
            let answer = Answer { status, retry_after: Some("7".to_owned()), body: body.to_owned() };
            let meant = match understood(&answer, 0) {
                Called::Done(handle) => format!("done {}/{}", handle.channel, handle.ts),
                Called::Gone => "gone".to_owned(),
                Called::Not(Delivery::Refused { answer }) => format!("refused {answer}"),
                Called::Not(Delivery::TryLater { reason, after_seconds }) => {
                    format!("later {reason} {after_seconds:?}")
                }
                Called::Not(Delivery::Accepted { .. }) => "accepted".to_owned(),
            };
            assert_eq!(meant, expected, "{status} {body}");
        };
        let error = |word: &str| format!(r#"{{"ok":false,"error":"{word}"}}"#);
        check(200, r#"{"ok":true,"channel":"C1","ts":"1.2","message":{}}"#, "done C1/1.2");
        check(200, r#"{"ok":true}"#, "refused 200 ok, without channel and ts");
        check(200, &error("message_not_found"), "gone");
        check(200, &error("cant_update_message"), "gone");
        check(200, &error("channel_not_found"), "refused 200 channel_not_found");
        check(200, &error("not_in_channel"), "refused 200 not_in_channel");
        check(200, &error("invalid_auth"), "refused 200 invalid_auth");
        check(200, &error("msg_too_long"), "refused 200 msg_too_long");
        check(200, &error("a_new_word"), "refused 200 a_new_word");
        check(200, &error("ratelimited"), "later answered 200 ratelimited Some(7)");
        check(429, &error("ratelimited"), r#"later answered 429 {"ok":false,"error":"ratelimited"} Some(7)"#);
        check(200, &error("internal_error"), "later answered 200 internal_error Some(7)");
        check(503, "<html>", "later answered 503 <html> Some(7)");
        check(200, "<html>", "refused 200 <html>");
        check(302, "", "refused 302 (redirects are not followed)");
    }
}
