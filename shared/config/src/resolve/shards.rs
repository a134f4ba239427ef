use std::collections::BTreeMap;

use domain::metric::Statistic;
use domain::service::shard_of;

use super::series;
use crate::document::Document;
use crate::notes::{Note, Notes};
use crate::tree::Place;

/// Queries that one shard asks in a tick: one call of `GetMetricData` takes so many. A series is one query, and an
/// Average two, since its sum and its count are stored. Source: `GetMetricData` API reference.
pub const QUERIES_PER_SHARD_MAX: usize = 500;

/// Notes shards that would ask more than they may.
pub(super) fn refuse_full(documents: &[Document], root: Place, shards: u32, notes: &mut Notes) {
    let mut queries: BTreeMap<u32, usize> = BTreeMap::new();
    for (service, series) in series::all(documents) {
        if let Some(name) = service.name.value() {
            let statistic = series.value.statistic.value();
            let asked = if statistic == Some(&Statistic::Average) { 2 } else { 1 };
            *queries.entry(shard_of(name, shards)).or_default() += asked;
        }
    }
    for (shard, asked) in queries {
        if asked > QUERIES_PER_SHARD_MAX {
            let wrong = format!(
                "shard {shard} of {shards} asks {asked} queries, more than QUERIES_PER_SHARD_MAX = {QUERIES_PER_SHARD_MAX}"
            );
            let note = Note::at(root, wrong).below("services");
            notes.add(note.hint("raise the Terraform variable \"shards\" (and give it as --shards)"));
        }
    }
}
