use domain::alert::{Alert, Status};
use domain::group::Group;
use domain::id::{Fingerprint, GroupId};
use domain::routing::Routing;
use domain::units::Time;

use super::{incidents, over, storm};
use crate::decide::Placing;
use crate::perform::UseCaseError;
use crate::port::{Commit, Ledger, Wake};

/// Alerts that are moved in one transaction; the rest moves with the next.
const MOVED_MAX: usize = 20;
/// Rows of one transaction, of the hundred that one may have.
const ROWS_MAX: usize = 60;

/// Moves the alerts of a group whose route is no longer part of the configuration to where they belong now: what fires
/// is told there; of what is over, whoever has heard of it hears. When all have moved, the group ends.
pub(super) async fn place_again(
    ledger: &impl Ledger,
    mut group: Group,
    routing: &Routing,
    now: Time,
) -> Result<Commit, UseCaseError> {
    let incidents = incidents(ledger, &mut group).await?;
    let before = group.clone();
    let mut moved = Moved { commit: Commit { now, ..Commit::default() }, known: Vec::new() };
    let whole: Vec<Fingerprint> = group.members().keys().take(MOVED_MAX).cloned().collect();
    let mut alerts = Vec::new();
    for fingerprint in &whole {
        alerts.extend(ledger.alert(fingerprint).await?);
    }
    if whole.is_empty() {
        alerts = storm::counted(ledger, &group, MOVED_MAX).await?;
    }
    let mut departing = whole;
    for alert in alerts {
        if moved.rows() >= ROWS_MAX {
            departing.retain(|fingerprint| fingerprint != &alert.fingerprint);
            continue;
        }
        if !departing.contains(&alert.fingerprint) {
            departing.push(alert.fingerprint.clone());
        }
        if alert.status == Status::Firing {
            moved.place(ledger, alert, &group.id, routing, now).await?;
        }
    }
    for fingerprint in &departing {
        group.depart(fingerprint);
    }
    if departing.is_empty() {
        // What is left is counted, and no longer fires.
        group.dissolve();
    }
    let over = over::ended(&before, &group, &incidents, |_| false);
    if !over.is_empty() {
        group.generation = group.generation.saturating_add(1);
    }
    let mut commit = moved.commit;
    commit.events.extend(over.iter().map(|incident| over::event(&group, incident, now)));
    group.look_again(now);
    commit.wakes.extend(group.next_wake().map(|at| (Wake::Group(group.id.clone()), at)));
    commit.groups.push(group);
    Ok(commit)
}

/// What is moved with one transaction, and the groups as they are after it.
struct Moved {
    commit: Commit,
    known: Vec<Group>,
}

impl Moved {
    fn rows(&self) -> usize {
        self.commit.alerts.len() + self.commit.groups.len()
    }

    /// Places an alert where it belongs without the group `from`.
    async fn place(
        &mut self,
        ledger: &impl Ledger,
        mut alert: Alert,
        from: &GroupId,
        routing: &Routing,
        now: Time,
    ) -> Result<(), UseCaseError> {
        alert.groups.retain(|id| id != from);
        let change = alert.as_change();
        let placing = Placing::of(routing, Some(&alert), &change);
        for id in placing.groups() {
            if self.known.iter().all(|known| &known.id != id) {
                self.known.extend(ledger.group(id).await?);
            }
        }
        let mut one = Commit { alerts: vec![alert], now, ..Commit::default() };
        let known = self.known.iter().filter(|group| placing.groups().contains(&group.id)).cloned().collect();
        placing.place(&mut one, known, now);
        for placed in &one.groups {
            self.known.retain(|group| group.id != placed.id);
            self.known.push(placed.clone());
            self.commit.groups.retain(|group| group.id != placed.id);
        }
        self.commit.alerts.extend(one.alerts);
        self.commit.groups.extend(one.groups);
        self.commit.wakes.extend(one.wakes);
        Ok(())
    }
}
