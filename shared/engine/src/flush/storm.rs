//! A storm: alerts that a group only counts are found among those that fire, so that nobody goes uncalled.

use std::collections::{BTreeMap, BTreeSet};

use domain::alert::{Alert, Status};
use domain::group::{COUNTED_MAX, Group, MEMBERS_MAX};
use domain::id::IncidentId;
use domain::incident::Incident;
use domain::label;
use domain::setup::Setup;
use domain::units::Time;

use super::held::Scene;
use crate::correlate::survivor;
use crate::port::{Ledger, Orders, PortError};

/// Alerts of one page.
const PAGE: u32 = 100;

/// The firing alerts of the group that it only counts, at most `limit`.
pub(super) async fn counted(store: &impl Ledger, group: &Group, limit: usize) -> Result<Vec<Alert>, PortError> {
    let mut found: Vec<Alert> = Vec::new();
    let mut cursor = None;
    let mut seen = 0;
    if group.counted().is_empty() {
        return Ok(found);
    }
    loop {
        let page = store.alerts(Status::Firing, PAGE, cursor).await?;
        seen += page.items.len();
        let is_counted =
            |alert: &Alert| alert.groups.contains(&group.id) && !group.members().contains_key(&alert.fingerprint);
        found.extend(page.items.into_iter().filter(is_counted));
        cursor = page.cursor;
        if cursor.is_none() || found.len() >= limit || seen >= COUNTED_MAX + MEMBERS_MAX {
            found.truncate(limit);
            return Ok(found);
        }
    }
}

/// The incidents of counted alerts that nothing holds back; they are added to `incidents`.
pub(super) async fn called(
    store: &(impl Ledger + Orders),
    (scene, setup): (&Scene, &Setup),
    group: &Group,
    incidents: &mut BTreeMap<IncidentId, Incident>,
    now: Time,
) -> Result<BTreeSet<IncidentId>, PortError> {
    let (mut called, mut moved) = (BTreeSet::new(), BTreeMap::<IncidentId, IncidentId>::new());
    let holds = scene.holds(setup);
    for alert in counted(store, group, COUNTED_MAX).await? {
        let its = alert.incident.as_ref().map(|id| moved.get(id).unwrap_or(id).clone());
        let Some(id) = its.filter(|id| !called.contains(id)) else { continue };
        let labels = label::of_alert(&alert);
        let flaps = alert.flapping.as_ref().and_then(|flapping| flapping.held(alert.changed_at, now));
        if flaps.or_else(|| holds.first(&alert.fingerprint, &labels, now)).is_some() {
            continue;
        }
        let last = match incidents.get(&id) {
            Some(known) => known.clone(),
            None => match store.incident(&id).await? {
                Some(incident) => survivor(store, incident).await?,
                None => continue,
            },
        };
        if last.state.is_open() && last.muted.is_none() {
            called.insert(last.id.clone());
        }
        moved.insert(id, last.id.clone());
        incidents.insert(last.id.clone(), last);
    }
    Ok(called)
}
