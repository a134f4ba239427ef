//! Alerts, incidents and what belongs to them.

#![allow(dead_code, clippy::unwrap_used, reason = "part of tests, which take what they need of it")]

use domain::alert::{Alert, Status};
use domain::deployment::{Announcement, Deployment, Serving};
use domain::event::{EventKind, IncidentEvent};
use domain::id::{ActionItemId, CallId, Fingerprint, NotificationId, ServiceName};
use domain::incident::{Incident, Severity};
use domain::label::Labels;
use domain::monitor::Category;
use domain::notification::{Receipt, ReceiptState};
use domain::rca::Analysis;
use domain::report::{ActionItem, ActionItemState, Detection, Impact, PostMortem};
use domain::service::Resource;
use domain::units::{Span, Time};
use engine::port::{Commit, OpenPointer, TargetHistory};
use testkit::sample;

use super::NOW;

pub(crate) fn service() -> ServiceName {
    "shop-checkout".parse().unwrap()
}

pub(crate) fn resource() -> Resource {
    Resource::LambdaAlias { function: "shop-checkout".to_owned(), alias: "live".to_owned() }
}

/// A new alert that began to fire at `at`.
pub(crate) fn alert(name: &str, at: Time) -> Alert {
    Alert {
        flapping: None,
        groups: Vec::new(),
        fingerprint: Fingerprint::derive(&[name]),
        version: 0,
        name: name.to_owned(),
        service: service(),
        category: Category::Technical,
        severity: Severity::Sev2,
        status: Status::Firing,
        changed_at: at,
        fired_at: at,
        over_since: None,
        reason: "errors / requests 37.5 % (limit > 10 %)".to_owned(),
        reading: None,
        cooldown: Span::from_minutes(10),
        labels: Labels::default(),
        incident: None,
        no_data_since: None,
        quiet_since: None,
        ends_at: None,
    }
}

/// A new incident that opened at `at`.
pub(crate) fn incident(at: Time) -> Incident {
    let sample = sample::incident();
    Incident { id: Incident::id_of(&service(), "", at), version: 0, opened_at: at, ..sample }
}

pub(crate) fn event(incident: &Incident, kind: EventKind) -> IncidentEvent {
    IncidentEvent::of(incident, kind, None, "for people".to_owned(), NOW)
}

/// A new receipt that waits for its answer.
pub(crate) fn receipt(incident: &Incident, name: &str) -> Receipt {
    Receipt {
        page: None,
        id: NotificationId::derive(&[name]),
        version: 0,
        incident: incident.id.clone(),
        channel: "slack".parse().unwrap(),
        notification: Some(sample::notification(EventKind::IncidentOpened, "slack")),
        created_at: NOW,
        tries: 1,
        state: ReceiptState::Sending,
        next_wake: None,
        call: Some(CallId::derive(&["call"])),
    }
}

pub(crate) fn deployment(to: &str, moved_by: Time) -> Deployment {
    Deployment {
        id: Deployment::id_of("lambda:shop-checkout:live", Some("1"), to, moved_by),
        service: service(),
        resource: Some(resource()),
        from: Some("1".to_owned()),
        to: to.to_owned(),
        moved_after: moved_by - Span::MINUTE,
        moved_by,
        description: "faster basket".to_owned(),
    }
}

pub(crate) fn serving(version: &str, seen_at: Time) -> Serving {
    Serving { resource: resource(), version: version.to_owned(), seen_at }
}

pub(crate) fn history(version: u64, acted_at: Vec<Time>) -> TargetHistory {
    TargetHistory { target: resource(), version, acted_at }
}

pub(crate) fn action_item(state: ActionItemState) -> ActionItem {
    ActionItem {
        id: ActionItemId::derive(&["item"]),
        incident: incident(NOW).id,
        title: "Add a canary".to_owned(),
        reason: "the release went to all at once".to_owned(),
        owner: "team-shop".to_owned(),
        due: NOW + Span::DAY.times(14),
        state,
    }
}

/// A deployment that is to be announced now.
pub(crate) fn announcement(deployment: Deployment) -> Announcement {
    Announcement {
        deployment,
        channel: "pager".parse().unwrap(),
        version: 0,
        tries: 0,
        state: ReceiptState::Retrying { reason: "it has not been tried yet".to_owned() },
        next_wake: Some(NOW),
    }
}

pub(crate) fn post_mortem(title: &str) -> PostMortem {
    PostMortem {
        incident: incident(NOW).id,
        title: title.to_owned(),
        service: service(),
        owner: "team-shop".to_owned(),
        severity: Severity::Sev2,
        opened_at: NOW,
        resolved_at: NOW + Span::HOUR,
        summary: vec!["It failed.".to_owned()],
        related: Vec::new(),
        impact: Impact {
            lasted: Span::HOUR,
            requests: Some(1200.0),
            failed: Some(99.5),
            worst: None,
            missing: Vec::new(),
        },
        detection: Detection { by: "a monitor".to_owned(), delay: Span::MINUTE, acknowledged_after: None },
        timeline: Vec::new(),
        analysis: Analysis::default(),
        resolution: Vec::new(),
        actions: Vec::new(),
        action_items: vec![action_item(ActionItemState::Open)],
        lessons: Vec::new(),
        prevention: Vec::new(),
    }
}

/// A commit with one of everything, all of it new.
pub(crate) fn everything() -> Commit {
    let incident = incident(NOW);
    Commit {
        other: None,
        groups: Vec::new(),
        wakes: Vec::new(),
        alerts: vec![alert("errors", NOW), alert("latency", NOW)],
        events: vec![event(&incident, EventKind::IncidentOpened)],
        receipts: vec![receipt(&incident, "slack")],
        pointer: OpenPointer::Open,
        target: Some(history(0, vec![NOW])),
        serving: Some(serving("2", NOW)),
        deployment: Some(deployment("2", NOW)),
        announcements: vec![announcement(deployment("2", NOW))],
        post_mortem: Some(post_mortem("first")),
        action_items: vec![action_item(ActionItemState::Open)],
        incident: Some(incident),
        now: NOW,
    }
}

pub(crate) fn only_incident(incident: Incident) -> Commit {
    Commit { incident: Some(incident), now: NOW, ..Commit::default() }
}
