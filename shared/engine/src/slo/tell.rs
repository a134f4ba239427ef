use std::collections::BTreeMap;

use domain::alert::AlertChange;
use domain::id::SloName;
use domain::slo::{Counter, Day, Snapshot};
use domain::units::{Span, Time};

use crate::fold::{Plan, PlannedSlo, ShardState, SloState};
use crate::port::{PortError, Slos};

/// How objectives stand is told this often, at each of their alerts, and when a budget has lost or won a hundredth: each
/// time costs a write unit or two, so every minute would cost as much as the chunks.
pub const TELL_EVERY: Span = Span::from_minutes(5);
const NOTABLE: f64 = 0.01;
/// A day is kept once an hour of the next was counted: by then nothing of it is revised any more.
const DAY_SETTLES: Span = Span::HOUR;

/// What was last told of a shard's objectives.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ToldSlos {
    at: Time,
    /// What was left of each budget.
    remaining: BTreeMap<SloName, f64>,
    /// The last day that was kept of each.
    days: BTreeMap<SloName, Time>,
}

/// Tells how the shard's objectives stand, if that is due, and what they counted on days that are over.
///
/// # Errors
/// When the store does not answer; the next tick tells it.
pub async fn tell(
    slos: &impl Slos,
    plan: &Plan,
    state: &ShardState,
    changes: &[AlertChange],
    told: &mut Option<ToldSlos>,
) -> Result<(), PortError> {
    let Some(tick) = state.tick else { return Ok(()) };
    let known: Vec<(&PlannedSlo, &SloState)> =
        plan.slos().filter_map(|planned| Some((planned, state.slos.get(&planned.slo.name)?))).collect();
    if known.is_empty() && told.as_ref().is_none_or(|told| told.remaining.is_empty()) {
        return Ok(());
    }
    let remaining =
        known.iter().map(|(PlannedSlo { slo, .. }, state)| (slo.name.clone(), slo.budget(&state.counter).remaining()));
    let days = told.as_ref().map(|told| told.days.clone()).unwrap_or_default();
    let mut next = ToldSlos { at: tick, remaining: remaining.collect(), days };
    let days = days_over(&known, &mut next.days);
    if !days.is_empty() {
        slos.save_days(&days).await?;
    }
    let alerted = known.iter().any(|(PlannedSlo { slo, .. }, _)| {
        let mut own: Vec<_> = slo.severities().into_iter().map(|severity| slo.burn_fingerprint(severity)).collect();
        own.push(slo.budget_fingerprint());
        changes.iter().any(|change| own.contains(&change.fingerprint))
    });
    if alerted || told.as_ref().is_none_or(|told| is_due(told, &next)) {
        let snapshot = |(planned, state): &(&PlannedSlo, &SloState)| {
            let behind = planned.revised + planned.slo.settle + state.counter.step();
            Snapshot::of(&planned.slo, &state.counter, state.worst(), state.closed, (behind, tick))
        };
        slos.save_snapshots(plan.shard, &known.iter().map(snapshot).collect::<Vec<_>>(), tick).await?;
        *told = Some(next);
    } else if let Some(told) = told {
        told.days = next.days;
    }
    Ok(())
}

fn is_due(told: &ToldSlos, now: &ToldSlos) -> bool {
    let moved = |(name, remaining): (&SloName, &f64)| {
        told.remaining.get(name).is_none_or(|before| (before - remaining).abs() >= NOTABLE)
    };
    let other = now.remaining.len() != told.remaining.len();
    other || now.at.since(told.at) >= TELL_EVERY || now.remaining.iter().any(moved)
}

/// The last day of each objective that is over and was not kept: a cold start keeps it again.
fn days_over(known: &[(&PlannedSlo, &SloState)], kept: &mut BTreeMap<SloName, Time>) -> Vec<Day> {
    let mut over = Vec::new();
    for (PlannedSlo { slo, .. }, SloState { counter, .. }) in known {
        let day = last_day(counter);
        let is_new = kept.insert(slo.name.clone(), day) != Some(day);
        let sum = counter.between(day, day + Span::DAY);
        if is_new && sum.steps() > 0 {
            let remaining = slo.budget(counter).remaining();
            over.push(Day { slo: slo.name.clone(), from: day, sum, remaining });
        }
    }
    over
}

fn last_day(counter: &Counter) -> Time {
    (counter.until() - DAY_SETTLES).floor(Span::DAY) - Span::DAY
}
