//! Correlation: a new incident is held against those of the services near its own, and becomes one with them.
//!
//! When it opens it keeps in mind which others it may be one with, and says so; some minutes later it is looked at once
//! more, and what is confirmed then becomes one incident. Nobody waits for it: pages go out as ever.

mod look;
mod near;

use domain::incident::{Incident, What};
use domain::setup::Setup;
use domain::units::Time;

use crate::decide::{SLO_KEY, set_wake};
use crate::port::{Commit, Ledger, OpenPointer, PortError};

pub(crate) use look::look;

/// How many incidents are followed, each merged into the next, before the last one found is taken.
pub const CHAIN_MAX: usize = 20;

/// The incident that this one goes on in: itself, unless it was merged, and so on.
///
/// # Errors
/// When the store does not answer.
pub async fn survivor(ledger: &impl Ledger, incident: Incident) -> Result<Incident, PortError> {
    let mut last = incident;
    for _ in 0..CHAIN_MAX {
        let Some(id) = last.merged_into.as_ref().filter(|id| **id != last.id) else { break };
        let Some(next) = ledger.incident(id).await? else { break };
        last = next;
    }
    Ok(last)
}

/// If the commit opens an incident, adds to it what it may be one with, and when it is looked at again. What cannot be
/// read now is seen then: nobody goes uncalled for want of it.
pub(crate) async fn begin(ledger: &impl Ledger, setup: &Setup, commit: &mut Commit, now: Time) {
    if commit.pointer != OpenPointer::Open {
        return;
    }
    let Some(incident) = commit.incident.as_mut().filter(|incident| takes_part(incident)) else { return };
    if near::neighbours_of(setup, incident).is_empty() {
        return;
    }
    for related in near::candidates(ledger, setup, incident, now).await.unwrap_or_default() {
        if incident.relation(&related.incident).is_some() {
            continue;
        }
        let summary = format!("May be part of {}: {}", related.incident, related.why);
        incident.note(now, What::Related { incident: related.incident.clone(), summary });
        incident.relate(related);
    }
    incident.correlate_at = Some(now + setup.correlation.confirm_after);
    commit.wakes.extend(set_wake(incident, now));
}

/// Whether an incident is ever taken to be one with others: no drill is, no ticket of an objective, which lasts for days,
/// and nothing that a person has split off.
pub(crate) fn takes_part(incident: &Incident) -> bool {
    !incident.is_drill() && [SLO_KEY, Incident::SPLIT_KEY].iter().all(|key| !incident.key.starts_with(key))
}
