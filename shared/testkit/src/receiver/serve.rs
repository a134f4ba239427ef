use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

use domain::units::Time;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::order::{Control, Order, take};
use super::{Received, Shared, State, Vendor, lock, log, opsgenie, pagerduty, slack, teams, webhook};

/// Bytes of a request that are read; more than any vendor takes.
const REQUEST_BYTES_MAX: usize = 2 * 1024 * 1024;

pub(super) async fn serve(listener: TcpListener, state: Shared) {
    while let Ok((stream, _)) = listener.accept().await {
        let state = Shared::clone(&state);
        tokio::spawn(async move {
            let service = service_fn(|request| respond(request, Shared::clone(&state)));
            // A connection that breaks is the client's to notice.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

type Answered = Result<Response<Full<Bytes>>, io::Error>;

async fn respond(request: Request<Incoming>, state: Shared) -> Answered {
    let (head, body) = request.into_parts();
    let read = Limited::new(body, REQUEST_BYTES_MAX).collect().await;
    let Ok(raw) = read.map(http_body_util::Collected::to_bytes) else {
        return Ok(response(413, "request entity too large".to_owned(), None));
    };
    let path = head.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    if path == "/control" {
        return Ok(control(&head.method, &raw, &state));
    }
    let (received, said, order) = receive(&head.method, &path, &head.headers, &raw, &state);
    match (received.answered, order) {
        (Some(status), order) => Ok(response(status, said, order.as_ref())),
        (None, Some(order)) if order.hang_up => Err(io::Error::other("told to hang up")),
        (None, _) => std::future::pending().await,
    }
}

fn receive(
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    raw: &[u8],
    state: &Shared,
) -> (Received, String, Option<Order>) {
    let vendor = Vendor::of(path);
    let now = now();
    let body = serde_json::from_slice::<Value>(raw).ok();
    let mut state = lock(state);
    let mut problems = match &body {
        Some(body) => judge((vendor, path), headers, raw, body, &state, now),
        None => vec!["the body is not JSON".to_owned()],
    };
    if method != Method::POST {
        problems.push(format!("{method} instead of POST"));
    }
    let kind = text(headers, CONTENT_TYPE.as_str()).unwrap_or_default();
    if !kind.starts_with("application/json") {
        problems.push(format!("Content-Type {kind:?} is not application/json"));
    }
    let order = take(&mut state.orders, vendor, path);
    let mut said = vendor.answer(body.as_ref(), raw.len(), &problems);
    let taken = problems.is_empty() && order.as_ref().is_none_or(|order| order.status.is_none());
    match (vendor, &body) {
        (Vendor::PagerDuty, Some(event)) if taken => state.pager.take(event),
        (Vendor::SlackApi, Some(call)) if taken => said.body = state.slack.take(method_of(path), call).to_string(),
        _ => {}
    }
    let (answered, words) = match &order {
        None => (Some(said.status), said.body),
        Some(order) => (order.status, order.body.clone()),
    };
    let received = Received {
        at: Time::from_epoch(now).to_string(),
        vendor,
        path: path.to_owned(),
        valid: problems.is_empty(),
        problems,
        answered,
        body: body.unwrap_or_else(|| Value::from(String::from_utf8_lossy(raw))),
        idempotency_key: text(headers, "idempotency-key").map(str::to_owned),
    };
    keep(&mut state, &received);
    (received, words, order)
}

/// `chat.update` of `/api/chat.update`.
fn method_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

fn judge(
    (vendor, path): (Vendor, &str),
    headers: &HeaderMap,
    raw: &[u8],
    body: &Value,
    state: &State,
    now: i64,
) -> Vec<String> {
    match vendor {
        Vendor::Slack => slack::problems(body),
        Vendor::SlackApi => {
            let mut found = slack::call_problems(method_of(path), body, text(headers, "authorization"));
            found.extend(slack::problems(body));
            found
        }
        Vendor::Teams => teams::problems(body, raw.len()),
        Vendor::Opsgenie => {
            let mut found = opsgenie::problems(path, body);
            if !text(headers, "authorization").is_some_and(|key| key.starts_with("GenieKey ")) {
                found.push("the header Authorization holds no GenieKey".to_owned());
            }
            found
        }
        Vendor::PagerDuty => pagerduty::problems(body, raw.len()),
        Vendor::PagerDutyChange => pagerduty::change_problems(body, raw.len()),
        Vendor::Webhook => {
            let counted = webhook::Headers {
                timestamp: text(headers, "x-tocsin-timestamp"),
                signature: text(headers, "x-tocsin-signature"),
                idempotency_key: text(headers, "idempotency-key"),
            };
            webhook::problems(counted, raw, body, state.webhook_secret.as_deref(), now)
        }
        Vendor::Unknown => vec!["no vendor listens at this path".to_owned()],
    }
}

fn keep(state: &mut State, received: &Received) {
    if let Some(Err(error)) = state.log.as_mut().map(|file| log::append(file, received)) {
        eprintln!("the log cannot be written: {error}");
    }
    state.received.push(received.clone());
}

/// `POST /control` gives orders; every method answers how things stand.
fn control(method: &Method, raw: &[u8], state: &Shared) -> Response<Full<Bytes>> {
    let mut state = lock(state);
    if method == Method::POST {
        match serde_json::from_slice::<Control>(raw) {
            Ok(control) => state.orders.extend(control.next),
            Err(error) => return response(400, error.to_string(), None),
        }
    }
    let stands = json!({
        "waiting": state.orders.len(),
        "received": state.received.len(),
        "invalid": state.received.iter().filter(|received| !received.valid).count(),
        "pages": state.pager.pages(),
        "open_pages": state.pager.open(),
    });
    response(200, stands.to_string(), None)
}

fn response(status: u16, body: String, order: Option<&Order>) -> Response<Full<Bytes>> {
    let mut response = Response::builder().status(status);
    if let Some(order) = order {
        let after = order.retry_after_text.clone().or(order.retry_after.map(|seconds| seconds.to_string()));
        for (name, value) in [(RETRY_AFTER, after), (LOCATION, order.location.clone())] {
            if let Some(value) = value {
                response = response.header(name, value);
            }
        }
    }
    let body = Full::new(Bytes::from(body));
    response.body(body).unwrap_or_else(|error| {
        let mut wrong = Response::new(Full::new(Bytes::from(format!("an order that is no HTTP: {error}"))));
        *wrong.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
        wrong
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
