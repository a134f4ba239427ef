use domain::id::{SeriesId, SourceName};
use domain::metric::{Query, Series};
use domain::monitor::{Comparison, Limit, Signal};
use domain::setup::Setup;
use domain::slo::{Indicator, Part, Slo};
use domain::units::Span;
use serde_json::{Map, Value as Json, json};

use super::shorthand;

/// How an indicator is said.
pub(super) struct Said {
    pub(super) indicator: Json,
    pub(super) method: &'static str,
    /// What it adds to the objective.
    pub(super) objective: Map<String, Json>,
    /// The sources that it names.
    pub(super) sources: Vec<SourceName>,
}

/// The indicator of `slo`, or why there are no words for it.
pub(super) fn said(setup: &Setup, slo: &Slo, losses: &mut Vec<String>) -> Result<Said, String> {
    let found = |id: &SeriesId| setup.series(id).ok_or_else(|| format!("there is no series {id}"));
    match &slo.indicator {
        Indicator::Freshness { .. } => Err("the freshness of data has no counterpart".to_owned()),
        Indicator::Requests { part, which, total } => {
            let (part, total) = (found(part)?, found(total)?);
            let which = if *which == Part::Good { "good" } else { "bad" };
            if part.period != Span::MINUTE {
                losses.push(format!("that its series have a period of {} cannot be said", part.period));
            }
            let indicator =
                json!({ "ratioMetric": { "counter": false, which: metric(part)?, "total": metric(total)? } });
            Ok(Said { indicator, method: "Occurrences", objective: Map::new(), sources: sources(&[part, total]) })
        }
        Indicator::Slices { signal, factor, good, .. } => {
            let limit = Limit { threshold: good.threshold / factor, ..*good };
            match signal {
                Signal::Series(id) => threshold(found(id)?, limit),
                Signal::Ratio { numerator, denominator } => {
                    ratio(found(numerator)?, found(denominator)?, limit, losses)
                }
                Signal::Increase(_) => Err("the increase of a counter within a slice has no counterpart".to_owned()),
                Signal::Monitors(_) => Err("monitors have no counterpart".to_owned()),
            }
        }
    }
}

fn sources(series: &[&Series]) -> Vec<SourceName> {
    series.iter().map(|series| series.source.clone()).collect()
}

fn slices(series: &Series, target: f64) -> Map<String, Json> {
    let fields = json!({ "timeSliceTarget": target, "timeSliceWindow": shorthand(series.period) });
    fields.as_object().cloned().unwrap_or_default()
}

/// All of a slice must be within the limit.
fn threshold(series: &Series, limit: Limit) -> Result<Said, String> {
    let operator = match limit.comparison {
        Comparison::Above => "gt",
        Comparison::AtLeast => "gte",
        Comparison::Below => "lt",
        Comparison::AtMost => "lte",
    };
    let mut objective = slices(series, 1.0);
    objective.insert("op".to_owned(), json!(operator));
    objective.insert("value".to_owned(), json!(limit.threshold));
    let indicator = json!({ "thresholdMetric": metric(series)? });
    Ok(Said { indicator, method: "Timeslices", objective, sources: sources(&[series]) })
}

fn ratio(part: &Series, whole: &Series, limit: Limit, losses: &mut Vec<String>) -> Result<Said, String> {
    let (which, target) =
        if limit.comparison.upward() { ("good", limit.threshold) } else { ("bad", 1.0 - limit.threshold) };
    if !(0.0..=1.0).contains(&target) {
        return Err(format!("a slice with a ratio {limit} has no counterpart: targets are from 0 to 1"));
    }
    if matches!(limit.comparison, Comparison::Above | Comparison::Below) {
        losses.push(format!("a slice at exactly {} is good there, and bad here", limit.threshold));
    }
    let target = (target * 1e12).round() / 1e12;
    let indicator = json!({ "ratioMetric": { "counter": false, which: metric(part)?, "total": metric(whole)? } });
    Ok(Said { indicator, method: "Timeslices", objective: slices(part, target), sources: sources(&[part, whole]) })
}

fn metric(series: &Series) -> Result<Json, String> {
    let (kind, spec) = match &series.query {
        Query::Prometheus { expression } => ("Prometheus", json!({ "query": expression })),
        Query::CloudWatch { namespace, metric, dimensions, statistic } => {
            let pair = |(name, value): (&String, &String)| json!({ "name": name, "value": value });
            let dimensions: Vec<Json> = dimensions.iter().map(pair).collect();
            let stat = statistic.to_string();
            let spec = json!({ "namespace": namespace, "metricName": metric, "dimensions": dimensions, "stat": stat });
            ("CloudWatch", spec)
        }
        _ => return Err(format!("{} is read neither from CloudWatch nor from Prometheus", series.id)),
    };
    Ok(json!({ "metricSource": { "metricSourceRef": series.source.as_str(), "type": kind, "spec": spec } }))
}
