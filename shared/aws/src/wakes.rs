use engine::port::Wake;
use serde::{Deserialize, Serialize};

/// The layout of a wake's message; whoever reads another one parks it.
pub const WAKE_VERSION: u32 = 1;
/// The longest that a queue holds a message back, in seconds. Source: SQS API reference, `SendMessage`, `DelaySeconds`.
pub const DELAY_SECONDS_MAX: u32 = 900;

/// A wake as it lies in the queue: `{"version":1,"group":"grp-..."}`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WakeMessage {
    /// Its layout, [`WAKE_VERSION`].
    pub version: u32,
    /// What is to be woken.
    #[serde(flatten)]
    pub wake: Wake,
}

impl WakeMessage {
    /// The wake in the present layout.
    pub fn of(wake: &Wake) -> Self {
        Self { version: WAKE_VERSION, wake: wake.clone() }
    }
}

#[cfg(test)]
mod tests {
    use domain::id::{DrillId, GroupId, IncidentId};
    use domain::units::Span;
    use engine::port::Outlet;
    use serde_json::Value;

    use super::*;
    use crate::aws::{Aws, Settings};
    use crate::wire::Wire;

    #[test]
    fn a_wake_names_one_thing() {
        for (wake, text) in [
            (Wake::Group(GroupId::given("grp-1")), r#"{"version":1,"group":"grp-1"}"#),
            (Wake::Incident(IncidentId::given("inc-1")), r#"{"version":1,"incident":"inc-1"}"#),
            (Wake::Drill(DrillId::given("drl-1")), r#"{"version":1,"drill":"drl-1"}"#),
        ] {
            assert_eq!(serde_json::to_string(&WakeMessage::of(&wake)).unwrap(), text);
            assert_eq!(serde_json::from_str::<WakeMessage>(text).unwrap(), WakeMessage::of(&wake));
        }
    }

    #[tokio::test]
    async fn a_wake_is_held_back_no_longer_than_a_queue_can() {
        let wire = Wire::of([(200, "application/x-amz-json-1.0", br#"{"MessageId":"1"}"#.to_vec())]);
        let settings = Settings { wakes_url: "https://sqs.example/wakes".to_owned(), ..Settings::default() };
        let aws = Aws::new(wire.config(), settings);
        for (after, expected) in [(0, 0), (30, 30), (900, 900), (901, 900), (86_400, 900)] {
            aws.wake(&Wake::Group(GroupId::given("grp-1")), Span::from_seconds(after)).await.unwrap();
            let (_, body) = wire.requests().pop().unwrap();
            let sent: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(sent["DelaySeconds"], expected, "{after} s");
            assert_eq!(sent["QueueUrl"], "https://sqs.example/wakes");
            assert_eq!(sent["MessageBody"], r#"{"version":1,"group":"grp-1"}"#);
        }
    }
}
