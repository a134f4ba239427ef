//! What people ask for: acknowledge, resolve, open, approve. Each loads, decides, commits and tells.

mod kin;
mod unmute;

use domain::id::{ActionId, IncidentId, ServiceName};
use domain::incident::{Incident, Refused, Severity};
use domain::link::Claim;
use domain::setup::Setup;
use domain::units::Time;

pub use kin::{dismiss, merge, split};

use crate::correlate::{self, survivor};
use crate::decide;
use crate::paging::{self, Crew};
use crate::perform::{CONFLICT_TRIES, commit_and_publish};
use crate::port::{Commit, CommitError, Ledger, Orders, Outlet, PortError};
use crate::raise::lapse;

/// Why a command changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// There is no such incident.
    #[error("there is no incident {0}")]
    Unknown(IncidentId),
    /// The incident is not in a state for it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The action is not in a state for it.
    #[error("{0}")]
    ActionRefused(String),
    /// It goes on in another incident.
    #[error("{incident} was merged into {into}; it goes on there")]
    Merged {
        /// The incident that was asked for.
        incident: IncidentId,
        /// The one that goes on.
        into: IncidentId,
    },
    /// What a person wants about being called, or about two incidents, cannot be done now.
    #[error("{0}")]
    NotNow(String),
    /// The service has an open incident already.
    #[error("{service} has an open incident already: {incident}")]
    AlreadyOpen {
        /// The service.
        service: ServiceName,
        /// Its open incident.
        incident: IncidentId,
    },
    /// Others kept changing it.
    #[error("{0} kept changing; ask again")]
    Contended(String),
    /// The store did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Takes the incident in the name of `by`.
///
/// # Errors
/// As [`CommandError`] says.
pub async fn acknowledge(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    setup: &Setup,
    (id, by): (&IncidentId, &str),
    now: Time,
) -> Result<Incident, CommandError> {
    let decide = |incident: Incident| {
        let policy = paging::policy_of(setup, &incident);
        Ok(decide::acknowledge(incident, by, &policy, now)?)
    };
    change(ledger, outlet, id, decide).await
}

/// Takes the incident by the link of a page, which works once.
///
/// # Errors
/// As [`CommandError`] says; [`CommandError::NotNow`] says why the link does nothing.
pub async fn redeem(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    setup: &Setup,
    (claim, by): (&Claim, &str),
    now: Time,
) -> Result<Incident, CommandError> {
    let decide = |incident: Incident| {
        let policy = paging::policy_of(setup, &incident);
        decide::redeem(incident, claim, by, &policy, now).map_err(CommandError::NotNow)
    };
    change(ledger, outlet, &claim.incident, decide).await
}

/// Whether the link of a page would take the incident as it stands.
///
/// # Errors
/// In a sentence, why the link would do nothing.
pub fn would_redeem(setup: &Setup, incident: &Incident, (claim, by): (&Claim, &str), now: Time) -> Result<(), String> {
    decide::redeem(incident.clone(), claim, by, &paging::policy_of(setup, incident), now).map(|_| ())
}

/// What a person can do about being called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calling {
    /// Take it from whoever has it.
    TakeOver,
    /// Take it, and be called again then.
    Snooze {
        /// When.
        until: Time,
    },
    /// Have the next step called now.
    Escalate,
    /// Be told of it again when it is over, and not before; take it, unless somebody has it.
    Mute,
    /// Be told of it as ever.
    Unmute,
}

/// Does what `by` wants about being called.
///
/// # Errors
/// As [`CommandError`] says; [`CommandError::NotNow`] says why it cannot be done.
pub async fn call(
    store: &(impl Ledger + Orders),
    outlet: &impl Outlet,
    setup: &Setup,
    (id, by, wish): (&IncidentId, &str, Calling),
    now: Time,
) -> Result<Incident, CommandError> {
    if wish == Calling::Unmute {
        return unmute::unmute(store, outlet, (id, by), now).await;
    }
    let overrides = if wish == Calling::Escalate { store.overrides().await? } else { Vec::new() };
    let crew = Crew { setup, overrides: &overrides };
    let decide = |incident: Incident| {
        let policy = paging::policy_of(setup, &incident);
        let decided = match wish {
            Calling::TakeOver => decide::take_over(incident, by, &policy, now),
            Calling::Snooze { until } => decide::snooze(incident, by, until, &policy, now),
            Calling::Escalate => decide::escalate(incident, by, &crew, now),
            Calling::Mute => decide::mute(incident, by, &policy, now),
            Calling::Unmute => decide::unmute(incident, by, now),
        };
        decided.map_err(CommandError::NotNow)
    };
    change(store, outlet, id, decide).await
}

/// Ends the incident in the name of `by`, and those of its alerts that are over for now.
///
/// # Errors
/// As [`CommandError`] says.
pub async fn resolve(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    setup: &Setup,
    (id, by, reason): (&IncidentId, &str, &str),
    now: Time,
) -> Result<Incident, CommandError> {
    for _ in 0..CONFLICT_TRIES {
        let incident = load(ledger, id).await?;
        let quiet: Vec<_> = incident.quiet_alerts().map(|listed| listed.fingerprint.clone()).collect();
        let commit = decide::resolve(incident, by, reason, now)?;
        if let Some(resolved) = attempt(ledger, outlet, &commit).await? {
            for alert in &quiet {
                // The incident has ended; what fails here, the timekeeper does when the alert was calm for long enough.
                drop(lapse(ledger, outlet, setup, alert, now).await);
            }
            return Ok(resolved);
        }
    }
    Err(CommandError::Contended(id.to_string()))
}

/// Approves or refuses an action that waits for leave, in the name of `by`.
///
/// # Errors
/// As [`CommandError`] says.
pub async fn decide_action(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    (id, action): (&IncidentId, &ActionId),
    (approve, by): (bool, &str),
    now: Time,
) -> Result<Incident, CommandError> {
    let decide = |incident| decide::decide_action(incident, action, approve, by, now);
    change(ledger, outlet, id, |incident| decide(incident).map_err(CommandError::ActionRefused)).await
}

/// Writes what a person says into the timeline; the same words of the same person stand there once.
///
/// # Errors
/// As [`CommandError`] says.
pub async fn note(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    setup: &Setup,
    (id, by, text): (&IncidentId, &str, &str),
    now: Time,
) -> Result<Incident, CommandError> {
    let decide = |incident: Incident| {
        let policy = paging::policy_of(setup, &incident);
        Ok(decide::note(incident, (by, text), &policy, now))
    };
    change(ledger, outlet, id, decide).await
}

/// Opens an incident that no alert has found.
///
/// # Errors
/// As [`CommandError`] says; [`CommandError::AlreadyOpen`] names the one to join.
pub async fn open(
    ledger: &(impl Ledger + Orders),
    outlet: &impl Outlet,
    setup: &Setup,
    (service, severity): (&ServiceName, Severity),
    (title, by): (&str, &str),
    now: Time,
) -> Result<Incident, CommandError> {
    let overrides = ledger.overrides().await?;
    let crew = Crew { setup, overrides: &overrides };
    for _ in 0..CONFLICT_TRIES {
        if let Some(incident) = ledger.open_incident(service, "").await? {
            return Err(CommandError::AlreadyOpen { service: service.clone(), incident });
        }
        let mut commit = decide::open_by_hand((service.clone(), severity), (title, by), &crew, now);
        correlate::begin(ledger, setup, &mut commit, now).await;
        if let Some(incident) = attempt(ledger, outlet, &commit).await? {
            return Ok(incident);
        }
    }
    Err(CommandError::Contended(service.to_string()))
}

async fn change(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    id: &IncidentId,
    decide: impl Fn(Incident) -> Result<Commit, CommandError>,
) -> Result<Incident, CommandError> {
    for _ in 0..CONFLICT_TRIES {
        let commit = decide(load(ledger, id).await?)?;
        if let Some(incident) = attempt(ledger, outlet, &commit).await? {
            return Ok(incident);
        }
    }
    Err(CommandError::Contended(id.to_string()))
}

/// The incident, unless it goes on in another one.
async fn load(ledger: &impl Ledger, id: &IncidentId) -> Result<Incident, CommandError> {
    let incident = ledger.incident(id).await?.ok_or_else(|| CommandError::Unknown(id.clone()))?;
    match incident.merged_into {
        None => Ok(incident),
        Some(_) => {
            let into = survivor(ledger, incident).await?.id;
            Err(CommandError::Merged { incident: id.clone(), into })
        }
    }
}

/// The incident as committed; `None` if somebody else was faster.
async fn attempt(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    commit: &Commit,
) -> Result<Option<Incident>, CommandError> {
    match commit_and_publish(ledger, outlet, commit).await {
        Ok(_) => Ok(commit.incident.clone().map(|incident| Incident { version: incident.version + 1, ..incident })),
        Err(CommitError::Conflict { .. }) => Ok(None),
        Err(CommitError::Port(error)) => Err(error.into()),
    }
}
