use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use domain::link::is_calendar_token;
use engine::port::Orders;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, REFERRER_POLICY};

use crate::App;
use crate::inbound::links;
use crate::problem::{Kind, Problem};
use crate::request::Query;

/// A schedule as an iCalendar feed. The address is secret: `GET /v1/on-call/calendar` tells it. What a calendar program
/// adds to it as parameters is not looked at.
#[utoipa::path(get, path = "/calendar/{schedule}/{token}", operation_id = "get_calendar", tag = "on-call",
    params(
        ("schedule" = String, Path, description = "The schedule"),
        ("token" = String, Path, description = "As `GET /v1/on-call/calendar` tells it"),
    ),
    security(()),
    responses((status = 200, description = "The feed (RFC 5545)", body = String, content_type = "text/calendar")),
)]
pub(crate) async fn get<A: App>(
    State(app): State<Arc<A>>,
    Query { path, .. }: Query,
) -> Result<impl IntoResponse, Problem> {
    let nothing = || Problem::new(Kind::NotFound, "there is no such calendar; ask for its address again");
    let key = links::key(app.as_ref()).await?;
    let name = path.text("schedule").parse().ok();
    let name = name.filter(|name| is_calendar_token(name, path.text("token"), &key)).ok_or_else(nothing)?;
    let schedule = app.setup().await?.on_call.schedule(&name).ok_or_else(nothing)?;
    let overrides = app.store().overrides().await?;
    let headers = [
        (CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (CACHE_CONTROL, "private, max-age=300"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    Ok((headers, schedule.calendar(&overrides, None, app.now())))
}
