//! Correlation: a new incident is held against those of the services near its own, and becomes one with them.

use domain::incident::Incident;

use crate::port::{Ledger, PortError};

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
