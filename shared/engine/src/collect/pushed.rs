use std::collections::{BTreeMap, BTreeSet};

use domain::id::SeriesId;
use domain::metric::{Failure, FailureKind, Outcome, PushedValue, Query, Sample, Statistic};
use domain::units::Time;

use crate::port::{Answer, Ask, EventLog};
use crate::push::shard_of_series;

/// The answers to asks of pushed series, with the asks' numbers, out of what services have pushed.
pub(super) async fn fetch(log: &impl EventLog, asks: &[Ask<'_>], shards: u32) -> Vec<(usize, Answer)> {
    let own: Vec<(usize, &Ask<'_>, Statistic)> =
        asks.iter().enumerate().filter_map(|(number, ask)| Some((number, ask, statistic(ask)?))).collect();
    let Some(from) = own.iter().map(|(_, ask, _)| ask.from).min() else { return Vec::new() };
    let until = own.iter().map(|(_, ask, _)| ask.until).max().unwrap_or(from);
    let mut values: BTreeMap<SeriesId, Vec<PushedValue>> = BTreeMap::new();
    let of: BTreeSet<u32> = own.iter().map(|(_, ask, _)| shard_of_series(&ask.series.id, shards)).collect();
    for shard in of {
        let found = match log.pushed(shard, from, until).await {
            Ok(found) => found,
            Err(error) => {
                let failed = Outcome::Failed(Failure { kind: FailureKind::Unreachable, detail: error.to_string() });
                return own.iter().map(|(number, ..)| (*number, failed.clone().into())).collect();
            }
        };
        for value in found {
            values.entry(value.series.clone()).or_default().push(value);
        }
    }
    let none = Vec::new();
    let answer = |(number, ask, statistic): &(usize, &Ask<'_>, Statistic)| {
        let values = values.get(&ask.series.id).unwrap_or(&none);
        (*number, Outcome::Read(samples(ask, *statistic, values)).into())
    };
    own.iter().map(answer).collect()
}

fn statistic(ask: &Ask<'_>) -> Option<Statistic> {
    if let Query::Pushed(query) = &ask.series.query { Some(query.statistic) } else { None }
}

fn samples(ask: &Ask<'_>, statistic: Statistic, values: &[PushedValue]) -> Vec<Sample> {
    let mut periods: BTreeMap<Time, Vec<f64>> = BTreeMap::new();
    for value in values.iter().filter(|value| value.at >= ask.from && value.at < ask.until) {
        periods.entry(value.at.floor(ask.series.period)).or_default().push(value.value);
    }
    let sample = |(at, mut values): (Time, Vec<f64>)| Some(Sample { at, value: statistic.of(&mut values)? });
    periods.into_iter().filter_map(sample).collect()
}
