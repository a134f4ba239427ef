mod settled;
mod tell;
#[cfg(test)]
mod tests;

use std::mem::take;

use domain::alert::AlertChange;
use domain::id::MonitorName;
use domain::measure::{Measure, Note};
use domain::metric::Cell;
use domain::monitor::{Condition, Datum, Expression, Monitor, Signal, Standing, WindowVerdict};
use domain::units::{Span, Time};

use super::state::Learned;
use super::{MonitorState, Plan, ShardState};
use settled::Settled;
pub(crate) use settled::signal_cell;
pub(crate) use tell::{Period, silenced};
use tell::{firing, resolved};

/// Judges every period of `monitor` that has settled and was not judged yet.
pub(super) fn judge(plan: &Plan, monitor: &Monitor, state: &mut ShardState, now: Time) -> Vec<AlertChange> {
    let known = state.monitors.get(&monitor.name);
    let before = known.is_some_and(|memory| memory.quiet);
    let is_first = known.is_none_or(|memory| memory.judged_until.is_none());
    let mut changes = match &monitor.signal {
        Signal::Monitors(expression) => combine(plan, monitor, expression, state, now),
        _ => by_period(plan, monitor, state),
    };
    if is_first {
        // A first look may see weeks of a bill: what was over by then is no news. That it is over is told, since an alert
        // may have fired before the state was lost.
        changes = changes.pop().into_iter().collect();
    }
    let quiet = plan.is_quiet(monitor);
    let Some(memory) = state.monitors.get_mut(&monitor.name) else {
        return changes;
    };
    memory.quiet = quiet;
    match (before, quiet) {
        (_, false) => changes,
        (true, true) => Vec::new(),
        (false, true) => memory.told.firing.clone().map(|told| silenced(told, now)).into_iter().collect(),
    }
}

fn by_period(plan: &Plan, monitor: &Monitor, state: &mut ShardState) -> Vec<AlertChange> {
    let Some(span) = Settled::of(plan, monitor, &state.series) else {
        return Vec::new();
    };
    if !state.monitors.contains_key(&monitor.name) {
        state.monitors.insert(monitor.name.clone(), MonitorState::default());
    }
    let Some(memory) = state.monitors.get_mut(&monitor.name) else {
        return Vec::new();
    };
    if monitor.measure != Measure::Value {
        let learned = Learned::of(&mut state.learned, monitor, span.period);
        return measure(monitor, memory, learned, &span);
    }
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
        let period =
            Period { window, end, length: span.period, note: &Note::None, because: None, remark: span.remark() };
        changes.extend(judge_period(monitor, memory, period));
        memory.judged_until = Some(end);
        end = end + span.period;
    }
    changes
}

/// Measures each settled period once, in order; what is revised afterwards was measured as it stood.
fn measure(
    monitor: &Monitor,
    memory: &mut MonitorState,
    learned: &mut Learned,
    span: &Settled<'_>,
) -> Vec<AlertChange> {
    let from = learned.until.map_or(span.start, |until| until.max(span.start));
    if learned.until.is_some_and(|until| until < from) {
        memory.recent.clear();
    }
    let mut changes = Vec::new();
    let mut end = from;
    for cell in span.values(monitor, from) {
        let measured = learned.memory.look(&monitor.measure, cell, end);
        end = end + span.period;
        learned.until = Some(end);
        remember(memory, monitor, measured.cell);
        changes.extend(judge_recent(monitor, memory, (end, span.period), &measured.note, None, span.remark()));
    }
    changes
}

/// Judges whether `expression` holds at the tick `now`.
fn combine(
    plan: &Plan,
    monitor: &Monitor,
    expression: &Expression,
    state: &mut ShardState,
    now: Time,
) -> Vec<AlertChange> {
    let of = |name: &MonitorName| state.monitors.get(name);
    let fires = |name: &MonitorName| match of(name) {
        Some(member) if member.told.firing.is_some() => Some(true),
        Some(member) => {
            let known = plan.monitor(name)?.conditions.iter().all(|condition| {
                member.conditions.get(&condition.severity).is_some_and(|s| *s != Standing::InsufficientData)
            });
            known.then_some(false)
        }
        None => None,
    };
    let holds = expression.holds(&fires);
    let mut reasons = Vec::new();
    for name in expression.monitors() {
        if let Some(told) = of(name).and_then(|member| member.told.firing.as_ref()) {
            reasons.push(format!("{name} fires ({})", told.reason));
        }
    }
    reasons.dedup();
    let because = if reasons.is_empty() { "none of them fires".to_owned() } else { reasons.join("; ") };
    let memory = state.monitors.entry(monitor.name.clone()).or_default();
    remember(memory, monitor, holds.map_or(Cell::Unknown, |holds| Cell::Value(f64::from(u8::from(holds)))));
    judge_recent(monitor, memory, (now, Span::MINUTE), &Note::None, Some(&because), "").into_iter().collect()
}

fn remember(memory: &mut MonitorState, monitor: &Monitor, cell: Cell) {
    memory.recent.push_back(cell);
    while memory.recent.len() > monitor.window.range() as usize {
        memory.recent.pop_front();
    }
}

fn judge_recent(
    monitor: &Monitor,
    memory: &mut MonitorState,
    (end, length): (Time, Span),
    note: &Note,
    because: Option<&str>,
    remark: &str,
) -> Option<AlertChange> {
    let mut recent = take(&mut memory.recent);
    let period = Period { window: recent.make_contiguous(), end, length, note, because, remark };
    let change = judge_period(monitor, memory, period);
    memory.recent = recent;
    memory.judged_until = Some(end);
    change
}

/// Judges one period; what has changed, if anything.
pub(crate) fn judge_period(monitor: &Monitor, memory: &mut MonitorState, period: Period<'_>) -> Option<AlertChange> {
    for condition in &monitor.conditions {
        let standing = memory.conditions.entry(condition.severity).or_default();
        let newest_first = period.window.iter().rev().map(|cell| datum(condition, *cell, *standing));
        if let WindowVerdict::Now(now) = monitor.window.judge(newest_first, monitor.missing_data) {
            *standing = now;
        }
    }
    if memory.conditions.len() > monitor.conditions.len() {
        memory.conditions.retain(|severity, _| monitor.condition(*severity).is_some());
    }
    let stands = |severity| memory.conditions.get(&severity).copied().unwrap_or_default();
    let worst = monitor.conditions.iter().find(|condition| stands(condition.severity) == Standing::Breaching);
    let told = memory.told.firing.as_ref();
    let change = match (worst, told) {
        (Some(condition), Some(told)) if told.severity == condition.severity => return None,
        (Some(condition), told) => firing(monitor, condition, period, told.is_some()),
        (None, None) => return None,
        (None, Some(_)) if monitor.conditions.iter().any(|c| stands(c.severity) == Standing::InsufficientData) => {
            return None;
        }
        (None, Some(told)) => resolved(monitor, told.severity, period),
    };
    Some(memory.told.tell(change))
}

fn datum(condition: &Condition, cell: Cell, standing: Standing) -> Datum {
    match cell {
        Cell::Unknown => Datum::Unknown,
        Cell::Empty => Datum::Missing,
        Cell::Value(value) if condition.breaches(value, standing == Standing::Breaching) => Datum::Breaching,
        Cell::Value(_) => Datum::Fine,
    }
}
