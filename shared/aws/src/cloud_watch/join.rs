use std::collections::BTreeMap;

use domain::metric::{Failure, FailureKind, Outcome, Query, Statistic, Value};
use domain::units::Time;
use engine::port::Ask;

use super::answer::Points;
use super::plan::{Batch, Part};
use crate::samples::{failure, samples};

/// What has come back so far, ask by ask.
#[derive(Debug)]
pub(super) struct Columns {
    first: Vec<Option<Result<Points, Failure>>>,
    counts: Vec<Option<Result<Points, Failure>>>,
}

impl Columns {
    /// Nothing of `asks` asks.
    pub(super) fn new(asks: usize) -> Self {
        Self { first: vec![None; asks], counts: vec![None; asks] }
    }

    /// An ask that cannot be asked.
    pub(super) fn fail(&mut self, ask: usize, failure: &Failure) {
        self.first[ask] = Some(Err(failure.clone()));
    }

    /// What a call brought, or why it brought nothing.
    pub(super) fn fill(&mut self, batch: &Batch, read: Result<Vec<Result<Points, Failure>>, Failure>) {
        let read = read.unwrap_or_else(|failure| vec![Err(failure); batch.columns.len()]);
        for (column, read) in batch.columns.iter().zip(read) {
            let part = match column.part {
                Part::First => &mut self.first,
                Part::Counts => &mut self.counts,
            };
            part[column.ask] = Some(read);
        }
    }

    /// The outcomes, in the order of the asks, and how many samples were no numbers.
    pub(super) fn join(self, asks: &[&Ask<'_>]) -> (Vec<Outcome>, u64) {
        let mut dropped_in_all = 0;
        let outcomes = asks
            .iter()
            .zip(self.first.into_iter().zip(self.counts))
            .map(|(ask, (first, counts))| match outcome(ask, first, counts) {
                Ok((samples, dropped)) => {
                    dropped_in_all += dropped;
                    Outcome::Read(samples)
                }
                Err(failure) => Outcome::Failed(failure),
            })
            .collect();
        (outcomes, dropped_in_all)
    }
}

fn outcome(
    ask: &Ask<'_>,
    first: Option<Result<Points, Failure>>,
    counts: Option<Result<Points, Failure>>,
) -> Result<(Vec<domain::metric::Sample>, u64), Failure> {
    let not_asked = || Err(failure(FailureKind::NotAsked, ""));
    if first.is_none() && ask.from >= ask.until {
        return Ok((Vec::new(), 0));
    }
    let first = first.unwrap_or_else(not_asked)?;
    if let Query::CloudWatch { statistic: Statistic::Average, .. } = ask.series.query {
        samples(ask, means(&first, &counts.unwrap_or_else(not_asked)?))
    } else {
        samples(ask, first.into_iter().map(|(at, number)| (at, Value::number(number))))
    }
}

/// Sums joined with the counts of the same times. A sum without a count is no number.
fn means(sums: &[(Time, f64)], counts: &[(Time, f64)]) -> Vec<(Time, Option<Value>)> {
    let alike = sums.len() == counts.len() && sums.iter().zip(counts).all(|(sum, count)| sum.0 == count.0);
    if alike {
        let pairs = sums.iter().zip(counts);
        return pairs.map(|((at, sum), (_, count))| (*at, Value::mean(*sum, *count))).collect();
    }
    let counts: BTreeMap<Time, f64> = counts.iter().copied().collect();
    sums.iter().map(|(at, sum)| (*at, counts.get(at).and_then(|count| Value::mean(*sum, *count)))).collect()
}

#[cfg(test)]
mod tests {
    use domain::metric::Sample;

    use super::*;
    use crate::wire::{ask, series};

    fn check(sums: &[(i64, f64)], counts: &[(i64, f64)], expected: &[(i64, f64, f64)], dropped: u64) {
        let (series, source) = series("Average", 60);
        let ask = ask(&series, &source, 0, 600);
        let points = |given: &[(i64, f64)]| -> Points {
            given.iter().map(|(at, number)| (Time::from_epoch(*at), *number)).collect()
        };
        let columns = Columns { first: vec![Some(Ok(points(sums)))], counts: vec![Some(Ok(points(counts)))] };
        let samples = expected
            .iter()
            .map(|(at, sum, count)| Sample {
                at: Time::from_epoch(*at),
                value: Value::Mean { sum: *sum, count: *count },
            })
            .collect();
        assert_eq!(columns.join(&[&ask]), (vec![Outcome::Read(samples)], dropped));
    }

    #[test]
    fn an_average_is_a_sum_and_a_count() {
        check(&[], &[], &[], 0);
        check(&[(0, 6.0), (60, 8.0)], &[(0, 3.0), (60, 2.0)], &[(0, 6.0, 3.0), (60, 8.0, 2.0)], 0);
        check(&[(60, 8.0), (0, 6.0)], &[(0, 3.0), (60, 2.0)], &[(0, 6.0, 3.0), (60, 8.0, 2.0)], 0);
        check(&[(0, 6.0), (60, 8.0)], &[(60, 2.0)], &[(60, 8.0, 2.0)], 1);
        check(&[(0, 6.0), (60, 8.0)], &[(0, 3.0)], &[(0, 6.0, 3.0)], 1);
        check(&[(0, 6.0)], &[(0, 0.0)], &[], 1);
        check(&[(0, f64::NAN)], &[(0, 1.0)], &[], 1);
    }

    #[test]
    fn half_an_average_is_a_failure() {
        let (series, source) = series("Average", 60);
        let ask = ask(&series, &source, 0, 600);
        for (first, counts, expected) in [
            (None, None, FailureKind::NotAsked),
            (Some(Ok(Points::new())), None, FailureKind::NotAsked),
            (Some(Ok(Points::new())), Some(Err(failure(FailureKind::Partial, ""))), FailureKind::Partial),
        ] {
            let columns = Columns { first: vec![first], counts: vec![counts] };
            let (outcomes, _) = columns.join(&[&ask]);
            assert!(matches!(&outcomes[0], Outcome::Failed(failure) if failure.kind == expected));
        }
    }
}
