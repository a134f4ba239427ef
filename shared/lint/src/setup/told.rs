//! Whom alerts reach that may come to be.

use domain::id::ServiceName;
use domain::incident::Severity;
use domain::label::{self, Labels};
use domain::monitor::{Category, Monitor};
use domain::routing::{GROUPS_MAX, Matched, RoutePath};
use domain::setup::Setup;
use domain::slo::Slo;

/// The labels of an alert of `monitor` with `severity`.
pub(super) fn of_monitor(monitor: &Monitor, severity: Severity) -> Labels {
    label::of(monitor.name.as_str(), &monitor.service, (severity, monitor.category), &monitor.labels)
}

/// The labels of an alert of `slo` with `severity`.
pub(super) fn of_slo(slo: &Slo, severity: Severity) -> Labels {
    label::of(slo.name.as_str(), &slo.service, (severity, slo.category), &slo.labels)
}

/// The labels of an alert of which no more is known.
pub(super) fn of_service(service: &ServiceName, severity: Severity, category: Category) -> Labels {
    label::of("", service, (severity, category), &Labels::new())
}

/// Whether somebody hears of an alert with these labels, or the configuration says that nobody is to.
pub(super) fn is_taken(setup: &Setup, labels: &Labels) -> bool {
    let routes = setup.routing.routes_of(labels);
    routes.iter().take(GROUPS_MAX).any(|matched| tells(matched) || matched.path != RoutePath::root())
}

/// Whether the route tells anybody.
fn tells(matched: &Matched<'_>) -> bool {
    !matched.route.channels.is_empty() || matched.route.escalation.is_some()
}

/// Whether no alert is told to anybody.
pub(super) fn nobody(setup: &Setup) -> bool {
    !setup.routing.walk().iter().any(tells)
}
