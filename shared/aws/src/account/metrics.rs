use std::collections::BTreeMap;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{Dimension, DimensionFilter, Metric as Asked, MetricDataQuery, MetricStat, ScanBy};
use aws_smithy_types::DateTime;
use domain::units::{Span, Time};
use lint::alarm::{Alarm, Judged, Metric, Points, Watches};

use crate::fault::Fault;

/// Queries of one call. Source: `GetMetricData` API reference.
const QUERIES_MAX: usize = 500;
/// Points of one answer before it is paged. Source: `GetMetricData` API reference, `MaxDatapoints`.
const POINTS_MAX: u32 = 100_800;
/// Periods below a minute are kept so long. Source: `MetricStat`, `Period`, in the API reference.
const FINE_KEPT: Span = Span::from_minutes(180);
/// So many sets of dimensions are shown.
const SHOWN: usize = 3;

/// Reads the points of each alarm of a single metric, and whether there is any metric of that name where there are none;
/// the answer is what could not be read.
pub(super) async fn read(client: &Client, alarms: &mut [Alarm], from: Time, until: Time) -> Vec<String> {
    let mut unread = Vec::new();
    let single: Vec<usize> = (0..alarms.len()).filter(|index| single(&alarms[*index]).is_some()).collect();
    for batch in batches(alarms, &single, from, until) {
        match points(client, alarms, &batch, from, until).await {
            Ok(found) => {
                for (index, points) in found {
                    if let Watches::Metric(judged) = &mut alarms[index].watches {
                        judged.points = Some(points);
                    }
                }
            }
            Err(fault) => unread.push(format!("points of {} alarms: cloudwatch:GetMetricData: {fault}", batch.len())),
        }
    }
    for alarm in alarms {
        let Watches::Metric(judged) = &mut alarm.watches else { continue };
        let Some(points) = judged.points.as_mut().filter(|points| points.points.is_empty()) else { continue };
        match others(client, &judged.metrics[0]).await {
            Ok(others) => points.others = others,
            Err(fault) => unread.push(format!("other metrics for {}: cloudwatch:ListMetrics: {fault}", alarm.name)),
        }
    }
    unread
}

fn single(alarm: &Alarm) -> Option<(&Judged, &Metric)> {
    match &alarm.watches {
        Watches::Metric(judged) if !judged.formula => judged.metrics.first().map(|metric| (judged, metric)),
        _ => None,
    }
}

/// The range of the alarm's metric: whole periods.
fn range(judged: &Judged, from: Time, until: Time) -> (Time, Time) {
    let from = if judged.period < Span::MINUTE { from.max(until - FINE_KEPT) } else { from };
    (from.floor(judged.period), until.floor(judged.period))
}

/// Alarms whose points fit one answer, and have one range.
fn batches(alarms: &[Alarm], single_ones: &[usize], from: Time, until: Time) -> Vec<Vec<usize>> {
    let mut batches: Vec<(Vec<usize>, u32, (Time, Time))> = Vec::new();
    for index in single_ones {
        let Some((judged, _)) = single(&alarms[*index]) else { continue };
        let range = range(judged, from, until);
        let points = range.1.since(range.0).seconds() / judged.period.seconds().max(1);
        let fits = |(batch, sum, of): &&mut (Vec<usize>, u32, (Time, Time))| {
            *of == range && batch.len() < QUERIES_MAX && sum.saturating_add(points) <= POINTS_MAX
        };
        match batches.iter_mut().find(fits) {
            Some((batch, sum, _)) => {
                batch.push(*index);
                *sum += points;
            }
            None => batches.push((vec![*index], points, range)),
        }
    }
    batches.into_iter().map(|(batch, ..)| batch).collect()
}

async fn points(
    client: &Client,
    alarms: &[Alarm],
    batch: &[usize],
    from: Time,
    until: Time,
) -> Result<BTreeMap<usize, Points>, String> {
    let Some((first, _)) = batch.first().and_then(|index| single(&alarms[*index])) else { return Ok(BTreeMap::new()) };
    let (from, until) = range(first, from, until);
    let mut found: BTreeMap<usize, Points> =
        batch.iter().map(|index| (*index, Points { from, until, ..Points::default() })).collect();
    let queries = batch.iter().filter_map(|index| query(*index, single(&alarms[*index])?)).collect();
    let mut pages = client
        .get_metric_data()
        .set_metric_data_queries(Some(queries))
        .start_time(DateTime::from_secs(from.epoch()))
        .end_time(DateTime::from_secs(until.epoch()))
        .scan_by(ScanBy::TimestampAscending)
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| Fault::of(&error).detail)?;
        for result in page.metric_data_results() {
            let index = result.id().and_then(|id| id.strip_prefix('a')?.parse().ok());
            let Some(points) = index.and_then(|index: usize| found.get_mut(&index)) else { continue };
            let times = result.timestamps().iter().map(|at| Time::from_epoch(at.secs()));
            points.points.extend(times.zip(result.values().iter().copied()));
        }
    }
    for points in found.values_mut() {
        points.points.sort_by_key(|(at, _)| *at);
    }
    Ok(found)
}

fn query(index: usize, (judged, metric): (&Judged, &Metric)) -> Option<MetricDataQuery> {
    let dimension = |(name, value): (&String, &Option<String>)| {
        Some(Dimension::builder().name(name).value(value.as_ref()?).build())
    };
    let dimensions = metric.dimensions.iter().filter_map(dimension).collect();
    let asked = Asked::builder()
        .namespace(&metric.namespace)
        .metric_name(&metric.name)
        .set_dimensions(Some(dimensions))
        .build();
    let period = i32::try_from(judged.period.seconds()).ok()?;
    let stat = MetricStat::builder().metric(asked).period(period).stat(&metric.statistic).build();
    Some(MetricDataQuery::builder().id(format!("a{index}")).metric_stat(stat).build())
}

/// The dimensions of metrics with the same name, which `CloudWatch` lists for two weeks.
async fn others(client: &Client, metric: &Metric) -> Result<Vec<String>, String> {
    let listed = client.list_metrics().namespace(&metric.namespace).metric_name(&metric.name);
    // What is near has a dimension of the same name.
    let filters: Vec<DimensionFilter> = metric
        .dimensions
        .keys()
        .take(1)
        .filter_map(|name| DimensionFilter::builder().name(name).build().into())
        .collect();
    let page = listed.set_dimensions((!filters.is_empty()).then_some(filters)).send().await;
    let page = page.map_err(|error| Fault::of(&error).detail)?;
    let shown = page.metrics().iter().take(SHOWN).map(|found| {
        let pairs = found.dimensions().iter();
        let pairs: Vec<String> = pairs
            .map(|pair| format!("{}={}", pair.name().unwrap_or_default(), pair.value().unwrap_or_default()))
            .collect();
        if pairs.is_empty() { "no dimensions".to_owned() } else { pairs.join(" ") }
    });
    Ok(shown.collect())
}
