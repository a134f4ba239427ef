//! What people say about two incidents: that they are one, that they are not, or that one is two.

use std::collections::BTreeSet;

use domain::correlation::may_merge;
use domain::id::{Fingerprint, IncidentId};
use domain::incident::{Incident, Standing, What};
use domain::setup::Setup;
use domain::units::Time;

use super::{CommandError, attempt, load};
use crate::correlate::survivor;
use crate::decide::split::{SPLIT_MAX, Stored};
use crate::decide::{self, Draft};
use crate::paging::{self, Crew};
use crate::perform::CONFLICT_TRIES;
use crate::port::{Ledger, Orders, Outlet};

/// Has `from` go on in `into`, in the name of `by`; the incident that goes on. Asked again, it changes nothing.
///
/// # Errors
/// As [`CommandError`] says; [`CommandError::NotNow`] says why they cannot be merged.
pub async fn merge(
    store: &(impl Ledger + Orders),
    outlet: &impl Outlet,
    setup: &Setup,
    (from, into, by): (&IncidentId, &IncidentId, &str),
    now: Time,
) -> Result<Incident, CommandError> {
    let overrides = store.overrides().await?;
    let crew = Crew { setup, overrides: &overrides };
    for _ in 0..CONFLICT_TRIES {
        let ends = match load(store, from).await {
            Err(CommandError::Merged { into: last, .. }) if last == *into => return load(store, into).await,
            ends => ends?,
        };
        let goes_on = load(store, into).await?;
        may_merge(&ends, &goes_on).map_err(|refused| CommandError::NotNow(refused.to_string()))?;
        let why = ends.relation(into).or_else(|| goes_on.relation(from)).map(|known| known.why.clone());
        let commit = decide::merge::merge(ends, goes_on, (by, &why.unwrap_or_default()), &crew, now);
        if let Some(incident) = attempt(store, outlet, &commit).await? {
            return Ok(incident);
        }
    }
    Err(CommandError::Contended(from.to_string()))
}

/// Splits these alerts off into an incident of their own, in the name of `by`; that incident. Asked again, it changes
/// nothing.
///
/// # Errors
/// As [`CommandError`] says; [`CommandError::NotNow`] says why it cannot be split so.
pub async fn split(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    setup: &Setup,
    (id, alerts, by): (&IncidentId, &[Fingerprint], &str),
    now: Time,
) -> Result<Incident, CommandError> {
    let leaving: BTreeSet<Fingerprint> = alerts.iter().cloned().collect();
    if leaving.is_empty() || leaving.len() > SPLIT_MAX {
        let words = format!("name 1 to {SPLIT_MAX} alerts that leave, not {}", leaving.len());
        return Err(CommandError::NotNow(words));
    }
    for _ in 0..CONFLICT_TRIES {
        let old = load(ledger, id).await?;
        if let Some(done) = done_before(ledger, &old, &leaving).await? {
            return Ok(done);
        }
        let stored = stored(ledger, &old, &leaving).await?;
        let policy = paging::policy_of(setup, &old);
        let commit = decide::split::split(old, &leaving, stored, (by, &policy), now).map_err(CommandError::NotNow)?;
        if let Some(incident) = attempt(ledger, outlet, &commit).await? {
            return Ok(incident);
        }
    }
    Err(CommandError::Contended(id.to_string()))
}

/// The incident that these alerts have left to before.
async fn done_before(
    ledger: &impl Ledger,
    old: &Incident,
    leaving: &BTreeSet<Fingerprint>,
) -> Result<Option<Incident>, CommandError> {
    if old.alerts.iter().any(|alert| leaving.contains(&alert.fingerprint)) {
        return Ok(None);
    }
    for known in old.related.iter().filter(|known| matches!(known.standing, Standing::Dismissed { .. })) {
        let Some(other) = ledger.incident(&known.incident).await? else { continue };
        let lists = |fingerprint: &Fingerprint| other.alerts.iter().any(|alert| alert.fingerprint == *fingerprint);
        if leaving.iter().all(lists) {
            return Ok(Some(other));
        }
    }
    Ok(None)
}

/// What is stored of the incident's alerts, and of the groups of those that leave.
async fn stored(ledger: &impl Ledger, old: &Incident, leaving: &BTreeSet<Fingerprint>) -> Result<Stored, CommandError> {
    let listed: Vec<Fingerprint> = old.alerts.iter().map(|alert| alert.fingerprint.clone()).collect();
    let alerts = ledger.known_alerts(&listed).await?;
    let mut ids = BTreeSet::new();
    for alert in alerts.iter().filter(|alert| leaving.contains(&alert.fingerprint)) {
        ids.extend(alert.groups.iter().cloned());
        let Some(its) = alert.incident.as_ref().filter(|its| **its != old.id) else { continue };
        let its = match ledger.incident(its).await? {
            Some(incident) => survivor(ledger, incident).await?.id,
            None => continue,
        };
        if its != old.id {
            let words = format!("{} ({}) belongs to {its} by now", alert.name, alert.fingerprint);
            return Err(CommandError::NotNow(words));
        }
    }
    let mut groups = Vec::new();
    for id in &ids {
        groups.extend(ledger.group(id).await?);
    }
    Ok(Stored { alerts, groups })
}

/// Says in the name of `by` that `id` and `related` are not one: they are not merged but by a person. The incident that
/// keeps it in mind. Asked again, it changes nothing.
///
/// # Errors
/// As [`CommandError`] says; [`CommandError::NotNow`] if neither keeps the other in mind, or they are merged.
pub async fn dismiss(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    (id, related, by): (&IncidentId, &IncidentId, &str),
    now: Time,
) -> Result<Incident, CommandError> {
    for _ in 0..CONFLICT_TRIES {
        let asked = load(ledger, id).await?;
        let (keeper, other) = match asked.relation(related) {
            Some(_) => (asked, related),
            None => (load(ledger, related).await?, id),
        };
        let Some(known) = keeper.relation(other).cloned() else {
            return Err(CommandError::NotNow(format!("nothing is known that relates {id} to {related}")));
        };
        match known.standing {
            Standing::Dismissed { .. } => return Ok(keeper),
            Standing::Merged { .. } => {
                return Err(CommandError::NotNow(format!("{id} and {related} were merged; split off what is apart")));
            }
            Standing::Candidate | Standing::Confirmed { .. } if !keeper.state.is_open() => {
                return Err(CommandError::NotNow(format!("{} is {}", keeper.id, keeper.state)));
            }
            Standing::Candidate | Standing::Confirmed { .. } => {}
        }
        let mut draft = Draft::new(keeper, now);
        let summary = format!("Not part of {other}, says {by}");
        draft.incident.note(now, What::Related { incident: other.clone(), summary });
        let standing = Standing::Dismissed { at: now, by: by.to_owned() };
        draft.incident.relate(domain::incident::Related { standing, ..known });
        if let Some(incident) = attempt(ledger, outlet, &draft.commit()).await? {
            return Ok(incident);
        }
    }
    Err(CommandError::Contended(id.to_string()))
}
