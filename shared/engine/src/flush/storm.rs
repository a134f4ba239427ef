//! A storm: alerts that a group only counts are found among those that fire, so that nobody goes uncalled or untold.

use std::collections::BTreeMap;

use domain::alert::Alert;
use domain::group::{COUNTED_MAX, Group, Held};
use domain::id::{Fingerprint, IncidentId};
use domain::incident::{Incident, Severity};
use domain::label;
use domain::setup::Setup;
use domain::units::Time;

use super::firing;
use super::held::{Scene, muted_by_hand};
use crate::correlate::survivor;
use crate::port::{Ledger, Orders, PortError};

/// The firing alerts of the group that it only counts, at most `limit`.
pub(super) async fn counted(store: &impl Ledger, group: &Group, limit: usize) -> Result<Vec<Alert>, PortError> {
    let mut found: Vec<Alert> = Vec::new();
    if group.counted().is_empty() {
        return Ok(found);
    }
    let is_counted =
        |alert: &Alert| alert.groups.contains(&group.id) && !group.members().contains_key(&alert.fingerprint);
    firing::each(store, |alerts| {
        found.extend(alerts.into_iter().filter(is_counted));
        found.len() >= limit
    })
    .await?;
    found.truncate(limit);
    Ok(found)
}

/// An alert that fires, is only counted, and is held back by nothing.
pub(crate) struct Shown {
    pub(super) fingerprint: Fingerprint,
    pub(super) name: String,
    pub(super) severity: Severity,
    /// The incident that it belongs to after all merges.
    pub(super) incident: IncidentId,
}

/// The firing alerts of a group that it only counts.
#[derive(Default)]
pub(crate) struct Counted {
    /// Those that nothing holds back.
    pub(super) shown: Vec<Shown>,
    /// What holds back the others.
    pub(super) held: BTreeMap<Fingerprint, Held>,
}

/// How the counted alerts that fire stand; the incidents of those that are shown are added to `incidents`.
pub(super) async fn standing(
    store: &(impl Ledger + Orders),
    (scene, setup): (&Scene, &Setup),
    group: &Group,
    incidents: &mut BTreeMap<IncidentId, Incident>,
    now: Time,
) -> Result<Counted, PortError> {
    let (mut found, mut moved) = (Counted::default(), BTreeMap::<IncidentId, IncidentId>::new());
    if group.counted().firing() == 0 {
        return Ok(found);
    }
    let holds = scene.holds(setup);
    for alert in counted(store, group, COUNTED_MAX).await? {
        let Some(its) = &alert.incident else { continue };
        let labels = label::of_alert(&alert);
        if let Some(held) = holds.first(&alert.fingerprint, &labels, now) {
            found.held.insert(alert.fingerprint, held);
            continue;
        }
        let id = moved.get(its).unwrap_or(its).clone();
        if !incidents.contains_key(&id) {
            let Some(incident) = store.incident(&id).await? else { continue };
            let last = survivor(store, incident).await?;
            moved.insert(id.clone(), last.id.clone());
            incidents.insert(last.id.clone(), last);
        }
        let incident = moved.get(&id).unwrap_or(&id).clone();
        let Alert { fingerprint, name, severity, .. } = alert;
        match muted_by_hand(incidents.get(&incident).and_then(|known| known.muted.as_ref()), severity) {
            Some(held) => drop(found.held.insert(fingerprint, held)),
            None => found.shown.push(Shown { fingerprint, name, severity, incident }),
        }
    }
    Ok(found)
}
