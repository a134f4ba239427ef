use domain::alert::Status;
use domain::group::Group;
use domain::id::Fingerprint;
use domain::routing::Routing;
use domain::units::Time;

use crate::decide::{groups_concerned, place};
use crate::perform::UseCaseError;
use crate::port::{Commit, Ledger};

/// Alerts that are moved in one transaction, with the groups they go to; the rest moves with the next.
const MOVED_MAX: usize = 20;

/// Moves the alerts of a group whose route is no longer part of the configuration to where they belong now: what fires
/// is told there, what is over was told or is told nowhere.
pub(super) async fn place_again(
    ledger: &impl Ledger,
    mut group: Group,
    routing: &Routing,
    now: Time,
) -> Result<Commit, UseCaseError> {
    let some: Vec<Fingerprint> = group.members().keys().take(MOVED_MAX).cloned().collect();
    let alerts = ledger.known_alerts(&some).await?;
    let mut moved = Commit { now, ..Commit::default() };
    for fingerprint in &some {
        group.depart(fingerprint);
    }
    let mut known: Vec<Group> = Vec::new();
    for mut alert in alerts.into_iter().filter(|alert| alert.status == Status::Firing) {
        alert.groups.retain(|id| id != &group.id);
        let change = alert.as_change();
        for id in groups_concerned(routing, Some(&alert), &change) {
            if known.iter().all(|known| known.id != id) {
                known.extend(ledger.group(&id).await?);
            }
        }
        let mut one = Commit { alerts: vec![alert], now, ..Commit::default() };
        place(&mut one, &known, routing, now);
        for placed in &one.groups {
            known.retain(|group| group.id != placed.id);
            known.push(placed.clone());
            moved.groups.retain(|group| group.id != placed.id);
        }
        moved.alerts.extend(one.alerts);
        moved.groups.extend(one.groups);
        moved.wakes.extend(one.wakes);
    }
    group.look_again(now);
    moved.wakes.extend(group.next_wake().map(|at| (crate::port::Wake::Group(group.id.clone()), at)));
    moved.groups.push(group);
    Ok(moved)
}
