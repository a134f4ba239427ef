use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

/// Names of our own metrics, in the namespace `Tocsin`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Metric {
    /// Invocations that did their job.
    Completed,
    /// Ticks of a schedule that were done to their end: what the dead-man listens for.
    Ticks,
    /// Invocations that failed and will be delivered again.
    Failed,
    /// Payloads that were parked.
    Parked,
    /// Series asked for.
    SeriesAsked,
    /// Series that could not be read.
    SeriesFailed,
    /// Samples written.
    Samples,
    /// Chunks folded in.
    Chunks,
    /// Alerts that changed.
    AlertChanges,
    /// Notifications that a vendor took.
    Delivered,
    /// Notifications refused or given up.
    Undelivered,
    /// Rows that the timekeeper found due.
    Due,
    /// Wakes that were heard.
    Woken,
    /// `DynamoDB` write units consumed.
    WriteUnits,
    /// `DynamoDB` read units consumed.
    ReadUnits,
}

/// One record of an invocation in CloudWatch's embedded metric format; dimensions: installation and function.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Record(Vec<(Metric, f64)>);

impl Record {
    /// Adds a number.
    pub fn add(&mut self, metric: Metric, value: f64) {
        self.0.push((metric, value));
    }

    pub(crate) fn render(&self, name: &str, function: &str, now_ms: u128) -> Value {
        let names: Vec<Value> = self.0.iter().map(|(metric, _)| json!({ "Name": format!("{metric:?}") })).collect();
        let mut record = Map::new();
        record.insert(
            "_aws".to_owned(),
            json!({
                "Timestamp": u64::try_from(now_ms).unwrap_or(u64::MAX),
                "CloudWatchMetrics": [{
                    "Namespace": "Tocsin",
                    "Dimensions": [["Installation", "Function"]],
                    "Metrics": names,
                }],
            }),
        );
        record.insert("Installation".to_owned(), json!(name));
        record.insert("Function".to_owned(), json!(function));
        for (metric, value) in &self.0 {
            record.insert(format!("{metric:?}"), json!(value));
        }
        Value::Object(record)
    }

    /// Writes it to standard output, where Lambda picks it up; no network call.
    pub(crate) fn emit(&self, name: &str, function: &str) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let _ = writeln!(std::io::stdout(), "{}", self.render(name, function, now.as_millis()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_has_the_embedded_metric_format() {
        let mut record = Record::default();
        record.add(Metric::SeriesAsked, 3.0);
        let found = record.render("tocsin", "collector", 1_700_000_000_000);
        assert_eq!(
            found,
            json!({
                "_aws": {"Timestamp": 1_700_000_000_000_u64, "CloudWatchMetrics": [{
                    "Namespace": "Tocsin", "Dimensions": [["Installation", "Function"]], "Metrics": [{"Name": "SeriesAsked"}]}]},
                "Installation": "tocsin", "Function": "collector", "SeriesAsked": 3.0,
            })
        );
    }
}
