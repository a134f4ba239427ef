use std::collections::{BTreeMap, BTreeSet};

use domain::id::ServiceName;
use domain::label::{self, Labels};
use domain::setup::Setup;
use domain::units::{Span, Time};
use serde::Serialize;

use super::{Call, CallKind, Detection, Episode, Incidents, Label, Told, episodes};

/// What a run would have meant for people.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Report {
    /// Start of the range; what ended before is left out.
    pub from: Time,
    /// Its end.
    pub until: Time,
    /// Firings, in the order they were told.
    pub firings: Vec<Episode>,
    /// Pages and tickets, in the order they were told.
    pub calls: Vec<Call>,
    /// By monitor; those that never fired too.
    pub monitors: Vec<MonitorLine>,
    /// By whom the routes and services name.
    pub people: Vec<Person>,
    /// Against what really happened, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detection: Option<Detection>,
}

/// What one monitor did.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct MonitorLine {
    /// Its name.
    pub monitor: String,
    /// Its service.
    pub service: ServiceName,
    /// How often it fired.
    pub firings: usize,
    /// For how long altogether.
    pub fired_for: Span,
    /// Pages that it brought.
    pub pages: usize,
    /// Tickets that it brought.
    pub tickets: usize,
}

/// A team that owns services, or a channel that routes name.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Person {
    /// `owner` or `channel`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Pages.
    pub pages: usize,
    /// Tickets.
    pub tickets: usize,
    /// Pages a week.
    pub pages_a_week: f64,
}

impl Report {
    /// What `told` means for the people that `setup` names, in `[from, until)`. What was told before `from` decides where
    /// alerts and incidents stand then.
    pub fn of(setup: &Setup, told: &[Told], (from, until): (Time, Time), labels: Option<&[Label]>) -> Self {
        let told: Vec<Told> = told.iter().filter(|told| told.at < until).cloned().collect();
        let firings: Vec<_> = episodes(&told).into_iter().filter(|firing| firing.told_at >= from).collect();
        let mut incidents = Incidents::default();
        let calls = told.iter().filter_map(|told| incidents.take(told));
        let calls: Vec<Call> = calls.filter(|call| call.at >= from).collect();
        let detection = labels.map(|labels| Detection::of(labels, &firings));
        Self {
            monitors: lines(setup, &firings, &calls, until),
            people: people(setup, &calls, weeks(from, until)),
            from,
            until,
            firings,
            calls,
            detection,
        }
    }

    /// How long the range is, in weeks.
    pub fn weeks(&self) -> f64 {
        weeks(self.from, self.until)
    }

    /// How many calls of that kind there are.
    pub fn count(&self, kind: CallKind) -> usize {
        self.calls.iter().filter(|call| call.kind == kind).count()
    }
}

fn weeks(from: Time, until: Time) -> f64 {
    f64::from(until.since(from).seconds()) / f64::from(Span::DAY.times(7).seconds())
}

fn lines(setup: &Setup, firings: &[Episode], calls: &[Call], until: Time) -> Vec<MonitorLine> {
    let mut names: BTreeSet<(String, ServiceName)> = BTreeSet::new();
    let told = setup.monitors.iter().filter(|monitor| !monitor.quiet);
    names.extend(told.map(|monitor| (monitor.name.to_string(), monitor.service.clone())));
    names.extend(setup.slos.iter().map(|slo| (slo.name.to_string(), slo.service.clone())));
    names.extend(firings.iter().map(|firing| (firing.monitor.clone(), firing.service.clone())));
    let line = |(monitor, service): (String, ServiceName)| {
        let fired: Vec<_> = firings.iter().filter(|firing| firing.monitor == monitor).collect();
        let called = |kind| calls.iter().filter(|call| call.monitor == monitor && call.kind == kind).count();
        MonitorLine {
            firings: fired.len(),
            fired_for: fired.iter().fold(Span::default(), |sum, firing| sum + firing.lasted(until)),
            pages: called(CallKind::Page),
            tickets: called(CallKind::Ticket),
            monitor,
            service,
        }
    };
    names.into_iter().map(line).collect()
}

/// The labels that the alert of a call has.
fn labels(setup: &Setup, call: &Call) -> Labels {
    let monitor = setup.monitors.iter().find(|monitor| monitor.name.as_str() == call.monitor);
    let slo = setup.slos.iter().find(|slo| slo.name.as_str() == call.monitor);
    let own = monitor.map(|monitor| &monitor.labels).or(slo.map(|slo| &slo.labels));
    label::of(&call.monitor, &call.service, (call.severity, call.category), own.unwrap_or(&Labels::new()))
}

/// Each owner of a called service, and each channel that the routes name for a call.
fn people(setup: &Setup, calls: &[Call], weeks: f64) -> Vec<Person> {
    let mut counts: BTreeMap<(&'static str, String), [usize; 2]> = BTreeMap::new();
    for service in &setup.services {
        counts.entry(("owner", service.owner.clone())).or_default();
    }
    for channel in &setup.channels {
        counts.entry(("channel", channel.name.to_string())).or_default();
    }
    for call in calls {
        let place = usize::from(call.kind == CallKind::Ticket);
        let owner = setup.service(&call.service).map_or(&setup.default_owner, |service| &service.owner);
        counts.entry(("owner", owner.clone())).or_default()[place] += 1;
        let routes = setup.routing.routes_of(&labels(setup, call)).into_iter();
        let channels: BTreeSet<String> =
            routes.flat_map(|matched| &matched.route.channels).map(ToString::to_string).collect();
        for channel in channels {
            counts.entry(("channel", channel)).or_default()[place] += 1;
        }
    }
    let person = |((kind, name), [pages, tickets]): ((&'static str, String), [usize; 2])| {
        let pages_a_week = if weeks > 0.0 { pages as f64 / weeks } else { 0.0 };
        Person { kind, name, pages, tickets, pages_a_week }
    };
    counts.into_iter().map(person).collect()
}
