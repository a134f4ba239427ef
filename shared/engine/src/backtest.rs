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
use domain::id::MonitorName;
use domain::monitor::{Monitor, Signal};
use domain::setup::Setup;
use domain::units::{Span, Time};
use serde::Serialize;

pub use compare::{Difference, Fate, Matched, MonitorDifference, compare};
pub use episodes::{Episode, episodes};
pub use incidents::{Call, CallKind, Incidents};
pub use labels::{Detected, Detection, Label};
pub use recording::{Recording, Recordings};
pub use replay::{Replay, replay};
pub use report::{MonitorLine, Person, Report};
pub use trace::{TracePoint, trace};
pub use warm_up::warm_up;

use crate::fold::Plan;
use minutes::minutes;
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
    let slow = by_minutes(setup, &plan);
    let mut told = Vec::new();
    if !slow.is_empty() {
        told = minutes(&plan.only(&slow), setup, recordings, stretch, progress);
    }
    let mut queues = Vec::new();
    for monitor in plan.monitors().filter(|monitor| !slow.contains(&monitor.name)) {
        queues.push(Queue::of(monitor, walk(&plan, setup, monitor, recordings, stretch), &plan));
        progress(periods(&plan, monitor, stretch));
    }
    let external: Vec<External> = told.iter().map(External::of).collect();
    told.extend(tell(queues, external, stretch));
    let combines = |told: &Told| {
        let monitor = told.change.name.parse().ok().and_then(|name| plan.monitor(&name));
        monitor.is_some_and(|monitor| matches!(monitor.signal, Signal::Monitors(_)))
    };
    told.sort_by_cached_key(|told| (told.at, combines(told), told.change.name.clone()));
    told
}

/// The same, every monitor minute by minute: what [`run`] must agree with.
pub fn run_by_minutes(setup: &Setup, recordings: &Recordings, stretch: Stretch) -> Vec<Told> {
    minutes(&Plan::of(setup, 0, 1), setup, recordings, stretch, &mut |_| {})
}

/// Periods of a stretch that a monitor's series have.
fn periods(plan: &Plan, monitor: &Monitor, stretch: Stretch) -> u64 {
    let seconds = u64::from(stretch.until.since(stretch.begin).seconds());
    let periods = monitor.series().filter_map(|id| plan.series(id));
    periods.map(|planned| seconds / u64::from(planned.series.period.seconds().max(1))).sum()
}

/// The monitors that must run by the minute: those that combine others, what they combine, and all whose alerts decide
/// how often their series are read.
fn by_minutes<'a>(setup: &'a Setup, plan: &'a Plan) -> BTreeSet<MonitorName> {
    let mut slow: BTreeSet<MonitorName> = BTreeSet::new();
    for monitor in plan.monitors().filter(|monitor| matches!(monitor.signal, Signal::Monitors(_))) {
        slow.insert(monitor.name.clone());
        slow.extend(monitor.signal.monitors().into_iter().cloned());
    }
    loop {
        let chosen: Vec<&Monitor> = setup.monitors.iter().filter(|monitor| slow.contains(&monitor.name)).collect();
        let read = chosen.iter().flat_map(|monitor| monitor.series()).filter_map(|id| plan.series(id));
        let hastened: BTreeSet<&str> =
            read.filter(|planned| planned.series.pace > Span::MINUTE).map(|p| p.series.id.service()).collect();
        let also = setup.monitors.iter().filter(|monitor| hastened.contains(monitor.service.as_str()));
        let parts = chosen.iter().flat_map(|monitor| monitor.signal.monitors());
        let new: Vec<MonitorName> = also.map(|monitor| &monitor.name).chain(parts).cloned().collect();
        let before = slow.len();
        slow.extend(new);
        if slow.len() == before {
            return slow;
        }
    }
}
