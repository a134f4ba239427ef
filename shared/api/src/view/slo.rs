use domain::slo::{self, Period, Snapshot};
use domain::units::{Span, Time};
use engine::port::StoredSlo;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Budget;

/// The label that keeps the title of an objective whose name it could not be.
pub(crate) const TITLE: &str = "title";

/// An objective, and how it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Slo {
    /// Its name in paths.
    id: String,
    /// Its name for people.
    name: String,
    /// What it is.
    description: String,
    /// Its service.
    service: String,
    /// The percentage of events that must be good.
    target_percentage: f64,
    /// Over which time, such as `30d` or `calendar month`.
    time_window: String,
    /// Whether it stands in the configuration, where alone it can be changed.
    declared: bool,
    /// All of it, as it would be written in the configuration.
    #[schema(value_type = Object)]
    definition: Value,
    /// Counts its changes; absent if it is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    version: Option<u64>,
    /// When it was last changed; absent if it is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    updated_at: Option<String>,
    /// Who changed it last; absent if it is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    updated_by: Option<String>,
    /// How it stands; absent until it was judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    status: Option<Status>,
}

/// How an objective stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SloStatus)]
pub(crate) struct Status {
    /// Since when events were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    since: Option<String>,
    /// Its error budget.
    budget: Budget,
    /// How fast the budget burns over each window.
    burn_rates: Vec<BurnRate>,
    /// Why it alerts; absent if it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    burning: Option<Burning>,
}

/// How fast a budget burns; at 1 it lasts exactly its period.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BurnRate {
    /// Over the last so long.
    window: String,
    /// The rate; absent without events.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    rate: Option<f64>,
}

/// An alert about how fast a budget burns.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Burning {
    /// How bad it is.
    severity: String,
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
    /// Why.
    reason: String,
}

/// What an objective counted on a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SloDay)]
pub(crate) struct Day {
    /// The day, in UTC.
    date: String,
    /// All events.
    total: f64,
    /// The bad ones.
    bad: f64,
    /// The percentage of good ones; absent without events.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    compliance_percentage: Option<f64>,
    /// What was left of the budget in the end.
    remaining_percentage: f64,
}

/// An objective with its days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SloDetail {
    #[serde(flatten)]
    objective: Slo,
    /// Its last days, the oldest first.
    days: Vec<Day>,
}

impl Slo {
    pub(crate) fn new(slo: &slo::Slo, stored: Option<&StoredSlo>, snapshots: &[Snapshot], now: Time) -> Self {
        let snapshot = snapshots.iter().find(|snapshot| snapshot.slo == slo.name && snapshot.service == slo.service);
        Self {
            id: slo.name.to_string(),
            name: slo.labels.get(TITLE).cloned().unwrap_or_else(|| slo.name.to_string()),
            description: slo.description.clone(),
            service: slo.service.to_string(),
            target_percentage: percent(slo.objective.get()),
            time_window: slo.period.to_string(),
            declared: stored.is_none(),
            definition: config::written(slo),
            version: stored.map(|stored| stored.version),
            updated_at: stored.map(|stored| stored.updated_at.to_string()),
            updated_by: stored.map(|stored| stored.by.clone()),
            status: snapshot.map(|snapshot| Status::new(slo, snapshot, now)),
        }
    }
}

impl Status {
    fn new(slo: &slo::Slo, snapshot: &Snapshot, now: Time) -> Self {
        let rate = |(window, sum): &(Span, slo::Sum)| BurnRate {
            window: window.to_string(),
            rate: slo.burn_rate(*sum).map(|rate| (rate * 1e4).round() / 1e4),
        };
        Self {
            since: snapshot.since.map(|since| since.to_string()),
            budget: Budget::of_period(slo, snapshot, now),
            burn_rates: snapshot.windows.iter().map(rate).collect(),
            burning: snapshot.burning.as_ref().map(|(severity, since, reason)| Burning {
                severity: severity.to_string(),
                since: since.to_string(),
                reason: reason.clone(),
            }),
        }
    }
}

impl SloDetail {
    pub(crate) fn new(objective: Slo, days: Vec<slo::Day>) -> Self {
        let day = |day: slo::Day| Day {
            date: day.from.date(),
            total: day.sum.total(),
            bad: day.sum.bad(),
            compliance_percentage: day.sum.ratio().map(|bad| percent(1.0 - bad)),
            remaining_percentage: percent(day.remaining),
        };
        Self { objective, days: days.into_iter().map(day).collect() }
    }
}

/// A share in hundredths, to a ten-thousandth of one.
pub(crate) fn percent(share: f64) -> f64 {
    (share * 1e6).round() / 1e4
}

/// `1d`, `30d` as people ask for them: `24h` is the same window.
pub(crate) fn is_period(slo: &slo::Slo, window: Span) -> bool {
    slo.period == Period::Rolling(window)
}
