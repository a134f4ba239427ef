//! The messages of a workspace of Slack, as its Web API keeps them: `chat.postMessage` and `chat.update`.
//!
//! Sources: <https://docs.slack.dev/reference/methods/chat.postMessage>, <https://docs.slack.dev/reference/methods/chat.update>.

use serde::Serialize;
use serde_json::{Value, json};

/// Fields of a message, in either method.
const FIELDS: [&str; 11] = [
    "channel",
    "text",
    "blocks",
    "attachments",
    "ts",
    "thread_ts",
    "reply_broadcast",
    "unfurl_links",
    "unfurl_media",
    "metadata",
    "link_names",
];

/// One message as people see it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Posted {
    /// Where it is: for a member, their direct messages.
    pub channel: String,
    /// Its name there.
    pub ts: String,
    /// The message whose thread it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread_ts: Option<String>,
    /// How often it was edited.
    pub edits: usize,
    /// As it reads now.
    pub body: Value,
}

/// All messages, the oldest first.
#[derive(Default)]
pub(in crate::receiver) struct Workspace {
    pub(in crate::receiver) messages: Vec<Posted>,
}

impl Workspace {
    /// Takes a call of `method` with a sound `body`; the answer's body, which carries the outcome.
    pub(in crate::receiver) fn take(&mut self, method: &str, body: &Value) -> Value {
        let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (channel, ts, thread) = (conversation(&text("channel")), text("ts"), text("thread_ts"));
        if method == "chat.update" {
            let known = self.messages.iter_mut().find(|posted| posted.channel == channel && posted.ts == ts);
            let Some(posted) = known else { return json!({"ok": false, "error": "message_not_found"}) };
            posted.body.clone_from(body);
            posted.edits += 1;
            return json!({"ok": true, "channel": channel, "ts": ts, "text": text("text"), "message": body});
        }
        let in_thread = (!thread.is_empty()).then_some(thread);
        let is_there = |ts: &String| self.messages.iter().any(|posted| posted.channel == channel && &posted.ts == ts);
        if in_thread.as_ref().is_some_and(|ts| !is_there(ts)) {
            return json!({"ok": false, "error": "thread_not_found"});
        }
        let ts = format!("1769868180.{:06}", self.messages.len() + 1);
        self.messages.push(Posted {
            channel: channel.clone(),
            ts: ts.clone(),
            thread_ts: in_thread,
            edits: 0,
            body: body.clone(),
        });
        json!({"ok": true, "channel": channel, "ts": ts, "message": body})
    }

    /// Forgets all messages, as a retention rule does.
    pub(in crate::receiver) fn clear(&mut self) {
        self.messages.clear();
    }
}

/// What Slack would not accept in a call of `method`, beside what it would not accept in any message.
pub fn call_problems(method: &str, body: &Value, authorization: Option<&str>) -> Vec<String> {
    let mut found = Vec::new();
    if !authorization.is_some_and(|header| header.starts_with("Bearer xoxb-")) {
        found.push("not_authed: the header Authorization holds no token of a bot".to_owned());
    }
    let Some(message) = body.as_object() else { return vec!["invalid_json: not an object".to_owned()] };
    let channel = message.get("channel").and_then(Value::as_str).unwrap_or_default();
    if !channel.starts_with(['C', 'G', 'D', 'U', 'W']) {
        found.push(format!("channel_not_found: {channel:?}"));
    }
    match method {
        "chat.postMessage" => {
            if message.contains_key("ts") {
                found.push("invalid_arguments: a new message has no ts".to_owned());
            }
            if message.contains_key("reply_broadcast") && !message.contains_key("thread_ts") {
                found.push("invalid_arguments: reply_broadcast without thread_ts".to_owned());
            }
        }
        "chat.update" => {
            if message.get("ts").and_then(Value::as_str).is_none_or(str::is_empty) {
                found.push("invalid_arguments: ts is missing".to_owned());
            }
            if channel.starts_with(['U', 'W']) {
                found.push("channel_not_found: a member's messages are edited in their D channel".to_owned());
            }
        }
        _ => found.push(format!("unknown_method: {method}")),
    }
    let others = message.keys().filter(|key| !FIELDS.contains(&key.as_str()));
    found.extend(others.map(|key| format!("invalid_arguments: {key:?} is not an argument")));
    found
}

/// A member's messages lie in a channel of their own.
fn conversation(channel: &str) -> String {
    match channel.strip_prefix(['U', 'W']) {
        Some(rest) => format!("D{rest}"),
        None => channel.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_posted_edited_and_answered() {
        let mut workspace = Workspace::default();
        let mut check = |method: &str, body: Value, expected: &str| {
            let said = workspace.take(method, &body).to_string();
            assert!(said.contains(expected), "{method} {body}: {said}");
        };
        check("chat.postMessage", json!({"channel": "C1", "text": "a"}), "1769868180.000001");
        check("chat.update", json!({"channel": "C1", "ts": "1769868180.000001", "text": "b"}), "\"ok\":true");
        check("chat.update", json!({"channel": "C2", "ts": "1769868180.000001", "text": "b"}), "message_not_found");
        check("chat.postMessage", json!({"channel": "C1", "thread_ts": "9", "text": "b"}), "thread_not_found");
        check("chat.postMessage", json!({"channel": "U7", "text": "b"}), "\"channel\":\"D7\"");
        assert_eq!((workspace.messages.len(), workspace.messages[0].edits), (2, 1));
    }

    #[test]
    fn calls_are_judged() {
        let check = |method: &str, body: Value, expected: &str| {
            let found = call_problems(method, &body, Some("Bearer xoxb-1")).join("; ");
            assert!(if expected.is_empty() { found.is_empty() } else { found.contains(expected) }, "{body}: {found}");
        };
        check("chat.postMessage", json!({"channel": "C1", "text": "a"}), "");
        check("chat.postMessage", json!({"channel": "#ops", "text": "a"}), "channel_not_found");
        check("chat.postMessage", json!({"channel": "C1", "reply_broadcast": true}), "without thread_ts");
        check("chat.postMessage", json!({"channel": "C1", "colour": 1}), "not an argument");
        check("chat.update", json!({"channel": "C1", "text": "a"}), "ts is missing");
        check("chat.update", json!({"channel": "U1", "ts": "1", "text": "a"}), "D channel");
        check("chat.delete", json!({"channel": "C1"}), "unknown_method");
        assert_eq!(call_problems("chat.postMessage", &json!({"channel": "C1"}), None).len(), 1);
    }
}
