//! One tick of one shard's evaluator: replay what is new, tell what changed, keep a checkpoint.

use std::collections::BTreeSet;

use domain::alert::AlertChange;
use domain::setup::Setup;
use domain::units::{Span, Time};

use crate::fold::{Plan, ShardState, StateError, Told, collector_silent, fold};
use crate::perform::UseCaseError;
use crate::port::{Checkpoint, CheckpointHead, ChunkLog, Ledger, Outlet, PortError, Saved, Slos};
use crate::raise::raise;
use crate::slo::{ToldSlos, tell};

/// A checkpoint is written after this long without one: at 500 series with 1,500 monitors it costs some 20 write
/// units, less than one a minute, and a cold start replays at most this many minutes of chunks.
pub const CHECKPOINT_EVERY: Span = Span::from_minutes(30);
/// How far back a cold start without a checkpoint begins.
pub const REPLAY_MAX: Span = Span::HOUR;

/// The state that a warm function keeps between ticks, valid only while the stored checkpoint is still this one.
#[derive(Clone, PartialEq, Debug)]
pub struct Warm {
    /// The checkpoint it began from; `None`: there was none.
    pub head: Option<CheckpointHead>,
    /// The state.
    pub state: ShardState,
    /// What was told of its objectives.
    pub told: Option<ToldSlos>,
}

/// What one tick did.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Evaluated {
    /// Whether the state came from memory.
    pub warm: bool,
    /// Whether a chunk came late and the state was built anew because of it.
    pub late: bool,
    /// Chunks folded in.
    pub chunks: usize,
    /// Alerts that changed.
    pub changes: Vec<AlertChange>,
    /// Of these, how many changed what is stored.
    pub committed: usize,
    /// Whether a checkpoint was written.
    pub checkpoint: bool,
    /// Why a stored checkpoint was not used, if it was not.
    pub rebuilt: Option<StateError>,
}

/// Folds all new chunks of the plan's shard, raises what changed, and writes a checkpoint where it is due.
///
/// On an error the memory is dropped: the next tick begins from the checkpoint and tells the same changes again,
/// which are known by then or are not.
///
/// # Errors
/// When a port does not answer, or others keep changing the same incident.
pub async fn evaluate(
    log: &impl ChunkLog,
    (ledger, slos): (&impl Ledger, &impl Slos),
    outlet: &impl Outlet,
    (plan, setup): (&Plan, &Setup),
    memory: &mut Option<Warm>,
    now: Time,
) -> Result<Evaluated, UseCaseError> {
    let head = log.checkpoint_head(plan.shard).await?;
    let mut report = Evaluated::default();
    let mut warm = match memory.take().filter(|warm| warm.head == head) {
        Some(warm) => follow(log, plan, warm, &mut report, now).await?,
        None => {
            let mut cold = load(log, plan, head, &mut report).await?;
            report.changes = catch_up(log, plan, &mut cold, &mut report.chunks, now).await?;
            cold
        }
    };
    report.changes.extend(collector_silent(&warm.state, plan.shard, now));
    for change in &report.changes {
        if matches!(raise(ledger, outlet, setup, change, now).await?, crate::raise::Raised::Committed { .. }) {
            report.committed += 1;
        }
    }
    tell(slos, plan, &warm.state, &report.changes, &mut warm.told).await?;
    if checkpoint_is_due(&warm, &report) {
        report.checkpoint = true;
        if !save(log, plan.shard, &mut warm).await? {
            return Ok(report);
        }
    }
    *memory = Some(warm);
    Ok(report)
}

/// Folds what is new into the state in memory, with one query; begins from the checkpoint where a chunk came late.
async fn follow(
    log: &impl ChunkLog,
    plan: &Plan,
    mut warm: Warm,
    report: &mut Evaluated,
    now: Time,
) -> Result<Warm, PortError> {
    let last = warm.state.tick.unwrap_or(now - REPLAY_MAX);
    let from = (last - plan.late).max(now - REPLAY_MAX);
    let chunks = log.chunks(plan.shard, from, now + Span::from_seconds(1)).await?;
    let came_late = |tick: Time| tick < last && !warm.state.has_folded(tick) && warm.head.is_none_or(|h| tick > h.tick);
    if warm.state.tick.is_some() && chunks.iter().any(|chunk| came_late(chunk.tick)) {
        let mut rebuilt = load(log, plan, warm.head, report).await?;
        // What the replay tells is mostly known; what is not is told now, and what was told wrongly is corrected.
        report.changes = catch_up(log, plan, &mut rebuilt, &mut report.chunks, last).await?;
        report.changes.extend(differences(&warm.state, &mut rebuilt.state));
        let since = catch_up(log, plan, &mut rebuilt, &mut report.chunks, now).await?;
        report.changes.extend(since);
        report.late = true;
        rebuilt.told = warm.told;
        return Ok(rebuilt);
    }
    report.warm = true;
    let known = warm.state.tick;
    for chunk in chunks.iter().filter(|chunk| known.is_none_or(|tick| chunk.tick > tick)) {
        report.changes.extend(fold(plan, &mut warm.state, chunk));
        report.chunks += 1;
    }
    Ok(warm)
}

/// The checkpoint's state, or an empty one.
async fn load(
    log: &impl ChunkLog,
    plan: &Plan,
    head: Option<CheckpointHead>,
    report: &mut Evaluated,
) -> Result<Warm, PortError> {
    let stored = if head.is_some() { log.checkpoint(plan.shard).await? } else { None };
    let (state, rebuilt) = stored.map_or_else(Default::default, |checkpoint| ShardState::decode(&checkpoint.state));
    report.rebuilt = rebuilt.or(report.rebuilt.take());
    Ok(Warm { head, state, told: None })
}

async fn catch_up(
    log: &impl ChunkLog,
    plan: &Plan,
    warm: &mut Warm,
    chunks: &mut usize,
    until: Time,
) -> Result<Vec<AlertChange>, PortError> {
    let oldest = until - REPLAY_MAX;
    let from = warm.state.tick.map_or(oldest, |tick| (tick + Span::from_seconds(1)).max(oldest));
    let mut changes = Vec::new();
    for chunk in log.chunks(plan.shard, from, until + Span::from_seconds(1)).await? {
        changes.extend(fold(plan, &mut warm.state, &chunk));
        *chunks += 1;
    }
    Ok(changes)
}

/// What the rebuilt state says of alerts that the discarded one said otherwise; each told after what was told before.
fn differences(before: &ShardState, after: &mut ShardState) -> Vec<AlertChange> {
    let mut changes = Vec::new();
    for (name, is) in &mut after.monitors {
        let Some(was) = before.monitors.get(name) else {
            continue;
        };
        changes.extend(is.told.differs(&was.told, is.judged_until));
    }
    for (name, is) in &mut after.slos {
        let (Some(was), until) = (before.slos.get(name), Some(is.counter.until())) else {
            continue;
        };
        let nothing = Told::default();
        let told: BTreeSet<_> = is.burning.keys().chain(was.burning.keys()).copied().collect();
        for severity in told {
            let now = is.burning.entry(severity).or_default();
            changes.extend(now.differs(was.burning.get(&severity).unwrap_or(&nothing), until));
        }
        changes.extend(is.spent.differs(&was.spent, until));
    }
    changes
}

fn checkpoint_is_due(warm: &Warm, report: &Evaluated) -> bool {
    let Some(tick) = warm.state.tick else { return false };
    match warm.head {
        None => true,
        Some(head) => {
            tick > head.tick && (!report.changes.is_empty() || report.late || tick.since(head.tick) >= CHECKPOINT_EVERY)
        }
    }
}

/// Whether the state in memory may be kept.
async fn save(log: &impl ChunkLog, shard: u32, warm: &mut Warm) -> Result<bool, PortError> {
    let Some(tick) = warm.state.tick else { return Ok(true) };
    let head = CheckpointHead { version: warm.head.map_or(1, |head| head.version + 1), tick };
    let checkpoint = Checkpoint { head, state: warm.state.encode() };
    Ok(match log.save_checkpoint(shard, &checkpoint).await? {
        Saved::Saved => {
            warm.head = Some(head);
            true
        }
        Saved::Stale => false,
    })
}
