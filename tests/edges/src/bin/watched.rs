//! Gives a deployed shard the state that it would have after two weeks of watching: the history of a story is folded as the
//! evaluator folds it, and stored as the evaluator stores it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use domain::metric::{Asked, Chunk, Outcome, Remark, Sample, Value};
use domain::setup::Setup;
use domain::units::{Span, Time};
use engine::fold::{Plan, ShardState, fold};
use engine::port::{Checkpoint, CheckpointHead, ChunkLog, Saved};
use store::{Store, Tables};
use testkit::stack::config_at;

const DAYS: u32 = 15;
const STEP: Span = Span::MINUTE;
/// How often the evaluator may come first.
const TRIES: u32 = 5;

#[derive(Parser)]
struct Arguments {
    /// Where the local AWS listens.
    #[arg(long)]
    endpoint: String,
    /// The table of chunks and checkpoints.
    #[arg(long)]
    table: String,
    /// The bucket of large states.
    #[arg(long)]
    bucket: String,
    /// The configuration, `tocsin.yaml`.
    #[arg(long)]
    config: PathBuf,
    /// End of the history, an instant.
    #[arg(long)]
    until: Time,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match give(&arguments).await {
        Ok(told) => {
            println!("{told}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn give(arguments: &Arguments) -> Result<String, String> {
    let plan = Plan::of(&setup(&arguments.config)?, 0, 1);
    let state = watched(&plan, arguments.until)?;
    let tables = Tables {
        metrics: arguments.table.clone(),
        alerts: String::new(),
        incidents: String::new(),
        post_mortems: String::new(),
        action_items: String::new(),
        events: String::new(),
        slos: String::new(),
        deployments: String::new(),
    };
    let store = Store::new(config_at(&arguments.endpoint), tables, arguments.bucket.clone());
    for _ in 0..TRIES {
        let head = store.checkpoint_head(0).await.map_err(|error| error.to_string())?;
        let version = head.map_or(1, |head| head.version + 1);
        let head = CheckpointHead { version, tick: arguments.until };
        let checkpoint = Checkpoint { head, state: state.encode() };
        if store.save_checkpoint(0, &checkpoint).await.map_err(|error| error.to_string())? == Saved::Saved {
            return Ok(format!("version {version}, {} bytes", checkpoint.state.len()));
        }
    }
    Err(format!("another came first {TRIES} times"))
}

fn setup(file: &std::path::Path) -> Result<Setup, String> {
    let mut reading = config::Reading::of(&file.display().to_string());
    while let Some(name) = reading.wanted() {
        let text = std::fs::read_to_string(name).map_err(|error| error.to_string());
        reading.give(text);
    }
    reading.finish(Some(1)).map_err(|mistakes| mistakes.to_string())
}

/// The state after two weeks in which nothing was wrong.
fn watched(plan: &Plan, until: Time) -> Result<ShardState, String> {
    let mut state = ShardState::default();
    let mut tick = until - Span::DAY.times(DAYS);
    while tick < until {
        tick = tick + STEP;
        let from = tick - STEP;
        let told = plan.all_series().filter(|series| series.period == STEP).map(|series| {
            let number = usual(series.id.name(), from, until);
            let samples = number.map(|number| Sample { at: from, value: Value::Number(number) });
            Asked {
                series: series.id.clone(),
                from,
                until: tick,
                outcome: Outcome::Read(samples.into_iter().collect()),
                remark: Remark::default(),
            }
        });
        let changes = fold(plan, &mut state, &Chunk { shard: 0, tick, asked: told.collect() });
        if let Some(change) = changes.first() {
            return Err(format!("{} at {tick}: {}", change.name, change.reason));
        }
    }
    Ok(state)
}

/// What the series of this name has at a time; `None`: nothing.
fn usual(name: &str, at: Time, until: Time) -> Option<f64> {
    let minute = at.epoch() / 60;
    let jitter = (minute * 7919 % 23) as f64;
    let to_go = f64::from(until.since(at).seconds()) / 3600.0;
    match name {
        // More by day than by night.
        "orders" => Some((200.0 - 100.0 * (minute as f64 / 1440.0 * std::f64::consts::TAU).cos() + jitter).round()),
        // A fifth of a percent more each hour.
        "disk" => Some(((79.0 - to_go / 5.0) * 10.0).round() / 10.0),
        "sent" => Some(minute as f64 * 10.0),
        // The last was half an hour ago, and the next is due.
        "backups" => (to_go >= 0.5).then_some(1.0),
        "latency" => Some((minute.wrapping_mul(0x1e37_79b9_7f4a_7c15) >> 40).rem_euclid(1000) as f64 / 10.0 + 200.0),
        _ => None,
    }
}
