use std::collections::{BTreeMap, BTreeSet};

use domain::id::SeriesId;
use domain::metric::{Chunk, Outcome};
use domain::units::Time;

/// What the chunks hold of some series: samples, and which ranges were read. The order in which chunks come does not
/// matter: of two samples of one period, the one of the later tick counts.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct History {
    series: BTreeMap<SeriesId, Record>,
}

#[derive(Clone, PartialEq, Debug, Default)]
struct Record {
    samples: BTreeMap<Time, Stored>,
    read: BTreeSet<(Time, Time)>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Stored {
    tick: Time,
    number: f64,
}

impl History {
    /// An empty history of these series; others are passed over, so that a shard's chunks need not be kept whole.
    pub fn of(series: impl IntoIterator<Item = SeriesId>) -> Self {
        Self { series: series.into_iter().map(|id| (id, Record::default())).collect() }
    }

    /// Takes in a chunk.
    pub fn add(&mut self, chunk: &Chunk) {
        for asked in &chunk.asked {
            let Some(record) = self.series.get_mut(&asked.series) else {
                continue;
            };
            let Outcome::Read(samples) = &asked.outcome else {
                continue;
            };
            record.read.insert((asked.from, asked.until));
            for sample in samples {
                let stored = Stored { tick: chunk.tick, number: sample.value.get() };
                let known = record.samples.entry(sample.at).or_insert(stored);
                if known.tick <= stored.tick {
                    *known = stored;
                }
            }
        }
    }

    /// The samples of periods that start in `[from, until)`, oldest first.
    pub fn samples<'a>(
        &'a self,
        id: &SeriesId,
        from: Time,
        until: Time,
    ) -> impl Iterator<Item = (Time, f64)> + use<'a> {
        let record = self.series.get(id).filter(|_| from <= until);
        record
            .into_iter()
            .flat_map(move |record| record.samples.range(from..until))
            .map(|(at, stored)| (*at, stored.number))
    }

    /// Whether the period that starts at `at` was read, with or without a sample in it.
    pub fn was_read(&self, id: &SeriesId, at: Time) -> bool {
        let holds = |(from, until): &(Time, Time)| *from <= at && at < *until;
        self.series.get(id).is_some_and(|record| record.samples.contains_key(&at) || record.read.iter().any(holds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::metric::{Asked, Failure, FailureKind, Remark, Sample, Value};

    fn series() -> SeriesId {
        "a/x".parse().expect("a name")
    }

    fn chunk(tick: i64, outcome: Outcome) -> Chunk {
        Chunk {
            shard: 0,
            tick: Time::from_epoch(tick),
            asked: vec![Asked {
                series: series(),
                from: Time::from_epoch(0),
                until: Time::from_epoch(180),
                outcome,
                remark: Remark::default(),
            }],
        }
    }

    fn read(tick: i64, samples: &[(i64, f64)]) -> Chunk {
        let samples =
            samples.iter().map(|(at, number)| Sample { at: Time::from_epoch(*at), value: Value::Number(*number) });
        chunk(tick, Outcome::Read(samples.collect()))
    }

    fn merged(chunks: &[Chunk]) -> History {
        let mut history = History::of([series()]);
        for chunk in chunks {
            history.add(chunk);
        }
        history
    }

    #[test]
    fn the_later_tick_wins_in_any_order() {
        let (old, new) = (read(180, &[(0, 1.0), (60, 2.0)]), read(240, &[(60, 3.0)]));
        let expected = vec![(Time::from_epoch(0), 1.0), (Time::from_epoch(60), 3.0)];
        for history in [merged(&[old.clone(), new.clone()]), merged(&[new, old])] {
            let id = series();
            let found: Vec<_> = history.samples(&id, Time::from_epoch(0), Time::from_epoch(180)).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_failed_query_reads_nothing_and_an_empty_answer_reads_its_range() {
        let failure = Failure { kind: FailureKind::Throttled, detail: String::new() };
        let id = series();
        assert!(!merged(&[chunk(180, Outcome::Failed(failure))]).was_read(&id, Time::from_epoch(60)));
        let empty = merged(&[read(180, &[])]);
        assert!(empty.was_read(&id, Time::from_epoch(120)));
        assert!(!empty.was_read(&id, Time::from_epoch(180)));
        assert_eq!(empty.samples(&id, Time::from_epoch(0), Time::from_epoch(180)).count(), 0);
        assert_eq!(empty.samples(&id, Time::from_epoch(9), Time::from_epoch(0)).count(), 0);
    }
}
