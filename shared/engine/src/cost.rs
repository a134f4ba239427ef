//! What a configuration costs a month: by source, pace and monitor, with the formulas.
//!
//! List prices of us-east-1. What depends on luck (alerts, incidents, notifications) is left out: it is cents.

mod bill;
mod explorer;
mod prices;
mod stored;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use domain::id::{SeriesId, SourceName};
use domain::metric::{Query, Series};
use domain::monitor::Monitor;
use domain::setup::{Setup, SourceKind};
use domain::units::Span;

pub use bill::{Bill, Line, ScaleLine};
pub use prices::{FORMULAS, TABLE_BYTES_MAX};

use prices::{FIXED, GET_METRIC_DATA, MINUTES, SHARD_FIXED, STATISTICS_PER_METRIC};
use stored::Mix;

/// Installations that the bill is also told for, in series.
pub const SCALE: [u32; 5] = [10, 100, 1_000, 10_000, 100_000];

/// What one series costs a month.
#[derive(Clone, Copy, Default)]
struct Price {
    /// Metrics asked for, a month.
    asked: f64,
    dollars: f64,
}

/// The bill of `setup`, spread over `shards`.
pub fn bill(setup: &Setup, shards: u32) -> Bill {
    let prices = of_series(setup, shards);
    let shards_dollars: f64 = (0..shards)
        .map(|shard| Mix::of(&setup.series_of(shard, shards), &setup.monitors_of(shard, shards)).dollars(1.0))
        .sum();
    let series: f64 = prices.values().map(|price| price.dollars).sum();
    let (fixed, per_shard) = (dollars(FIXED), f64::from(shards) * dollars(SHARD_FIXED));
    let mut whole = vec![
        Line::of("sources", "what is asked, see below", setup.series.len(), series),
        Line::of("chunks and states", "write and read units, requests to S3", shards as usize, shards_dollars),
        Line::of("shards", "two functions each minute", shards as usize, per_shard),
    ];
    whole.extend(FIXED.iter().map(|(what, formula, dollars)| Line::of(what, formula, 1, *dollars)));
    Bill {
        dollars: series + shards_dollars + per_shard + fixed,
        whole,
        sources: grouped(setup, &prices, |series| series.source.to_string(), |name| formula_of(setup, name)),
        paces: grouped(setup, &prices, |series| format!("every {}", series.pace), |_| "43,800 minutes / pace"),
        monitors: of_monitors(setup, &prices),
        scale: scale(setup, series),
    }
}

fn dollars(lines: &[(&str, &str, f64)]) -> f64 {
    lines.iter().map(|(_, _, dollars)| dollars).sum()
}

/// Up to five statistics of one metric are one metric on the bill: each bears its share.
fn of_series(setup: &Setup, shards: u32) -> BTreeMap<&SeriesId, Price> {
    let mut by_metric: BTreeMap<(&SourceName, String), Vec<&Series>> = BTreeMap::new();
    let mut prices = BTreeMap::new();
    for series in &setup.series {
        match &series.query {
            Query::CloudWatch { namespace, metric, dimensions, .. } => {
                let metric = format!("{namespace}/{metric}/{dimensions:?}");
                by_metric.entry((&series.source, metric)).or_default().push(series);
            }
            Query::Prometheus { .. } | Query::Probe(_) | Query::Pushed(_) | Query::Log(_) => {
                prices.insert(&series.id, Price { asked: asked(series.pace), dollars: 0.0 });
            }
            Query::Cost(_) => {}
        }
    }
    for group in by_metric.values() {
        let statistics: usize = group.iter().map(|series| series.queries()).sum();
        let fastest = group.iter().map(|series| series.pace.max(Span::MINUTE)).min().unwrap_or(Span::MINUTE);
        let asked = asked(fastest) * statistics.div_ceil(STATISTICS_PER_METRIC) as f64 / group.len() as f64;
        for series in group {
            prices.insert(&series.id, Price { asked, dollars: asked * GET_METRIC_DATA });
        }
    }
    prices.extend(explorer::of_series(setup, shards));
    prices
}

/// How often that is a month.
fn asked(pace: Span) -> f64 {
    MINUTES * 60.0 / f64::from(pace.seconds().max(60))
}

fn formula_of(setup: &Setup, name: &str) -> &'static str {
    let source = setup.sources.iter().find(|source| source.name.as_str() == name);
    match source.map(|source| &source.kind) {
        Some(SourceKind::CloudWatch { .. }) => "metrics asked for x $0.01 / 1,000",
        Some(SourceKind::Pushed) => "each push: KB x $0.625 / million",
        Some(SourceKind::Probe) => "part of the collector's time",
        Some(SourceKind::Logs { .. }) => "patterns are free; queries NOT INCLUDED: GB scanned x $0.005",
        Some(SourceKind::CostExplorer { .. }) => "requests x $0.01",
        _ => "your server's own cost",
    }
}

fn grouped(
    setup: &Setup,
    prices: &BTreeMap<&SeriesId, Price>,
    key: impl Fn(&Series) -> String,
    formula: impl Fn(&str) -> &'static str,
) -> Vec<Line> {
    let mut groups: BTreeMap<String, (usize, Price)> = BTreeMap::new();
    for series in &setup.series {
        let price = prices.get(&series.id).copied().unwrap_or_default();
        let (count, sum) = groups.entry(key(series)).or_default();
        *count += 1;
        sum.asked += price.asked;
        sum.dollars += price.dollars;
    }
    let line = |(name, (count, sum)): (String, (usize, Price))| Line {
        asked: Some(sum.asked),
        ..Line::of(&name, formula(&name), count, sum.dollars)
    };
    groups.into_iter().map(line).collect()
}

/// A monitor bears an equal share of each series that it reads with others, and what its memory costs to keep.
fn of_monitors(setup: &Setup, prices: &BTreeMap<&SeriesId, Price>) -> Vec<Line> {
    let mut readers: BTreeMap<&SeriesId, usize> = BTreeMap::new();
    for id in setup.monitors.iter().flat_map(Monitor::series) {
        *readers.entry(id).or_default() += 1;
    }
    let share = |id: &SeriesId| {
        let price = prices.get(id).copied().unwrap_or_default();
        let readers = readers.get(id).copied().unwrap_or(1) as f64;
        Price { asked: price.asked / readers, dollars: price.dollars / readers }
    };
    let lines = setup.monitors.iter().map(|monitor| {
        let shares: Vec<Price> = monitor.series().map(share).collect();
        let names: Vec<&str> = monitor.series().map(SeriesId::as_str).collect();
        let names = if names.is_empty() { "other monitors".to_owned() } else { names.join(", ") };
        Line {
            asked: Some(shares.iter().map(|share| share.asked).sum()),
            ..Line::of(monitor.name.as_str(), &names, shares.len(), shares.iter().map(|share| share.dollars).sum())
        }
    });
    let mut lines: Vec<Line> = lines.collect();
    lines.sort_by(|a, b| b.dollars.total_cmp(&a.dollars).then_with(|| a.what.cmp(&b.what)));
    lines
}

/// The bills of other sizes, with the same mix; none where nothing is watched.
fn scale(setup: &Setup, series: f64) -> Vec<ScaleLine> {
    let now = setup.series.len() as f64;
    let mix = Mix::of(&setup.series.iter().collect::<Vec<_>>(), &setup.monitors.iter().collect::<Vec<_>>());
    let line = |count: u32| {
        let shards = count.div_ceil(u32::try_from(crate::collect::SERIES_PER_SHARD_MAX).unwrap_or(u32::MAX));
        let asked = series / now * f64::from(count);
        let stored = f64::from(shards) * mix.dollars(f64::from(count) / f64::from(shards) / now);
        let per_shard = f64::from(shards) * dollars(SHARD_FIXED);
        ScaleLine { series: count, shards, dollars: asked + stored + per_shard + dollars(FIXED) }
    };
    if setup.series.is_empty() { Vec::new() } else { SCALE.map(line).to_vec() }
}
