use std::collections::BTreeMap;

use domain::alert::{AlertChange, Reading, Status};
use domain::id::SeriesId;
use domain::incident::Severity;
use domain::monitor::{Condition, Datum, Limit, Monitor, Signal, Standing, WindowVerdict};
use domain::units::{Span, Time};

use super::{Cell, MonitorState, Plan, SeriesState, ShardState};

/// Judges every period of `monitor` that has settled and was not judged yet.
pub(super) fn judge(plan: &Plan, monitor: &Monitor, state: &mut ShardState) -> Vec<AlertChange> {
    let Some(span) = Settled::of(plan, monitor, &state.series) else {
        return Vec::new();
    };
    if !state.monitors.contains_key(&monitor.name) {
        state.monitors.insert(monitor.name.clone(), MonitorState::default());
    }
    let Some(memory) = state.monitors.get_mut(&monitor.name) else {
        return Vec::new();
    };
    let first = memory.judged_until.map_or(span.start, |until| until.max(span.start)) + span.period;
    if first > span.end {
        return Vec::new();
    }
    let range = monitor.window.range();
    let oldest = (first - span.period.times(range)).max(span.start);
    let values = span.values(monitor, oldest);
    let mut changes = Vec::new();
    let mut end = first;
    while end <= span.end {
        let cells = usize::try_from((end.epoch() - oldest.epoch()) / i64::from(span.period.seconds())).unwrap_or(0);
        let window = &values[cells.saturating_sub(range as usize)..cells.min(values.len())];
        changes.extend(judge_period(monitor, memory, window, end, span.period));
        memory.judged_until = Some(end);
        end = end + span.period;
    }
    changes
}

/// The periods that all series of a monitor have and that have rested for its settling time.
struct Settled<'a> {
    series: [Option<&'a SeriesState>; 2],
    period: Span,
    start: Time,
    end: Time,
}

impl<'a> Settled<'a> {
    fn of(plan: &Plan, monitor: &Monitor, known: &'a BTreeMap<SeriesId, SeriesState>) -> Option<Self> {
        let mut series = [None, None];
        let mut bounds: Option<(Span, Time, Time)> = None;
        for (slot, id) in series.iter_mut().zip(monitor.series()) {
            let known = known.get(id).filter(|known| known.until() > known.start())?;
            let period = plan.series(id)?.series.period;
            let end = known.until().min((known.read_at - monitor.settle).floor(period));
            *slot = Some(known);
            bounds = Some(match bounds {
                None => (period, known.start(), end),
                Some((period, start, until)) => (period, start.max(known.start()), until.min(end)),
            });
        }
        bounds.map(|(period, start, end)| Self { series, period, start, end })
    }

    /// The signal's cells from `oldest` to the end, in the monitor's unit.
    fn values(&self, monitor: &Monitor, oldest: Time) -> Vec<Cell> {
        let mut values = Vec::new();
        let mut at = oldest;
        while at < self.end {
            let [first, second] = self.series.map(|s| s.map(|s| s.cell(at).unwrap_or(Cell::Unknown)));
            let cell = match (&monitor.signal, first, second) {
                (Signal::Series(_), Some(cell), _) => cell,
                (Signal::Ratio { .. }, Some(part), Some(whole)) => ratio(part, whole),
                _ => Cell::Unknown,
            };
            values.push(match cell {
                Cell::Value(value) => Cell::Value(value * monitor.factor),
                other => other,
            });
            at = at + self.period;
        }
        values
    }
}

fn ratio(part: Cell, whole: Cell) -> Cell {
    match (part, whole) {
        (Cell::Unknown, _) | (_, Cell::Unknown) => Cell::Unknown,
        (Cell::Value(part), Cell::Value(whole)) if whole != 0.0 => Cell::Value(part / whole),
        _ => Cell::Empty,
    }
}

fn judge_period(
    monitor: &Monitor,
    memory: &mut MonitorState,
    window: &[Cell],
    end: Time,
    period: Span,
) -> Option<AlertChange> {
    memory.conditions.retain(|severity, _| monitor.condition(*severity).is_some());
    for condition in &monitor.conditions {
        let standing = memory.conditions.entry(condition.severity).or_default();
        let data: Vec<Datum> = window.iter().map(|cell| datum(condition, *cell, *standing)).collect();
        if let WindowVerdict::Now(now) = monitor.window.judge(&data, monitor.missing_data) {
            *standing = now;
        }
    }
    let stands = |severity| memory.conditions.get(&severity).copied().unwrap_or_default();
    let worst = monitor.conditions.iter().find(|condition| stands(condition.severity) == Standing::Breaching);
    let told = memory.firing.as_ref();
    let mut change = match (worst, told) {
        (Some(condition), Some(told)) if told.severity == condition.severity => return None,
        (Some(condition), told) => firing(monitor, condition, window, (end, period), told.is_some()),
        (None, None) => return None,
        (None, Some(_)) if monitor.conditions.iter().any(|c| stands(c.severity) == Standing::InsufficientData) => {
            return None;
        }
        (None, Some(told)) => resolved(monitor, told.severity, window, end),
    };
    // A breach may begin before the last resolve was told; told with that instant it would pass for an old change.
    if let Some(last) = memory.changed_at {
        change.at = change.at.max(last + Span::from_seconds(1));
    }
    memory.changed_at = Some(change.at);
    memory.firing = (change.status == Status::Firing).then(|| change.clone());
    Some(change)
}

fn datum(condition: &Condition, cell: Cell, standing: Standing) -> Datum {
    match cell {
        Cell::Unknown => Datum::Unknown,
        Cell::Empty => Datum::Missing,
        Cell::Value(value) if condition.breaches(value, standing == Standing::Breaching) => Datum::Breaching,
        Cell::Value(_) => Datum::Fine,
    }
}

fn firing(
    monitor: &Monitor,
    condition: &Condition,
    window: &[Cell],
    (end, period): (Time, Span),
    already: bool,
) -> AlertChange {
    let judged = &window[window.len().saturating_sub(monitor.window.of as usize)..];
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
    let began = end - period.times(u32::try_from(judged.len() - first).unwrap_or(u32::MAX));
    let reading = breaching.last().map(|(_, value)| reading(monitor, condition, *value));
    let reason = match (&reading, condition.recover) {
        (Some(reading), Some(limit)) if only_unrecovered => {
            format!("{reading}, which is not recovered: {}", shown(monitor, limit))
        }
        (Some(reading), _) => {
            format!("{reading} in {} of the last {} periods of {period}", breaching.len(), monitor.window.of)
        }
        (None, _) => format!("{} has no data, which this monitor counts as breaching", monitor.signal),
    };
    change(monitor, Status::Firing, condition.severity, began, reason, reading)
}

fn resolved(monitor: &Monitor, severity: Severity, window: &[Cell], end: Time) -> AlertChange {
    let latest = window.iter().rev().find_map(|cell| match cell {
        Cell::Value(value) => Some(*value),
        _ => None,
    });
    let condition = monitor.condition(severity).or(monitor.conditions.first());
    let reading = latest.zip(condition).map(|(value, condition)| reading(monitor, condition, value));
    let reason = match (&reading, condition) {
        (Some(reading), Some(condition)) => {
            let within =
                condition.recover.map_or_else(String::new, |limit| format!(", recovered at {}", shown(monitor, limit)));
            format!("{reading}{within}, up to {} UTC", end.clock())
        }
        _ => format!("{} has no data, which this monitor counts as fine", monitor.signal),
    };
    change(monitor, Status::Resolved, severity, end, reason, reading)
}

fn shown(monitor: &Monitor, limit: Limit) -> String {
    format!("{} {}", limit.comparison.symbol(), monitor.unit.show(limit.threshold))
}

fn reading(monitor: &Monitor, condition: &Condition, value: f64) -> Reading {
    Reading { signal: monitor.signal.to_string(), value, limit: condition.when, unit: monitor.unit }
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
        labels: monitor.labels.clone(),
    }
}
