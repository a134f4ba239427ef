//! A changed alert becomes, joins, reopens or resolves an incident.

use domain::alert::{Alert, AlertChange, Status};
use domain::event::EventKind;
use domain::id::{Fingerprint, IncidentId, ServiceName};
use domain::incident::{Incident, State};
use domain::setup::Setup;

use crate::correlate::{self, survivor};
use crate::decide::{Decision, Known, Placing, alert_changed, correlation_key};
use crate::flush;
use crate::owner;
use crate::perform::{CONFLICT_TRIES, UseCaseError, commit_and_publish};
use crate::port::{Commit, CommitError, Ledger, Outlet, PortError};
use domain::units::Time;

/// What became of a changed alert.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Raised {
    /// It was committed; the incident it belongs to, if any.
    Committed {
        /// The incident.
        incident: Option<IncidentId>,
    },
    /// It changed nothing.
    Unchanged {
        /// The incident it belongs to, if any.
        incident: Option<IncidentId>,
        /// Why it changed nothing.
        reason: &'static str,
    },
}

impl Raised {
    /// What became of it, for whoever sent it.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Committed { .. } => "committed",
            Self::Unchanged { reason, .. } => reason,
        }
    }

    /// The incident the alert belongs to, if any.
    pub fn incident(&self) -> Option<&IncidentId> {
        match self {
            Self::Committed { incident } | Self::Unchanged { incident, .. } => incident.as_ref(),
        }
    }
}

/// Loads what is known, decides, commits and tells; a redelivered change ends as [`Raised::Unchanged`].
///
/// # Errors
/// When a port does not answer, or others keep changing the same incident.
pub async fn raise(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    setup: &Setup,
    change: &AlertChange,
    now: Time,
) -> Result<Raised, UseCaseError> {
    let change = &*owner::told_apart(change);
    let (mut contended, mut begins_anew) = (String::new(), false);
    for _ in 0..CONFLICT_TRIES {
        let alert = ledger.alert(&change.fingerprint).await?;
        let ended = ended_meanwhile(ledger, alert.as_ref()).await?;
        match attempt(ledger, outlet, setup, alert, (ended.as_ref().unwrap_or(change), begins_anew), now).await {
            Ok(_) if ended.is_some() => begins_anew = true,
            Ok(raised) => return Ok(raised),
            Err(CommitError::Conflict { what }) => contended = what,
            Err(CommitError::Port(error)) => return Err(error.into()),
        }
    }
    Err(UseCaseError::Contended(contended))
}

/// The end of an alert that flaps and is over for now, since a person has ended its incident: what comes then begins anew.
async fn ended_meanwhile(ledger: &impl Ledger, alert: Option<&Alert>) -> Result<Option<AlertChange>, PortError> {
    let Some(quiet) = alert.and_then(Alert::quiet) else { return Ok(None) };
    let Some(id) = alert.and_then(|alert| alert.incident.as_ref()) else { return Ok(None) };
    let incident = followed(ledger, id).await?;
    let is_ended =
        incident.is_none_or(|incident| !incident.state.is_open() || incident.lists_as_over(&quiet.fingerprint));
    Ok(is_ended.then_some(quiet))
}

/// Ends a firing alert that was calm for long enough, or is over for now and a person has ended its incident, or that its
/// sender has not told again in time; one that was told again meanwhile fires on.
///
/// # Errors
/// As for [`raise`].
pub async fn lapse(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    setup: &Setup,
    fingerprint: &Fingerprint,
    now: Time,
) -> Result<Raised, UseCaseError> {
    let mut contended = String::new();
    for _ in 0..CONFLICT_TRIES {
        let alert = ledger.alert(fingerprint).await?;
        let change = match alert.as_ref().and_then(|alert| alert.lapsed(now)) {
            None => ended_meanwhile(ledger, alert.as_ref()).await?,
            lapsed => lapsed,
        };
        let Some(change) = change else {
            let incident = alert.and_then(|alert| alert.incident);
            return Ok(Raised::Unchanged { incident, reason: "it has no end that has come" });
        };
        match attempt(ledger, outlet, setup, alert, (&change, false), now).await {
            Ok(raised) => return Ok(raised),
            Err(CommitError::Conflict { what }) => contended = what,
            Err(CommitError::Port(error)) => return Err(error.into()),
        }
    }
    Err(UseCaseError::Contended(contended))
}

async fn attempt(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    setup: &Setup,
    alert: Option<Alert>,
    (change, begins_anew): (&AlertChange, bool),
    now: Time,
) -> Result<Raised, CommitError> {
    let placing = Placing::of(&setup.routing, alert.as_ref(), change);
    let known = load(ledger, alert, change).await?;
    let before = known.alert.as_ref().and_then(|alert| alert.incident.clone());
    let last = known.last.clone();
    let mut commit: Box<Commit> = match alert_changed(known, change, now) {
        Decision::Nothing { reason } => return Ok(Raised::Unchanged { incident: before, reason }),
        Decision::Commit(commit) => commit,
    };
    correlate::begin(ledger, setup, &mut commit, now).await;
    let mut groups = Vec::new();
    for id in placing.groups() {
        groups.extend(ledger.group(id).await?);
    }
    let goes_on = last.filter(|last| commit.alerts.iter().all(|alert| alert.incident.as_ref() != Some(&last.id)));
    let left = goes_on.as_ref().and_then(|last| flush::left(&groups, &change.fingerprint, last, now));
    if goes_on.is_some() || begins_anew {
        // What was told of it was told of another incident, or its end was.
        for group in &mut groups {
            group.untell_alert(&change.fingerprint);
        }
    }
    placing.place(&mut commit, groups, now);
    if commit.events.iter().any(|event| event.kind == EventKind::IncidentReopened) {
        flush::reopen(ledger, &setup.routing, &mut commit, now).await?;
    }
    commit.events.extend(left);
    commit_and_publish(ledger, outlet, &commit).await?;
    Ok(Raised::Committed { incident: commit.incident.map(|incident| incident.id).or(before) })
}

/// What is stored that concerns a change. An alert follows its incident, where that went on in another one.
pub(crate) async fn load(
    ledger: &impl Ledger,
    mut alert: Option<Alert>,
    change: &AlertChange,
) -> Result<Known, PortError> {
    let key = correlation_key(change);
    let last = match alert.as_ref().and_then(|alert| alert.incident.as_ref()) {
        Some(id) => followed(ledger, id).await?,
        None => None,
    };
    if let (Some(alert), Some(last)) = (&mut alert, &last) {
        alert.incident = Some(last.id.clone());
    }
    let open = match ledger.open_incident(&change.service, key).await? {
        Some(id) if last.as_ref().is_some_and(|last| last.id == id) => last.clone(),
        Some(id) => followed(ledger, &id).await?,
        None => None,
    };
    // Whoever ended it since its pointer was read has freed the pointer with it.
    let open = open.filter(|open| open.state.is_open());
    let id = Incident::id_of(&change.service, key, change.at);
    let same = match &last {
        _ if open.is_some() || change.status != Status::Firing => None,
        Some(last) if last.id == id => Some(last.clone()),
        _ => followed(ledger, &id).await?,
    };
    let mut known = Known { alert, last, open, same, taken: Vec::new() };
    if change.status == Status::Firing {
        known.taken = taken(ledger, &known, (&change.service, key)).await?;
    }
    Ok(known)
}

async fn followed(ledger: &impl Ledger, id: &IncidentId) -> Result<Option<Incident>, PortError> {
    match ledger.incident(id).await? {
        Some(incident) => Ok(Some(survivor(ledger, incident).await?)),
        None => Ok(None),
    }
}

/// Of the pairs of what may be reopened, those that belong to another incident by now; the pair of the change itself is
/// known.
async fn taken(
    ledger: &impl Ledger,
    known: &Known,
    own: (&ServiceName, &str),
) -> Result<Vec<(ServiceName, String)>, PortError> {
    let mut taken = Vec::new();
    for incident in known.last.iter().chain(&known.same).filter(|one| one.state == State::Resolved) {
        for (service, key) in incident.pairs() {
            let open = if (service, key) == own {
                known.open.as_ref().map(|open| open.id.clone())
            } else {
                ledger.open_incident(service, key).await?
            };
            if open.is_some_and(|id| id != incident.id) {
                taken.push((service.clone(), key.to_owned()));
            }
        }
    }
    Ok(taken)
}
