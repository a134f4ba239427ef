mod body;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::alert::Status;
use engine::port::Ledger;
use engine::raise::{Raised, raise};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use body::RaiseAlert;

use crate::App;
use crate::problem::Problem;
use crate::request::{Command, Query, next_cursor};
use crate::view::{Alert, Listing};

const STATUSES: [(&str, Status); 3] =
    [("firing", Status::Firing), ("resolved", Status::Resolved), ("pending", Status::Pending)];

/// What became of a raised alert.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RaisedAlert {
    /// The alert's fingerprint: the same service and name have the same.
    alert: String,
    /// Whether it changed anything.
    raised: bool,
    /// The incident it belongs to, if any.
    incident: Option<String>,
    /// Why it changed nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<&'static str>,
}

/// Alerts of one status, the latest change first.
#[utoipa::path(get, path = "/v1/alerts", operation_id = "list_alerts", tag = "alerts",
    params(
        ("status" = inline(Option<String>), Query, description = "firing, resolved or pending (without data); default firing"),
        ("limit" = inline(Option<u32>), Query, description = "Rows of one page, 1 to 100; default 25"),
        ("cursor" = inline(Option<String>), Query, description = "From the page before"),
    ),
    responses((status = 200, description = "One page", body = Listing<Alert>)),
)]
pub(crate) async fn list<A: App>(
    State(app): State<Arc<A>>,
    Query { mut form, .. }: Query,
) -> Result<Json<Listing<Alert>>, Problem> {
    let status = form.word("status", &STATUSES).unwrap_or(Status::Firing);
    let list = format!("alerts:{}", status.as_str());
    let paging = form.paging(&list);
    let paging = form.finish(Some(paging))?;
    let page = app.store().alerts(status, paging.limit, paging.cursor).await?;
    let cursor = page.cursor.map(|place| next_cursor(&list, &place));
    let now = app.now();
    Ok(Json(Listing { items: page.items.into_iter().map(|alert| Alert::of(alert, now)).collect(), cursor }))
}

/// Raises or resolves an alert that another system has found. The same alert twice changes nothing the second time.
#[utoipa::path(post, path = "/v1/alerts", operation_id = "raise_alert", tag = "alerts",
    request_body = RaiseAlert,
    responses(
        (status = 202, description = "Taken", body = RaisedAlert),
        (status = 422, description = "The configuration does not have this service"),
    ),
)]
pub(crate) async fn raise_alert<A: App>(
    State(app): State<Arc<A>>,
    command: Command,
) -> Result<impl IntoResponse, Problem> {
    let (setup, now) = (app.setup().await?, app.now());
    let change = body::read(command, setup, now)?;
    let raised = raise(app.store(), app.outlet(), setup, &change, now).await?;
    let reason = match raised {
        Raised::Committed { .. } => None,
        Raised::Unchanged { reason, .. } => Some(reason),
    };
    let answer = RaisedAlert {
        alert: change.fingerprint.to_string(),
        raised: reason.is_none(),
        incident: raised.incident().map(ToString::to_string),
        reason,
    };
    Ok((StatusCode::ACCEPTED, Json(answer)))
}
