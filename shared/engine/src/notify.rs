//! Notifications: which channels an event goes to, each told once, each delivery with a receipt.

mod links;
mod overtaken;
mod retry;
mod turn;
mod whom;

use std::collections::VecDeque;

use domain::event::{EventKind, IncidentEvent, Telling};
use domain::id::ChannelName;
use domain::incident::{Incident, What};
use domain::notification::{Channel, Delivery, Destination, Notification, Page, Receipt, ReceiptState};
use domain::setup::Setup;
use domain::units::{Span, Time};
use serde::Serialize;

pub use links::Links;
use overtaken::overtaken;
pub(crate) use retry::after_try;
pub use retry::{TRIES_MAX, next_try};
use turn::{Turn, turn};
use whom::{Whom, whom};
pub(crate) use whom::{by_routes, labels_of};

use crate::correlate::survivor;
use crate::perform::{CONFLICT_TRIES, UseCaseError};
use crate::port::{Commit, CommitError, Ledger, Messenger};

/// A try that has left no receipt after this long died with its function; another may begin.
pub const TRY_TAKES_AT_MOST: Span = Span::from_minutes(2);

/// Receipts that are begun in one transaction: each holds an incident, which is below 400 KB, and all of it below 4 MB.
const BEGUN_MAX: usize = 10;

/// What became of one event's notifications.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Notified {
    /// Channel and where its receipt stands.
    pub receipts: Vec<(ChannelName, ReceiptState)>,
    /// The shortest wait until a retry, where one is wanted.
    pub retry_after: Option<Span>,
}

/// Tells whom the event names, and who is not told yet.
///
/// # Errors
/// When the store does not answer: nothing is sent without its receipt begun.
pub async fn notify(
    ledger: &impl Ledger,
    messenger: &impl Messenger,
    setup: &Setup,
    (event, links): (&IncidentEvent, Links<'_>),
    now: Time,
) -> Result<Notified, UseCaseError> {
    let mut report = Notified::default();
    let Some(incident) = ledger.incident(&event.incident).await? else {
        return Ok(report);
    };
    let moved = moved(ledger, event, &incident).await?;
    let mut begun: VecDeque<Receipt> = VecDeque::new();
    if event.kind == EventKind::NotificationRetry {
        if let Some(id) = &event.notification {
            begun.extend(ledger.receipt(&event.incident, id).await?);
        }
    } else {
        begun = begin_all(ledger, setup, (event, links), (&incident, &moved), now).await?;
    }
    while let Some(receipt) = begun.pop_front() {
        let last = moved.as_ref().map(|(_, last)| last).filter(|last| last.id == receipt.incident);
        let about = last.unwrap_or(&incident);
        begun.extend(deliver(ledger, messenger, setup, (receipt, about), &mut report, now).await?);
    }
    Ok(report)
}

/// An event about the incident that goes on, and that incident.
type Moved = (IncidentEvent, Incident);

/// What is told in place of an event about an incident that went on in another one before it was told: that this one is
/// as bad. That the other is over stays said of the other; and nobody is called by its pages.
async fn moved(
    ledger: &impl Ledger,
    event: &IncidentEvent,
    incident: &Incident,
) -> Result<Option<Moved>, UseCaseError> {
    let is_bad =
        matches!(event.told_as(), EventKind::IncidentOpened | EventKind::IncidentReopened | EventKind::IncidentUpdated);
    let calls = matches!(event.telling, Some(Telling::Page { .. } | Telling::Reminder { .. }));
    if incident.merged_into.is_none() || !is_bad || calls || event.kind == EventKind::NotificationRetry {
        return Ok(None);
    }
    let last = survivor(ledger, incident.clone()).await?;
    let event = IncidentEvent { incident: last.id.clone(), service: last.service.clone(), ..event.clone() };
    Ok(Some((event, last)))
}

/// The receipts of all whom the event names. Those that are not begun are begun together, before anybody is told: whoever
/// dies on the way is not the last who knows of them, and what follows goes to all.
async fn begin_all(
    ledger: &impl Ledger,
    setup: &Setup,
    (event, links): (&IncidentEvent, Links<'_>),
    (incident, moved): (&Incident, &Option<Moved>),
    now: Time,
) -> Result<VecDeque<Receipt>, UseCaseError> {
    for _ in 0..CONFLICT_TRIES {
        let (mut known, mut fresh) = (VecDeque::new(), Vec::new());
        for whom in whom(ledger, setup, event, incident).await? {
            let mut begun = ledger.receipt(&event.incident, &whom.id(event, incident)).await?;
            let (event, incident) = moved.as_ref().map_or((event, incident), |(event, last)| (event, last));
            if begun.is_none() && moved.is_some() {
                begun = ledger.receipt(&event.incident, &whom.id(event, incident)).await?;
            }
            match begun {
                Some(receipt) => known.push_back(receipt),
                None => fresh.push(begin(event, incident, whom, links, now)),
            }
        }
        let mut is_begun = true;
        if known.len() + fresh.len() > 1 {
            for some in fresh.chunks_mut(BEGUN_MAX) {
                is_begun &= commit(ledger, Commit { receipts: some.to_vec(), now, ..Commit::default() }).await?;
                for receipt in some {
                    receipt.version += 1;
                }
            }
        }
        if is_begun {
            known.extend(fresh);
            return Ok(known);
        }
    }
    Err(UseCaseError::Contended(event.incident.to_string()))
}

fn begin(event: &IncidentEvent, incident: &Incident, whom: Whom, links: Links<'_>, now: Time) -> Receipt {
    let id = whom.id(event, incident);
    let Whom { name: channel, page } = whom;
    let told = IncidentEvent { kind: event.told_as(), telling: None, ..event.clone() };
    let page = page.map(|(to, why)| Page { acknowledge: links.acknowledge(event, &to, now), to, why });
    let to = page.as_ref().map(|page| page.to.clone());
    let notification = Notification {
        id,
        channel: channel.clone(),
        event: told,
        incident: incident.clone(),
        link: links.incident.to_owned(),
        follows: None,
        page,
    };
    Receipt {
        id: notification.id.clone(),
        version: 0,
        incident: incident.id.clone(),
        channel,
        notification: Some(notification),
        created_at: now,
        tries: 0,
        state: ReceiptState::Sending,
        next_wake: Some(now),
        page: to,
    }
}

/// What the fallback of a channel is told, once that channel cannot be. It is due at once, so that it is told even if
/// its function dies.
fn fallback(setup: &Setup, told: Notification, done: &Receipt, now: Time) -> Option<Receipt> {
    let lost = matches!(done.state, ReceiptState::Refused { .. } | ReceiptState::Failed { .. });
    let instead = setup.channel(&told.channel).filter(|_| lost)?.fallback.clone()?;
    let id = whom::id_of(&told.event, &told.incident, &instead);
    let notification = Notification { id: id.clone(), channel: instead.clone(), follows: None, ..told };
    let state = ReceiptState::Retrying { reason: format!("{} could not be told", done.channel) };
    let (notification, next_wake) = (Some(notification), Some(now));
    Some(Receipt {
        id,
        version: 0,
        channel: instead,
        notification,
        created_at: now,
        tries: 0,
        state,
        next_wake,
        ..done.clone()
    })
}

/// Tries once, unless it is told already, given up, or being tried elsewhere. What its fallback is to be told, if it is.
async fn deliver(
    ledger: &impl Ledger,
    messenger: &impl Messenger,
    setup: &Setup,
    (receipt, incident): (Receipt, &Incident),
    report: &mut Notified,
    now: Time,
) -> Result<Option<Receipt>, UseCaseError> {
    let busy = receipt.state == ReceiptState::Sending && receipt.next_wake.is_some_and(|wake| wake > now);
    let Some(notification) = receipt.notification.clone().filter(|_| !busy) else {
        report.receipts.push((receipt.channel.clone(), receipt.state));
        return Ok(None);
    };
    let Some(sending) = claim(ledger, receipt, now).await? else {
        return Ok(None);
    };
    let told = notification.clone();
    let done = match channel_of(setup, &notification) {
        Some(channel) => match overtaken(&channel.kind, &notification, incident) {
            Some(reason) => end(sending, ReceiptState::Overtaken { at: now, reason }),
            None if channel.kind.converses() => match turn(ledger, &sending, notification, now).await? {
                Turn::Mine(notification) => settle(sending, messenger.deliver(&channel, &notification).await, now),
                Turn::After(wait) => put_off(sending, wait, now),
            },
            None => settle(sending, messenger.deliver(&channel, &notification).await, now),
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
    let instead = fallback(setup, told, &done, now);
    record(ledger, (done, instead), now).await
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
/// does what is told `instead`, unless that was begun before. The latter, as it was committed.
async fn record(
    ledger: &impl Ledger,
    (receipt, instead): (Receipt, Option<Receipt>),
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
        let mut incident = match &failure {
            Some(_) => ledger.incident(&receipt.incident).await?,
            None => None,
        };
        if let (Some(incident), Some(summary)) = (&mut incident, failure.clone()) {
            incident.note(now, What::NotificationFailed { summary });
        }
        let instead = match &instead {
            Some(other) if ledger.receipt(&other.incident, &other.id).await?.is_none() => Some(other.clone()),
            _ => None,
        };
        let receipts = std::iter::once(receipt.clone()).chain(instead.clone()).collect();
        let done = commit(ledger, Commit { incident, receipts, now, ..Commit::default() }).await?;
        // Without a failure only another try of the same notification can be faster, and its receipt stands.
        if done || failure.is_none() {
            return Ok(instead.filter(|_| done).map(|begun| Receipt { version: begun.version + 1, ..begun }));
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
