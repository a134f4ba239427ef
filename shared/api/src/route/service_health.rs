use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::health::{Assessment, Cause, assess};
use domain::service::Service;
use domain::setup::Setup;
use domain::slo::Snapshot;
use domain::units::Time;
use engine::port::Slos;
use engine::slo::with_stored;
use serde::Serialize;
use utoipa::ToSchema;

use super::services::Firing;
use crate::App;
use crate::problem::Problem;
use crate::request::{Query, page_by_name};
use crate::view::{Alert, Budget, Listing, ServiceHealth};

const LIST: &str = "service-health";

/// How a service is, and whose doing it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthOfService {
    /// The service.
    service: String,
    /// How it is; degraded too while something that it calls is unhealthy.
    status: ServiceHealth,
    /// How it is by its own alerts alone.
    own_status: ServiceHealth,
    /// 100 is perfect; each alert takes a part of what is left, and so does each budget as far as it is spent.
    score: u8,
    /// `own`, or `dependency`: only because of what it calls; absent: it is healthy.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    cause: Option<&'static str>,
    /// The services it calls, directly or not, where the trouble begins.
    because_of: Vec<String>,
    /// In a sentence.
    reason: String,
    /// How many of its alerts fire.
    firing: usize,
}

/// The same with what it is made of.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthDetail {
    #[serde(flatten)]
    health: HealthOfService,
    /// Its alerts that fire.
    alerts: Vec<Alert>,
    /// Its error budgets.
    budgets: Vec<Budget>,
    /// What it calls.
    dependencies: Vec<HealthOfService>,
}

/// How all services are.
#[utoipa::path(get, path = "/v1/service-health", operation_id = "list_service_health", tag = "services",
    params(
        ("limit" = inline(Option<u32>), Query, description = "Rows of one page, 1 to 100; default 25"),
        ("cursor" = inline(Option<String>), Query, description = "From the page before"),
    ),
    responses((status = 200, description = "One page", body = Listing<HealthOfService>)),
)]
pub(crate) async fn list<A: App>(
    State(app): State<Arc<A>>,
    Query { mut form, .. }: Query,
) -> Result<Json<Listing<HealthOfService>>, Problem> {
    let paging = form.paging(LIST);
    let paging = form.finish(Some(paging))?;
    let (setup, firing) = (app.setup().await?, Firing::read(app.store()).await?);
    let snapshots = app.store().snapshots().await?;
    let all = setup.services.iter().collect();
    let (services, cursor) = page_by_name(LIST, &paging, all, |service: &&Service| service.name.as_str());
    let items = services.into_iter().map(|service| health(service, setup, &firing, &snapshots));
    Ok(Json(Listing { items: items.collect(), cursor }))
}

/// How a service is, with its alerts, its budgets and what it calls.
#[utoipa::path(get, path = "/v1/service-health/{name}", operation_id = "get_service_health", tag = "services",
    params(("name" = String, Path, description = "The service")),
    responses((status = 200, description = "How it is", body = HealthDetail)),
)]
pub(crate) async fn get<A: App>(
    State(app): State<Arc<A>>,
    Query { path, form, .. }: Query,
) -> Result<Json<HealthDetail>, Problem> {
    form.finish(Some(()))?;
    let configured = app.setup().await?;
    let name = path.service(configured)?;
    let setup = with_stored(app.store(), configured).await?;
    let firing = Firing::read(app.store()).await?;
    let snapshots = app.store().snapshots().await?;
    let service = setup.service(&name).expect("the path names a service of the configuration");
    let calls = service.depends_on.iter().filter_map(|name| setup.service(name));
    Ok(Json(HealthDetail {
        health: health(service, &setup, &firing, &snapshots),
        alerts: firing.of(&name).iter().map(|alert| Alert::of(alert.clone(), app.now())).collect(),
        budgets: budgets(service, &setup, &snapshots, app.now()),
        dependencies: calls.map(|service| health(service, &setup, &firing, &snapshots)).collect(),
    }))
}

fn budgets(service: &Service, setup: &Setup, snapshots: &[Snapshot], now: Time) -> Vec<Budget> {
    let of = setup.slos.iter().filter(|slo| slo.service == service.name);
    let found = of.filter_map(|slo| Some((slo, snapshots.iter().find(|snapshot| snapshot.slo == slo.name)?)));
    found.map(|(slo, snapshot)| Budget::of_period(slo, snapshot, now)).collect()
}

fn health(service: &Service, setup: &Setup, firing: &Firing, snapshots: &[Snapshot]) -> HealthOfService {
    let Assessment { status, own, score, cause, because_of, reason } =
        assess(service, &setup.services, firing.by_service(), snapshots);
    HealthOfService {
        service: service.name.to_string(),
        status: firing.told(status),
        own_status: firing.told(own),
        score,
        cause: cause.map(|cause| match cause {
            Cause::Own => "own",
            Cause::Dependency => "dependency",
        }),
        because_of: because_of.iter().map(ToString::to_string).collect(),
        reason,
        firing: firing.of(&service.name).len(),
    }
}
