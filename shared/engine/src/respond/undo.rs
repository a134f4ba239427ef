use domain::event::EventKind;
use domain::id::{ActionId, IncidentId};
use domain::incident::What;
use domain::response::ActionState;
use domain::units::Time;

use super::act::{commit, set_state};
use crate::decide::Draft;
use crate::perform::{CONFLICT_TRIES, UseCaseError};
use crate::port::{Ledger, Outlet, PortError, TargetError, Targets};

/// Takes back an action that was judged to have made things worse; looks first, so that it is taken back once.
pub(super) async fn undo(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    targets: &impl Targets,
    (id, action): (&IncidentId, &ActionId),
    now: Time,
) -> Result<(), UseCaseError> {
    for _ in 0..CONFLICT_TRIES {
        let Some(incident) = ledger.incident(id).await? else {
            return Ok(());
        };
        let Some(found) = incident
            .actions
            .iter()
            .find(|candidate| &candidate.id == action)
            .cloned()
        else {
            return Ok(());
        };
        if !matches!(found.state, ActionState::Undoing { .. }) {
            return Ok(());
        }
        let result = match targets.look_up(&found.target).await {
            Ok(state) if state.version == found.from_version => Ok(()),
            Ok(state) if state.version == found.to_version => {
                targets
                    .point_at(&found.target, &found.from_version, &state.revision)
                    .await
            }
            Ok(_) => Err(TargetError::Changed(found.target.to_string())),
            Err(error) => Err(error),
        };
        let mut draft = Draft::new(incident, now);
        let (state, words) = match result {
            Ok(()) => (ActionState::Undone { at: now }, format!("Undone: {}", found.summary())),
            Err(TargetError::Port(error @ PortError::Unavailable { .. })) => return Err(error.into()),
            Err(error) => {
                let words = format!("Could not be undone: {}: {error}", found.summary());
                (
                    ActionState::Failed {
                        at: now,
                        reason: error.to_string(),
                    },
                    words,
                )
            }
        };
        set_state(&mut draft.incident, action, state);
        draft.incident.next_wake = None;
        draft.incident.note(
            now,
            What::Action {
                action: action.clone(),
                summary: words.clone(),
            },
        );
        draft.tell(EventKind::ActionFailed, Some(action.clone()), words);
        if commit(ledger, outlet, draft.commit()).await? {
            return Ok(());
        }
    }
    Err(UseCaseError::Contended(id.to_string()))
}
