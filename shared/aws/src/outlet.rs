use aws_sdk_sns::types::MessageAttributeValue;
use aws_smithy_types::byte_stream::ByteStream;
use domain::deployment::DeploymentEvent;
use domain::event::IncidentEvent;
use domain::monitor::Category;
use domain::units::Span;
use engine::port::{Outlet, PortError, Wake};

use crate::aws::Aws;
use crate::calls::Service;
use crate::fault::port_error;
use crate::samples::shortened;
use crate::wakes::{DELAY_SECONDS_MAX, WakeMessage};

/// The longest message, in bytes, attributes included. Source: SNS quotas.
pub const MESSAGE_BYTES_MAX: usize = 256 * 1024;
/// The longest summary that goes out, in characters; the incident holds all of it.
pub const SUMMARY_CHARS_MAX: usize = 4096;

/// Actions: `sns:Publish` on both topics (`publish`, `announce`; with a KMS key of one's own also `kms:GenerateDataKey` and
/// `kms:Decrypt`), `sqs:SendMessage` (`wake`), `s3:PutObject` (`archive`).
impl Outlet for Aws {
    async fn publish(&self, event: &IncidentEvent) -> Result<(), PortError> {
        self.tell(event.category, message(event)?, &attributes(event)).await
    }

    async fn announce(&self, event: &DeploymentEvent) -> Result<(), PortError> {
        let text = serde_json::to_string(event).expect("it has only texts and a number");
        let category = DeploymentEvent::CATEGORY;
        let attributes =
            [("kind", event.kind.as_str()), ("service", event.service.as_str()), ("category", category.as_str())];
        self.tell(category, text, &attributes).await
    }

    async fn wake(&self, wake: &Wake, after: Span) -> Result<(), PortError> {
        let body = serde_json::to_string(&WakeMessage::of(wake)).expect("it has only a number and a text");
        let delay = i32::try_from(after.seconds().min(DELAY_SECONDS_MAX)).expect("it is at most 900");
        let queue = &self.settings.wakes_url;
        self.calls.count(Service::Sqs);
        let request = self.sqs().send_message().queue_url(queue).message_body(body).delay_seconds(delay);
        request.send().await.map(|_| ()).map_err(port_error(Service::Sqs))
    }

    async fn archive(&self, key: &str, content_type: &str, body: Vec<u8>) -> Result<(), PortError> {
        self.calls.count(Service::S3);
        self.s3()
            .put_object()
            .bucket(&self.settings.bucket)
            .key(key)
            .content_type(content_type)
            .body(ByteStream::from(body))
            .send()
            .await
            .map(|_| ())
            .map_err(port_error(Service::S3))
    }
}

impl Aws {
    /// Publishes on the topic of a category.
    async fn tell(
        &self,
        category: Category,
        message: String,
        attributes: &[(&'static str, &str)],
    ) -> Result<(), PortError> {
        let topic = match category {
            Category::Technical => &self.settings.topic_technical,
            Category::Business => &self.settings.topic_business,
        };
        let mut request = self.sns().publish().topic_arn(topic).message(message);
        for (name, value) in attributes {
            let value = MessageAttributeValue::builder().data_type("String").string_value(*value);
            let value = value.build().expect("the type is set");
            request = request.message_attributes(*name, value);
        }
        self.calls.count(Service::Sns);
        request.send().await.map(|_| ()).map_err(port_error(Service::Sns))
    }
}

/// What subscribers filter by.
fn attributes(event: &IncidentEvent) -> [(&'static str, &str); 4] {
    [
        ("kind", event.kind.as_str()),
        ("severity", event.severity.as_str()),
        ("service", event.service.as_str()),
        ("category", event.category.as_str()),
    ]
}

/// The event as JSON, small enough for SNS.
fn message(event: &IncidentEvent) -> Result<String, PortError> {
    let denied = |detail: String| PortError::Denied { service: Service::Sns.as_str(), detail };
    let mut event = event.clone();
    event.summary = shortened(&event.summary, SUMMARY_CHARS_MAX);
    let message = serde_json::to_string(&event).map_err(|error| denied(error.to_string()))?;
    let bytes = attributes(&event).iter().map(|(name, value)| name.len() + "String".len() + value.len()).sum::<usize>()
        + message.len();
    if bytes > MESSAGE_BYTES_MAX {
        return Err(denied(format!("a message of {bytes} bytes is above {MESSAGE_BYTES_MAX}")));
    }
    Ok(message)
}

#[cfg(test)]
mod tests {
    use domain::event::{EVENT_VERSION, EventKind};
    use domain::id::{EventId, IncidentId};
    use domain::incident::Severity;
    use domain::units::Time;

    use super::*;

    fn event(summary: &str, id_bytes: usize) -> IncidentEvent {
        IncidentEvent {
            by_alert: false,
            worse_than: None,
            telling: None,
            version: EVENT_VERSION,
            id: EventId::given("x".repeat(id_bytes)),
            kind: EventKind::IncidentOpened,
            at: Time::from_epoch(0),
            incident: IncidentId::derive(&["a"]),
            service: "shop".parse().unwrap(),
            severity: Severity::Sev2,
            category: Category::Technical,
            summary: summary.to_owned(),
            action: None,
            notification: None,
        }
    }

    #[test]
    fn a_message_is_the_event_and_its_summary_is_cut() {
        for summary in ["error rate 15 %", &"x".repeat(SUMMARY_CHARS_MAX)] {
            let text = message(&event(summary, 8)).unwrap();
            assert_eq!(serde_json::from_str::<IncidentEvent>(&text).unwrap(), event(summary, 8));
        }
        let text = message(&event(&"\u{1f514}".repeat(MESSAGE_BYTES_MAX), 8)).unwrap();
        let cut: IncidentEvent = serde_json::from_str(&text).unwrap();
        assert_eq!(cut.summary.chars().count(), SUMMARY_CHARS_MAX);
        assert!(cut.summary.ends_with('…'));
    }

    #[test]
    fn a_message_above_the_limit_is_refused() {
        let attributes: usize = attributes(&event("", 0)).iter().map(|(n, v)| n.len() + 6 + v.len()).sum();
        let spare = MESSAGE_BYTES_MAX - attributes - message(&event("", 0)).unwrap().len();
        assert!(message(&event("", spare)).is_ok());
        assert!(matches!(message(&event("", spare + 1)), Err(PortError::Denied { .. })));
    }
}
