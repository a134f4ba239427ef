use std::collections::BTreeMap;

use domain::id::SeriesId;
use domain::metric::{Chunk, Outcome};
use domain::setup::Setup;
use domain::units::{Span, Time};
use engine::backtest::{Recording, Recordings};

/// What was said in the past.
pub(super) struct History {
    /// Where it comes from, for people.
    pub(super) name: String,
    pub(super) kept: Kept,
}

/// In which form it was kept.
pub(super) enum Kept {
    /// Numbers of series.
    Recordings(Recordings),
    /// Chunks of so many shards as the collector wrote them, and the numbers in them for pictures.
    Chunks(Vec<Chunk>, u32, Recordings),
}

/// The numbers in `chunks`, each series with the period that the configurations give it; the latest word counts.
pub(super) fn recordings(chunks: &[Chunk], setups: &[&Setup]) -> Recordings {
    let mut points: BTreeMap<&SeriesId, BTreeMap<Time, f64>> = BTreeMap::new();
    for asked in chunks.iter().flat_map(|chunk| &chunk.asked) {
        if let Outcome::Read(samples) = &asked.outcome {
            let known = points.entry(&asked.series).or_default();
            known.extend(samples.iter().map(|sample| (sample.at, sample.value.get())));
        }
    }
    let period = |id: &SeriesId| setups.iter().find_map(|setup| setup.series(id)).map(|series| series.period);
    let found = points.into_iter().filter_map(|(id, points)| Some((id.clone(), Recording::of(period(id)?, points)?)));
    found.collect()
}

impl History {
    /// Start and end of what there is.
    pub(super) fn extent(&self) -> Option<(Time, Time)> {
        let recordings = match &self.kept {
            Kept::Recordings(recordings) => recordings,
            Kept::Chunks(chunks, ..) => return Some((chunks.first()?.tick, chunks.last()?.tick + Span::MINUTE)),
        };
        let first = recordings.values().map(Recording::start).min()?;
        let last = recordings.values().map(Recording::end).max()?;
        Some((first, last))
    }

    /// The numbers that were said.
    pub(super) fn recordings(&self) -> &Recordings {
        match &self.kept {
            Kept::Recordings(recordings) | Kept::Chunks(_, _, recordings) => recordings,
        }
    }

    /// That there is nothing.
    pub(super) fn nothing(&self) -> String {
        format!("{}: holds no number of any series that the configuration reads", self.name)
    }
}

/// Notes which series of the configurations have no history.
pub(super) fn note_missing(recordings: &Recordings, setups: &[&Setup], notes: &mut Vec<String>) {
    let mut read: BTreeMap<&SeriesId, Vec<&str>> = BTreeMap::new();
    for setup in setups {
        let monitors = setup.monitors.iter().flat_map(|monitor| monitor.series().map(|id| (id, monitor.name.as_str())));
        let slos = setup.slos.iter().flat_map(|slo| slo.series().map(|id| (id, slo.name.as_str())));
        for (id, name) in monitors.chain(slos).filter(|(id, _)| !recordings.contains_key(*id)) {
            read.entry(id).or_default().push(name);
        }
    }
    for (id, mut monitors) in read {
        monitors.dedup();
        notes.push(format!("{id}: no history, so {} sees no data", monitors.join(", ")));
    }
}
