mod commit;

use domain::alert::{Alert, Status};
use domain::deployment::{Announcement, Deployment, Serving};
use domain::event::IncidentEvent;
use domain::group::Group;
use domain::id::{ChannelName, DeploymentId, Fingerprint, GroupId, IncidentId, NotificationId, ServiceName};
use domain::incident::Incident;
use domain::notification::Receipt;
use domain::report::PostMortem;
use domain::service::Resource;
use domain::units::Time;
use engine::port::{Commit, CommitError, Due, Ledger, Page, PortError, Switch, TargetHistory};

use crate::World;

impl Ledger for World {
    async fn alert(&self, fingerprint: &Fingerprint) -> Result<Option<Alert>, PortError> {
        self.call("alert", |inner| inner.alerts.get(fingerprint.as_str()).cloned())
    }

    async fn known_alerts(&self, fingerprints: &[Fingerprint]) -> Result<Vec<Alert>, PortError> {
        if fingerprints.is_empty() {
            return Ok(Vec::new());
        }
        self.call("known_alerts", |inner| {
            let known = fingerprints.iter().filter_map(|fingerprint| inner.alerts.get(fingerprint.as_str()).cloned());
            known.collect()
        })
    }

    async fn alerts(&self, status: Status, limit: u32, cursor: Option<String>) -> Result<Page<Alert>, PortError> {
        self.call("alerts", |inner| {
            let mut found: Vec<Alert> = inner.alerts.values().filter(|a| a.status == status).cloned().collect();
            found.sort_by(|a, b| (b.changed_at, &b.fingerprint).cmp(&(a.changed_at, &a.fingerprint)));
            page(found, limit, cursor)
        })
    }

    async fn firing(&self, limit: u32, cursor: Option<String>) -> Result<Page<Alert>, PortError> {
        self.call("firing", |inner| {
            let mut found: Vec<&Alert> = inner.alerts.values().filter(|a| a.status == Status::Firing).collect();
            found.sort_by_key(|alert| (alert.changed_at, &alert.fingerprint));
            let Page { items, cursor } = page(found, limit, cursor);
            Page { items: items.into_iter().cloned().collect(), cursor }
        })
    }

    async fn group(&self, id: &GroupId) -> Result<Option<Group>, PortError> {
        self.call("group", |inner| inner.groups.get(id).cloned())
    }

    async fn incident(&self, id: &IncidentId) -> Result<Option<Incident>, PortError> {
        self.call("incident", |inner| inner.incidents.get(id.as_str()).cloned())
    }

    async fn incidents(&self, limit: u32, cursor: Option<String>) -> Result<Page<Incident>, PortError> {
        self.call("incidents", |inner| {
            let mut found: Vec<Incident> = inner.incidents.values().cloned().collect();
            found.sort_by(|a, b| (b.opened_at, &b.id).cmp(&(a.opened_at, &a.id)));
            page(found, limit, cursor)
        })
    }

    async fn open_incident(&self, service: &ServiceName, key: &str) -> Result<Option<IncidentId>, PortError> {
        let pointer = (service.to_string(), key.to_owned());
        self.call("open_incident", |inner| inner.open.get(&pointer).map(IncidentId::given))
    }

    async fn commit(&self, commit: &Commit) -> Result<(), CommitError> {
        self.call("commit", |inner| commit::commit(inner, commit))?
    }

    async fn published(&self, event: &IncidentEvent) -> Result<(), PortError> {
        self.call("published", |inner| {
            inner.outbox.remove(event.id.as_str());
        })
    }

    async fn due(&self, limit: u32, now: Time) -> Result<Vec<Due>, PortError> {
        self.call("due", |inner| {
            let mut found: Vec<(Time, Due)> = Vec::new();
            found.extend(inner.outbox.values().map(|(at, event)| (*at, Due::Publish(event.clone()))));
            let incidents = inner.incidents.values();
            found.extend(incidents.filter_map(|i| Some((i.next_wake?, Due::Incident(i.id.clone())))));
            let receipts = inner.receipts.values();
            found.extend(receipts.filter_map(|r| Some((r.next_wake?, Due::Receipt(r.incident.clone(), r.id.clone())))));
            let announcements = inner.announcements.values();
            found.extend(announcements.filter_map(|a| Some((a.next_wake?, Due::Announcement(a.clone())))));
            let alerts = inner.alerts.values();
            found.extend(alerts.filter_map(|a| Some((a.next_wake()?, Due::Alert(a.fingerprint.clone())))));
            let groups = inner.groups.values();
            found.extend(groups.filter_map(|g| Some((g.next_wake()?, Due::Group(g.id.clone())))));
            let drills = inner.drills.values();
            found.extend(drills.filter_map(|d| Some((d.next_wake?, Due::Drill(d.id.clone())))));
            found.retain(|(at, _)| *at <= now);
            found.sort_by_key(|(at, _)| *at);
            found.into_iter().take(limit as usize).map(|(_, due)| due).collect()
        })
    }

    async fn receipt(&self, incident: &IncidentId, id: &NotificationId) -> Result<Option<Receipt>, PortError> {
        let key = (incident.to_string(), id.to_string());
        self.call("receipt", |inner| inner.receipts.get(&key).cloned())
    }

    async fn receipts(&self, incident: &IncidentId) -> Result<Vec<Receipt>, PortError> {
        self.call("receipts", |inner| {
            inner.receipts.values().filter(|receipt| &receipt.incident == incident).cloned().collect()
        })
    }

    async fn deployments(&self, service: &ServiceName, from: Time, until: Time) -> Result<Vec<Deployment>, PortError> {
        self.call("deployments", |inner| {
            let of_service = inner.deployments.values().filter(|deployment| &deployment.service == service);
            let mut found: Vec<_> = of_service.filter(|d| d.moved_by >= from && d.moved_by < until).cloned().collect();
            found.sort_by(|a, b| (a.moved_by, &a.id).cmp(&(b.moved_by, &b.id)));
            found
        })
    }

    async fn announcement(
        &self,
        deployment: &DeploymentId,
        channel: &ChannelName,
    ) -> Result<Option<Announcement>, PortError> {
        let key = (deployment.to_string(), channel.to_string());
        self.call("announcement", |inner| inner.announcements.get(&key).cloned())
    }

    async fn serving(&self, resource: &Resource) -> Result<Option<Serving>, PortError> {
        self.call("serving", |inner| inner.serving.get(&resource.to_string()).cloned())
    }

    async fn target_history(&self, target: &Resource) -> Result<TargetHistory, PortError> {
        self.call("target_history", |inner| {
            let fresh = TargetHistory { target: target.clone(), version: 0, acted_at: Vec::new() };
            inner.targets.get(&target.to_string()).cloned().unwrap_or(fresh)
        })
    }

    async fn kill_switch(&self) -> Result<Switch, PortError> {
        self.call("kill_switch", |inner| inner.switch.clone())
    }

    async fn set_kill_switch(&self, switch: &Switch) -> Result<(), PortError> {
        self.call("set_kill_switch", |inner| inner.switch = switch.clone())
    }

    async fn post_mortem(&self, incident: &IncidentId) -> Result<Option<PostMortem>, PortError> {
        self.call("post_mortem", |inner| inner.post_mortems.get(incident.as_str()).cloned())
    }
}

fn page<T>(items: Vec<T>, limit: u32, cursor: Option<String>) -> Page<T> {
    let from: usize = cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
    let next = from + limit as usize;
    let cursor = (next < items.len()).then(|| next.to_string());
    Page { items: items.into_iter().skip(from).take(limit as usize).collect(), cursor }
}
