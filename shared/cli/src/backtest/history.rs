use std::collections::BTreeMap;

use domain::units::Time;
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
}

impl History {
    /// Start and end of what there is.
    pub(super) fn extent(&self) -> Option<(Time, Time)> {
        let Kept::Recordings(recordings) = &self.kept;
        let first = recordings.values().map(Recording::start).min()?;
        let last = recordings.values().map(Recording::end).max()?;
        Some((first, last))
    }

    /// That there is nothing.
    pub(super) fn nothing(&self) -> String {
        format!("{}: holds no number of any series that the configuration reads", self.name)
    }
}

/// Notes which series of the configurations have no history.
pub(super) fn note_missing(recordings: &Recordings, setups: &[&domain::setup::Setup], notes: &mut Vec<String>) {
    let mut read: BTreeMap<&domain::id::SeriesId, Vec<&str>> = BTreeMap::new();
    for monitor in setups.iter().flat_map(|setup| &setup.monitors) {
        for id in monitor.series().filter(|id| !recordings.contains_key(*id)) {
            read.entry(id).or_default().push(monitor.name.as_str());
        }
    }
    for (id, mut monitors) in read {
        monitors.dedup();
        notes.push(format!("{id}: no history, so {} sees no data", monitors.join(", ")));
    }
}
