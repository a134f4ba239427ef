//! Incident response: which runbook steps apply, what their guard rails say, and the way of an action from intent to
//! record. Look up before acting, act once, check, undo.

mod act;
mod guard;
mod plan;
mod undo;

use domain::id::IncidentId;
use domain::incident::Incident;
use domain::setup::Setup;
use domain::units::Time;
use serde::Serialize;

use crate::perform::UseCaseError;
use crate::port::{Ledger, Outlet, Targets};

/// What incident response did about one incident.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Responded {
    /// The incident.
    pub incident: Option<IncidentId>,
    /// Its state afterwards.
    pub state: Option<domain::incident::State>,
    /// Each action it has, with where it stands.
    pub actions: Vec<String>,
    /// Why nothing was done, where nothing was.
    pub reason: Option<String>,
}

/// Plans what the incident's alerts call for and does what has leave to be done; safe to repeat at any point.
///
/// # Errors
/// When a port does not answer; what was begun is found again by looking it up.
pub async fn respond(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    targets: &impl Targets,
    setup: &Setup,
    id: &IncidentId,
    now: Time,
) -> Result<Responded, UseCaseError> {
    let Some(incident) = plan::plan(ledger, outlet, targets, setup, id, now).await? else {
        return Ok(Responded { reason: Some(format!("there is no incident {id}")), ..Responded::default() });
    };
    for action in incident.actions.clone() {
        act::act(ledger, outlet, targets, setup, (id, &action.id), now).await?;
        undo::undo(ledger, outlet, targets, setup, (id, &action.id), now).await?;
    }
    Ok(ledger.incident(id).await?.map_or_else(Responded::default, |incident| report(&incident)))
}

fn report(incident: &Incident) -> Responded {
    let states = incident.actions.iter().map(|action| {
        let state = serde_json::to_value(&action.state).unwrap_or_default();
        let is = state.get("is").and_then(|is| is.as_str()).unwrap_or_default().to_owned();
        let why = state.get("reason").and_then(|r| r.as_str()).map_or(String::new(), |r| format!(" ({r})"));
        format!("{}: {is}{why}", action.summary())
    });
    let actions: Vec<_> = states.collect();
    Responded {
        incident: Some(incident.id.clone()),
        state: Some(incident.state),
        reason: actions.is_empty().then(|| "no runbook step applies".to_owned()),
        actions,
    }
}
