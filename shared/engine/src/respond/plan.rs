use domain::alert::AlertSummary;
use domain::deployment::Deployment;
use domain::event::EventKind;
use domain::id::IncidentId;
use domain::incident::{Incident, LifecycleEvent, What};
use domain::response::{Action, ActionState, Mode, Runbook, Step};
use domain::service::Resource;
use domain::setup::Setup;
use domain::units::{Span, Time};

use crate::decide::{Draft, incident_changed::move_on};
use crate::perform::{CONFLICT_TRIES, UseCaseError, commit_and_publish};
use crate::port::{CommitError, Ledger, Outlet, PortError, Switch, TargetError, TargetHistory, TargetState, Targets};

/// A change of what serves counts as before the trouble up to this long after its first breaching period began: the
/// period has this length, and the change may lie inside of it.
const WITHIN_FIRST_PERIOD: Span = Span::MINUTE;

/// The incident with every applicable step planned; `None` if there is no such incident.
pub(super) async fn plan(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    targets: &impl Targets,
    setup: &Setup,
    id: &IncidentId,
    now: Time,
) -> Result<Option<Incident>, UseCaseError> {
    for _ in 0..CONFLICT_TRIES {
        let Some(incident) = ledger.incident(id).await? else {
            return Ok(None);
        };
        let wanted = if incident.state.is_open() {
            applicable(setup, &incident)
        } else {
            Vec::new()
        };
        if wanted.is_empty() {
            return Ok(Some(incident));
        }
        let mut draft = Draft::new(incident, now);
        for candidate in wanted {
            let facts = facts(ledger, targets, setup, &draft.incident, &candidate, now).await?;
            add(&mut draft, candidate, &facts, now);
        }
        match commit_and_publish(ledger, outlet, &draft.commit()).await {
            Ok(_) => return Ok(ledger.incident(id).await?),
            Err(CommitError::Conflict { .. }) => {}
            Err(CommitError::Port(error)) => return Err(error.into()),
        }
    }
    Err(UseCaseError::Contended(id.to_string()))
}

struct Candidate<'a> {
    runbook: &'a Runbook,
    index: usize,
    step: &'a Step,
    target: Resource,
    alert: AlertSummary,
}

/// Steps that match a firing alert, on every resource of the service, and that were not planned yet.
fn applicable<'a>(setup: &'a Setup, incident: &Incident) -> Vec<Candidate<'a>> {
    let Some(service) = setup.service(&incident.service) else {
        return Vec::new();
    };
    let mut found: Vec<Candidate<'a>> = Vec::new();
    for alert in incident.alerts.iter().filter(|alert| alert.resolved_at.is_none()) {
        let covers = |runbook: &&Runbook| {
            runbook
                .matches
                .covers(&incident.service, &alert.name, incident.severity, &alert.labels)
        };
        for runbook in setup.runbooks.iter().filter(covers) {
            for (index, step) in runbook
                .steps
                .iter()
                .enumerate()
                .filter(|(_, step)| step.mode != Mode::Off)
            {
                for target in &service.resources {
                    let id = Action::id_of(&incident.id, &runbook.name, index, target);
                    let known = incident.actions.iter().any(|action| action.id == id);
                    let twice = found
                        .iter()
                        .any(|c| (&c.runbook.name, c.index, &c.target) == (&runbook.name, index, target));
                    if !known && !twice {
                        found.push(Candidate {
                            runbook,
                            index,
                            step,
                            target: target.clone(),
                            alert: alert.clone(),
                        });
                    }
                }
            }
        }
    }
    found
}

/// What the guard rails look at.
struct Facts {
    state: Result<TargetState, TargetError>,
    deployment: Option<Deployment>,
    history: TargetHistory,
    switch: Switch,
    enabled: bool,
}

async fn facts(
    ledger: &impl Ledger,
    targets: &impl Targets,
    setup: &Setup,
    incident: &Incident,
    candidate: &Candidate<'_>,
    now: Time,
) -> Result<Facts, PortError> {
    let state = match targets.look_up(&candidate.target).await {
        Err(TargetError::Port(error @ PortError::Unavailable { .. })) => return Err(error),
        state => state,
    };
    let since = incident.opened_at - candidate.step.moved_within;
    let deployments = ledger.deployments(&incident.service, since, now + Span::MINUTE).await?;
    Ok(Facts {
        state,
        deployment: deployments
            .into_iter()
            .rfind(|d| d.resource.as_ref() == Some(&candidate.target)),
        history: ledger.target_history(&candidate.target).await?,
        switch: ledger.kill_switch().await?,
        enabled: setup.response_enabled,
    })
}

fn add(draft: &mut Draft, candidate: Candidate<'_>, facts: &Facts, now: Time) {
    let incident = &mut draft.incident;
    let verdict = guard(incident, candidate.step, facts, now);
    let mut action = Action {
        id: Action::id_of(
            &incident.id,
            &candidate.runbook.name,
            candidate.index,
            &candidate.target,
        ),
        runbook: candidate.runbook.name.clone(),
        step: candidate.step.clone(),
        target: candidate.target,
        alert: candidate.alert.fingerprint,
        reason: String::new(),
        planned_at: now,
        to_version: facts
            .deployment
            .as_ref()
            .and_then(|d| d.from.clone())
            .unwrap_or_default(),
        from_version: facts
            .state
            .as_ref()
            .map(|state| state.version.clone())
            .unwrap_or_default(),
        state: ActionState::Suggested,
    };
    let (words, told) = match verdict {
        Err(reason) => {
            let words = format!(
                "Action refused by a guard rail: {} on {}: {reason}",
                candidate.step.action.as_str(),
                action.target
            );
            action.state = ActionState::Refused { reason };
            (words, None)
        }
        Ok(deployment) => {
            incident.note(
                now,
                What::DeploymentSeen {
                    deployment: deployment.id.clone(),
                    summary: deployment.summary(),
                },
            );
            action.reason = format!("{} moved shortly before the first breach", action.target);
            match candidate.step.mode {
                Mode::Off | Mode::Shadow => {
                    action.state = ActionState::Shadowed;
                    (format!("In shadow, not done: {}", action.summary()), None)
                }
                Mode::Suggest => (
                    format!("Suggested: {}, because {}", action.summary(), action.reason),
                    Some(EventKind::ActionPlanned),
                ),
                Mode::Approve => {
                    action.state = ActionState::AwaitingApproval;
                    (
                        format!("Waits for approval: {}, because {}", action.summary(), action.reason),
                        Some(EventKind::ActionPlanned),
                    )
                }
                Mode::Auto => {
                    action.state = ActionState::Approved { by: "auto".to_owned() };
                    let _ = move_on(incident, LifecycleEvent::Mitigate, "tocsin", now);
                    incident.next_wake = Some(now + super::act::LOOK_AGAIN_AFTER);
                    (
                        format!("Will be done: {}, because {}", action.summary(), action.reason),
                        None,
                    )
                }
            }
        }
    };
    incident.note(
        now,
        What::Action {
            action: action.id.clone(),
            summary: words.clone(),
        },
    );
    let id = action.id.clone();
    incident.actions.push(action);
    if let Some(kind) = told {
        draft.tell(kind, Some(id), words);
    }
}

/// The deployment that the step would undo, or why it must not.
fn guard<'a>(incident: &Incident, step: &Step, facts: &'a Facts, now: Time) -> Result<&'a Deployment, String> {
    if !facts.enabled {
        return Err("responses are switched off in the configuration".to_owned());
    }
    if facts.switch.engaged {
        return Err(format!(
            "the kill switch was thrown by {}: {}",
            facts.switch.by, facts.switch.reason
        ));
    }
    let state = facts.state.as_ref().map_err(ToString::to_string)?;
    if state.weighted {
        return Err("a weighted release is under way; a person must decide".to_owned());
    }
    let deployment = facts
        .deployment
        .as_ref()
        .filter(|deployment| deployment.moved_after <= incident.opened_at + WITHIN_FIRST_PERIOD)
        .ok_or_else(|| format!("it did not change within {} before the first breach", step.moved_within))?;
    if deployment.to != state.version {
        return Err(format!(
            "it serves version {}, no longer the suspected {}",
            state.version, deployment.to
        ));
    }
    if deployment.from.is_none() {
        return Err("no earlier version is known".to_owned());
    }
    within_limit(step, &facts.history, now)?;
    Ok(deployment)
}

/// At most so many acts on one target in so long.
pub(super) fn within_limit(step: &Step, history: &TargetHistory, now: Time) -> Result<(), String> {
    let since = now - step.limit.per;
    let recent = history.acted_at.iter().filter(|at| **at > since).count();
    if recent >= step.limit.count as usize {
        return Err(format!(
            "it was acted on {recent} times within {}, the limit is {}",
            step.limit.per, step.limit.count
        ));
    }
    Ok(())
}
