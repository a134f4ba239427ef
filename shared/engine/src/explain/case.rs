use std::collections::{BTreeMap, BTreeSet};

use domain::alert::{Alert, AlertChange, Status};
use domain::group::{Group, Member};
use domain::id::{Fingerprint, IncidentId};
use domain::incident::{Incident, Muted, NotKept};
use domain::label::{self, ALERT_NAME, CATEGORY, Labels, SERVICE, SEVERITY};
use domain::monitor::Category;
use domain::setup::Setup;
use domain::units::{Span, Time};

use super::course::{Course, Home};
use super::{ExplainError, LISTED_MAX, SEARCHED_MAX, Subject};
use crate::correlate::survivor;
use crate::decide::{Decision, Placing, alert_changed};
use crate::flush::{self, Scene};
use crate::paging::Crew;
use crate::port::{Commit, Ledger, Orders, PortError};
use crate::raise;
use crate::sent;
use crate::{decide, owner};

/// The alert that is explained, with what it belongs to: as it is stored, or as it would be.
pub(super) struct Case {
    pub(super) alert: Alert,
    /// What it is routed, inhibited and silenced by.
    pub(super) labels: Labels,
    pub(super) made_up: bool,
    pub(super) incident: Option<Incident>,
    pub(super) groups: Vec<Group>,
    /// Who has muted it, or had at a time that is over.
    pub(super) muted: Result<Option<Muted>, NotKept>,
}

impl Case {
    pub(super) async fn of(
        store: &(impl Ledger + Orders),
        crew: &Crew<'_>,
        what: &Subject,
        (at, now): (Time, Time),
    ) -> Result<Self, ExplainError> {
        let alert = match what {
            Subject::Alert(fingerprint) => store.alert(fingerprint).await?,
            Subject::Named(name) => Some(named(store, name).await?),
            Subject::Labels(labels) => {
                let change = change(labels, crew.setup, at)?;
                return Self::made_up(store, crew, &change, (at, now)).await;
            }
        };
        let unknown = || match what {
            Subject::Alert(fingerprint) => ExplainError::Unknown(fingerprint.to_string()),
            Subject::Named(text) => ExplainError::Unknown(text.clone()),
            Subject::Labels(_) => ExplainError::Unknown("of these labels".to_owned()),
        };
        let alert = alert.ok_or_else(unknown)?;
        let mut groups = Vec::new();
        for id in &alert.groups {
            groups.extend(store.group(id).await?);
        }
        let incident = match &alert.incident {
            Some(id) => followed(store, id).await?,
            None => None,
        };
        let muted = if at < now {
            muted_at(store, &alert, at).await?
        } else {
            Ok(incident.as_ref().and_then(|incident| incident.muted.clone()))
        };
        Ok(Self { labels: label::of_alert(&alert), alert, made_up: false, incident, groups, muted })
    }

    /// Raises and places the alert as `raise` would, and writes nothing. Groups are first brought to its time; of what
    /// they looked like at a time that is over nothing is known, so that they are taken to be empty then.
    async fn made_up(
        store: &(impl Ledger + Orders),
        crew: &Crew<'_>,
        change: &AlertChange,
        (at, now): (Time, Time),
    ) -> Result<Self, ExplainError> {
        let setup = crew.setup;
        let mut known = raise::load(store, None, change).await?;
        let placing = Placing::of(&setup.routing, None, change);
        let mut groups = Vec::new();
        if at < now {
            known.open = None;
        } else {
            let (mut homes, mut incidents) = (Vec::new(), BTreeMap::new());
            for id in placing.groups() {
                let Some(mut group) = store.group(id).await? else { continue };
                let Some(route) = setup.routing.route(&group.route) else { continue };
                incidents.extend(flush::incidents(store, &mut group).await?);
                let scene = Scene::load(store, setup, &group).await?;
                homes.push(Home { group, route, scene });
            }
            let course = Course { crew, fingerprint: &change.fingerprint, incidents };
            groups.extend(course.lead(&homes, (now, at)).into_iter().map(|led| led.group));
        }
        let mut commit = match alert_changed(known, change, at) {
            Decision::Commit(commit) => commit,
            Decision::Nothing { reason } => return Err(ExplainError::Labels(reason.to_owned())),
        };
        placing.place(&mut commit, groups, at);
        let order = decide::places(&setup.routing, &label::of_change(change));
        let Commit { mut alerts, incident, groups: placed, .. } = *commit;
        let nth = |group: &Group| order.iter().position(|place| place.id == group.id);
        let mut groups = placed;
        groups.sort_by_key(nth);
        let alert = alerts.pop().ok_or_else(|| ExplainError::Labels("they make no alert".to_owned()))?;
        let muted = Ok(incident.as_ref().and_then(|incident| incident.muted.clone()));
        Ok(Self { labels: label::of_alert(&alert), alert, made_up: true, incident, groups, muted })
    }

    /// The alert as the group has it, or would have it.
    pub(super) fn member(&self, group: &Group) -> Member {
        let own = group.members().get(&self.alert.fingerprint);
        own.cloned().unwrap_or_else(|| Member::of(&self.alert, self.labels.clone()))
    }

    /// The incidents of the groups' alerts, that of a made-up one as it would be.
    pub(super) async fn incidents(
        &self,
        store: &impl Ledger,
        groups: impl Iterator<Item = &Group>,
    ) -> Result<BTreeMap<IncidentId, Incident>, PortError> {
        let members = groups.flat_map(|group| group.members().values());
        let ids: BTreeSet<&IncidentId> = members.filter_map(|one| one.incident.as_ref()).collect();
        let mut found = BTreeMap::new();
        for id in ids {
            match self.incident.as_ref().filter(|own| &own.id == id) {
                Some(own) => found.extend([(id.clone(), own.clone())]),
                None => found.extend(followed(store, id).await?.map(|other| (id.clone(), other))),
            }
        }
        Ok(found)
    }
}

/// Who had muted the incident that the alert was part of at a time that is over.
async fn muted_at(store: &impl Ledger, alert: &Alert, at: Time) -> Result<Result<Option<Muted>, NotKept>, PortError> {
    let mut id = alert.incident.clone();
    while let Some(next) = id.take() {
        let Some(incident) = store.incident(&next).await? else { break };
        id = incident.merged_into.clone().filter(|_| incident.resolved_at.is_some_and(|merged| merged <= at));
        if id.is_none() {
            return Ok(incident.muted_at(at));
        }
    }
    Ok(Err(NotKept))
}

/// The incident, as it goes on.
async fn followed(store: &impl Ledger, id: &IncidentId) -> Result<Option<Incident>, PortError> {
    match store.incident(id).await? {
        Some(incident) => Ok(Some(survivor(store, incident).await?)),
        None => Ok(None),
    }
}

/// The alert of that name: one that fires, if any does.
async fn named(store: &impl Ledger, name: &str) -> Result<Alert, ExplainError> {
    let fingerprint = Fingerprint::given(name);
    if let Some(alert) = store.alert(&fingerprint).await? {
        return Ok(alert);
    }
    for status in [Status::Firing, Status::Pending, Status::Resolved] {
        let mut found = with_name(store, status, name).await?;
        match found.len() {
            0 => {}
            1 => return Ok(found.remove(0)),
            _ => {
                let of = found.into_iter().take(LISTED_MAX).map(|alert| (alert.fingerprint, alert.service)).collect();
                return Err(ExplainError::Several { name: name.to_owned(), of });
            }
        }
    }
    Err(ExplainError::Unknown(name.to_owned()))
}

async fn with_name(store: &impl Ledger, status: Status, name: &str) -> Result<Vec<Alert>, PortError> {
    let (mut found, mut seen, mut cursor) = (Vec::new(), 0, None);
    loop {
        let page = store.alerts(status, 100, cursor).await?;
        seen += page.items.len();
        found.extend(page.items.into_iter().filter(|alert| alert.name == name));
        cursor = page.cursor;
        if cursor.is_none() || seen >= SEARCHED_MAX {
            return Ok(found);
        }
    }
}

/// The alert that these labels make: as a sender's would be read, but that a service is taken at its word.
fn change(labels: &Labels, setup: &Setup, at: Time) -> Result<AlertChange, ExplainError> {
    let labels: Labels =
        labels.iter().filter(|(_, value)| !value.is_empty()).map(|(n, v)| (n.clone(), v.clone())).collect();
    let wrong = |label: &str, error: &dyn std::fmt::Display| ExplainError::Labels(format!("{label}: {error}"));
    let service = match labels.get(SERVICE) {
        Some(name) => name.parse().map_err(|error| wrong(SERVICE, &error))?,
        None => owner::contained(setup, label::value_of(&labels, ALERT_NAME))
            .map_or_else(owner::unassigned, |service| service.name.clone()),
    };
    let business = label::value_of(&labels, CATEGORY) == Category::Business.as_str();
    let pairs = labels.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]);
    let change = AlertChange {
        fingerprint: Fingerprint::derive(&std::iter::once("made-up").chain(pairs).collect::<Vec<_>>()),
        name: labels.get(ALERT_NAME).cloned().unwrap_or_else(|| "made-up".to_owned()),
        service,
        category: if business { Category::Business } else { Category::default() },
        status: Status::Firing,
        severity: sent::severity(label::value_of(&labels, SEVERITY)),
        at,
        reason: "it is made up".to_owned(),
        reading: None,
        cooldown: Span::default(),
        ends_at: None,
        labels,
    };
    Ok(owner::told_apart(&change).into_owned())
}
