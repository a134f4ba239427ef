use domain::alert;
use domain::health::{Health, health_of};
use domain::metric::Series;
use domain::setup::Setup;
use domain::units::Time;
use serde::Serialize;
use utoipa::ToSchema;

use super::Alert;

/// A service, and how it is.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub(crate) struct Service {
    /// Its name.
    name: String,
    /// The team or person that owns it.
    owner: String,
    /// Whether its series are asked for every minute whatever its health.
    critical: bool,
    /// How it is.
    health: ServiceHealth,
    /// How many of its alerts are firing.
    firing: usize,
    /// The services it calls.
    depends_on: Vec<String>,
    /// The AWS resources it is made of, such as `lambda:shop-checkout:live`.
    resources: Vec<String>,
    /// Its series.
    series: Vec<String>,
}

/// A service with what is watched and what is wrong.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub(crate) struct ServiceDetail {
    #[serde(flatten)]
    service: Service,
    /// Its alerts that are firing.
    alerts: Vec<Alert>,
    /// Its monitors.
    monitors: Vec<String>,
    /// How its series are read.
    readings: Vec<SeriesView>,
}

/// How a series is read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[schema(as = Series)]
pub(crate) struct SeriesView {
    /// Its id, for `/v1/metrics/query`.
    id: String,
    /// Where it is read.
    source: String,
    /// The unit of its numbers.
    #[schema(value_type = String)]
    unit: domain::units::Unit,
    /// The distance of two points, such as `1m`.
    period: String,
    /// How often it is asked for while its service is healthy, such as `5m`.
    pace: String,
}

/// The health that a service's alerts add up to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ServiceHealth {
    /// Nothing fires.
    Healthy,
    /// Something fires, nothing worse than SEV3.
    Degraded,
    /// Something of SEV1 or SEV2 fires.
    Unhealthy,
    /// More fires in all than was looked at, and none of it is this service's.
    Unknown,
}

impl ServiceHealth {
    /// The health that `firing` adds up to; `complete`: these are all that fire.
    pub(crate) fn of<'a>(firing: impl IntoIterator<Item = &'a alert::Alert>, complete: bool) -> Self {
        Self::told(health_of(firing), complete)
    }

    /// A health as it is told; `complete`: all alerts were looked at.
    pub(crate) const fn told(health: Health, complete: bool) -> Self {
        match health {
            Health::Healthy if complete => Self::Healthy,
            Health::Healthy => Self::Unknown,
            Health::Degraded => Self::Degraded,
            Health::Unhealthy => Self::Unhealthy,
        }
    }
}

impl Service {
    pub(crate) fn new(service: &domain::service::Service, firing: &[alert::Alert], complete: bool) -> Self {
        Self {
            name: service.name.to_string(),
            owner: service.owner.clone(),
            critical: service.critical,
            health: ServiceHealth::of(firing, complete),
            firing: firing.len(),
            depends_on: service.depends_on.iter().map(ToString::to_string).collect(),
            resources: service.resources.iter().map(ToString::to_string).collect(),
            series: service.series.iter().map(ToString::to_string).collect(),
        }
    }
}

impl ServiceDetail {
    pub(crate) fn new(
        service: &domain::service::Service,
        setup: &Setup,
        (firing, complete): (&[alert::Alert], bool),
        now: Time,
    ) -> Self {
        let monitors = setup.monitors.iter().filter(|monitor| monitor.service == service.name);
        let series = service.series.iter().filter_map(|id| setup.series(id));
        Self {
            service: Service::new(service, firing, complete),
            alerts: firing.iter().map(|alert| Alert::of(alert.clone(), now)).collect(),
            monitors: monitors.map(|monitor| monitor.name.to_string()).collect(),
            readings: series.map(Into::into).collect(),
        }
    }
}

impl From<&Series> for SeriesView {
    fn from(series: &Series) -> Self {
        Self {
            id: series.id.to_string(),
            source: series.source.to_string(),
            unit: series.unit,
            period: series.period.to_string(),
            pace: series.pace.to_string(),
        }
    }
}
