//! Notifications: which channels an event goes to, each told once, each delivery with a receipt.

mod retry;
mod turn;

use domain::event::{EventKind, IncidentEvent};
use domain::id::{ChannelName, NotificationId};
use domain::incident::{Incident, State, What};
use domain::notification::{ChannelKind, Delivery, Notification, Receipt, ReceiptState};
use domain::setup::Setup;
use domain::units::{Span, Time};
use serde::Serialize;

pub use retry::{TRIES_MAX, next_try};
use turn::{Turn, turn};

use crate::perform::{CONFLICT_TRIES, UseCaseError};
use crate::port::{Commit, CommitError, Ledger, Messenger};

/// A try that has left no receipt after this long died with its function; another may begin.
pub const TRY_TAKES_AT_MOST: Span = Span::from_minutes(2);

/// What became of one event's notifications.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Notified {
    /// Channel and where its receipt stands.
    pub receipts: Vec<(ChannelName, ReceiptState)>,
    /// The shortest wait until a retry, where one is wanted.
    pub retry_after: Option<Span>,
}

/// Tells every channel that a route sends this event to and that was not told yet.
///
/// # Errors
/// When the store does not answer: nothing is sent without its receipt begun.
pub async fn notify(
    ledger: &impl Ledger,
    messenger: &impl Messenger,
    setup: &Setup,
    (event, link): (&IncidentEvent, &str),
    now: Time,
) -> Result<Notified, UseCaseError> {
    let mut report = Notified::default();
    if event.kind == EventKind::NotificationRetry {
        if let Some(id) = &event.notification
            && let Some(receipt) = ledger.receipt(&event.incident, id).await?
            && let Some(incident) = ledger.incident(&event.incident).await?
        {
            deliver(ledger, messenger, setup, (receipt, &incident), &mut report, now).await?;
        }
        return Ok(report);
    }
    let Some(incident) = ledger.incident(&event.incident).await? else {
        return Ok(report);
    };
    for channel in channels(setup, event) {
        let id = Notification::id_of(event, &channel);
        let receipt = match ledger.receipt(&event.incident, &id).await? {
            Some(receipt) => receipt,
            None => begin(event, &incident, channel, id, link, now),
        };
        deliver(ledger, messenger, setup, (receipt, &incident), &mut report, now).await?;
    }
    Ok(report)
}

/// The channels of all matching routes that want events of this kind, each once, in the order of the routes.
fn channels(setup: &Setup, event: &IncidentEvent) -> Vec<ChannelName> {
    let mut names: Vec<ChannelName> = Vec::new();
    for route in setup.routes.iter().filter(|route| route.covers(&event.service, event.severity, event.category)) {
        for name in &route.channels {
            let wants = setup.channel(name).is_some_and(|channel| channel.kind.wants(event.kind));
            if wants && !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    names
}

fn begin(
    event: &IncidentEvent,
    incident: &Incident,
    channel: ChannelName,
    id: NotificationId,
    link: &str,
    now: Time,
) -> Receipt {
    let notification = Notification {
        id: id.clone(),
        channel: channel.clone(),
        event: event.clone(),
        incident: incident.clone(),
        link: link.to_owned(),
        follows: None,
    };
    Receipt {
        id,
        version: 0,
        incident: incident.id.clone(),
        channel,
        notification: Some(notification),
        created_at: now,
        tries: 0,
        state: ReceiptState::Sending,
        next_wake: None,
    }
}

/// Tries once, unless it is told already, given up, or being tried elsewhere.
async fn deliver(
    ledger: &impl Ledger,
    messenger: &impl Messenger,
    setup: &Setup,
    (receipt, incident): (Receipt, &Incident),
    report: &mut Notified,
    now: Time,
) -> Result<(), UseCaseError> {
    let busy = receipt.state == ReceiptState::Sending && receipt.next_wake.is_some_and(|wake| wake > now);
    let Some(notification) = receipt.notification.clone().filter(|_| !busy) else {
        report.receipts.push((receipt.channel, receipt.state));
        return Ok(());
    };
    let Some(sending) = claim(ledger, receipt, now).await? else {
        return Ok(());
    };
    let done = match setup.channel(&notification.channel) {
        Some(channel) => match overtaken(&channel.kind, notification.event.kind, incident.state) {
            Some(reason) => end(sending, ReceiptState::Overtaken { at: now, reason }),
            None if channel.kind.converses() => match turn(ledger, &sending, notification, now).await? {
                Turn::Mine(notification) => settle(sending, messenger.deliver(channel, &notification).await, now),
                Turn::After(wait) => put_off(sending, wait, now),
            },
            None => settle(sending, messenger.deliver(channel, &notification).await, now),
        },
        None => {
            let answer = "the channel is no longer part of the configuration".to_owned();
            end(sending, ReceiptState::Refused { at: now, answer })
        }
    };
    if let Some(wake) = done.next_wake {
        let wait = wake.since(now);
        report.retry_after = Some(report.retry_after.map_or(wait, |known| known.min(wait)));
    }
    report.receipts.push((done.channel.clone(), done.state.clone()));
    record(ledger, done, now).await
}

/// Why a pager must not be told any more: it keeps one page per incident, and what comes late would raise it again
/// after the end, or end it after a new begin. People read what came late as history; a pager acts on it.
fn overtaken(channel: &ChannelKind, event: EventKind, state: State) -> Option<String> {
    if !channel.is_pager() {
        return None;
    }
    let is_true = match event {
        EventKind::IncidentOpened | EventKind::IncidentReopened | EventKind::IncidentUpdated => state.is_open(),
        EventKind::IncidentAcknowledged => matches!(state, State::Acknowledged | State::Mitigating),
        EventKind::IncidentResolved => !state.is_open(),
        _ => true,
    };
    (!is_true).then(|| format!("the incident is {state} by now"))
}

/// The receipt with a try begun; `None` if another function has begun one.
async fn claim(ledger: &impl Ledger, receipt: Receipt, now: Time) -> Result<Option<Receipt>, UseCaseError> {
    let sending = Receipt {
        tries: receipt.tries + 1,
        state: ReceiptState::Sending,
        next_wake: Some(now + TRY_TAKES_AT_MOST),
        ..receipt
    };
    let begun = commit(ledger, Commit { receipts: vec![sending.clone()], now, ..Commit::default() }).await?;
    Ok(begun.then(|| Receipt { version: sending.version + 1, ..sending }))
}

fn settle(receipt: Receipt, delivery: Delivery, now: Time) -> Receipt {
    match delivery {
        Delivery::Accepted { answer, handle } => end(receipt, ReceiptState::Delivered { at: now, answer, handle }),
        Delivery::Refused { answer } => end(receipt, ReceiptState::Refused { at: now, answer }),
        Delivery::TryLater { reason, after_seconds } => match next_try(receipt.tries, after_seconds) {
            Some(wait) => Receipt { state: ReceiptState::Retrying { reason }, next_wake: Some(now + wait), ..receipt },
            None => end(receipt, ReceiptState::Failed { at: now, reason }),
        },
    }
}

/// It was not its turn: that is no try.
fn put_off(receipt: Receipt, wait: Span, now: Time) -> Receipt {
    let reason = "another message about the incident is being sent there".to_owned();
    let (state, tries) = (ReceiptState::Retrying { reason }, receipt.tries.saturating_sub(1));
    Receipt { state, tries, next_wake: Some(now + wait), ..receipt }
}

fn end(receipt: Receipt, state: ReceiptState) -> Receipt {
    Receipt { state, notification: None, next_wake: None, ..receipt }
}

/// Commits the receipt; what a vendor refused or nobody could deliver stands on the incident with the same commit.
async fn record(ledger: &impl Ledger, receipt: Receipt, now: Time) -> Result<(), UseCaseError> {
    let failure = match &receipt.state {
        ReceiptState::Refused { answer, .. } => Some(format!("{} refused it: {answer}", receipt.channel)),
        ReceiptState::Failed { reason, .. } => {
            Some(format!("{} could not be told in {} tries: {reason}", receipt.channel, receipt.tries))
        }
        _ => None,
    };
    for _ in 0..CONFLICT_TRIES {
        let mut incident = match &failure {
            Some(_) => ledger.incident(&receipt.incident).await?,
            None => None,
        };
        if let (Some(incident), Some(summary)) = (&mut incident, failure.clone()) {
            incident.note(now, What::NotificationFailed { summary });
        }
        let together = Commit { incident, receipts: vec![receipt.clone()], now, ..Commit::default() };
        // Without a failure only another try of the same notification can be faster, and its receipt stands.
        if commit(ledger, together).await? || failure.is_none() {
            return Ok(());
        }
    }
    Err(UseCaseError::Contended(receipt.incident.to_string()))
}

async fn commit(ledger: &impl Ledger, commit: Commit) -> Result<bool, UseCaseError> {
    match ledger.commit(&commit).await {
        Ok(()) => Ok(true),
        Err(CommitError::Conflict { .. }) => Ok(false),
        Err(CommitError::Port(error)) => Err(error.into()),
    }
}
