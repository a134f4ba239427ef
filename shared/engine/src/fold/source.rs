//! Alerts about Tocsin's own sight: a source that cannot be read, a collector that is silent.

use std::collections::{BTreeMap, BTreeSet};

use domain::alert::{AlertChange, Status};
use domain::id::{Fingerprint, ServiceName, SourceName};
use domain::incident::Severity;
use domain::label::Labels;
use domain::metric::{Chunk, Series};
use domain::monitor::Category;
use domain::units::{Span, Time};

use super::{Plan, SeriesState, ShardState};
use crate::own_service;

/// A source is told as failing once one of its series could not be read at this many ticks in a row.
pub const SOURCE_FAILING_TICKS: u32 = 5;
/// The same for a series that is asked for at most every hour: five would take days.
pub(super) const SLOW_SOURCE_FAILING_TICKS: u32 = 2;
/// A shard without a chunk for this long has a silent collector: five ticks, as for a source.
pub const COLLECTOR_SILENT_AFTER: Span = Span::from_minutes(5);

const COOLDOWN: Span = Span::from_minutes(30);

/// Fires or resolves the alert of each source that was asked at this tick, by all of its series: those of a slower pace
/// are still failing while others are read.
pub(super) fn judge_sources(plan: &Plan, state: &mut ShardState, chunk: &Chunk) -> Vec<AlertChange> {
    let planned = chunk.asked.iter().filter_map(|asked| plan.series(&asked.series));
    let asked: BTreeSet<&SourceName> = planned.map(|planned| &planned.series.source).collect();
    let mut known: BTreeMap<&SourceName, Vec<(&Series, &SeriesState)>> = BTreeMap::new();
    for series in plan.all_series().filter(|series| asked.contains(&series.source)) {
        if let Some(state) = state.series.get(&series.id) {
            known.entry(&series.source).or_default().push((series, state));
        }
    }
    let mut changes = Vec::new();
    for (source, series) in known {
        let failing: Vec<_> = series.iter().filter(|(series, known)| known.failures >= failing_ticks(series)).collect();
        match (failing.first(), state.failing_sources.contains_key(source)) {
            (Some((failed, first)), false) => {
                let id = &failed.id;
                let reason = format!(
                    "{} of {} series could not be read for {} ticks; {id}: {}",
                    failing.len(),
                    series.len(),
                    first.failures,
                    first.failure
                );
                let change = of_source(chunk.shard, source, chunk.tick, Status::Firing, reason);
                state.failing_sources.insert(source.clone(), change.clone());
                changes.push(change);
            }
            (None, true) => {
                state.failing_sources.remove(source);
                let reason = "all its series were read again".to_owned();
                changes.push(of_source(chunk.shard, source, chunk.tick, Status::Resolved, reason));
            }
            _ => {}
        }
    }
    changes
}

fn failing_ticks(series: &Series) -> u32 {
    if series.pace < Span::HOUR { SOURCE_FAILING_TICKS } else { SLOW_SOURCE_FAILING_TICKS }
}

fn of_source(shard: u32, source: &SourceName, at: Time, status: Status, reason: String) -> AlertChange {
    own(format!("source/{source}"), shard, Severity::Sev3, at, status, reason)
}

/// The alert of a collector that has written nothing up to `now`; `None` if it has.
pub fn collector_silent(state: &ShardState, shard: u32, now: Time) -> Option<AlertChange> {
    let last = state.tick.filter(|last| now.since(*last) > COLLECTOR_SILENT_AFTER)?;
    let reason = format!("nothing was collected since {} UTC", last.clock());
    Some(own("collector".to_owned(), shard, Severity::Sev2, last, Status::Firing, reason))
}

/// Resolves the alert of [`collector_silent`] when a chunk comes after such a silence.
pub(super) fn collector_is_back(state: &ShardState, chunk: &Chunk) -> Option<AlertChange> {
    state.tick.filter(|last| chunk.tick.since(*last) > COLLECTOR_SILENT_AFTER)?;
    let reason = "the collector writes again".to_owned();
    Some(own("collector".to_owned(), chunk.shard, Severity::Sev2, chunk.tick, Status::Resolved, reason))
}

fn own(name: String, shard: u32, severity: Severity, at: Time, status: Status, reason: String) -> AlertChange {
    let service: ServiceName = own_service();
    AlertChange {
        fingerprint: Fingerprint::derive(&["own", &name, &shard.to_string()]),
        labels: Labels::from([
            ("shard".to_owned(), shard.to_string()),
            (crate::decide::CORRELATION_LABEL.to_owned(), name.clone()),
        ]),
        name,
        service,
        category: Category::Technical,
        status,
        severity,
        at,
        reason,
        reading: None,
        cooldown: COOLDOWN,
        ends_at: None,
    }
}
