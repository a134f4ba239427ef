use axum::body::{Body, Bytes, to_bytes};
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::LengthLimitError;
use serde_json::Value;

use super::pairs::Pairs;
use crate::problem::{Kind, Problem};

/// The longest body that is read, in bytes; API Gateway's own limit is 10 MB, and no command needs a hundredth of it.
pub(crate) const BODY_BYTES_MAX: usize = 1_048_576;
/// The longest name of a member that is read on; longer ones are nobody's.
const NAME_BYTES_MAX: usize = 256;

/// The members of the body's object. An empty body is an empty object, whatever it is declared as.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Vec<(String, Value)>, Problem> {
    let bytes = bytes(headers, body).await?;
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let Pairs(pairs) = serde_json::from_slice(&bytes).map_err(|error| {
        let kind = if error.is_data() { "the body is not an object" } else { "the body is not JSON" };
        Problem::new(Kind::MalformedBody, format!("{kind}: {error}"))
    })?;
    match pairs.iter().find(|(name, _)| name.len() > NAME_BYTES_MAX) {
        Some(_) => Err(Problem::new(Kind::MalformedBody, format!("a name has more than {NAME_BYTES_MAX} bytes"))),
        None => Ok(pairs),
    }
}

/// The body as it came.
pub(super) async fn bytes(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    let declared = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|length| length > BODY_BYTES_MAX as u64) {
        return Err(too_large());
    }
    let bytes = to_bytes(body, BODY_BYTES_MAX).await.map_err(|error| {
        let limit = std::error::Error::source(&error).is_some_and(<dyn std::error::Error>::is::<LengthLimitError>);
        if limit { too_large() } else { Problem::new(Kind::MalformedBody, "the body broke off") }
    })?;
    if !bytes.is_empty() && !is_json(headers) {
        return Err(Problem::new(Kind::UnsupportedMediaType, "a body must come as application/json")
            .with_hint(Some("send the header `content-type: application/json`".to_owned())));
    }
    Ok(bytes)
}

fn too_large() -> Problem {
    Problem::new(Kind::TooLarge, format!("the body has more than {BODY_BYTES_MAX} bytes"))
}

fn is_json(headers: &HeaderMap) -> bool {
    let declared = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = declared.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}
