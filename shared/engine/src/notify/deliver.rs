use domain::incident::{Incident, What};
use domain::notification::{Channel, Delivery, Destination, Notification, Page, Receipt, ReceiptState};
use domain::setup::Setup;
use domain::units::{Span, Time};

use super::instead::instead;
use super::overtaken::overtaken;
use super::turn::{Turn, turn};
use super::{Notified, TRIES_BEFORE_ANOTHER, TRY_TAKES_AT_MOST, after_try, commit};
use crate::perform::{CONFLICT_TRIES, UseCaseError};
use crate::port::{Commit, Ledger, Messenger, PortError};

/// Tries once, unless it is told already, given up, being tried elsewhere, or to wait. What is told
/// instead, once it cannot be.
pub(super) async fn deliver(
    ledger: &impl Ledger,
    messenger: &impl Messenger,
    setup: &Setup,
    (receipt, incident): (Receipt, &Incident),
    report: &mut Notified,
    now: Time,
) -> Result<Option<Receipt>, UseCaseError> {
    let waits = receipt.next_wake.is_some_and(|wake| wake > now);
    let Some(mut notification) = receipt.notification.clone().filter(|_| !waits) else {
        report.add(&receipt, now);
        return Ok(None);
    };
    // What comes late speaks of the page that there is by now, and opens none that was closed meanwhile.
    notification.incident.releases = notification.incident.releases.max(incident.releases);
    let Some(sending) = claim(ledger, receipt, now).await? else {
        return Ok(None);
    };
    let told = notification.clone();
    let done = match channel_of(setup, &notification) {
        Some(channel) => match overtaken(&channel.kind, &notification, incident) {
            Some(reason) => end(sending, ReceiptState::Overtaken { at: now, reason }),
            None => match turn_of(ledger, &channel, &sending, notification, now).await? {
                Turn::Mine(notification) => {
                    let tried = settle(sending, messenger.deliver(&channel, &notification).await, now);
                    handed_on(ledger, setup, (tried, &told), now).await?
                }
                Turn::After(wait) => put_off(sending, wait, now),
            },
        },
        None => {
            let answer = "the channel is no longer part of the configuration".to_owned();
            end(sending, ReceiptState::Refused { at: now, answer })
        }
    };
    report.add(&done, now);
    record(ledger, setup, (done, &told), now).await
}

/// Messages of a channel that keeps one per incident go one after the other; any other takes them as they come.
async fn turn_of(
    ledger: &impl Ledger,
    channel: &Channel,
    sending: &Receipt,
    notification: Notification,
    now: Time,
) -> Result<Turn, PortError> {
    if channel.kind.converses() {
        turn(ledger, sending, notification, now).await
    } else {
        Ok(Turn::Mine(Box::new(notification)))
    }
}

/// The channel that carries it; `None`: it is no longer part of the configuration.
fn channel_of(setup: &Setup, notification: &Notification) -> Option<Channel> {
    match &notification.page {
        Some(Page { to: to @ Destination::Person { .. }, .. }) if to.name() == notification.channel => {
            to.channel(&setup.channels)
        }
        _ => setup.channel(&notification.channel).cloned(),
    }
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
    match after_try(receipt.tries, delivery, now) {
        (state, None) => end(receipt, state),
        (state, next_wake) => Receipt { state, next_wake, ..receipt },
    }
}

/// Given up after a few tries if somebody else can be told: that one is not kept waiting for a vendor that does not answer.
async fn handed_on(
    ledger: &impl Ledger,
    setup: &Setup,
    (tried, told): (Receipt, &Notification),
    now: Time,
) -> Result<Receipt, PortError> {
    match &tried.state {
        ReceiptState::Retrying { reason } if tried.tries >= TRIES_BEFORE_ANOTHER => {
            let given_up = ReceiptState::Failed { at: now, reason: reason.clone() };
            let another = instead(ledger, setup, (told, &tried), now).await?;
            Ok(if another.is_some() { end(tried, given_up) } else { tried })
        }
        _ => Ok(tried),
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

/// Commits the receipt; what a vendor refused or nobody could deliver stands on the incident with the same commit, and so
/// is begun what is told instead. The latter, as it was committed.
async fn record(
    ledger: &impl Ledger,
    setup: &Setup,
    (receipt, told): (Receipt, &Notification),
    now: Time,
) -> Result<Option<Receipt>, UseCaseError> {
    let failure = match &receipt.state {
        ReceiptState::Refused { answer, .. } => Some(format!("{} refused it: {answer}", receipt.channel)),
        ReceiptState::Failed { reason, .. } => {
            Some(format!("{} could not be told in {} tries: {reason}", receipt.channel, receipt.tries))
        }
        _ => None,
    };
    for _ in 0..CONFLICT_TRIES {
        let (mut incident, mut other) = (None, None);
        if let Some(failure) = &failure {
            // The incident is loaded before the other receipts: of two that are lost together the later one sees both.
            incident = ledger.incident(&receipt.incident).await?;
            other = instead(ledger, setup, (told, &receipt), now).await?;
            let next = other.as_ref().map(|other| format!("; {} is told instead", other.channel));
            if let Some(incident) = &mut incident {
                let summary = format!("{failure}{}", next.unwrap_or_default());
                incident.note(now, What::NotificationFailed { summary });
            }
        }
        let receipts = std::iter::once(receipt.clone()).chain(other.clone()).collect();
        let done = commit(ledger, Commit { incident, receipts, now, ..Commit::default() }).await?;
        // Without a failure only another try of the same notification can be faster, and its receipt stands.
        if done || failure.is_none() {
            return Ok(other.filter(|_| done).map(|begun| Receipt { version: begun.version + 1, ..begun }));
        }
    }
    Err(UseCaseError::Contended(receipt.incident.to_string()))
}
