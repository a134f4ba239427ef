use domain::rca;
use domain::report;
use domain::units::Unit;
use serde::Serialize;
use utoipa::ToSchema;

use super::incident::SeverityWord;
use super::{Action, Related, TimelineEntry};

/// What happened, in data, and what to do so that it does not happen again.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub(crate) struct PostMortem {
    /// The incident.
    incident: String,
    /// Its title.
    title: String,
    /// Its service.
    service: String,
    /// The service's owner.
    owner: String,
    /// How bad it was.
    #[schema(value_type = SeverityWord)]
    severity: domain::incident::Severity,
    /// When the trouble began.
    #[schema(format = DateTime)]
    opened_at: String,
    /// When it was over.
    #[schema(format = DateTime)]
    resolved_at: String,
    /// What happened, a sentence each.
    summary: Vec<String>,
    /// What it cost.
    impact: Impact,
    /// How it was found.
    detection: Detection,
    /// What happened, in order.
    timeline: Vec<TimelineEntry>,
    /// Why.
    analysis: Analysis,
    /// How it was ended, a sentence each.
    resolution: Vec<String>,
    /// What was planned and done.
    actions: Vec<Action>,
    /// What to do now.
    action_items: Vec<ActionItem>,
    /// What went well or badly, a sentence each.
    lessons: Vec<String>,
    /// What would keep it from happening again, a sentence each.
    prevention: Vec<String>,
    /// Incidents that went on in it, or might have been part of it.
    related: Vec<Related>,
}

/// What an incident cost, from stored data.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
struct Impact {
    /// From the first breach to the resolve, such as `14m`.
    lasted: String,
    /// Requests during it; null: no series counts them.
    requests: Option<f64>,
    /// Requests that failed; null: no series counts them.
    failed: Option<f64>,
    /// The worst reading with its limit; null: no alert has one.
    worst: Option<String>,
    /// What could not be counted, and why, a sentence each.
    missing: Vec<String>,
}

/// How an incident was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
struct Detection {
    /// What found it.
    by: String,
    /// From the first breaching period to the first timeline entry, such as `2m`.
    delay: String,
    /// From the first entry to the acknowledgement; null: nobody acknowledged it.
    acknowledged_after: Option<String>,
}

/// What probably caused it.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
struct Analysis {
    /// Why the first cause is the first, or why there is none.
    reason: String,
    /// The most probable first; empty: nothing in the data explains it.
    causes: Vec<Cause>,
    /// Series that changed, the most changed first.
    changes: Vec<SeriesChange>,
}

/// A cause that is probable.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
struct Cause {
    /// `deployment` or `dependency`.
    kind: &'static str,
    /// The deployment's id, or the series.
    subject: String,
    /// It in words.
    summary: String,
    /// What speaks for it, a sentence each.
    evidence: Vec<String>,
}

/// How much a series changed.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
struct SeriesChange {
    /// Which.
    series: String,
    /// Median of the hour before.
    before: f64,
    /// The worst tenth during the incident.
    during: f64,
    /// Their unit.
    #[schema(value_type = String)]
    unit: Unit,
    /// Distance of both in robust standard deviations; positive: worse.
    score: f64,
    /// Since when it was out of its normal range; null: it was not.
    #[schema(format = DateTime)]
    since: Option<String>,
}

/// A follow-up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
struct ActionItem {
    /// Its id.
    id: String,
    /// What to do.
    title: String,
    /// Why.
    reason: String,
    /// Who.
    owner: String,
    /// Until when.
    #[schema(format = DateTime)]
    due: String,
    /// `open` or `done`.
    state: &'static str,
}

impl From<report::PostMortem> for PostMortem {
    fn from(told: report::PostMortem) -> Self {
        Self {
            incident: told.incident.to_string(),
            title: told.title,
            service: told.service.to_string(),
            owner: told.owner,
            severity: told.severity,
            opened_at: told.opened_at.to_string(),
            resolved_at: told.resolved_at.to_string(),
            summary: told.summary,
            impact: Impact {
                lasted: told.impact.lasted.to_string(),
                requests: told.impact.requests,
                failed: told.impact.failed,
                worst: told.impact.worst,
                missing: told.impact.missing,
            },
            detection: Detection {
                by: told.detection.by,
                delay: told.detection.delay.to_string(),
                acknowledged_after: told.detection.acknowledged_after.map(|span| span.to_string()),
            },
            timeline: told.timeline.iter().map(Into::into).collect(),
            analysis: told.analysis.into(),
            resolution: told.resolution,
            actions: told.actions.iter().map(Into::into).collect(),
            action_items: told.action_items.into_iter().map(Into::into).collect(),
            lessons: told.lessons,
            prevention: told.prevention,
            related: told.related.iter().map(Into::into).collect(),
        }
    }
}

impl From<rca::Analysis> for Analysis {
    fn from(analysis: rca::Analysis) -> Self {
        let change = |change: rca::SeriesChange| SeriesChange {
            series: change.series.to_string(),
            before: change.before,
            during: change.during,
            unit: change.unit,
            score: change.score,
            since: change.since.map(|at| at.to_string()),
        };
        Self {
            reason: analysis.reason,
            causes: analysis.causes.into_iter().map(Into::into).collect(),
            changes: analysis.changes.into_iter().map(change).collect(),
        }
    }
}

impl From<rca::Cause> for Cause {
    fn from(cause: rca::Cause) -> Self {
        let (kind, subject) = match cause.kind {
            rca::CauseKind::Deployment(deployment) => ("deployment", deployment.id.to_string()),
            rca::CauseKind::Dependency { series } => ("dependency", series.to_string()),
        };
        Self { kind, subject, summary: cause.summary, evidence: cause.evidence }
    }
}

impl From<report::ActionItem> for ActionItem {
    fn from(item: report::ActionItem) -> Self {
        Self {
            id: item.id.to_string(),
            title: item.title,
            reason: item.reason,
            owner: item.owner,
            due: item.due.to_string(),
            state: match item.state {
                report::ActionItemState::Open => "open",
                report::ActionItemState::Done => "done",
            },
        }
    }
}
