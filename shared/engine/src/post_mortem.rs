//! The post-mortem of a resolved incident: every sentence stands on a stored fact, and what is not known is said to be
//! missing. The same incident gives the same post-mortem.
//!
//! Sections after <https://sre.google/sre-book/example-postmortem/>.

mod follow_up;
mod impact;
mod lessons;
mod story;
mod write;

use domain::incident::{Entry, Incident, Related, Standing, State, What};
use domain::report::{Detection, PostMortem};
use domain::setup::Setup;
use domain::units::{Span, Time};

use crate::root_cause::{Case, analyse};

pub use follow_up::DETECTION_SLOW;
pub use write::{INCIDENT_READ_MAX, Refusal, Written, html_key, markdown_key, write};

/// The post-mortem of the incident of `case`, which resolved at `resolved_at`.
///
/// Only what happened up to the resolve is in it, so that it does not depend on when it is written.
pub fn compose(case: &Case<'_>, resolved_at: Time) -> PostMortem {
    let incident = up_to_resolve(case.incident, resolved_at);
    let case = &Case { incident: &incident, ..*case };
    let mut post_mortem = PostMortem {
        incident: incident.id.clone(),
        title: incident.title.clone(),
        service: incident.service.clone(),
        owner: owner(case.setup, &incident),
        severity: incident.severity,
        opened_at: incident.opened_at,
        resolved_at,
        summary: Vec::new(),
        impact: impact::impact(case, resolved_at),
        detection: detection(case.setup, &incident),
        timeline: incident.timeline.clone(),
        analysis: analyse(case, resolved_at),
        resolution: story::resolution(&incident, resolved_at),
        actions: incident.actions.clone(),
        action_items: Vec::new(),
        lessons: Vec::new(),
        prevention: Vec::new(),
        related: related(&incident, resolved_at),
    };
    post_mortem.summary = story::summary(&post_mortem, &incident);
    post_mortem.action_items = follow_up::action_items(&post_mortem);
    post_mortem.lessons = lessons::lessons(&post_mortem);
    post_mortem.prevention = lessons::prevention(&post_mortem);
    post_mortem
}

/// The incident without what came after its resolve: a later note or a late answer of a channel.
fn up_to_resolve(incident: &Incident, resolved_at: Time) -> Incident {
    let resolve = |entry: &Entry| matches!(entry.what, What::StateChanged { to: State::Resolved, .. });
    let mut incident = incident.clone();
    if let Some(last) = incident.timeline.iter().rposition(resolve) {
        incident.timeline.truncate(last + 1);
    }
    incident.timeline.retain(|entry| entry.at <= resolved_at);
    incident.resolved_at = Some(resolved_at);
    incident
}

/// What the incident kept in mind of others at its resolve.
fn related(incident: &Incident, resolved_at: Time) -> Vec<Related> {
    let known = incident.related.iter().filter(|one| one.since <= resolved_at).cloned();
    let then = |one: Related| match one.standing.made() {
        Some((at, _)) if at > resolved_at => Related { standing: Standing::Candidate, ..one },
        _ => one,
    };
    known.map(then).collect()
}

fn owner(setup: &Setup, incident: &Incident) -> String {
    let service = setup.service(&incident.service).map(|service| service.owner.clone());
    service.filter(|owner| !owner.is_empty()).unwrap_or_else(|| setup.default_owner.clone())
}

fn detection(setup: &Setup, incident: &Incident) -> Detection {
    let known_at = incident.timeline.first().map_or(incident.opened_at, |entry| entry.at);
    let by = match (incident.alerts.first(), incident.timeline.first()) {
        (Some(alert), _) if setup.monitors.iter().any(|monitor| monitor.name.as_str() == alert.name) => {
            format!("monitor {}", alert.name)
        }
        (Some(alert), _) => format!("alert {}", alert.name),
        (None, Some(Entry { what: What::Opened { reason, .. }, .. })) => format!("a person: {reason}"),
        (None, _) => "a person".to_owned(),
    };
    Detection {
        by,
        delay: known_at.since(incident.opened_at),
        acknowledged_after: incident.acknowledged_at.map(|at| at.since(known_at)),
    }
}

/// From the first timeline entry to the resolve: how long people could have known of it.
fn known_for(post_mortem: &PostMortem) -> Span {
    let known_at = post_mortem.opened_at + post_mortem.detection.delay;
    post_mortem.resolved_at.since(known_at)
}
