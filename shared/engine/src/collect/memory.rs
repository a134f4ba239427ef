use std::collections::BTreeMap;

use domain::deployment::Serving;
use domain::id::SeriesId;
use domain::metric::{Asked, Chunk, Outcome, Sample, Value};
use domain::units::Time;

use super::Tick;
use crate::port::{Ask, ChunkLog, PortError};

/// What a warm collector knows to be stored, so that only new and revised samples are written.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Memory {
    /// The last tick whose chunk is taken in; `None`: the stored chunks must be read first.
    learned: Option<Time>,
    samples: BTreeMap<SeriesId, BTreeMap<Time, Value>>,
    /// What each watched resource served when last looked at.
    pub(super) serving: BTreeMap<String, Serving>,
}

impl Memory {
    /// Reads the chunks of the look-back window that are not known yet.
    pub(super) async fn recall(&mut self, log: &impl ChunkLog, tick: Tick<'_>) -> Result<(), PortError> {
        let window = tick.at - longest_look_back(tick);
        let known = self.learned.filter(|learned| tick.at.since(*learned).seconds() <= 60 && *learned < tick.at);
        if known.is_some() {
            return Ok(());
        }
        self.samples.clear();
        for chunk in log.chunks(tick.shard, window, tick.at).await? {
            self.take_in(&chunk);
        }
        Ok(())
    }

    /// The chunk of this tick: of each outcome, what is not stored yet or differs from it.
    pub(super) fn chunk_of(&self, tick: Tick<'_>, asks: &[Ask<'_>], outcomes: Vec<Outcome>) -> Chunk {
        let asked = asks.iter().zip(outcomes).map(|(ask, outcome)| Asked {
            series: ask.series.id.clone(),
            from: ask.from,
            until: ask.until,
            outcome: match outcome {
                Outcome::Read(samples) => Outcome::Read(self.news(ask, samples)),
                failed @ Outcome::Failed(_) => failed,
            },
        });
        Chunk { shard: tick.shard, tick: tick.at, asked: asked.collect() }
    }

    fn news(&self, ask: &Ask<'_>, mut samples: Vec<Sample>) -> Vec<Sample> {
        let known = self.samples.get(&ask.series.id);
        samples.retain(|sample| {
            let inside = sample.at >= ask.from && sample.at < ask.until;
            inside && known.and_then(|known| known.get(&sample.at)) != Some(&sample.value)
        });
        samples.sort_by_key(|sample| sample.at);
        samples
    }

    /// Remembers a chunk that was written, and forgets what no look-back reaches any more.
    pub(super) fn learn(&mut self, chunk: &Chunk, tick: Tick<'_>) {
        self.take_in(chunk);
        self.learned = Some(chunk.tick);
        // A period's sample is written when the period ends: what a cold start reads back may begin a period earlier.
        let periods = tick.setup.series.iter().map(|series| series.period);
        let oldest = tick.at - longest_look_back(tick) - periods.max().unwrap_or_default();
        for known in self.samples.values_mut() {
            *known = known.split_off(&oldest);
        }
    }

    fn take_in(&mut self, chunk: &Chunk) {
        for asked in &chunk.asked {
            if let Outcome::Read(samples) = &asked.outcome {
                let known = self.samples.entry(asked.series.clone()).or_default();
                known.extend(samples.iter().map(|sample| (sample.at, sample.value)));
            }
        }
    }

    /// Forgets the samples: somebody else wrote this tick's chunk.
    pub(super) fn forget(&mut self) {
        self.learned = None;
        self.samples.clear();
    }
}

fn longest_look_back(tick: Tick<'_>) -> domain::units::Span {
    let series = tick.setup.series.iter();
    let widest = series.map(|series| series.pace.times(2).max(series.period.times(2))).max().unwrap_or_default();
    let back = tick.setup.look_back.max(widest);
    back + domain::units::Span::from_minutes(10)
}
