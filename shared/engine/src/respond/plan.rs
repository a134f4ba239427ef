use domain::alert::AlertSummary;
use domain::event::EventKind;
use domain::id::IncidentId;
use domain::incident::{Incident, What};
use domain::response::{Action, ActionState, Mode, Runbook, Step};
use domain::service::Resource;
use domain::setup::Setup;
use domain::units::{Span, Time};

use super::act::begin_mitigation;
use super::guard::{Facts, guard};
use crate::decide::Draft;
use crate::perform::{CONFLICT_TRIES, UseCaseError, commit_and_publish};
use crate::port::{CommitError, Ledger, Outlet, PortError, TargetError, Targets};

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
        let is_real = incident.state.is_open() && !incident.is_drill();
        let wanted = if is_real { applicable(setup, &incident) } else { Vec::new() };
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
    let mut found: Vec<Candidate<'a>> = Vec::new();
    for alert in incident.alerts.iter().filter(|alert| alert.resolved_at.is_none()) {
        let Some(service) = setup.service(incident.service_of(alert)) else { continue };
        let covers =
            |runbook: &&Runbook| runbook.matches.covers(&service.name, &alert.name, incident.severity, &alert.labels);
        for runbook in setup.runbooks.iter().filter(covers) {
            for (index, step) in runbook.steps.iter().enumerate().filter(|(_, step)| step.mode != Mode::Off) {
                for target in &service.resources {
                    // What came along from another incident has the id that it was planned under there.
                    let others = incident.related.iter().map(|related| &related.incident);
                    let ids = std::iter::once(&incident.id)
                        .chain(others)
                        .map(|of| Action::id_of(of, &runbook.name, index, target));
                    let known = ids.into_iter().any(|id| incident.actions.iter().any(|action| action.id == id));
                    let twice =
                        found.iter().any(|c| (&c.runbook.name, c.index, &c.target) == (&runbook.name, index, target));
                    if !known && !twice {
                        found.push(Candidate { runbook, index, step, target: target.clone(), alert: alert.clone() });
                    }
                }
            }
        }
    }
    found
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
    let service = incident.service_of(&candidate.alert);
    let deployments = ledger.deployments(service, since, now + Span::MINUTE).await?;
    Ok(Facts {
        state,
        deployment: deployments.into_iter().rfind(|d| d.resource.as_ref() == Some(&candidate.target)),
        history: ledger.target_history(&candidate.target).await?,
        switch: ledger.kill_switch().await?,
        enabled: setup.response_enabled,
    })
}

fn add(draft: &mut Draft, candidate: Candidate<'_>, facts: &Facts, now: Time) {
    let incident = &mut draft.incident;
    let mut action = Action {
        id: Action::id_of(&incident.id, &candidate.runbook.name, candidate.index, &candidate.target),
        runbook: candidate.runbook.name.clone(),
        step: candidate.step.clone(),
        target: candidate.target,
        alert: candidate.alert.fingerprint,
        reason: String::new(),
        planned_at: now,
        to_version: facts.deployment.as_ref().and_then(|d| d.from.clone()).unwrap_or_default(),
        from_version: facts.state.as_ref().map(|state| state.version.clone()).unwrap_or_default(),
        state: ActionState::Suggested,
    };
    let words = match guard(incident, candidate.step, facts, now) {
        Err(reason) => {
            let (kind, target) = (candidate.step.action.as_str(), &action.target);
            let words = format!("Action refused by a guard rail: {kind} on {target}: {reason}");
            action.state = ActionState::Refused { reason };
            words
        }
        Ok(deployment) => {
            let (deployment, summary) = (deployment.id.clone(), deployment.summary());
            incident.note(now, What::DeploymentSeen { deployment, summary });
            action.reason = format!("{} moved shortly before the first breach", action.target);
            climb(incident, &mut action, now)
        }
    };
    let told = matches!(action.state, ActionState::Suggested | ActionState::AwaitingApproval);
    let id = action.id.clone();
    incident.note(now, What::Action { action: id.clone(), summary: words.clone() });
    incident.actions.push(action);
    if told {
        draft.tell(EventKind::ActionPlanned, Some(id), words);
    }
}

/// As far up the ladder as the step's mode allows; says how far in words.
fn climb(incident: &mut Incident, action: &mut Action, now: Time) -> String {
    let what = format!("{}, because {}", action.summary(), action.reason);
    let (state, words) = match action.mode() {
        Mode::Off | Mode::Shadow => (ActionState::Shadowed, format!("In shadow, not done: {what}")),
        Mode::Suggest => (ActionState::Suggested, format!("Suggested: {what}")),
        Mode::Approve => (ActionState::AwaitingApproval, format!("Waits for approval: {what}")),
        Mode::Auto => {
            begin_mitigation(incident, now);
            (ActionState::Approved { by: "auto".to_owned() }, format!("Will be done: {what}"))
        }
    };
    action.state = state;
    words
}
