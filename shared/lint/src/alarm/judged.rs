//! Windows and limits of an alarm.

use domain::monitor::MissingData;
use domain::units::Span;

use super::{Alarm, Judged, finding};
use crate::catalogue;
use crate::finding::{Finding, Level};
use crate::range::Holds;
use crate::rule::Rule;

/// The longest stretch that an alarm evaluates, with periods below an hour and above.
/// Source: `CloudWatch` API reference, `PutMetricAlarm`, `EvaluationPeriods`.
const STRETCH_MAX: Span = Span::DAY;
const STRETCH_OF_HOURS_MAX: Span = Span::DAY.times(7);

pub(super) fn check(alarm: &Alarm, judged: &Judged) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(never_enough(alarm, judged));
    found.extend(impossible_window(alarm, judged));
    found.extend(limit(alarm, judged));
    found.extend(silence(alarm, judged));
    found
}

fn never_enough(alarm: &Alarm, judged: &Judged) -> Option<Finding> {
    (judged.breaching > judged.of).then(|| {
        let what = format!("{} of {} periods can never breach", judged.breaching, judged.of);
        finding(Rule::NeverFires, Level::Error, alarm, what)
            .seen(format!("datapoints_to_alarm {}, evaluation_periods {}", judged.breaching, judged.of))
            .remedy(format!("make datapoints_to_alarm at most {}, or raise evaluation_periods", judged.of))
    })
}

fn impossible_window(alarm: &Alarm, judged: &Judged) -> Option<Finding> {
    let seconds = judged.period.seconds();
    let remedy;
    let (what, evidence) =
        if seconds < 60 && !matches!(seconds, 10 | 20 | 30) || seconds >= 60 && !seconds.is_multiple_of(60) {
            remedy = "make the period 10s, 20s, 30s or whole minutes".to_owned();
            ("its period is none that CloudWatch has", format!("period {}", judged.period))
        } else {
            let stretch = judged.period.times(judged.of);
            let longest = if judged.period < Span::HOUR { STRETCH_MAX } else { STRETCH_OF_HOURS_MAX };
            if stretch <= longest {
                return None;
            }
            remedy = format!("make evaluation_periods at most {}", longest.seconds() / seconds.max(1));
            (
                "it looks back further than CloudWatch does",
                format!("{} periods of {} are {stretch}, at most {longest}", judged.of, judged.period),
            )
        };
    Some(finding(Rule::ImpossibleWindow, Level::Error, alarm, what).seen(evidence).remedy(remedy))
}

fn limit(alarm: &Alarm, judged: &Judged) -> Option<Finding> {
    let limit = judged.limit.as_ref()?;
    let [metric] = judged.metrics.as_slice() else { return None };
    if judged.formula {
        return None;
    }
    let range = catalogue::range(&metric.namespace, &metric.name, &metric.statistic);
    let (rule, says) = match range.holds(limit) {
        Holds::Sometimes => return None,
        Holds::Never => (Rule::NeverFires, "never holds"),
        Holds::Always => (Rule::AlwaysFires, "always holds"),
    };
    let what = format!("{} {limit} {says}", metric.name);
    let evidence = format!("{} of {} {} is {range} by its nature", metric.statistic, metric.namespace, metric.name);
    Some(finding(rule, Level::Error, alarm, what).seen(evidence).remedy("correct the threshold or its operator"))
}

/// Too little is told, and nothing at all is fine.
fn silence(alarm: &Alarm, judged: &Judged) -> Option<Finding> {
    let limit = judged.limit.as_ref().filter(|limit| !limit.comparison.upward())?;
    (judged.missing_data == MissingData::NotBreaching).then(|| {
        finding(Rule::SilenceCountsAsFine, Level::Warn, alarm, "it tells of too little, but not of nothing")
            .seen(format!("the limit is {limit}, and treat_missing_data is notBreaching"))
            .remedy("make treat_missing_data breaching")
    })
}
