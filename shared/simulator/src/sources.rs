use std::collections::BTreeMap;
use std::time::Duration;

use domain::metric::{Failure, FailureKind, Outcome, Sample, Value};
use domain::units::Time;
use engine::port::{Answer, Ask, Sources};

use crate::World;

/// What a source says about one series.
pub enum Reply {
    /// The number of each period, by its start; `None`: there is none.
    Numbers(Box<dyn Fn(Time) -> Option<f64> + Send>),
    /// What was measured of each period so far, by its start.
    Measured(BTreeMap<Time, f64>),
    /// It cannot be read.
    Fails(FailureKind),
}

impl Sources for World {
    async fn fetch(&self, asks: &[Ask<'_>], _budget: Duration) -> Vec<Answer> {
        let failed = |kind, detail: &str| Outcome::Failed(Failure { kind, detail: detail.to_owned() });
        let outcomes = self.call("fetch", |inner| {
            let answer = |ask: &Ask<'_>| match inner.replies.get(ask.series.id.as_str()) {
                None => Outcome::Read(Vec::new()),
                Some(Reply::Fails(kind)) => failed(*kind, "it was told to fail"),
                Some(Reply::Numbers(number)) => Outcome::Read(samples(ask, inner.now, number)),
                Some(Reply::Measured(known)) => Outcome::Read(samples(ask, inner.now, &|at| known.get(&at).copied())),
            };
            asks.iter().map(answer).collect()
        });
        let outcomes: Vec<Outcome> =
            outcomes.unwrap_or_else(|_| asks.iter().map(|_| failed(FailureKind::NotAsked, "")).collect());
        outcomes.into_iter().map(Answer::from).collect()
    }
}

fn samples(ask: &Ask<'_>, now: Time, number: &dyn Fn(Time) -> Option<f64>) -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut at = ask.from;
    while at < ask.until.min(now) {
        samples.extend(number(at).and_then(Value::number).map(|value| Sample { at, value }));
        at = at + ask.series.period;
    }
    samples
}
