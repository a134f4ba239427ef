use domain::slo::{Slo, Snapshot, Sum};
use domain::units::{Span, Time};
use serde::Serialize;
use utoipa::ToSchema;

use super::slo::percent;

/// How an error budget stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum BudgetStatus {
    /// Some is left, and it does not burn too fast.
    Ok,
    /// Its alert fires: it burns too fast.
    Burning,
    /// Nothing is left.
    Spent,
    /// No events were counted.
    NoEvents,
    /// It was counted too long ago to tell.
    Stale,
}

/// An error budget.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub(crate) struct Budget {
    /// The objective.
    slo: String,
    /// Its service.
    service: String,
    /// Over which time.
    window: String,
    /// Up to when events were counted.
    #[schema(format = DateTime)]
    as_of: String,
    /// How it stands.
    status: BudgetStatus,
    /// All events.
    total: f64,
    /// The bad ones.
    bad: f64,
    /// The percentage of good ones; absent without events.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    compliance_percentage: Option<f64>,
    /// The percentage that must be good.
    target_percentage: f64,
    /// So many events may be bad in all of the window.
    allowed: f64,
    /// The percentage of the budget that is spent; above 100: more than there was.
    consumed_percentage: f64,
    /// What is left of it; below 0: overspent.
    remaining_percentage: f64,
    /// How fast it burns over the window, 1 is exactly as fast as it may; absent without events.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    burn_rate: Option<f64>,
    /// In how long it is spent if it burns on as it recently did; absent if it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    exhausted_in: Option<String>,
    /// Whether it keeps the deployment gate of its service closed.
    closes_gate: bool,
}

/// The budgets of one service.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServiceBudgets {
    /// The service.
    pub service: String,
    /// By objective.
    pub budgets: Vec<Budget>,
    /// Objectives that were not judged yet.
    pub unjudged: Vec<String>,
}

impl Budget {
    /// That of the objective's own period.
    pub(crate) fn of_period(slo: &Slo, snapshot: &Snapshot, now: Time) -> Self {
        let budget = snapshot.budget;
        let own =
            Self::new(slo, snapshot, (slo.period.to_string(), budget.counted), (budget.allowed, budget.spent), now);
        Self { exhausted_in: snapshot.exhausted_in.map(|lasts| lasts.to_string()), ..own }
    }

    /// That of another window; `None` if it is not counted.
    pub(crate) fn of_window(slo: &Slo, snapshot: &Snapshot, window: Span, now: Time) -> Option<Self> {
        let (_, sum) = snapshot.windows.iter().find(|(known, _)| *known == window)?;
        let allowed = slo.objective.budget() * sum.total();
        let spent = if allowed > 0.0 { sum.bad() / allowed } else { 0.0 };
        Some(Self::new(slo, snapshot, (window.to_string(), *sum), (allowed, spent), now))
    }

    fn new(
        slo: &Slo,
        snapshot: &Snapshot,
        (window, sum): (String, Sum),
        (allowed, spent): (f64, f64),
        now: Time,
    ) -> Self {
        let status = if now > snapshot.valid_until {
            BudgetStatus::Stale
        } else if sum.ratio().is_none() {
            BudgetStatus::NoEvents
        } else if spent >= 1.0 {
            BudgetStatus::Spent
        } else if snapshot.burning.is_some() {
            BudgetStatus::Burning
        } else {
            BudgetStatus::Ok
        };
        Self {
            slo: slo.name.to_string(),
            service: slo.service.to_string(),
            window,
            as_of: snapshot.as_of.to_string(),
            status,
            total: sum.total(),
            bad: sum.bad(),
            compliance_percentage: sum.ratio().map(|bad| percent(1.0 - bad)),
            target_percentage: percent(slo.objective.get()),
            allowed: (allowed * 1e3).round() / 1e3,
            consumed_percentage: percent(spent),
            remaining_percentage: percent(1.0 - spent),
            burn_rate: slo.burn_rate(sum).map(|rate| (rate * 1e4).round() / 1e4),
            exhausted_in: None,
            closes_gate: snapshot.gate.is_some_and(|(closed, _)| closed),
        }
    }
}
