use std::collections::BTreeSet;

use domain::escalation::Policy;
use domain::event::EventKind;
use domain::id::{ActionId, ServiceName};
use domain::incident::{Incident, LifecycleEvent, Refused, Severity, State, What};
use domain::monitor::Category;
use domain::response::ActionState;
use domain::units::{Span, Time};

use super::Draft;
use crate::notify::labels_of;
use crate::paging::{self, Crew};
use crate::port::{Commit, OpenPointer};

/// A resolved incident closes for good after this long, when no cooldown can reopen it any more.
pub const AFTER_RESOLVE_CLOSE: Span = Span::DAY;

/// Somebody takes the incident; nobody is paged any more. One that we are acting on may wait for a person, too.
///
/// # Errors
/// [`Refused`] when it is not waiting for anybody.
pub fn acknowledge(incident: Incident, by: &str, policy: &Policy, now: Time) -> Result<Commit, Refused> {
    let mut draft = Draft::new(incident, now);
    take(&mut draft, by, policy, now)?;
    Ok(draft.commit())
}

/// Somebody takes it who may.
pub(super) fn take(draft: &mut Draft, by: &str, policy: &Policy, now: Time) -> Result<(), Refused> {
    let severity = draft.incident.severity;
    if let Some(paging) = draft.incident.escalation.as_mut().filter(|_| draft.incident.state.is_open()) {
        // It is back, and taken before anybody was called for it again.
        paging.reopen(policy, severity, now);
        if paging.holder() == Some(by) && paging.asked.is_some() {
            paging.heard(by, policy, now);
            still_has(draft, by);
            return Ok(());
        }
    }
    let waits = match draft.incident.escalation.as_mut() {
        Some(paging) => paging.acknowledge(by, policy, now).is_ok(),
        None => draft.incident.taken.is_none(),
    };
    // We are acting on it, or it is snoozed.
    if waits && matches!(draft.incident.state, State::Mitigating | State::Acknowledged) {
        draft.incident.note(now, What::Paging { summary: format!("Acknowledged by {by}") });
    } else {
        move_on(&mut draft.incident, LifecycleEvent::Acknowledge, by, now)?;
    }
    draft.incident.take(by);
    draft.incident.acknowledged_at.get_or_insert(now);
    draft.tell(EventKind::IncidentAcknowledged, None, format!("acknowledged by {by}"));
    Ok(())
}

/// Whoever has it, and is asked, answers by what they do; what others do is no answer of theirs. Whether anybody is asked.
pub(super) fn answers(draft: &mut Draft, by: &str, policy: &Policy) -> bool {
    let now = draft.now;
    let Some(asked) = draft.incident.escalation.as_mut().filter(|paging| paging.asked.is_some()) else { return false };
    if asked.heard(by, policy, now) {
        still_has(draft, by);
    }
    true
}

/// Whoever has it has answered.
pub(super) fn still_has(draft: &mut Draft, by: &str) {
    let now = draft.now;
    draft.incident.note(now, What::Paging { summary: format!("{by} was asked, and still has it") });
}

/// Somebody says that it is over, whatever its alerts say.
///
/// # Errors
/// [`Refused`] when it is over already.
pub fn resolve(incident: Incident, by: &str, reason: &str, now: Time) -> Result<Commit, Refused> {
    incident.state.after(LifecycleEvent::Resolve)?;
    let mut draft = Draft::new(incident, now);
    if !reason.is_empty() {
        draft.incident.note(now, What::Note { by: by.to_owned(), text: reason.to_owned() });
    }
    settle_as_resolved(&mut draft, by, reason, now);
    Ok(Commit { pointer: OpenPointer::Close, ..draft.commit() })
}

/// A person's words. Said again, they change nothing that anybody can see. The holder's put off the next reminder.
pub fn note(incident: Incident, (by, text): (&str, &str), policy: &Policy, now: Time) -> Commit {
    let mut draft = Draft::new(incident, now);
    if let Some(escalation) = &mut draft.incident.escalation {
        escalation.heard(by, policy, now);
    }
    let what = What::Note { by: by.to_owned(), text: text.to_owned() };
    if !draft.incident.timeline.iter().any(|entry| entry.what == what) {
        draft.incident.note(now, what);
    }
    draft.commit()
}

/// Nothing can reopen it any more.
///
/// # Errors
/// [`Refused`] when it is not resolved.
pub fn close(incident: Incident, by: &str, now: Time) -> Result<Commit, Refused> {
    let mut draft = Draft::new(incident, now);
    move_on(&mut draft.incident, LifecycleEvent::Close, by, now)?;
    Ok(draft.commit())
}

/// A person opens an incident that no alert has found, and whom its route names is called.
pub fn open_by_hand(
    (service, severity): (ServiceName, Severity),
    (title, by): (&str, &str),
    crew: &Crew<'_>,
    now: Time,
) -> Commit {
    let incident = Incident {
        id: Incident::id_of(&service, title, now),
        version: 0,
        service,
        key: String::new(),
        category: Category::Technical,
        severity,
        state: State::Triggered,
        title: title.to_owned(),
        opened_at: now,
        acknowledged_at: None,
        resolved_at: None,
        alerts: Vec::new(),
        actions: Vec::new(),
        timeline: Vec::new(),
        timeline_dropped: 0,
        taken: None,
        next_wake: None,
        escalation: None,
        muted: None,
        related: Vec::new(),
        covers: Vec::new(),
        merged_into: None,
        correlate_at: None,
        unlisted: BTreeSet::new(),
        releases: 0,
    };
    let mut draft = Draft::new(incident, now);
    let reason = format!("{title} (opened by {by})");
    draft.incident.note(now, What::Opened { severity, reason: reason.clone() });
    draft.tell(EventKind::IncidentOpened, None, reason);
    let mut routes = labels_of(&draft.incident).into_iter().flat_map(|labels| crew.setup.routing.routes_of(&labels));
    let policy = routes.find_map(|matched| matched.route.escalation.clone());
    paging::begin(&mut draft, (policy.as_ref(), severity), crew, now);
    Commit { pointer: OpenPointer::Open, ..draft.commit() }
}

/// A person gives or refuses leave for an action that waits for it.
///
/// # Errors
/// In a sentence, when there is no such action, it does not wait for leave, or the incident is over.
pub fn decide_action(incident: Incident, id: &ActionId, approve: bool, by: &str, now: Time) -> Result<Commit, String> {
    if !incident.state.is_open() {
        return Err(format!("the incident is {}", incident.state));
    }
    let mut draft = Draft::new(incident, now);
    let action = draft.incident.actions.iter_mut().find(|action| &action.id == id);
    let action = action.ok_or_else(|| format!("the incident has no action {id}"))?;
    if action.state != ActionState::AwaitingApproval {
        return Err("the action does not wait for approval".to_owned());
    }
    let what = action.summary();
    let summary = if approve {
        action.state = ActionState::Approved { by: by.to_owned() };
        format!("Approved by {by}: {what}")
    } else {
        action.state = ActionState::Refused { reason: format!("refused by {by}") };
        format!("Refused by {by}: {what}")
    };
    draft.incident.note(now, What::Action { action: id.clone(), summary: summary.clone() });
    if approve {
        draft.tell(EventKind::ActionApproved, Some(id.clone()), summary);
    }
    Ok(draft.commit())
}

pub(super) fn settle_as_resolved(draft: &mut Draft, by: &str, reason: &str, now: Time) {
    move_on(&mut draft.incident, LifecycleEvent::Resolve, by, now)
        .expect("the caller has asked whether it may resolve");
    draft.incident.resolved_at = Some(now);
    draft.incident.believe_ends();
    draft.incident.muted = None;
    if let Some(escalation) = &mut draft.incident.escalation {
        escalation.resolve();
    }
    let lasted = draft.incident.lasted(now);
    let why = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    draft.tell(EventKind::IncidentResolved, None, format!("resolved by {by} after {lasted}{why}"));
}

/// Moves the incident on and writes it into the timeline.
pub(crate) fn move_on(incident: &mut Incident, event: LifecycleEvent, by: &str, now: Time) -> Result<(), Refused> {
    let (from, to) = (incident.state, incident.state.after(event)?);
    incident.state = to;
    incident.note(now, What::StateChanged { from, to, by: by.to_owned() });
    Ok(())
}
