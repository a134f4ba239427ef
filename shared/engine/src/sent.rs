//! Alerts that Prometheus and Alertmanager send: each becomes a change of an alert, or is known already.
//!
//! A sender tells the same alert again and again. So all alerts of a request are looked up together, in one read, and
//! only what changes something is decided upon and committed.
//!
//! Sources: <https://prometheus.io/docs/alerting/latest/alerts_api/>, `Alert.Merge` in
//! <https://github.com/prometheus/alertmanager/blob/main/types/types.go>

mod read;
mod settle;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use domain::alert::{Alert, AlertChange, Status};
use domain::id::{Fingerprint, IncidentId};
use domain::incident::Severity;
use domain::monitor::Category;
use domain::setup::Setup;
use domain::units::{Span, Time};

use crate::owner;
use crate::perform::UseCaseError;
use crate::port::{Ledger, Outlet};
use crate::raise::{Raised, raise};

use read::read;
pub use read::{LABELS_BYTES_MAX, LABELS_MAX, LINK_BYTES_MAX, RefusedAlert};
use settle::settle;

/// Alerts of one request that are taken: Prometheus sends at most 256 at once, Alertmanager a whole group.
pub const ALERTS_MAX: usize = 1000;
/// How long an alert without an end fires, as Alertmanager's `resolve_timeout`.
pub const RESOLVE_TIMEOUT: Span = Span::from_minutes(5);
/// A sent alert that fires again this soon after its end belongs to the same trouble, as for monitors.
const COOLDOWN: Span = Span::from_minutes(10);

/// An alert as its sender writes it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sent {
    /// What it is known by: all of them together are its identity.
    pub labels: BTreeMap<String, String>,
    /// What people are to read.
    pub annotations: BTreeMap<String, String>,
    /// Since when it fires; `None`: the sender does not say.
    pub starts_at: Option<Time>,
    /// Until when it fires; in the past: it is over. `None`: the sender does not say.
    pub ends_at: Option<Time>,
    /// The sender says outright that it is over.
    pub over: bool,
    /// Where the sender shows it.
    pub generator_url: Option<String>,
}

/// How a sender ends its alerts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ends {
    /// As `POST /api/v2/alerts`: an alert fires until its end, and is sent again before it comes.
    Unless,
    /// As Alertmanager's webhook: an alert fires until its end is sent.
    WhenTold,
}

/// What became of the alerts of a request.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Taken {
    /// Alerts that changed something, with their incidents.
    pub changed: Vec<(Fingerprint, Option<IncidentId>)>,
    /// How many changed nothing.
    pub unchanged: usize,
    /// Which alerts are refused, by their places in the request, and why.
    pub refused: Vec<(usize, RefusedAlert)>,
}

/// A change as the sender tells it, before anybody has looked at what is known.
#[derive(Clone, PartialEq, Debug)]
struct Told {
    change: AlertChange,
    /// Until when the sender's word holds; the change's own end is later.
    holds_until: Option<Time>,
}

/// Takes alerts as a sender tells them. One that cannot be taken does not keep out the others.
///
/// # Errors
/// When a port does not answer, or others keep changing the same incident; what was taken before that stays, and
/// changes nothing when it is sent again.
pub async fn take(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    setup: &Setup,
    sent: &[Sent],
    ends: Ends,
    now: Time,
) -> Result<Taken, UseCaseError> {
    let (mut taken, mut told) = (Taken::default(), Vec::new());
    for (place, sent) in sent.iter().enumerate() {
        let read = if place < ALERTS_MAX { read(sent, ends, setup, now) } else { Err(RefusedAlert::TooMany) };
        match read {
            Ok(one) => told.push(one),
            Err(refused) => taken.refused.push((place, refused)),
        }
    }
    settle_all(ledger, outlet, told, &mut taken, now).await?;
    Ok(taken)
}

/// Makes it known that a sender has left alerts out, or that it no longer does.
///
/// # Errors
/// As for [`take`].
pub async fn left_out(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    [receiver, group]: [&str; 2],
    count: u64,
    now: Time,
) -> Result<(), UseCaseError> {
    let change = AlertChange {
        fingerprint: Fingerprint::derive(&["alertmanager", "truncated", receiver, group]),
        name: "alertmanager/truncated".to_owned(),
        service: owner::unassigned(),
        category: Category::Technical,
        status: if count > 0 { Status::Firing } else { Status::Resolved },
        severity: Severity::Sev4,
        at: now,
        reason: if count > 0 {
            format!(
                "Alertmanager left out {count} alerts of group {group}: raise max_alerts of receiver {receiver:?}, or set it to 0"
            )
        } else {
            format!("Alertmanager sends all alerts of group {group} again")
        },
        reading: None,
        cooldown: COOLDOWN,
        ends_at: None,
        labels: BTreeMap::from([("source".to_owned(), "alertmanager".to_owned())]),
    };
    let told = Told { change, holds_until: None };
    settle_all(ledger, outlet, vec![told], &mut Taken::default(), now).await
}

async fn settle_all(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    told: Vec<Told>,
    taken: &mut Taken,
    now: Time,
) -> Result<(), UseCaseError> {
    let fingerprints: Vec<_> = told.iter().map(|told| told.change.fingerprint.clone()).collect();
    let known = ledger.known_alerts(&fingerprints).await?;
    let known: BTreeMap<&Fingerprint, &Alert> = known.iter().map(|alert| (&alert.fingerprint, alert)).collect();
    for told in told {
        let known = known.get(&told.change.fingerprint).copied();
        let Some(change) = settle(told, known, now) else {
            taken.unchanged += 1;
            continue;
        };
        match raise(ledger, outlet, &change, now).await? {
            Raised::Committed { incident } => taken.changed.push((change.fingerprint, incident)),
            Raised::Unchanged { .. } => taken.unchanged += 1,
        }
    }
    Ok(())
}
