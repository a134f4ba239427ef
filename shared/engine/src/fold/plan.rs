use std::collections::{BTreeMap, BTreeSet};

use domain::id::{MonitorName, SeriesId, SloName, SourceName};
use domain::metric::Series;
use domain::monitor::Monitor;
use domain::service::shard_of;
use domain::setup::Setup;
use domain::slo::Slo;
use domain::units::Span;

use crate::collect;

/// What one shard watches: its part of the configuration, indexed for the fold.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// The shard.
    pub shard: u32,
    /// How long after its tick a chunk may still come: the collector leaves a tick that is older than half of the
    /// look-back, and may take a minute to read.
    pub late: Span,
    series: BTreeMap<SeriesId, PlannedSeries>,
    monitors: BTreeMap<MonitorName, Monitor>,
    /// Of these, those that another shard tells of.
    foreign: BTreeSet<MonitorName>,
    slos: BTreeMap<SloName, PlannedSlo>,
    /// Objectives that cannot be judged, and why.
    unjudged: BTreeMap<SloName, (Slo, String)>,
}

/// An objective and what it takes to judge it.
#[derive(Clone, PartialEq, Debug)]
pub struct PlannedSlo {
    /// The objective.
    pub slo: Slo,
    /// The period of its series.
    pub period: Span,
    /// Its series, and whether nothing in one means zero.
    pub series: Vec<(SeriesId, bool)>,
    /// How long its series may be revised.
    pub revised: Span,
}

impl PlannedSlo {
    fn of(slo: &Slo, setup: &Setup) -> Result<Self, String> {
        let mut planned =
            Self { slo: slo.clone(), period: Span::default(), series: Vec::new(), revised: setup.look_back };
        for id in slo.series() {
            let series = setup.series(id).ok_or_else(|| format!("the series {id} is not part of the configuration"))?;
            if !planned.series.is_empty() && planned.period != series.period {
                return Err(format!("its series have periods of {} and {}", planned.period, series.period));
            }
            planned.period = series.period;
            planned.revised = planned.revised.max(collect::own_reach(series));
            planned.series.push((id.clone(), series.sparse));
        }
        Ok(planned)
    }

    /// Periods that the fold must remember of its series: twice what may be revised, see [`super::slo`].
    fn keep(&self) -> u32 {
        let back =
            self.revised.times(2) + self.slo.indicator.reach(self.period) + self.slo.settle + Span::MINUTE.times(2);
        back.seconds().div_ceil(self.period.seconds().max(1)) + 2
    }
}

/// A series and how many of its periods the fold must remember.
#[derive(Clone, PartialEq, Debug)]
pub struct PlannedSeries {
    /// The series.
    pub series: Series,
    /// Periods kept: the widest window that reads it, and the look-back for revisions.
    pub keep: usize,
}

impl Plan {
    /// The part of `setup` that belongs to `shard`, out of `shards`.
    pub fn of(setup: &Setup, shard: u32, shards: u32) -> Self {
        let monitors: BTreeMap<_, _> = setup
            .monitors_of(shard, shards)
            .into_iter()
            .map(|monitor| (monitor.name.clone(), monitor.clone()))
            .collect();
        let foreign = monitors.values().filter(|monitor| shard_of(&monitor.service, shards) != shard);
        let foreign = foreign.map(|monitor| monitor.name.clone()).collect();
        let mut range: BTreeMap<&SeriesId, (u32, Span, Span)> = BTreeMap::new();
        let paces: BTreeMap<&SeriesId, Span> = setup.series.iter().map(|series| (&series.id, series.pace)).collect();
        for monitor in monitors.values() {
            // A ratio waits for the slower of its series, and the other must not be forgotten meanwhile.
            let slowest = monitor.series().filter_map(|id| paces.get(id)).max().copied().unwrap_or_default();
            for id in monitor.series() {
                let widest = range.entry(id).or_default();
                widest.0 = widest.0.max(monitor.window.range());
                widest.1 = widest.1.max(monitor.settle);
                widest.2 = widest.2.max(slowest);
            }
        }
        let mut slos = BTreeMap::new();
        let mut unjudged = BTreeMap::new();
        let mut promised: BTreeMap<&SeriesId, u32> = BTreeMap::new();
        for slo in setup.slos_of(shard, shards) {
            match PlannedSlo::of(slo, setup) {
                Ok(planned) => {
                    for id in slo.series() {
                        let keep = promised.entry(id).or_default();
                        *keep = (*keep).max(planned.keep());
                    }
                    slos.insert(slo.name.clone(), planned);
                }
                Err(reason) => drop(unjudged.insert(slo.name.clone(), (slo.clone(), reason))),
            }
        }
        let series = setup.series_of(shard, shards).into_iter().map(|series| {
            let (periods, settle, slowest) = range.get(&series.id).copied().unwrap_or_default();
            let rest = setup.look_back.max(series.pace).max(slowest).seconds() + settle.seconds();
            let keep = periods + rest.div_ceil(series.period.seconds().max(1)) + 1;
            let keep = keep.max(collect::first_look(series)).max(promised.get(&series.id).copied().unwrap_or_default());
            (series.id.clone(), PlannedSeries { series: series.clone(), keep: keep as usize })
        });
        Self {
            shard,
            late: Span::from_seconds(setup.look_back.seconds() / 2) + Span::MINUTE,
            series: series.collect(),
            monitors,
            foreign,
            slos,
            unjudged,
        }
    }

    /// The same with these monitors and objectives alone, and the series that they read.
    pub(crate) fn only(&self, monitors: &BTreeSet<MonitorName>, slos: &BTreeSet<SloName>) -> Self {
        let mut plan = self.clone();
        plan.monitors.retain(|name, _| monitors.contains(name));
        plan.slos.retain(|name, _| slos.contains(name));
        let of_slos = plan.slos.values().flat_map(|planned| planned.slo.series());
        let read: BTreeSet<&SeriesId> = plan.monitors.values().flat_map(Monitor::series).chain(of_slos).collect();
        plan.series.retain(|id, _| read.contains(id));
        plan
    }

    /// The series of that id.
    pub fn series(&self, id: &SeriesId) -> Option<&PlannedSeries> {
        self.series.get(id)
    }

    /// Its series, by id.
    pub fn all_series(&self) -> impl Iterator<Item = &Series> {
        self.series.values().map(|planned| &planned.series)
    }

    /// Its monitors, by name.
    pub fn monitors(&self) -> impl Iterator<Item = &Monitor> {
        self.monitors.values()
    }

    /// Whether `monitor` is judged here only for others that combine it.
    pub fn is_quiet(&self, monitor: &Monitor) -> bool {
        monitor.quiet || self.foreign.contains(&monitor.name)
    }

    /// The monitor of that name.
    pub fn monitor(&self, name: &MonitorName) -> Option<&Monitor> {
        self.monitors.get(name)
    }

    /// Its objectives, by name.
    pub fn slos(&self) -> impl Iterator<Item = &PlannedSlo> {
        self.slos.values()
    }

    /// The objective of that name.
    pub fn slo(&self, name: &SloName) -> Option<&PlannedSlo> {
        self.slos.get(name)
    }

    /// Objectives that cannot be judged, and why.
    pub fn unjudged(&self) -> impl Iterator<Item = &(Slo, String)> {
        self.unjudged.values()
    }

    /// The sources its series are read from.
    pub fn sources(&self) -> impl Iterator<Item = &SourceName> {
        let mut names: Vec<_> = self.series.values().map(|planned| &planned.series.source).collect();
        names.sort();
        names.dedup();
        names.into_iter()
    }
}
