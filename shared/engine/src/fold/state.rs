use std::collections::{BTreeMap, VecDeque};

use domain::alert::{AlertChange, Status};
use domain::id::{MonitorName, SeriesId, SloName, SourceName};
use domain::incident::Severity;
use domain::measure::{Measure, Memory};
use domain::metric::Cell;
use domain::monitor::{Monitor, Signal, Standing};
use domain::units::{Span, Time};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Plan, SeriesState, SloState, Told};

/// The layout of an encoded state; another layout is not read but rebuilt from the chunks.
const LAYOUT: u8 = 6;
/// The layout of what measures have learned, which no hour of chunks brings back: it outlives a change of the other.
const LEARNED_LAYOUT: u8 = 1;
/// The layout of what objectives have counted, of which the same holds.
const SLOS_LAYOUT: u8 = 1;
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
    /// What measures have learned, by monitor.
    #[serde(skip)]
    pub learned: BTreeMap<MonitorName, Learned>,
    /// What objectives have counted.
    #[serde(skip)]
    pub slos: BTreeMap<SloName, SloState>,
    /// Objectives that cannot be judged, as it was told.
    pub unjudged: BTreeMap<SloName, Told>,
}

/// What a measure has learned of a signal.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Learned {
    signal: Signal,
    measure: Measure,
    factor: f64,
    /// What it remembers.
    pub memory: Memory,
    /// End of the last period that it took in.
    pub until: Option<Time>,
}

impl Learned {
    /// What was learned for `monitor`; begins anew where it is for another signal, or for a measure that remembers
    /// something else.
    pub(super) fn of<'s>(
        learned: &'s mut BTreeMap<MonitorName, Self>,
        monitor: &Monitor,
        period: Span,
    ) -> &'s mut Self {
        let serves = |known: &Self| {
            known.signal == monitor.signal
                && known.measure.remembers_as(&monitor.measure)
                && known.factor.to_bits() == monitor.factor.to_bits()
                && known.memory.period() == period
        };
        let begin = || Self {
            signal: monitor.signal.clone(),
            measure: monitor.measure.clone(),
            factor: monitor.factor,
            memory: Memory::begin(&monitor.measure, period),
            until: None,
        };
        let known = learned.entry(monitor.name.clone()).or_insert_with(begin);
        if !serves(known) {
            *known = begin();
        }
        known
    }
}

/// What the fold remembers of one monitor.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct MonitorState {
    /// End of the last judged period.
    pub judged_until: Option<Time>,
    /// Where each condition stands, the worst severity first.
    pub conditions: BTreeMap<Severity, Standing>,
    /// What was told of it.
    pub told: Told,
    /// The latest measured cells, oldest first, where the monitor has a measure of its own.
    pub recent: VecDeque<Cell>,
    /// Whether nobody was told.
    pub quiet: bool,
}

/// The bytes are no state of this version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the checkpoint cannot be read ({0}); the state is rebuilt from the chunks")]
pub struct StateError(String);

fn part(bytes: &mut Vec<u8>, layout: u8, part: &impl Serialize) {
    let written = |error| panic!("a state holds nothing that postcard cannot write: {error}");
    let part = postcard::to_extend(part, Vec::new()).unwrap_or_else(written);
    bytes.push(layout);
    bytes.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend(part);
}

/// Reads the next part. One of another layout is left out, and those behind it are read.
fn read<T: Default + DeserializeOwned>(known: u8, bytes: &mut &[u8]) -> (T, Option<StateError>) {
    let failed = |error: String| (T::default(), Some(StateError(error)));
    let Some(([layout, length @ ..], rest)) = bytes.split_first_chunk::<5>() else {
        return failed("it is cut off".to_owned());
    };
    let Some((part, rest)) = rest.split_at_checked(u32::from_be_bytes(*length) as usize) else {
        *bytes = &[];
        return failed("it is cut off".to_owned());
    };
    *bytes = rest;
    if *layout != known {
        return failed(format!("layout {layout}, this version reads {known}"));
    }
    match postcard::from_bytes(part) {
        Ok(found) => (found, None),
        Err(error) => failed(error.to_string()),
    }
}

impl ShardState {
    /// The state as bytes: three parts, each with its layout, its length and what it holds in `postcard`.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        part(&mut bytes, LAYOUT, self);
        part(&mut bytes, LEARNED_LAYOUT, &self.learned);
        part(&mut bytes, SLOS_LAYOUT, &self.slos);
        bytes
    }

    /// The state of these bytes, as far as they can be read, and what could not be.
    pub fn decode(bytes: &[u8]) -> (Self, Option<StateError>) {
        let mut rest = bytes;
        let (mut found, wrong) = read::<Self>(LAYOUT, &mut rest);
        let (learned, of_learned) = read(LEARNED_LAYOUT, &mut rest);
        let (slos, of_slos) = read(SLOS_LAYOUT, &mut rest);
        found.learned = learned;
        found.slos = slos;
        (found, wrong.or(of_learned).or(of_slos))
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

    /// Forgets what the plan no longer has; a monitor, source or objective whose alert was firing resolves.
    pub(super) fn retain_only(&mut self, plan: &Plan, now: Time) -> Vec<AlertChange> {
        self.series.retain(|id, _| plan.series(id).is_some());
        self.learned.retain(|name, _| plan.monitor(name).is_some_and(|monitor| monitor.measure != Measure::Value));
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
            let told =
                self.monitors.remove(&name).filter(|monitor| !monitor.quiet).and_then(|monitor| monitor.told.firing);
            changes.extend(told.map(|told| gone(told, "monitor")));
        }
        for name in sources {
            changes.extend(self.failing_sources.remove(&name).map(|told| gone(told, "source")));
        }
        // What was counted stays while an objective cannot be judged.
        let known = |name: &SloName| plan.slo(name).is_some() || plan.unjudged().any(|(slo, _)| slo.name == *name);
        let slos: Vec<_> = self.slos.keys().filter(|name| !known(name)).cloned().collect();
        for slo in slos.into_iter().filter_map(|name| self.slos.remove(&name)) {
            let told = slo.burning.into_values().chain([slo.spent]).filter_map(|told| told.firing);
            changes.extend(told.map(|told| gone(told, "objective")));
        }
        changes
    }
}
