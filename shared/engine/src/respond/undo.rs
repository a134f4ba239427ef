use domain::event::EventKind;
use domain::id::{ActionId, IncidentId};
use domain::incident::What;
use domain::response::{Action, ActionState};
use domain::setup::Setup;
use domain::units::Time;

use super::act::{commit, set_state};
use super::guard::halted;
use crate::decide::Draft;
use crate::perform::{CONFLICT_TRIES, UseCaseError};
use crate::port::{Ledger, Outlet, PortError, TargetError, Targets};

/// Takes back an action that was judged to have made things worse; looks first, so that it is taken back once.
pub(super) async fn undo(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    targets: &impl Targets,
    setup: &Setup,
    (id, action): (&IncidentId, &ActionId),
    now: Time,
) -> Result<(), UseCaseError> {
    for _ in 0..CONFLICT_TRIES {
        let Some(incident) = ledger.incident(id).await? else {
            return Ok(());
        };
        let Some(found) = incident.actions.iter().find(|candidate| &candidate.id == action).cloned() else {
            return Ok(());
        };
        if !matches!(found.state, ActionState::Undoing { .. }) {
            return Ok(());
        }
        let result = take_back(ledger, targets, setup, &found).await?;
        let mut draft = Draft::new(incident, now);
        let (state, words) = match result {
            Ok(()) => (ActionState::Undone { at: now }, format!("Undone: {}", found.summary())),
            Err(reason) => {
                let words = format!("Could not be undone: {}: {reason}", found.summary());
                (ActionState::Failed { at: now, reason }, words)
            }
        };
        set_state(&mut draft.incident, action, state);
        draft.incident.note(now, What::Action { action: action.clone(), summary: words.clone() });
        draft.tell(EventKind::ActionFailed, Some(action.clone()), words);
        if commit(ledger, outlet, draft.commit()).await? {
            return Ok(());
        }
    }
    Err(UseCaseError::Contended(id.to_string()))
}

/// Points the target back unless it is back already, somebody else moved it, or nothing may act.
async fn take_back(
    ledger: &impl Ledger,
    targets: &impl Targets,
    setup: &Setup,
    action: &Action,
) -> Result<Result<(), String>, UseCaseError> {
    let result = match targets.look_up(&action.target).await {
        Ok(state) if state.version == action.from_version => Ok(()),
        Ok(state) if state.version == action.to_version => {
            if let Some(reason) = halted(ledger, setup).await? {
                return Ok(Err(reason));
            }
            let (target, version) = (&action.target, &action.from_version);
            targets.point_at(target, version, &state.revision).await
        }
        Ok(_) => Err(TargetError::Changed(action.target.to_string())),
        Err(error) => Err(error),
    };
    match result {
        Err(TargetError::Port(error @ PortError::Unavailable { .. })) => Err(error.into()),
        result => Ok(result.map_err(|error| error.to_string())),
    }
}
