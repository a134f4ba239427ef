use std::collections::BTreeMap;

use domain::id::{MonitorName, SeriesId, SourceName};
use domain::metric::Series;
use domain::monitor::Monitor;
use domain::setup::Setup;
use domain::units::Span;

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
        let services: Vec<_> = setup.services_of(shard, shards).collect();
        let monitors: BTreeMap<_, _> = setup
            .monitors
            .iter()
            .filter(|monitor| services.iter().any(|service| service.name == monitor.service))
            .map(|monitor| (monitor.name.clone(), monitor.clone()))
            .collect();
        let mut range: BTreeMap<&SeriesId, (u32, Span)> = BTreeMap::new();
        for monitor in monitors.values() {
            for id in monitor.series() {
                let widest = range.entry(id).or_default();
                *widest = (widest.0.max(monitor.window.range()), widest.1.max(monitor.settle));
            }
        }
        let wanted = |id: &SeriesId| range.contains_key(id) || services.iter().any(|s| s.series.contains(id));
        let series = setup.series.iter().filter(|series| wanted(&series.id)).map(|series| {
            let (periods, settle) = range.get(&series.id).copied().unwrap_or_default();
            let rest = setup.look_back.max(series.pace).seconds() + settle.seconds();
            let keep = periods + rest.div_ceil(series.period.seconds().max(1)) + 1;
            (series.id.clone(), PlannedSeries { series: series.clone(), keep: keep as usize })
        });
        Self {
            shard,
            late: Span::from_seconds(setup.look_back.seconds() / 2) + Span::MINUTE,
            series: series.collect(),
            monitors,
        }
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

    /// The monitor of that name.
    pub fn monitor(&self, name: &MonitorName) -> Option<&Monitor> {
        self.monitors.get(name)
    }

    /// The sources its series are read from.
    pub fn sources(&self) -> impl Iterator<Item = &SourceName> {
        let mut names: Vec<_> = self.series.values().map(|planned| &planned.series.source).collect();
        names.sort();
        names.dedup();
        names.into_iter()
    }
}
