pub(crate) mod overrides;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::id::ScheduleName;
use domain::link::calendar_token;
use domain::on_call::{Override, Schedule as Declared};
use domain::setup::Setup;
use domain::units::Time;
use engine::port::Orders;
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;
use crate::inbound::links;
use crate::nearest::nearest;
use crate::problem::Problem;
use crate::request::{Form, Origin, Query, page_by_name, shortened};
use crate::view::{Listing, OnCall};

/// Where a calendar program finds a schedule.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Feed {
    /// The schedule.
    schedule: String,
    /// The feed's path; whoever knows it can read the schedule.
    path: String,
    /// The whole address, where the request says where it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    url: Option<String>,
}

/// Who is on call on each schedule at an instant, until when, and who is next.
#[utoipa::path(get, path = "/v1/on-call", operation_id = "list_on_call", tag = "on-call",
    params(
        ("schedule" = inline(Option<String>), Query, description = "Only this schedule; default all"),
        ("at" = inline(Option<String>), Query, description =
            "RFC 3339 or seconds since the epoch, at most 400d ahead; default now"),
        ("limit" = inline(Option<u32>), Query, description = "Rows of one page, 1 to 100; default 25"),
        ("cursor" = inline(Option<String>), Query, description = "From the page before"),
    ),
    responses((status = 200, description = "One page, by the schedules' names", body = Listing<OnCall>)),
)]
pub(crate) async fn list<A: App>(
    State(app): State<Arc<A>>,
    Query { mut form, .. }: Query,
) -> Result<Json<Listing<OnCall>>, Problem> {
    let (setup, now) = (app.setup().await?, app.now());
    let only = schedule(&mut form, setup);
    let at = form.time_until("at", now + Declared::AHEAD_MAX).unwrap_or(now);
    let list = format!("on-call:{}", only.map_or("", |schedule| schedule.name.as_str()));
    let paging = form.paging(&list);
    let paging = form.finish(Some(paging))?;
    let overrides = app.store().overrides().await?;
    let schedules = setup.on_call.schedules.iter();
    let all = schedules.filter(|one| only.is_none_or(|only| one.name == only.name)).collect();
    let (page, cursor) = page_by_name(&list, &paging, all, |schedule: &&Declared| schedule.name.as_str());
    let items = page.into_iter().map(|schedule| OnCall::of(schedule, &overrides, at)).collect();
    Ok(Json(Listing { items, cursor }))
}

/// The address under which calendar programs read a schedule (iCalendar). It is secret: it needs no signature.
#[utoipa::path(get, path = "/v1/on-call/calendar", operation_id = "get_calendar_feed", tag = "on-call",
    params(("schedule" = inline(String), Query, description = "The schedule")),
    responses(
        (status = 200, description = "The address", body = Feed),
        (status = 404, description = "The configuration has no `inbound.links`"),
    ),
)]
pub(crate) async fn feed<A: App>(
    State(app): State<Arc<A>>,
    Origin(origin): Origin,
    Query { mut form, .. }: Query,
) -> Result<Json<Feed>, Problem> {
    let setup = app.setup().await?;
    let found = required_schedule(&mut form, setup);
    let schedule = form.finish(found)?.name.clone();
    let key = links::key(app.as_ref()).await?;
    let path = format!("/calendar/{schedule}/{}", calendar_token(&schedule, &key));
    let url = origin.map(|origin| format!("{origin}{path}"));
    Ok(Json(Feed { schedule: schedule.to_string(), path, url }))
}

/// Reads `schedule`, which must be one of the configuration.
fn required_schedule<'s>(form: &mut Form, setup: &'s Setup) -> Option<&'s Declared> {
    let found = schedule(form, setup);
    if found.is_none() {
        form.missing("schedule", "name a schedule of the configuration");
    }
    found
}

/// Reads `schedule`, which may be left out.
fn schedule<'s>(form: &mut Form, setup: &'s Setup) -> Option<&'s Declared> {
    let name: ScheduleName = form.parsed("schedule")?;
    let found = setup.on_call.schedule(&name);
    if found.is_none() {
        let names = setup.on_call.schedules.iter().map(|schedule| schedule.name.as_str());
        let hint = nearest(name.as_str(), names).map(|near| format!("did you mean {near}?"));
        form.wrong("schedule", format!("the configuration has no schedule {}", shortened(name.as_str())), hint);
    }
    found
}

impl OnCall {
    fn of(schedule: &Declared, overrides: &[Override], at: Time) -> Self {
        let next = schedule.next(overrides, at);
        Self::new(schedule, at, schedule.on_call(overrides, at), next)
    }
}
