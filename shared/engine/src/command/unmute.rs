//! What is no longer muted is told at once, not when its groups are looked at anyway.

use domain::id::IncidentId;
use domain::incident::Incident;
use domain::units::Time;

use super::{CommandError, attempt, load};
use crate::decide;
use crate::flush;
use crate::perform::CONFLICT_TRIES;
use crate::port::{Ledger, Outlet};

/// Has the incident's alerts told again, in the name of `by`. Of very many groups the first are flushed at once, the others
/// at their interval.
pub(super) async fn unmute(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    (id, by): (&IncidentId, &str),
    now: Time,
) -> Result<Incident, CommandError> {
    for _ in 0..CONFLICT_TRIES {
        let incident = load(ledger, id).await?;
        let was_muted = incident.muted.is_some();
        let mut commit = decide::unmute(incident, by, now).map_err(CommandError::NotNow)?;
        if was_muted {
            flush::soon(ledger, &mut commit, now).await?;
        }
        if let Some(incident) = attempt(ledger, outlet, &commit).await? {
            return Ok(incident);
        }
    }
    Err(CommandError::Contended(id.to_string()))
}
