use std::future::Future;

use lambda_runtime::tower::util::MapRequestLayer;
use lambda_runtime::{Diagnostic, LambdaEvent, LambdaInvocation, Runtime, service_fn};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::{Failure, Function, Invocation, Metric, Record, now};

/// What an invocation answers, and what it counted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answer {
    /// The answer.
    pub body: Value,
    /// Its numbers.
    pub record: Record,
}

/// Serves invocations with `handle` until Lambda ends the process.
///
/// A payload that `handle` cannot ever work on is parked, one that may work later is given back to its source. One
/// log line and one metric record are written per invocation; payloads are in neither.
///
/// # Errors
/// When the Runtime API cannot be reached.
pub async fn run<H, F>(function: &Function, handle: H) -> Result<(), lambda_runtime::Error>
where
    H: Fn(Invocation) -> F,
    F: Future<Output = Result<Answer, Failure>>,
{
    let serve = |event: LambdaEvent<Box<RawValue>>| async {
        let invocation = invocation(event);
        let payload = invocation.payload.clone();
        let request = invocation.request_id.clone();
        let result = handle(invocation).await;
        conclude(function, &request, payload, result).await
    };
    Runtime::new(service_fn(serve)).layer(MapRequestLayer::new(always_json)).run().await
}

fn invocation(event: LambdaEvent<Box<RawValue>>) -> Invocation {
    let (payload, context) = event.into_parts();
    Invocation::new(String::from(Box::<str>::from(payload)), context.request_id, context.deadline)
}

/// The runtime drops what is no JSON with an error of its own; as a JSON string it reaches the handler, which parks it.
fn always_json(mut invocation: LambdaInvocation) -> LambdaInvocation {
    if serde_json::from_slice::<&RawValue>(&invocation.body).is_err() {
        let text = String::from_utf8_lossy(&invocation.body);
        invocation.body = serde_json::to_vec(&text).unwrap_or_default().into();
    }
    invocation
}

async fn conclude(
    function: &Function,
    request: &str,
    payload: String,
    result: Result<Answer, Failure>,
) -> Result<Value, Diagnostic> {
    let (result, mut record) = match result {
        Ok(Answer { body, mut record }) => {
            record.add(Metric::Completed, 1.0);
            tracing::info!(request, answer = %told(&body), "Done.");
            (Ok(body), record)
        }
        Err(Failure::Park(reason)) => (parked(function, request, &payload, reason).await, Record::default()),
        Err(failure) => {
            tracing::error!(request, error = %failure, "Not done.");
            (Err(failure), Record::default())
        }
    };
    match &result {
        Ok(body) if body.get("parked").is_some() => record.add(Metric::Parked, 1.0),
        Ok(_) => {}
        Err(_) => record.add(Metric::Failed, 1.0),
    }
    function.count(&mut record);
    record.emit(&function.environment.name, &function.environment.function);
    result.map_err(Diagnostic::from)
}

/// An answer as the log has it: of one over HTTP, only its status, since its body may hold anything.
fn told(body: &Value) -> &Value {
    body.get("statusCode").unwrap_or(body)
}

/// Parks a payload, or one message of it, that can never be worked on, and says so in the log under the id `request`.
pub(crate) async fn parked(
    function: &Function,
    request: &str,
    payload: &str,
    reason: String,
) -> Result<Value, Failure> {
    match function.aws.park(payload.as_bytes(), &reason, now()).await {
        Ok(place) => {
            tracing::warn!(request, reason, ?place, bytes = payload.len(), "The payload was parked.");
            Ok(json!({ "parked": reason }))
        }
        Err(error) => {
            tracing::error!(request, reason, %error, "The payload could not be parked.");
            Err(Failure::Retry(format!("the payload is bad ({reason}) and could not be parked: {error}")))
        }
    }
}
