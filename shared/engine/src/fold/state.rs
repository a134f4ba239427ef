use std::collections::BTreeMap;

use domain::alert::{AlertChange, Status};
use domain::id::{MonitorName, SeriesId, SourceName};
use domain::incident::Severity;
use domain::monitor::Standing;
use domain::units::Time;
use serde::{Deserialize, Serialize};

use super::{Plan, SeriesState};

/// The layout of an encoded state; another layout is not read but rebuilt from the chunks.
const LAYOUT: u8 = 3;
/// How many folded ticks are remembered, so that a late chunk is noticed.
const TICKS_REMEMBERED: usize = 16;

/// The state of one shard's fold. Ordered maps only, so that equal states have equal bytes.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct ShardState {
    /// The last tick folded in.
    pub tick: Option<Time>,
    /// The latest ticks folded in, oldest first.
    recent: Vec<Time>,
    /// By series.
    pub series: BTreeMap<SeriesId, SeriesState>,
    /// By monitor.
    pub monitors: BTreeMap<MonitorName, MonitorState>,
    /// Sources whose failure was told, as it was told.
    pub failing_sources: BTreeMap<SourceName, AlertChange>,
}

/// What the fold remembers of one monitor.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct MonitorState {
    /// End of the last judged period.
    pub judged_until: Option<Time>,
    /// Where each condition stands, the worst severity first.
    pub conditions: BTreeMap<Severity, Standing>,
    /// The alert as it was told; `None`: nothing fires.
    pub firing: Option<AlertChange>,
    /// The instant of the last change that was told; the next one lies after it.
    pub changed_at: Option<Time>,
}

/// The bytes are no state of this version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the checkpoint cannot be read ({0}); the state is rebuilt from the chunks")]
pub struct StateError(String);

impl ShardState {
    /// The state as bytes: a layout number, then `postcard`.
    pub fn encode(&self) -> Vec<u8> {
        postcard::to_extend(self, vec![LAYOUT]).expect("a state holds nothing that postcard cannot write")
    }

    /// The state of these bytes.
    ///
    /// # Errors
    /// For another layout, and for damage.
    pub fn decode(bytes: &[u8]) -> Result<Self, StateError> {
        match bytes.split_first() {
            Some((&LAYOUT, rest)) => postcard::from_bytes(rest).map_err(|error| StateError(error.to_string())),
            Some((other, _)) => Err(StateError(format!("layout {other}, this version reads {LAYOUT}"))),
            None => Err(StateError("it is empty".to_owned())),
        }
    }

    /// Whether the chunk of `tick` is folded in, as far as is remembered.
    pub fn has_folded(&self, tick: Time) -> bool {
        self.recent.contains(&tick) || self.recent.first().is_some_and(|first| tick < *first)
    }

    pub(super) fn remember(&mut self, tick: Time) {
        self.tick = Some(tick);
        self.recent.push(tick);
        if self.recent.len() > TICKS_REMEMBERED {
            self.recent.remove(0);
        }
    }

    /// Forgets what the plan no longer has; a monitor or source whose alert was firing resolves.
    pub(super) fn retain_only(&mut self, plan: &Plan, now: Time) -> Vec<AlertChange> {
        self.series.retain(|id, _| plan.series(id).is_some());
        let monitors = self.monitors.keys().filter(|name| plan.monitor(name).is_none());
        let monitors: Vec<_> = monitors.cloned().collect();
        let known = |source: &SourceName| plan.sources().any(|known| known == source);
        let sources: Vec<_> = self.failing_sources.keys().filter(|name| !known(name)).cloned().collect();
        let gone = |told: AlertChange, what: &str| AlertChange {
            status: Status::Resolved,
            at: now,
            reason: format!("the {what} is no longer part of the configuration"),
            reading: None,
            ..told
        };
        let mut changes = Vec::new();
        for name in monitors {
            let told = self.monitors.remove(&name).and_then(|monitor| monitor.firing);
            changes.extend(told.map(|told| gone(told, "monitor")));
        }
        for name in sources {
            changes.extend(self.failing_sources.remove(&name).map(|told| gone(told, "source")));
        }
        changes
    }
}
