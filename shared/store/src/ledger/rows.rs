//! How each aggregate becomes a row: its key, what it is searched by, when it expires, what guards it.
//!
//! What is open does not expire. What is over expires `keep` after the commit.

use std::collections::BTreeMap;

use domain::alert::{Alert, Status};
use domain::deployment::{Announcement, Deployment, Serving};
use domain::event::IncidentEvent;
use domain::group::Group;
use domain::id::{ChannelName, NotificationId, ServiceName};
use domain::incident::Incident;
use domain::notification::{Receipt, ReceiptState};
use domain::report::{ActionItem, PostMortem};
use domain::service::Resource;
use domain::units::{Span, Time};
use engine::port::TargetHistory;
use sha2::{Digest, Sha256};

use super::write::Write;
use crate::item::{Row, digits};
use crate::store::Condition;
use crate::tables::Tables;

pub(super) const INCIDENT: &str = "incident";
pub(super) const POINTER: &str = "open";
pub(super) const POINTS_TO: &str = "incident";
pub(super) const OUTBOX: &str = "outbox#";
pub(super) const RECEIPT: &str = "receipt#";
pub(super) const ANNOUNCEMENT: &str = "announcement#";
pub(super) const TARGET: &str = "target";
pub(super) const SWITCH: &str = "switch";
pub(super) const SERVING: &str = "serving";
pub(super) const ACTION_ITEM: &str = "action-item";

/// An event that nobody confirmed as published is due for a second try after this long: the function that committed
/// it publishes within a second or two, or has died.
pub(super) const PUBLISH_AGAIN_AFTER: Span = Span::from_seconds(30);
/// The partitions of `by-wake`, so that one hot minute does not meet the limit of one partition.
pub(super) const WAKES: [&str; 4] = ["w0", "w1", "w2", "w3"];
/// The longest correlation key that is part of a row's key as it is, in bytes; a longer one is by its hash.
const POINTER_KEY_BYTES_MAX: usize = 1024;

pub(super) fn pointer_key(service: &ServiceName, key: &str) -> String {
    if key.len() <= POINTER_KEY_BYTES_MAX {
        return format!("open#{service}#{key}");
    }
    let hash = Sha256::digest(key.as_bytes());
    hash.iter().fold(format!("open#{service}#sha256:"), |text, byte| format!("{text}{byte:02x}"))
}

pub(super) fn outbox_key(event: &IncidentEvent) -> String {
    format!("{OUTBOX}{}", event.id)
}

pub(super) fn receipt_key(id: &NotificationId) -> String {
    format!("{RECEIPT}{id}")
}

pub(super) fn announcement_key(channel: &ChannelName) -> String {
    format!("{ANNOUNCEMENT}{channel}")
}

pub(super) fn target_key(target: &Resource) -> String {
    format!("target#{target}")
}

pub(super) fn serving_key(resource: &Resource) -> String {
    format!("serving#{resource}")
}

pub(super) fn alert(tables: &Tables, alert: &Alert, over: Time) -> Write {
    let next = Alert { version: alert.version + 1, ..alert.clone() };
    let row = Row::key(alert.fingerprint.as_str(), None)
        .number("version", next.version)
        .text("status", alert.status.as_str())
        .number("changed_at", alert.changed_at.epoch())
        .expires_at((alert.status != Status::Firing).then_some(over))
        .body(&next);
    let row = wake(row, alert.fingerprint.as_str(), alert.next_wake());
    let guard = Condition::version(alert.version);
    Write::put(format!("alert {}", alert.fingerprint), &tables.alerts, row, Some(guard))
}

/// A group lies among the alerts that it tells of; its id cannot be a fingerprint's.
pub(super) fn group(tables: &Tables, group: &Group, over: Time) -> Write {
    let mut next = group.clone();
    next.version += 1;
    let row = Row::key(group.id.as_str(), None)
        .number("version", next.version)
        .expires_at(group.members().is_empty().then_some(over))
        .body(&next);
    let row = wake(row, group.id.as_str(), group.next_wake());
    let guard = Condition::version(group.version);
    Write::put(format!("group {}", group.id), &tables.alerts, row, Some(guard))
}

pub(super) fn incident(tables: &Tables, incident: &Incident, over: Time) -> Write {
    let next = Incident { version: incident.version + 1, ..incident.clone() };
    let row = Row::key(incident.id.as_str(), Some(INCIDENT))
        .number("version", next.version)
        .text("listing", INCIDENT)
        .number("opened_at", incident.opened_at.epoch())
        .expires_at((!incident.state.is_open()).then_some(over))
        .body(&next);
    let row = wake(row, incident.id.as_str(), incident.next_wake);
    let guard = Condition::version(incident.version);
    Write::put(format!("incident {}", incident.id), &tables.incidents, row, Some(guard))
}

/// The rows of all services and keys of the incident, each once: they point to it from now on. One may point to it, to
/// nothing or to `other`, which lets go of it.
pub(super) fn open_pointers(tables: &Tables, incident: &Incident, other: Option<&Incident>) -> Vec<Write> {
    let id = incident.id.as_str();
    let write = |(key, what)| {
        let row = Row::key(key, Some(POINTER)).text(POINTS_TO, id);
        let guard = match other {
            None => Condition::new_or_same(POINTS_TO, id),
            Some(other) => Condition::new_or_either(POINTS_TO, [id, other.id.as_str()]),
        };
        Write::put(what, &tables.incidents, row, Some(guard))
    };
    pointers(incident).map(write).collect()
}

/// The same rows go away. One may point to the incident or to nothing.
pub(super) fn close_pointers(tables: &Tables, incident: &Incident) -> Vec<Write> {
    let guard = || Condition::new_or_same(POINTS_TO, incident.id.as_str());
    let write = |(key, what)| Write::delete(what, &tables.incidents, Row::key(key, Some(POINTER)), guard());
    pointers(incident).map(write).collect()
}

/// Key and name of each row, each once: a transaction takes no row twice.
fn pointers(incident: &Incident) -> impl Iterator<Item = (String, String)> {
    let name = |service: &ServiceName| format!("the open incident of {service}");
    let rows = incident.pairs().map(|(service, key)| (pointer_key(service, key), name(service)));
    rows.collect::<BTreeMap<_, _>>().into_iter()
}

pub(super) fn outbox(tables: &Tables, event: &IncidentEvent, now: Time) -> Write {
    let row = Row::key(event.incident.as_str(), Some(&outbox_key(event))).body(event);
    let row = wake(row, event.incident.as_str(), Some(now + PUBLISH_AGAIN_AFTER));
    Write::put(format!("event {}", event.id), &tables.incidents, row, None)
}

pub(super) fn receipt(tables: &Tables, receipt: &Receipt, over: Time) -> Write {
    let next = Receipt { version: receipt.version + 1, ..receipt.clone() };
    let is_over = !matches!(receipt.state, ReceiptState::Sending | ReceiptState::Retrying { .. });
    let row = Row::key(receipt.incident.as_str(), Some(&receipt_key(&receipt.id)))
        .number("version", next.version)
        .expires_at(is_over.then_some(over))
        .body(&next);
    let row = wake(row, receipt.incident.as_str(), receipt.next_wake);
    let guard = Condition::version(receipt.version);
    Write::put(format!("receipt {}", receipt.id), &tables.incidents, row, Some(guard))
}

pub(super) fn target(tables: &Tables, history: &TargetHistory, over: Time) -> Write {
    let next = TargetHistory { version: history.version + 1, ..history.clone() };
    let row = Row::key(target_key(&history.target), Some(TARGET))
        .number("version", next.version)
        .expires_at(Some(over))
        .body(&next);
    let guard = Condition::version(history.version);
    Write::put(format!("target {}", history.target), &tables.incidents, row, Some(guard))
}

pub(super) fn serving(tables: &Tables, serving: &Serving, over: Time) -> Write {
    let seen_at = serving.seen_at.epoch();
    let row = Row::key(serving_key(&serving.resource), Some(SERVING));
    let row = row.number("seen_at", seen_at).expires_at(Some(over)).body(serving);
    let guard = Condition::new_or_below("seen_at", seen_at);
    Write::put(format!("what {} serves", serving.resource), &tables.deployments, row, Some(guard))
}

pub(super) fn deployment(tables: &Tables, deployment: &Deployment, over: Time) -> Write {
    let sk = format!("{}#{}", digits(deployment.moved_by), deployment.id);
    let key = Row::key(deployment.service.as_str(), Some(&sk));
    let rest = Row::default().expires_at(Some(over)).body(deployment);
    Write::add(format!("deployment {}", deployment.id), &tables.deployments, key, rest)
}

/// An announcement lies among the incidents, where what is due is looked for; a deployment's id cannot be an incident's.
pub(super) fn announcement(tables: &Tables, announcement: &Announcement, over: Time) -> Write {
    let next = Announcement { version: announcement.version + 1, ..announcement.clone() };
    let (deployment, channel) = (&announcement.deployment.id, &announcement.channel);
    let row = Row::key(deployment.as_str(), Some(&announcement_key(channel)))
        .number("version", next.version)
        .expires_at(announcement.next_wake.is_none().then_some(over))
        .body(&next);
    let row = wake(row, deployment.as_str(), announcement.next_wake);
    let guard = Condition::version(announcement.version);
    Write::put(format!("{deployment} on its way to {channel}"), &tables.incidents, row, Some(guard))
}

pub(super) fn post_mortem(tables: &Tables, post_mortem: &PostMortem, over: Time) -> Write {
    let row = Row::key(post_mortem.incident.as_str(), None).expires_at(Some(over)).body(post_mortem);
    Write::put(format!("post-mortem of {}", post_mortem.incident), &tables.post_mortems, row, None)
}

pub(super) fn action_item(tables: &Tables, item: &ActionItem) -> Write {
    let key = Row::key(item.id.as_str(), None);
    let rest = Row::default()
        .text("owner", &item.owner)
        .text("listing", ACTION_ITEM)
        .number("due", item.due.epoch())
        .body(item);
    Write::add(format!("action item {}", item.id), &tables.action_items, key, rest)
}

/// Enters the row into the sparse index `by-wake`.
/// Makes a row due at `at`, if it is; which partition of `by-wake` it is in follows from `id`.
pub(crate) fn wake(row: Row, id: &str, at: Option<Time>) -> Row {
    let Some(at) = at else { return row };
    let hash = id.bytes().fold(0_usize, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
    row.text("wake", WAKES[hash % WAKES.len()]).number("next_wake", at.epoch())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::PARTITION_KEY_BYTES_MAX;

    #[test]
    fn a_correlation_key_of_any_length_makes_a_row_key() {
        let service: ServiceName = "s".repeat(domain::id::NAME_BYTES_MAX).parse().unwrap();
        let key = |length| pointer_key(&service, &"k".repeat(length));
        assert_eq!(pointer_key(&"shop".parse().unwrap(), "eu"), "open#shop#eu");
        assert!(key(POINTER_KEY_BYTES_MAX).ends_with("kkk"));
        assert!(key(POINTER_KEY_BYTES_MAX + 1).contains("#sha256:"));
        assert_ne!(key(POINTER_KEY_BYTES_MAX + 1), key(POINTER_KEY_BYTES_MAX + 2));
        assert!(key(POINTER_KEY_BYTES_MAX).len() <= PARTITION_KEY_BYTES_MAX);
    }

    #[test]
    fn waking_rows_spread_over_the_partitions() {
        let of = |index: u32| wake(Row::default(), &format!("inc-{index:x}"), Some(Time::from_epoch(1)));
        let mut seen: Vec<_> = (0..100).map(|index| format!("{:?}", of(index).item["wake"])).collect();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), WAKES.len());
        assert!(wake(Row::default(), "inc-1", None).item.is_empty());
    }
}
