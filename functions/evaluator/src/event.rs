use std::collections::BTreeMap;
use std::time::Duration;

use domain::setup::Setup;
use domain::units::Time;
use engine::collect::tick_of;
use engine::evaluate::{Evaluated, Warm, evaluate};
use engine::fold::Plan;
use engine::slo::with_stored;
use serde_json::{Value, json};
use shell::{Answer, Failure, Function, Invocation, Metric, Record, Schedule, now};
use tokio::sync::Mutex;

/// The states that this process keeps between ticks, by shard.
pub(crate) type Memories = Mutex<BTreeMap<u32, Warm>>;

/// The schedules of collector and evaluator begin together: waiting this often for the tick's chunk makes a breach
/// known a minute earlier.
const WAITS: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(3), Duration::from_secs(5)];

/// One evaluation: `{}` means shard 0, now.
pub(crate) async fn handle(
    function: &Function,
    memories: &Memories,
    invocation: Invocation,
) -> Result<Answer, Failure> {
    let schedule = Schedule::parse(&invocation, function.environment.shards, now())?;
    let setup = function.setup().await?;
    let setup = with_stored(&function.store, setup).await?;
    let plan = Plan::of(&setup, schedule.shard, function.environment.shards);
    let mut memories = memories.lock().await;
    let mut warm = memories.remove(&schedule.shard);
    let mut report = once(function, (&plan, &setup), &mut warm).await?;
    for wait in WAITS {
        if folded(warm.as_ref()) >= Some(tick_of(schedule.at)) || invocation.budget() < wait * 2 {
            break;
        }
        tokio::time::sleep(wait).await;
        let again = once(function, (&plan, &setup), &mut warm).await?;
        report = sum(report, again);
    }
    memories.extend(warm.map(|warm| (schedule.shard, warm)));
    let mut record = Record::default();
    record.add(Metric::Ticks, 1.0);
    record.add(Metric::Chunks, report.chunks as f64);
    record.add(Metric::AlertChanges, report.changes.len() as f64);
    Ok(Answer { body: body(schedule.shard, &report), record })
}

async fn once(function: &Function, plan: (&Plan, &Setup), warm: &mut Option<Warm>) -> Result<Evaluated, Failure> {
    Ok(evaluate(&function.store, (&function.store, &function.store), &function.aws, plan, warm, now()).await?)
}

fn folded(warm: Option<&Warm>) -> Option<Time> {
    warm.and_then(|warm| warm.state.tick)
}

fn sum(mut first: Evaluated, then: Evaluated) -> Evaluated {
    first.chunks += then.chunks;
    first.committed += then.committed;
    first.checkpoint |= then.checkpoint;
    first.changes.extend(then.changes);
    first
}

fn body(shard: u32, report: &Evaluated) -> Value {
    json!({
        "shard": shard,
        "warm": report.warm,
        "chunks": report.chunks,
        "changes": report.changes.iter().map(|change| json!({
            "alert": change.name, "service": change.service, "status": change.status,
            "severity": change.severity, "reason": change.reason,
        })).collect::<Vec<_>>(),
        "committed": report.committed,
        "checkpoint": report.checkpoint,
        "rebuilt": report.rebuilt.as_ref().map(ToString::to_string),
    })
}
