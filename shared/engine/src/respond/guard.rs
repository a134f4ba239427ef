use domain::deployment::Deployment;
use domain::incident::Incident;
use domain::response::Step;
use domain::setup::Setup;
use domain::units::{Span, Time};

use crate::port::{Ledger, PortError, Switch, TargetError, TargetHistory, TargetState};

/// A change of what serves counts as before the trouble up to this long after its first breaching period began: the
/// period has this length, and the change may lie inside of it.
const WITHIN_FIRST_PERIOD: Span = Span::MINUTE;

/// The watch of a target may lag behind our own act on it by this much, and a look that is late for its tick may see an
/// act that is younger than the tick.
const ACT_TO_MOVE: Span = Span::from_minutes(2);

/// What the guard rails look at.
pub(super) struct Facts {
    pub state: Result<TargetState, TargetError>,
    pub deployment: Option<Deployment>,
    pub history: TargetHistory,
    pub switch: Switch,
    pub enabled: bool,
}

/// The deployment that the step would undo, or why it must not.
pub(super) fn guard<'a>(
    incident: &Incident,
    step: &Step,
    facts: &'a Facts,
    now: Time,
) -> Result<&'a Deployment, String> {
    if !facts.enabled {
        return Err("responses are switched off in the configuration".to_owned());
    }
    if facts.switch.engaged {
        return Err(format!("the kill switch was thrown by {}: {}", facts.switch.by, facts.switch.reason));
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
        return Err(format!("it serves version {}, no longer the suspected {}", state.version, deployment.to));
    }
    let was_acted_on =
        |at: &Time| deployment.moved_after - ACT_TO_MOVE <= *at && *at <= deployment.moved_by + Span::MINUTE;
    if facts.history.acted_at.iter().any(was_acted_on) {
        return Err("its last move was an action of ours, which is not taken back as if it were a release".to_owned());
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

/// Why nothing may act now, whatever was planned or approved before; asked again right before every act.
pub(super) async fn halted(ledger: &impl Ledger, setup: &Setup) -> Result<Option<String>, PortError> {
    if !setup.response_enabled {
        return Ok(Some("responses are switched off in the configuration".to_owned()));
    }
    let switch = ledger.kill_switch().await?;
    let thrown = format!("the kill switch was thrown by {}: {}", switch.by, switch.reason);
    Ok(switch.engaged.then_some(thrown))
}
