//! Series from lines of `CloudWatch` Logs: aggregates of Logs Insights, counts of matching lines, templates.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html>

mod events;
mod insights;
mod learned;
mod templates;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::metric::{Failure, FailureKind, LogQuery, LogReading, Outcome, Query};
use domain::setup::SourceKind;
use engine::port::{Answer, Ask};
use tokio::time::{Instant, timeout_at};

use crate::aws::Aws;
use crate::bounded::run_bounded;
use crate::calls::Service;
use crate::json_api::JsonApi;
use crate::samples::failure;
use events::{Line, Lines};
use insights::{Column, Insight};
use learned::Known;

/// Questions that are under way at once: an account has 10 `FilterLogEvents` and 5 `GetQueryResults` a second and some
/// dozens of queries at once in a region, which shards, dashboards and people share; and each may hold 20 MB of lines.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>
const QUESTIONS_AT_ONCE_MAX: usize = 3;

/// What is kept between ticks.
#[derive(Debug, Default)]
pub(crate) struct Logs {
    apis: Mutex<BTreeMap<Place, Arc<JsonApi>>>,
    known: tokio::sync::Mutex<Known>,
}

/// Where logs are read: the region, and the role that is assumed.
type Place = (String, Option<String>);

/// What is asked once for all series that want the same.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Question {
    Insight(Insight),
    Lines(Lines),
}

/// What is found.
enum Found {
    Columns(Vec<(String, Column)>),
    Lines(Vec<Line>),
}

impl Aws {
    /// The answer to each ask, with its number. `asks` are numbered, all of sources of logs.
    pub(crate) async fn fetch_logs(&self, asks: &[(usize, &Ask<'_>)], deadline: Instant) -> Vec<(usize, Answer)> {
        let mut questions: BTreeMap<(Place, Question), Vec<String>> = BTreeMap::new();
        for (_, ask) in asks {
            if let Some((query, place)) = self.log_query(ask) {
                let stats = questions.entry((place, question(query, ask))).or_default();
                if let LogReading::Insights { stats: wanted, .. } = &query.reads
                    && !stats.contains(wanted)
                {
                    stats.push(wanted.clone());
                }
            }
        }
        let mut found: BTreeMap<(Place, Question), Result<Found, Failure>> = BTreeMap::new();
        let start = |(key, stats): ((Place, Question), Vec<String>)| {
            let api = self.log_api(&key.0);
            async move {
                let read = match (api, &key.1) {
                    (Err(failure), _) => Err(failure),
                    (Ok(api), Question::Insight(insight)) => {
                        insight.read(&api, stats, deadline).await.map(Found::Columns)
                    }
                    (Ok(api), Question::Lines(lines)) => lines.read(&api, deadline).await.map(Found::Lines),
                };
                (key, read)
            }
        };
        run_bounded(questions, QUESTIONS_AT_ONCE_MAX, deadline, start, |(key, read)| {
            found.insert(key, read);
            Vec::new()
        })
        .await;
        let mut answers = Vec::with_capacity(asks.len());
        for (number, ask) in asks {
            let answer = match self.log_query(ask) {
                Some((query, place)) => {
                    let found = found.get(&(place, question(query, ask)));
                    let answered = timeout_at(deadline, self.log_answer(ask, query, found)).await;
                    answered.unwrap_or_else(|_| Err(failure(FailureKind::TimedOut, "what is known of its templates")))
                }
                None => Err(failure(FailureKind::Rejected, "it is no question about logs")),
            };
            answers.push((*number, answer.unwrap_or_else(|failure| Outcome::Failed(failure).into())));
        }
        answers
    }

    fn log_query<'a>(&self, ask: &'a Ask<'_>) -> Option<(&'a LogQuery, Place)> {
        let (Query::Log(query), SourceKind::Logs { region, role_arn }) = (&ask.series.query, &ask.source.kind) else {
            return None;
        };
        let own = || self.config.region().map_or_else(String::new, ToString::to_string);
        Some((query, (region.clone().unwrap_or_else(own), role_arn.clone())))
    }

    fn log_api(&self, place: &Place) -> Result<Arc<JsonApi>, Failure> {
        let mut apis = self.logs.apis.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(api) = apis.get(place) {
            return Ok(api.clone());
        }
        let (region, role_arn) = place;
        let logs = (Service::CloudWatchLogs, "logs", "Logs_20140328");
        let api = Arc::new(JsonApi::of(self, logs, region, role_arn.as_deref())?);
        apis.insert(place.clone(), api.clone());
        Ok(api)
    }

    async fn log_answer(
        &self,
        ask: &Ask<'_>,
        query: &LogQuery,
        found: Option<&Result<Found, Failure>>,
    ) -> Result<Answer, Failure> {
        let found = found.ok_or_else(|| failure(FailureKind::NotAsked, ""))?.as_ref().map_err(Failure::clone)?;
        match (&query.reads, found) {
            (LogReading::Insights { stats, .. }, Found::Columns(columns)) => {
                let column = columns.iter().find(|(of, _)| of == stats).map(|(_, column)| column);
                insights::answer(ask, column.map_or(&[], Vec::as_slice), query.reads.is_count())
            }
            (LogReading::Count { .. }, Found::Lines(lines)) => templates::count(ask, lines),
            (LogReading::Templates { reads, .. }, Found::Lines(lines)) => {
                self.template_answer(ask, query, reads, lines).await
            }
            _ => Err(failure(FailureKind::Rejected, "the question was answered as another")),
        }
    }
}

fn question(query: &LogQuery, ask: &Ask<'_>) -> Question {
    let groups = query.groups.clone();
    let (from, until) = (ask.from, ask.until);
    match &query.reads {
        LogReading::Insights { query, .. } => {
            Question::Insight(Insight { groups, query: query.clone(), period: ask.series.period, from, until })
        }
        LogReading::Count { pattern } | LogReading::Templates { pattern, .. } => {
            Question::Lines(Lines { groups, pattern: pattern.clone(), from, until })
        }
    }
}

/// The periods of what is asked, the oldest first.
fn periods(ask: &Ask<'_>) -> impl Iterator<Item = domain::units::Time> {
    std::iter::successors(Some(ask.from), |at| Some(*at + ask.series.period)).take_while(|at| *at < ask.until)
}
