use std::collections::BTreeMap;

use domain::metric::{Failure, FailureKind};
use domain::units::{Span, Time};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::json_api::JsonApi;
use crate::samples::failure;

/// Pages of one answer, each a cent: five weeks of a hundred services are a few.
const PAGES_MAX: usize = 10;
/// The currency that is read.
const CURRENCY: &str = "USD";

/// What each service cost on each day.
pub(super) type Days = BTreeMap<Time, BTreeMap<String, f64>>;

/// One request, but for its pages.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Question {
    /// What each service cost on each day of a range.
    Days { account: Option<String>, from: Time, until: Time },
    /// What is left of the month will cost.
    Rest { account: Option<String>, service: Option<String>, today: Time },
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Usage {
    #[serde(default)]
    results_by_time: Vec<Day>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Day {
    time_period: Period,
    #[serde(default)]
    groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Period {
    start: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Group {
    keys: Vec<String>,
    metrics: Metrics,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metrics {
    unblended_cost: Amount,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Forecast {
    total: Amount,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Amount {
    amount: String,
    unit: String,
}

impl Question {
    /// What the bill says; a forecast is the sum of the answer.
    ///
    /// # Errors
    /// When Cost Explorer does not answer, refuses, or counts in another currency.
    pub(super) async fn read(&self, api: &JsonApi, deadline: Instant) -> Result<Days, Failure> {
        match self {
            Self::Days { account, from, until } => {
                let mut question = json!({
                    "TimePeriod": { "Start": from.date(), "End": until.date() },
                    "Granularity": "DAILY",
                    "Metrics": ["UnblendedCost"],
                    "GroupBy": [{ "Type": "DIMENSION", "Key": "SERVICE" }],
                });
                filter(&mut question, account.as_deref(), None);
                usage(api, question, deadline).await
            }
            Self::Rest { account, service, today } => {
                let next = first_of_month(first_of_month(*today) + Span::DAY.times(32));
                // By days, as the forecast of a month would hold what is over of it.
                let mut question = json!({
                    "TimePeriod": { "Start": today.date(), "End": next.date() },
                    "Granularity": "DAILY",
                    "Metric": "UNBLENDED_COST",
                });
                filter(&mut question, account.as_deref(), service.as_deref());
                let forecast: Forecast = api.call("GetCostForecast", &question, deadline).await?;
                Ok([(*today, [(String::new(), forecast.total.dollars()?)].into())].into())
            }
        }
    }
}

async fn usage(api: &JsonApi, mut question: Value, deadline: Instant) -> Result<Days, Failure> {
    let mut days = Days::new();
    for _ in 0..PAGES_MAX {
        let page: Usage = api.call("GetCostAndUsage", &question, deadline).await?;
        for day in page.results_by_time {
            let start = format!("{}T00:00:00Z", day.time_period.start);
            let at = start.parse().map_err(|_| failure(FailureKind::Rejected, &format!("{start} is no day")))?;
            let services: &mut BTreeMap<String, f64> = days.entry(at).or_default();
            for group in day.groups {
                let service = group.keys.into_iter().next().unwrap_or_default();
                *services.entry(service).or_default() += group.metrics.unblended_cost.dollars()?;
            }
        }
        match page.next_page_token {
            Some(token) => question["NextPageToken"] = json!(token),
            None => return Ok(days),
        }
    }
    Err(failure(FailureKind::Partial, &format!("the answer has more than {PAGES_MAX} pages")))
}

fn filter(question: &mut Value, account: Option<&str>, service: Option<&str>) {
    let of =
        |key: &str, value: Option<&str>| value.map(|value| json!({ "Dimensions": { "Key": key, "Values": [value] } }));
    match (of("LINKED_ACCOUNT", account), of("SERVICE", service)) {
        (Some(account), Some(service)) => question["Filter"] = json!({ "And": [account, service] }),
        (Some(one), None) | (None, Some(one)) => question["Filter"] = one,
        (None, None) => {}
    }
}

impl Amount {
    fn dollars(&self) -> Result<f64, Failure> {
        if self.unit != CURRENCY {
            let detail = format!("the bill is in {}; only {CURRENCY} is read", self.unit);
            return Err(failure(FailureKind::Rejected, &detail));
        }
        self.amount.parse().map_err(|_| failure(FailureKind::Rejected, "an amount of the bill is no number"))
    }
}

/// The first midnight of the month (UTC).
pub(super) fn first_of_month(at: Time) -> Time {
    let month: String = at.to_string().chars().take(7).collect();
    format!("{month}-01T00:00:00Z").parse().unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_begin_on_their_first_day() {
        for (at, first) in [("2026-02-03T18:00:00Z", "2026-02-01"), ("2026-12-31T23:59:59Z", "2026-12-01")] {
            assert_eq!(first_of_month(at.parse().unwrap()).date(), first);
        }
    }
}
