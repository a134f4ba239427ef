//! Aggregates of Logs Insights: a query is begun, asked after until it is complete, and stopped when time is over.

use std::fmt::Write;
use std::time::Duration;

use domain::metric::{Failure, FailureKind, Outcome, Value};
use domain::units::{Span, Time};
use engine::port::{Answer, Ask};
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, sleep_until};

use super::periods;
use crate::json_api::JsonApi;
use crate::samples::{failure, samples};

/// The first pause before a query is asked after: most take a second or two.
const PAUSE_FIRST: Duration = Duration::from_millis(500);
/// The longest: an account may ask after queries five times a second.
const PAUSE_MAX: Duration = Duration::from_secs(4);
/// What remains of the time to stop a query that takes too long.
const STOP_TIME: Duration = Duration::from_secs(1);
/// Rows of a result, the most there are: each period is one. Source: `StartQuery`, `limit`.
const ROWS_MAX: usize = 10_000;
/// The name of a period's start in the result, and the beginning of those of its numbers.
const AT: &str = "tocsin_at";
const VALUE: &str = "tocsin_value";

/// One query over a range, without its aggregates.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Insight {
    pub(super) groups: Vec<String>,
    pub(super) query: String,
    pub(super) period: Span,
    pub(super) from: Time,
    pub(super) until: Time,
}

/// The numbers of one aggregate.
pub(super) type Column = Vec<(Time, f64)>;

#[derive(Deserialize)]
struct Started {
    #[serde(rename = "queryId")]
    query_id: String,
}

#[derive(Deserialize)]
struct Results {
    status: String,
    #[serde(default)]
    results: Vec<Vec<Cell>>,
}

#[derive(Deserialize)]
struct Cell {
    field: String,
    #[serde(default)]
    value: String,
}

impl Insight {
    /// The numbers of each aggregate.
    ///
    /// # Errors
    /// When the query fails, or is not complete before the deadline: half a result is none.
    pub(super) async fn read(
        &self,
        api: &JsonApi,
        stats: Vec<String>,
        deadline: Instant,
    ) -> Result<Vec<(String, Column)>, Failure> {
        let question = json!({
            "logGroupIdentifiers": self.groups,
            "startTime": self.from.epoch(),
            // The end is inclusive, in whole seconds: the period that begins there is left out of the result.
            "endTime": self.until.epoch(),
            "queryString": self.text(&stats),
            "limit": ROWS_MAX,
        });
        let started: Started = api.call("StartQuery", &question, deadline).await?;
        let results = complete(api, &started.query_id, deadline).await?;
        Ok(stats.into_iter().enumerate().map(|(index, stats)| (stats, column(&results, index))).collect())
    }

    fn text(&self, stats: &[String]) -> String {
        let mut text = self.query.trim().to_owned();
        if !text.is_empty() {
            text.push_str(" | ");
        }
        text.push_str("stats ");
        for (index, stats) in stats.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(text, "{comma}{stats} as {VALUE}{index}").expect("writing to a String does not fail");
        }
        write!(text, " by bin({}) as {AT}", self.period).expect("writing to a String does not fail");
        text
    }
}

async fn complete(api: &JsonApi, query_id: &str, deadline: Instant) -> Result<Vec<Vec<Cell>>, Failure> {
    let question = json!({ "queryId": query_id });
    let give_up = deadline - STOP_TIME;
    let mut pause = PAUSE_FIRST;
    loop {
        let wake = Instant::now() + pause;
        if wake >= give_up {
            // It would go on scanning, which is what is billed. Whether it stops changes nothing here.
            let _: Result<serde_json::Value, _> = api.call("StopQuery", &question, deadline).await;
            return Err(failure(FailureKind::TimedOut, "the query took longer than the tick; it was stopped"));
        }
        sleep_until(wake).await;
        let found: Results = api.call("GetQueryResults", &question, deadline).await?;
        match &*found.status {
            "Complete" => return Ok(found.results),
            "Scheduled" | "Running" => pause = (pause * 2).min(PAUSE_MAX),
            "Timeout" => {
                return Err(failure(FailureKind::TimedOut, "the query took longer than CloudWatch Logs allows"));
            }
            other => return Err(failure(FailureKind::Rejected, &format!("the query is {other}"))),
        }
    }
}

/// The numbers of one aggregate; rows without a number have none.
fn column(rows: &[Vec<Cell>], index: usize) -> Column {
    let name = format!("{VALUE}{index}");
    let of = |row: &[Cell], field: &str| row.iter().find(|cell| cell.field == field).map(|cell| cell.value.clone());
    let point = |row: &Vec<Cell>| {
        // `2026-01-31 14:06:00.000`, in UTC.
        let at = of(row, AT)?.replacen(' ', "T", 1) + "Z";
        Some((at.parse().ok()?, of(row, &name)?.parse().ok()?))
    };
    rows.iter().filter_map(point).collect()
}

/// The samples of one aggregate. Of a count a period without lines is 0: it was read, and there were none.
pub(super) fn answer(ask: &Ask<'_>, column: &[(Time, f64)], is_count: bool) -> Result<Answer, Failure> {
    let zeros = periods(ask).filter(|_| is_count).map(|at| (at, Value::number(0.0)));
    let points = zeros.chain(column.iter().map(|(at, number)| (*at, Value::number(*number))));
    Ok(Outcome::Read(samples(ask, points)?.0).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, stats: &[&str], minutes: u32, expected: &str) {
        let (from, until) = (Time::from_epoch(0), Time::from_epoch(600));
        let (query, period) = (query.to_owned(), Span::from_minutes(minutes));
        let insight = Insight { groups: Vec::new(), query, period, from, until };
        let stats: Vec<String> = stats.iter().map(|stats| (*stats).to_owned()).collect();
        assert_eq!(insight.text(&stats), expected);
    }

    #[test]
    fn the_aggregates_are_appended_for_each_period() {
        check("", &["count(*)"], 1, "stats count(*) as tocsin_value0 by bin(1m) as tocsin_at");
        check(
            "filter level = 'ERROR' ",
            &["count(*)", "pct(duration, 99)"],
            60,
            "filter level = 'ERROR' | stats count(*) as tocsin_value0, pct(duration, 99) as tocsin_value1 by bin(1h) as \
             tocsin_at",
        );
    }
}
