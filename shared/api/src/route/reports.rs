use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::id::ServiceName;
use domain::setup::Setup;
use domain::units::Time;
use engine::OWN_SERVICE;
use engine::operations::{self, STRETCH, STRETCH_MAX};
use engine::owner::unassigned;

use super::post_mortems::shown;
use crate::App;
use crate::problem::Problem;
use crate::request::{Form, Query, accepted, known_service, nearest_service, shortened};
use crate::view::Operations;

/// How incidents were worked on: times to tell, acknowledge and resolve, pages, and what calls for nothing. As JSON, or
/// as people read it with `Accept: text/markdown` or `text/html`.
#[utoipa::path(get, path = "/v1/reports/operations", operation_id = "get_operations_report", tag = "reports",
    params(
        ("from" = inline(Option<String>), Query, description =
            "Incidents that opened from then on, RFC 3339 or seconds since the epoch; default 28 days before until"),
        ("until" = inline(Option<String>), Query, description = "And before that; default now"),
        ("service" = inline(Option<String>), Query, description = "Only of this service; default all"),
    ),
    responses(
        (status = 200, description = "The report", content(
            (Operations = "application/json"), (String = "text/markdown"), (String = "text/html"),
        )),
        (status = 406, description = "None of the accepted representations exists"),
    ),
)]
pub(crate) async fn operations<A: App>(
    State(app): State<Arc<A>>,
    Query { mut form, accept, .. }: Query,
) -> Result<Response, Problem> {
    let representation = accepted(&accept)?;
    let setup = if form.has("service") { Some(app.setup().await?) } else { None };
    let stretch = stretch(&mut form, app.now());
    let service = service(&mut form, setup);
    let (stretch, service) = form.finish(Some((stretch, service)))?;
    let report = operations::report(app.store(), stretch, service).await?;
    Ok(shown(representation, || report::render_operations(&report), || Json(&report).into_response()))
}

/// The service that is asked for: one of the configuration, or what alerts belong to that fit none of it.
fn service(form: &mut Form, setup: Option<&Setup>) -> Option<ServiceName> {
    let name: ServiceName = form.parsed("service")?;
    let setup = setup?;
    let is_known =
        known_service(name.as_str(), setup).is_some() || name == unassigned() || name.as_str() == OWN_SERVICE;
    if !is_known {
        let detail = format!("the configuration has no service {}", shortened(name.as_str()));
        form.wrong("service", detail, nearest_service(name.as_str(), setup));
    }
    Some(name)
}

fn stretch(form: &mut Form, now: Time) -> [Time; 2] {
    let until = form.time("until", now).unwrap_or(now);
    let from = form.time("from", now).unwrap_or(until - STRETCH);
    if from >= until {
        form.wrong("from", format!("{from} is not before {until}"), None);
    } else if until.since(from) > STRETCH_MAX {
        let hint = "ask for several stretches, one after the other";
        form.wrong("from", format!("it lies more than {STRETCH_MAX} before {until}"), Some(hint.to_owned()));
    }
    [from, until]
}
