//! API Gateway's proxy events (HTTP API, payload version 2.0) as requests of the router, and back.
//!
//! Source: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, Request};
use serde::{Deserialize, Serialize};
use tower::ServiceExt;

use crate::{Caller, RequestId};

/// The payload is no proxy event, or holds a request that HTTP does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the payload is no HTTP request of API Gateway (payload version 2.0): {0}")]
pub struct NotARequest(String);

/// What API Gateway takes as an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The status.
    pub status_code: u16,
    /// The headers.
    pub headers: BTreeMap<String, String>,
    /// The body as text.
    pub body: String,
    /// Never: all our bodies are text.
    pub is_base64_encoded: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    raw_path: String,
    #[serde(default)]
    raw_query_string: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    request_context: Context,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    http: Http,
    request_id: Option<String>,
    authorizer: Option<Authorizer>,
}

#[derive(Deserialize)]
struct Http {
    method: String,
}

#[derive(Deserialize)]
struct Authorizer {
    iam: Option<Iam>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Iam {
    user_arn: Option<String>,
}

/// Hands the request in `event` to the router. Who signed it becomes the [`Caller`].
///
/// # Errors
/// When the payload holds no request; the payload can never be answered.
pub async fn serve(router: Router, event: &str) -> Result<Answer, NotARequest> {
    let request = request(event)?;
    let Ok(response) = router.oneshot(request).await;
    Ok(answer(response).await)
}

fn request(event: &str) -> Result<Request<Body>, NotARequest> {
    let wrong = |error: &dyn std::fmt::Display| NotARequest(error.to_string());
    let event: Event = serde_json::from_str(event).map_err(|error| wrong(&error))?;
    let mut target = format!("/{}", escaped(event.raw_path.strip_prefix('/').unwrap_or(&event.raw_path), "?#"));
    if !event.raw_query_string.is_empty() {
        target = format!("{target}?{}", escaped(&event.raw_query_string, "#"));
    }
    let body = event.body.unwrap_or_default();
    let body =
        if event.is_base64_encoded { STANDARD.decode(body).map_err(|error| wrong(&error))? } else { body.into() };
    let mut request = Request::builder().method(event.request_context.http.method.as_str()).uri(target);
    for (name, value) in &event.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value.as_bytes())) {
            request = request.header(name, value);
        }
    }
    let caller = event.request_context.authorizer.and_then(|authorizer| authorizer.iam?.user_arn);
    if let Some(caller) = caller {
        request = request.extension(Caller(caller));
    }
    if let Some(id) = event.request_context.request_id {
        request = request.extension(RequestId(id));
    }
    request.body(Body::from(body)).map_err(|error| wrong(&error))
}

/// API Gateway hands the path over decoded: what may not stand in a target, or is in `also`, is escaped again.
fn escaped(text: &str, also: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let is_escape = || text.get(at + 1..at + 3).is_some_and(|two| two.bytes().all(|b| b.is_ascii_hexdigit()));
        let odd = !c.is_ascii_graphic() || "\"<>\\^`{|}".contains(c) || also.contains(c) || (c == '%' && !is_escape());
        if odd {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                write!(safe, "%{byte:02X}").expect("writing to a String does not fail");
            }
        } else {
            safe.push(c);
        }
    }
    safe
}

async fn answer(response: Response) -> Answer {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body in memory does not break off");
    let headers = parts.headers.iter();
    Answer {
        status_code: parts.status.as_u16(),
        headers: headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
        is_base64_encoded: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_hold_only_what_may_stand_in_them() {
        assert_eq!(escaped("/v1/a%20b", "?#"), "/v1/a%20b");
        assert_eq!(escaped("/v1/a b?\u{e9}", "?#"), "/v1/a%20b%3F%C3%A9");
        assert_eq!(escaped("a=%zz&b=100%", "#"), "a=%25zz&b=100%25");
        assert_eq!(escaped("%\u{e9}%", ""), "%25%C3%A9%25");
    }
}
