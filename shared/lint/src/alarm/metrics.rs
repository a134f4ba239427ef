//! Whether the metrics of an alarm are written.

use std::collections::BTreeSet;

use super::{Alarm, Facts, Judged, Metric, finding};
use crate::catalogue;
use crate::finding::{Finding, Level};
use crate::rule::Rule;
use crate::setup::aws::{missing_dimension, summed, too_fine};

/// So many names fit a line.
const SHOWN: usize = 5;

pub(super) fn check(facts: &Facts, alarm: &Alarm, judged: &Judged) -> Vec<Finding> {
    let mut found = Vec::new();
    for metric in &judged.metrics {
        let has = |name: &str| metric.dimensions.contains_key(name);
        let names = metric.dimensions.keys().cloned().collect::<Vec<_>>().join(", ");
        let missing = missing_dimension(&metric.namespace, &metric.name, &has);
        if let Some((what, remedy)) = &missing {
            let evidence = format!("dimensions: {}", if names.is_empty() { "none" } else { &names });
            let incomplete = finding(Rule::MissingDimension, Level::Error, alarm, what.clone());
            found.push(incomplete.seen(evidence).remedy(remedy.clone()));
        } else {
            found.extend(unwritten(facts, alarm, metric));
            found.extend(unfiltered(facts, alarm, metric));
        }
        if let Some((what, remedy)) = too_fine(&metric.namespace, &metric.name, judged.period) {
            let evidence = format!("its period is {}", judged.period);
            found.push(finding(Rule::TooFine, Level::Error, alarm, what).seen(evidence).remedy(remedy));
        }
        if metric.statistic == "Sum" && catalogue::is_level(&metric.namespace, &metric.name) {
            let (what, remedy) = summed(&metric.name);
            found.push(finding(Rule::SummedLevel, Level::Warn, alarm, what).seen("statistic Sum").remedy(remedy));
        }
    }
    found
}

/// A dimension that names a resource which is not among those of its kind.
fn unwritten(facts: &Facts, alarm: &Alarm, metric: &Metric) -> Option<Finding> {
    metric.dimensions.iter().find_map(|(dimension, value)| {
        let value = value.as_ref()?;
        let known = facts.writers.values.get(&(metric.namespace.clone(), dimension.clone()))?;
        (!known.contains(value)).then(|| {
            let what = format!("nothing here writes {} {} of {dimension} {value}", metric.namespace, metric.name);
            let level = if facts.whole { Level::Error } else { Level::Warn };
            finding(Rule::NothingWrites, level, alarm, what)
                .seen(format!("{dimension} is one of {}", shown(known)))
                .remedy(format!("correct the dimension {dimension}, best by a reference to the resource"))
        })
    })
}

/// A metric in a namespace that filters of logs write, but none writes it.
fn unfiltered(facts: &Facts, alarm: &Alarm, metric: &Metric) -> Option<Finding> {
    let written = facts.writers.filters.get(&metric.namespace)?;
    let names: BTreeSet<String> = metric.dimensions.keys().cloned().collect();
    let (what, evidence) = match written.get(&metric.name) {
        Some(dimensions) if *dimensions == names => return None,
        Some(dimensions) => {
            let have = if dimensions.is_empty() { "no dimensions".to_owned() } else { shown(dimensions) };
            let what = format!("the filter that writes {} gives it other dimensions", metric.name);
            (
                what,
                format!(
                    "the filter: {have}; the alarm: {}",
                    if names.is_empty() { "none".to_owned() } else { shown(&names) }
                ),
            )
        }
        None => {
            let known: BTreeSet<String> = written.keys().cloned().collect();
            let what = format!("no filter here writes {} into {}", metric.name, metric.namespace);
            (what, format!("filters write {}", shown(&known)))
        }
    };
    let unwritten = finding(Rule::NothingWrites, Level::Warn, alarm, what);
    Some(unwritten.seen(evidence).remedy("take name, namespace and dimensions from the filter, best by references"))
}

fn shown(names: &BTreeSet<String>) -> String {
    let shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    let more = names.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}
