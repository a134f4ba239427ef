//! What is known of metrics that AWS writes, held against the series that read them.

use domain::metric::{Query, Series, Statistic};
use domain::setup::Setup;
use domain::units::Span;

use super::finding;
use crate::catalogue;
use crate::finding::{Finding, Level};
use crate::rule::Rule;

pub(super) fn check(setup: &Setup) -> Vec<Finding> {
    setup.series.iter().flat_map(one).collect()
}

fn one(series: &Series) -> Vec<Finding> {
    let Query::CloudWatch { namespace, metric, dimensions, statistic } = &series.query else { return Vec::new() };
    let part = || format!("series/{}", series.id);
    let mut found = Vec::new();
    let has = |name: &str| dimensions.contains_key(name);
    if let Some((what, remedy)) = missing_dimension(namespace, metric, &has) {
        let has = dimensions.keys().cloned().collect::<Vec<_>>().join(", ");
        let evidence = format!("dimensions: {}", if has.is_empty() { "none" } else { &has });
        found.push(finding(Rule::MissingDimension, Level::Error, part(), what).seen(evidence).remedy(remedy));
    }
    if let Some((what, remedy)) = too_fine(namespace, metric, series.period) {
        let evidence = format!("its period is {}", series.period);
        found.push(finding(Rule::TooFine, Level::Error, part(), what).seen(evidence).remedy(remedy));
    }
    if *statistic == Statistic::Sum && catalogue::is_level(namespace, metric) {
        let (what, remedy) = summed(metric);
        found.push(finding(Rule::SummedLevel, Level::Warn, part(), what).seen("statistic: Sum").remedy(remedy));
    }
    found
}

/// What is wrong and what to do, where a dimension is missing.
pub(crate) fn missing_dimension(namespace: &str, metric: &str, has: &dyn Fn(&str) -> bool) -> Option<(String, String)> {
    let sets = catalogue::needed(namespace, metric);
    if sets.is_empty() || sets.iter().any(|set| set.iter().all(|name| has(name))) {
        return None;
    }
    let nearest = sets.iter().min_by_key(|set| set.iter().filter(|name| !has(name)).count())?;
    let missing: Vec<&str> = nearest.iter().copied().filter(|name| !has(name)).collect();
    let missing = missing.join(" and ");
    Some((format!("{namespace} writes no {metric} without {missing}"), format!("add the dimension {missing}")))
}

/// What is wrong and what to do, where a period is finer than the metric.
pub(crate) fn too_fine(namespace: &str, metric: &str, period: Span) -> Option<(String, String)> {
    let slowest = catalogue::slow(namespace, metric);
    let written = slowest.or_else(|| catalogue::is_of_aws(namespace).then_some(Span::MINUTE))?;
    (period < written).then(|| {
        let what = format!("{metric} is written every {written}; most periods of {period} have no point");
        (what, format!("make the period {written} or longer"))
    })
}

pub(crate) fn summed(metric: &str) -> (String, &'static str) {
    let what = format!("the sum of {metric} says how often it was written, not how high it is");
    (what, "take Average, Maximum, Minimum or a percentile")
}
