use std::collections::BTreeSet;

use domain::group::Group;
use domain::id::Fingerprint;
use domain::units::Time;

use crate::decide::GROUPS_TOGETHER_MAX;
use crate::port::{Commit, Ledger, PortError, Wake};

/// Has the groups of what fires in the incident of a commit flushed at once, if they are not very many; those that wait
/// for their first flush wait on.
pub(crate) async fn soon(ledger: &impl Ledger, commit: &mut Commit, now: Time) -> Result<(), PortError> {
    for mut group in others(ledger, commit).await?.into_iter().filter(|group| group.flushed_at.is_some()) {
        group.look_again(now);
        commit.wakes.push((Wake::Group(group.id.clone()), now));
        commit.groups.push(group);
    }
    Ok(())
}

/// Of the groups of what fires in the incident of a commit, those that are not part of the commit; not all of very many.
pub(super) async fn others(ledger: &impl Ledger, commit: &Commit) -> Result<Vec<Group>, PortError> {
    let listed = commit.incident.iter().flat_map(|incident| &incident.alerts);
    let firing: Vec<Fingerprint> =
        listed.filter(|alert| alert.resolved_at.is_none()).map(|alert| alert.fingerprint.clone()).collect();
    let alerts = ledger.known_alerts(&firing).await?;
    let ids: BTreeSet<_> = alerts.iter().flat_map(|alert| &alert.groups).collect();
    let others = ids.into_iter().filter(|id| commit.groups.iter().all(|group| &group.id != *id));
    let room = GROUPS_TOGETHER_MAX.saturating_sub(commit.groups.len());
    let mut groups = Vec::new();
    for id in others.take(room).collect::<Vec<_>>() {
        groups.extend(ledger.group(id).await?);
    }
    Ok(groups)
}
