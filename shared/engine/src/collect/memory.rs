use std::collections::{BTreeMap, BTreeSet};

use domain::deployment::Serving;
use domain::id::SeriesId;
use domain::metric::{Asked, Chunk, Outcome, Sample, Series, Value};
use domain::units::{Span, Time};

use super::{Tick, range};
use crate::port::{Answer, Ask, ChunkLog, PortError};

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
            self.take_in(&chunk, tick);
        }
        Ok(())
    }

    /// The chunk of this tick: of each outcome, what is not stored yet or differs from it.
    pub(super) fn chunk_of(&self, tick: Tick<'_>, asks: &[Ask<'_>], answers: Vec<Answer>) -> Chunk {
        let asked = asks.iter().zip(answers).map(|(ask, answer)| Asked {
            series: ask.series.id.clone(),
            from: ask.from,
            until: ask.until,
            outcome: match answer.outcome {
                Outcome::Read(samples) => Outcome::Read(self.news(ask, samples)),
                failed @ Outcome::Failed(_) => failed,
            },
            remark: answer.remark,
        });
        Chunk { shard: tick.shard, tick: tick.at, asked: asked.collect() }
    }

    fn news(&self, ask: &Ask<'_>, mut samples: Vec<Sample>) -> Vec<Sample> {
        let known = self.samples.get(&ask.series.id).filter(|_| !range::is_written_whole(ask.series));
        samples.retain(|sample| {
            let inside = sample.at >= ask.from && sample.at < ask.until;
            inside && known.and_then(|known| known.get(&sample.at)) != Some(&sample.value)
        });
        samples.sort_by_key(|sample| sample.at);
        samples
    }

    /// Remembers a chunk that was written, and forgets what no look-back reaches any more.
    pub(super) fn learn(&mut self, chunk: &Chunk, tick: Tick<'_>) {
        self.take_in(chunk, tick);
        self.learned = Some(chunk.tick);
        // A period's sample is written when the period ends: what a cold start reads back may begin a period earlier.
        let periods = remembered(tick).map(|series| series.period);
        let oldest = tick.at - longest_look_back(tick) - periods.max().unwrap_or_default();
        for known in self.samples.values_mut() {
            *known = known.split_off(&oldest);
        }
    }

    fn take_in(&mut self, chunk: &Chunk, tick: Tick<'_>) {
        let remembered: BTreeSet<&SeriesId> = remembered(tick).map(|series| &series.id).collect();
        for asked in chunk.asked.iter().filter(|asked| remembered.contains(&asked.series)) {
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

/// Series of which a chunk holds only the news. The others need no memory, and would have days of chunks read back.
fn remembered(tick: Tick<'_>) -> impl Iterator<Item = &Series> {
    tick.setup.series.iter().filter(|series| !range::is_written_whole(series))
}

fn longest_look_back(tick: Tick<'_>) -> Span {
    let widest = remembered(tick).map(range::own_reach).max().unwrap_or_default();
    tick.setup.look_back.max(widest) + Span::from_minutes(10)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::setup::Setup;
    use serde_json::json;

    use super::*;

    const AT: Time = Time::from_epoch(1_767_571_200);

    fn setup() -> Setup {
        let series = |id: &str, query: serde_json::Value, period: &str, pace: &str| json!({"id": id, "source": "s", "query": query, "period": period, "pace": pace, "unit": "count"});
        serde_json::from_value(json!({
            "sources": [{"name": "s", "kind": {"kind": "probe"}}], "services": [], "series": [
                series("shop/often", json!({"kind": "prometheus", "expression": "e"}), "1m", "1m"),
                series("shop/bill", json!({"kind": "cost", "service": null, "account": null, "reads": "day"}), "1d", "6h"),
            ],
            "monitors": [], "runbooks": [], "response_enabled": true, "channels": [], "look_back": "10m",
            "post_mortem_severities": [], "default_owner": "t", "keep_metrics": "15d", "keep_incidents": "400d", "keep_events": "30d"
        }))
        .unwrap()
    }

    #[test]
    fn a_slow_series_is_written_whole_and_makes_nobody_read_back_days() {
        let setup = setup();
        let tick = Tick { setup: &setup, shard: 0, shards: 1, at: AT, budget: Duration::ZERO };
        assert_eq!(longest_look_back(tick), Span::from_minutes(20));
        let mut memory = Memory::default();
        let mut written = Vec::new();
        for _ in 0..2 {
            let asks: Vec<Ask<'_>> = setup
                .series
                .iter()
                .map(|series| {
                    let (from, until) = range::range(series, setup.look_back, AT);
                    Ask { series, source: &setup.sources[0], from, until }
                })
                .collect();
            let answer = |ask: &Ask<'_>| Outcome::Read(vec![Sample { at: ask.from, value: Value::Number(1.0) }]);
            let chunk = memory.chunk_of(tick, &asks, asks.iter().map(|ask| answer(ask).into()).collect());
            memory.learn(&chunk, tick);
            let samples = |asked: &Asked| if let Outcome::Read(samples) = &asked.outcome { samples.len() } else { 0 };
            written.push(chunk.asked.iter().map(samples).collect::<Vec<_>>());
        }
        assert_eq!(written, [[1, 1], [0, 1]], "known points are not written again, but for the bill's");
        assert!(!memory.samples.contains_key(&setup.series[1].id));
    }
}
