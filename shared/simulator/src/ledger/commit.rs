use domain::deployment::Announcement;
use domain::incident::Incident;
use domain::units::Span;
use engine::port::{Commit, CommitError, OpenPointer};

use crate::Inner;

/// An event that is not confirmed after this long is published again.
const PUBLISH_AGAIN_AFTER: Span = Span::from_seconds(30);

/// All of it, or nothing.
pub(super) fn commit(inner: &mut Inner, commit: &Commit) -> Result<(), CommitError> {
    check(inner, commit)?;
    let commit = commit.clone();
    for mut alert in commit.alerts {
        alert.version += 1;
        inner.alerts.insert(alert.fingerprint.to_string(), alert);
    }
    for (service, key) in commit.incident.iter().flat_map(Incident::pairs) {
        let pointer = (service.to_string(), key.to_owned());
        match (commit.pointer, &commit.incident) {
            (OpenPointer::Open, Some(incident)) => drop(inner.open.insert(pointer, incident.id.to_string())),
            (OpenPointer::Close, _) => drop(inner.open.remove(&pointer)),
            _ => {}
        }
    }
    for mut incident in commit.incident.into_iter().chain(commit.other) {
        incident.version += 1;
        inner.incidents.insert(incident.id.to_string(), incident);
    }
    for mut group in commit.groups {
        group.version += 1;
        inner.groups.insert(group.id.clone(), group);
    }
    for event in commit.events {
        inner.outbox.insert(event.id.to_string(), (commit.now + PUBLISH_AGAIN_AFTER, event));
    }
    for mut receipt in commit.receipts {
        receipt.version += 1;
        inner.receipts.insert((receipt.incident.to_string(), receipt.id.to_string()), receipt);
    }
    if let Some(mut target) = commit.target {
        target.version += 1;
        inner.targets.insert(target.target.to_string(), target);
    }
    if let Some(serving) = commit.serving {
        inner.serving.insert(serving.resource.to_string(), serving);
    }
    if let Some(deployment) = commit.deployment {
        inner.deployments.entry(deployment.id.to_string()).or_insert(deployment);
    }
    for mut announcement in commit.announcements {
        announcement.version += 1;
        inner.announcements.insert(key(&announcement), announcement);
    }
    if let Some(post_mortem) = commit.post_mortem {
        inner.post_mortems.insert(post_mortem.incident.to_string(), post_mortem);
    }
    for item in commit.action_items {
        inner.action_items.entry(item.id.to_string()).or_insert(item);
    }
    Ok(())
}

/// The first service of the incident's whose row points elsewhere, and may not.
fn held_by_another(inner: &Inner, commit: &Commit, incident: &Incident) -> Option<String> {
    let other = commit.other.as_ref().map(|other| other.id.as_str());
    let is_ours =
        |id: &String| id == incident.id.as_str() || (commit.pointer == OpenPointer::Open && Some(id.as_str()) == other);
    let mut pairs = incident.pairs().filter(|_| commit.pointer != OpenPointer::Unchanged);
    let held = pairs.find(|(service, key)| {
        let open = inner.open.get(&(service.to_string(), (*key).to_owned()));
        open.is_some_and(|id| !is_ours(id))
    });
    held.map(|(service, _)| service.to_string())
}

fn key(announcement: &Announcement) -> (String, String) {
    (announcement.deployment.id.to_string(), announcement.channel.to_string())
}

fn check(inner: &Inner, commit: &Commit) -> Result<(), CommitError> {
    let conflict = |what: String| Err(CommitError::Conflict { what });
    for alert in &commit.alerts {
        let stored = inner.alerts.get(alert.fingerprint.as_str()).map_or(0, |stored| stored.version);
        if stored != alert.version {
            return conflict(alert.fingerprint.to_string());
        }
    }
    for incident in commit.incident.iter().chain(&commit.other) {
        let stored = inner.incidents.get(incident.id.as_str()).map_or(0, |stored| stored.version);
        if stored != incident.version {
            return conflict(incident.id.to_string());
        }
    }
    if let Some(service) = commit.incident.as_ref().and_then(|incident| held_by_another(inner, commit, incident)) {
        return conflict(format!("the open incident of {service}"));
    }
    for group in &commit.groups {
        let stored = inner.groups.get(&group.id).map_or(0, |stored| stored.version);
        if stored != group.version {
            return conflict(group.id.to_string());
        }
    }
    for receipt in &commit.receipts {
        let stored = inner.receipts.get(&(receipt.incident.to_string(), receipt.id.to_string()));
        if stored.map_or(0, |stored| stored.version) != receipt.version {
            return conflict(receipt.id.to_string());
        }
    }
    for announcement in &commit.announcements {
        let stored = inner.announcements.get(&key(announcement));
        if stored.map_or(0, |stored| stored.version) != announcement.version {
            return conflict(announcement.deployment.id.to_string());
        }
    }
    if let Some(target) = &commit.target {
        let stored = inner.targets.get(&target.target.to_string()).map_or(0, |stored| stored.version);
        if stored != target.version {
            return conflict(target.target.to_string());
        }
    }
    match &commit.serving {
        Some(serving) => match inner.serving.get(&serving.resource.to_string()) {
            Some(stored) if stored.seen_at >= serving.seen_at => conflict(serving.resource.to_string()),
            _ => Ok(()),
        },
        None => Ok(()),
    }
}
