//! The Embedded Metric Format, as a service would log it.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::collections::BTreeMap;

use domain::units::Time;
use engine::push::Measured;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Mistakes, item};

/// The member that makes an object a document of the format.
pub(super) const METADATA: &str = "_aws";
/// Values of one metric in one document. Source: the specification.
const VALUES_MAX: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    timestamp: i64,
    cloud_watch_metrics: Vec<Directive>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    #[serde(default)]
    dimensions: Vec<Vec<String>>,
    metrics: Vec<Definition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    name: String,
    unit: Option<String>,
}

/// Every value of a document, with all dimensions that any of its sets name; a series may want some of them.
pub(super) fn read(document: &Map<String, Value>, now: Time) -> Result<Vec<Measured>, Mistakes> {
    let wrong = |field: &str, detail: String| vec![(field.to_owned(), detail, None)];
    let metadata = document.get(METADATA).cloned().unwrap_or_default();
    let metadata: Metadata = serde_json::from_value(metadata).map_err(|error| wrong(METADATA, error.to_string()))?;
    let at = Time::from_epoch(metadata.timestamp.div_euclid(1000)).min(now);
    let (mut found, mut mistakes) = (Vec::new(), Mistakes::new());
    for directive in &metadata.cloud_watch_metrics {
        let names = directive.dimensions.iter().flatten();
        let texts = names.filter_map(|name| Some((name.clone(), document.get(name)?.as_str()?.to_owned())));
        let dimensions: BTreeMap<String, String> = texts.collect();
        for Definition { name, unit } in &directive.metrics {
            let known = unit.as_deref().filter(|unit| *unit != "None");
            let unit = known.map(|unit| item::unit(unit).ok_or(unit)).transpose();
            match (unit, numbers(document.get(name))) {
                (Err(unit), _) => mistakes.extend(wrong(name, format!("{unit:?} is no unit that is known here"))),
                (_, Err(detail)) => mistakes.extend(wrong(name, detail)),
                (Ok(unit), Ok(values)) => found.extend(values.into_iter().map(|value| Measured {
                    service: None,
                    metric: name.clone(),
                    dimensions: dimensions.clone(),
                    value,
                    unit,
                    at,
                })),
            }
        }
    }
    if mistakes.is_empty() { Ok(found) } else { Err(mistakes) }
}

fn numbers(value: Option<&Value>) -> Result<Vec<f64>, String> {
    let one = |value: &Value| value.as_f64().ok_or_else(|| "it must be a number, or an array of them".to_owned());
    match value {
        None => Err("the document has no member of this name".to_owned()),
        Some(Value::Array(values)) if values.len() > VALUES_MAX => Err(format!("it has more than {VALUES_MAX} values")),
        Some(Value::Array(values)) => values.iter().map(one).collect(),
        Some(value) => one(value).map(|value| vec![value]),
    }
}
