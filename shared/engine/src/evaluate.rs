//! One tick of one shard's evaluator: replay what is new, tell what changed, keep a checkpoint.

use domain::alert::AlertChange;
use domain::units::{Span, Time};

use crate::fold::{Plan, ShardState, StateError, collector_silent, fold};
use crate::perform::UseCaseError;
use crate::port::{Checkpoint, CheckpointHead, ChunkLog, Ledger, Outlet, PortError, Saved};
use crate::raise::raise;

/// A checkpoint is written after this long without one: at 500 series it costs about 70 write units, so a tenth of
/// that a tick, and a cold start replays at most this many minutes of chunks.
pub const CHECKPOINT_EVERY: Span = Span::from_minutes(10);
/// How far back chunks are looked for again, so that one that came late is noticed.
pub const LATE_CHUNKS: Span = Span::from_minutes(3);
/// How far back a cold start without a checkpoint begins.
pub const REPLAY_MAX: Span = Span::HOUR;

/// The state that a warm function keeps between ticks, valid only while the stored checkpoint is still this one.
#[derive(Clone, PartialEq, Debug)]
pub struct Warm {
    /// The checkpoint it began from; `None`: there was none.
    pub head: Option<CheckpointHead>,
    /// The state.
    pub state: ShardState,
}

/// What one tick did.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Evaluated {
    /// Whether the state came from memory.
    pub warm: bool,
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
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    plan: &Plan,
    memory: &mut Option<Warm>,
    now: Time,
) -> Result<Evaluated, UseCaseError> {
    let (mut warm, mut report) = recall(log, plan, memory.take(), now).await?;
    report
        .changes
        .extend(catch_up(log, plan, &mut warm, &mut report.chunks, now).await?);
    report.changes.extend(collector_silent(&warm.state, plan.shard, now));
    for change in &report.changes {
        if matches!(
            raise(ledger, outlet, change, now).await?,
            crate::raise::Raised::Committed { .. }
        ) {
            report.committed += 1;
        }
    }
    if checkpoint_is_due(&warm, &report) {
        report.checkpoint = true;
        if !save(log, plan.shard, &mut warm).await? {
            return Ok(report);
        }
    }
    *memory = Some(warm);
    Ok(report)
}

/// The state in memory if it is still valid, else the checkpoint's, else an empty one.
async fn recall(
    log: &impl ChunkLog,
    plan: &Plan,
    memory: Option<Warm>,
    now: Time,
) -> Result<(Warm, Evaluated), PortError> {
    let head = log.checkpoint_head(plan.shard).await?;
    if let Some(warm) = memory.filter(|warm| warm.head == head) {
        let from = warm.state.tick.unwrap_or(now) - LATE_CHUNKS;
        let late = log.chunks(plan.shard, from, now).await?;
        let unknown = |tick: Time| warm.state.tick.is_some_and(|last| tick < last) && !warm.state.has_folded(tick);
        let after_checkpoint = |tick: Time| head.is_none_or(|head| tick > head.tick);
        if !late
            .iter()
            .any(|chunk| unknown(chunk.tick) && after_checkpoint(chunk.tick))
        {
            return Ok((
                warm,
                Evaluated {
                    warm: true,
                    ..Evaluated::default()
                },
            ));
        }
        let (mut rebuilt, mut report) = load(log, plan, head).await?;
        catch_up(
            log,
            plan,
            &mut rebuilt,
            &mut report.chunks,
            warm.state.tick.unwrap_or(now),
        )
        .await?;
        report.changes = differences(&warm.state, &rebuilt.state, now);
        return Ok((rebuilt, report));
    }
    load(log, plan, head).await
}

async fn load(log: &impl ChunkLog, plan: &Plan, head: Option<CheckpointHead>) -> Result<(Warm, Evaluated), PortError> {
    let stored = if head.is_some() {
        log.checkpoint(plan.shard).await?
    } else {
        None
    };
    let mut report = Evaluated::default();
    let state = match stored.map(|checkpoint| ShardState::decode(&checkpoint.state)) {
        Some(Ok(state)) => state,
        Some(Err(error)) => {
            report.rebuilt = Some(error);
            ShardState::default()
        }
        None => ShardState::default(),
    };
    Ok((Warm { head, state }, report))
}

async fn catch_up(
    log: &impl ChunkLog,
    plan: &Plan,
    warm: &mut Warm,
    chunks: &mut usize,
    until: Time,
) -> Result<Vec<AlertChange>, PortError> {
    let oldest = until - REPLAY_MAX;
    let from = warm
        .state
        .tick
        .map_or(oldest, |tick| (tick + Span::from_seconds(1)).max(oldest));
    let mut changes = Vec::new();
    for chunk in log.chunks(plan.shard, from, until + Span::from_seconds(1)).await? {
        changes.extend(fold(plan, &mut warm.state, &chunk));
        *chunks += 1;
    }
    Ok(changes)
}

/// What the rebuilt state says of alerts that the discarded one said otherwise.
fn differences(before: &ShardState, after: &ShardState, now: Time) -> Vec<AlertChange> {
    let mut changes = Vec::new();
    for (name, was) in &before.monitors {
        let is = after.monitors.get(name).and_then(|monitor| monitor.firing.as_ref());
        match (&was.firing, is) {
            (Some(told), None) => changes.push(AlertChange {
                status: domain::alert::Status::Resolved,
                at: now,
                reason: "data that came late show no breach".to_owned(),
                ..told.clone()
            }),
            (told, Some(is)) if told.as_ref() != Some(is) => changes.push(is.clone()),
            _ => {}
        }
    }
    changes
}

fn checkpoint_is_due(warm: &Warm, report: &Evaluated) -> bool {
    let Some(tick) = warm.state.tick else { return false };
    match warm.head {
        None => true,
        Some(head) => tick > head.tick && (!report.changes.is_empty() || tick.since(head.tick) >= CHECKPOINT_EVERY),
    }
}

/// Whether the state in memory may be kept.
async fn save(log: &impl ChunkLog, shard: u32, warm: &mut Warm) -> Result<bool, PortError> {
    let Some(tick) = warm.state.tick else { return Ok(true) };
    let head = CheckpointHead {
        version: warm.head.map_or(1, |head| head.version + 1),
        tick,
    };
    let checkpoint = Checkpoint {
        head,
        state: warm.state.encode(),
    };
    Ok(match log.save_checkpoint(shard, &checkpoint).await? {
        Saved::Saved => {
            warm.head = Some(head);
            true
        }
        Saved::Stale => false,
    })
}
