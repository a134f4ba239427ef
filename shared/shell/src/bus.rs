use domain::deployment::{DeploymentEvent, DeploymentEventKind};
use domain::event::{EVENT_VERSION, IncidentEvent};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::Failure;
use crate::invocation::parse;

/// One message that SNS delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its body.
    pub body: String,
    /// When SNS took it, RFC 3339; absent in hand-made events.
    pub timestamp: Option<String>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    #[serde(rename = "Sns")]
    sns: Sns,
}

#[derive(Deserialize)]
struct Sns {
    #[serde(rename = "Message")]
    message: String,
    #[serde(rename = "Timestamp")]
    timestamp: Option<String>,
}

/// The messages of an SNS event.
///
/// # Errors
/// [`Failure::Park`] when it is no SNS event.
pub fn messages(payload: &str) -> Result<Vec<Message>, Failure> {
    let event: Event = parse(payload, "the SNS event")?;
    if event.records.is_empty() {
        return Err(Failure::Park("the SNS event has no records".to_owned()));
    }
    let message = |record: Record| Message { body: record.sns.message, timestamp: record.sns.timestamp };
    Ok(event.records.into_iter().map(message).collect())
}

/// What a message is about.
#[derive(Debug, Clone, PartialEq)]
pub enum About {
    /// An incident.
    Incident(Box<IncidentEvent>),
    /// A deployment that a channel is to be told of.
    Deployment(DeploymentEvent),
}

/// The message, as an event about an incident or a deployment.
///
/// # Errors
/// [`Failure::Park`] as [`incident_event`].
pub fn about(message: &Message) -> Result<About, Failure> {
    #[derive(Deserialize)]
    struct Kind {
        #[serde(default)]
        kind: String,
    }
    let Kind { kind } = parse(&message.body, "the message")?;
    if kind == DeploymentEventKind::Due.as_str() {
        return versioned(message).map(About::Deployment);
    }
    incident_event(message).map(|event| About::Incident(Box::new(event)))
}

/// The message as an event about an incident.
///
/// # Errors
/// [`Failure::Park`] when it is none, or of a version that this build does not read.
pub fn incident_event(message: &Message) -> Result<IncidentEvent, Failure> {
    versioned(message)
}

fn versioned<T: DeserializeOwned>(message: &Message) -> Result<T, Failure> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let Versioned { version } = parse(&message.body, "the message")?;
    if version != EVENT_VERSION {
        return Err(Failure::Park(format!("the message has version {version}; this function reads {EVENT_VERSION}")));
    }
    parse(&message.body, "the message")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(payload: &str, expected: &str) {
        let result =
            messages(payload).and_then(|messages| messages.iter().map(incident_event).collect::<Result<Vec<_>, _>>());
        match result {
            Err(Failure::Park(reason)) => assert!(reason.contains(expected), "{payload}: {reason}"),
            other => panic!("{payload}: {other:?}"),
        }
    }

    #[test]
    fn what_a_message_is_about_is_said_by_its_kind() {
        let of = |body: &str| about(&Message { body: body.to_owned(), timestamp: None });
        let due = r#"{"version":1,"kind":"deployment.due","at":"2026-01-31T14:02:00Z","deployment":"dep-1","service":"shop","channel":"pager"}"#;
        assert!(matches!(of(due), Ok(About::Deployment(event)) if event.channel.as_str() == "pager"));
        for (body, expected) in [
            (due.replace("\"version\":1", "\"version\":2"), "version 2; this function reads 1"),
            (due.replace("pager", "no pager"), "the message"),
            (due.replace("deployment.due", "incident.opened"), "missing field `id`"),
        ] {
            let Err(Failure::Park(reason)) = of(&body) else { panic!("{body}") };
            assert!(reason.contains(expected), "{body}: {reason}");
        }
    }

    #[test]
    fn bad_payloads_are_parked_with_the_reason() {
        check("", "the SNS event is not JSON");
        check("{", "the SNS event is not JSON");
        check("[]", "the SNS event has the wrong shape");
        check("{}", "missing field `Records`");
        check(r#"{"Records":[]}"#, "has no records");
        check(r#"{"Records":[{}]}"#, "missing field `Sns`");
        check(r#"{"Records":[{"Sns":{"Message":"hello"}}]}"#, "the message is not JSON");
        check(r#"{"Records":[{"Sns":{"Message":"{}"}}]}"#, "missing field `version`");
        check(r#"{"Records":[{"Sns":{"Message":"{\"version\":9}"}}]}"#, "version 9; this function reads 1");
        check(r#"{"Records":[{"Sns":{"Message":"{\"version\":1}"}}]}"#, "missing field `id`");
        check(&format!("{}{}", "[".repeat(5000), "]".repeat(5000)), "the SNS event");
        check(&format!("{}1{}", r#"{"a":"#.repeat(5000), "}".repeat(5000)), "the SNS event");
        check(&format!(r#"{{"Records":[{{"Sns":{{"Message":"{}"}}}}]}}"#, "x".repeat(10_000_000)), "not JSON");
    }
}
