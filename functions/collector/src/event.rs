use std::collections::BTreeMap;

use engine::collect::{Memory, Tick, collect, tick_of};
use serde_json::json;
use shell::{Answer, Failure, Function, Invocation, Metric, Record, Schedule, now};
use tokio::sync::Mutex;

/// What this process knows to be stored, by shard.
pub(crate) type Memories = Mutex<BTreeMap<u32, Memory>>;

/// One collection: `{}` means shard 0, now.
pub(crate) async fn handle(
    function: &Function,
    memories: &Memories,
    invocation: Invocation,
) -> Result<Answer, Failure> {
    let now = now();
    let shards = function.environment.shards;
    let schedule = Schedule::parse(&invocation, shards, now)?;
    let setup = function.setup().await?;
    let tick = Tick { setup, shard: schedule.shard, shards, at: tick_of(schedule.at), budget: invocation.budget() };
    let mut memories = memories.lock().await;
    let memory = memories.entry(schedule.shard).or_default();
    let collected = collect(&function.aws, &function.store, memory, tick, now).await.inspect_err(|_| {
        *memory = Memory::default();
    })?;
    let mut record = Record::default();
    record.add(Metric::Ticks, 1.0);
    record.add(Metric::SeriesAsked, collected.asked as f64);
    record.add(Metric::SeriesFailed, collected.failed.len() as f64);
    record.add(Metric::Samples, collected.samples as f64);
    Ok(Answer { body: json!(collected), record })
}
