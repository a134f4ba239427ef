//! When the changes of monitors would have been told: at the first tick that had read and settled their period.
//!
//! What fires makes the series of its service be read each minute, which may bring forward what others tell; so the
//! changes of all monitors are worked off in the order of ticks.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::alert::{AlertChange, Status};
use domain::id::{Fingerprint, ServiceName};
use domain::metric::Series;
use domain::monitor::Monitor;
use domain::units::{Span, Time};

use super::asking::{Trouble, settled_at};
use super::walk::Walked;
use super::{Stretch, Told};
use crate::fold::judge::silenced;
use crate::fold::{Plan, PlannedSlo};

/// The changes of one monitor or objective that are still to be told.
pub(super) struct Queue<'a> {
    series: Vec<&'a Series>,
    settle: Span,
    quiet: bool,
    /// End of a monitor's first period, until it was judged.
    first: Option<Time>,
    changes: VecDeque<(Time, AlertChange)>,
}

/// A change that is told at a known tick.
pub(super) struct External {
    at: Time,
    service: ServiceName,
    fingerprint: Fingerprint,
    status: Status,
}

impl External {
    pub(super) fn of(told: &Told) -> Self {
        let AlertChange { service, fingerprint, status, .. } = &told.change;
        Self { at: told.at, service: service.clone(), fingerprint: fingerprint.clone(), status: *status }
    }
}

impl<'a> Queue<'a> {
    pub(super) fn of_slo(planned: &PlannedSlo, changes: Vec<(Time, AlertChange)>, plan: &'a Plan) -> Self {
        Self {
            series: planned.slo.series().filter_map(|id| plan.series(id)).map(|planned| &planned.series).collect(),
            settle: planned.slo.settle,
            quiet: false,
            first: None,
            changes: changes.into(),
        }
    }

    pub(super) fn of_monitor(monitor: &Monitor, walked: Walked, plan: &'a Plan) -> Self {
        Self {
            series: monitor.series().filter_map(|id| plan.series(id)).map(|planned| &planned.series).collect(),
            settle: monitor.settle,
            quiet: plan.is_quiet(monitor),
            first: walked.first,
            changes: walked.changes.into(),
        }
    }

    /// The tick at which it has something to do next.
    fn next(&self, trouble: &Trouble, stretch: Stretch) -> Option<Time> {
        let end = self.first.or(self.changes.front().map(|(end, _)| *end))?;
        self.told_at(end, trouble, stretch)
    }

    fn told_at(&self, end: Time, trouble: &Trouble, stretch: Stretch) -> Option<Time> {
        self.series.iter().map(|series| settled_at(series, self.settle, end, trouble, stretch)).max()
    }

    /// What it tells at `tick`. Of the first look the last change alone, as the fold tells it.
    fn take(&mut self, tick: Time, trouble: &Trouble, stretch: Stretch) -> Vec<AlertChange> {
        let mut told = Vec::new();
        while let Some((end, _)) = self.changes.front()
            && self.told_at(*end, trouble, stretch).is_some_and(|at| at <= tick)
        {
            told.extend(self.changes.pop_front().map(|(_, change)| change));
        }
        let is_first = self.first.take().is_some();
        if is_first {
            told = told.pop().into_iter().collect();
        }
        if self.quiet {
            // Nobody knows whether it was quiet before the first tick: what fires then is told to be over.
            told.retain(|change| is_first && tick == stretch.begin && change.status == Status::Firing);
            told = told.into_iter().map(|change| silenced(change, tick)).collect();
        }
        told
    }
}

/// Works off `queues`; `external` are told as well, in the order of ticks, but not returned.
pub(super) fn tell(mut queues: Vec<Queue<'_>>, external: Vec<External>, stretch: Stretch) -> Vec<Told> {
    let mut trouble = Trouble::default();
    let mut firing: BTreeMap<ServiceName, BTreeSet<Fingerprint>> = BTreeMap::new();
    let mut readers: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let mut agenda: BTreeSet<(Time, usize)> = BTreeSet::new();
    let mut due: Vec<Option<Time>> = Vec::with_capacity(queues.len());
    for (number, queue) in queues.iter().enumerate() {
        for series in &queue.series {
            readers.entry(series.id.service().to_owned()).or_default().insert(number);
        }
        due.push(queue.next(&trouble, stretch));
        agenda.extend(due[number].map(|at| (at, number)));
    }
    let (mut told, mut external) = (Vec::new(), external.into_iter().peekable());
    loop {
        let ticks = agenda.first().map(|(at, _)| *at).into_iter().chain(external.peek().map(|next| next.at));
        let Some(tick) = ticks.min().filter(|tick| *tick <= stretch.until) else {
            return told;
        };
        let mut changed: Vec<(ServiceName, Fingerprint, Status)> = Vec::new();
        while let Some(next) = external.next_if(|next| next.at == tick) {
            changed.push((next.service, next.fingerprint, next.status));
        }
        let mut again: BTreeSet<usize> = BTreeSet::new();
        while let Some((_, number)) = agenda.first().copied().filter(|(at, _)| *at <= tick) {
            agenda.pop_first();
            again.insert(number);
            for change in queues[number].take(tick, &trouble, stretch) {
                changed.push((change.service.clone(), change.fingerprint.clone(), change.status));
                told.push(Told { at: tick, change });
            }
        }
        for service in hastened(&mut firing, changed, &mut trouble, tick) {
            again.extend(readers.get(service.as_str()).into_iter().flatten());
        }
        for number in again {
            if let Some(at) = due[number] {
                agenda.remove(&(at, number));
            }
            due[number] = queues[number].next(&trouble, stretch);
            agenda.extend(due[number].map(|at| (at, number)));
        }
    }
}

/// Takes in what was told at `tick`; the services that came into trouble or out of it.
fn hastened(
    firing: &mut BTreeMap<ServiceName, BTreeSet<Fingerprint>>,
    changed: Vec<(ServiceName, Fingerprint, Status)>,
    trouble: &mut Trouble,
    tick: Time,
) -> Vec<ServiceName> {
    let mut before: BTreeMap<ServiceName, bool> = BTreeMap::new();
    for (service, fingerprint, status) in changed {
        let alerts = firing.entry(service.clone()).or_default();
        before.entry(service).or_insert(!alerts.is_empty());
        match status {
            Status::Firing => alerts.insert(fingerprint),
            Status::Resolved | Status::Pending => alerts.remove(&fingerprint),
        };
    }
    let mut hastened = Vec::new();
    for (service, before) in before {
        match (before, firing.get(&service).is_some_and(|alerts| !alerts.is_empty())) {
            (false, true) => trouble.begins(service.as_str(), tick),
            (true, false) => trouble.ends(service.as_str(), tick),
            _ => continue,
        }
        hastened.push(service);
    }
    hastened
}
