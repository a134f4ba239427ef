use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::id::ServiceName;
use domain::setup::Setup;
use domain::slo::Snapshot;
use domain::units::{Span, Time};
use engine::port::Slos;
use engine::slo::with_stored;

use crate::App;
use crate::problem::Problem;
use crate::request::Query;
use crate::view::{Budget, Listing, ServiceBudgets, is_period};

/// The error budgets of all services that promise something.
#[utoipa::path(get, path = "/v1/error-budget", operation_id = "list_error_budgets", tag = "slos",
    params(("window" = inline(Option<String>), Query, description = "1h, 24h, 7d, 30d or a window of the objectives; default their own periods")),
    responses((status = 200, description = "By service", body = Listing<ServiceBudgets>)),
)]
pub(crate) async fn list<A: App>(
    State(app): State<Arc<A>>,
    Query { mut form, .. }: Query,
) -> Result<Json<Listing<ServiceBudgets>>, Problem> {
    let window: Option<Span> = form.parsed("window");
    form.finish(Some(()))?;
    let setup = with_stored(app.store(), app.setup().await?).await?;
    let snapshots = app.store().snapshots().await?;
    let mut services: Vec<&ServiceName> = setup.slos.iter().map(|slo| &slo.service).collect();
    services.sort();
    services.dedup();
    let items = services.into_iter().map(|service| budgets(service, &setup, &snapshots, window, app.now()));
    Ok(Json(Listing { items: items.collect(), cursor: None }))
}

/// The error budgets of a service.
#[utoipa::path(get, path = "/v1/error-budget/{name}", operation_id = "get_error_budget", tag = "slos",
    params(
        ("name" = String, Path, description = "The service"),
        ("window" = inline(Option<String>), Query, description = "1h, 24h, 7d, 30d or a window of its objectives; default their own periods"),
    ),
    responses((status = 200, description = "Its budgets", body = ServiceBudgets)),
)]
pub(crate) async fn get<A: App>(
    State(app): State<Arc<A>>,
    Query { path, mut form, .. }: Query,
) -> Result<Json<ServiceBudgets>, Problem> {
    let window: Option<Span> = form.parsed("window");
    let configured = app.setup().await?;
    let service = path.service(configured)?;
    let setup = with_stored(app.store(), configured).await?;
    let snapshots = app.store().snapshots().await?;
    let found = budgets(&service, &setup, &snapshots, window, app.now());
    let of_service = snapshots.iter().filter(|snapshot| snapshot.service == service);
    if let Some(window) = window.filter(|_| found.budgets.is_empty() && of_service.clone().next().is_some()) {
        let mut known: Vec<Span> =
            of_service.flat_map(|snapshot| snapshot.windows.iter().map(|(window, _)| *window)).collect();
        known.sort();
        known.dedup();
        let known: Vec<_> = known.iter().map(ToString::to_string).collect();
        let hint = format!("there are {}", known.join(", "));
        form.wrong("window", format!("no objective of {service} counts {window}"), Some(hint));
    }
    form.finish(Some(()))?;
    Ok(Json(found))
}

fn budgets(
    service: &ServiceName,
    setup: &Setup,
    snapshots: &[Snapshot],
    window: Option<Span>,
    now: Time,
) -> ServiceBudgets {
    let mut found = ServiceBudgets { service: service.to_string(), budgets: Vec::new(), unjudged: Vec::new() };
    for slo in setup.slos.iter().filter(|slo| slo.service == *service) {
        let Some(snapshot) = snapshots.iter().find(|snapshot| snapshot.slo == slo.name) else {
            found.unjudged.push(slo.name.to_string());
            continue;
        };
        match window.filter(|window| !is_period(slo, *window)) {
            None => found.budgets.push(Budget::of_period(slo, snapshot, now)),
            Some(window) => found.budgets.extend(Budget::of_window(slo, snapshot, window, now)),
        }
    }
    found
}
