use std::collections::BTreeSet;

use domain::incident::Severity;
use domain::label;
use domain::setup::Setup;
use domain::slo::{BurnRate, Slo};
use serde_json::{Value as Json, json};

use super::shorthand;

/// A policy for each burn rate, since one has one condition; the channels that are told are added to `channels`.
pub(super) fn policies(
    setup: &Setup,
    slo: &Slo,
    channels: &mut BTreeSet<(String, &'static str)>,
    losses: &mut Vec<String>,
) -> Vec<Json> {
    if slo.burn_rates.iter().any(|rule| rule.short.is_some()) {
        losses.push("the short windows of its burn rates cannot be said: alerts end later there".to_owned());
    }
    let one = |rule: &BurnRate| {
        let name = format!("{}-{}-{}", slo.name, rule.severity.as_str().to_ascii_lowercase(), shorthand(rule.long));
        let told = told(setup, slo, rule.severity);
        channels.extend(told.iter().cloned());
        let targets: Vec<Json> = told.iter().map(|(name, _)| json!({ "targetRef": name })).collect();
        let lost = format!("no route takes its alerts of {}: their policies have no target", rule.severity);
        if targets.is_empty() && !losses.contains(&lost) {
            losses.push(lost);
        }
        let condition = json!({
            "kind": "burnrate", "threshold": (rule.factor * 1e9).round() / 1e9,
            "lookbackWindow": shorthand(rule.long), "alertAfter": "0m",
        });
        let condition = json!({
            "kind": "AlertCondition", "metadata": { "name": name },
            "spec": { "severity": rule.severity.as_str().to_ascii_lowercase(), "condition": condition },
        });
        json!({
            "kind": "AlertPolicy", "metadata": { "name": name },
            "spec": {
                "alertWhenBreaching": true, "alertWhenResolved": true, "alertWhenNoData": false,
                "conditions": [condition], "notificationTargets": targets,
            },
        })
    };
    slo.burn_rates.iter().map(one).collect()
}

/// The channels that are told of alerts of `severity`, with the word for what they are.
fn told(setup: &Setup, slo: &Slo, severity: Severity) -> BTreeSet<(String, &'static str)> {
    let routes =
        setup.routing.routes_of(&label::of(slo.name.as_str(), &slo.service, (severity, slo.category), &slo.labels));
    let channels = routes.iter().flat_map(|matched| &matched.route.channels).filter_map(|name| setup.channel(name));
    channels.map(|channel| (channel.name.to_string(), channel.kind.as_str())).collect()
}
