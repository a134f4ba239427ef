use domain::incident::What;
use domain::rca::{Cause, CauseKind};
use domain::report::{ActionItem, ActionItemState, PostMortem};
use domain::response::{Action, ActionState};
use domain::units::Span;

use super::known_for;

/// An incident that took longer to be seen asks for a tighter monitor: a third of what SEV2 leaves people to respond.
pub const DETECTION_SLOW: Span = Span::from_minutes(5);

const IN_DAYS_3: Span = Span::from_minutes(3 * 24 * 60);
const IN_DAYS_7: Span = Span::from_minutes(7 * 24 * 60);
const IN_DAYS_14: Span = Span::from_minutes(14 * 24 * 60);
const IN_DAYS_30: Span = Span::from_minutes(30 * 24 * 60);

/// What to do now, each from a fact; the most urgent first, no title twice.
pub(super) fn action_items(post_mortem: &PostMortem) -> Vec<ActionItem> {
    let mut found = Vec::new();
    found.extend(about_notifications(post_mortem));
    match post_mortem.analysis.causes.first() {
        Some(cause) => found.extend(about_cause(post_mortem, cause)),
        None => found.push((IN_DAYS_7, "Find the cause".to_owned(), post_mortem.analysis.reason.clone())),
    }
    found.extend(about_detection(post_mortem));
    found.extend(about_response(post_mortem));
    found.extend(post_mortem.actions.iter().filter_map(about_action));
    found.extend(about_repeats(post_mortem));
    found.sort_by_key(|(due, ..)| *due);
    let mut items: Vec<ActionItem> = Vec::new();
    for (due, title, reason) in found {
        if !items.iter().any(|item| item.title == title) {
            items.push(ActionItem {
                id: ActionItem::id_of(&post_mortem.incident, &title),
                incident: post_mortem.incident.clone(),
                title,
                reason,
                owner: post_mortem.owner.clone(),
                due: post_mortem.resolved_at + due,
                state: ActionItemState::Open,
            });
        }
    }
    items
}

type FollowUp = (Span, String, String);

fn about_cause(post_mortem: &PostMortem, cause: &Cause) -> Vec<FollowUp> {
    let why = cause.evidence.first().cloned().unwrap_or_default();
    match &cause.kind {
        CauseKind::Deployment(deployment) => {
            let subject =
                deployment.resource.as_ref().map_or_else(|| deployment.service.to_string(), ToString::to_string);
            let version = format!("version {} of {subject}", deployment.to);
            vec![
                (
                    IN_DAYS_7,
                    format!("Find and mend what is wrong in {version} before it is released again"),
                    why.clone(),
                ),
                (IN_DAYS_14, format!("Add a check before release that would have caught {version}"), why),
            ]
        }
        CauseKind::Dependency { series } => {
            let (service, callee) = (&post_mortem.service, series.service());
            vec![
                (IN_DAYS_14, format!("Find out with the owner of {callee} what changed there"), why.clone()),
                (IN_DAYS_30, format!("Make {service} withstand trouble in {callee}"), why),
            ]
        }
    }
}

fn about_detection(post_mortem: &PostMortem) -> Option<FollowUp> {
    let detection = &post_mortem.detection;
    (detection.delay > DETECTION_SLOW).then(|| {
        let title = format!("Tighten detection of trouble in {}", post_mortem.service);
        let reason = format!("{} took {} to see it, the goal is {DETECTION_SLOW}", detection.by, detection.delay);
        (IN_DAYS_14, title, reason)
    })
}

fn about_response(post_mortem: &PostMortem) -> Option<FollowUp> {
    let clock = post_mortem.severity.policy().respond_within;
    let (open_for, words) = match post_mortem.detection.acknowledged_after {
        Some(after) => (after, format!("it was acknowledged after {after}")),
        None => (known_for(post_mortem), "nobody acknowledged it".to_owned()),
    };
    (open_for > clock).then(|| {
        let title = format!("Review who is told of incidents of {} and how", post_mortem.service);
        let reason = format!("{words}, {} asks for {clock}", post_mortem.severity);
        (IN_DAYS_7, title, reason)
    })
}

fn about_action(action: &Action) -> Option<FollowUp> {
    let runbook = &action.runbook;
    let what = action.summary();
    match &action.state {
        ActionState::Shadowed | ActionState::Suggested | ActionState::AwaitingApproval => Some((
            IN_DAYS_30,
            format!("Consider raising the mode of {} in runbook {runbook}", action.step.action.as_str()),
            format!("it was only planned to {what}"),
        )),
        ActionState::Failed { reason, .. } => {
            Some((IN_DAYS_7, format!("Mend what kept runbook {runbook} from acting"), format!("{what}: {reason}")))
        }
        ActionState::Ineffective { reason, .. } | ActionState::Undoing { reason, .. } => Some((
            IN_DAYS_14,
            format!("Review runbook {runbook}: its action did not help"),
            format!("{what}: {reason}"),
        )),
        ActionState::Undone { .. } => Some((
            IN_DAYS_14,
            format!("Review runbook {runbook}: its action did not help"),
            format!("it was undone: {what}"),
        )),
        _ => None,
    }
}

fn about_notifications(post_mortem: &PostMortem) -> Option<FollowUp> {
    let failed = failed_notifications(post_mortem);
    let first = failed.first()?;
    let more = match failed.len() {
        1 => String::new(),
        n => format!(" (and {} more)", n - 1),
    };
    Some((IN_DAYS_3, "Mend the channels that did not deliver".to_owned(), format!("{first}{more}")))
}

/// The notifications that did not arrive, as the timeline says it, each once.
pub(super) fn failed_notifications(post_mortem: &PostMortem) -> Vec<&str> {
    let mut failed = Vec::new();
    for entry in &post_mortem.timeline {
        if let What::NotificationFailed { summary } = &entry.what
            && !failed.contains(&summary.as_str())
        {
            failed.push(summary);
        }
    }
    failed
}

fn about_repeats(post_mortem: &PostMortem) -> Option<FollowUp> {
    let repeats = reopened(post_mortem);
    (repeats > 0).then(|| {
        let title = format!("Find out why the trouble in {} came back", post_mortem.service);
        (IN_DAYS_14, title, format!("the incident was reopened, times: {repeats}"))
    })
}

/// How often the trouble came back after a resolve.
pub(super) fn reopened(post_mortem: &PostMortem) -> usize {
    let reopened = |what: &What| matches!(what, What::Reopened { .. });
    post_mortem.timeline.iter().filter(|entry| reopened(&entry.what)).count()
}
