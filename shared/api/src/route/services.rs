use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::alert::{Alert, Status};
use domain::drill;
use domain::health::Health;
use domain::id::ServiceName;
use domain::service::Service as Configured;
use engine::port::{Ledger, PortError};

use crate::App;
use crate::problem::Problem;
use crate::request::{Query, page_by_name};
use crate::view::{Listing, Service, ServiceDetail, ServiceHealth};

const LIST: &str = "services";
/// Firing alerts that are looked at, in pages: with more, the estate is in trouble as a whole, and the health of a
/// service that is not among them is not known.
const FIRING_PAGES_MAX: usize = 10;
const FIRING_PAGE: u32 = 100;

/// Services by name, with their health.
#[utoipa::path(get, path = "/v1/services", operation_id = "list_services", tag = "services",
    params(
        ("limit" = inline(Option<u32>), Query, description = "Rows of one page, 1 to 100; default 25"),
        ("cursor" = inline(Option<String>), Query, description = "From the page before"),
    ),
    responses((status = 200, description = "One page", body = Listing<Service>)),
)]
pub(crate) async fn list<A: App>(
    State(app): State<Arc<A>>,
    Query { mut form, .. }: Query,
) -> Result<Json<Listing<Service>>, Problem> {
    let paging = form.paging(LIST);
    let paging = form.finish(Some(paging))?;
    let setup = app.setup().await?;
    let firing = Firing::read(app.store()).await?;
    let all = setup.services.iter().collect();
    let (services, cursor) = page_by_name(LIST, &paging, all, |service: &&Configured| service.name.as_str());
    let items = services.iter().map(|service| Service::new(service, firing.of(&service.name), firing.complete));
    Ok(Json(Listing { items: items.collect(), cursor }))
}

/// One service: what is watched, and what is wrong.
#[utoipa::path(get, path = "/v1/services/{name}", operation_id = "get_service", tag = "services",
    params(("name" = String, Path, description = "The service")),
    responses((status = 200, description = "The service", body = ServiceDetail)),
)]
pub(crate) async fn get<A: App>(
    State(app): State<Arc<A>>,
    Query { path, form, .. }: Query,
) -> Result<Json<ServiceDetail>, Problem> {
    form.finish(Some(()))?;
    let setup = app.setup().await?;
    let name = path.service(setup)?;
    let firing = Firing::read(app.store()).await?;
    let service = setup.service(&name).expect("the path names a service of the configuration");
    Ok(Json(ServiceDetail::new(service, setup, (firing.of(&name), firing.complete), app.now())))
}

/// What fires, by service.
pub(crate) struct Firing {
    by_service: BTreeMap<ServiceName, Vec<Alert>>,
    complete: bool,
}

impl Firing {
    pub(crate) async fn read(ledger: &impl Ledger) -> Result<Self, PortError> {
        let mut found = Self { by_service: BTreeMap::new(), complete: false };
        let mut cursor = None;
        for _ in 0..FIRING_PAGES_MAX {
            let page = ledger.alerts(Status::Firing, FIRING_PAGE, cursor).await?;
            for alert in page.items.into_iter().filter(|alert| !drill::marks(&alert.labels)) {
                found.by_service.entry(alert.service.clone()).or_default().push(alert);
            }
            cursor = page.cursor;
            if cursor.is_none() {
                found.complete = true;
                break;
            }
        }
        Ok(found)
    }

    pub(crate) fn of(&self, service: &ServiceName) -> &[Alert] {
        self.by_service.get(service).map_or(&[], Vec::as_slice)
    }

    /// By service.
    pub(crate) const fn by_service(&self) -> &BTreeMap<ServiceName, Vec<Alert>> {
        &self.by_service
    }

    /// A health as it is told: of a service without alerts nothing is known unless all alerts were looked at.
    pub(crate) fn told(&self, health: Health) -> ServiceHealth {
        ServiceHealth::told(health, self.complete)
    }

    pub(crate) fn health(&self, service: &ServiceName) -> ServiceHealth {
        ServiceHealth::of(self.of(service), self.complete)
    }
}
