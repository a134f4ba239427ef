use aws::{WAKE_VERSION, WakeMessage};
use engine::port::Wake;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::invocation::parse;
use crate::run::parked;
use crate::{Answer, Failure, Function, Invocation, Metric, Record};

/// One message that SQS handed over.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Delivery {
    /// SQS's id of it.
    #[serde(rename = "messageId")]
    pub id: String,
    /// Its body.
    pub body: String,
}

#[derive(Deserialize)]
struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Delivery>,
}

/// The messages of an SQS event; `None` for anything that has no records.
///
/// # Errors
/// [`Failure::Park`] when it is no JSON, or has records that are not SQS's.
pub fn deliveries(invocation: &Invocation) -> Result<Option<Vec<Delivery>>, Failure> {
    let payload: Value = invocation.parse()?;
    if payload.get("Records").is_none() {
        return Ok(None);
    }
    let batch: Batch = parse(&invocation.payload, "the SQS event")?;
    if batch.records.is_empty() {
        return Err(Failure::Park("the SQS event has no records".to_owned()));
    }
    Ok(Some(batch.records))
}

/// What the body of a message says is to be woken.
///
/// # Errors
/// [`Failure::Park`] when it says nothing of the kind, or in a layout that this build does not read.
pub fn wake(body: &str) -> Result<Wake, Failure> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let Versioned { version } = parse(body, "the wake")?;
    if version != WAKE_VERSION {
        return Err(Failure::Park(format!("the wake has version {version}; this function reads {WAKE_VERSION}")));
    }
    let message: WakeMessage = parse(body, "the wake")?;
    Ok(message.wake)
}

/// Does `act` with each message, one after the other, and answers which were not done: SQS hands those over again, and
/// parks what fails too often. A message that can never be done is parked with the reason, and keeps out no other.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>
pub async fn each_delivery(
    function: &Function,
    invocation: &Invocation,
    deliveries: &[Delivery],
    act: impl AsyncFn(&str) -> Result<(), Failure>,
) -> Answer {
    let park = async |delivery: &Delivery, reason: String| {
        parked(function, &delivery.id, &delivery.body, reason).await.map(drop)
    };
    each(invocation, deliveries, act, park).await
}

async fn each(
    invocation: &Invocation,
    deliveries: &[Delivery],
    act: impl AsyncFn(&str) -> Result<(), Failure>,
    park: impl AsyncFn(&Delivery, String) -> Result<(), Failure>,
) -> Answer {
    let mut left = Vec::new();
    let mut parked_count = 0;
    for delivery in deliveries {
        let result = if invocation.budget().is_zero() {
            Err(Failure::Retry("there was no time left for it".to_owned()))
        } else {
            act(&delivery.body).await
        };
        let result = match result {
            Err(Failure::Park(reason)) => {
                let kept = park(delivery, reason).await;
                parked_count += usize::from(kept.is_ok());
                kept
            }
            other => other,
        };
        if let Err(error) = result {
            tracing::error!(request = invocation.request_id, delivery = delivery.id, %error, "A message was not done.");
            left.push(json!({ "itemIdentifier": delivery.id }));
        }
    }
    let mut record = Record::default();
    record.add(Metric::Woken, (deliveries.len() - left.len() - parked_count) as f64);
    record.add(Metric::Parked, parked_count as f64);
    record.add(Metric::Failed, left.len() as f64);
    Answer { body: json!({ "batchItemFailures": left }), record }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use domain::id::{DrillId, GroupId, IncidentId};

    use super::*;

    fn check(payload: &str, expected: Result<&[&str], &str>) {
        let invocation = Invocation::new(payload.to_owned(), String::new(), 0);
        match (deliveries(&invocation), expected) {
            (Ok(None), Ok([])) => {}
            (Ok(Some(found)), Ok(bodies)) => {
                assert_eq!(found.iter().map(|one| one.body.as_str()).collect::<Vec<_>>(), bodies, "{payload}");
            }
            (Err(Failure::Park(reason)), Err(words)) => assert!(reason.contains(words), "{payload}: {reason}"),
            (found, _) => panic!("{payload}: {found:?}"),
        }
    }

    #[test]
    fn a_batch_is_told_from_what_is_none() {
        check("{}", Ok(&[]));
        check(r#"{"version":1}"#, Ok(&[]));
        check("\"text\"", Ok(&[]));
        check(
            r#"{"Records":[{"messageId":"1","body":"a","attributes":{}},{"messageId":"2","body":"b"}]}"#,
            Ok(&["a", "b"]),
        );
        check("", Err("is not JSON"));
        check(r#"{"Records":[]}"#, Err("has no records"));
        check(r#"{"Records":7}"#, Err("the SQS event has the wrong shape"));
        check(r#"{"Records":[{"body":"a"}]}"#, Err("missing field `messageId`"));
        check(r#"{"Records":[{"messageId":"1","Sns":{}}]}"#, Err("missing field `body`"));
        check(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)), Err("the payload"));
    }

    /// What SQS is answered, with so much time left, where no place to park takes what has the id 5.
    fn answered(deadline_ms: u64) -> Value {
        let invocation = Invocation::new(String::new(), String::new(), deadline_ms);
        let of = |(id, body): (usize, &&str)| Delivery { id: id.to_string(), body: (*body).to_owned() };
        let batch: Vec<Delivery> =
            ["done", "later", "done", "broken", "bad", "bad", "done"].iter().enumerate().map(of).collect();
        let act = async |body: &str| match body {
            "later" => Err(Failure::Retry(body.to_owned())),
            "broken" => Err(Failure::Broken(body.to_owned())),
            "bad" => Err(Failure::Park(body.to_owned())),
            _ => Ok(()),
        };
        let park = async |delivery: &Delivery, reason: String| match delivery.id.as_str() {
            "5" => Err(Failure::Retry(reason)),
            _ => Ok(()),
        };
        let answer = pin!(each(&invocation, &batch, act, park));
        let Poll::Ready(answer) = answer.poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("it waits for nothing")
        };
        answer.body
    }

    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>
    #[test]
    fn of_a_batch_only_what_was_not_done_comes_again() {
        let left = |ids: &[&str]| {
            let ids: Vec<Value> = ids.iter().map(|id| json!({ "itemIdentifier": id })).collect();
            json!({ "batchItemFailures": ids })
        };
        assert_eq!(answered(4_000_000_000_000), left(&["1", "3", "5"]));
        assert_eq!(answered(0), left(&["0", "1", "2", "3", "4", "5", "6"]), "there was no time for any");
    }

    #[test]
    fn a_wake_is_read_or_refused_with_the_reason() {
        assert_eq!(wake(r#"{"version":1,"group":"grp-1"}"#), Ok(Wake::Group(GroupId::given("grp-1"))));
        assert_eq!(wake(r#"{"incident":"inc-1","version":1}"#), Ok(Wake::Incident(IncidentId::given("inc-1"))));
        assert_eq!(wake(r#"{"version":1,"drill":"drl-1"}"#), Ok(Wake::Drill(DrillId::given("drl-1"))));
        for (body, words) in [
            ("", "the wake is not JSON"),
            ("[]", "the wake has the wrong shape"),
            ("{}", "missing field `version`"),
            (r#"{"version":2,"group":"grp-1"}"#, "version 2; this function reads 1"),
            (r#"{"version":1}"#, "Wake"),
            (r#"{"version":1,"shard":"0"}"#, "Wake"),
            (r#"{"version":1,"group":7}"#, "invalid type"),
        ] {
            let Err(Failure::Park(reason)) = wake(body) else { panic!("{body} is taken") };
            assert!(reason.contains(words), "{body}: {reason}");
        }
    }
}
