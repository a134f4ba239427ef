use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat};
use domain::metric::{Failure, FailureKind, Query, Statistic};
use domain::setup::SourceKind;
use domain::units::{Span, Time};
use engine::port::Ask;

use crate::samples::failure;

/// Queries of one call. Source: `GetMetricData` API reference.
pub(super) const QUERIES_MAX: usize = 500;
/// Samples of one answer before it is paged. Source: `GetMetricData` API reference, `MaxDatapoints`.
pub(super) const SAMPLES_MAX: u64 = 100_800;
/// How many times the samples that were asked for a call may bring, since asks of different ranges share it: samples
/// cost no money, but time to read.
const OVERFETCH_MAX: u64 = 2;

/// Which `CloudWatch` is asked, with whose rights.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Place {
    pub(super) region: Option<String>,
    pub(super) role_arn: Option<String>,
}

/// One call.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Batch {
    pub(super) place: Place,
    pub(super) from: Time,
    pub(super) until: Time,
    /// One for each query, in the order of the queries.
    pub(super) columns: Vec<Column>,
    /// A common multiple of all periods: buckets are anchored at the start of a call.
    step: u64,
    /// Samples in each step, all queries together.
    rate: u64,
    /// Samples that were asked for.
    asked: u64,
}

/// What one query brings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Column {
    /// For which ask.
    pub(super) ask: usize,
    /// Which part of it.
    pub(super) part: Part,
}

/// A part of an ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// The numbers themselves, or the sums of means.
    First,
    /// The counts of means.
    Counts,
}

/// Puts asks together into as few calls as their places and ranges allow, and names those that no call can ask.
pub(super) fn plan(asks: &[&Ask<'_>]) -> (Vec<Batch>, Vec<(usize, Failure)>) {
    let mut order: Vec<usize> = (0..asks.len()).collect();
    order.sort_by_key(|ask| (asks[*ask].from, asks[*ask].until));
    let mut open: BTreeMap<Place, Vec<Batch>> = BTreeMap::new();
    let mut refused = Vec::new();
    for ask in order {
        match parts_of(asks[ask]) {
            Ok((_, [])) => {}
            Ok((place, parts)) => {
                let batches = open.entry(place.clone()).or_default();
                if !batches.iter_mut().any(|batch| batch.take(ask, asks[ask], parts)) {
                    batches.push(Batch::of(place, ask, asks[ask], parts));
                }
            }
            Err(failure) => refused.push((ask, failure)),
        }
    }
    (open.into_values().flatten().collect(), refused)
}

/// Where an ask is asked, and the parts that it needs; none if its range is empty.
fn parts_of(ask: &Ask<'_>) -> Result<(Place, &'static [Part]), Failure> {
    let (SourceKind::CloudWatch { region, role_arn, .. }, Query::CloudWatch { statistic, .. }) =
        (&ask.source.kind, &ask.series.query)
    else {
        return Err(failure(FailureKind::Rejected, "the query is not one of CloudWatch's"));
    };
    if !is_period(ask.series.period) {
        let detail = format!("CloudWatch has periods of 10s, 20s, 30s and whole minutes, not {}", ask.series.period);
        return Err(failure(FailureKind::Rejected, &detail));
    }
    let place = Place { region: region.clone(), role_arn: role_arn.clone() };
    let parts: &[Part] = match statistic {
        _ if ask.from >= ask.until => &[],
        Statistic::Average => &[Part::First, Part::Counts],
        _ => &[Part::First],
    };
    Ok((place, parts))
}

/// Whether a series can have this period. Source: `MetricStat` API reference, without 1 s and 5 s.
fn is_period(period: Span) -> bool {
    let seconds = period.seconds();
    matches!(seconds, 10 | 20 | 30) || (seconds > 0 && seconds.is_multiple_of(60))
}

impl Batch {
    fn of(place: Place, ask: usize, asked: &Ask<'_>, parts: &[Part]) -> Self {
        let step = u64::from(asked.series.period.seconds());
        let (from, until) = (floor(asked.from, step), asked.until);
        Self {
            place,
            from,
            until,
            columns: parts.iter().map(|part| Column { ask, part: *part }).collect(),
            step,
            rate: parts.len() as u64,
            asked: samples_of(asked, parts.len()),
        }
    }

    /// Takes an ask in, if everything still fits.
    fn take(&mut self, ask: usize, asked: &Ask<'_>, parts: &[Part]) -> bool {
        let period = u64::from(asked.series.period.seconds());
        let Some(step) = (self.step / gcd(self.step, period)).checked_mul(period) else {
            return false;
        };
        let from = floor(self.from.min(asked.from), step);
        let until = self.until.max(asked.until);
        let rate = self.rate * (step / self.step) + parts.len() as u64 * (step / period);
        let wanted = self.asked + samples_of(asked, parts.len());
        let brought = u64::from(until.since(from).seconds()).saturating_mul(rate) / step;
        if self.columns.len() + parts.len() > QUERIES_MAX || brought > SAMPLES_MAX.min(wanted * OVERFETCH_MAX) {
            return false;
        }
        self.columns.extend(parts.iter().map(|part| Column { ask, part: *part }));
        (self.step, self.from, self.until, self.rate, self.asked) = (step, from, until, rate, wanted);
        true
    }

    /// The two halves of its queries, each as a call of its own.
    pub(super) fn halves(mut self) -> Vec<Self> {
        let second = self.columns.split_off(self.columns.len() / 2);
        let other = Self { columns: second, ..self.clone() };
        vec![self, other]
    }

    /// The queries; the id of each is its position, `q0`, its label the id of its series.
    pub(super) fn queries(&self, asks: &[&Ask<'_>]) -> Vec<MetricDataQuery> {
        self.columns.iter().enumerate().map(|(position, column)| query(position, *column, asks[column.ask])).collect()
    }
}

fn query(position: usize, column: Column, ask: &Ask<'_>) -> MetricDataQuery {
    let mut builder =
        MetricDataQuery::builder().id(format!("q{position}")).label(ask.series.id.as_str()).return_data(true);
    if let SourceKind::CloudWatch { account, .. } = &ask.source.kind {
        builder = builder.set_account_id(account.clone());
    }
    if let Query::CloudWatch { namespace, metric, dimensions, statistic } = &ask.series.query {
        let dimensions =
            dimensions.iter().map(|(name, value)| Dimension::builder().name(name).value(value).build()).collect();
        let metric =
            Metric::builder().namespace(namespace).metric_name(metric).set_dimensions(Some(dimensions)).build();
        let statistic = match (statistic, column.part) {
            (_, Part::Counts) => Statistic::SampleCount,
            (Statistic::Average, Part::First) => Statistic::Sum,
            (other, Part::First) => *other,
        };
        let stat = MetricStat::builder()
            .metric(metric)
            .period(i32::try_from(ask.series.period.seconds()).unwrap_or(i32::MAX))
            .stat(statistic.to_string())
            .build();
        builder = builder.metric_stat(stat);
    }
    builder.build()
}

fn samples_of(ask: &Ask<'_>, parts: usize) -> u64 {
    u64::from(ask.until.since(ask.from).seconds() / ask.series.period.seconds()) * parts as u64
}

fn floor(time: Time, step: u64) -> Time {
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    Time::from_epoch(time.epoch() - time.epoch().rem_euclid(step))
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests;
