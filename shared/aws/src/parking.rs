use aws_sdk_sqs::types::MessageAttributeValue;
use domain::units::Time;
use engine::port::{Outlet, PortError};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::aws::Aws;
use crate::calls::Service;
use crate::fault::port_error;
use crate::samples::shortened;

/// The largest payload that is parked in the queue itself, in bytes: 256 KiB, the smallest limit that a queue of SQS
/// has had, less room for the attributes.
pub const PARKED_INLINE_BYTES_MAX: usize = 256 * 1024 - ATTRIBUTES_BYTES_MAX;
/// Names, types and values of the three attributes.
const ATTRIBUTES_BYTES_MAX: usize = 4 * 1024;
/// The longest reason, in characters of at most four bytes.
const REASON_CHARS_MAX: usize = 900;

/// Where a payload was parked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Parked {
    /// In the queue, as it was.
    Queue,
    /// In the bucket under this key, as it was; the queue holds a message that says so.
    Bucket(String),
}

/// The message in place of a payload that does not fit the queue.
#[derive(Debug, Serialize)]
struct Elsewhere<'a> {
    bucket: &'a str,
    key: &'a str,
    bytes: usize,
}

impl Aws {
    /// Parks a payload that cannot be used in the function's own dead-letter queue, with the attributes `reason`,
    /// `function` and `at`. What SQS does not take as it is (too large, empty, not text) goes to the bucket under
    /// `parked/`, named by its hash, so that nothing is lost and a redelivery writes the same object.
    ///
    /// Actions: `sqs:SendMessage`, `s3:PutObject` on `parked/*`.
    ///
    /// # Errors
    /// When SQS or S3 does not take it; the caller then lets the event be delivered again.
    pub async fn park(&self, payload: &[u8], reason: &str, now: Time) -> Result<Parked, PortError> {
        let function = &self.settings.function;
        let (body, parked) = if let Some(text) = inline(payload) {
            (text.to_owned(), Parked::Queue)
        } else {
            let key = key(function, payload);
            self.archive(&key, "application/octet-stream", payload.to_vec()).await?;
            let elsewhere = Elsewhere { bucket: &self.settings.bucket, key: &key, bytes: payload.len() };
            let body = serde_json::to_string(&elsewhere).expect("it has only strings and a number");
            (body, Parked::Bucket(key))
        };
        let queue = &self.settings.parked_queue_url;
        let mut request = self.sqs().send_message().queue_url(queue).message_body(body);
        for (name, value) in
            [("reason", reason_text(reason)), ("function", reason_text(function)), ("at", now.to_string())]
        {
            let value = MessageAttributeValue::builder().data_type("String").string_value(value);
            request = request.message_attributes(name, value.build().expect("the type is set"));
        }
        self.calls.count(Service::Sqs);
        request.send().await.map_err(port_error(Service::Sqs))?;
        Ok(parked)
    }
}

/// The payload as a message, if SQS takes it unchanged.
fn inline(payload: &[u8]) -> Option<&str> {
    std::str::from_utf8(payload)
        .ok()
        .filter(|text| !text.is_empty() && text.len() <= PARKED_INLINE_BYTES_MAX && text.chars().all(is_message_char))
}

/// Source: SQS API reference, `SendMessage`, `MessageBody`.
fn is_message_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// A reason that SQS takes as an attribute.
fn reason_text(reason: &str) -> String {
    let text: String =
        shortened(reason, REASON_CHARS_MAX).chars().map(|c| if is_message_char(c) { c } else { '\u{fffd}' }).collect();
    if text.is_empty() { "-".to_owned() } else { text }
}

fn key(function: &str, payload: &[u8]) -> String {
    let hash = Sha256::digest(payload);
    let name = u128::from_be_bytes(*hash.first_chunk().expect("a hash has 32 bytes"));
    format!("parked/{function}/{name:032x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(payload: &[u8], expected: bool) {
        assert_eq!(inline(payload).is_some(), expected, "{} bytes", payload.len());
    }

    #[test]
    fn only_what_the_queue_keeps_unchanged_goes_there() {
        check(b"{\"a\": 1}\n", true);
        check("\u{1f514} {".as_bytes(), true);
        check(b"", false);
        check(b"\x00", false);
        check("\u{ffff}".as_bytes(), false);
        check(b"\xff\xfe", false);
        check(&vec![b'x'; PARKED_INLINE_BYTES_MAX], true);
        check(&vec![b'x'; PARKED_INLINE_BYTES_MAX + 1], false);
    }

    #[test]
    fn attributes_fit_their_room() {
        let reason = reason_text(&"\u{1f514}".repeat(REASON_CHARS_MAX * 2));
        let names = "reasonfunctionat".len() + 3 * "String".len();
        let function = "incident-response".len();
        let at = Time::from_epoch(1_700_000_000).to_string().len();
        assert!(reason.len() + names + function + at <= ATTRIBUTES_BYTES_MAX);
        assert_eq!(reason_text(""), "-");
        assert_eq!(reason_text("a\u{0}b"), "a b");
    }

    #[test]
    fn the_same_payload_has_the_same_key() {
        assert_eq!(key("ingest", b"a"), key("ingest", b"a"));
        assert_ne!(key("ingest", b"a"), key("ingest", b"b"));
        assert!(key("ingest", b"a").starts_with("parked/ingest/"));
    }
}
