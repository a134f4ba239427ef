use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::monitored::{Decision, Status};
use domain::setup::Setup;
use domain::units::{Span, Time};
use engine::monitored::{self, Archived, LogQuery, Reevaluated, Stats};
use utoipa::ToSchema;

use crate::App;
use crate::problem::Problem;
use crate::request::{Command, Form, Order, Paging, Query, Text, next_cursor};
use crate::view::{Listing, LoggedEvent};

const DECISIONS: [(&str, Decision); 5] = [
    ("CONTINUE", Decision::Continue),
    ("RETRY", Decision::Retry),
    ("REPROCESS", Decision::Reprocess),
    ("ESCALATE", Decision::Escalate),
    ("HALT", Decision::Halt),
];
/// A day.
const LOOKBACK_MINUTES_MAX: u32 = 1440;
const LOOKBACK_MINUTES: u32 = 60;
/// A year.
const OLDER_HOURS_MAX: u32 = 8760;

/// Which events are asked for; what is left out matches all.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what `read` reads")]
pub(crate) struct QueryLogs {
    /// One status, or a list of them.
    #[schema(nullable = false, example = json!(["WARNING", "CRITICAL"]))]
    status: Option<Vec<String>>,
    /// Who said it.
    #[schema(nullable = false)]
    source: Option<String>,
    /// What kind of work it is about.
    #[schema(nullable = false)]
    event_type: Option<String>,
    /// What the sender was told to do.
    #[schema(nullable = false)]
    decision: Option<String>,
    /// How the name of a rule begins that found something, such as `limit:`.
    #[schema(nullable = false)]
    rule: Option<String>,
    /// The least severity, 0 to 1.
    #[schema(nullable = false)]
    min_severity: Option<f64>,
    /// Not before this; default: all that is kept.
    #[schema(nullable = false)]
    start_time: Option<String>,
    /// Before this; default now.
    #[schema(nullable = false)]
    end_time: Option<String>,
    /// Rows of one page, 1 to 100; default 25.
    #[schema(nullable = false)]
    limit: Option<u32>,
    /// From the page before.
    #[schema(nullable = false)]
    cursor: Option<String>,
}

/// The log of monitored events, the latest first. A page may be short while there is a cursor.
#[utoipa::path(get, path = "/v1/logs", operation_id = "list_logs", tag = "events",
    params(
        ("status" = inline(Option<Vec<String>>), Query, description = "NORMAL, WARNING or CRITICAL; may be given several times"),
        ("source" = inline(Option<String>), Query, description = "Who said it"),
        ("event_type" = inline(Option<String>), Query, description = "What kind of work it is about"),
        ("decision" = inline(Option<String>), Query, description = "What the sender was told to do"),
        ("rule" = inline(Option<String>), Query, description = "How the name of a rule begins that found something"),
        ("min_severity" = inline(Option<f64>), Query, description = "The least severity, 0 to 1"),
        ("start_time" = inline(Option<String>), Query, description = "Not before this; default: all that is kept"),
        ("end_time" = inline(Option<String>), Query, description = "Before this; default now"),
        ("limit" = inline(Option<u32>), Query, description = "Rows of one page, 1 to 100; default 25"),
        ("cursor" = inline(Option<String>), Query, description = "From the page before"),
    ),
    responses((status = 200, description = "One page", body = Listing<LoggedEvent>)),
)]
pub(crate) async fn list<A: App>(
    State(app): State<Arc<A>>,
    Query { form, .. }: Query,
) -> Result<Json<Listing<LoggedEvent>>, Problem> {
    page(app.as_ref(), form).await
}

/// The same as `GET /v1/logs`, with the filter in the body.
#[utoipa::path(post, path = "/v1/logs/query", operation_id = "query_logs", tag = "events",
    request_body = QueryLogs,
    responses((status = 200, description = "One page", body = Listing<LoggedEvent>)),
)]
pub(crate) async fn query<A: App>(
    State(app): State<Arc<A>>,
    Command { form, .. }: Command,
) -> Result<Json<Listing<LoggedEvent>>, Problem> {
    page(app.as_ref(), form).await
}

async fn page<A: App>(app: &A, form: Form) -> Result<Json<Listing<LoggedEvent>>, Problem> {
    let (setup, now) = (app.setup().await?, app.now());
    let (query, paging, list) = read(form, setup, now)?;
    let page = monitored::query(app.store(), &query, paging.limit as usize, paging.cursor).await?;
    let cursor = page.cursor.map(|place| next_cursor(&list, &place));
    Ok(Json(Listing { items: page.items.into_iter().map(Into::into).collect(), cursor }))
}

fn read(mut form: Form, setup: &Setup, now: Time) -> Result<(LogQuery, Paging, String), Problem> {
    let query = LogQuery {
        statuses: form.words("status", &Status::ALL.map(|status| (status.as_str(), status))),
        source: form.parsed("source"),
        event_type: form.parsed("event_type"),
        decision: form.word("decision", &DECISIONS),
        rule: form.optional("rule", Text::LINE),
        severity_from: form.share("min_severity").unwrap_or_default(),
        from: form.time("start_time", now).unwrap_or_else(|| monitored::oldest(setup, now)),
        until: form.time("end_time", now).unwrap_or(now + Span::from_seconds(1)),
    };
    if query.from > query.until {
        form.wrong("end_time", "it lies before start_time", None);
    }
    let list = format!("logs:{:?}", LogQuery { from: Time::default(), until: Time::default(), ..query.clone() });
    let paging = form.paging(&list);
    let paging = form.finish(Some(paging))?;
    Ok((query, paging, list))
}

/// How the sources of monitored events are.
#[utoipa::path(get, path = "/v1/stats", operation_id = "get_stats", tag = "events",
    responses((status = 200, description = "Totals, the present, and each source", body = Object)),
)]
pub(crate) async fn stats<A: App>(State(app): State<Arc<A>>, query: Query) -> Result<Json<Stats>, Problem> {
    query.none()?;
    Ok(Json(monitored::stats(app.store(), app.now()).await?))
}

/// How far back events are judged anew.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what is read")]
pub(crate) struct Reevaluate {
    /// How far back, 1 to 1440; default 60.
    #[schema(nullable = false)]
    lookback_minutes: Option<u32>,
    /// From the answer before, if there was more.
    #[schema(nullable = false)]
    cursor: Option<String>,
}

/// How old events are that go to the archive.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is the schema of what is read")]
pub(crate) struct CleanUp {
    /// The least age, 1 to 8760.
    #[schema(example = 48)]
    older_than_hours: u32,
}

/// Judges the latest events anew, by the rules and histories of today. The fields may stand in the query.
#[utoipa::path(post, path = "/v1/analysis/re-evaluate", operation_id = "reevaluate_events", tag = "events",
    params(
        ("lookback_minutes" = inline(Option<u32>), Query, description = "How far back, 1 to 1440; default 60"),
        ("cursor" = inline(Option<String>), Query, description = "From the answer before, if there was more"),
    ),
    request_body = Reevaluate,
    responses((status = 200, description = "What has changed", body = Object)),
)]
pub(crate) async fn reevaluate<A: App>(
    State(app): State<Arc<A>>,
    Order { mut form }: Order,
) -> Result<Json<Reevaluated>, Problem> {
    let (setup, now) = (app.setup().await?, app.now());
    let minutes = form.whole("lookback_minutes", 1..=LOOKBACK_MINUTES_MAX).unwrap_or(LOOKBACK_MINUTES);
    let cursor = form.optional("cursor", Text::CURSOR);
    form.finish(Some(()))?;
    let from = now - Span::from_minutes(minutes);
    Ok(Json(monitored::reevaluate(app.store(), setup, from, cursor, now).await?))
}

/// Writes events of at least this age to the archive and deletes them from the log. The field may stand in the query.
#[utoipa::path(post, path = "/v1/maintenance/cleanup", operation_id = "clean_up_events", tag = "events",
    params(
        ("older_than_hours" = inline(u32), Query, description = "The least age, 1 to 8760"),
    ),
    request_body = CleanUp,
    responses((status = 200, description = "What was archived, and whether there is more", body = Object)),
)]
pub(crate) async fn clean_up<A: App>(
    State(app): State<Arc<A>>,
    Order { mut form }: Order,
) -> Result<Json<Archived>, Problem> {
    let (setup, now) = (app.setup().await?, app.now());
    let hours = form.whole("older_than_hours", 1..=OLDER_HOURS_MAX);
    if hours.is_none() {
        form.missing("older_than_hours", "say how old the events are that go to the archive");
    }
    let hours = form.finish(hours)?;
    let range = [monitored::oldest(setup, now), now - Span::HOUR.times(hours)];
    Ok(Json(monitored::archive(app.store(), app.outlet(), range).await?))
}
