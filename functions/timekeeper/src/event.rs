use domain::setup::Setup;
use engine::timekeep::{timekeep, woken};
use serde_json::json;
use shell::{
    Answer, Delivery, Failure, Function, Invocation, Metric, Record, Schedule, deliveries, each_delivery, now, wake,
};

/// One minute, `{}` means now; or a batch of wakes.
pub(crate) async fn handle(function: &Function, invocation: Invocation) -> Result<Answer, Failure> {
    match deliveries(&invocation)? {
        Some(wakes) => wake_each(function, &invocation, &wakes).await,
        None => minute(function, &invocation).await,
    }
}

async fn minute(function: &Function, invocation: &Invocation) -> Result<Answer, Failure> {
    let now = now();
    let shards = function.environment.shards;
    Schedule::parse(invocation, shards, now)?;
    let setup = function.setup().await?;
    let kept = timekeep(&function.store, &function.aws, setup, shards, now).await?;
    let mut record = Record::default();
    record.add(Metric::Ticks, 1.0);
    record.add(Metric::Due, (kept.published + kept.incidents + kept.groups + kept.retried) as f64);
    Ok(Answer { body: json!(kept), record })
}

async fn wake_each(function: &Function, invocation: &Invocation, wakes: &[Delivery]) -> Result<Answer, Failure> {
    let setup = function.setup().await?;
    Ok(each_delivery(function, invocation, wakes, async |body: &str| one(function, setup, body).await).await)
}

async fn one(function: &Function, setup: &Setup, body: &str) -> Result<(), Failure> {
    let wake = wake(body)?;
    woken(&function.store, &function.aws, setup, (&wake, function.environment.shards), now()).await?;
    Ok(())
}
