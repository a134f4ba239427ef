//! The time machine: the same fold on a virtual clock, over history instead of the present.
//!
//! Two kinds of history: chunks as the collector wrote them ([`replay`]), and numbers of series ([`run`]), which are
//! read as the collector would have read them, by pace, criticality and health. Both give what the evaluator would
//! have told, and when; [`Report`] says what that would have meant for people.

mod asking;
mod compare;
mod episodes;
mod incidents;
mod labels;
mod minutes;
mod promised;
mod recording;
mod replay;
mod report;
mod telling;
#[cfg(test)]
mod tests;
mod trace;
mod walk;
mod warm_up;

use std::collections::BTreeSet;

use domain::alert::AlertChange;
use domain::id::{MonitorName, SeriesId, SloName};
use domain::monitor::{Monitor, Signal};
use domain::setup::Setup;
use domain::units::{Span, Time};
use serde::Serialize;

pub use compare::{Difference, Fate, Matched, MonitorDifference, compare};
pub use episodes::{Episode, episodes};
pub use incidents::{Call, CallKind, Incidents};
pub use labels::{Detected, Detection, Label};
pub use promised::budget_left;
pub use recording::{Recording, Recordings};
pub use replay::{Replay, replay};
pub use report::{MonitorLine, Person, Report};
pub use trace::{TracePoint, trace};
pub use warm_up::warm_up;

use crate::fold::Plan;
use crate::fold::slo::SLO_LABEL;
use minutes::minutes;
use promised::promised;
use telling::{External, Queue, tell};
use walk::walk;

/// An alert that changed, and the tick at which it was told.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Told {
    /// The tick.
    pub at: Time,
    /// What changed.
    pub change: AlertChange,
}

/// What a run goes through: `begin` and `until` are whole minutes; what is told before anybody looks is left out later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// The first tick; it asks every series, as a collector that has just been deployed would within its paces.
    pub begin: Time,
    /// The last tick.
    pub until: Time,
}

/// Runs `setup` over `recordings` and returns what would have been told, in the order of ticks.
///
/// What only looks at the periods of its own series is judged in one go, and when it would have been told is worked out
/// afterwards; what is judged by the tick (monitors that combine others) runs minute by minute. `progress` is told of
/// points that are done, as they are.
pub fn run(setup: &Setup, recordings: &Recordings, stretch: Stretch, progress: &mut dyn FnMut(u64)) -> Vec<Told> {
    let plan = Plan::of(setup, 0, 1);
    let slow = Slow::of(&plan);
    let mut told = Vec::new();
    if !slow.is_empty() || plan.unjudged().next().is_some() {
        told = minutes(&plan.only(&slow.monitors, &slow.slos), setup, recordings, stretch, progress);
    }
    let mut queues = Vec::new();
    for monitor in plan.monitors().filter(|monitor| !slow.monitors.contains(&monitor.name)) {
        queues.push(Queue::of_monitor(monitor, walk(&plan, setup, monitor, recordings, stretch), &plan));
        progress(periods(&plan, monitor.series(), stretch));
    }
    for planned in plan.slos().filter(|planned| !slow.slos.contains(&planned.slo.name)) {
        queues.push(Queue::of_slo(planned, promised(&plan, setup, planned, recordings, stretch), &plan));
        progress(periods(&plan, planned.slo.series(), stretch));
    }
    let external: Vec<External> = told.iter().map(External::of).collect();
    told.extend(tell(queues, external, stretch));
    told.sort_by_cached_key(|told| (told.at, place(&plan, told)));
    told
}

/// Where a change stands among those of its tick: monitors, those that combine others, then objectives, each by name.
fn place(plan: &Plan, told: &Told) -> (u8, String) {
    let AlertChange { name, fingerprint, labels, .. } = &told.change;
    let monitor = name.parse().ok().and_then(|name| plan.monitor(&name));
    match monitor.filter(|monitor| monitor.fingerprint() == *fingerprint) {
        Some(monitor) => (u8::from(matches!(monitor.signal, Signal::Monitors(_))), name.clone()),
        None => (2, labels.get(SLO_LABEL).unwrap_or(name).clone()),
    }
}

/// The same, every monitor minute by minute: what [`run`] must agree with.
pub fn run_by_minutes(setup: &Setup, recordings: &Recordings, stretch: Stretch) -> Vec<Told> {
    minutes(&Plan::of(setup, 0, 1), setup, recordings, stretch, &mut |_| {})
}

/// Periods of a stretch that these series have.
fn periods<'a>(plan: &Plan, series: impl Iterator<Item = &'a SeriesId>, stretch: Stretch) -> u64 {
    let seconds = u64::from(stretch.until.since(stretch.begin).seconds());
    let planned = series.filter_map(|id| plan.series(id));
    planned.map(|planned| seconds / u64::from(planned.series.period.seconds().max(1))).sum()
}

/// What must run by the minute: monitors that combine others, what they combine, and all whose alerts decide how often
/// their series are read.
#[derive(Default)]
struct Slow {
    monitors: BTreeSet<MonitorName>,
    slos: BTreeSet<SloName>,
}

impl Slow {
    fn of(plan: &Plan) -> Self {
        let mut slow = Self::default();
        for monitor in plan.monitors().filter(|monitor| matches!(monitor.signal, Signal::Monitors(_))) {
            slow.monitors.insert(monitor.name.clone());
        }
        loop {
            let before = (slow.monitors.len(), slow.slos.len());
            let chosen: Vec<&Monitor> = plan.monitors().filter(|m| slow.monitors.contains(&m.name)).collect();
            slow.monitors.extend(chosen.iter().flat_map(|monitor| monitor.signal.monitors()).cloned());
            let promised = plan.slos().filter(|planned| slow.slos.contains(&planned.slo.name));
            let read = chosen.iter().flat_map(|m| m.series()).chain(promised.flat_map(|planned| planned.slo.series()));
            let read = read.filter_map(|id| plan.series(id)).map(|planned| &planned.series);
            let hastened: BTreeSet<&str> =
                read.filter(|series| series.pace > Span::MINUTE).map(|series| series.id.service()).collect();
            let also = plan.monitors().filter(|monitor| hastened.contains(monitor.service.as_str()));
            slow.monitors.extend(also.map(|monitor| monitor.name.clone()));
            let also = plan.slos().filter(|planned| hastened.contains(planned.slo.service.as_str()));
            slow.slos.extend(also.map(|planned| planned.slo.name.clone()));
            if before == (slow.monitors.len(), slow.slos.len()) {
                return slow;
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.monitors.is_empty() && self.slos.is_empty()
    }
}
