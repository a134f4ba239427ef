//! History from where it is: CloudWatch, Prometheus, and our own store.

use std::collections::BTreeMap;
use std::time::Duration;

use aws::Aws;
use domain::metric::{Asked, Chunk, Outcome, Query, Sample, Series, Statistic, Value};
use domain::setup::{Setup, Source, SourceKind};
use domain::units::{Span, Time};
use engine::port::{Ask, ChunkLog, Sources};
use store::{Store, Tables};

use crate::detect::Wrong;
use crate::reach;

/// How long one round of questions may take.
const BUDGET: Duration = Duration::from_mins(2);
/// Periods of a series that are asked for at once; Prometheus answers at most 11,000.
const PERIODS_AT_ONCE: u32 = 1440;
/// Questions that failed are asked again so often.
const TRIES: usize = 4;
const WAIT: Duration = Duration::from_secs(3);
/// How long CloudWatch keeps points of which period.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html>, "Metrics retention".
const KEPT: [(Span, Span); 4] = [
    (Span::from_seconds(1), Span::from_minutes(180)),
    (Span::MINUTE, Span::DAY.times(15)),
    (Span::from_minutes(5), Span::DAY.times(63)),
    (Span::HOUR, Span::DAY.times(455)),
];

/// Where history is fetched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    CloudWatch,
    Prometheus,
    Store,
}

impl Place {
    /// The place that a word means; `None`: it is a folder.
    pub(super) fn named(word: &str) -> Option<Self> {
        match word {
            "cloudwatch" => Some(Self::CloudWatch),
            "prometheus" => Some(Self::Prometheus),
            "store" => Some(Self::Store),
            _ => None,
        }
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::CloudWatch => "cloudwatch",
            Self::Prometheus => "prometheus",
            Self::Store => "store",
        }
    }

    const fn has(self, source: &Source) -> bool {
        matches!(
            (self, &source.kind),
            (Self::CloudWatch, SourceKind::CloudWatch { .. }) | (Self::Prometheus, SourceKind::Prometheus { .. })
        )
    }
}

/// Fetches what the series of `setups` said in a range, as chunks of some periods each.
pub(super) fn samples(
    place: Place,
    setups: &[&Setup],
    (from, until): (Time, Time),
    notes: &mut Vec<String>,
) -> Result<Vec<Chunk>, Wrong> {
    let mut series: BTreeMap<&str, (&Series, &Source)> = BTreeMap::new();
    for setup in setups {
        let source = |series: &Series| setup.sources.iter().find(|source| source.name == series.source);
        let here = setup.series.iter().filter_map(|series| Some((series, source(series).filter(|s| place.has(s))?)));
        series.extend(here.map(|(series, source)| (series.id.as_str(), (series, source))));
    }
    if series.is_empty() {
        return Err(wrong(format!("--history {}: no series of the configuration is read there", place.word())));
    }
    let aws = reach::aws();
    let runtime = reach::runtime().map_err(wrong)?;
    let now = shell::now();
    let (mut chunks, mut tick) = (Vec::new(), from);
    while tick < until {
        // All series move on together, by as many of the shortest periods as are asked for at once.
        let shortest = series.values().map(|(series, _)| series.period).min().unwrap_or(Span::MINUTE);
        let end = (tick + shortest.times(PERIODS_AT_ONCE)).min(until);
        let wanted = series.values().map(|(series, source)| Wanted::of(place, series, source, (tick, end), now));
        let wanted: Vec<Wanted> = wanted.filter(|wanted| wanted.from < wanted.until).collect();
        let coarse = wanted.iter().filter(|wanted| wanted.asked.period != wanted.period);
        for wanted in coarse {
            let (id, kept, up_to) = (&wanted.asked.id, wanted.asked.period, wanted.until);
            notes.push(format!(
                "{id}: up to {up_to} CloudWatch keeps points of {kept} only; they are spread over its periods"
            ));
        }
        let asked = runtime.block_on(ask_all(&aws, &wanted))?;
        chunks.push(Chunk { shard: 0, tick: end, asked });
        tick = end;
    }
    keep_last(notes);
    Ok(chunks)
}

/// Of the notes about one series the last says all.
fn keep_last(notes: &mut Vec<String>) {
    let of = |note: &String| note.split(": up to ").next().map(str::to_owned);
    let last: BTreeMap<_, _> = notes.iter().enumerate().map(|(number, note)| (of(note), number)).collect();
    let mut number = 0;
    notes.retain(|note| {
        number += 1;
        !note.contains(": up to ") || last.get(&of(note)) == Some(&(number - 1))
    });
}

/// A part of a series that is asked for.
struct Wanted<'a> {
    /// The series, with the period in which it is still kept.
    asked: Series,
    source: &'a Source,
    /// Its own period.
    period: Span,
    from: Time,
    until: Time,
}

impl<'a> Wanted<'a> {
    fn of(place: Place, series: &Series, source: &'a Source, (from, until): (Time, Time), now: Time) -> Self {
        let age = now.since(from);
        let kept = KEPT.iter().find(|(period, kept)| age <= *kept && *period >= Span::from_seconds(1));
        let kept = kept.map_or(Span::HOUR, |(period, _)| *period);
        let period = if place == Place::CloudWatch { coarser(series.period, kept) } else { series.period };
        let asked = Series { period, ..series.clone() };
        Self { from: from.floor(period), until: until.floor(period), asked, source, period: series.period }
    }
}

/// The shortest multiple of `period` that is kept.
fn coarser(period: Span, kept: Span) -> Span {
    if period >= kept { period } else { kept }
}

async fn ask_all(aws: &Aws, wanted: &[Wanted<'_>]) -> Result<Vec<Asked>, Wrong> {
    let mut read: BTreeMap<usize, Vec<Sample>> = BTreeMap::new();
    let mut failed = Vec::new();
    for attempt in 0..TRIES {
        if attempt > 0 {
            tokio::time::sleep(WAIT).await;
        }
        let open: Vec<usize> = (0..wanted.len()).filter(|number| !read.contains_key(number)).collect();
        let asks: Vec<Ask<'_>> = open.iter().map(|number| &wanted[*number]).map(ask).collect();
        failed.clear();
        for (number, answer) in open.into_iter().zip(aws.fetch(&asks, BUDGET).await) {
            match answer.outcome {
                Outcome::Read(samples) => drop(read.insert(number, spread(&wanted[number], samples))),
                Outcome::Failed(failure) => failed.push(format!("{}: {failure}", wanted[number].asked.id)),
            }
        }
        if failed.is_empty() {
            break;
        }
    }
    if !failed.is_empty() {
        failed.truncate(20);
        return Err(wrong(failed.join("\n")));
    }
    let asked = read.into_iter().map(|(number, samples)| Asked {
        series: wanted[number].asked.id.clone(),
        from: wanted[number].from,
        until: wanted[number].until,
        outcome: Outcome::Read(samples),
        remark: domain::metric::Remark::default(),
    });
    Ok(asked.collect())
}

fn ask<'w>(wanted: &'w Wanted<'_>) -> Ask<'w> {
    Ask { series: &wanted.asked, source: wanted.source, from: wanted.from, until: wanted.until }
}

/// Points of a longer period as points of the series' own: sums and counts in equal parts, all others as they are.
fn spread(wanted: &Wanted<'_>, samples: Vec<Sample>) -> Vec<Sample> {
    let times = wanted.asked.period.seconds() / wanted.period.seconds().max(1);
    if times <= 1 {
        return samples;
    }
    let adds =
        matches!(wanted.asked.query, Query::CloudWatch { statistic: Statistic::Sum | Statistic::SampleCount, .. });
    let part = |sample: Sample, number: u32| {
        let value = sample.value.get();
        let value = if adds { value / f64::from(times) } else { value };
        Sample { at: sample.at + wanted.period.times(number), value: Value::Number(value) }
    };
    samples.into_iter().flat_map(|sample| (0..times).map(move |number| part(sample, number))).collect()
}

/// The chunks of all shards in the table, the oldest first.
pub(super) fn chunks(table: &str, shards: u32, (from, until): (Time, Time)) -> Result<Vec<Chunk>, Wrong> {
    let none = String::new;
    let tables = Tables {
        metrics: table.to_owned(),
        alerts: none(),
        incidents: none(),
        post_mortems: none(),
        action_items: none(),
        deployments: none(),
        events: none(),
        slos: none(),
    };
    let store = Store::new(aws::sdk_config(), tables, none());
    let runtime = reach::runtime().map_err(wrong)?;
    let mut chunks = Vec::new();
    for shard in 0..shards {
        let read = runtime.block_on(store.chunks(shard, from, until));
        chunks.extend(read.map_err(|error| wrong(format!("table {table}, shard {shard}: {error}")))?);
    }
    if chunks.is_empty() {
        let hint = "name another table with --table-metrics, another --from and --to, or the number of --shards";
        return Err(wrong(format!("table {table}: holds no chunk from {from} to {until}; {hint}")));
    }
    chunks.sort_by_key(|chunk| (chunk.tick, chunk.shard));
    Ok(chunks)
}

fn wrong(text: String) -> Wrong {
    Wrong { exit_code: 2, text }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Time = Time::from_epoch(1_767_571_200);

    /// The period in which a series of `period` seconds is asked for, `age` days before now.
    fn check(period: u32, age: u32, expected: u32) {
        let series = series("Sum", period);
        let source = Source {
            name: "s".parse().unwrap(),
            kind: SourceKind::CloudWatch { region: None, account: None, role_arn: None },
        };
        let from = NOW - Span::DAY.times(age);
        let wanted = Wanted::of(Place::CloudWatch, &series, &source, (from, from + Span::HOUR), NOW);
        assert_eq!(wanted.asked.period.seconds(), expected, "{period} s, {age} days ago");
    }

    fn series(statistic: &str, period: u32) -> Series {
        serde_json::from_value(json!({"id": "shop/s", "source": "s", "period": format!("{period}s"), "pace": "1m",
            "query": {"kind": "cloud-watch", "namespace": "N", "metric": "M", "dimensions": {}, "statistic": statistic},
            "unit": "count"}))
        .unwrap()
    }

    #[test]
    fn a_series_is_asked_for_in_the_period_that_is_still_kept() {
        check(60, 0, 60);
        check(60, 15, 60);
        check(60, 16, 300);
        check(60, 64, 3600);
        check(10, 0, 10);
        check(10, 1, 60);
        check(300, 16, 300);
        check(900, 64, 3600);
        check(86_400, 400, 86_400);
    }

    #[test]
    fn longer_periods_are_spread() {
        let source = Source {
            name: "s".parse().unwrap(),
            kind: SourceKind::CloudWatch { region: None, account: None, role_arn: None },
        };
        for (statistic, expected) in [("Sum", 2.0), ("Maximum", 10.0), ("Average", 10.0)] {
            let from = NOW - Span::DAY.times(20);
            let series = series(statistic, 60);
            let wanted = Wanted::of(Place::CloudWatch, &series, &source, (from, from + Span::HOUR), NOW);
            let spread = spread(&wanted, vec![Sample { at: from, value: Value::Number(10.0) }]);
            let found: Vec<_> =
                spread.iter().map(|sample| (sample.at.since(from).seconds(), sample.value.get())).collect();
            assert_eq!(found, [0, 60, 120, 180, 240].map(|second| (second, expected)), "{statistic}");
        }
    }
}
