//! Series from the Prometheus HTTP API, Amazon Managed Service for Prometheus included.
//!
//! Source: <https://prometheus.io/docs/prometheus/latest/querying/api/>

mod answer;
mod authorization;
mod endpoint;
mod question;

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::metric::{Failure, FailureKind, Outcome, Value};
use domain::setup::{PrometheusAuth, Source, SourceKind};
use engine::port::{Ask, PortError};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::aws::Aws;
use crate::bounded::run_bounded;
use crate::samples::{failure, samples};
use answer::Points;
use authorization::Authorization;
pub use endpoint::BODY_BYTES_MAX;
use endpoint::Endpoint;
use question::Question;

/// Queries that a server has to answer at once; its own limit is 20 by default (`--query.max-concurrency`), and others
/// ask too.
const QUERIES_AT_ONCE_MAX: usize = 8;

type Read = (usize, Result<Points, Failure>);

impl Aws {
    /// The outcome of each ask, with its number. `asks` are numbered, all of Prometheus sources.
    pub(crate) async fn fetch_prometheus(
        &self,
        asks: &[(usize, &Ask<'_>)],
        deadline: Instant,
    ) -> Vec<(usize, Outcome)> {
        let mut sources: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, (_, ask)) in asks.iter().enumerate() {
            sources.entry(ask.source.name.as_str()).or_default().push(index);
        }
        let mut read: Vec<Option<Result<Points, Failure>>> = vec![None; asks.len()];
        let mut running = JoinSet::new();
        for indexes in sources.into_values() {
            match self.endpoint(asks[indexes[0]].1.source, deadline).await {
                Ok(endpoint) => {
                    let questions = indexes.iter().map(|index| (*index, Question::of(asks[*index].1)));
                    running.spawn(ask_all(endpoint, questions.collect(), deadline));
                }
                Err(failure) => indexes.iter().for_each(|index| read[*index] = Some(Err(failure.clone()))),
            }
        }
        while let Some(done) = running.join_next().await {
            match done {
                Ok(answers) => answers.into_iter().for_each(|(index, answer)| read[index] = Some(answer)),
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                Err(_) => {}
            }
        }
        asks.iter().zip(read).map(|((number, ask), read)| (*number, self.outcome(ask, read))).collect()
    }

    fn outcome(&self, ask: &Ask<'_>, read: Option<Result<Points, Failure>>) -> Outcome {
        let read = read.unwrap_or_else(|| Err(failure(FailureKind::NotAsked, "")));
        let period = ask.series.period;
        let joined = read.and_then(|points| {
            let points = points.into_iter().map(|(at, number)| (at - period, Value::number(number)));
            samples(ask, points)
        });
        match joined {
            Ok((samples, dropped)) => {
                self.calls.dropped(dropped);
                Outcome::Read(samples)
            }
            Err(failure) => {
                if let (FailureKind::Denied, Some(reference)) = (failure.kind, secret_of(ask.source)) {
                    self.forget_secret(reference);
                }
                Outcome::Failed(failure)
            }
        }
    }

    async fn endpoint(&self, source: &Source, deadline: Instant) -> Result<Endpoint, Failure> {
        let SourceKind::Prometheus { url, auth } = &source.kind else {
            return Err(failure(FailureKind::Rejected, "it is no Prometheus source"));
        };
        let url = question::base(url)?;
        let client = self.http()?;
        let authorization = timeout_at(deadline, Authorization::of(self, auth))
            .await
            .map_err(|_| failure(FailureKind::NotAsked, "its secret was not read in time"))?
            .map_err(|error| failure(kind_of(&error), &error.to_string()))?;
        Ok(Endpoint { client, url, authorization, calls: self.calls.clone() })
    }
}

async fn ask_all(endpoint: Endpoint, questions: Vec<(usize, Question)>, deadline: Instant) -> Vec<Read> {
    let mut answers = Vec::with_capacity(questions.len());
    let endpoint = Arc::new(endpoint);
    let start = |(index, question): (usize, Question)| {
        let endpoint = endpoint.clone();
        async move { (index, endpoint.read(&question, deadline).await) }
    };
    run_bounded(questions, QUERIES_AT_ONCE_MAX, deadline, start, |answer: Read| {
        answers.push(answer);
        Vec::new()
    })
    .await;
    answers
}

fn secret_of(source: &Source) -> Option<&domain::notification::Secret> {
    match &source.kind {
        SourceKind::Prometheus {
            auth: PrometheusAuth::Bearer(secret) | PrometheusAuth::Basic { password: secret, .. },
            ..
        } => Some(secret),
        _ => None,
    }
}

fn kind_of(error: &PortError) -> FailureKind {
    match error {
        PortError::Unavailable { .. } => FailureKind::Unreachable,
        PortError::Denied { .. } | PortError::Unreadable { .. } => FailureKind::Denied,
    }
}

#[cfg(test)]
mod tests;
