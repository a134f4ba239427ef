//! What the API shows of the domain: flat, in the field's words, stable while the domain moves.

mod action;
mod alert;
mod budget;
mod drill;
mod escalation;
mod event;
mod explanation;
mod incident;
mod kin;
mod on_call;
mod operations;
mod points;
mod post_mortem;
mod receipt;
mod service;
mod silence;
mod slo;
mod timeline;

use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use action::Action;
pub(crate) use alert::Alert;
pub(crate) use budget::{Budget, ServiceBudgets};
pub(crate) use drill::Drill;
pub(crate) use escalation::{Escalation, Muted};
pub(crate) use event::{EventVerdict, LoggedEvent};
pub(crate) use explanation::Explanation;
pub(crate) use incident::{Incident, IncidentWithReceipts};
pub(crate) use kin::{Covered, Related};
pub(crate) use on_call::{OnCall, Override};
pub(crate) use operations::Operations;
pub(crate) use points::Points;
pub(crate) use post_mortem::PostMortem;
pub(crate) use receipt::Receipt;
pub(crate) use service::{Service, ServiceDetail, ServiceHealth};
pub(crate) use silence::Silence;
pub(crate) use slo::{Slo, SloDetail, TITLE, is_period, percent};
pub(crate) use timeline::TimelineEntry;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Listing<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Ask with it for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub cursor: Option<String>,
}
