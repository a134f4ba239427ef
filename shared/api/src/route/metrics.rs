use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::metric::Series;
use domain::service::shard_of;
use domain::setup::Setup;
use domain::units::{Span, Time};

use crate::App;
use crate::nearest::nearest;
use crate::points::{self, Range};
use crate::problem::{Kind, Problem};
use crate::request::{Form, Query, Text, known_service};
use crate::view::Points;

/// The widest range of one question: each chunk holds its whole shard, so twelve hours are 720 items of up to 7 KB.
const RANGE_MAX: Span = Span::from_minutes(12 * 60);
/// The range if nothing is said.
const RANGE_DEFAULT: Span = Span::HOUR;

/// The stored points of one series.
///
/// Each point has a `value`, or is `empty` (asked, nothing there), `failed` (asked, not answered) or `unknown` (not
/// asked): four things that are never mixed up.
#[utoipa::path(get, path = "/v1/metrics/query", operation_id = "query_metrics", tag = "metrics",
    params(
        ("series" = inline(String), Query, description = "The series, such as shop-checkout/errors"),
        ("from" = inline(Option<String>), Query,
            description = "Begin, RFC 3339 or seconds since the epoch; default an hour before the end"),
        ("to" = inline(Option<String>), Query,
            description = "End, exclusive, at most 12 h after the begin; default now"),
        ("step" = inline(Option<String>), Query,
            description = "Distance of two points, such as 5m: a multiple of the series' period, which is the default"),
    ),
    responses((status = 200, description = "The points", body = Points)),
)]
pub(crate) async fn query<A: App>(
    State(app): State<Arc<A>>,
    Query { mut form, .. }: Query,
) -> Result<Json<Points>, Problem> {
    let (setup, now) = (app.setup().await?, app.now());
    let id = form.required("series", Text::LINE, "name a series, such as shop-checkout/errors");
    let series = id.as_deref().and_then(|id| setup.series.iter().find(|series| series.id.as_str() == id));
    let range = read_range(&mut form, series, now);
    let (id, range) = form.finish(id.zip(range))?;
    let series = series.ok_or_else(|| no_such_series(&id, setup))?;
    let service = known_service(series.id.service(), setup).map(|service| &service.name);
    let shard = service.map_or(0, |service| shard_of(service, app.shards()));
    let steps = points::read(app.store(), (series, shard), setup, range, now).await?;
    Ok(Json(Points::new(series, range, steps)))
}

fn read_range(form: &mut Form, series: Option<&Series>, now: Time) -> Option<Range> {
    let to = form.time("to", now).unwrap_or(now);
    let from = form.time("from", now).unwrap_or(to - RANGE_DEFAULT);
    let period = series.map_or(Series::PERIOD_MIN, |series| series.period);
    let step: Span = form.parsed("step").unwrap_or(period);
    if from >= to {
        form.wrong("from", format!("{from} is not before {to}"), None);
        return None;
    }
    if to.since(from) > RANGE_MAX {
        let hint = "ask for several ranges, one after the other";
        form.wrong("from", format!("the range is longer than {RANGE_MAX}"), Some(hint.to_owned()));
        return None;
    }
    if step.is_zero() || !step.seconds().is_multiple_of(period.seconds().max(1)) || step > RANGE_MAX {
        let hint = format!("{period}, {} or {}", period.times(2), period.times(5));
        form.wrong("step", format!("{step} is not a multiple of the period {period}, at most {RANGE_MAX}"), Some(hint));
        return None;
    }
    let (from, last) = (from.floor(step), to.floor(step));
    Some(Range { from, until: if last < to { last + step } else { last }, step })
}

fn no_such_series(id: &str, setup: &Setup) -> Problem {
    let near = nearest(id, setup.series.iter().map(|series| series.id.as_str()));
    Problem::new(Kind::NotFound, format!("the configuration has no series {id}"))
        .with_field("series")
        .with_hint(near.map(|near| format!("did you mean {near}?")))
}
