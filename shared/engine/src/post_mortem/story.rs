use domain::incident::{Incident, State, What};
use domain::report::{Impact, PostMortem};
use domain::response::ActionState;
use domain::units::{Time, Unit};

/// What happened, in a few sentences.
pub(super) fn summary(post_mortem: &PostMortem, incident: &Incident) -> Vec<String> {
    let PostMortem { impact, detection, analysis, .. } = post_mortem;
    let worst = impact.worst.as_ref().map_or(String::new(), |worst| format!(": {worst}"));
    let mut summary = vec![format!(
        "{} had a {} incident for {}, from {} to {}{worst}.",
        post_mortem.service, post_mortem.severity, impact.lasted, post_mortem.opened_at, post_mortem.resolved_at
    )];
    summary.extend(counted(impact));
    summary.push(format!("It was found by {} after {}.", detection.by, detection.delay));
    summary.push(match analysis.causes.first() {
        Some(cause) => format!("The most probable cause: {}.", cause.summary),
        None => format!("{}.", analysis.reason.trim_end_matches('.')),
    });
    summary.push(ended(incident));
    summary
}

/// How many requests failed, as far as it was counted.
fn counted(impact: &Impact) -> Option<String> {
    let requests = impact.requests.map(|requests| Unit::Count.show(requests));
    match (impact.failed, requests) {
        (Some(failed), Some(requests)) if impact.requests > Some(0.0) => {
            let share = impact.requests.map_or(0.0, |requests| failed / requests * 100.0);
            let failed = Unit::Count.show(failed);
            Some(format!("Of {requests} requests {failed} failed ({}).", Unit::Percent.show(share)))
        }
        (Some(failed), None) => Some(format!("{} requests failed.", Unit::Count.show(failed))),
        (None, Some(requests)) => Some(format!("It served {requests} requests; how many failed is not known.")),
        _ => None,
    }
}

fn ended(incident: &Incident) -> String {
    let verified = incident.actions.iter().find(|action| matches!(action.state, ActionState::Verified { .. }));
    match verified {
        Some(action) => format!("It ended after this action: {}.", action.summary()),
        None if incident.has_firing_alerts() => {
            format!("It ended when {} resolved it while an alert still fired.", resolver(incident))
        }
        None if incident.alerts.is_empty() => format!("It ended when {} resolved it.", resolver(incident)),
        None => "It ended when its alerts recovered.".to_owned(),
    }
}

fn resolver(incident: &Incident) -> &str {
    let by = incident.timeline.iter().rev().find_map(|entry| match &entry.what {
        What::StateChanged { to: State::Resolved, by, .. } => Some(by.as_str()),
        _ => None,
    });
    by.unwrap_or("somebody")
}

/// How it was ended, a sentence each.
pub(super) fn resolution(incident: &Incident, resolved_at: Time) -> Vec<String> {
    let mut resolution: Vec<String> = Vec::new();
    for action in &incident.actions {
        let what = action.summary();
        resolution.push(match &action.state {
            ActionState::Verified { at } => {
                format!("It helped to {what}: the alert had recovered by {} UTC.", at.clock())
            }
            ActionState::Acted { at, .. } => {
                format!("Done at {} UTC: {what}. Its check was not over at the resolve.", at.clock())
            }
            ActionState::Ineffective { reason, .. } => format!("It did not help to {what}: {reason}."),
            ActionState::Undone { at } => format!("Undone at {} UTC, since it made things worse: {what}.", at.clock()),
            ActionState::Undoing { reason, .. } => format!("Being undone at the resolve: {what}: {reason}."),
            ActionState::Failed { reason, .. } => format!("It was not possible to {what}: {reason}."),
            ActionState::Refused { reason } => format!("Not done: {what}: {reason}."),
            ActionState::Acting { .. } => format!("Begun, with no known end: {what}."),
            ActionState::Shadowed | ActionState::Suggested => format!("Only suggested: {what}."),
            ActionState::AwaitingApproval | ActionState::Approved { .. } => format!("Never done: {what}."),
        });
    }
    let unlisted = incident.unlisted.len();
    let firing = incident.alerts.iter().filter(|alert| alert.resolved_at.is_none()).count() + unlisted;
    let alerts = match (firing, incident.alerts.len() + unlisted) {
        (_, 0) => String::new(),
        (0, _) => "; all its alerts had recovered".to_owned(),
        (firing, all) => format!("; {firing} of its {all} alerts still fired"),
    };
    resolution.push(format!("Resolved at {} UTC by {}{alerts}.", resolved_at.clock(), resolver(incident)));
    resolution
}
