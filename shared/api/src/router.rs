use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{MethodRouter, delete, get, patch, post, put};
use http::{Method, Uri};

use crate::inbound::{pagerduty, slack};
use crate::problem::{Kind, Problem, render};
use crate::request::shortened;
use crate::route::{
    acknowledge, alerts, budgets, calendar, calling, commands, deployments, drills, events, explain, gate, health,
    incident_page, incidents, kill_switch, kin, logs, metrics, on_call, post_mortems, push, reports, sent,
    service_health, services, silences, slos,
};
use crate::{App, openapi};

type Route<A> = (&'static str, &'static str, MethodRouter<Arc<A>>);

/// All routes: method, path and handler. The router is made of nothing else, and a test compares it with the `OpenAPI`
/// document.
fn routes<A: App>() -> Vec<Route<A>> {
    let mut all = vec![
        ("get", "/health", get(health::overall::<A>)),
        ("get", "/health/live", get(health::live)),
        ("get", "/health/ready", get(health::ready::<A>)),
        ("get", "/v1/openapi.json", get(openapi::get)),
        ("get", "/v1/services", get(services::list::<A>)),
        ("get", "/v1/services/{name}", get(services::get::<A>)),
        ("get", "/v1/alerts", get(alerts::list::<A>)),
        ("post", "/v1/alerts", post(alerts::raise_alert::<A>)),
        ("get", "/v1/alerts/{id}/explain", get(explain::get::<A>)),
        ("post", "/v1/explain", post(explain::post::<A>)),
        ("post", "/api/v2/alerts", post(sent::alerts::<A>)),
        ("post", "/v1/alertmanager/webhook", post(sent::webhook::<A>)),
        ("get", "/v1/on-call", get(on_call::list::<A>)),
        ("get", "/v1/on-call/calendar", get(on_call::feed::<A>)),
        ("get", "/v1/on-call/overrides", get(on_call::overrides::list::<A>)),
        ("post", "/v1/on-call/overrides", post(on_call::overrides::post::<A>)),
        ("delete", "/v1/on-call/overrides/{id}", delete(on_call::overrides::delete::<A>)),
        ("get", "/acknowledge/{token}", get(acknowledge::look::<A>)),
        ("post", "/acknowledge/{token}", post(acknowledge::take::<A>)),
        ("get", "/incident/{token}", get(incident_page::show::<A>)),
        ("get", "/post-mortem/{token}", get(incident_page::post_mortem::<A>)),
        ("get", "/calendar/{schedule}/{token}", get(calendar::get::<A>)),
        ("get", "/v1/silences", get(silences::list::<A>)),
        ("post", "/v1/silences", post(silences::post::<A>)),
        ("get", "/v1/silences/{id}", get(silences::get::<A>)),
        ("patch", "/v1/silences/{id}", patch(silences::patch::<A>)),
        ("delete", "/v1/silences/{id}", delete(silences::delete::<A>)),
        ("get", "/v1/drills", get(drills::list::<A>)),
        ("post", "/v1/drills", post(drills::post::<A>)),
        ("get", "/v1/drills/{id}", get(drills::get::<A>)),
        ("get", "/v1/post-mortems/{id}", get(post_mortems::get::<A>)),
        ("get", "/v1/reports/operations", get(reports::operations::<A>)),
        ("post", "/v1/metrics", post(push::metrics::<A>)),
        ("get", "/v1/metrics/query", get(metrics::query::<A>)),
        ("post", "/v1/deployments", post(deployments::record::<A>)),
        ("post", "/v1/events", post(events::report::<A>)),
        ("get", "/v1/logs", get(logs::list::<A>)),
        ("post", "/v1/logs/query", post(logs::query::<A>)),
        ("get", "/v1/stats", get(logs::stats::<A>)),
        ("post", "/v1/analysis/re-evaluate", post(logs::reevaluate::<A>)),
        ("post", "/v1/maintenance/cleanup", post(logs::clean_up::<A>)),
        ("get", "/v1/slo", get(slos::list::<A>)),
        ("post", "/v1/slo", post(slos::make::<A>)),
        ("get", "/v1/slo/{id}", get(slos::get::<A>)),
        ("put", "/v1/slo/{id}", put(slos::put::<A>)),
        ("delete", "/v1/slo/{id}", delete(slos::delete::<A>)),
        ("get", "/v1/error-budget", get(budgets::list::<A>)),
        ("get", "/v1/error-budget/{name}", get(budgets::get::<A>)),
        ("get", "/v1/gate/{name}", get(gate::get::<A>)),
        ("put", "/v1/gate/{name}/override", put(gate::put::<A>)),
        ("get", "/v1/service-health", get(service_health::list::<A>)),
        ("get", "/v1/service-health/{name}", get(service_health::get::<A>)),
        ("post", "/v1/slack/interactions", post(slack::interaction::<A>)),
        ("post", "/v1/pagerduty/events", post(pagerduty::event::<A>)),
        ("get", "/v1/kill-switch", get(kill_switch::get::<A>)),
        ("put", "/v1/kill-switch", put(kill_switch::set::<A>)),
    ];
    all.extend(of_incidents());
    all
}

fn of_incidents<A: App>() -> [Route<A>; 16] {
    [
        ("get", "/v1/incidents", get(incidents::list::<A>)),
        ("post", "/v1/incidents", post(incidents::open::<A>)),
        ("get", "/v1/incidents/{id}", get(incidents::get::<A>)),
        ("post", "/v1/incidents/{id}/acknowledge", post(commands::acknowledge::<A>)),
        ("post", "/v1/incidents/{id}/resolve", post(commands::resolve::<A>)),
        ("post", "/v1/incidents/{id}/take-over", post(calling::take_over::<A>)),
        ("post", "/v1/incidents/{id}/snooze", post(calling::snooze::<A>)),
        ("post", "/v1/incidents/{id}/escalate", post(calling::escalate::<A>)),
        ("post", "/v1/incidents/{id}/mute", post(calling::mute::<A>)),
        ("post", "/v1/incidents/{id}/unmute", post(calling::unmute::<A>)),
        ("post", "/v1/incidents/{id}/note", post(calling::note::<A>)),
        ("post", "/v1/incidents/{id}/merge", post(kin::merge::<A>)),
        ("post", "/v1/incidents/{id}/split", post(kin::split::<A>)),
        ("post", "/v1/incidents/{id}/dismiss", post(kin::dismiss::<A>)),
        ("post", "/v1/incidents/{id}/actions/{action}/approve", post(commands::approve::<A>)),
        ("post", "/v1/incidents/{id}/actions/{action}/refuse", post(commands::refuse::<A>)),
    ]
}

/// The API over `app`. Building it costs microseconds and asks nobody.
pub fn router<A: App>(app: Arc<A>) -> Router {
    let all = routes::<A>().into_iter();
    let router = all.fold(Router::new(), |router, (_, path, handler)| router.route(path, handler));
    router
        .fallback(unknown_route)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn(with_problems))
        .with_state(app)
}

/// Method (in lower case) and path of every route.
pub fn paths<A: App>() -> Vec<(&'static str, &'static str)> {
    routes::<A>().into_iter().map(|(method, path, _)| (method, path)).collect()
}

async fn unknown_route(uri: Uri) -> Problem {
    let path = shortened(uri.path());
    let hint = "/v1/openapi.json lists all routes".to_owned();
    Problem::new(Kind::UnknownRoute, format!("there is no {path} here")).with_hint(Some(hint))
}

async fn method_not_allowed(method: Method, uri: Uri) -> Problem {
    let (path, method) = (shortened(uri.path()), shortened(method.as_str()));
    Problem::new(
        Kind::MethodNotAllowed,
        format!("{path} does not take {method}; the header `allow` says what it takes"),
    )
}

async fn with_problems(request: Request, next: Next) -> Response {
    let instance = request.uri().path().to_owned();
    render(next.run(request).await, &instance)
}
