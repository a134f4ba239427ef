//! Whether people hear of it.

use std::collections::BTreeMap;

use domain::id::ServiceName;
use domain::incident::Severity;
use domain::label::Labels;
use domain::monitor::{Category, Monitor};
use domain::routing::Route;
use domain::service::{OWN_SERVICE, UNASSIGNED};
use domain::setup::Setup;

use super::{finding, of_condition, slos, told};
use crate::finding::{Finding, Level};
use crate::rule::Rule;

/// So many names fit a line.
const SHOWN: usize = 3;

pub(super) fn check(setup: &Setup) -> Vec<Finding> {
    if told::nobody(setup) {
        return without_routes(setup).into_iter().collect();
    }
    let mut found = lost(setup);
    found.extend(setup.services.iter().filter_map(|service| service_reach(setup, &service.name)));
    let own = "nobody hears of Tocsin's own trouble, such as a source that fails";
    found.extend(system_reach(setup, OWN_SERVICE, own));
    found.extend(system_reach(setup, UNASSIGNED, "nobody hears of alerts that are sent of no configured service"));
    found.extend(wakes_nobody(setup));
    found
}

fn without_routes(setup: &Setup) -> Option<Finding> {
    let told = setup.monitors.iter().filter(|monitor| !monitor.quiet).count() + setup.slos.len();
    (told > 0).then(|| {
        finding(
            Rule::ReachesNobody,
            Level::Warn,
            String::new(),
            "there are no routes, so no channel is told of anything",
        )
        .seen(format!("{told} monitors and objectives, {} channels, 0 routes", setup.channels.len()))
        .remedy("add a channel and - { channels: [name] } to the routes, unless all people subscribe to the SNS topics")
    })
}

/// What routes tell apart.
type Group<'s> = (&'s ServiceName, Severity, Category);
/// The name of what alerts, and where it is written.
type Alerts<'s> = (&'s str, String);

/// What no route takes, by service, severity and category: a resource brings several monitors along, and one route
/// mends them all.
fn lost(setup: &Setup) -> Vec<Finding> {
    let mut groups: BTreeMap<Group<'_>, Vec<Alerts<'_>>> = BTreeMap::new();
    let mut add = |labels: &Labels, (service, severity, category), (name, part)| {
        if !told::is_taken(setup, labels) {
            groups.entry((service, severity, category)).or_default().push((name, part));
        }
    };
    for monitor in setup.monitors.iter().filter(|monitor| !monitor.quiet) {
        for severity in monitor.conditions.iter().map(|condition| condition.severity) {
            let part = of_condition(monitor, severity);
            let labels = told::of_monitor(monitor, severity);
            add(&labels, (&monitor.service, severity, monitor.category), (monitor.name.as_str(), part));
        }
    }
    for slo in &setup.slos {
        for severity in slos::severities(slo) {
            let labels = told::of_slo(slo, severity);
            add(&labels, (&slo.service, severity, slo.category), (slo.name.as_str(), slos::of_slo(slo)));
        }
    }
    let lost = |((service, severity, category), told): (Group<'_>, Vec<Alerts<'_>>)| {
        let names: Vec<&str> = told.iter().take(SHOWN).map(|(name, _)| *name).collect();
        let more = more(told.len());
        let what = format!("no route takes {severity} of {service}, category {}", category.as_str());
        finding(Rule::ReachesNobody, Level::Error, told[0].1.clone(), what)
            .seen(format!("{}{more} would tell nobody; {}", names.join(", "), routes(setup)))
            .remedy("add a route for them, or a last one without conditions")
    };
    groups.into_iter().map(lost).collect()
}

/// `and 3 more`, where not all are shown.
fn more(count: usize) -> String {
    let more = count.saturating_sub(SHOWN);
    if more > 0 { format!(" and {more} more") } else { String::new() }
}

/// What the routes ask for, as far as it fits a line.
fn routes(setup: &Setup) -> String {
    let routes = &setup.routing.root().routes;
    let shown: Vec<String> = routes.iter().take(SHOWN).map(|route| route.matchers.to_string()).collect();
    format!("the routes take {}{}", shown.join(", "), more(routes.len()))
}

/// Alerts that others push are of a service as well: one without a monitor has only these.
fn service_reach(setup: &Setup, service: &ServiceName) -> Option<Finding> {
    let judged = setup.monitors.iter().any(|monitor| &monitor.service == service)
        || setup.slos.iter().any(|slo| &slo.service == service);
    let labels = |severity: &Severity| told::of_service(service, *severity, Category::Technical);
    let reached = Severity::ALL.iter().any(|severity| told::is_taken(setup, &labels(severity)));
    (!judged && !reached).then(|| {
        let what = "no route takes alerts of this service, whatever their severity";
        finding(Rule::ReachesNobody, Level::Warn, format!("services/{service}"), what)
            .seen(routes(setup))
            .remedy("add a route for it, or a last one without conditions")
    })
}

/// The services that are there without being configured.
fn system_reach(setup: &Setup, service: &str, what: &str) -> Option<Finding> {
    let own: ServiceName = service.parse().ok()?;
    let lost: Vec<Severity> = Severity::ALL
        .into_iter()
        .filter(|severity| !told::is_taken(setup, &told::of_service(&own, *severity, Category::Technical)))
        .collect();
    (lost.len() == Severity::ALL.len()).then(|| {
        finding(Rule::ReachesNobody, Level::Warn, String::new(), what)
            .seen(format!("service {service}: {}", routes(setup)))
            .remedy(format!("add - {{ service: {service}, channels: [name] }} to the routes"))
    })
}

/// SEV1 is for whoever is asleep.
fn wakes_nobody(setup: &Setup) -> Vec<Finding> {
    let wakes = |route: &Route| {
        let mut kinds = route.channels.iter().filter_map(|name| setup.channel(name));
        route.escalation.is_some() || kinds.any(|channel| channel.kind.wakes())
    };
    let one = |monitor: &Monitor| {
        monitor.condition(Severity::Sev1).filter(|_| !monitor.quiet)?;
        let routes = setup.routing.routes_of(&told::of_monitor(monitor, Severity::Sev1));
        let is_told = routes.iter().any(|matched| !matched.route.channels.is_empty());
        (is_told && !routes.iter().any(|matched| wakes(matched.route))).then(|| {
            let what = "its alerts of SEV1 wake nobody";
            finding(Rule::WakesNobody, Level::Note, of_condition(monitor, Severity::Sev1), what)
                .seen("none of its channels wakes anybody: they are chats")
                .remedy("add a channel of kind pagerduty or webhook to a route for SEV1")
        })
    };
    setup.monitors.iter().filter_map(one).collect()
}
