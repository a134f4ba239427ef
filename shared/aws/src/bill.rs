//! Series from the AWS bill, by Cost Explorer.
//!
//! Source: <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html>

mod question;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::metric::{CostQuery, CostReading, Failure, FailureKind, Outcome, Query, Value};
use domain::setup::SourceKind;
use domain::units::{Span, Time};
use engine::port::{Answer, Ask};
use tokio::time::Instant;

use crate::aws::Aws;
use crate::bounded::run_bounded;
use crate::calls::Service;
use crate::json_api::JsonApi;
use crate::samples::{failure, samples};
use question::{Days, Question, first_of_month};

/// The only region that Cost Explorer has.
const REGION: &str = "us-east-1";
/// Requests at once: each costs a cent, so there are few.
const QUESTIONS_AT_ONCE_MAX: usize = 2;

/// The API in the name of each role.
#[derive(Debug, Default)]
pub(crate) struct Bill {
    apis: Mutex<BTreeMap<Option<String>, Arc<JsonApi>>>,
}

type Role = Option<String>;
/// The account and, of a forecast, the service.
type Of = (Option<String>, Option<String>);

/// What was found, by the role that asked and what it was about.
#[derive(Default)]
struct Found {
    days: BTreeMap<(Role, Option<String>), Result<Days, Failure>>,
    forecasts: BTreeMap<(Role, Of), Result<f64, Failure>>,
}

impl Aws {
    /// The answer to each ask, with its number. `asks` are numbered, all of Cost Explorer.
    pub(crate) async fn fetch_bill(&self, asks: &[(usize, &Ask<'_>)], deadline: Instant) -> Vec<(usize, Answer)> {
        let mut found = Found::default();
        let start = |(role, question): (Role, Question)| {
            let api = self.bill_api(role.as_ref());
            async move {
                let read = match api {
                    Ok(api) => question.read(&api, deadline).await,
                    Err(failure) => Err(failure),
                };
                (role, question, read)
            }
        };
        run_bounded(questions(asks), QUESTIONS_AT_ONCE_MAX, deadline, start, |(role, question, read)| {
            match question {
                Question::Days { account, .. } => {
                    found.days.insert((role, account), read);
                }
                Question::Rest { account, service, .. } => {
                    let total = read.map(|days| days.values().flat_map(BTreeMap::values).sum());
                    found.forecasts.insert((role, (account, service)), total);
                }
            }
            Vec::new()
        })
        .await;
        asks.iter().map(|(number, ask)| (*number, answer(ask, &found))).collect()
    }

    fn bill_api(&self, role: Option<&String>) -> Result<Arc<JsonApi>, Failure> {
        let mut apis = self.bill.apis.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(api) = apis.get(&role.cloned()) {
            return Ok(api.clone());
        }
        let explorer = (Service::CostExplorer, "ce", "AWSInsightsIndexService");
        let api = Arc::new(JsonApi::of(self, explorer, REGION, role.map(String::as_str))?);
        apis.insert(role.cloned(), api.clone());
        Ok(api)
    }
}

fn cost_of<'a>(ask: &'a Ask<'_>) -> Option<(&'a CostQuery, &'a Role)> {
    match (&ask.series.query, &ask.source.kind) {
        (Query::Cost(cost), SourceKind::CostExplorer { role_arn }) => Some((cost, role_arn)),
        _ => None,
    }
}

/// One question about the days of each account, and one about what is left of the month for each forecast.
fn questions(asks: &[(usize, &Ask<'_>)]) -> Vec<(Role, Question)> {
    let mut ranges: BTreeMap<(&Role, &Option<String>), (Time, Time)> = BTreeMap::new();
    let mut questions = Vec::new();
    for (_, ask) in asks {
        let Some((cost, role)) = cost_of(ask) else { continue };
        let from = match cost.reads {
            CostReading::Day => ask.from,
            CostReading::MonthToDate => first_of_month(ask.from),
            CostReading::MonthForecast => first_of_month(ask.until),
        };
        let range = ranges.entry((role, &cost.account)).or_insert((from, ask.until));
        *range = (range.0.min(from), range.1.max(ask.until));
        if cost.reads == CostReading::MonthForecast {
            let (account, service) = (cost.account.clone(), cost.service.clone());
            let rest = (role.clone(), Question::Rest { account, service, today: ask.until });
            if !questions.contains(&rest) {
                questions.push(rest);
            }
        }
    }
    let days = ranges.into_iter().filter(|(_, (from, until))| from < until);
    let days = days.map(|((role, account), (from, until))| {
        (role.clone(), Question::Days { account: account.clone(), from, until })
    });
    days.chain(questions).collect()
}

fn answer(ask: &Ask<'_>, found: &Found) -> Answer {
    points(ask, found)
        .and_then(|points| samples(ask, points.into_iter().map(|(at, dollars)| (at, Value::number(dollars)))))
        .map_or_else(Outcome::Failed, |(samples, _)| Outcome::Read(samples))
        .into()
}

fn points(ask: &Ask<'_>, found: &Found) -> Result<Vec<(Time, f64)>, Failure> {
    let not_asked = || failure(FailureKind::NotAsked, "");
    let (cost, role) =
        cost_of(ask).ok_or_else(|| failure(FailureKind::Rejected, "it is no question about the bill"))?;
    let none = Ok(Days::new());
    let read = found.days.get(&(role.clone(), cost.account.clone()));
    // On the first of a month nothing of it is over, and nobody asks.
    let nothing_over = cost.reads == CostReading::MonthForecast && first_of_month(ask.until) == ask.until;
    let days = read.or(nothing_over.then_some(&none)).ok_or_else(not_asked)?.as_ref().map_err(Failure::clone)?;
    let day = |at: Time| days.get(&at).map(|services| dollars(services, cost.service.as_deref()));
    let over = |from: Time, until: Time| {
        let days = days.range(from..until).map(|(_, services)| dollars(services, cost.service.as_deref()));
        days.sum::<f64>()
    };
    let last = ask.until - Span::DAY;
    Ok(match cost.reads {
        CostReading::Day => days.keys().filter_map(|at| Some((*at, day(*at)?))).collect(),
        CostReading::MonthToDate => days.keys().map(|at| (*at, over(first_of_month(*at), *at + Span::DAY))).collect(),
        CostReading::MonthForecast => {
            let rest = (role.clone(), (cost.account.clone(), cost.service.clone()));
            let rest = found.forecasts.get(&rest).ok_or_else(not_asked)?.as_ref().map_err(Failure::clone)?;
            vec![(last, over(first_of_month(ask.until), ask.until) + rest)]
        }
    })
}

/// Of a service that is not on the bill of a day nothing was used.
fn dollars(services: &BTreeMap<String, f64>, service: Option<&str>) -> f64 {
    match service {
        Some(service) => services.get(service).copied().unwrap_or_default(),
        None => services.values().sum(),
    }
}
