use std::collections::BTreeSet;

use domain::escalation::Target;
use domain::id::{ChannelName, IntervalName, MonitorName, SeriesId, ServiceName, SourceName};
use domain::monitor::Monitor;
use domain::routing::{Route, When};
use domain::setup::Setup;

use super::{finding, of_monitor, told};
use crate::finding::{Finding, Level};
use crate::rule::Rule;

/// Finds what is declared and serves nothing.
pub(super) fn check(setup: &Setup) -> Vec<Finding> {
    let mut found = quiet(setup);
    found.extend(series(setup));
    found.extend(sources(setup));
    found.extend(channels(setup));
    found.extend(routes(setup));
    found.extend(intervals(setup));
    found.extend(services(setup));
    found
}

fn quiet(setup: &Setup) -> Vec<Finding> {
    let combined: BTreeSet<&MonitorName> =
        setup.monitors.iter().flat_map(|monitor| monitor.signal.monitors()).collect();
    let unused = setup.monitors.iter().filter(|monitor| monitor.quiet && !combined.contains(&monitor.name));
    unused
        .map(|monitor| {
            finding(Rule::QuietUnused, Level::Warn, of_monitor(monitor), "it tells nobody, and nothing combines it")
                .seen("quiet: true, and no other monitor names it")
                .remedy("leave quiet out, combine it, or leave it out")
        })
        .collect()
}

fn series(setup: &Setup) -> Vec<Finding> {
    let monitors = setup.monitors.iter().flat_map(Monitor::series);
    let slos: Vec<&SeriesId> = setup.slos.iter().flat_map(domain::slo::Slo::series).collect();
    let read: BTreeSet<&SeriesId> = monitors.chain(slos).collect();
    let unused = setup.series.iter().filter(|series| !read.contains(&series.id));
    unused
        .map(|series| {
            finding(Rule::UnusedSeries, Level::Note, format!("series/{}", series.id), "nothing reads it")
                .seen("no monitor and no objective looks at it; it is asked for and kept all the same")
                .remedy("add a monitor, or leave it out unless it is there for queries and post-mortems")
        })
        .collect()
}

fn sources(setup: &Setup) -> Vec<Finding> {
    let read: BTreeSet<&SourceName> = setup.series.iter().map(|series| &series.source).collect();
    let unused = setup.sources.iter().filter(|source| !read.contains(&source.name));
    unused
        .map(|source| {
            finding(Rule::UnusedSource, Level::Note, format!("sources/{}", source.name), "no series is read from it")
                .seen(format!("{} series, none of this source", setup.series.len()))
                .remedy("add a series, or leave it out")
        })
        .collect()
}

/// Channels that no route and no policy names, and no other channel falls back on.
fn channels(setup: &Setup) -> Vec<Finding> {
    let routes = setup.routing.walk();
    let named = routes.iter().flat_map(|matched| &matched.route.channels);
    let mut told: BTreeSet<&ChannelName> =
        named.chain(setup.channels.iter().filter_map(|channel| channel.fallback.as_ref())).collect();
    for policy in &setup.on_call.policies {
        told.extend(&policy.fallback);
        told.extend(policy.steps.iter().flat_map(|step| &step.targets).filter_map(|target| match target {
            Target::Channel(name) => Some(name),
            _ => None,
        }));
    }
    if told::nobody(setup) {
        return Vec::new();
    }
    let unused = setup.channels.iter().filter(|channel| !told.contains(&channel.name));
    unused
        .map(|channel| {
            finding(
                Rule::UnusedChannel,
                Level::Warn,
                format!("channels/{}", channel.name),
                "nothing is ever sent there",
            )
            .seen(format!("none of {} routes names it, and no policy and no other channel", routes.len() - 1))
            .remedy("name it in a route, or leave it out")
        })
        .collect()
}

/// Intervals that no route and no maintenance names.
fn intervals(setup: &Setup) -> Vec<Finding> {
    let routes = setup.routing.walk();
    let mut named: BTreeSet<&IntervalName> =
        routes.iter().flat_map(|matched| matched.route.mute_in.iter().chain(&matched.route.active_in)).collect();
    named.extend(setup.routing.planned.iter().filter_map(|planned| match &planned.when {
        When::In(name) => Some(name),
        When::Between { .. } => None,
    }));
    let unused = setup.routing.intervals.keys().filter(|name| !named.contains(name));
    unused
        .map(|name| {
            finding(Rule::UnusedInterval, Level::Note, format!("intervals/{name}"), "nothing refers to it")
                .seen("no route is muted or active in it, and no maintenance happens in it")
                .remedy("name it in mute_in, active_in or maintenance, or leave it out")
        })
        .collect()
}

/// A route whose next sibling takes all of it and does the same with it adds nothing.
fn routes(setup: &Setup) -> Vec<Finding> {
    let mut found = Vec::new();
    redundant(&setup.routing.root().routes, "routes", &mut found);
    found
}

fn redundant(siblings: &[Route], part: &str, found: &mut Vec<Finding>) {
    for (index, route) in siblings.iter().enumerate() {
        let part = format!("{part}/{index}");
        redundant(&route.routes, &part, found);
        let Some(next) = siblings.get(index + 1) else { continue };
        // But for what they ask, both are the same, and nothing lies below.
        let asked_alike = Route { matchers: next.matchers.clone(), ..route.clone() };
        let takes_all = next.matchers.iter().all(|matcher| route.matchers.iter().any(|own| own == matcher));
        if takes_all && asked_alike == *next && next.routes.is_empty() {
            let what = "the next route takes all of this too, and does the same with it";
            let finding = finding(Rule::RedundantRoute, Level::Note, part, what);
            found.push(finding.seen(format!("{} lies in {}", route.matchers, next.matchers)).remedy("leave it out"));
        }
    }
}

fn services(setup: &Setup) -> Vec<Finding> {
    let slos = setup.slos.iter().map(|slo| &slo.service);
    let judged: BTreeSet<&ServiceName> = setup.monitors.iter().map(|monitor| &monitor.service).chain(slos).collect();
    let unwatched = setup.services.iter().filter(|service| !judged.contains(&service.name));
    unwatched
        .map(|service| {
            let callers = setup.services.iter().filter(|caller| caller.depends_on.contains(&service.name));
            let callers: Vec<&str> = callers.map(|caller| caller.name.as_str()).collect();
            let part = format!("services/{}", service.name);
            let remedy = "add a resource, which brings its monitors along, or a monitor";
            if callers.is_empty() {
                let what = "no monitor judges it; only what others push tells of its trouble";
                return finding(Rule::Unwatched, Level::Note, part, what).seen("0 monitors").remedy(remedy);
            }
            let what = "others depend on it, and it is never seen as the cause of their trouble";
            finding(Rule::Unwatched, Level::Warn, part, what)
                .seen(format!("0 monitors; {} depends on it", callers.join(", ")))
                .remedy(remedy)
        })
        .collect()
}
