//! What is never told: routes that are muted at all times, planned work that covers everything.

use domain::id::ServiceName;
use domain::incident::Severity;
use domain::label::{self, Labels};
use domain::monitor::Category;
use domain::routing::{Planned, Route, Routing, When, next_change};
use domain::setup::Setup;
use domain::units::{Span, Time};

use super::finding;
use crate::finding::{Finding, Level};
use crate::rule::Rule;

/// How far is looked: whatever comes every year comes within it.
const AHEAD: Span = Span::DAY.times(366);

/// Routes that tell nobody for a year, and planned work that keeps every alert from people for as long.
pub(super) fn check(setup: &Setup, now: Time) -> Vec<Finding> {
    let mut found = Vec::new();
    of_route(&setup.routing, (setup.routing.root(), "routes"), now, &mut found);
    let planned = setup.routing.planned.iter().enumerate();
    found.extend(planned.filter_map(|(index, planned)| of_planned(&setup.routing, (index, planned), now)));
    found
}

fn of_route(routing: &Routing, (route, part): (&Route, &str), now: Time, found: &mut Vec<Finding>) {
    for (index, below) in route.routes.iter().enumerate() {
        of_route(routing, (below, &format!("{part}/{index}")), now, found);
    }
    let tells = !route.channels.is_empty() || route.escalation.is_some();
    if tells && is_always_muted(routing, route, now) {
        let why =
            if route.active_in.is_empty() { "it is always muted" } else { "it is never active when it is not muted" };
        found.push(
            finding(Rule::NeverTells, Level::Error, part.to_owned(), "nobody is told or called by this route")
                .seen(format!("{why}: looked at for a year from {now} on"))
                .remedy("correct mute_in, active_in, or the times of their intervals"),
        );
    }
}

fn is_always_muted(routing: &Routing, route: &Route, now: Time) -> bool {
    let mut at = now;
    while let Some((_, until)) = routing.mute_of(route, at) {
        match until.filter(|until| *until < now + AHEAD) {
            Some(until) => at = until,
            None => return true,
        }
    }
    false
}

fn of_planned(routing: &Routing, (index, planned): (usize, &Planned), now: Time) -> Option<Finding> {
    let is_always = match &planned.when {
        When::Between { starts_at, ends_at } => *starts_at <= now && *ends_at >= now + AHEAD,
        When::In(name) => {
            let never_ends = |intervals| next_change(intervals, now).is_none();
            routing.is_in(name, now) && routing.intervals.get(name).is_some_and(|intervals| never_ends(intervals))
        }
    };
    (is_always && any_alerts().all(|labels| planned.matchers.matches(&labels))).then(|| {
        let part = format!("maintenance/{index}");
        finding(Rule::NeverTells, Level::Error, part, "it keeps every alert from people, for a year or more")
            .seen(format!("{}: {} covers alerts of any service and severity", planned.comment, planned.matchers))
            .remedy("say which service is worked on, and until when")
    })
}

/// Alerts of nothing in particular.
fn any_alerts() -> impl Iterator<Item = Labels> {
    let service: ServiceName = "any-service".parse().expect("it is written as a name");
    let kinds = Severity::ALL.into_iter().flat_map(|one| Category::ALL.map(|category| (one, category)));
    kinds.map(move |kind| label::of("any-alert", &service, kind, &Labels::new()))
}
