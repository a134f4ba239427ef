//! The fold: `(state, chunk) -> (state', alerts that changed)`, per shard.
//!
//! Its "now" is the chunk's tick, so equal chunks give byte-equal states, whether a function was warm, started cold
//! and replayed, or a backtest ran over history.

pub(crate) mod judge;
mod plan;
mod series;
pub(crate) mod slo;
mod source;
mod state;
#[cfg(test)]
mod tests;
mod told;

pub use plan::{Plan, PlannedSlo};
pub use series::SeriesState;
pub use slo::SloState;
pub use source::{COLLECTOR_SILENT_AFTER, SOURCE_FAILING_TICKS, collector_silent};
pub use state::{Learned, MonitorState, ShardState, StateError};
pub use told::Told;

use domain::alert::AlertChange;
use domain::metric::{Chunk, Outcome};
use domain::monitor::Signal;

/// Folds `chunk` into `state` and returns the alerts that changed, in the order of the plan.
///
/// A chunk whose tick is not after the state's changes nothing: the log is folded in the order of its ticks.
pub fn fold(plan: &Plan, state: &mut ShardState, chunk: &Chunk) -> Vec<AlertChange> {
    if state.tick.is_some_and(|tick| chunk.tick <= tick) {
        return Vec::new();
    }
    let mut changes: Vec<_> = source::collector_is_back(state, chunk).into_iter().collect();
    changes.extend(state.retain_only(plan, chunk.tick));
    for asked in &chunk.asked {
        let Some(series) = plan.series(&asked.series) else {
            continue;
        };
        let known = state.series.entry(asked.series.clone()).or_default();
        match &asked.outcome {
            Outcome::Read(samples) => {
                known.read(series, (asked.from, asked.until), samples, chunk.tick);
                known.remark = asked.remark.clone();
            }
            Outcome::Failed(failure) => known.failed(failure),
        }
    }
    changes.extend(source::judge_sources(plan, state, chunk));
    // What combines others comes after them.
    let (combining, others): (Vec<_>, Vec<_>) =
        plan.monitors().partition(|monitor| matches!(monitor.signal, Signal::Monitors(_)));
    for monitor in others.into_iter().chain(combining) {
        changes.extend(judge::judge(plan, monitor, state, chunk.tick));
    }
    for planned in plan.slos() {
        changes.extend(slo::judge(planned, state, chunk.tick));
    }
    changes.extend(slo::unjudged(plan, state, chunk.tick));
    state.remember(chunk.tick);
    changes
}
