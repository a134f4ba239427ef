use domain::measure::Measure;
use domain::metric::{LogReading, Query, Reading, Series, Statistic, TemplateReading};
use domain::monitor::{Condition, Monitor, Signal};
use domain::setup::Setup;

use super::{finding, of_condition, of_monitor, of_recovery};
use crate::catalogue;
use crate::finding::{Finding, Level};
use crate::range::{Holds, Range};
use crate::rule::Rule;

/// Deviations are cut off at so many.
const DEVIATIONS: Range = Range { least: -100.0, most: 100.0 };
/// What was not negative can fall by all there was.
const CHANGE: Range = Range { least: -100.0, most: f64::INFINITY };

pub(super) fn check(setup: &Setup) -> Vec<Finding> {
    let mut found = Vec::new();
    for monitor in &setup.monitors {
        found.extend(never_absent(setup, monitor));
        let signal = of_signal(setup, &monitor.signal).times(monitor.factor);
        let range = measured(monitor, signal);
        for condition in &monitor.conditions {
            found.extend(limit(monitor, condition, range));
            found.extend(recovery(monitor, condition, range));
        }
    }
    found
}

fn limit(monitor: &Monitor, condition: &Condition, range: Range) -> Option<Finding> {
    let Condition { severity, when, .. } = condition;
    let (rule, level, says) = match range.holds(when) {
        Holds::Sometimes => return None,
        Holds::Never => (Rule::NeverFires, Level::Error, "never holds"),
        Holds::Always => (Rule::AlwaysFires, Level::Error, "always holds"),
    };
    let what = format!("{severity} at \"{when}\" {says}");
    let remedy = format!("write a limit within what {} can be, or correct the unit", name(monitor));
    Some(finding(rule, level, of_condition(monitor, *severity), what).seen(nature(monitor, range)).remedy(remedy))
}

fn recovery(monitor: &Monitor, condition: &Condition, range: Range) -> Option<Finding> {
    let recover = condition.recover.as_ref()?;
    (range.holds(recover) == Holds::Never).then(|| {
        let what = format!("once {} fires, it never recovers: \"{recover}\" never holds", condition.severity);
        finding(Rule::NeverRecovers, Level::Error, of_recovery(monitor, condition.severity), what)
            .seen(nature(monitor, range))
            .remedy("write a recovery limit that the signal reaches, or leave it out")
    })
}

/// A sparse series has a value in each period, so that nothing is ever overdue.
fn never_absent(setup: &Setup, monitor: &Monitor) -> Option<Finding> {
    let Measure::Absence { nonzero: false, .. } = monitor.measure else { return None };
    let Signal::Series(id) = &monitor.signal else { return None };
    let series = setup.series(id).filter(|series| series.sparse)?;
    Some(
        finding(Rule::NeverFires, Level::Error, of_monitor(monitor), "nothing is ever overdue")
            .seen(format!("{} is sparse: a period without points counts as 0, which is a value", series.id))
            .remedy("add nonzero: true to the measure, or leave sparse out"),
    )
}

fn name(monitor: &Monitor) -> String {
    match monitor.measure {
        Measure::Value => monitor.signal.to_string(),
        _ => format!("the measure of {}", monitor.signal),
    }
}

fn nature(monitor: &Monitor, range: Range) -> String {
    format!("{} is {range}{} by its nature", name(monitor), monitor.limit_unit().suffix())
}

/// Between which numbers the signal lies, before its factor.
pub(super) fn of_signal(setup: &Setup, signal: &Signal) -> Range {
    let of = |id| setup.series(id).map_or(Range::ANY, series);
    match signal {
        Signal::Series(id) => of(id),
        Signal::Increase(id) if of(id).is_not_negative() => Range::NOT_NEGATIVE,
        Signal::Increase(_) => Range::ANY,
        Signal::Monitors(_) => Range::SHARE,
        Signal::Ratio { numerator, denominator } => {
            let (part, whole) = (setup.series(numerator), setup.series(denominator));
            match (part, whole) {
                (Some(part), Some(whole)) if is_part(part, whole) => Range::SHARE,
                _ if of(numerator).is_not_negative() && of(denominator).is_not_negative() => Range::NOT_NEGATIVE,
                _ => Range::ANY,
            }
        }
    }
}

/// Between which numbers what is compared with the limits lies.
fn measured(monitor: &Monitor, signal: Range) -> Range {
    match monitor.measure {
        Measure::Value => signal,
        Measure::Anomaly { .. } => Range::SHARE,
        Measure::ZScore { .. } | Measure::Mad { .. } | Measure::WeekBand { .. } => DEVIATIONS,
        Measure::Change { .. } if signal.is_not_negative() => CHANGE,
        Measure::Change { .. } | Measure::Forecast { .. } => Range::ANY,
        Measure::Absence { .. } => Range::NOT_NEGATIVE,
    }
}

fn series(series: &Series) -> Range {
    match &series.query {
        Query::CloudWatch { namespace, metric, statistic, .. } => {
            catalogue::range(namespace, metric, &statistic.to_string())
        }
        Query::Probe(probe) => match probe.reads {
            Reading::Up => Range::SHARE,
            Reading::Latency | Reading::Status => Range::NOT_NEGATIVE,
            Reading::CertificateDays => Range::ANY,
        },
        Query::Pushed(pushed) if pushed.statistic == Statistic::SampleCount => Range::NOT_NEGATIVE,
        Query::Log(log) => match &log.reads {
            LogReading::Templates { reads: TemplateReading::Share { .. }, .. } => Range::PERCENT,
            reads if reads.is_count() => Range::NOT_NEGATIVE,
            LogReading::Templates { .. } => Range::NOT_NEGATIVE,
            _ => Range::ANY,
        },
        Query::Prometheus { .. } | Query::Pushed(_) | Query::Cost(_) => Range::ANY,
    }
}

/// Whether what the one counts is counted by the other too: sums of AWS's own metrics with the same dimensions.
fn is_part(part: &Series, whole: &Series) -> bool {
    match (&part.query, &whole.query) {
        (
            Query::CloudWatch { namespace: a, metric: part, dimensions: b, statistic: Statistic::Sum },
            Query::CloudWatch { namespace: c, metric: whole, dimensions: d, statistic: Statistic::Sum },
        ) => a == c && b == d && catalogue::is_part(a, part, whole),
        _ => false,
    }
}
