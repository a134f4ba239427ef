use std::collections::BTreeMap;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{AlarmType, CompositeAlarm, Dimension, MetricAlarm, StateValue};
use aws_smithy_types::DateTime;
use domain::monitor::Limit;
use domain::units::{Span, Time};
use lint::At;
use lint::alarm::{Action, Alarm, Judged, Metric, State, Watches, comparison, missing_data};

use crate::fault::Fault;

/// Alarms of this name are made, moved and removed by Application Auto Scaling.
/// Source: Application Auto Scaling user guide, "Target tracking scaling policies".
const MANAGED: &str = "TargetTracking-";

/// All alarms of metrics and all that combine others.
pub(super) async fn read(client: &Client) -> Result<Vec<Alarm>, String> {
    let mut found = Vec::new();
    let types = [AlarmType::MetricAlarm, AlarmType::CompositeAlarm];
    let mut pages = client.describe_alarms().set_alarm_types(Some(types.to_vec())).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| format!("cloudwatch:DescribeAlarms: {}", Fault::of(&error).detail))?;
        found.extend(page.metric_alarms().iter().filter(|alarm| !is_managed(alarm)).map(of_metric));
        found.extend(page.composite_alarms().iter().map(of_alarms));
    }
    Ok(found)
}

fn is_managed(alarm: &MetricAlarm) -> bool {
    alarm.alarm_name().is_some_and(|name| name.starts_with(MANAGED))
}

/// What alarms of both kinds have.
struct Common<'a> {
    name: Option<&'a str>,
    arn: Option<&'a str>,
    enabled: Option<bool>,
    actions: &'a [String],
    state: Option<&'a StateValue>,
    since: Option<&'a DateTime>,
}

fn alarm(common: &Common<'_>, watches: Watches) -> Alarm {
    let name = common.name.unwrap_or_default().to_owned();
    let state = common.state.and_then(|state| match state {
        StateValue::Ok => Some(State::Ok),
        StateValue::Alarm => Some(State::Alarm),
        StateValue::InsufficientData => Some(State::InsufficientData),
        _ => None,
    });
    Alarm {
        at: At::Account(common.arn.map_or_else(|| name.clone(), str::to_owned)),
        name,
        arn: common.arn.map(str::to_owned),
        enabled: common.enabled.unwrap_or(true),
        actions: common.actions.iter().cloned().map(Action::Other).collect(),
        more_actions: false,
        used: false,
        watches,
        state: state.zip(common.since.map(|since| Time::from_epoch(since.secs()))),
    }
}

fn of_alarms(composite: &CompositeAlarm) -> Alarm {
    let common = Common {
        name: composite.alarm_name(),
        arn: composite.alarm_arn(),
        enabled: composite.actions_enabled(),
        actions: composite.alarm_actions(),
        state: composite.state_value(),
        since: composite.state_transitioned_timestamp().or(composite.state_updated_timestamp()),
    };
    alarm(&common, Watches::Alarms(composite.alarm_rule().unwrap_or_default().to_owned()))
}

fn of_metric(metric: &MetricAlarm) -> Alarm {
    let common = Common {
        name: metric.alarm_name(),
        arn: metric.alarm_arn(),
        enabled: metric.actions_enabled(),
        actions: metric.alarm_actions(),
        state: metric.state_value(),
        since: metric.state_transitioned_timestamp().or(metric.state_updated_timestamp()),
    };
    let number =
        |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0);
    let of = number(metric.evaluation_periods()).unwrap_or(1);
    let stats = || metric.metrics().iter().filter_map(|query| query.metric_stat());
    let longest = stats().filter_map(|stat| number(stat.period())).max();
    let metrics: Vec<Metric> = if metric.metrics().is_empty() {
        let statistic =
            metric.statistic().map(aws_sdk_cloudwatch::types::Statistic::as_str).or(metric.extended_statistic());
        vec![named(metric.namespace(), metric.metric_name(), metric.dimensions(), statistic)]
    } else {
        let of_stat = |stat: &aws_sdk_cloudwatch::types::MetricStat| {
            let read = stat.metric()?;
            Some(named(read.namespace(), read.metric_name(), read.dimensions(), stat.stat()))
        };
        stats().filter_map(of_stat).collect()
    };
    let limit = metric.comparison_operator().and_then(|word| comparison(word.as_str())).zip(metric.threshold());
    let judged = Judged {
        formula: metric.metrics().len() > 1 || metrics.len() != 1,
        metrics,
        limit: limit.map(|(comparison, threshold)| Limit { comparison, threshold }),
        period: Span::from_seconds(number(metric.period()).or(longest).unwrap_or(60)),
        of,
        breaching: number(metric.datapoints_to_alarm()).unwrap_or(of),
        missing_data: missing_data(metric.treat_missing_data().unwrap_or("missing")),
        points: None,
    };
    alarm(&common, Watches::Metric(judged))
}

fn named(namespace: Option<&str>, name: Option<&str>, dimensions: &[Dimension], statistic: Option<&str>) -> Metric {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let pair = |dimension: &Dimension| (text(dimension.name()), dimension.value().map(str::to_owned));
    Metric {
        namespace: text(namespace),
        name: text(name),
        dimensions: dimensions.iter().map(pair).collect::<BTreeMap<_, _>>(),
        statistic: text(statistic),
    }
}
