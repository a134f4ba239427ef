use engine::timekeep::timekeep;
use serde_json::json;
use shell::{Answer, Failure, Function, Invocation, Metric, Record, Schedule, now};

/// One minute: `{}` means now.
pub(crate) async fn handle(function: &Function, invocation: Invocation) -> Result<Answer, Failure> {
    let now = now();
    let shards = function.environment.shards;
    Schedule::parse(&invocation, shards, now)?;
    let setup = function.setup().await?;
    let kept = timekeep(&function.store, &function.aws, setup, shards, now).await?;
    let mut record = Record::default();
    record.add(Metric::Due, (kept.published + kept.incidents + kept.retried) as f64);
    Ok(Answer { body: json!(kept), record })
}
