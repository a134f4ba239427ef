use std::collections::BTreeMap;

use domain::metric::Chunk;
use domain::setup::Setup;
use domain::units::{Span, Time};

use super::Told;
use crate::fold::{COLLECTOR_SILENT_AFTER, Plan, ShardState, collector_silent, fold};

/// The fold over chunks as the collector wrote them, of all shards.
#[derive(Clone, PartialEq, Debug)]
pub struct Replay {
    shards: BTreeMap<u32, (Plan, ShardState)>,
}

impl Replay {
    /// An evaluator of `setup` in so many shards that has seen nothing yet.
    pub fn of(setup: &Setup, shards: u32) -> Self {
        let plans = (0..shards).map(|shard| (shard, (Plan::of(setup, shard, shards), ShardState::default())));
        Self { shards: plans.collect() }
    }

    /// Takes in the next chunk of its shard, and returns what is told up to its tick. A chunk of a shard that does not
    /// exist, or one that is not after the last of its shard, tells nothing.
    pub fn take(&mut self, chunk: &Chunk) -> Vec<Told> {
        let Some((plan, state)) = self.shards.get_mut(&chunk.shard) else { return Vec::new() };
        let mut told: Vec<Told> = silent(state, chunk.shard, chunk.tick - Span::MINUTE).into_iter().collect();
        told.extend(fold(plan, state, chunk).into_iter().map(|change| Told { at: chunk.tick, change }));
        told
    }

    /// What is told up to `until` of shards without a further chunk.
    pub fn end(&self, until: Time) -> Vec<Told> {
        self.shards.iter().filter_map(|(shard, (_, state))| silent(state, *shard, until)).collect()
    }
}

/// Told once, at the first tick that finds the collector silent, if that is not after `until`.
fn silent(state: &ShardState, shard: u32, until: Time) -> Option<Told> {
    let at = state.tick? + COLLECTOR_SILENT_AFTER + Span::MINUTE;
    let change = collector_silent(state, shard, at).filter(|_| at <= until)?;
    Some(Told { at, change })
}

/// Replays `chunks`, each shard's in the order of its ticks, and returns what would have been told up to `until`.
pub fn replay<'c>(setup: &Setup, shards: u32, chunks: impl IntoIterator<Item = &'c Chunk>, until: Time) -> Vec<Told> {
    let mut replay = Replay::of(setup, shards);
    let mut told: Vec<Told> = chunks.into_iter().flat_map(|chunk| replay.take(chunk)).collect();
    told.extend(replay.end(until));
    told.sort_by_key(|told| told.at);
    told
}
