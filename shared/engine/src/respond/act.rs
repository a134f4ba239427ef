use domain::event::EventKind;
use domain::id::{ActionId, Fingerprint, IncidentId};
use domain::incident::{Incident, LifecycleEvent, What};
use domain::response::{Action, ActionState};
use domain::setup::Setup;
use domain::units::Time;

use super::guard::{halted, within_limit};
use crate::decide::{Draft, incident_changed::move_on};
use crate::perform::{UseCaseError, commit_and_publish};
use crate::port::{Commit, CommitError, Ledger, Outlet, PortError, TargetError, TargetHistory, TargetState, Targets};

/// Acts that a target's history keeps; more than any sensible limit counts.
const HISTORY_MAX: usize = 50;

/// Brings an approved action to its end: commits the intent, acts on the revision it was committed for, records.
pub(super) async fn act(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    targets: &impl Targets,
    setup: &Setup,
    (id, action): (&IncidentId, &ActionId),
    now: Time,
) -> Result<(), UseCaseError> {
    let Some((incident, found)) = load(ledger, id, action).await? else {
        return Ok(());
    };
    if matches!(found.state, ActionState::Approved { .. })
        && !intend(ledger, outlet, targets, setup, incident, &found, now).await?
    {
        return Ok(());
    }
    let Some((incident, found)) = load(ledger, id, action).await? else {
        return Ok(());
    };
    let ActionState::Acting { revision, .. } = &found.state else {
        return Ok(());
    };
    let outcome = do_once(ledger, targets, setup, &found, revision).await?;
    record(ledger, outlet, incident, &found, outcome, now).await
}

async fn load(
    ledger: &impl Ledger,
    id: &IncidentId,
    action: &ActionId,
) -> Result<Option<(Incident, Action)>, PortError> {
    let incident = ledger.incident(id).await?;
    Ok(incident.and_then(|incident| {
        let found = incident.actions.iter().find(|candidate| &candidate.id == action).cloned();
        found.map(|found| (incident, found))
    }))
}

/// Commits that the action is about to be done, with the revision it is meant for and its place in the target's
/// limit; whether it may go on.
async fn intend(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    targets: &impl Targets,
    setup: &Setup,
    incident: Incident,
    action: &Action,
    now: Time,
) -> Result<bool, UseCaseError> {
    let halted = halted(ledger, setup).await?;
    let history = ledger.target_history(&action.target).await?;
    let state = match targets.look_up(&action.target).await {
        Err(TargetError::Port(error @ PortError::Unavailable { .. })) => return Err(error.into()),
        state => state,
    };
    let leave = match state {
        _ if halted.is_some() => Err(halted.unwrap_or_default()),
        _ if !incident.state.is_open() => Err("the incident was over before it was done".to_owned()),
        Err(error) => Err(error.to_string()),
        Ok(state) => still_as_planned(action, &state)
            .and_then(|()| within_limit(&action.step, &history, now))
            .map(|()| state.revision),
    };
    let mut draft = Draft::new(incident, now);
    let may_act = leave.is_ok();
    let state = match leave {
        Ok(revision) => ActionState::Acting { revision, since: now },
        Err(reason) => {
            let words = format!("Not done: {}: {reason}", action.summary());
            draft.incident.note(now, What::Action { action: action.id.clone(), summary: words.clone() });
            draft.tell(EventKind::ActionFailed, Some(action.id.clone()), words);
            ActionState::Refused { reason }
        }
    };
    if may_act {
        begin_mitigation(&mut draft.incident, now);
    }
    set_state(&mut draft.incident, &action.id, state);
    let target = may_act.then(|| acted(history, now));
    commit(ledger, outlet, Commit { target, ..draft.commit() }).await.map(|committed| committed && may_act)
}

fn still_as_planned(action: &Action, state: &TargetState) -> Result<(), String> {
    if state.weighted {
        return Err("a weighted release is under way; a person must decide".to_owned());
    }
    if state.version != action.from_version {
        return Err(format!("it serves version {} now, not {}", state.version, action.from_version));
    }
    Ok(())
}

fn acted(mut history: TargetHistory, now: Time) -> TargetHistory {
    history.acted_at.push(now);
    let surplus = history.acted_at.len().saturating_sub(HISTORY_MAX);
    history.acted_at.drain(..surplus);
    history
}

/// Acts if it was not acted already: the target is looked at first, changed only at the revision of the intent, and
/// looked at again when somebody was faster, who may have been this same action delivered twice.
async fn do_once(
    ledger: &impl Ledger,
    targets: &impl Targets,
    setup: &Setup,
    action: &Action,
    revision: &str,
) -> Result<Result<(), String>, UseCaseError> {
    let state = targets.look_up(&action.target).await;
    let is_done = state.as_ref().is_ok_and(|state| state.version == action.to_version);
    if !is_done && let Some(reason) = halted(ledger, setup).await? {
        return Ok(Err(reason));
    }
    let result = match state {
        Ok(_) if is_done => Ok(()),
        Ok(state) if state.revision != revision => Err(TargetError::Changed(action.target.to_string())),
        Ok(_) => match targets.point_at(&action.target, &action.to_version, revision).await {
            Err(error @ TargetError::Changed(_)) => match targets.look_up(&action.target).await {
                Ok(state) if state.version == action.to_version => Ok(()),
                _ => Err(error),
            },
            done => done,
        },
        Err(error) => Err(error),
    };
    match result {
        Ok(()) => Ok(Ok(())),
        Err(TargetError::Port(error @ PortError::Unavailable { .. })) => Err(error.into()),
        Err(error) => Ok(Err(error.to_string())),
    }
}

async fn record(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    incident: Incident,
    action: &Action,
    outcome: Result<(), String>,
    now: Time,
) -> Result<(), UseCaseError> {
    let id = incident.id.clone();
    let mut incident = incident;
    for _ in 0..crate::perform::CONFLICT_TRIES {
        let mut draft = Draft::new(incident, now);
        let (state, kind, words) = match &outcome {
            Ok(()) if has_recovered(&draft.incident, &action.alert) => {
                let words = format!("Done: {}; the monitor has recovered already", action.summary());
                (ActionState::Verified { at: now }, EventKind::ActionVerified, words)
            }
            Ok(()) => {
                let verify_by = now + action.step.verify_within;
                let words = format!(
                    "Done: {}; the monitor must recover within {}",
                    action.summary(),
                    action.step.verify_within
                );
                (ActionState::Acted { at: now, verify_by }, EventKind::ActionPerformed, words)
            }
            Err(reason) => {
                let words = format!("Could not be done: {}: {reason}", action.summary());
                (ActionState::Failed { at: now, reason: reason.clone() }, EventKind::ActionFailed, words)
            }
        };
        set_state(&mut draft.incident, &action.id, state);
        draft.incident.note(now, What::Action { action: action.id.clone(), summary: words.clone() });
        draft.tell(kind, Some(action.id.clone()), words);
        if commit(ledger, outlet, draft.commit()).await? {
            return Ok(());
        }
        match load(ledger, &id, &action.id).await? {
            Some((again, found)) if matches!(found.state, ActionState::Acting { .. }) => incident = again,
            _ => return Ok(()),
        }
    }
    Err(UseCaseError::Contended(action.id.to_string()))
}

/// Whether the alert that called for the action is over, be it for now, which a late record may find.
fn has_recovered(incident: &Incident, alert: &Fingerprint) -> bool {
    let mut alerts = incident.alerts.iter();
    alerts.any(|listed| listed.fingerprint == *alert && !listed.fires_now())
}

/// Something is being done about the incident; it may be so already.
pub(super) fn begin_mitigation(incident: &mut Incident, now: Time) {
    if incident.state.after(LifecycleEvent::Mitigate).is_ok() {
        move_on(incident, LifecycleEvent::Mitigate, "tocsin", now).expect("it was asked whether it may");
    }
}

pub(super) fn set_state(incident: &mut Incident, id: &ActionId, state: ActionState) {
    if let Some(action) = incident.actions.iter_mut().find(|action| &action.id == id) {
        action.state = state;
    }
}

/// Whether it was committed; `false` if somebody else was faster.
pub(super) async fn commit(ledger: &impl Ledger, outlet: &impl Outlet, commit: Commit) -> Result<bool, UseCaseError> {
    match commit_and_publish(ledger, outlet, &commit).await {
        Ok(_) => Ok(true),
        Err(CommitError::Conflict { .. }) => Ok(false),
        Err(CommitError::Port(error)) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_over_for_now_has_recovered() {
        let then = "2026-01-05T09:00:00Z";
        for (resolved_at, quiet_since, expected) in
            [(None, None, false), (None, Some(then), true), (Some(then), None, true)]
        {
            let incident: Incident = serde_json::from_value(json!({
                "id": "inc-1", "version": 1, "service": "shop", "key": "", "category": "technical", "severity": "SEV1",
                "state": "mitigating", "title": "t", "opened_at": then, "acknowledged_at": null, "resolved_at": null,
                "alerts": [{
                    "fingerprint": "a", "name": "errors", "severity": "SEV1", "fired_at": then, "reading": null,
                    "resolved_at": resolved_at, "quiet_since": quiet_since, "labels": {},
                }],
                "actions": [], "timeline": [], "timeline_dropped": 0, "next_wake": null,
            }))
            .unwrap();
            let alert = incident.alerts[0].fingerprint.clone();
            assert_eq!(has_recovered(&incident, &alert), expected, "{resolved_at:?} {quiet_since:?}");
        }
    }
}
