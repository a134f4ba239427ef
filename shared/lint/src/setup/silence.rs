//! What missing, half-filled and late periods are taken for.

use domain::measure::Measure;
use domain::metric::{Query, Series};
use domain::monitor::{MissingData, Monitor};
use domain::setup::Setup;
use domain::units::Span;

use super::{finding, of_condition, of_monitor};
use crate::finding::{Finding, Level};
use crate::rule::Rule;

pub(super) fn check(setup: &Setup) -> Vec<Finding> {
    let mut found = Vec::new();
    for monitor in &setup.monitors {
        let series: Vec<&Series> = monitor.series().filter_map(|id| setup.series(id)).collect();
        found.extend(counts_as_fine(monitor, &series));
        found.extend(unsettled(monitor, &series));
        found.extend(slow_look(monitor, &series));
    }
    found
}

fn is_lower_limit(monitor: &Monitor) -> bool {
    monitor.measure == Measure::Value && monitor.conditions.iter().any(|condition| !condition.when.comparison.upward())
}

/// Too little is told, and nothing at all is fine.
fn counts_as_fine(monitor: &Monitor, series: &[&Series]) -> Option<Finding> {
    let written = series.iter().any(|series| !series.sparse);
    (is_lower_limit(monitor) && monitor.missing_data == MissingData::NotBreaching && written).then(|| {
        let limit = monitor.conditions.iter().find(|condition| !condition.when.comparison.upward());
        let limit = limit.map(|condition| condition.when.to_string()).unwrap_or_default();
        finding(
            Rule::SilenceCountsAsFine,
            Level::Warn,
            of_monitor(monitor),
            "it tells of too little, but not of nothing",
        )
        .seen(format!("the limit is \"{limit}\", and missing_data is notBreaching"))
        .remedy("write missing_data: breaching, or watch for silence with a measure of kind absence")
    })
}

/// The newest minute is still filling, so a sum of it is too low.
fn unsettled(monitor: &Monitor, series: &[&Series]) -> Option<Finding> {
    let filling = series.iter().find(|series| matches!(series.query, Query::CloudWatch { .. } | Query::Log(_)))?;
    let early = monitor.settle < Span::MINUTE && is_lower_limit(monitor);
    early.then(|| {
        finding(Rule::Unsettled, Level::Warn, of_monitor(monitor), "periods are judged while they are still filling")
            .seen(format!(
                "settle is {}, and {} is complete only after one to three minutes",
                monitor.settle, filling.id
            ))
            .remedy("write settle: 60s or longer")
    })
}

/// A severity says within what time people respond: who looks less often has lost it already.
fn slow_look(monitor: &Monitor, series: &[&Series]) -> Option<Finding> {
    let slowest = series.iter().max_by_key(|series| series.pace)?;
    let condition = monitor.conditions.first()?;
    let respond = condition.severity.policy().respond_within;
    let late = slowest.pace > respond && slowest.pace > slowest.period.times(monitor.window.breaching);
    late.then(|| {
        let what = format!("people are to respond to {} within {respond}, and hear of it later", condition.severity);
        finding(Rule::SlowLook, Level::Warn, of_condition(monitor, condition.severity), what)
            .seen(format!("{} is asked for every {}", slowest.id, slowest.pace))
            .remedy(format!("write a pace of {respond} or shorter, or a milder severity"))
    })
}
