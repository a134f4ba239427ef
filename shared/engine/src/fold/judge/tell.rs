//! The sentences that an alert gives for firing and for resolving.

use domain::alert::{AlertChange, Reading, Status};
use domain::incident::Severity;
use domain::measure::{Measure, Note};
use domain::metric::Cell;
use domain::monitor::{Comparison, Condition, Limit, Monitor};
use domain::units::{Span, Time};

/// The period that is judged.
#[derive(Clone, Copy)]
pub(crate) struct Period<'a> {
    /// The measured cells up to it, oldest first.
    pub(crate) window: &'a [Cell],
    /// Its end.
    pub(crate) end: Time,
    /// Its length.
    pub(crate) length: Span,
    /// What its measure has to say.
    pub(crate) note: &'a Note,
    /// What other monitors have to say.
    pub(crate) because: Option<&'a str>,
    /// What the source has to say.
    pub(crate) remark: &'a str,
}

pub(super) fn firing(monitor: &Monitor, condition: &Condition, period: Period<'_>, already: bool) -> AlertChange {
    let judged = &period.window[period.window.len().saturating_sub(monitor.window.of as usize)..];
    let beyond = |already: bool| -> Vec<(usize, f64)> {
        let values = judged.iter().enumerate().filter_map(|(index, cell)| match cell {
            Cell::Value(value) if condition.breaches(*value, already) => Some((index, *value)),
            _ => None,
        });
        values.collect()
    };
    let over_limit = beyond(false);
    let only_unrecovered = already && over_limit.len() < monitor.window.breaching as usize;
    let breaching = if only_unrecovered { beyond(true) } else { over_limit };
    let first = breaching.first().map_or(0, |(index, _)| *index);
    let began = period.end - period.length.times(u32::try_from(judged.len() - first).unwrap_or(u32::MAX));
    let reading = breaching.last().map(|(_, value)| reading(monitor, condition, *value, period.note));
    let often = format!(" in {} of the last {} periods of {}", breaching.len(), monitor.window.of, period.length);
    let reason = match (&reading, condition.recover) {
        (None, _) => format!("{} has no data, which this monitor counts as breaching", monitor.signal),
        (Some(_), _) if period.because.is_some() => because(monitor, period),
        (Some(reading), Some(limit)) if only_unrecovered => {
            format!(
                "{}, which is not recovered: {}",
                said(reading, monitor, condition, period.note),
                shown(monitor, limit)
            )
        }
        (Some(reading), _) if monitor.measure == Measure::Value => format!("{reading}{often}"),
        (Some(reading), _) => {
            let often = if monitor.window.breaching > 1 { &*often } else { "" };
            format!("{}{often}", said(reading, monitor, condition, period.note))
        }
    };
    let reason = if period.remark.is_empty() { reason } else { format!("{reason} — {}", period.remark) };
    let reading = reading.filter(|_| period.because.is_none());
    change(monitor, Status::Firing, condition.severity, began, reason, reading)
}

pub(super) fn resolved(monitor: &Monitor, severity: Severity, period: Period<'_>) -> AlertChange {
    let latest = period.window.iter().rev().find_map(|cell| match cell {
        Cell::Value(value) => Some(*value),
        _ => None,
    });
    let condition = monitor.condition(severity).or(monitor.conditions.first());
    let reading = latest.zip(condition).map(|(value, condition)| reading(monitor, condition, value, period.note));
    let up_to = format!("up to {} UTC", period.end.clock());
    let reason = match (&reading, condition) {
        _ if period.because.is_some() => format!("\"{}\" no longer holds, {up_to}", monitor.signal),
        (Some(reading), Some(condition)) if monitor.measure == Measure::Value => {
            let within =
                condition.recover.map_or_else(String::new, |limit| format!(", recovered at {}", shown(monitor, limit)));
            format!("{reading}{within}, {up_to}")
        }
        (Some(reading), Some(_)) if matches!(period.note, Note::Anomaly { .. }) => {
            let (value, expected) = (reading.unit.show(reading.value), expectation(period.note));
            format!("{} {value} is as usual: {expected}, {up_to}", reading.signal)
        }
        (Some(reading), Some(condition)) => format!("{}, {up_to}", said(reading, monitor, condition, period.note)),
        _ => format!("{} has no data, which this monitor counts as fine", monitor.signal),
    };
    let reading = reading.filter(|_| period.because.is_none());
    change(monitor, Status::Resolved, severity, period.end, reason, reading)
}

/// The reading, and why the measure says so.
fn said(reading: &Reading, monitor: &Monitor, condition: &Condition, note: &Note) -> String {
    let mut said = match monitor.measure {
        Measure::Anomaly { .. } => format!("{} {}", reading.signal, reading.unit.show(reading.value)),
        _ => reading.to_string(),
    };
    if let Some(note) = note.show(monitor.unit) {
        said = format!("{said}: {note}");
    }
    if let Some(in_span) = note.reaches(condition.when.threshold) {
        said = format!("{said}, and {} in {in_span}", monitor.unit.show(condition.when.threshold));
    }
    said
}

fn expectation(note: &Note) -> String {
    if let Note::Anomaly { verdict, .. } = note { verdict.expectation() } else { String::new() }
}

fn because(monitor: &Monitor, period: Period<'_>) -> String {
    format!("\"{}\" holds: {}", monitor.signal, period.because.unwrap_or_default())
}

fn shown(monitor: &Monitor, limit: Limit) -> String {
    format!("{} {}", limit.comparison.symbol(), monitor.limit_unit().show(limit.threshold))
}

/// The number that decided; of an anomaly the signal's own against the edge of its band, which people can read.
fn reading(monitor: &Monitor, condition: &Condition, value: f64, note: &Note) -> Reading {
    let signal = &monitor.signal;
    let named = match &monitor.measure {
        Measure::Value => signal.to_string(),
        Measure::Anomaly { .. } => {
            if let Note::Anomaly { value, verdict } = *note {
                let (low, high) = verdict.band();
                let above = value > verdict.expected;
                let (comparison, threshold) = if above { (Comparison::Above, high) } else { (Comparison::Below, low) };
                let limit = Limit { comparison, threshold };
                return Reading { signal: signal.to_string(), value, limit, unit: monitor.unit };
            }
            format!("anomaly score of {signal}")
        }
        Measure::ZScore { over } => format!("standard deviations of {signal} from its mean of {over}"),
        Measure::Mad { over } => format!("median deviations of {signal} from its median of {over}"),
        Measure::WeekBand { .. } => format!("standard deviations of {signal} from its hour of the week"),
        Measure::Change { .. } => format!("change of {signal}"),
        Measure::Forecast { within, .. } => format!("{signal} in {within}"),
        Measure::Absence { .. } => format!("delay of {signal}"),
    };
    Reading { signal: named, value, limit: condition.when, unit: monitor.limit_unit() }
}

fn change(
    monitor: &Monitor,
    status: Status,
    severity: Severity,
    at: Time,
    reason: String,
    reading: Option<Reading>,
) -> AlertChange {
    AlertChange {
        fingerprint: monitor.fingerprint(),
        name: monitor.name.to_string(),
        service: monitor.service.clone(),
        category: monitor.category,
        status,
        severity,
        at,
        reason,
        reading,
        cooldown: monitor.cooldown,
        ends_at: None,
        labels: monitor.labels.clone(),
    }
}

/// Tells people that a monitor which fired tells no one any more.
pub(crate) fn silenced(told: AlertChange, at: Time) -> AlertChange {
    let reason = "the monitor is quiet now".to_owned();
    AlertChange { status: Status::Resolved, at, reason, reading: None, ..told }
}
