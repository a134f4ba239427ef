use std::future::Future;

use domain::alert::{Alert, Status};
use domain::deployment::{Announcement, Deployment, Serving};
use domain::event::IncidentEvent;
use domain::group::Group;
use domain::id::{ChannelName, DeploymentId, DrillId, Fingerprint, GroupId, IncidentId, NotificationId, ServiceName};
use domain::incident::Incident;
use domain::notification::Receipt;
use domain::report::{ActionItem, PostMortem};
use domain::service::Resource;
use domain::units::Time;
use serde::{Deserialize, Serialize};

use super::{PortError, Wake};

/// Alerts, incidents and all that belongs to them. Conditional writes are the only locks.
pub trait Ledger {
    /// The alert, if it ever fired.
    ///
    /// # Errors
    /// When the store does not answer.
    fn alert(&self, fingerprint: &Fingerprint) -> impl Future<Output = Result<Option<Alert>, PortError>> + Send;

    /// Those of these alerts that ever fired, in any order, in as few reads as can be.
    ///
    /// # Errors
    /// When the store does not answer.
    fn known_alerts(&self, fingerprints: &[Fingerprint]) -> impl Future<Output = Result<Vec<Alert>, PortError>> + Send;

    /// Alerts of one status, the latest change first.
    ///
    /// # Errors
    /// When the store does not answer.
    fn alerts(
        &self,
        status: Status,
        limit: u32,
        cursor: Option<String>,
    ) -> impl Future<Output = Result<Page<Alert>, PortError>> + Send;

    /// The alerts that fire, the longest unchanged first: what changes while pages are read is met later, or again, so that
    /// none is missed that fires all the while.
    ///
    /// # Errors
    /// When the store does not answer.
    fn firing(&self, limit: u32, cursor: Option<String>)
    -> impl Future<Output = Result<Page<Alert>, PortError>> + Send;

    /// The group of alerts.
    ///
    /// # Errors
    /// When the store does not answer.
    fn group(&self, id: &GroupId) -> impl Future<Output = Result<Option<Group>, PortError>> + Send;

    /// The incident.
    ///
    /// # Errors
    /// When the store does not answer.
    fn incident(&self, id: &IncidentId) -> impl Future<Output = Result<Option<Incident>, PortError>> + Send;

    /// Incidents, the latest opened first.
    ///
    /// # Errors
    /// When the store does not answer.
    fn incidents(
        &self,
        limit: u32,
        cursor: Option<String>,
    ) -> impl Future<Output = Result<Page<Incident>, PortError>> + Send;

    /// The open incident of a service and correlation key.
    ///
    /// # Errors
    /// When the store does not answer.
    fn open_incident(
        &self,
        service: &ServiceName,
        key: &str,
    ) -> impl Future<Output = Result<Option<IncidentId>, PortError>> + Send;

    /// Writes all of it, or nothing.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] when something changed since it was loaded: load again and decide again.
    fn commit(&self, commit: &Commit) -> impl Future<Output = Result<(), CommitError>> + Send;

    /// Forgets the outbox row of a published event.
    ///
    /// # Errors
    /// When the store does not answer; the timekeeper publishes it again.
    fn published(&self, event: &IncidentEvent) -> impl Future<Output = Result<(), PortError>> + Send;

    /// What is due at `now`, the longest overdue first, at most `limit`.
    ///
    /// # Errors
    /// When the store does not answer.
    fn due(&self, limit: u32, now: Time) -> impl Future<Output = Result<Vec<Due>, PortError>> + Send;

    /// The receipt of a notification.
    ///
    /// # Errors
    /// When the store does not answer.
    fn receipt(
        &self,
        incident: &IncidentId,
        id: &NotificationId,
    ) -> impl Future<Output = Result<Option<Receipt>, PortError>> + Send;

    /// All receipts of an incident.
    ///
    /// # Errors
    /// When the store does not answer.
    fn receipts(&self, incident: &IncidentId) -> impl Future<Output = Result<Vec<Receipt>, PortError>> + Send;

    /// Deployments of a service whose `moved_by` lies in `[from, until)`, oldest first.
    ///
    /// # Errors
    /// When the store does not answer.
    fn deployments(
        &self,
        service: &ServiceName,
        from: Time,
        until: Time,
    ) -> impl Future<Output = Result<Vec<Deployment>, PortError>> + Send;

    /// How far a deployment is on its way to a channel; `None`: it is not announced there.
    ///
    /// # Errors
    /// When the store does not answer.
    fn announcement(
        &self,
        deployment: &DeploymentId,
        channel: &ChannelName,
    ) -> impl Future<Output = Result<Option<Announcement>, PortError>> + Send;

    /// What a resource served when it was last looked at.
    ///
    /// # Errors
    /// When the store does not answer.
    fn serving(&self, resource: &Resource) -> impl Future<Output = Result<Option<Serving>, PortError>> + Send;

    /// When a target was acted on.
    ///
    /// # Errors
    /// When the store does not answer.
    fn target_history(&self, target: &Resource) -> impl Future<Output = Result<TargetHistory, PortError>> + Send;

    /// The kill switch of all actions.
    ///
    /// # Errors
    /// When the store does not answer.
    fn kill_switch(&self) -> impl Future<Output = Result<Switch, PortError>> + Send;

    /// Throws or releases the kill switch.
    ///
    /// # Errors
    /// When the store does not take it.
    fn set_kill_switch(&self, switch: &Switch) -> impl Future<Output = Result<(), PortError>> + Send;

    /// The post-mortem of an incident.
    ///
    /// # Errors
    /// When the store does not answer.
    fn post_mortem(&self, incident: &IncidentId) -> impl Future<Output = Result<Option<PostMortem>, PortError>> + Send;
}

/// What is written together. Aggregates carry the version they were loaded with (0: new); the store writes the next
/// one and refuses if another is stored.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Commit {
    /// Alerts.
    pub alerts: Vec<Alert>,
    /// The incident.
    pub incident: Option<Incident>,
    /// Another incident that changes with it: what is merged into it, or what it is split off from.
    pub other: Option<Incident>,
    /// What happens to the pointers of its services and keys: all of [`Incident::pairs`] of `incident`.
    pub pointer: OpenPointer,
    /// Groups of alerts.
    pub groups: Vec<Group>,
    /// Outbox rows, published after the commit.
    pub events: Vec<IncidentEvent>,
    /// Receipts.
    pub receipts: Vec<Receipt>,
    /// The target that is about to be acted on.
    pub target: Option<TargetHistory>,
    /// What a watched resource serves now; never goes back in time.
    pub serving: Option<Serving>,
    /// A new deployment; an existing one of the same id stays.
    pub deployment: Option<Deployment>,
    /// Deployments on their way to channels.
    #[serde(default)]
    pub announcements: Vec<Announcement>,
    /// The post-mortem; replaces an earlier one.
    pub post_mortem: Option<PostMortem>,
    /// Its follow-ups; existing ones of the same id stay as they are.
    pub action_items: Vec<ActionItem>,
    /// What is to be woken when, after the commit. It is not stored: what waits stands on the rows.
    #[serde(skip)]
    pub wakes: Vec<(Wake, Time)>,
    /// When it is committed: outbox rows are due for a second try some time after it, and rows expire counted from it.
    pub now: Time,
}

/// What a commit does to the rows that say which incident of a service and key is open: one row for each of
/// [`Incident::pairs`] of the commit's `incident`, all or none of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum OpenPointer {
    /// Nothing.
    #[default]
    Unchanged,
    /// Each points to the incident. Refused if one of them points to another, unless that is the commit's `other`, which
    /// then ends or lets go of it in the same transaction.
    Open,
    /// None points to the incident any more. Refused if one of them points to another; one that points to nothing is no
    /// obstacle.
    Close,
}

/// Why nothing was committed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Something changed since it was loaded.
    #[error("{what} was changed by another function")]
    Conflict {
        /// The first row that differed, for the log.
        what: String,
    },
    /// The store did not answer or refused.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// What the timekeeper finds due.
#[derive(Clone, PartialEq, Debug)]
pub enum Due {
    /// An outbox row that nobody confirmed as published.
    Publish(IncidentEvent),
    /// An alert whose `next_wake` has come.
    Alert(Fingerprint),
    /// A group whose `next_flush` has come.
    Group(GroupId),
    /// An incident whose `next_wake` has come.
    Incident(IncidentId),
    /// A drill whose `next_wake` has come.
    Drill(DrillId),
    /// A receipt whose next try has come.
    Receipt(IncidentId, NotificationId),
    /// A deployment whose next try at a channel has come.
    Announcement(Announcement),
}

/// One page of a list.
#[derive(Clone, PartialEq, Debug)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins; `None`: this was the last.
    pub cursor: Option<String>,
}

/// When a target was acted on; guarded by its version.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TargetHistory {
    /// The target.
    pub target: Resource,
    /// Counts commits, from 1; 0 before the first.
    pub version: u64,
    /// The latest acts, oldest first.
    pub acted_at: Vec<Time>,
}

/// The kill switch: while engaged, nothing acts.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Switch {
    /// Whether it is thrown.
    pub engaged: bool,
    /// Who set it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Time,
}
