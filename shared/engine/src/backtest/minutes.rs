use std::collections::{BTreeMap, BTreeSet};

use domain::alert::Status;
use domain::id::{Fingerprint, SeriesId, ServiceName};
use domain::metric::{Asked, Chunk, Outcome, Remark, Series};
use domain::setup::Setup;
use domain::units::{Span, Time};

use super::{Recordings, Stretch, Told};
use crate::collect::{asked_range, is_asked};
use crate::fold::{Plan, ShardState, fold};

/// Folds a chunk for every minute, each as the collector would have written it.
pub(super) fn minutes(
    plan: &Plan,
    setup: &Setup,
    recordings: &Recordings,
    stretch: Stretch,
    progress: &mut dyn FnMut(u64),
) -> Vec<Told> {
    let mut series: Vec<&Series> = plan.all_series().collect();
    series.sort_by(|a, b| a.id.cmp(&b.id));
    let (mut state, mut told) = (ShardState::default(), Vec::new());
    let mut collector = Collector::default();
    let mut tick = stretch.begin;
    while tick <= stretch.until {
        let chunk = collector.chunk(setup, &series, recordings, tick);
        progress(chunk.asked.len() as u64);
        for change in fold(plan, &mut state, &chunk) {
            let firing = collector.firing.entry(change.service.clone()).or_default();
            match change.status {
                Status::Firing => firing.insert(change.fingerprint.clone()),
                Status::Resolved | Status::Pending => firing.remove(&change.fingerprint),
            };
            told.push(Told { at: tick, change });
        }
        tick = tick + Span::MINUTE;
    }
    told
}

#[derive(Default)]
struct Collector {
    firing: BTreeMap<ServiceName, BTreeSet<Fingerprint>>,
    /// How far each series was read.
    read: BTreeMap<SeriesId, Time>,
}

impl Collector {
    fn chunk(&mut self, setup: &Setup, series: &[&Series], recordings: &Recordings, tick: Time) -> Chunk {
        let mut asked = Vec::new();
        for series in series {
            let service = series.id.service();
            let urgent = self.firing.iter().any(|(name, firing)| name.as_str() == service && !firing.is_empty());
            let read = self.read.get(&series.id).copied();
            if read.is_some() && !is_asked(series, urgent, tick) {
                continue;
            }
            let (from, until) = asked_range(series, setup.look_back, tick);
            let news = read.map_or(from, |read| from.max(read));
            let samples = recordings.get(&series.id).map(|recording| recording.samples(news, until));
            asked.push(Asked {
                series: series.id.clone(),
                from,
                until,
                outcome: Outcome::Read(samples.unwrap_or_default()),
                remark: Remark::default(),
            });
            self.read.insert(series.id.clone(), until);
        }
        Chunk { shard: 0, tick, asked }
    }
}
