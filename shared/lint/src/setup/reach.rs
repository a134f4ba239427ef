//! Whether people hear of it.

use std::collections::BTreeMap;

use domain::id::ServiceName;
use domain::incident::Severity;
use domain::monitor::{Category, Monitor};
use domain::notification::{ChannelKind, Route};
use domain::setup::Setup;

use super::{channels, finding, of_condition, severities};
use crate::finding::{Finding, Level};
use crate::rule::Rule;

/// The service of Tocsin's own trouble, such as a source that cannot be read.
const OWN_SERVICE: &str = "tocsin";
/// So many names fit a line.
const SHOWN: usize = 3;

pub(super) fn check(setup: &Setup) -> Vec<Finding> {
    if setup.routes.is_empty() {
        return without_routes(setup).into_iter().collect();
    }
    let mut found = lost(setup);
    found.extend(setup.services.iter().filter_map(|service| service_reach(setup, &service.name)));
    found.extend(own_reach(setup));
    found.extend(wakes_nobody(setup));
    found
}

fn without_routes(setup: &Setup) -> Option<Finding> {
    let told: usize = setup.monitors.iter().filter(|monitor| !monitor.quiet).count();
    (told > 0).then(|| {
        finding(
            Rule::ReachesNobody,
            Level::Warn,
            String::new(),
            "there are no routes, so no channel is told of anything",
        )
        .seen(format!("{told} monitors, {} channels, 0 routes", setup.channels.len()))
        .remedy("add a channel and - { channels: [name] } to the routes, unless all people subscribe to the SNS topics")
    })
}

/// What no route takes, by service, severity and category: a resource brings several monitors along, and one route
/// mends them all.
fn lost(setup: &Setup) -> Vec<Finding> {
    let mut groups: BTreeMap<(&ServiceName, Severity, Category), Vec<&Monitor>> = BTreeMap::new();
    for monitor in setup.monitors.iter().filter(|monitor| !monitor.quiet) {
        for severity in monitor.conditions.iter().map(|condition| condition.severity) {
            if channels(setup, &monitor.service, severity, monitor.category) == 0 {
                groups.entry((&monitor.service, severity, monitor.category)).or_default().push(monitor);
            }
        }
    }
    let told = |((service, severity, category), monitors): ((&ServiceName, Severity, Category), Vec<&Monitor>)| {
        let names: Vec<&str> = monitors.iter().take(SHOWN).map(|monitor| monitor.name.as_str()).collect();
        let more = more(monitors.len());
        let what = format!("no route takes {severity} of {service}, category {}", category.as_str());
        finding(Rule::ReachesNobody, Level::Error, of_condition(monitors[0], severity), what)
            .seen(format!("{}{more} would tell nobody; {}", names.join(", "), routes(setup)))
            .remedy("add a route for them, or a last one without conditions")
    };
    groups.into_iter().map(told).collect()
}

/// `and 3 more`, where not all are shown.
fn more(count: usize) -> String {
    let more = count.saturating_sub(SHOWN);
    if more > 0 { format!(" and {more} more") } else { String::new() }
}

/// What the routes ask for, as far as it fits a line.
fn routes(setup: &Setup) -> String {
    let shown: Vec<String> = setup.routes.iter().take(SHOWN).map(|route| format!("{{ {} }}", wants(route))).collect();
    format!("the routes take {}{}", shown.join(", "), more(setup.routes.len()))
}

fn wants(route: &Route) -> String {
    let mut words = Vec::new();
    if !route.services.is_empty() {
        words.push(route.services.iter().map(ServiceName::as_str).collect::<Vec<_>>().join(" or "));
    }
    if !route.severities.is_empty() {
        words.push(severities(route.severities.iter().copied()));
    }
    words.extend(route.category.map(|category| category.as_str().to_owned()));
    if words.is_empty() { "anything".to_owned() } else { words.join("; ") }
}

/// Alerts that others push are of a service as well: one without a monitor has only these.
fn service_reach(setup: &Setup, service: &ServiceName) -> Option<Finding> {
    let judged = setup.monitors.iter().any(|monitor| &monitor.service == service);
    let reached = Severity::ALL.iter().any(|severity| channels(setup, service, *severity, Category::Technical) > 0);
    (!judged && !reached).then(|| {
        let what = "no route takes alerts of this service, whatever their severity";
        finding(Rule::ReachesNobody, Level::Warn, format!("services/{service}"), what)
            .seen(routes(setup))
            .remedy("add a route for it, or a last one without conditions")
    })
}

fn own_reach(setup: &Setup) -> Option<Finding> {
    let own: ServiceName = OWN_SERVICE.parse().ok()?;
    let lost: Vec<Severity> = Severity::ALL
        .into_iter()
        .filter(|severity| channels(setup, &own, *severity, Category::Technical) == 0)
        .collect();
    (lost.len() == Severity::ALL.len()).then(|| {
        finding(
            Rule::ReachesNobody,
            Level::Warn,
            String::new(),
            "nobody hears of Tocsin's own trouble, such as a source that fails",
        )
        .seen(format!("service {OWN_SERVICE}: {}", routes(setup)))
        .remedy(format!("add - {{ service: {OWN_SERVICE}, channels: [name] }} to the routes"))
    })
}

/// SEV1 is for whoever is asleep.
fn wakes_nobody(setup: &Setup) -> Vec<Finding> {
    let wakes = |route: &&Route| {
        let kinds = route.channels.iter().filter_map(|name| setup.channel(name));
        kinds.into_iter().any(|channel| !matches!(channel.kind, ChannelKind::Slack { .. }))
    };
    let one = |monitor: &Monitor| {
        monitor.condition(Severity::Sev1).filter(|_| !monitor.quiet)?;
        let routes: Vec<&Route> = setup
            .routes
            .iter()
            .filter(|route| route.covers(&monitor.service, Severity::Sev1, monitor.category))
            .collect();
        (!routes.is_empty() && !routes.iter().any(wakes)).then(|| {
            let what = "its alerts of SEV1 wake nobody";
            finding(Rule::WakesNobody, Level::Note, of_condition(monitor, Severity::Sev1), what)
                .seen("all its channels are of kind slack")
                .remedy("add a channel of kind pagerduty or webhook to a route for SEV1")
        })
    };
    setup.monitors.iter().filter_map(one).collect()
}
