//! Objectives in the words of other tools, and what of them cannot be said there.

mod alerts;
mod indicator;

use std::collections::{BTreeMap, BTreeSet};

use domain::id::SourceName;
use domain::setup::{Setup, SourceKind};
use domain::slo::{CalendarUnit, Period, Slo};
use domain::units::Span;
use serde_json::{Value as Json, json};

use crate::yaml::block;
use alerts::policies;
use indicator::Said;

/// The version of `OpenSLO` that is written.
const VERSION: &str = "openslo/v1";

/// Objectives as documents of another tool.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Exported {
    /// The documents.
    pub text: String,
    /// How many objectives they hold.
    pub slos: usize,
    /// What cannot be said, by the name of its part, `slos/shop-answers`.
    pub losses: Vec<(String, String)>,
}

/// All objectives of `setup` as `OpenSLO` v1: data sources, services, targets of notifications, and the objectives with
/// their indicators and alert policies in them.
///
/// Source: <https://github.com/OpenSLO/OpenSLO>
pub fn open_slo(setup: &Setup) -> Exported {
    let mut exported = Exported::default();
    let (mut documents, mut sources, mut channels) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let mut services: BTreeMap<&str, &str> = BTreeMap::new();
    for slo in &setup.slos {
        let mut losses = Vec::new();
        match indicator::said(setup, slo, &mut losses) {
            Err(reason) => losses = vec![format!("it is not exported: {reason}")],
            Ok(said) => {
                let owner = setup.service(&slo.service).map_or("", |service| &service.owner);
                services.insert(slo.service.as_str(), owner);
                sources.extend(said.sources.iter().cloned());
                let alert_policies = policies(setup, slo, &mut channels, &mut losses);
                documents.push(objective(slo, &said, &alert_policies));
                exported.slos += 1;
                unsaid(slo, &mut losses);
            }
        }
        exported.losses.extend(losses.into_iter().map(|loss| (format!("slos/{}", slo.name), loss)));
    }
    let mut before: Vec<Json> = sources.iter().filter_map(|name| data_source(setup, name)).collect();
    before.extend(services.iter().map(|(name, owner)| {
        let metadata = json!({ "name": name, "labels": { "owner": owner } });
        json!({ "apiVersion": VERSION, "kind": "Service", "metadata": metadata, "spec": {} })
    }));
    before.extend(channels.iter().map(|(name, target)| {
        let spec = json!({ "target": target });
        json!({ "apiVersion": VERSION, "kind": "AlertNotificationTarget", "metadata": { "name": name }, "spec": spec })
    }));
    let all: Vec<String> = before.iter().chain(&documents).map(block).collect();
    exported.text = all.join("---\n");
    exported
}

fn data_source(setup: &Setup, name: &SourceName) -> Option<Json> {
    let source = setup.sources.iter().find(|source| &source.name == name)?;
    let (kind, details) = match &source.kind {
        SourceKind::CloudWatch { region, .. } => {
            ("CloudWatch", region.as_ref().map_or_else(|| json!({}), |region| json!({ "region": region })))
        }
        SourceKind::Prometheus { url, .. } => ("Prometheus", json!({ "url": url })),
        _ => return None,
    };
    let spec = json!({ "type": kind, "connectionDetails": details });
    Some(json!({ "apiVersion": VERSION, "kind": "DataSource", "metadata": { "name": name.as_str() }, "spec": spec }))
}

fn objective(slo: &Slo, said: &Said, alert_policies: &[Json]) -> Json {
    let mut metadata = json!({ "name": slo.name.as_str() });
    if !slo.labels.is_empty() {
        metadata["labels"] = json!(slo.labels);
    }
    let mut promised = json!({ "target": (slo.objective.get() * 1e12).round() / 1e12 });
    if let Some(fields) = promised.as_object_mut() {
        fields.extend(said.objective.clone());
    }
    let mut spec = json!({
        "service": slo.service.as_str(),
        "indicator": { "metadata": { "name": slo.name.as_str() }, "spec": said.indicator },
        "timeWindow": [window(&slo.period)],
        "budgetingMethod": said.method,
        "objectives": [promised],
    });
    if !slo.description.is_empty() {
        spec["description"] = json!(slo.description);
    }
    if !alert_policies.is_empty() {
        spec["alertPolicies"] = json!(alert_policies);
    }
    json!({ "apiVersion": VERSION, "kind": "SLO", "metadata": metadata, "spec": spec })
}

fn window(period: &Period) -> Json {
    match period {
        Period::Rolling(span) => json!({ "duration": shorthand(*span), "isRolling": true }),
        Period::Calendar { unit, zone } => {
            let duration = match unit {
                CalendarUnit::Day => "1d",
                CalendarUnit::Week => "1w",
                CalendarUnit::Month => "1M",
                CalendarUnit::Quarter => "1Q",
            };
            // A Monday, and the first of a year.
            let calendar = json!({ "startTime": "2024-01-01 00:00:00", "timeZone": zone });
            json!({ "duration": duration, "isRolling": false, "calendar": calendar })
        }
    }
}

/// A length of time in one unit, as `OpenSLO` wants it: `90m`, `28d`.
fn shorthand(span: Span) -> String {
    let minutes = span.seconds().div_ceil(60);
    match minutes {
        minutes if minutes % 1440 == 0 => format!("{}d", minutes / 1440),
        minutes if minutes % 60 == 0 => format!("{}h", minutes / 60),
        minutes => format!("{minutes}m"),
    }
}

/// What an objective has that has no words there.
fn unsaid(slo: &Slo, losses: &mut Vec<String>) {
    if !slo.exclusions.is_empty() {
        losses.push(format!("its {} exclusions cannot be said", slo.exclusions.len()));
    }
    if slo.gate.is_none() {
        losses.push("that it does not close the deployment gate cannot be said".to_owned());
    }
    if slo.guard != domain::slo::Guard::default() {
        losses.push("its guard cannot be said".to_owned());
    }
    if slo.no_data != domain::slo::WhenEmpty::default() {
        losses.push("what missing data count as cannot be said".to_owned());
    }
}
