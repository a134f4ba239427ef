use std::collections::BTreeSet;

use domain::correlation::{NEIGHBOURS_MAX, Neighbour, candidate, neighbours};
use domain::id::IncidentId;
use domain::incident::{Incident, Related};
use domain::setup::Setup;
use domain::units::Time;

use super::takes_part;
use crate::port::{Ledger, PortError};

/// The services near those of the incident, and none of them, the nearest first.
pub(super) fn neighbours_of<'s>(setup: &'s Setup, incident: &'s Incident) -> Vec<Neighbour<'s>> {
    let own = incident.services();
    let mut found: Vec<Neighbour<'s>> = own.iter().flat_map(|of| neighbours(&setup.services, of)).collect();
    found.sort_by_key(|near| (near.hops(), near.service()));
    let mut seen = own;
    found.retain(|near| seen.insert(near.service()));
    found.truncate(NEIGHBOURS_MAX);
    found
}

/// The open incidents of services near those of `later` that it may be one with: those of the same key, and those of
/// none. One or two reads for each service, and one for each incident.
pub(super) async fn candidates(
    ledger: &impl Ledger,
    setup: &Setup,
    later: &Incident,
    now: Time,
) -> Result<Vec<Related>, PortError> {
    let keys = BTreeSet::from([later.key.as_str(), ""]);
    let (mut found, mut seen): (Vec<Related>, BTreeSet<IncidentId>) = (Vec::new(), BTreeSet::new());
    for near in neighbours_of(setup, later) {
        for key in &keys {
            let Some(id) = ledger.open_incident(near.service(), key).await? else { continue };
            if id == later.id || !seen.insert(id.clone()) {
                continue;
            }
            let Some(earlier) = ledger.incident(&id).await?.filter(takes_part) else { continue };
            found.extend(candidate(&setup.correlation, &near, (later, &earlier), now));
        }
    }
    Ok(found)
}
