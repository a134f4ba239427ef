use std::collections::BTreeMap;
use std::time::Duration;

use aws::{Account, Aws};
use domain::metric::{Outcome, Query};
use domain::setup::{Setup, Source};
use domain::units::{Span, Time};
use engine::port::{Ask, Sources};
use lint::History;

use crate::reach;

/// So far back series are looked at: `CloudWatch` keeps points of a minute for 15 days.
const DAYS: Span = Span::DAY.times(15);
/// Reading a few hundred series takes seconds.
const BUDGET: Duration = Duration::from_mins(5);

/// The account that the environment has credentials of.
pub(super) struct Live {
    runtime: tokio::runtime::Runtime,
    aws: Aws,
    pub(super) now: Time,
}

impl Live {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// What the environment lacks.
    pub(super) fn new() -> Result<Self, String> {
        let has = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let mut missing: Vec<&str> =
            ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].into_iter().filter(|name| !has(name)).collect();
        if !has("AWS_REGION") && !has("AWS_DEFAULT_REGION") {
            missing.push("AWS_REGION");
        }
        if !missing.is_empty() {
            let hint = "for a profile write eval \"$(aws configure export-credentials --format env)\"";
            return Err(format!("the environment has no {}; {hint}", missing.join(", ")));
        }
        Ok(Self { runtime: reach::runtime()?, aws: reach::aws(), now: shell::now() })
    }

    /// The account's alarms.
    pub(super) fn account(&self) -> Result<Account, String> {
        self.runtime.block_on(self.aws.account(self.now))
    }

    /// What the sources of `setup` know of its series, and what could not be read. Logs and the bill are not asked: each
    /// look at them costs.
    pub(super) fn history(&self, setup: &Setup) -> (History, Vec<String>) {
        let source = |name| -> Option<&Source> { setup.sources.iter().find(|source| &source.name == name) };
        let free = |query: &Query| matches!(query, Query::CloudWatch { .. } | Query::Prometheus { .. });
        let asks: Vec<Ask<'_>> = setup
            .series
            .iter()
            .filter(|series| free(&series.query))
            .filter_map(|series| {
                let until = self.now.floor(series.period);
                Some(Ask { series, source: source(&series.source)?, from: (until - DAYS).floor(series.period), until })
            })
            .collect();
        let answers = self.runtime.block_on(self.aws.fetch(&asks, BUDGET));
        let (mut points, mut unread) = (BTreeMap::new(), Vec::new());
        for (ask, answer) in asks.iter().zip(answers) {
            match answer.outcome {
                Outcome::Read(samples) => {
                    points.insert(ask.series.id.clone(), samples.iter().map(|s| (s.at, s.value.get())).collect());
                }
                Outcome::Failed(failure) => unread.push(format!("series {}: {failure}", ask.series.id)),
            }
        }
        (History::new(points, self.now), unread)
    }
}
