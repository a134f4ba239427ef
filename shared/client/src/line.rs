use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::{TrackError, Unit};

const DIMENSIONS_MAX: usize = 30;
const DIMENSION_NAME_MAX: usize = 250;
const DIMENSION_VALUE_MAX: usize = 1024;
const METRIC_NAME_MAX: usize = 1024;
/// What the format itself takes for its own.
const RESERVED: &str = "_aws";

/// One line of the log: metrics that share their dimensions.
pub(crate) struct Line {
    namespace: &'static str,
    dimensions: Vec<(String, String)>,
    metrics: Vec<(String, f64, Unit)>,
}

impl Line {
    pub(crate) fn new(namespace: &'static str, service: &str) -> Self {
        let dimensions = vec![("Service".to_owned(), service.to_owned())];
        Self { namespace, dimensions, metrics: Vec::new() }
    }

    pub(crate) fn dimension(&mut self, name: &str, value: &str) -> Result<(), TrackError> {
        checked("the dimension", name, DIMENSION_NAME_MAX)?;
        dimension_value(value)?;
        let known = name == RESERVED || self.dimensions.iter().any(|(known, _)| known == name);
        if known || self.dimensions.len() == DIMENSIONS_MAX {
            return Err(TrackError::Dimensions);
        }
        self.dimensions.push((name.to_owned(), value.to_owned()));
        Ok(())
    }

    pub(crate) fn metric(&mut self, name: &str, value: f64, unit: Unit) -> Result<(), TrackError> {
        checked("the metric", name, METRIC_NAME_MAX)?;
        if name == RESERVED || self.dimensions.iter().any(|(known, _)| known == name) {
            return Err(TrackError::Dimensions);
        }
        if !value.is_finite() || value.abs() > 2_f64.powi(360) {
            return Err(TrackError::Value(value));
        }
        self.metrics.push((name.to_owned(), value, unit));
        Ok(())
    }

    /// The line with its end; `now` since 1970.
    pub(crate) fn text(&self, now: Duration) -> String {
        let dimensions: Vec<&str> = self.dimensions.iter().map(|(name, _)| name.as_str()).collect();
        let metrics: Vec<Value> =
            self.metrics.iter().map(|(name, _, unit)| json!({ "Name": name, "Unit": unit.as_str() })).collect();
        let directive = json!({ "Namespace": self.namespace, "Dimensions": [dimensions], "Metrics": metrics });
        let mut line = Map::new();
        let timestamp = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        line.insert(RESERVED.to_owned(), json!({ "Timestamp": timestamp, "CloudWatchMetrics": [directive] }));
        line.extend(self.dimensions.iter().map(|(name, value)| (name.clone(), value.clone().into())));
        line.extend(self.metrics.iter().map(|(name, value, _)| (name.clone(), (*value).into())));
        format!("{}\n", Value::Object(line))
    }
}

pub(crate) fn dimension_value(value: &str) -> Result<(), TrackError> {
    checked("the value of a dimension", value, DIMENSION_VALUE_MAX)
}

fn checked(what: &'static str, text: &str, max: usize) -> Result<(), TrackError> {
    let printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if printable && !text.trim().is_empty() && text.len() <= max && !text.starts_with(':') {
        return Ok(());
    }
    Err(TrackError::Name { what, text: text.chars().take(40).collect(), max })
}
