use std::collections::{BTreeMap, BTreeSet};

use domain::id::SeriesId;
use domain::metric::{Failure, FailureKind, Outcome, PushedValue, Query, Sample};
use domain::units::Time;

use crate::port::{Answer, Ask, EventLog};
use crate::push::shard_of_series;

pub(super) fn is_pushed(ask: &Ask<'_>) -> bool {
    matches!(ask.series.query, Query::Pushed(_))
}

/// The answer to each ask, all of pushed series, out of what services have pushed.
pub(super) async fn fetch(log: &impl EventLog, asks: &[Ask<'_>], shards: u32) -> Vec<Answer> {
    let Some(from) = asks.iter().map(|ask| ask.from).min() else { return Vec::new() };
    let until = asks.iter().map(|ask| ask.until).max().unwrap_or(from);
    let mut values: BTreeMap<SeriesId, Vec<PushedValue>> = BTreeMap::new();
    let of: BTreeSet<u32> = asks.iter().map(|ask| shard_of_series(&ask.series.id, shards)).collect();
    for shard in of {
        let found = match log.pushed(shard, from, until).await {
            Ok(found) => found,
            Err(error) => {
                let failed = Outcome::Failed(Failure { kind: FailureKind::Unreachable, detail: error.to_string() });
                return vec![failed.into(); asks.len()];
            }
        };
        for value in found {
            values.entry(value.series.clone()).or_default().push(value);
        }
    }
    asks.iter().map(|ask| Outcome::Read(samples(ask, values.get(&ask.series.id))).into()).collect()
}

fn samples(ask: &Ask<'_>, values: Option<&Vec<PushedValue>>) -> Vec<Sample> {
    let Query::Pushed(query) = &ask.series.query else { return Vec::new() };
    let mut periods: BTreeMap<Time, Vec<f64>> = BTreeMap::new();
    for value in values.into_iter().flatten().filter(|value| value.at >= ask.from && value.at < ask.until) {
        periods.entry(value.at.floor(ask.series.period)).or_default().push(value.value);
    }
    let sample = |(at, mut values): (Time, Vec<f64>)| Some(Sample { at, value: query.statistic.of(&mut values)? });
    periods.into_iter().filter_map(sample).collect()
}
