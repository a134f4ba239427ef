use std::collections::BTreeSet;

use domain::monitor::Limit;
use domain::units::Span;
use serde_json::Value as Json;

use super::references::References;
use super::resources::{Resource, Resources};
use super::topics::{Names, find};
use super::writers::dimensions;
use crate::alarm::{Action, Alarm, Judged, Metric, Topic, Watches, comparison, missing_data};
use crate::finding::At;

/// Resources whose mention of an alarm tells nobody.
const SHOW_ONLY: [&str; 2] = ["aws_cloudwatch_dashboard", "aws_cloudwatch_metric_alarm"];
/// Resources that act on alarms which they name.
const ACTING: [&str; 5] = [
    "aws_appconfig_environment",
    "aws_codedeploy_deployment_group",
    "aws_ecs_service",
    "aws_route53_health_check",
    "aws_ssmincidents_response_plan",
];

/// The alarms, those that combine others too.
pub(super) fn read(resources: &Resources<'_>, references: &References<'_>, topics: &[(Names, Topic)]) -> Vec<Alarm> {
    let shows_only = |kind: &str| SHOW_ONLY.contains(&kind);
    let referred = references.used(|base| base.split('.').any(shows_only));
    let mut texts = BTreeSet::new();
    for resource in resources.all().filter(|resource| ACTING.contains(&resource.kind)) {
        gather(resource.values, &mut texts);
    }
    let metric = resources.of_kind("aws_cloudwatch_metric_alarm");
    let composite = resources.of_kind("aws_cloudwatch_composite_alarm");
    metric
        .chain(composite)
        .map(|resource| {
            let (name, arn) = (resource.text("alarm_name"), resource.text("arn"));
            let (actions, more_actions) = actions(resource, references, topics);
            let is_named = |text: Option<&str>| text.is_some_and(|text| texts.contains(text));
            Alarm {
                at: At::Terraform(resource.address.to_owned()),
                name: name.unwrap_or_default().to_owned(),
                arn: arn.map(str::to_owned),
                enabled: resource.values["actions_enabled"].as_bool().unwrap_or(true),
                actions,
                more_actions,
                used: referred.contains(&resource.base) || is_named(name) || is_named(arn),
                watches: watches(resource),
                state: None,
            }
        })
        .collect()
}

fn gather(values: &Json, texts: &mut BTreeSet<String>) {
    match values {
        Json::String(text) => {
            texts.insert(text.clone());
        }
        Json::Array(items) => items.iter().for_each(|item| gather(item, texts)),
        Json::Object(fields) => fields.values().for_each(|value| gather(value, texts)),
        _ => {}
    }
}

/// The actions, and whether there are others that are not known.
fn actions(resource: &Resource<'_>, references: &References<'_>, topics: &[(Names, Topic)]) -> (Vec<Action>, bool) {
    let found = find(topics, references, resource, "alarm_actions");
    let known: Vec<Option<&str>> =
        resource.values["alarm_actions"].as_array().into_iter().flatten().map(Json::as_str).collect();
    let is_found = |arn: &str| found.iter().any(|index| topics[*index].0.arn.as_deref() == Some(arn));
    let others = known.iter().flatten().filter(|arn| !is_found(arn)).map(|arn| Action::Other((*arn).to_owned()));
    // An empty list that is written as one has no references; what is not known yet has, or cannot be followed.
    let origin = references.origin(&resource.base, "alarm_actions").unwrap_or_default();
    let unknown = known.iter().any(Option::is_none) || !resource.values["alarm_actions"].is_array();
    let referred = !origin.resources.is_empty() || origin.unclear;
    let actions: Vec<Action> = found.iter().copied().map(Action::Topic).chain(others).collect();
    let more = unknown && referred && (actions.is_empty() || origin.unclear);
    (actions, more)
}

fn watches(resource: &Resource<'_>) -> Watches {
    if resource.kind == "aws_cloudwatch_composite_alarm" {
        return Watches::Alarms(resource.text("alarm_rule").unwrap_or_default().to_owned());
    }
    let queries = resource.values["metric_query"].as_array().filter(|queries| !queries.is_empty());
    let stats: Vec<&Json> =
        queries.into_iter().flatten().flat_map(|query| query["metric"].as_array().into_iter().flatten()).collect();
    let metrics: Vec<Metric> = match queries {
        None => vec![metric(resource.values, resource.text("statistic").or(resource.text("extended_statistic")))],
        Some(_) => stats.iter().map(|stat| metric(stat, stat["stat"].as_str())).collect(),
    };
    let of = resource.number("evaluation_periods").unwrap_or(1);
    // Terraform's own 0 stands for "not said".
    let breaching = resource.number("datapoints_to_alarm").filter(|number| *number > 0).unwrap_or(of);
    let periods = stats.iter().filter_map(|stat| stat["period"].as_u64());
    let period = resource.number("period").filter(|period| *period > 0);
    let period = period.or(periods.max().and_then(|period| u32::try_from(period).ok())).unwrap_or(60);
    Watches::Metric(Judged {
        formula: queries.is_some() && (metrics.len() != 1 || queries.is_some_and(|queries| queries.len() > 1)),
        metrics,
        limit: limit(resource),
        period: Span::from_seconds(period),
        of,
        breaching,
        missing_data: missing_data(resource.text("treat_missing_data").unwrap_or("missing")),
        points: None,
    })
}

fn metric(values: &Json, statistic: Option<&str>) -> Metric {
    let text = |name: &str| values[name].as_str().unwrap_or_default().to_owned();
    Metric {
        namespace: text("namespace"),
        name: text("metric_name"),
        dimensions: dimensions(&values["dimensions"]),
        statistic: statistic.unwrap_or_default().to_owned(),
    }
}

fn limit(resource: &Resource<'_>) -> Option<Limit> {
    let comparison = comparison(resource.text("comparison_operator")?)?;
    Some(Limit { comparison, threshold: resource.values["threshold"].as_f64()? })
}
