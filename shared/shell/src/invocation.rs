use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;

use crate::Failure;

/// One invocation: its payload as it came, and how long it may take.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The payload's text: JSON, unless somebody reached the Runtime API with something else.
    pub payload: String,
    /// Lambda's id of the invocation.
    pub request_id: String,
    /// When Lambda ends it.
    pub deadline: SystemTime,
}

/// What is left for answering after the work: a cold TLS connection to SQS or SNS at 128 MB.
const FOR_THE_ANSWER: Duration = Duration::from_secs(3);

impl Invocation {
    pub(crate) fn new(payload: String, request_id: String, deadline_ms: u64) -> Self {
        Self { payload, request_id, deadline: UNIX_EPOCH + Duration::from_millis(deadline_ms) }
    }

    /// How long the work may take.
    pub fn budget(&self) -> Duration {
        let left = self.deadline.duration_since(SystemTime::now()).unwrap_or_default();
        left.saturating_sub(FOR_THE_ANSWER)
    }

    /// The payload as `T`.
    ///
    /// # Errors
    /// [`Failure::Park`] with the place in the payload.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        parse(&self.payload, "the payload")
    }
}

/// `text` as `T`; `what` names it in the error, which names the field too.
///
/// # Errors
/// [`Failure::Park`] with the field and the place.
pub fn parse<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, Failure> {
    let refused = |field: &str, error: serde_json::Error| {
        let kind = if error.is_syntax() || error.is_eof() { "is not JSON" } else { "has the wrong shape" };
        let field = if field == "." { String::new() } else { format!(" at {field}") };
        Failure::Park(format!("{what} {kind}{field}: {error}"))
    };
    let mut json = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| refused(&error.path().to_string(), error.into_inner()))?;
    json.end().map_err(|error| refused(".", error))?;
    Ok(value)
}
