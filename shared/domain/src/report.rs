//! Post-mortems: what happened, in data, and what to do so that it does not happen again.

use serde::{Deserialize, Serialize};

use crate::id::{ActionItemId, IncidentId, ServiceName};
use crate::incident::{Entry, Related, Severity};
use crate::rca::Analysis;
use crate::response::Action;
use crate::units::{Span, Time};

/// The post-mortem of one incident. The same incident gives the same post-mortem.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PostMortem {
    /// The incident.
    pub incident: IncidentId,
    /// Its title.
    pub title: String,
    /// Its service.
    pub service: ServiceName,
    /// The service's owner.
    pub owner: String,
    /// How bad it was.
    pub severity: Severity,
    /// When the trouble began.
    pub opened_at: Time,
    /// When it was over.
    pub resolved_at: Time,
    /// What happened, in two or three sentences.
    pub summary: Vec<String>,
    /// What it cost.
    pub impact: Impact,
    /// How it was found.
    pub detection: Detection,
    /// The incident's timeline.
    pub timeline: Vec<Entry>,
    /// Why.
    pub analysis: Analysis,
    /// How it was ended, a sentence each.
    pub resolution: Vec<String>,
    /// What was planned and done.
    pub actions: Vec<Action>,
    /// What to do now.
    pub action_items: Vec<ActionItem>,
    /// What went well or badly, each from a fact of the timeline.
    pub lessons: Vec<String>,
    /// What would keep it from happening again.
    pub prevention: Vec<String>,
    /// What went on in it, and what might have been part of it, as it stood at the resolve.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
}

/// What an incident cost, from stored data.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Impact {
    /// From the first breach to the resolve.
    pub lasted: Span,
    /// Requests during it; `None`: no series counts them.
    pub requests: Option<f64>,
    /// Requests that failed; `None`: no series counts them.
    pub failed: Option<f64>,
    /// The worst reading, with its limit.
    pub worst: Option<String>,
    /// What could not be counted, or not wholly, and why, a sentence each; empty: nothing is missing.
    #[serde(default)]
    pub missing: Vec<String>,
}

/// How an incident was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Detection {
    /// What found it.
    pub by: String,
    /// From the begin of the first breaching period to the incident's first timeline entry.
    pub delay: Span,
    /// From the incident's first entry to its acknowledgement, where there was one.
    pub acknowledged_after: Option<Span>,
}

/// A follow-up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ActionItem {
    /// Derived from incident and title.
    pub id: ActionItemId,
    /// The incident.
    pub incident: IncidentId,
    /// What to do.
    pub title: String,
    /// Why, from the incident.
    pub reason: String,
    /// Who.
    pub owner: String,
    /// Until when.
    pub due: Time,
    /// Where it stands.
    pub state: ActionItemState,
}

/// Where a follow-up stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActionItemState {
    /// To be done.
    Open,
    /// Done.
    Done,
}

/// A post-mortem as people read it; both texts say the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rendered {
    /// `CommonMark` with tables, in UTF-8.
    pub markdown: String,
    /// One self-contained page.
    pub html: String,
}

impl ActionItem {
    /// The id of the follow-up `title` of `incident`.
    pub fn id_of(incident: &IncidentId, title: &str) -> ActionItemId {
        ActionItemId::derive(&["action-item", incident.as_str(), title])
    }
}
