use std::collections::BTreeSet;

use domain::id::{ChannelName, MonitorName, SeriesId, ServiceName, SourceName};
use domain::monitor::Monitor;
use domain::notification::Route;
use domain::setup::Setup;

use super::{finding, of_monitor};
use crate::finding::{Finding, Level};
use crate::rule::Rule;

/// Finds what is declared and serves nothing.
pub(super) fn check(setup: &Setup) -> Vec<Finding> {
    let mut found = quiet(setup);
    found.extend(series(setup));
    found.extend(sources(setup));
    found.extend(channels(setup));
    found.extend(routes(setup));
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

fn channels(setup: &Setup) -> Vec<Finding> {
    let told: BTreeSet<&ChannelName> = setup.routes.iter().flat_map(|route| &route.channels).collect();
    if setup.routes.is_empty() {
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
            .seen(format!("none of {} routes names it", setup.routes.len()))
            .remedy("name it in a route, or leave it out")
        })
        .collect()
}

/// All routes that match are used, so one that takes no more and leads nowhere else adds nothing.
fn routes(setup: &Setup) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, route) in setup.routes.iter().enumerate() {
        let others = setup.routes.iter().enumerate().filter(|(other, _)| *other != index);
        // Of two equal ones the second is told of.
        let wider = others
            .into_iter()
            .find(|(other, wide)| includes(wide, route) && (*other < index || !includes(route, wide)));
        if let Some((other, _)) = wider {
            let what = format!("routes[{other}] takes all of this to the same channels");
            let redundant = finding(Rule::RedundantRoute, Level::Note, format!("routes/{index}"), what);
            found.push(
                redundant.seen("all routes that match are used, and each channel is told once").remedy("leave it out"),
            );
        }
    }
    found
}

fn includes(wide: &Route, narrow: &Route) -> bool {
    fn all<T: PartialEq>(wide: &[T], narrow: &[T]) -> bool {
        wide.is_empty() || !narrow.is_empty() && narrow.iter().all(|item| wide.contains(item))
    }
    all(&wide.services, &narrow.services)
        && all(&wide.severities, &narrow.severities)
        && wide.category.is_none_or(|category| narrow.category == Some(category))
        && narrow.channels.iter().all(|channel| wide.channels.contains(channel))
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
