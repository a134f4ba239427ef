//! One tick of one shard's collector: ask every series that is due, write one chunk, watch what serves.

mod memory;
mod pace;
mod pushed;
mod range;
mod watch;

use std::time::Duration;

use domain::id::SeriesId;
use domain::metric::{Asked, Chunk, Outcome, Series};
use domain::setup::Setup;
use domain::units::{Span, Time};
use serde::Serialize;

pub use memory::Memory;
pub(crate) use pace::is_due;
pub(crate) use range::{first_look, is_asked, own_reach, range as asked_range, settles};
pub use watch::Moved;

use crate::perform::UseCaseError;
use crate::port::{Answer, Appended, Ask, ChunkLog, EventLog, Ledger, Sources, Targets};

/// Series that one shard may have at most: `GetMetricData` takes 500 queries a call.
pub const SERIES_PER_SHARD_MAX: usize = 500;

/// What one tick read.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Collected {
    /// The tick.
    pub tick: Time,
    /// The shard.
    pub shard: u32,
    /// Series asked for.
    pub asked: usize,
    /// Series whose source answered.
    pub read: usize,
    /// Samples that are new or revised.
    pub samples: usize,
    /// Series that could not be read, with the reason.
    pub failed: Vec<(SeriesId, String)>,
    /// What became of the chunk.
    pub chunk: &'static str,
    /// Resources that were found to serve something else.
    pub moved: Vec<Moved>,
    /// Resources that could not be looked at, with the reason.
    pub unseen: Vec<(String, String)>,
}

/// The part of the configuration and of the clock that one tick is about.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Tick<'a> {
    /// The configuration.
    pub setup: &'a Setup,
    /// The shard.
    pub shard: u32,
    /// Out of how many.
    pub shards: u32,
    /// The whole minute that the schedule means.
    pub at: Time,
    /// How long reading may take.
    pub budget: Duration,
}

/// Reads every series that is due at the tick and writes what is new as the tick's chunk.
///
/// A tick that is delivered twice, late or concurrently writes the same row once. One that is older than half the
/// look-back is left to the later ticks, whose look-back covers it.
///
/// # Errors
/// When the store does not answer. What a source does not answer is part of the chunk.
pub async fn collect<P: Sources + Targets>(
    world: &P,
    store: &(impl ChunkLog + EventLog + Ledger),
    memory: &mut Memory,
    tick: Tick<'_>,
    now: Time,
) -> Result<Collected, UseCaseError> {
    let mut report = Collected { tick: tick.at, shard: tick.shard, ..Collected::default() };
    if now.since(tick.at).seconds() > tick.setup.look_back.seconds() / 2 {
        report.chunk = "skipped: a later tick looks back over it";
        return Ok(report);
    }
    watch::watch(world, store, memory, tick, &mut report, now).await?;
    let unhealthy = pace::unhealthy_services(store).await?;
    let asks = asks(tick, &unhealthy);
    let answers = fetch(world, store, &asks, tick).await;
    memory.recall(store, tick).await?;
    let chunk = memory.chunk_of(tick, &asks, answers);
    summarise(&chunk, &mut report);
    let expires_at = tick.at + tick.setup.keep_metrics;
    report.chunk = match store.append(&chunk, expires_at).await? {
        Appended::Written => {
            memory.learn(&chunk, tick);
            "written"
        }
        Appended::AlreadyThere => {
            memory.forget();
            "already there"
        }
    };
    Ok(report)
}

/// Asks the sources, and the log for what services have pushed.
async fn fetch(sources: &impl Sources, log: &impl EventLog, asks: &[Ask<'_>], tick: Tick<'_>) -> Vec<Answer> {
    let (own, outside): (Vec<Ask<'_>>, Vec<Ask<'_>>) = asks.iter().cloned().partition(pushed::is_pushed);
    let mut own = pushed::fetch(log, &own, tick.shards).await.into_iter();
    let mut outside = sources.fetch(&outside, tick.budget).await.into_iter();
    asks.iter().filter_map(|ask| if pushed::is_pushed(ask) { own.next() } else { outside.next() }).collect()
}

fn asks<'a>(tick: Tick<'a>, unhealthy: &[String]) -> Vec<Ask<'a>> {
    let mut asks: Vec<Ask<'a>> = Vec::new();
    let urgent = |series: &Series| unhealthy.iter().any(|name| name == series.id.service());
    for series in tick.setup.series_of(tick.shard, tick.shards) {
        let Some(source) = tick.setup.sources.iter().find(|source| source.name == series.source) else {
            continue;
        };
        if range::is_asked(series, urgent(series), tick.at) {
            let (from, until) = range::range(series, tick.setup.look_back, tick.at);
            asks.push(Ask { series, source, from, until });
        }
    }
    asks.sort_by(|a, b| a.series.id.cmp(&b.series.id));
    asks
}

fn summarise(chunk: &Chunk, report: &mut Collected) {
    report.asked = chunk.asked.len();
    for Asked { series, outcome, .. } in &chunk.asked {
        match outcome {
            Outcome::Read(samples) => {
                report.read += 1;
                report.samples += samples.len();
            }
            Outcome::Failed(failure) => report.failed.push((series.clone(), failure.to_string())),
        }
    }
}

/// The tick that a schedule at `time` means.
pub fn tick_of(time: Time) -> Time {
    time.floor(Span::MINUTE)
}
