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
use domain::label::Labels;
use domain::monitor::Category;
use domain::setup::Setup;
use domain::units::{Span, Time};

use crate::owner;
use crate::perform::UseCaseError;
use crate::port::{Ledger, Outlet};
use crate::raise::{Raised, raise};

pub(crate) use read::severity;
pub use read::{LABELS_BYTES_MAX, LABELS_MAX, LINK_BYTES_MAX, RefusedAlert, read};
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

/// Who sends, and so how its alerts end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sender<'a> {
    /// By `POST /api/v2/alerts`: an alert fires until its end, and is sent again before it comes.
    Prometheus,
    /// By Alertmanager's webhook: an alert fires until its end is sent.
    Alertmanager {
        /// The receiver in its configuration.
        receiver: &'a str,
        /// Its name of the group.
        group: &'a str,
        /// Alerts of the group that it did not send.
        left_out: u64,
    },
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
pub struct Told {
    /// What changes, if nobody knows better.
    pub change: AlertChange,
    /// Until when the sender's word holds; the change's own end is later.
    pub holds_until: Option<Time>,
}

/// Takes alerts as a sender tells them. One that cannot be taken does not keep out the others; that Alertmanager leaves
/// some out becomes an alert of its own.
///
/// # Errors
/// When a port does not answer, or others keep changing the same incident; what was taken before that stays, and
/// changes nothing when it is sent again.
pub async fn take(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    setup: &Setup,
    sent: Vec<Sent>,
    sender: Sender<'_>,
    now: Time,
) -> Result<Taken, UseCaseError> {
    let (mut taken, mut told) = (Taken::default(), Vec::new());
    for (place, sent) in sent.into_iter().enumerate() {
        let read = if place < ALERTS_MAX { read(sent, sender, setup, now) } else { Err(RefusedAlert::TooMany) };
        match read {
            Ok(one) => told.push(one),
            Err(refused) => taken.refused.push((place, refused)),
        }
    }
    let sent = told.len();
    told.extend(left_out(sender, now));
    let became = settle_all(ledger, outlet, setup, told, now).await?;
    for changed in became.into_iter().take(sent) {
        match changed {
            Some(changed) => taken.changed.push(changed),
            None => taken.unchanged += 1,
        }
    }
    Ok(taken)
}

/// Whether the sender has left alerts out: an alert of its own, which ends when it no longer does.
fn left_out(sender: Sender<'_>, now: Time) -> Option<Told> {
    let Sender::Alertmanager { receiver, group, left_out } = sender else { return None };
    let (status, reason) = if left_out > 0 {
        let hint = format!("raise max_alerts of receiver {receiver:?}, or set it to 0");
        (Status::Firing, format!("Alertmanager left out {left_out} alerts of group {group}: {hint}"))
    } else {
        (Status::Resolved, format!("Alertmanager sends all alerts of group {group} again"))
    };
    let change = AlertChange {
        fingerprint: Fingerprint::derive(&["alertmanager", "truncated", receiver, group]),
        name: "alertmanager/truncated".to_owned(),
        service: owner::unassigned(),
        category: Category::Technical,
        status,
        severity: Severity::Sev4,
        at: now,
        reason: reason.chars().take(owner::REASON_CHARS_MAX).collect(),
        reading: None,
        cooldown: COOLDOWN,
        ends_at: None,
        labels: Labels::from([("source".to_owned(), "alertmanager".to_owned())]),
    };
    Some(Told { change, holds_until: None })
}

/// What became of each: the alert and its incident if it changed something.
async fn settle_all(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    setup: &Setup,
    told: Vec<Told>,
    now: Time,
) -> Result<Vec<Option<(Fingerprint, Option<IncidentId>)>>, UseCaseError> {
    let fingerprints: Vec<_> = told.iter().map(|told| told.change.fingerprint.clone()).collect();
    let known = ledger.known_alerts(&fingerprints).await?;
    let known: BTreeMap<&Fingerprint, &Alert> = known.iter().map(|alert| (&alert.fingerprint, alert)).collect();
    let mut became = Vec::with_capacity(told.len());
    for told in told {
        let known = known.get(&told.change.fingerprint).copied();
        became.push(match settle(told, known, now) {
            None => None,
            Some(change) => match raise(ledger, outlet, setup, &change, now).await? {
                Raised::Committed { incident } => Some((change.fingerprint, incident)),
                Raised::Unchanged { .. } => None,
            },
        });
    }
    Ok(became)
}
