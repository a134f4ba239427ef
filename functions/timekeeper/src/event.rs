use domain::setup::Setup;
use domain::units::{Span, Time};
use engine::drill::begin_all;
use engine::timekeep::{timekeep, woken};
use serde_json::json;
use shell::{
    Answer, Delivery, Failure, Function, Invocation, Metric, Record, Schedule, deliveries, each_delivery, now, wake,
};

/// Who asks for the drills of the schedule.
const BY_SCHEDULE: &str = "the schedule";
/// Later than this drills are left to the next time: a breach must be collected before it is too old to be looked at.
const DRILLS_LATE_MAX: Span = Span::from_minutes(5);

/// One minute, `{}` means now; or a batch of wakes; or the time for drills.
pub(crate) async fn handle(function: &Function, invocation: Invocation) -> Result<Answer, Failure> {
    match deliveries(&invocation)? {
        Some(wakes) => wake_each(function, &invocation, &wakes).await,
        None => minute(function, &invocation).await,
    }
}

async fn minute(function: &Function, invocation: &Invocation) -> Result<Answer, Failure> {
    let now = now();
    let shards = function.environment.shards;
    let schedule = Schedule::parse(invocation, shards, now)?;
    let setup = function.setup().await?;
    if schedule.drills {
        return Ok(drills(function, setup, schedule.at, now).await);
    }
    let kept = timekeep(&function.store, &function.aws, setup, shards, now).await?;
    let mut record = Record::default();
    record.add(Metric::Ticks, 1.0);
    record.add(Metric::Due, (kept.published + kept.incidents + kept.groups + kept.retried + kept.announced) as f64);
    Ok(Answer { body: json!(kept), record })
}

/// The same moment of the schedule is the same drills, however often it is delivered.
async fn drills(function: &Function, setup: &Setup, at: Time, now: Time) -> Answer {
    if now.since(at) > DRILLS_LATE_MAX {
        let body = json!({ "skipped": format!("the drills of {at} are not begun as late as {now}") });
        return Answer { body, record: Record::default() };
    }
    let (begun, refused) = begin_all(&function.store, &function.aws, setup, BY_SCHEDULE, at).await;
    let begun: Vec<_> = begun.iter().map(|drill| drill.id.to_string()).collect();
    Answer { body: json!({ "begun": begun, "refused": refused }), record: Record::default() }
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
