use std::collections::BTreeSet;

use domain::metric::Series;
use domain::service::shard_of;
use domain::setup::Setup;

use crate::notes::{Note, Notes};
use crate::tree::Place;

/// Queries that one shard asks in a tick: one call of `GetMetricData` takes so many. A series is one query, and an
/// Average two, since its sum and its count are stored. Source: `GetMetricData` API reference.
pub const QUERIES_PER_SHARD_MAX: usize = 500;

/// Notes shards that would ask more than they may.
pub(super) fn refuse_full(setup: &Setup, root: Place, shards: u32, notes: &mut Notes) {
    let used: BTreeSet<u32> = setup.services.iter().map(|service| shard_of(&service.name, shards)).collect();
    for shard in used {
        let asked: usize = setup.series_of(shard, shards).into_iter().map(Series::queries).sum();
        if asked > QUERIES_PER_SHARD_MAX {
            let wrong = format!(
                "shard {shard} of {shards} asks {asked} queries, more than QUERIES_PER_SHARD_MAX = {QUERIES_PER_SHARD_MAX}"
            );
            let note = Note::at(root, wrong).below("services");
            notes.add(note.hint("raise the Terraform variable \"shards\" (and give it as --shards)"));
        }
    }
}
