//! What is no longer muted is told at once, not when its groups are looked at anyway.

use std::collections::BTreeSet;

use domain::id::{Fingerprint, IncidentId};
use domain::incident::Incident;
use domain::units::Time;

use super::{CommandError, attempt, load};
use crate::decide::{self, SPLIT_GROUPS_MAX};
use crate::perform::CONFLICT_TRIES;
use crate::port::{Commit, Ledger, Outlet, Wake};

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
            flush_groups(ledger, &mut commit, now).await?;
        }
        if let Some(incident) = attempt(ledger, outlet, &commit).await? {
            return Ok(incident);
        }
    }
    Err(CommandError::Contended(id.to_string()))
}

/// Has the groups of what fires flushed; those that wait for their first flush wait on.
async fn flush_groups(ledger: &impl Ledger, commit: &mut Commit, now: Time) -> Result<(), CommandError> {
    let listed = commit.incident.iter().flat_map(|incident| &incident.alerts);
    let firing = listed.filter(|alert| alert.resolved_at.is_none()).map(|alert| alert.fingerprint.clone());
    let alerts = ledger.known_alerts(&firing.collect::<Vec<Fingerprint>>()).await?;
    let ids: BTreeSet<_> = alerts.iter().flat_map(|alert| &alert.groups).collect();
    for id in ids.into_iter().take(SPLIT_GROUPS_MAX) {
        let Some(mut group) = ledger.group(id).await?.filter(|group| group.flushed_at.is_some()) else { continue };
        group.look_again(now);
        commit.wakes.push((Wake::Group(group.id.clone()), now));
        commit.groups.push(group);
    }
    Ok(())
}
