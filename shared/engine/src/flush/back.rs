use domain::group::Group;
use domain::incident::{Entry, Incident, State, What};
use domain::routing::Routing;
use domain::units::Time;

use super::soon;
use crate::decide::timing;
use crate::port::{Commit, Ledger, PortError, Wake};

/// When it was reopened, the last time.
pub(super) fn reopened_at(incident: &Incident) -> Option<Time> {
    incident.timeline.iter().rev().find(|entry| is_back(entry)).map(|entry| entry.at)
}

/// The incident of a commit is reopened with it: its groups tell anew what they told before, no sooner than their interval
/// allows. A person may have ended it while others of its alerts fired, of which nobody has heard that it goes on.
pub(crate) async fn reopen(
    ledger: &impl Ledger,
    routing: &Routing,
    commit: &mut Commit,
    now: Time,
) -> Result<(), PortError> {
    let Some(incident) = commit.incident.clone() else { return Ok(()) };
    let others = soon::others(ledger, commit).await?;
    let own = std::mem::take(&mut commit.groups);
    let own_count = own.len();
    for (place, mut group) in own.into_iter().chain(others).enumerate() {
        let is_anew = untell(&mut group, &incident);
        if is_anew {
            group.hasten(&routing.route(&group.route).map(timing).unwrap_or_default(), now);
            commit.wakes.extend(group.next_wake().map(|at| (Wake::Group(group.id.clone()), at)));
        }
        if is_anew || place < own_count {
            commit.groups.push(group);
        }
    }
    Ok(())
}

/// What a group told of an incident that is back since no longer counts where somebody had it or had ended it, or where its
/// end may have been told by others. It may have come back more than once, and only the first time from a person's end.
/// False: it tells nothing anew.
pub(super) fn untell(group: &mut Group, incident: &Incident) -> bool {
    let told_at = group.told_at();
    let has_others = || incident.alerts.iter().any(|alert| !group.members().contains_key(&alert.fingerprint));
    (was_taken_since(told_at, incident) || has_others()) && group.untell(&incident.id)
}

/// Whether somebody had it or had ended it in a life of it that is over, and was not when the group told of it.
fn was_taken_since(told_at: Option<Time>, incident: &Incident) -> bool {
    let is_taken = |entry: &Entry| match &entry.what {
        What::StateChanged { to: State::Acknowledged, .. } => true,
        What::StateChanged { to: State::Resolved, by, .. } => by != crate::OWN_SERVICE,
        _ => false,
    };
    let latest_first = incident.timeline.iter().rev().skip_while(|entry| !is_back(entry));
    let lives = latest_first.skip(1).take_while(|entry| !is_back(entry) || Some(entry.at) > told_at);
    lives.into_iter().any(is_taken)
}

const fn is_back(entry: &Entry) -> bool {
    matches!(entry.what, What::Reopened { .. })
}

#[cfg(test)]
mod tests {
    use domain::sample::{after, incident};

    use super::*;

    #[test]
    fn a_life_in_which_somebody_had_it_counts_until_it_is_told_of() {
        let mut of = incident();
        let resolved = |by: &str| What::StateChanged { from: State::Triggered, to: State::Resolved, by: by.to_owned() };
        let back = || What::Reopened { reason: "again".to_owned() };
        let lives = [resolved("ann"), back(), resolved(crate::OWN_SERVICE), back()];
        for (at, what) in (1_u32..).zip(lives) {
            of.note(after(100 * at), what);
        }
        for (told_at, was_taken) in [(50, true), (150, true), (200, false), (250, false), (450, false)] {
            assert_eq!(was_taken_since(Some(after(told_at)), &of), was_taken, "told at {told_at}");
        }
        of.note(after(500), resolved("ann"));
        assert!(!was_taken_since(Some(after(450)), &of), "it is not back");
    }
}
