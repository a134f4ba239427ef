//! Correlation: a new incident is held against those of the services near its own, and becomes one with them.
//!
//! When it opens it keeps in mind which others it may be one with, and says so; some minutes later it is looked at once
//! more, and what is confirmed then becomes one incident. Nobody waits for it: pages go out as ever.

mod look;
mod near;

use domain::incident::{Incident, What};
use domain::setup::Setup;
use domain::units::Time;

use crate::decide::set_wake;
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

/// If the commit opens an incident, adds to it what it may be one with, and when it is looked at again.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn begin(
    ledger: &impl Ledger,
    setup: &Setup,
    commit: &mut Commit,
    now: Time,
) -> Result<(), PortError> {
    if commit.pointer != OpenPointer::Open {
        return Ok(());
    }
    let Some(incident) = commit.incident.as_mut().filter(|incident| takes_part(incident)) else { return Ok(()) };
    if near::neighbours_of(setup, incident).is_empty() {
        return Ok(());
    }
    for related in near::candidates(ledger, setup, incident, now).await? {
        if incident.relation(&related.incident).is_some() {
            continue;
        }
        let summary = format!("May be part of {}: {}", related.incident, related.why);
        incident.note(now, What::Related { incident: related.incident.clone(), summary });
        incident.relate(related);
    }
    incident.correlate_at = Some(now + setup.correlation.confirm_after);
    commit.wakes.retain(|(wake, _)| !matches!(wake, crate::port::Wake::Incident(_)));
    commit.wakes.extend(set_wake(incident, now));
    Ok(())
}

/// Whether an incident is ever taken to be one with others: no drill is, and not what a person has split off.
pub(crate) fn takes_part(incident: &Incident) -> bool {
    !incident.is_drill() && !incident.key.starts_with(Incident::SPLIT_KEY)
}
